"""Where simulations are made that somebody asks for over HTTP: so many at once, others wait, and all end in order.

A batch simulation is advanced in stretches of some hundredths of a second by a pool of threads, one for each core, in
turn: the kernel lets the others run while it advances, and all of what it makes is needed here, so a process of its own
would only cost memory and time. A run that is kept is made by a process of its own, for the reasons that
`crossbook.doors.lab.making` gives.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Self, TypeVar

import msgspec
import structlog

from crossbook.core import TransientError
from crossbook.doors.lab.answers import LineAnswer
from crossbook.doors.lab.batch import Batch
from crossbook.doors.lab.bodies import AGENTS_MAX, BatchWanted, RunWanted
from crossbook.doors.lab.posted import Presets, plan_run
from crossbook.doors.lab.turns import Turn, Turns
from crossbook.doors.lab.wire import Job, Told
from crossbook.lab.run import Plan, seeds_from
from crossbook.venue.refusals import CLOSING, Refused

BATCHES_AT_ONCE: Final = 12
RUNS_AT_ONCE: Final = 2
LOOKS_AT_ONCE: Final = 2
"""Pages and lists of past runs that are made at once."""
TOLD_S: Final = 0.1
"""Between two lines of progress, at least."""
BEAT_S: Final = 0.5
"""Between two lines of progress, at most, however much there is to do."""
LINE_BYTES_MAX: Final = 1 << 16
"""Of what a run's process says."""
END_S: Final = 60.0
"""How long a run that shall end may take to write what it has."""

_T = TypeVar("_T")
_MAKING: Final = (sys.executable, "-P", "-m", "crossbook.doors.lab.making")
_log: Final = structlog.get_logger(__name__)
_encode: Final = msgspec.json.Encoder().encode


