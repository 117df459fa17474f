"""How uvicorn's HTTP connections become WebSockets of picows.

uvicorn is told of both classes: `Config(http=HttpProtocol, ws=door.protocol)`. When a request asks for an upgrade
uvicorn makes a protocol, hands it the transport and the request, and from then on the transport's bytes.
"""

import asyncio
import logging
import socket
from typing import TYPE_CHECKING, Any, Final

import httptools
from picows.picows import WSAutoPingStrategy, WSProtocol  # type: ignore[attr-defined]
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import get_remote_addr

from crossbook.doors.socket.upgrade import Upgrade, read_upgrade, refusal_response
from crossbook.venue.refusals import Refused

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

    from crossbook.doors.socket.door import SocketDoor
    from crossbook.doors.socket.session import Session

HEAD_SECONDS: Final = 10.0
"""How long the first request of a connection may take to arrive."""
READ_BUFFER_BYTES: Final = 2_048
"""To begin with; it doubles where messages are longer."""
KERNEL_BUFFER_BYTES: Final = 128 * 1_024
"""What the kernel holds for a client that does not read. Left alone it grows to megabytes, and a client is known to
be slow only when they are full."""

logger = logging.getLogger("crossbook.socket")


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's own, that also keeps what came in the same packet behind a request to upgrade.

    It closes a connection that does not send a first request in time.
    """

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection."""
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._cut_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        self._stop_head_timer()
        super().connection_lost(exc)

    def on_headers_complete(self) -> None:
        """Take a request whose headers are complete."""
        self._stop_head_timer()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Take bytes from the client."""
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if not self._should_upgrade():
                self._unsupported_upgrade_warning()
                return
            self.handle_websocket_upgrade()
            behind = data[upgrade.args[0] :]
            if behind:
                protocol: Any = self.transport.get_protocol()
                protocol.data_received(behind)
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")

    def _cut_if_silent(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


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


class SocketProtocol(WSProtocol):  # type: ignore[misc] # no types
    """A connection from its request to upgrade on."""

    def __init__(self, door: "SocketDoor", config: "Config", state: "ServerState") -> None:
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
            max_frame_size=door.limits.message_bytes,
            extra_headers=None,
            read_buffer_init_size=READ_BUFFER_BYTES,
        )
        self._door = door
        self._config = config
        self._connections: set[Any] = state.connections
        self._session: Session | None = None
        self._judged = False
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take the connection over from the HTTP protocol."""
        super().connection_made(transport)
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER_BYTES
        )
        self._raw = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._connections.discard(self)
        super().connection_lost(exc)
        if self._session is not None:
            self._session.disconnected()

    def data_received(self, data: bytes) -> None:
        """Take the request and then what came with it; all other bytes come through the buffer."""
        if not self._judged:
            self._judged = True
            try:
                upgrade = read_upgrade(data, self._config.root_path)
                self._session = self._door.admit(upgrade, self._address(upgrade))
            except Refused as refused:
                self._refuse(refused)
                return
            except Exception:
                logger.exception("an upgrade failed")
                self._refuse(Refused("internal_error", "something is wrong with the venue", 500))
                return
            data = upgrade.canonical()
        if not self._refused:
            self._feed(data)

    def shutdown(self) -> None:
        """Close, because uvicorn stops."""
        if self._session is None:
            self._raw.close()
        else:
            self._session.close_for_stop()

    def _feed(self, data: bytes) -> None:
        start = 0
        while start < len(data):
            room = self.get_buffer(-1)
            taken = min(len(room), len(data) - start)
            room[:taken] = data[start : start + taken]
            self.buffer_updated(taken)
            start += taken

    def _make_listener(self, _: object) -> "Session":
        session = self._session
        if session is None:
            raise RuntimeError("a connection was upgraded that was not admitted")
        return session

    def _refuse(self, refused: Refused) -> None:
        self._refused = True
        self._raw.write(refusal_response(refused))
        self._raw.close()

    def _address(self, upgrade: Upgrade) -> str:
        peer = get_remote_addr(self._raw)
        address = peer[0] if peer is not None else "local"
        if self._config.proxy_headers and upgrade.forwarded_for:
            trusted = self._door.trusted(self._config.forwarded_allow_ips)
            if address in trusted:
                return trusted.get_trusted_client_address(upgrade.forwarded_for)[0] or address
        return address
