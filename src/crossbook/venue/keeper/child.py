"""The keeper's own process: what `python -m crossbook.venue.keeper` runs."""

import asyncio
import logging
import os
import signal
import sys
from typing import Final

import msgspec

from crossbook.core import CrossbookError, UsageError
from crossbook.venue.keeper.projector import STEP_COMMANDS, Projector, StoppedError
from crossbook.venue.keeper.wire import Done, Setup, Until
from crossbook.venue.store import Progress, Store

NICENESS: Final = 10
"""The venue's loop goes first where there are few cores."""
PAUSE_S: Final = 0.02
"""Between two steps that were not full, so that a trickle of orders makes few transactions."""
LINE_BYTES_MAX: Final = 1 << 16

_log = logging.getLogger(__name__)


def main() -> int:
    """Run a keeper until its standard input ends; return the exit status."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="keeper: %(message)s")
    os.nice(NICENESS)
    # An interrupt at the terminal goes to the whole group, and a supervisor's request to end to all of a service; the
    # venue decides when its keeper stops.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    try:
        asyncio.run(_keep())
    except (StoppedError, BrokenPipeError):
        return 0
    except CrossbookError as error:
        _log.error("%s", error)
        return 1
    return 0


async def _keep() -> None:
    lines = asyncio.StreamReader(LINE_BYTES_MAX)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    try:
        first = await lines.readline()
        if not first:
            return
        try:
            setup = msgspec.json.decode(first, type=Setup)
        except msgspec.MsgspecError as error:
            raise UsageError(f"the keeper's first line says what to do: {error}") from error
        control = _Control(lines)
        listening = asyncio.create_task(control.listen())
        try:
            await _project(setup, control)
        finally:
            listening.cancel()
            await asyncio.wait([listening])
    finally:
        transport.close()


class _Control:
    """What the venue said last."""

    def __init__(self, lines: asyncio.StreamReader) -> None:
        self.until = 0
        self.ended = asyncio.Event()
        """Set once the venue is gone."""
        self.told = asyncio.Event()
        """Set with every line, and at the end."""
        self._lines = lines

    async def listen(self) -> None:
        """Read lines until they end."""
        try:
            while line := await self._lines.readline():
                self.until = max(self.until, msgspec.json.decode(line, type=Until).until)
                self.told.set()
        finally:
            self.ended.set()
            self.told.set()

    async def pause(self, delay_s: float) -> None:
        """Wait a while, but not past the end."""
        try:
            await asyncio.wait_for(self.ended.wait(), delay_s)
        except TimeoutError:
            return


async def _project(setup: Setup, control: _Control) -> None:
    async with await Store.open(setup.database, synchronous="NORMAL") as store:
        projector = Projector(
            store.projection,
            setup.journal,
            equity_seconds=setup.equity_seconds,
            stopping=control.ended,
        )
        await projector.resume()
        _say(projector.progress)
        while not control.ended.is_set():
            control.told.clear()
            before = projector.progress.command
            if before >= control.until:
                await control.told.wait()
                continue
            if await projector.step(control.until):
                _say(projector.progress)
            if projector.progress.command - before < STEP_COMMANDS:
                await control.pause(PAUSE_S)


def _say(progress: Progress) -> None:
    """Tell the venue how far the projection is; its pipe is read as long as it lives."""
    line = msgspec.json.encode(Done(sequence=progress.sequence, commands=progress.command))
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
