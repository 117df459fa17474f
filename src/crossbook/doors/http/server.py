"""The server: the HTTP door and the WebSocket door on one port.

uvicorn reads HTTP (httptools, uvloop's loop where that runs) and hands WebSocket handshakes to the class that it is
given. Signals belong to whoever composes the process, so the server leaves them alone.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

import uvicorn

from crossbook.core import ConfigError
from crossbook.doors.http.callers import Callers
from crossbook.doors.http.control import control_application
from crossbook.doors.http.door import Application, DoorOptions, HttpDoor
from crossbook.doors.http.lab_process import Lab
from crossbook.doors.http.lab_proxy import LabProxy
from crossbook.doors.http.looking import LOOKING_ROUTES
from crossbook.doors.http.protocol import BoundedProtocol, Connections
from crossbook.doors.http.proxies import Proxies
from crossbook.doors.http.requests_seen import RequestsSeen
from crossbook.doors.http.routes import RouteTable
from crossbook.doors.http.trading import TRADING_ROUTES
from crossbook.doors.http.venue_face import VenueFace
from crossbook.doors.http.web_files import WebFiles

BACKLOG: Final = 2_048
"""Connections that may wait to be taken."""
KEEP_ALIVE_S: Final = 30
"""How long a connection may rest between two requests."""
SHUTDOWN_S: Final = 3
"""How long requests that are under way may take to end when the server stops."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the server listens."""

    host: str
    port: int
    stopped: asyncio.Task[None]
    """Ends when the server does; with its error, where it ends by itself."""


def make_door(
    venue: VenueFace,
    options: DoorOptions | None = None,
    web_files: WebFiles | None = None,
    lab: Lab | None = None,
) -> HttpDoor:
    """Return the ASGI application of a venue.

    Args:
        venue: What stands behind it.
        options: What the operator chose.
        web_files: The web application; none where there shall be none.
        lab: Knows where the lab is; none where there is none.

    Raises:
        ConfigError: An option is impossible.
    """
    options = options or DoorOptions()
    callers = Callers(venue.gate, Proxies(options.trusted_proxies), options.root_path)
    table = RouteTable((*TRADING_ROUTES, *LOOKING_ROUTES))
    seen = RequestsSeen(table)
    control = control_application(venue, table, seen, callers, options.root_path)
    return HttpDoor(
        venue,
        table,
        cast("Application", control),
        seen,
        options,
        callers,
        web_files or WebFiles(None),
        None if lab is None else LabProxy(lab, callers),
    )


@asynccontextmanager
async def listening(
    venue: VenueFace,
    host: str,
    port: int,
    *,
    sockets: type[asyncio.Protocol] | None = None,
    options: DoorOptions | None = None,
    web_files: WebFiles | None = None,
    lab: Lab | None = None,
) -> AsyncIterator[Listening]:
    """Listen as long as the context lasts; requests that are under way at its end have `SHUTDOWN_S` to end.

    Args:
        venue: What stands behind the door.
        host: The address to listen on.
        port: The port, or zero for any that is free.
        sockets: The protocol that WebSocket handshakes are handed to, in the way of uvicorn; none where there are none.
        options: What the operator chose.
        web_files: The web application; none where there shall be none.
        lab: Knows where the lab is; none where there is none.

    Raises:
        ConfigError: Nothing can listen there.
    """
    limits = venue.settings.limits
    room = Connections(limits.connections, limits.connections_per_address)
    door = make_door(venue, options, web_files, lab)
    try:
        async with serving(cast("Application", door), host, port, room, sockets=sockets) as at:
            yield at
    finally:
        await door.close()


@asynccontextmanager
async def serving(
    application: Application,
    host: str,
    port: int,
    room: Connections,
    *,
    sockets: type[asyncio.Protocol] | None = None,
) -> AsyncIterator[Listening]:
    """Serve an ASGI application as long as the context lasts; as `listening` otherwise.

    Args:
        application: What answers.
        host: The address to listen on.
        port: The port, or zero for any that is free.
        room: How many connections there may be.
        sockets: As in `listening`.

    Raises:
        ConfigError: Nothing can listen there.
    """
    bound = _bind(host, port)
    http: Any = partial(BoundedProtocol, room)
    config = uvicorn.Config(
        cast("Any", application),
        http=http,
        ws=sockets or "none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    server = _Server(config)
    ready = asyncio.create_task(server.ready.wait())
    task = asyncio.create_task(server.serve([bound]), name="http server")
    try:
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        address = bound.getsockname()
        yield Listening(address[0], address[1], task)
    finally:
        server.should_exit = True
        ready.cancel()
        await asyncio.wait({task, ready})
        bound.close()


class _Server(uvicorn.Server):
    """A server that leaves signals to its host, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready: Final = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        bound.close()
        raise ConfigError(f"cannot listen on {host} port {port}: {error}") from None
    bound.setblocking(False)  # noqa: FBT003 - its parameter has no name
    return bound
