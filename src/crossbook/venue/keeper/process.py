"""The venue's side of the keeper: starts the process, tells it how far to go, and starts it again when it dies."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from crossbook.venue.keeper.wire import Done, Setup, Until
from crossbook.venue.store import Progress

RESTART_FIRST_S: Final = 0.2
RESTART_MAX_S: Final = 30.0
STOP_S: Final = 10.0
"""How long a keeper may take to catch up when the venue stops; what is missing then is projected at the next start."""
END_S: Final = 5.0
"""How long it may take to finish a step and exit before it is ended by force."""
TELL_PAUSE_S: Final = 0.005
"""Between two numbers that it is told."""
LINE_BYTES_MAX: Final = 1 << 12

# `-P`: what lies in the working directory is not imported.
_COMMAND: Final = (sys.executable, "-P", "-m", "crossbook.venue.keeper")
_log = logging.getLogger(__name__)


class KeeperProcess:
    """A keeper in a process of its own.

    Nothing that befalls it reaches the venue: it is started again, with longer and longer pauses.

    Args:
        journal: The journal's directory.
        database: The database's URL; the process gets it through a pipe.
        equity_seconds: How often the equity of accounts is written down.
        command: What to run in place of the keeper's own program.
    """

    def __init__(
        self, journal: str, database: str, *, equity_seconds: int, command: Sequence[str] = _COMMAND
    ) -> None:
        self._setup = Setup(journal=journal, database=database, equity_seconds=equity_seconds)
        self._command = tuple(command)
        self._until = 0
        self._done = Done(sequence=0, commands=0)
        self._moved = asyncio.Condition()
        self._news = asyncio.Event()
        self._child: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self.restarts = 0
        """How often it had to be started again."""
        self.heard = False
        """Whether a process has ever said how far it is."""

    @property
    def applied(self) -> int:
        """The last event that is in the database, as far as the keeper has said."""
        return self._done.sequence

    @property
    def applied_commands(self) -> int:
        """The last command that is in the database."""
        return self._done.commands

    @property
    def pid(self) -> int | None:
        """The number of the process, or none while there is none."""
        return None if self._child is None or self._child.returncode is not None else self._child.pid

    async def start(self, done: Progress | None = None) -> None:
        """Start the process, and see to it from now on.

        Args:
            done: How far the database is known to be.
        """
        if done is not None:
            self._done = Done(sequence=done.sequence, commands=done.command)
        if self._task is None:
            self._task = asyncio.create_task(self._supervise(), name="keeper")

    def tell(self, commands: int) -> None:
        """Say that everything up to a command may be projected. It never waits; only the newest number is sent."""
        if commands > self._until:
            self._until = commands
            self._news.set()

    async def reached(self, sequence: int, timeout_s: float) -> bool:
        """Wait until an event is in the database; return whether it is."""
        return await self._wait_for(lambda: self._done.sequence >= sequence, timeout_s)

    async def stop(self, timeout_s: float = STOP_S) -> bool:
        """Let it catch up with what it was told, and end it.

        Returns:
            Whether it caught up.
        """
        caught_up = self._task is not None and await self._wait_for(
            lambda: self._done.commands >= self._until, timeout_s
        )
        self._stopping = True
        self._news.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
        return caught_up

    async def _supervise(self) -> None:
        delay_s = RESTART_FIRST_S
        while True:
            before = self._done.commands
            status = await self._run()
            if self._stopping:
                return
            self.restarts += 1
            if self._done.commands > before:
                delay_s = RESTART_FIRST_S
            _log.error("the keeper ended with status %d; it starts again in %.1f s", status, delay_s)
            await asyncio.sleep(delay_s)
            delay_s = min(2 * delay_s, RESTART_MAX_S)

    async def _run(self) -> int:
        """Run one process to its end; return its status."""
        try:
            child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=LINE_BYTES_MAX,
            )
        except OSError as error:
            _log.error("the keeper cannot be started: %s", error)
            return -1
        self._child = child
        telling = asyncio.create_task(self._tell(child), name="keeper-tell")
        try:
            await self._listen(child)
            return await _end(child)
        finally:
            telling.cancel()
            await asyncio.wait([telling])
            await _end(child)

    async def _tell(self, child: asyncio.subprocess.Process) -> None:
        """Send the newest number whenever there is one; a process that reads slowly misses some."""
        if child.stdin is None:
            return
        with contextlib.suppress(ConnectionError):
            child.stdin.write(msgspec.json.encode(self._setup) + b"\n")
            sent = 0
            while True:
                await child.stdin.drain()
                if self._until > sent:
                    sent = self._until
                    child.stdin.write(msgspec.json.encode(Until(until=sent)) + b"\n")
                    # Under load there is a newer number at every turn of the loop; each would wake the keeper.
                    await asyncio.sleep(TELL_PAUSE_S)
                    continue
                self._news.clear()
                await self._news.wait()

    async def _listen(self, child: asyncio.subprocess.Process) -> None:
        if child.stdout is None:
            return
        while True:
            try:
                line = await child.stdout.readline()
                if not line:
                    return
                done = msgspec.json.decode(line, type=Done)
            except (msgspec.MsgspecError, ValueError):  # The latter is a line without an end.
                _log.error("the keeper said something that cannot be read")
                return
            async with self._moved:
                self._done = done
                self.heard = True
                self._moved.notify_all()

    async def _wait_for(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        try:
            async with asyncio.timeout(timeout_s), self._moved:
                await self._moved.wait_for(condition)
        except TimeoutError:
            return condition()
        return True


async def _end(child: asyncio.subprocess.Process) -> int:
    """Close what it reads from, which ends it after its step, or end it by force after `END_S`; return its status."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        async with asyncio.timeout(END_S):
            return await _gone(child)
    except TimeoutError:
        child.kill()
        return await _gone(child)


async def _gone(child: asyncio.subprocess.Process) -> int:
    """Read what it still says, or it may wait for that for ever; return its status."""
    if child.stdout is not None:
        while await child.stdout.read(LINE_BYTES_MAX):
            pass
    return await child.wait()
