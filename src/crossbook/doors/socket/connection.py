"""The incoming side of a connection: frames become messages, and nobody sends too much, too fast, or nothing at all.

What ends a connection is said on the page of the protocol: a message that breaks RFC 6455, too much of something, and a
client that does not read. What a message means is its owner's to say.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Final

from picows import WSCloseCode, WSFrame, WSMsgType, WSTransport

from crossbook.doors.socket.outlet import Cork, Outlet
from crossbook.doors.socket.pace import Pace
from crossbook.venue.refusals import RATE_LIMITED
from crossbook.venue.settings import LimitSettings

TICK_SECONDS: Final = 5.0
"""How often the connections are looked after."""
TEXT: Final = WSMsgType.TEXT
PROTOCOL_ERROR: Final = "protocol_error"
TOO_FAST: Final = "too many messages a second on this connection"
CLOSE_CODES_RESERVED: Final = frozenset({1004, 1005, 1006, 1015})
"""RFC 6455, section 7.4.1: never sent on the wire."""


@dataclass(frozen=True, slots=True)
class SocketPace:
    """How fast a connection may speak, beside the account's own rate of orders."""

    messages_per_second: float = 5_000.0
    message_burst: int = 10_000
    pings_per_second: float = 5.0
    ping_burst: int = 20
    idle_seconds: float = 20.0
    """Silence after which a client is pinged; after the same time again it is gone."""
    tick_seconds: float = TICK_SECONDS


class Connection(Outlet):
    """A connection that was admitted.

    Args:
        cork: Gathers what is sent in one turn of the loop.
        limits: How much may be asked and may wait.
        pace: How fast its client may speak.
    """

    __slots__ = ("_heard", "_pace", "_pace_allowed", "_part", "_pings", "_silent")

    def __init__(self, cork: Cork, limits: LimitSettings, pace: SocketPace) -> None:
        super().__init__(cork, limits)
        self._pace_allowed = pace
        self._pace = Pace(pace.messages_per_second, pace.message_burst)
        self._pings = Pace(pace.pings_per_second, pace.ping_burst)
        self._part: bytearray | None = None
        """The beginning of a message that comes in fragments."""
        self._heard = True
        self._silent = 0

    @abstractmethod
    def take(self, payload: bytes) -> None:
        """Take a message; whatever is wrong with it is answered."""

    @abstractmethod
    def say_too_fast(self) -> None:
        """Answer a message that came too fast and was not looked at."""

    @abstractmethod
    def close_for_stop(self) -> None:
        """Close, because the server stops."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take a frame."""
        self._heard = True
        if (
            frame.msg_type is TEXT
            and frame.fin
            and self._part is None
            and not (frame.rsv1 or frame.rsv2 or frame.rsv3)
        ):
            if self._ending or transport.is_close_frame_sent:
                return
            if self._pace.take():
                self.take(frame.get_payload_as_bytes())
            else:
                self._too_fast()
        else:
            self._take_other(transport, frame)

    def _take_other(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind == WSMsgType.CLOSE:
            code = frame.get_close_code()
            bad = int(code) in CLOSE_CODES_RESERVED or not (int(code) == 0 or 1000 <= int(code) < 5000)  # type: ignore[call-overload]
            self.end_in_turn(WSCloseCode.PROTOCOL_ERROR if bad else WSCloseCode.OK)
        elif self._ending or transport.is_close_frame_sent:
            return
        elif frame.rsv1 or frame.rsv2 or frame.rsv3:
            self.end(WSCloseCode.PROTOCOL_ERROR, PROTOCOL_ERROR, "no extension was agreed on")
        elif kind == WSMsgType.PING:
            if not self._pings.take():
                self.end(WSCloseCode.POLICY_VIOLATION, RATE_LIMITED, "too many pings")
            elif not self._behind:
                self.flush()
                transport.send_pong(frame.get_payload_as_bytes())
        elif kind == WSMsgType.BINARY:
            self.end(WSCloseCode.UNSUPPORTED_DATA, PROTOCOL_ERROR, "messages are text")
        elif kind != WSMsgType.PONG:
            self._take_fragment(frame)

    def _take_fragment(self, frame: WSFrame) -> None:
        begins = frame.msg_type == WSMsgType.TEXT
        if begins == (self._part is not None):
            self.end(WSCloseCode.PROTOCOL_ERROR, PROTOCOL_ERROR, "fragments are out of order")
            return
        if not self._pace.take():
            self._too_fast()
            if self._ending:
                return
        part = self._part = bytearray() if self._part is None else self._part
        part += frame.get_payload_as_bytes()
        if len(part) > self._limits.message_bytes:
            self.end(
                WSCloseCode.MESSAGE_TOO_BIG,
                "too_large",
                f"a message has at most {self._limits.message_bytes} bytes",
            )
        elif frame.fin:
            self._part = None
            self.take(bytes(part))

    def _too_fast(self) -> None:
        if self._pace.refused > self._pace_allowed.message_burst:
            self.end(WSCloseCode.POLICY_VIOLATION, RATE_LIMITED, TOO_FAST)
        else:
            self.say_too_fast()

    def tick(self, seconds: float) -> None:
        """Look after a connection from time to time: is its client still there."""
        if self._socket.is_close_frame_sent or self._raw.is_closing():
            # What has been closing for this long does not drain.
            self._silent += 1
            if self._silent > 1:
                self._raw.abort()
        elif self._heard:
            self._heard = False
            self._silent = 0
        else:
            self._silent += 1
            idle = self._silent * seconds
            if idle > 2 * self._pace_allowed.idle_seconds:
                self._raw.abort()
            elif idle >= self._pace_allowed.idle_seconds and not self._behind:
                self.flush()
                self._socket.send_ping()
