"""Making a run, or several seeds of one, in a process of its own: what `python -m crossbook.doors.lab.making` does.

A run holds its tables in memory, and measuring its realism and drawing its report take seconds of Python: in the server's
own process they would count against its memory and hold up everybody. The process reads one line that says what to
make, and then its input ends when the run shall end, or when the server is gone. It writes a line of JSON for everything
that it tells.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from crossbook.core import CrossbookError, EventKind
from crossbook.doors.lab.disk import check_disk
from crossbook.doors.lab.wire import Failed, Job, Made, Told
from crossbook.lab.config import RunFile
from crossbook.lab.config.units import midnight
from crossbook.lab.run import Driver, Plan, conclude, create, perform, perform_all, seeds_from
from crossbook.lab.run.tables import Taken

NICENESS: Final = 5
"""What people look at goes first where there are few cores."""
TOLD_S: Final = 0.1
"""Between two lines of progress, at least."""
READ_BYTES: Final = 4_096

_log = logging.getLogger(__name__)


class _Counting(Driver):
    """A simulation that counts its trades."""

    trades = 0

    def taken(self) -> Taken:
        """Take away what was recorded since the last time."""
        taken = super().taken()
        self.trades += sum(int((events["kind"] == int(EventKind.TRADE)).sum()) for events in taken.events)
        return taken


class _Telling:
    """Tells of a run, and ends it where that is wanted."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._stopped = threading.Event()
        self._told_s = -TOLD_S
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        # Not through Python's buffer, whose lock the interpreter wants when it ends.
        while os.read(sys.stdin.fileno(), READ_BYTES):
            pass
        self._stopped.set()

    def look(self, say: Callable[[], Told]) -> None:
        """Tell how far it is, now and then.

        Raises:
            KeyboardInterrupt: It shall end.
            ConfigError: The disk is full.
        """
        if self._stopped.is_set():
            raise KeyboardInterrupt
        now_s = time.monotonic()
        if now_s - self._told_s >= TOLD_S:
            self._told_s = now_s
            tell(say())
            check_disk(self._runs)


def tell(line: msgspec.Struct) -> None:
    """Write a line."""
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


def main() -> int:
    """Make what the first line of the input says; return the exit status."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="run: %(message)s")
    os.nice(NICENESS)
    # The server decides when a run ends.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    try:
        run = RunFile.model_validate_json(job.config)
        runs = Path(job.runs)
        check_disk(runs)
        plan = Plan.of(run, runs)
        telling = _Telling(runs)
        tell(_one(plan, runs, telling) if job.seeds is None else _several(plan, runs, job.seeds, telling))
    except BrokenPipeError:
        return 0
    except CrossbookError as error:
        tell(Failed(str(error)))
        return 1
    return 0


def _one(plan: Plan, runs: Path, telling: _Telling) -> Made:
    driver = _Counting(plan.run, plan.specification, plan.run.seed)
    started = datetime.now(UTC)
    folder = create(runs, plan.run.name, plan.config_hash, started)
    kernel = plan.specification.kernel
    start, end = kernel["start_ns"], kernel["end_ns"]
    midnight_us = midnight(started) * 1_000_000

    def say(now_ns: int, steps: int) -> Told:
        part = min(1.0, (now_ns - start) / max(end - start, 1))
        return Told(round(part, 6), 0, 1, midnight_us + now_ns // 1_000, steps, driver.trades)

    def look(now_ns: int, steps: int) -> None:
        telling.look(lambda: say(now_ns, steps))

    manifest = perform(plan, folder, driver=driver, progress=look).manifest
    return _made(folder, manifest, event_hash=manifest["event_hash"])


def _several(plan: Plan, runs: Path, count: int, telling: _Telling) -> Made:
    seeds = seeds_from(plan.run.seed, count)
    started = datetime.now(UTC)
    folder = create(runs, f"{plan.run.name}-x{count}", plan.config_hash, started)

    def finished(made: int) -> None:
        telling.look(lambda: Told(round(made / count, 6), made, count, None, None, None))

    done, reason = perform_all(plan, folder, seeds, finished=finished)
    manifest, _ = conclude(plan, folder, done, reason, started)
    return _made(folder, manifest, members=len(done))


def _made(folder: Path, manifest: dict[str, Any], **more: Any) -> Made:
    return Made(folder.name, manifest["status"], reason=manifest["reason"], **more)


if __name__ == "__main__":
    sys.exit(main())
