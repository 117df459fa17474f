"""The server's side of a simulation: begun, asked, heard, and ended; one at a time.

A simulation lives at the other end of a link, in a process of its own or, for a simulation made in Python, in a thread.
When it dies, those who watch are told, and another can be begun.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec

from crossbook.core import ConfigError, CrossbookError
from crossbook.doors.stream import channels, messages
from crossbook.doors.stream.hub import Hub
from crossbook.doors.stream.link import Asked, Entry, Told, Turn, Unpacker, pack_asked, payload_of
from crossbook.doors.stream.wanted import Start

BUFFER_BYTES: Final = 1 << 20
"""Of the link each way: what a simulation may be ahead of its server."""
START_S: Final = 120.0
"""How long a simulation may take to begin: recorded days are read meanwhile."""
ANSWER_S: Final = 5.0
"""How long answers are waited for when a simulation is over."""
IDLE: Final = "idle"
OVER: Final = frozenset({IDLE, "ended", "failed"})
NOTHING_RUNS: Final = {"success": False, "error": "no simulation runs"}

GONE: Final = b'{"success":false,"error":"the simulation is gone"}'

Answer = dict[str, Any]


class Found(msgspec.Struct, frozen=True):
    """What was found of what a simulation keeps."""

    success: bool
    found: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""


class Running(Protocol):
    """Where a simulation lives."""

    async def ended(self) -> None:
        """Wait until it is gone."""

    def kill(self) -> None:
        """End it at once, as far as that can be."""


Launch = Callable[[socket.socket], Running]
"""Begins what lives at the other end of a link, which it takes over."""


class Host:
    """Keeps one simulation at a time.

    Args:
        launch: Begins where a simulation lives.
        hub: Whom everything is told.
    """

    def __init__(self, launch: Launch, hub: Hub) -> None:
        self._launch: Final = launch
        self._hub: Final = hub
        self._line: _Line | None = None
        self._running: Running | None = None
        self._state: Answer = {"state": IDLE}
        self._sequence = 0
        """The number of the newest `simulation` message."""
        self._watching: asyncio.Task[None] | None = None
        self._asking: set[asyncio.Task[Answer]] = set()
        self._beginning = asyncio.Lock()
        self.over: Final = asyncio.Event()
        """Set while no simulation runs."""
        self.over.set()
        self._tell_state({"state": IDLE})

    @property
    def state(self) -> Answer:
        """The newest `simulation` message, without its type and number."""
        return self._state

    async def start(self, start: Start, *, replace: bool = False) -> None:
        """Begin a simulation.

        Args:
            start: Which.
            replace: Whether one that runs is ended first.

        Raises:
            ConfigError: It cannot be, and why; or one runs.
        """
        async with self._beginning:
            if self._state["state"] not in OVER:
                if not replace:
                    raise Busy("a simulation runs: end it first")
                await self.end()
            await self._leave()
            self._hub.forget()
            ours, theirs = socket.socketpair()
            for end in (ours, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
            ours.setblocking(False)  # noqa: FBT003 - its parameter has no name
            self._running = self._launch(theirs)
            loop = asyncio.get_running_loop()
            _, self._line = await loop.create_connection(lambda: _Line(self._heard), sock=ours)
            self._watching = asyncio.create_task(self._watch(self._line, self._running), name="simulation")
            self.over.clear()
            try:
                answer = await asyncio.wait_for(self._line.ask("start", start), START_S)
            except TimeoutError:
                answer = {"success": False, "error": f"it did not begin within {START_S:.0f} seconds"}
            if not answer["success"]:
                await self._leave()
                self._tell_state({"state": IDLE})
                raise ConfigError(answer["error"])
            self.watched()

    async def ask(self, what: str, body: Any) -> Answer:
        """Ask the simulation for something, and return its answer: whether it was a success, and why not."""
        if self._line is None:
            return NOTHING_RUNS
        return await self._line.ask(what, body)

    async def look(self, what: str, body: Any) -> Found:
        """Ask the simulation for something that it keeps, and return it as it was written: floats would lose digits."""
        if self._line is None:
            return Found(success=False, error=str(NOTHING_RUNS["error"]))
        return msgspec.json.decode(await self._line.ask_raw(what, body), type=Found)

    def ask_later(self, what: str, body: Any, answered: Callable[[Answer], None]) -> None:
        """Ask the simulation for something, and call with its answer."""
        task = asyncio.get_running_loop().create_task(self.ask(what, body))
        self._asking.add(task)

        def done(task: asyncio.Task[Answer]) -> None:
            self._asking.discard(task)
            if not task.cancelled():
                answered(task.result())

        task.add_done_callback(done)

    async def end(self) -> None:
        """End the simulation and wait until its directory is written."""
        if self._line is not None and self._state["state"] not in OVER:
            await self._line.ask("control", {"type": "control", "action": "end"})

    async def close(self) -> None:
        """End the simulation and whatever it lives in."""
        with contextlib.suppress(CrossbookError):
            await self.end()
        await self._leave()

    def watched(self) -> None:
        """Tell the simulation who watches."""
        if self._line is not None:
            followed = sorted(self._hub.followed)
            self._line.say("watchers", {"consumers": self._hub.consumers, "channels": followed})

    def wait_for_readers(self, wait: bool) -> None:  # noqa: FBT001 - a callback with one argument
        """Read on, or not, where a simulation goes as fast as it goes."""
        if self._line is not None:
            self._line.wait_for_readers(wait)

    def _heard(self, packet: Turn | Told) -> None:
        if isinstance(packet, Told):
            return
        self._hub.tell(packet)
        number = channels.NUMBERS[channels.SIMULATION]
        if any(entry.channel == number for entry in packet.entries):
            frame = self._hub.newest(channels.SIMULATION)
            if frame is not None:
                self._learn(msgspec.json.decode(payload_of(frame)))

    def _learn(self, state: Answer) -> None:
        self._state = {key: value for key, value in state.items() if key not in ("type", "sequence")}
        self._sequence = state.get("sequence", self._sequence)
        if state["state"] in OVER:
            self.over.set()

    def _tell_state(self, state: Answer) -> None:
        """Tell of a state that no simulation is there to tell of."""
        self._sequence += 1
        frame = messages.plain(channels.SIMULATION, self._sequence, state)
        entry = Entry(channels.NUMBERS[channels.SIMULATION], 0, kept=False, messages=1, size=len(frame))
        self._hub.tell(Turn(patient=False, entries=[entry], frames=frame))
        self._learn(state)

    async def _watch(self, line: "_Line", running: Running) -> None:
        """Wait for the end of where a simulation lives."""
        await line.lost.wait()
        await running.ended()
        if self._state["state"] not in OVER:
            self._tell_state({**self._state, "state": "failed", "reason": "its process ended unexpectedly"})

    async def _leave(self) -> None:
        """Let go of what is left of a simulation that is over."""
        if self._line is None or self._watching is None:
            return
        await self._line.settled()
        self._line.close()
        await self._watching
        self._line = self._running = self._watching = None


class Busy(CrossbookError):  # noqa: N818 - a state, not a mistake
    """Say that a simulation runs already."""


class _Line(asyncio.Protocol):
    """The server's end of a link."""

    def __init__(self, heard: Callable[[Turn | Told], None]) -> None:
        self._heard: Final = heard
        self._unpacker: Final = Unpacker()
        self._transport: asyncio.Transport | None = None
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self._ticket = 0
        self._patient = False
        self._wait = False
        self.lost: Final = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the link over."""
        self._transport = transport  # type: ignore[assignment] # a socket's transport

    def data_received(self, data: bytes) -> None:
        """Pass on what the simulation tells."""
        for packet in self._unpacker.take(data):
            if isinstance(packet, Told):
                waiting = self._waiting.pop(packet.ticket, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(bytes(packet.body))
            else:
                self._heard(packet)
                if packet.patient != self._patient:
                    self._patient = packet.patient
                    self._go_or_wait()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio passes it
        """Answer all who wait: nobody else will."""
        waiting, self._waiting = self._waiting, {}
        for one in waiting.values():
            if not one.done():
                one.set_result(GONE)
        self.lost.set()

    def say(self, what: str, body: Any, ticket: int = 0) -> None:
        """Say something that needs no answer."""
        if self._transport is not None and not self._transport.is_closing():
            raw = msgspec.Raw(msgspec.json.encode(body))
            self._transport.write(pack_asked(Asked(ticket, what, raw)))

    async def ask(self, what: str, body: Any) -> Answer:
        """Ask something, and return the answer."""
        answer: Answer = msgspec.json.decode(await self.ask_raw(what, body))
        return answer

    async def ask_raw(self, what: str, body: Any) -> bytes:
        """Ask something, and return the answer as JSON."""
        if self.lost.is_set():
            return GONE
        self._ticket += 1
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[self._ticket] = waiting
        self.say(what, body, self._ticket)
        answer: bytes = await waiting
        return answer

    async def settled(self) -> None:
        """Wait until all who asked are answered, but not for long: who ended a simulation is to hear that he did."""
        if self._waiting:
            await asyncio.wait(list(self._waiting.values()), timeout=ANSWER_S)

    def wait_for_readers(self, wait: bool) -> None:  # noqa: FBT001 - as above
        """Take nothing more in while somebody does not read, where the simulation waits for readers."""
        self._wait = wait
        self._go_or_wait()

    def _go_or_wait(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._wait and self._patient:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def close(self) -> None:
        """Hang up, which ends the simulation."""
        if self._transport is not None:
            self._transport.close()
