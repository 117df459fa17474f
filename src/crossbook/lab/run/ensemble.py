"""Several seeds of one run, on all cores, and what holds of them together."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import yaml

from crossbook.core import CrossbookError, UsageError
from crossbook.lab.config import RunFile
from crossbook.lab.run import directory
from crossbook.lab.run.perform import Done, Plan, observe, perform
from crossbook.lab.settings import load
from crossbook.realism import Report
from crossbook.realism import report as realism_report

SEEDS_MAX = 100_000


def seeds_from(first: int, count: int) -> range:
    """Return the seeds of an ensemble.

    Raises:
        UsageError: The count is out of range.
    """
    if not 1 <= count <= SEEDS_MAX:
        raise UsageError(f"seeds must be from 1 to {SEEDS_MAX}, not {count}")
    return range(first, first + count)


def _work(
    config: Path, beside: Path, folder: Path, seed: int
) -> tuple[int, dict[str, Any], dict[str, Any], str]:
    """Make one run in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent decides when to stop.
    plan = Plan.of(load(config, RunFile).settings, beside)
    done = perform(plan, folder, seed=seed, with_report=False, with_realism=False)
    return seed, done.manifest, done.metrics, str(done.error or "")


def perform_all(
    plan: Plan,
    folder: Path,
    seeds: Sequence[int],
    *,
    workers: int | None = None,
    finished: Callable[[int], None] | None = None,
) -> Iterator[Done]:
    """Make a run for each seed, each in a directory of its own under `folder`; yield them as they are done.

    Raises:
        CrossbookError: A run could not be made.
    """
    config = folder / directory.CONFIG
    config.write_text(yaml.safe_dump(plan.config, sort_keys=False), encoding="utf-8")
    workers = min(workers or os.cpu_count() or 1, len(seeds))
    folders = {seed: folder / f"seed-{seed}" for seed in seeds}
    for member in folders.values():
        member.mkdir()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(_work, config, plan.folder, folders[seed], seed) for seed in seeds]
        try:
            for future in as_completed(futures):
                seed, manifest, metrics, failed = future.result()
                if finished is not None:
                    finished(seed)
                error = CrossbookError(failed) if failed else None
                yield Done(folders[seed], manifest, metrics, error)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def conclude(
    plan: Plan, folder: Path, done: Sequence[Done], reason: str | None
) -> tuple[dict[str, Any], Report | None]:
    """Write the manifest of an ensemble, and measure its realism over all its days together."""
    members = sorted(done, key=lambda one: int(one.manifest["seed"]))
    wanted = plan.run.record.realism and plan.run.record.orders and plan.run.record.book
    report = None
    if wanted and members:
        names = [market["market"] for market in members[0].manifest["markets"]]
        days = [observe(one.folder, name) for one in members for name in names]
        report = realism_report(days, seed=plan.run.seed % (1 << 32))
    manifest = {
        "format": directory.FORMAT,
        "name": plan.run.name,
        "status": "complete" if reason is None and all(one.complete for one in members) else "partial",
        "reason": reason,
        "config_hash": plan.config_hash,
        "finished": datetime.now(UTC).isoformat(),
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
