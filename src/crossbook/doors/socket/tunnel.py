"""The way of a WebSocket to the lab, which lives in a process of its own: bytes are passed on, both ways.

What the lab says is not looked at, because there is much of it: so this process pays for the bytes and not for the messages. The
other way, where there is little, is followed from frame to frame. When the venue has to end a connection it asks the lab, between
two frames, for a pong that nobody can guess. What comes before that pong is whole, and behind it the venue can say goodbye.

Who does not read is not read for: then the lab's own bounds are what counts. Rights are looked at before the lab hears anything,
and again when the client speaks.
"""

import asyncio
import logging
import secrets
import socket
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, Final

from picows import WSCloseCode

from crossbook.doors.http.lab_process import HOST, Reached
from crossbook.doors.http.problems import internal
from crossbook.doors.socket.following import CLOSE, Frames
from crossbook.doors.socket.frames import goodbye
from crossbook.doors.socket.outlet import CLOSE_SECONDS
from crossbook.doors.socket.session import SESSION_OVER
from crossbook.doors.socket.upgrade import LabUpgrade, refusal_response
from crossbook.venue.principal import Principal
from crossbook.venue.refusals import BUSY, CLOSING, Refused

OPEN_S: Final = 90.0
"""How long the way may take to open; the lab may have to begin first."""
STALLED_S: Final = 30.0
"""How long an end may take nothing while something waits for it."""
RECHECK_S: Final = 1.0
"""How old the knowledge of somebody's rights may be when he says something."""
EARLY_BYTES_MAX: Final = 128 * 1_024
"""Of what a client sends before the lab has answered it."""
RECEIVE_BUFFER_BYTES: Final = 32 * 1_024
"""What the kernel holds of the lab's words, and so what is read of them in one turn."""
SWITCHING: Final = b"HTTP/1.1 101 "

_PING: Final = 0x89
_PONG: Final = 0x8A
_NONCE_BYTES: Final = 16

logger = logging.getLogger("crossbook.socket")


