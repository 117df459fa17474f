"""Several seeds of one run, on all cores, and what holds of them together."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, TypeAlias

from crossbook.core import ConfigError, CrossbookError, TransientError, UsageError
from crossbook.lab.config import RunFile
from crossbook.lab.run import directory
from crossbook.lab.run.perform import Done, Plan, days_of, perform
from crossbook.realism import Report
from crossbook.realism import report as realism_report
from crossbook.settings import load, write

Result: TypeAlias = tuple[int, dict[str, Any], dict[str, Any], str, bool]
"""Of a run in another process: the seed, manifest, metrics, what ended it before its time, and whether that is for the
run file to mend."""

SEEDS_MAX = 100_000
SEED_MAX = (1 << 63) - 1
_LOOK_SECONDS = 0.2

_stopped: Event | None = None
"""In a worker: set when the parent wants the runs to end."""


def _begin(stopped: Event) -> None:
    """Prepare a worker process."""
    global _stopped  # noqa: PLW0603 - a process of a pool has no other place for what it is begun with
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent decides when to stop.
    _stopped = stopped
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent is gone: nobody else would."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _look_up(_now: int, _steps: int) -> None:
    """End the run of this process where the parent wants it; it is kept as far as it went."""
    if _stopped is not None and _stopped.is_set():
        raise KeyboardInterrupt


def seeds_from(first: int, count: int) -> range:
    """Return the seeds of an ensemble.

    Raises:
        UsageError: The count is out of range.
    """
    if not 1 <= count <= SEEDS_MAX:
        raise UsageError(f"seeds must be from 1 to {SEEDS_MAX}, not {count}")
    if first + count - 1 > SEED_MAX:
        raise UsageError(f"{count} seeds from {first} on pass the last one, {SEED_MAX}")
    return range(first, first + count)


@cache
def _plan(config: Path, beside: Path) -> Plan:
    """Understand the run file once in each process: recorded days take a while to read."""
    return Plan.of(load(config, RunFile).settings, beside)


def _work(config: Path, beside: Path, folder: Path, seed: int) -> Result:
    """Make one run in a process of its own."""
    folder.mkdir()
    done = perform(
        _plan(config, beside), folder, seed=seed, progress=_look_up, with_report=False, with_realism=False
    )
    return seed, done.manifest, done.metrics, str(done.error or ""), isinstance(done.error, ConfigError)


def perform_all(
    plan: Plan,
    folder: Path,
    seeds: Sequence[int],
    *,
    workers: int | None = None,
    finished: Callable[[int], None] | None = None,
) -> tuple[list[Done], str | None]:
    """Make a run for each seed, each in a directory of its own under `folder`.

    An interrupt ends those that are being made, which are kept as far as they went, and begins no others.

    Args:
        plan: What to run.
        folder: An empty directory for the ensemble.
        seeds: The seeds.
        workers: How many processes; as many as there are cores when left out.
        finished: Called with the number of runs that are made, each time another one is.

    Returns:
        The runs that were made, and why there are not more of them.

    Raises:
        CrossbookError: A run could not be made, or its process died.
    """
    config = folder / directory.CONFIG
    config.write_text(write(plan.config), encoding="utf-8")
    workers = min(workers or os.cpu_count() or 1, len(seeds))
    context = get_context("spawn")
    stopped = context.Event()
    reason = None
    with ProcessPoolExecutor(workers, context, _begin, (stopped,)) as pool:
        futures = []
        try:
            with _uninterrupted():
                for seed in seeds:
                    member = folder / f"seed-{seed}"
                    futures.append(pool.submit(_work, config, plan.folder, member, seed))
            waiting = set(futures)
            while waiting:
                # Not for ever: without a limit an interrupt was seen only when the next run was made.
                done, waiting = wait(waiting, _LOOK_SECONDS, FIRST_COMPLETED)
                for future in done:
                    future.result()
                if finished is not None:
                    finished(len(futures) - len(waiting))
        except KeyboardInterrupt:
            reason = "interrupted"
        except BrokenProcessPool:
            raise TransientError(
                f"a process died in the middle of a run, perhaps for want of memory; {folder} has what was made: "
                "fewer at once (--workers 1) need less"
            ) from None
        finally:
            stopped.set()
            pool.shutdown(cancel_futures=True)
    return [_done(folder, future) for future in futures if not future.cancelled()], reason


def _done(folder: Path, future: "Future[Result]") -> Done:
    seed, manifest, metrics, failed, refused = future.result()
    error = ConfigError(failed) if refused else CrossbookError(failed)
    return Done(folder / f"seed-{seed}", manifest, metrics, error if failed else None)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Keep interrupts back, from this process for a while and from those that it starts meanwhile for ever."""
    # It lets interrupts through again when it starts, which must not be in between.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def conclude(
    plan: Plan, folder: Path, done: Sequence[Done], reason: str | None, started: datetime
) -> tuple[dict[str, Any], Report | None]:
    """Write the manifest of an ensemble, and measure its realism over all its days together."""
    members = sorted(done, key=lambda one: int(one.manifest["seed"]))
    wanted = reason is None and plan.run.record.realism and plan.run.record.orders and plan.run.record.book
    report = None
    if wanted and members:
        days = [day for one in members for day in days_of(one.folder)]
        report = realism_report(days, seed=plan.run.seed % (1 << 32))
    finished = datetime.now(UTC)
    manifest = {
        "format": directory.FORMAT,
        "name": plan.run.name,
        "mode": plan.run.mode,
        "status": "complete" if reason is None and all(one.complete for one in members) else "partial",
        "reason": reason,
        "config_hash": plan.config_hash,
        "started": started.isoformat(),
        "finished": finished.isoformat(),
        "wall_seconds": (finished - started).total_seconds(),
        "simulated_seconds": sum(one.manifest["simulated_seconds"] for one in members),
        "events": sum(one.manifest["events"] for one in members),
        "interventions": sum(one.manifest["interventions"] for one in members),
        "versions": directory.versions(),
        "members": [
            {
                "folder": one.folder.name,
                "seed": one.manifest["seed"],
                "status": one.manifest["status"],
                "event_hash": one.manifest["event_hash"],
                "state_hash": one.manifest["state_hash"],
            }
            for one in members
        ],
    }
    directory.write_json(folder / directory.MANIFEST, manifest)
    metrics = {"realism": None if report is None else report.as_json()["facts"]}
    directory.write_json(folder / directory.METRICS, metrics)
    return manifest, report