class Workshop:
    """Makes simulations, from when its context begins to when it ends.

    Args:
        presets: Run files that may be asked for by name.
        runs: The folder of all runs.
        making: The command that makes a run that is kept.
    """

    def __init__(self, presets: Presets, runs: Path, making: Sequence[str] = _MAKING) -> None:
        self._presets: Final = presets
        self._runs: Final = runs
        self._making: Final = tuple(making)
        self._batch_turns: Final = Turns(BATCHES_AT_ONCE, AGENTS_MAX)
        self._run_turns: Final = Turns(RUNS_AT_ONCE)
        self._look_turns: Final = Turns(LOOKS_AT_ONCE)
        self._pool: Final = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="batch")
        self._checks: Final = ThreadPoolExecutor(1, thread_name_prefix="check")
        """Looks at what is asked for, so that those that are made do not wait for those that may never be."""
        self._looks: Final = ThreadPoolExecutor(LOOKS_AT_ONCE, thread_name_prefix="look")
        self._stopping: Final = asyncio.Event()
        self._endings: Final[set[asyncio.Task[None]]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()
        while self._endings:
            await asyncio.wait(self._endings)
        await asyncio.to_thread(self._shut)

    def stop(self) -> None:
        """End everything that is being made, each in order, and begin nothing new.

        Who waits for a batch simulation is told that the server stops; a run that is kept is kept as far as it went.
        """
        self._stopping.set()
        for turns in (self._batch_turns, self._run_turns, self._look_turns):
            turns.close()

    def _shut(self) -> None:
        for pool in (self._pool, self._checks, self._looks):
            pool.shutdown(cancel_futures=True)

    async def look(self, work: Callable[[], _T]) -> _T:
        """Do something beside the loop that reads what there is.

        Raises:
            Refused: Too many want to.
        """
        with self._look_turns.take() as turn:
            while not await turn.wait(BEAT_S):
                pass
            return await asyncio.get_running_loop().run_in_executor(self._looks, work)

    async def batch(self, wanted: BatchWanted) -> LineAnswer:
        """Return the answer to who asks for a batch simulation.

        Raises:
            Refused: Too many wait.
            ConfigError: What is asked for is wrong.
        """
        # What weighs too much is refused when it is looked at.
        turn = self._batch_turns.take(min(AGENTS_MAX, sum(entry.count for entry in wanted.agents)))
        try:
            batch = await self._beside(self._checks, partial(Batch, wanted))
        except BaseException:
            turn.leave()
            raise
        if turn.is_in:
            return LineAnswer(self._batch_lines(turn, wanted, batch), turn.leave)
        # Whoever waits takes up no memory: it is made again when its turn comes.
        waiting = batch.progress()
        return LineAnswer(self._batch_lines(turn, wanted, None, waiting), turn.leave)

    async def run(self, wanted: RunWanted) -> LineAnswer:
        """Return the answer to who asks for a run that is kept, or for several seeds of one.

        Raises:
            Refused: Too many wait, or there is no such preset.
            ConfigError: What is asked for is wrong.
        """
        turn = self._run_turns.take()
        try:
            plan = await self._beside(self._checks, partial(self._planned, wanted))
        except BaseException:
            turn.leave()
            raise
        job = Job(plan.run.model_dump_json(exclude_none=True), str(self._runs.absolute()), wanted.seeds)
        return LineAnswer(self._run_lines(turn, job), turn.leave_unless_kept)

    def _planned(self, wanted: RunWanted) -> Plan:
        plan = plan_run(
            self._presets,
            self._runs,
            preset=wanted.preset,
            config=wanted.config,
            seed=wanted.seed,
            changes=wanted.set,
        )
        if wanted.seeds is not None:
            seeds_from(plan.run.seed, wanted.seeds)
        return plan

    async def _batch_lines(
        self, turn: Turn, wanted: BatchWanted, batch: Batch | None, line: bytes = b""
    ) -> AsyncIterator[bytes]:
        """Yield the lines of a batch simulation."""
        while not await turn.wait(BEAT_S):
            yield line
        if batch is None:
            work = self._beside(self._pool, partial(Batch, wanted))
            while not await _is_done(work):
                yield line
            batch = work.result()
        line = batch.progress()
        yield line
        told_s = monotonic()
        while not batch.ended:
            step = self._beside(self._pool, batch.advance)
            while not await _is_done(step):
                yield line
            step.result()
            if self._stopping.is_set():
                raise Refused(CLOSING, "the server stops", 503)
            if monotonic() - told_s >= TOLD_S:
                line, told_s = batch.progress(), monotonic()
                yield line
        # Writing it takes as long as a stretch does, part by part.
        parts = batch.final()
        while (part := await self._beside(self._pool, partial(next, parts, None))) is not None:
            yield part

    async def _run_lines(self, turn: Turn, job: Job) -> AsyncIterator[bytes]:
        """Yield the lines of a run that is kept."""
        line = _encode(Told(0.0, 0, job.seeds or 1, None, 0, 0)) + b"\n"
        while not await turn.wait(BEAT_S):
            yield line
        try:
            child = await asyncio.create_subprocess_exec(
                *self._making,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=LINE_BYTES_MAX,
                # It may have processes of its own, which end with it.
                start_new_session=True,
            )
        except OSError as error:
            raise TransientError(f"a process for the run cannot be started: {error}") from error
        turn.keep()
        try:
            async with contextlib.aclosing(self._heard(child, job, line)) as heard:
                async for said in heard:
                    yield said
        finally:
            ending = asyncio.create_task(_end(child, turn))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    async def _heard(
        self, child: asyncio.subprocess.Process, job: Job, line: bytes
    ) -> AsyncGenerator[bytes, None]:
        """Yield what a run's process says, and its newest line again where it says nothing for long."""
        if child.stdin is None or child.stdout is None:
            return
        with contextlib.suppress(ConnectionError):
            child.stdin.write(_encode(job) + b"\n")
            await child.stdin.drain()
        stopping = asyncio.create_task(self._stopping.wait())
        listening = asyncio.create_task(child.stdout.readline())
        try:
            while True:
                done, _ = await asyncio.wait(
                    {listening} if stopping.done() else {listening, stopping},
                    timeout=BEAT_S,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if stopping in done:
                    child.stdin.close()
                if listening not in done:
                    yield line
                    continue
                said = listening.result()
                if not said:
                    raise TransientError("the run's process died, perhaps for want of memory")
                yield said
                if b'"type":"progress"' not in said[:32]:
                    return
                line = said
                listening = asyncio.create_task(child.stdout.readline())
        finally:
            stopping.cancel()
            listening.cancel()
            await asyncio.wait({stopping, listening})

    @staticmethod
    def _beside(pool: ThreadPoolExecutor, work: Callable[[], _T]) -> "asyncio.Future[_T]":
        return asyncio.get_running_loop().run_in_executor(pool, work)


async def _is_done(work: "asyncio.Future[_T]") -> bool:
    """Wait for something that is being done, but no longer than a beat; return whether it is."""
    done, _ = await asyncio.wait({work}, timeout=BEAT_S)
    return bool(done)


async def _end(child: asyncio.subprocess.Process, turn: Turn) -> None:
    """See a run's process to its end, by force where it takes too long, and make room for another."""
    try:
        if child.stdin is not None:
            child.stdin.close()
        try:
            async with asyncio.timeout(END_S):
                await _gone(child)
        except TimeoutError:
            _log.error("a run's process did not end, and is ended by force", pid=child.pid)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            await _gone(child)
    finally:
        turn.leave()


async def _gone(child: asyncio.subprocess.Process) -> None:
    """Read what it still says, or it may wait for that for ever."""
    if child.stdout is not None:
        with contextlib.suppress(ValueError):
            while await child.stdout.read(LINE_BYTES_MAX):
                pass
    await child.wait()
