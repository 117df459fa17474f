"""How uvicorn's HTTP connections become WebSockets of picows.

uvicorn is told of both classes: `Config(http=BoundedProtocol, ws=door.protocol)`. When a request asks for an upgrade
uvicorn makes a protocol, hands it the transport and the request, and from then on the transport's bytes. A request for the
lab goes to a tunnel instead.
"""

import asyncio
import logging
import socket
from typing import TYPE_CHECKING, Any, Final, Protocol

from picows.picows import WSAutoPingStrategy, WSProtocol  # type: ignore[attr-defined]
from uvicorn.protocols.utils import get_remote_addr

from crossbook.doors.http.problems import internal
from crossbook.doors.socket.tunnel import Tunnel
from crossbook.doors.socket.upgrade import refusal_response
from crossbook.venue.refusals import Refused

if TYPE_CHECKING:
    from uvicorn.server import ServerState

    from crossbook.doors.socket.connection import Connection
    from crossbook.doors.socket.upgrade import Handshake

READ_BUFFER_BYTES: Final = 2_048
"""To begin with; it doubles where messages are longer."""
SEND_BUFFER_BYTES: Final = 128 * 1_024
"""What the kernel holds for a client that does not read. Left alone it grows to megabytes, and a client is known to
be slow only when they are full."""
RECEIVE_BUFFER_BYTES: Final = 32 * 1_024
"""What the kernel holds of a client that sends faster than it is served, and so what is read of it in one turn and how
far the read buffer grows. Left alone both grow to megabytes, and the others wait meanwhile."""

logger = logging.getLogger("crossbook.socket")


class _ClientsFault:
    """Takes the words of picows, which reports each client's mistake as an error of ours."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802, ARG002 - the name that picows calls
        return False

    def log(self, *_: object) -> None:
        """Drop it."""

    debug = info = warning = error = log

    def exception(self, message: str, *arguments: object) -> None:
        """Log a defect of ours."""
        logger.error(message, *arguments, exc_info=True)  # noqa: LOG014 - picows calls it in its handler


QUIET: Final = _ClientsFault()


class Door(Protocol):
    """Who decides about requests."""

    @property
    def message_bytes(self) -> int:
        """The largest message."""

    def admit(self, head: bytes, peer: tuple[str, int] | None, /) -> "tuple[Connection, Handshake] | Tunnel":
        """Decide about a request before anything is upgraded, and return who speaks, or what passes it on.

        Raises:
            Refused: With the status of the answer.
        """


class SocketProtocol(WSProtocol):  # type: ignore[misc] # no types
    """A connection from its request to upgrade on."""

    def __init__(self, door: Door, state: "ServerState") -> None:
        """Make what uvicorn hands a transport next."""
        super().__init__(
            host_port=None,
            ws_path=None,
            is_client_side=False,
            ws_listener_factory=self._make_listener,
            logger=QUIET,
            disconnect_on_exception=True,
            websocket_handshake_timeout=None,
            # The door has one clock for all connections, and counts pings before it answers them.
            enable_auto_ping=False,
            auto_ping_idle_timeout=0,
            auto_ping_reply_timeout=0,
            auto_ping_strategy=WSAutoPingStrategy.PING_WHEN_IDLE,
            enable_auto_pong=False,
            max_frame_size=door.message_bytes,
            extra_headers=None,
            read_buffer_init_size=READ_BUFFER_BYTES,
        )
        self._door = door
        self._connections: set[Any] = state.connections
        self._session: Connection | None = None
        self._tunnel: Tunnel | None = None
        self._judged = False
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take the connection over from the HTTP protocol."""
        super().connection_made(transport)
        kernel = transport.get_extra_info("socket")
        kernel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        kernel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        self._raw = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._connections.discard(self)
        super().connection_lost(exc)
        if self._tunnel is not None:
            self._tunnel.connection_lost(exc)
        if self._session is not None:
            self._session.disconnected()

    def data_received(self, data: bytes) -> None:
        """Take the request and then what came with it; all other bytes come through the buffer."""
        if self._tunnel is not None:
            self._tunnel.data_received(data)
            return
        if not self._judged:
            self._judged = True
            try:
                admitted = self._door.admit(data, get_remote_addr(self._raw))
            except Refused as refused:
                self._refuse(refused)
                return
            except Exception:
                logger.exception("an upgrade failed")
                self._refuse(internal())
                return
            if isinstance(admitted, Tunnel):
                self._hand_over(admitted)
                return
            self._session, upgrade = admitted
            data = upgrade.canonical()
        if not self._refused:
            self._feed(data)

    def shutdown(self) -> None:
        """Close, because uvicorn stops."""
        if self._session is None:
            self._raw.close()
        else:
            self._session.close_for_stop()

    def _hand_over(self, tunnel: Tunnel) -> None:
        """Leave the connection to a tunnel."""
        self._tunnel = tunnel
        self._connections.discard(self)
        tunnel.take_over(self._raw, self._connections)
        # uvicorn makes this the transport's protocol once this call has returned. Nothing is read meanwhile.
        asyncio.get_running_loop().call_soon(self._raw.set_protocol, tunnel)

    def _feed(self, data: bytes) -> None:
        start = 0
        while start < len(data):
            room = self.get_buffer(-1)
            taken = min(len(room), len(data) - start)
            room[:taken] = data[start : start + taken]
            self.buffer_updated(taken)
            start += taken

    def _make_listener(self, _: object) -> "Connection":
        session = self._session
        if session is None:
            raise RuntimeError("a connection was upgraded that was not admitted")
        return session

    def _refuse(self, refused: Refused) -> None:
        self._refused = True
        self._raw.write(refusal_response(refused))
        self._raw.close()
