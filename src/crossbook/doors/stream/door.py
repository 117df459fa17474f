"""The WebSocket door of the stream: who is admitted, who may steer, and who is behind."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from picows import WSCloseCode

from crossbook.doors.http.problems import BAD_REQUEST
from crossbook.doors.http.proxies import NOWHERE
from crossbook.doors.socket.connection import SocketPace
from crossbook.doors.socket.outlet import Cork
from crossbook.doors.socket.protocol import SocketProtocol
from crossbook.doors.socket.upgrade import Handshake, check_handshake, read_head, read_target
from crossbook.doors.stream import channels
from crossbook.doors.stream.asks import MESSAGE_BYTES_MAX
from crossbook.doors.stream.consumer import Consumer
from crossbook.doors.stream.hub import EVERYTHING, Hub
from crossbook.doors.stream.rights import Rights
from crossbook.venue.rates import address_key
from crossbook.venue.refusals import BUSY, CLOSING, NOT_FOUND, RATE_LIMITED, Refused
from crossbook.venue.settings import LimitSettings

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

PATHS: Final = frozenset({"/", "/ws", "/ws/", "/ws/lab"})
PATIENCE_S: Final = 1.0
"""How long a simulation that goes as fast as it goes waits for one who is behind."""
LIMITS: Final = LimitSettings(
    connections=1_024,
    connections_per_address=512,
    message_bytes=MESSAGE_BYTES_MAX,
    queued_messages=20_000,
    queued_bytes=4 << 20,
)
PACE: Final = SocketPace(messages_per_second=100.0, message_burst=200)
FAILED_SIGN_INS_MAX: Final = 10
"""Of a connection."""

Answered = Callable[[dict[str, Any]], None]


class StreamDoor:
    """Let consumers in by WebSocket.

    `protocol` is what uvicorn is given as `ws`.

    Args:
        rights: Who may steer.
        steer: Passes on what a consumer asks of the simulation, and calls with the answer.
        watched: Called when it changes how many watch, or what they follow.
        patience: Called with whether somebody is behind who is waited for.
        limits: How many may come, and how much may wait for them.
        pace: How fast they may speak.
    """

    def __init__(
        self,
        rights: Rights,
        steer: Callable[[str, Any, Answered], None],
        watched: Callable[[], None],
        patience: Callable[[bool], None],
        *,
        limits: LimitSettings = LIMITS,
        pace: SocketPace = PACE,
    ) -> None:
        self.limits: Final = limits
        self.pace: Final = pace
        self.cork: Final = Cork()
        self.hub: Final = Hub(watched)
        self.steer: Final = steer
        self._rights: Final = rights
        self._patience: Final = patience
        self._inside: set[Consumer] = set()
        self._addresses: Counter[str] = Counter()
        self._behind: dict[Consumer, asyncio.TimerHandle] = {}
        self._given_up: set[Consumer] = set()
        """Those behind for whom nobody waits any more."""
        self._failed: Counter[Consumer] = Counter()
        self._ticker: asyncio.TimerHandle | None = None
        self._closing = False

    @property
    def message_bytes(self) -> int:
        """The largest message."""
        return self.limits.message_bytes

    def protocol(
        self,
        config: "Config",  # noqa: ARG002 - uvicorn passes it
        server_state: "ServerState",
        app_state: dict[str, Any],  # noqa: ARG002 - uvicorn passes it
    ) -> SocketProtocol:
        """Make what uvicorn hands a connection to."""
        return SocketProtocol(self, server_state)

    def admit(self, head: bytes, peer: tuple[str, int] | None) -> tuple[Consumer, Handshake]:
        """Decide about a request before anything is upgraded.

        Args:
            head: The request line and the headers.
            peer: The other end of the connection.

        Raises:
            Refused: With the status of the answer.
        """
        target, headers = read_head(head)
        path, options = read_target(target)
        if path not in PATHS:
            raise Refused(NOT_FOUND, "no WebSocket here: use / or /ws", 404)
        followed = _followed(options)
        check_handshake(headers)
        address = peer[0] if peer else NOWHERE
        address = address_key(address) if ":" in address else address
        if self._closing:
            raise Refused(CLOSING, "the server stops", 503)
        if len(self._inside) >= self.limits.connections:
            raise Refused(BUSY, "the server has as many connections as it can", 503)
        if self._addresses[address] >= self.limits.connections_per_address:
            raise Refused(RATE_LIMITED, "too many connections from this address", 429)
        steers = self._rights.watches({"client": peer, "method": "upgrade"}, headers)
        return Consumer(self, address, followed, steers=steers), Handshake(headers)

    def join(self, consumer: Consumer) -> None:
        """Count a connection that was upgraded, and begin to tell it."""
        self._inside.add(consumer)
        self._addresses[consumer.address] += 1
        self.hub.enter(consumer)
        if self._ticker is None:
            self._ticker = asyncio.get_running_loop().call_later(self.pace.tick_seconds, self._tick)

    def leave(self, consumer: Consumer) -> None:
        """Count a connection no longer, which ends or has ended."""
        self.hub.leave(consumer)
        self.caught_up(consumer)
        self._failed.pop(consumer, None)
        if consumer not in self._inside:
            return
        self._inside.discard(consumer)
        self._addresses[consumer.address] -= 1
        if self._addresses[consumer.address] <= 0:
            del self._addresses[consumer.address]

    def sign_in(self, consumer: Consumer, token: str) -> bool:
        """Return whether a token lets a connection steer; who guesses too often is shown out."""
        if self._rights.open or self._rights.is_token(token):
            return True
        self._failed[consumer] += 1
        if self._failed[consumer] >= FAILED_SIGN_INS_MAX:
            consumer.end(WSCloseCode.POLICY_VIOLATION, RATE_LIMITED, "too many wrong tokens")
        return False

    def fell_behind(self, consumer: Consumer) -> None:
        """Wait for somebody who does not read, but not for long."""
        if consumer not in self._inside or consumer in self._behind:
            return
        loop = asyncio.get_running_loop()
        self._behind[consumer] = loop.call_later(PATIENCE_S, self._wait_no_longer, consumer)
        self._patience(True)  # noqa: FBT003 - it is called with nothing else

    def caught_up(self, consumer: Consumer) -> None:
        """Go on, once nobody is behind who is waited for."""
        timer = self._behind.pop(consumer, None)
        if timer is not None:
            timer.cancel()
        self._go_on()

    def _wait_no_longer(self, consumer: Consumer) -> None:
        """Wait no longer for somebody; he stays among those who are behind, so that nobody waits for him again."""
        self._given_up.add(consumer)
        self._go_on()

    def close(self) -> None:
        """Admit nobody more, and close all connections."""
        self._closing = True
        for consumer in tuple(self._inside):
            consumer.close_for_stop()

    def _go_on(self) -> None:
        self._given_up.intersection_update(self._behind)
        self._patience(len(self._behind) > len(self._given_up))

    def _tick(self) -> None:
        self._ticker = None
        for consumer in tuple(self._inside):
            consumer.tick(self.pace.tick_seconds)
        if self._inside:
            self._ticker = asyncio.get_running_loop().call_later(self.pace.tick_seconds, self._tick)


def _followed(options: list[tuple[str, str]]) -> frozenset[int]:
    """Return the channels that an address asks for.

    Raises:
        Refused: It asks for anything else, or for a channel that there is not.
    """
    if not options:
        return EVERYTHING
    (name, value), *more = options
    if name != "channels" or more:
        raise Refused(BAD_REQUEST, "the address takes only channels=NAME,NAME")
    try:
        return channels.numbers_of([word for word in value.split(",") if word])
    except KeyError as error:
        raise Refused(NOT_FOUND, f"there is no channel {error.args[0]!r}", 404) from None