class Tunnel(asyncio.Protocol):
    """A connection that is passed on to the lab: its end towards the client.

    Args:
        upgrade: What was asked for.
        address: Whence.
        who: The administrator who may steer by it; none for everybody else.
        reach: Returns where the lab is, or raises `Refused`.
        may_still: Whether who steers by it still may.
        left: Is told when the connection ends.
    """

    def __init__(
        self,
        upgrade: LabUpgrade,
        address: str,
        who: Principal | None,
        *,
        reach: Callable[[], Awaitable[Reached]],
        may_still: Callable[[], bool],
        left: Callable[["Tunnel"], None],
    ) -> None:
        self.address: Final = address
        self.who = who
        self._upgrade: Final = upgrade
        self._reach: Final = reach
        self._may_still: Final = may_still
        self._left: Final = left
        self._near: asyncio.Transport | None = None
        self._far: asyncio.Transport | None = None
        self._connections: set[Any] = set()
        self._opening: asyncio.Task[None] | None = None
        self._early = bytearray()
        self._joined = False
        """Whether bytes pass."""
        self._switched: bool | None = None
        """Whether the lab took the upgrade, once it said anything."""
        self._frames: Final = Frames()
        self._checked_s = monotonic()
        self._stalls: dict[asyncio.Transport, asyncio.TimerHandle] = {}
        """Ends that take nothing, and when that has lasted too long."""
        self._over = False
        """Whether it has ended or is about to, so that nothing of the client gets through any more."""
        self._farewell = b""
        """What is said when the pong has come, if anything is."""
        self._marker = b""
        self._tail = b""
        self._cut: asyncio.TimerHandle | None = None

    # Its beginning

    def take_over(self, near: asyncio.Transport, connections: set[Any]) -> None:
        """Take a connection over from the protocol that read the request.

        Args:
            near: The connection. Nothing is read of it until the lab is there.
            connections: All that the server waits for when it stops.
        """
        self._near = near
        self._connections = connections
        connections.add(self)
        near.pause_reading()
        near.set_write_buffer_limits(high=0)
        self._opening = asyncio.get_running_loop().create_task(self._open(near), name="way to the lab")

    async def _open(self, near: asyncio.Transport) -> None:
        """Open the way to the lab."""
        try:
            async with asyncio.timeout(OPEN_S):
                reached = await self._reach()
                await asyncio.get_running_loop().create_connection(
                    lambda: FarEnd(self), HOST, reached.port, family=socket.AF_INET
                )
        except Refused as refused:
            self._refuse(refused)
        except (OSError, TimeoutError):
            self._refuse(Refused(BUSY, "the lab does not answer: try again in a moment", 503))
        except Exception:
            logger.exception("a way to the lab could not be opened")
            self._refuse(internal())
        else:
            far = self._far
            if far is None or self._over:
                return
            token = reached.token if self.who is not None else None
            far.write(self._upgrade.passed_on(f"{HOST}:{reached.port}", token))
            self._joined = True
            early = bytes(self._early)
            self._early.clear()
            if early:
                self.data_received(early)
            if not self._over:
                near.resume_reading()

    def _refuse(self, refused: Refused) -> None:
        """Answer the request with a refusal, which is possible as long as nothing of the lab's answer got through."""
        if self._near is None or self._near.is_closing():
            return
        self._depart()
        self._near.write(refusal_response(refused))
        self._close_near()

    # The client's end

    def data_received(self, data: bytes) -> None:
        """Pass on what the client says."""
        if self._over:
            self._frames.take(data)
            if self._frames.closed and not self._farewell and self._near is not None:
                self._near.close()
            return
        if not self._joined:
            self._early += data
            if len(self._early) > EARLY_BYTES_MAX:
                self._abort()
            return
        if self.who is not None and monotonic() - self._checked_s >= RECHECK_S:
            self._checked_s = monotonic()
            if not self._may_still():
                self.close_for_sign_out()
                return
        self._frames.take(data)
        if self._far is not None:
            self._far.write(data)

    def pause_writing(self) -> None:
        """Read nothing of the lab while the client does not read."""
        _stop_reading(self._far)
        self._stalled(self._near)

    def resume_writing(self) -> None:
        """Read on."""
        self._moves(self._near)
        _read_on(self._far)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio passes it
        """Let go of everything: the client is gone."""
        self._depart()
        self._connections.discard(self)
        if self._cut is not None:
            self._cut.cancel()
        for timer in self._stalls.values():
            timer.cancel()
        self._stalls.clear()
        if self._far is not None:
            self._far.abort()

    # The lab's end

    def reached(self, far: asyncio.Transport) -> None:
        """Take the connection to the lab."""
        self._far = far
        if self._near is None or self._over:
            far.abort()
            return
        far.set_write_buffer_limits(high=0)
        kernel = far.get_extra_info("socket")
        kernel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)

    def heard(self, data: bytes) -> None:
        """Pass on what the lab says."""
        if self._switched is None:
            self._switched = data.startswith(SWITCHING)
        if self._near is None or (self._over and not self._farewell):
            return
        if not self._farewell:
            self._near.write(data)
            return
        self._tail += data
        at = self._tail.find(self._marker)
        if at < 0:
            whole = max(0, len(self._tail) - len(self._marker) + 1)
            self._near.write(self._tail[:whole])
            self._tail = self._tail[whole:]
        else:
            self._near.write(self._tail[:at] + self._farewell)
            self._farewell = self._tail = b""
            if self._far is not None:
                self._far.abort()
            if self._frames.closed:
                self._near.close()

    def lab_pauses(self) -> None:
        """Read nothing of the client while the lab does not read."""
        _stop_reading(self._near)
        self._stalled(self._far)

    def lab_reads_on(self) -> None:
        """Read on."""
        self._moves(self._far)
        _read_on(self._near)

    def lab_left(self) -> None:
        """End, because the lab closed the connection or is gone."""
        if self._far is not None:
            self._moves(self._far)
        if self._over:
            if self._farewell:
                self._abort()
        elif self._switched is None:
            self._refuse(Refused(BUSY, "the lab does not answer: try again in a moment", 503))
        else:
            self._depart()
            self._close_near()

    # Its end

    def shutdown(self) -> None:
        """Close, because uvicorn stops."""
        self.close_for_stop()

    def close_for_stop(self) -> None:
        """Close, because the venue stops."""
        self._end(WSCloseCode.SERVICE_RESTART, CLOSING, "the venue stops; come back in a while")

    def close_for_sign_out(self) -> None:
        """Close, because the sign-in was ended, or its holder may not steer any more."""
        self._end(WSCloseCode.POLICY_VIOLATION, SESSION_OVER, "you signed out, or may not steer any more")

    def close_for_expiry(self) -> None:
        """Close, because the sign-in ended by itself."""
        self._end(WSCloseCode.POLICY_VIOLATION, SESSION_OVER, "the token has expired; log in again")

    def tick(self, seconds: float) -> None:
        """Do nothing from time to time: whether the client is still there is for the lab to ask."""

    def _end(self, close: WSCloseCode, code: str, detail: str) -> None:
        """Say goodbye and close; cut the connection where nothing can be said."""
        near, far = self._near, self._far
        if self._over or near is None:
            return
        if not self._joined:
            self._refuse(Refused(code, detail, 503))
            return
        speaks = self._switched and self._frames.between and not self._stalls
        self._depart()
        if far is None or not speaks or near.is_closing() or far.is_closing():
            self._abort()
            return
        nonce = secrets.token_bytes(_NONCE_BYTES)
        self._marker = bytes((_PONG, _NONCE_BYTES)) + nonce
        reason = code.encode("ascii")
        said = int(close.value).to_bytes(2, "big") + reason
        self._farewell = goodbye(code, detail) + bytes((0x80 | CLOSE, len(said))) + said
        # A client's frame is masked; a mask of zeros leaves it as it is.
        far.write(bytes((_PING, 0x80 | _NONCE_BYTES)) + bytes(4) + nonce)
        self._cut_later()

    def _depart(self) -> None:
        """Count no longer, and let nothing of the client through any more."""
        if self._over:
            return
        self._over = True
        self._early.clear()
        if self._opening is not None and self._opening is not asyncio.current_task():
            self._opening.cancel()
        self._left(self)

    def _close_near(self) -> None:
        """Close the client's end once it has taken all that was said, or in a while."""
        if self._near is not None:
            _read_on(self._near)
            self._near.close()
            self._cut_later()

    def _cut_later(self) -> None:
        if self._cut is None:
            self._cut = asyncio.get_running_loop().call_later(CLOSE_SECONDS, self._cut_now)

    def _cut_now(self) -> None:
        near = self._near
        if (
            near is not None
            and not self._farewell
            and not near.is_closing()
            and near.get_write_buffer_size() == 0
        ):
            near.close()
        else:
            self._abort()

    def _abort(self) -> None:
        """Cut both ends."""
        self._depart()
        for end in (self._near, self._far):
            if end is not None:
                end.abort()

    def _stalled(self, end: asyncio.Transport | None) -> None:
        if end is not None and end not in self._stalls:
            self._stalls[end] = asyncio.get_running_loop().call_later(STALLED_S, self._abort)

    def _moves(self, end: asyncio.Transport | None) -> None:
        timer = self._stalls.pop(end, None) if end is not None else None
        if timer is not None:
            timer.cancel()


class FarEnd(asyncio.Protocol):
    """The end of a tunnel towards the lab.

    Args:
        tunnel: The other end.
    """

    def __init__(self, tunnel: Tunnel) -> None:
        self._tunnel: Final = tunnel

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Join the two ends."""
        self._tunnel.reached(transport)  # type: ignore[arg-type] # a connection's

    def data_received(self, data: bytes) -> None:
        """Hand over what the lab says."""
        self._tunnel.heard(data)

    def pause_writing(self) -> None:
        """Tell that the lab does not read."""
        self._tunnel.lab_pauses()

    def resume_writing(self) -> None:
        """Tell that the lab reads again."""
        self._tunnel.lab_reads_on()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio passes it
        """Tell that the lab is gone."""
        self._tunnel.lab_left()


def _stop_reading(end: asyncio.Transport | None) -> None:
    if end is not None and not end.is_closing():
        end.pause_reading()


def _read_on(end: asyncio.Transport | None) -> None:
    if end is not None and not end.is_closing():
        end.resume_reading()
