"""The server of the stream put together: the simulation's host, the WebSocket door, HTTP, on one port."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crossbook.doors.http.protocol import Connections
from crossbook.doors.http.server import Listening, serving
from crossbook.doors.http.web_files import WEB_APP, WebFiles
from crossbook.doors.lab.posted import Presets
from crossbook.doors.lab.router import Places, lab_routes
from crossbook.doors.stream.application import lab_application, live_router, past_router
from crossbook.doors.stream.beginning import beginning_router
from crossbook.doors.stream.door import LIMITS, Answered, StreamDoor
from crossbook.doors.stream.host import Host, Launch
from crossbook.doors.stream.process import Process
from crossbook.doors.stream.rights import Rights

if TYPE_CHECKING:
    from crossbook.doors.lab.workshop import Workshop

CONNECTIONS_MAX: Final = 256
"""Of HTTP."""


@dataclass(frozen=True, slots=True)
class StreamServer:
    """A server that listens."""

    host: Host
    door: StreamDoor
    at: Listening


@asynccontextmanager
async def streaming(
    rights: Rights,
    host: str,
    port: int,
    *,
    launch: Launch = Process,
    presets: Path | None = None,
    runs: Path | None = None,
    memory_bytes: int = 1 << 30,
) -> AsyncIterator[StreamServer]:
    """Serve the stream as long as the context lasts; at its end the simulation ends and is written.

    Args:
        rights: Who may steer.
        host: The address to listen on.
        port: The port, or zero for any that is free.
        launch: Begins where a simulation lives.
        presets: The folder of presets; none where only the live simulation is served, as the next.
        runs: Where runs are kept.
        memory_bytes: What a simulation that is begun over HTTP may have before it leaves things out.

    Raises:
        ConfigError: Nothing can listen there.
    """
    theatre = _Theatre(rights, launch)
    routers = [live_router(theatre.host, rights), past_router(theatre.host)]
    room = Connections(CONNECTIONS_MAX + LIMITS.connections, LIMITS.connections)
    async with AsyncExitStack() as stack:
        workshop: Workshop | None = None
        if runs is not None and presets is not None:
            lab, workshop = await stack.enter_async_context(lab_routes(Places(runs, presets), rights.guard))
            routers += [beginning_router(theatre.host, rights, Presets(presets), runs, memory_bytes), lab]
        at = await stack.enter_async_context(
            serving(
                lab_application(routers, WebFiles(WEB_APP)),
                host,
                port,
                room,
                # uvicorn calls it like the class of a protocol, which is all that it asks of it.
                sockets=theatre.door.protocol,  # type: ignore[arg-type]
            )
        )
        rights.port = at.port
        try:
            yield StreamServer(theatre.host, theatre.door, at)
        finally:
            if workshop is not None:
                workshop.stop()
            await theatre.host.close()
            theatre.door.close()


class _Theatre:
    """The simulation's host and the door, each of which needs the other."""

    def __init__(self, rights: Rights, launch: Launch) -> None:
        self.door: Final = StreamDoor(rights, self._steer, self._watched, self._wait)
        self.host: Final = Host(launch, self.door.hub)

    def _steer(self, what: str, ask: Any, answered: Answered) -> None:
        self.host.ask_later(what, ask, answered)

    def _watched(self) -> None:
        self.host.watched()

    def _wait(self, wait: bool) -> None:  # noqa: FBT001 - a callback with one argument
        self.host.wait_for_readers(wait)
