"""HTTP on a connection, with bounds that the server itself does not have.

uvicorn with httptools reads a head of any length and waits for a request for ever. Here a head has a greatest length,
a request must be whole within some seconds, and the number of connections is bounded, in all and for each address.
What is refused at this depth is told in the same form as everywhere.
"""

import sys
from asyncio import TimerHandle, Transport, get_running_loop
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from httptools import HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from crossbook.doors.http.problems import BAD_REQUEST, HEAD_TOO_LARGE, TIMED_OUT, body_of
from crossbook.venue.rates import address_key
from crossbook.venue.refusals import BUSY, RATE_LIMITED, Refused

HEAD_BYTES_MAX: Final = 32_768
"""The request line and all headers."""
HEADERS_MAX: Final = 100
WHOLE_ANSWER: Final = "crossbook.whole_answer"
"""The key of the scope under which a request can be answered with one write."""
WHOLE_REQUEST_S: Final = 10.0
"""How long a request may take to come, from its first byte; a new connection has as long for its first."""

_REASONS: Final = {
    400: b"Bad Request",
    408: b"Request Timeout",
    429: b"Too Many Requests",
    431: b"Request Header Fields Too Large",
    503: b"Service Unavailable",
}


class _RefusedHeadError(Exception):
    """Leaves the parser from one of its callbacks; the protocol knows why."""


@dataclass(slots=True)
class Connections:
    """The open connections, and how many there may be.

    An address is that of the peer: behind a reverse proxy all share the proxy's, so it takes part of the total alone.
    """

    total_max: int
    per_address_max: int
    total: int = 0
    by_address: Counter[str] = field(default_factory=Counter)

    def enter(self, address: str) -> Refused | None:
        """Count a connection; return why it may not stay, where it may not."""
        self.total += 1
        self.by_address[address] += 1
        if self.total > self.total_max:
            return Refused(BUSY, "the venue has as many connections as it can", 503)
        if self.by_address[address] > self.per_address_max:
            return Refused(RATE_LIMITED, "too many connections from this address", 429)
        return None

    def leave(self, address: str) -> None:
        """Count a connection no more."""
        self.total -= 1
        self.by_address[address] -= 1
        if not self.by_address[address]:
            del self.by_address[address]


class WholeAnswer:
    """Answers a request with one write, where the server's way takes a call for the head and one for the body.

    It stands in the scope under `WHOLE_ANSWER`. An application that does not know it answers as ever.

    Args:
        cycle: The request.
    """

    __slots__ = ("_cycle",)

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle: Final = cycle

    def __call__(self, status: int, head: bytes, body: bytes) -> bool:
        """Send an answer, or return that it must go the usual way because the client reads too slowly.

        Args:
            status: The status.
            head: The headers, each with its line end, without those about connection, date and length.
            body: The body.
        """
        cycle = self._cycle
        if cycle.flow.write_paused or cycle.response_started:
            return False
        if cycle.disconnected:
            return True
        cycle.response_started = True
        cycle.waiting_for_100_continue = False
        parts = [STATUS_LINE[status]]
        for name, value in cycle.default_headers:
            parts += (name, b": ", value, b"\r\n")
        if not cycle.keep_alive:
            parts.append(b"connection: close\r\n")
        parts += (head, b"content-length: %d\r\n\r\n" % len(body))
        if cycle.scope["method"] != "HEAD":
            parts.append(body)
        cycle.transport.write(b"".join(parts))
        cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()
        return True

    async def hang_up(self) -> None:
        """Cut the connection, and return when the request knows that it has nobody to answer."""
        cycle = self._cycle
        cycle.transport.abort()
        while not cycle.disconnected:
            await cycle.receive()


class BoundedProtocol(HttpToolsProtocol):
    """The server's protocol with bounds.

    Args:
        room: How many connections there may be.
        given: What the server hands over.
    """

    def __init__(self, room: Connections, **given: Any) -> None:
        super().__init__(**given)
        self._room: Final = room
        self._address = ""
        self._newest = b""
        self._arrived_bytes = 0
        self._under_way = False
        self._in_head = False
        self._patience: TimerHandle | None = None
        self._refused: Refused | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Take a connection, or refuse it."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        self._address = address_key(address) if ":" in address else address
        refused = self._room.enter(self._address)
        if refused is not None:
            self._end(refused)
        else:
            self._be_patient()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of a connection."""
        self._stop_waiting()
        self._room.leave(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came, and see that it comes to an end."""
        self._newest = data
        self._arrived_bytes += len(data)
        super().data_received(data)
        if self._under_way:
            # A head that is not whole yet has no headers to count; what came of it so far is all that is known.
            if self._in_head and self._arrived_bytes > HEAD_BYTES_MAX:
                self._end(_head_too_large())
            elif self._patience is None:
                self._be_patient()

    def on_message_begin(self) -> None:
        """Note that a request is under way."""
        self._under_way = True
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """See that the head is no longer than it may be."""
        if len(self.headers) > HEADERS_MAX or self._arrived_bytes > HEAD_BYTES_MAX:
            head_bytes = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if head_bytes > HEAD_BYTES_MAX or len(self.headers) > HEADERS_MAX:
                self._refused = _head_too_large()
                raise _RefusedHeadError
        self._in_head = False
        super().on_headers_complete()
        # The request is a task that runs when the parser is done, so it finds this in time. A handshake is none.
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and cycle.scope is self.scope:
            self.scope[WHOLE_ANSWER] = WholeAnswer(cycle)  # type: ignore[typeddict-unknown-key]

    def on_message_complete(self) -> None:
        """Note that the request is whole."""
        self._under_way = False
        self._arrived_bytes = 0
        self._stop_waiting()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over; from here on it is the other protocol's to bound."""
        self._under_way = False
        self._stop_waiting()
        self._room.leave(self._address)
        # The server calls this where it catches what the parser raised, which knows how far the request went. What came
        # in the same packet behind it is the other protocol's.
        upgrade = sys.exception()
        super().handle_websocket_upgrade()
        if isinstance(upgrade, HttpParserUpgrade) and (behind := self._newest[upgrade.args[0] :]):
            protocol: Any = self.transport.get_protocol()
            protocol.data_received(behind)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or what one of the callbacks would not take."""
        self._end(self._refused or Refused(BAD_REQUEST, msg.strip().rstrip(".").lower(), 400))

    def _be_patient(self) -> None:
        self._patience = get_running_loop().call_later(WHOLE_REQUEST_S, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        self._patience = None
        if self._under_way:
            self._end(Refused(TIMED_OUT, f"the request did not come within {WHOLE_REQUEST_S:g} seconds", 408))
        else:
            self.transport.close()

    def _end(self, refused: Refused) -> None:
        """Tell of a refusal and close the connection."""
        if self.transport.is_closing():
            return
        self._stop_waiting()
        cycle: RequestResponseCycle | None = self.cycle
        answering = cycle is not None and not cycle.response_complete
        if cycle is not None and answering and not cycle.response_started:
            # Its head was fine and its body does not come: for the application that is a client who left.
            cycle.disconnected = True
            cycle.message_event.set()
            answering = False
        if not answering:
            body = body_of(refused)
            head = b"HTTP/1.1 %d %s\r\n" % (refused.status, _REASONS[refused.status])
            rest = b"content-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
            self.transport.write(head + rest % len(body) + body)
        self.transport.close()


def _head_too_large() -> Refused:
    return Refused(
        HEAD_TOO_LARGE, f"the head is longer than {HEAD_BYTES_MAX} bytes or {HEADERS_MAX} headers", 431
    )
