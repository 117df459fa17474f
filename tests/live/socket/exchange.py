"""A whole venue behind its WebSocket door, in a thread of its own."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import uvloop
from uvicorn import Server

from crossbook.doors.socket import make_socket_door
from crossbook.venue.settings import VenueSettings
from crossbook.venue.sign_in import Registered
from crossbook.venue.venue import Venue
from tests.unit.doors.socket.stage import Client, config_of

T = TypeVar("T")


class Exchange:
    """A venue that is open; `do` runs something in its loop."""

    def __init__(self) -> None:
        self.port = 0
        self.venue: Venue
        self._loop: asyncio.AbstractEventLoop
        self._over: asyncio.Event
        self._opened = threading.Event()

    def do(self, function: Callable[[], Awaitable[T]]) -> T:
        async def done() -> T:
            return await function()

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(30)

    def register(self, username: str) -> Registered:
        return self.do(lambda: self.venue.gate.register(username, "a long password", "127.0.0.1"))

    def client(self, person: Registered | None = None, path: str = "/ws") -> Client:
        headers = {"X-API-Key": person.api_key} if person is not None else None
        client = Client(self.port, path, headers=headers)
        assert client.status == 101
        if path == "/ws":
            assert client.json()["type"] == "hello"
        return client

    async def serve(self, directory: Path, settings: VenueSettings) -> None:
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self.venue = await Venue.open(directory, settings)
        door = make_socket_door(self.venue)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            server = Server(config_of(door))
            serving = asyncio.create_task(server.serve([listener]))
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
            self._opened.set()
            await self._over.wait()
            server.should_exit = True
            await serving
        await self.venue.stop()


@contextmanager
def exchange(directory: Path, settings: VenueSettings) -> Iterator[Exchange]:
    """Open a venue."""
    opened = Exchange()

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(opened.serve(directory, settings))

    thread = threading.Thread(target=run)
    thread.start()
    while not opened._opened.wait(0.05):
        assert thread.is_alive()
    try:
        yield opened
    finally:
        opened._loop.call_soon_threadsafe(opened._over.set)
        thread.join(30)
        assert not thread.is_alive()
