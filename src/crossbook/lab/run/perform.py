"""One run, from its file to its directory."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from crossbook.core import ConfigError, CoreFault, CrossbookError
from crossbook.lab import report
from crossbook.lab.config import RunFile, Specification, specify
from crossbook.lab.config.units import written_clock
from crossbook.lab.run import directory
from crossbook.lab.run.driver import Driver, Progress
from crossbook.lab.run.errors import AgentError
from crossbook.lab.run.metrics import measure
from crossbook.lab.run.shield import remembered, shielded
from crossbook.lab.run.tables import Tables
from crossbook.realism import Observations
from crossbook.realism import report as realism_report
from crossbook.realism.observations import DEPTH_LEVELS
from crossbook.settings import write

_POINTS: Final = 4_000


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that can be made: everything in its file was understood."""

    run: RunFile
    folder: Path
    """The folder of the run file: other files and traders' modules are looked for there."""
    sources: tuple[Path, ...]
    """The files that the run file was read from."""
    specification: Specification

    @classmethod
    def of(cls, run: RunFile, folder: Path, sources: tuple[Path, ...] = ()) -> "Plan":
        """Understand a run file.

        Raises:
            ConfigError: Parts of it contradict each other, or name what is not there.
        """
        return cls(run, folder, sources, specify(run, folder))

    def driver(self, seed: int | None = None) -> Driver:
        """Make the simulation and its traders; nothing is written yet.

        Raises:
            ConfigError: A trader does not take its parameters.
            UsageError: The kernel refuses the specification.
        """
        return Driver(self.run, self.specification, self.run.seed if seed is None else seed)

    @property
    def config(self) -> dict[str, Any]:
        """The run as plain data."""
        return self.run.model_dump(mode="json", exclude_none=True)

    @property
    def config_hash(self) -> str:
        """The hash of the run's settings, the seed left out."""
        return directory.hash_of({key: value for key, value in self.config.items() if key != "seed"})


@dataclass(frozen=True, slots=True)
class Done:
    """A run that was made."""

    folder: Path
    manifest: dict[str, Any]
    metrics: dict[str, Any]
    error: CrossbookError | None = None
    """Why it ended before its time, where that was somebody's fault."""

    @property
    def complete(self) -> bool:
        """Whether it ran to its end."""
        return bool(self.manifest["status"] == "complete")


def perform(
    plan: Plan,
    folder: Path,
    *,
    driver: Driver | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
    with_report: bool = True,
    with_realism: bool = True,
    saying: Callable[[str], None] | None = None,
) -> Done:
    """Make a run and fill its directory.

    A trader that raises, an intervention that cannot be made, or an interrupt ends it; what was recorded is kept, and the
    run is marked partial.

    Args:
        plan: What to run.
        folder: An empty directory for it.
        driver: What `plan` made for this seed, where it is made already.
        seed: In place of the run file's.
        progress: Called now and then with the simulated time and the steps made.
        with_report: Whether to write `report.html`.
        with_realism: Whether to measure realism, where the run asks for it.
        saying: Called with what is being done once the simulation is over.

    Raises:
        ConfigError: A trader does not take its parameters.
        UsageError: The kernel refuses the specification.
        CoreFault: The books do not add up at the end; the run is kept and marked.
    """
    run = plan.run if seed is None else plan.run.model_copy(update={"seed": seed})
    started = datetime.now(UTC)
    driver = driver or plan.driver(run.seed)
    simulation = driver.simulation
    tables = Tables(folder, simulation.markets(), driver.group_names)
    say = saying or (lambda _: None)
    error: CrossbookError | None = None
    reason: str | None = None
    begin = time.perf_counter()
    try:
        with remembered() as ask:

            def ticked(now_ns: int, steps: int) -> None:
                ask()
                if progress is not None:
                    progress(now_ns, steps)

            driver.run(tables, ticked)
    except KeyboardInterrupt:
        reason = f"interrupted at {written_clock(simulation.now)}"
    except AgentError as raised:
        error, reason = raised, str(raised)
        (folder / "traceback.txt").write_text(raised.trace, encoding="utf-8")
    except ConfigError as refused:
        error, reason = refused, str(refused)
    ending = Ending(started, time.perf_counter() - begin, reason, error)
    return conclude(
        plan,
        run,
        driver,
        tables,
        ending,
        with_report=with_report,
        with_realism=with_realism,
        saying=say,
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run came to its end."""

    started: datetime
    wall_seconds: float
    reason: str | None = None
    """Why it ended before its time; none where it did not."""
    error: CrossbookError | None = None


def conclude(
    plan: Plan,
    run: RunFile,
    driver: Driver,
    tables: Tables,
    ending: Ending,
    *,
    with_report: bool = True,
    with_realism: bool = True,
    saying: Callable[[str], None],
) -> Done:
    """Fill the directory of a run that is over.

    Args:
        plan: What was run.
        run: As it was run: with its seed, and what was done to it.
        driver: The simulation.
        tables: What was recorded of it.
        ending: How it ended.
        with_report: Whether to write `report.html`.
        with_realism: Whether to measure realism, where the run asks for it.
        saying: Called with what is being done.

    Raises:
        CoreFault: The books do not add up; the run is kept and marked.
    """
    folder = tables.folder
    saying("Writing")
    with shielded():
        manifest = _manifest(plan, run, driver, ending)
        metrics = _keep(plan, run, driver, tables, manifest)
    wanted = with_realism and ending.reason is None and run.record.realism
    if wanted and run.record.orders and run.record.book:
        saying("Measuring realism")
        metrics["realism"] = realism_report(days_of(folder), seed=run.seed % (1 << 32)).as_json()["facts"]
        directory.write_json(folder / directory.METRICS, metrics)
    if with_report:
        saying("Writing the report")
        report.write(folder)
    broken = [claim["claim"] for claim in manifest["conservation"] if not claim["holds"]]
    if broken:
        raise CoreFault(f"the run in {folder} does not add up: {'; '.join(broken)}")
    return Done(folder, manifest, metrics, ending.error)


def _keep(
    plan: Plan, run: RunFile, driver: Driver, tables: Tables, manifest: dict[str, Any]
) -> dict[str, Any]:
    """Write everything that a run leaves but its report; return its metrics."""
    folder = tables.folder
    tables.finish(csv=run.record.csv)
    _write_fundamentals(folder, driver, plan)
    config = write(run.model_dump(mode="json", exclude_none=True))
    (folder / directory.CONFIG).write_text(config, encoding="utf-8")
    directory.write_json(folder / directory.MANIFEST, manifest)
    metrics = measure(folder, driver.simulation, driver.simulation.now)
    for group, row in zip(manifest["agents"], metrics["agents"], strict=True):
        # To the kernel every trader in Python is of one kind.
        row["kind"] = group["kind"]
    directory.write_json(folder / directory.METRICS, metrics)
    return metrics


def observe(folder: Path, market: str) -> Observations:
    """Return what is needed of a run to measure its realism, the shape of its book included."""
    day = Observations.from_run(folder, market)
    path = folder / "depth.parquet"
    if not path.exists():
        return day
    inside = pl.col("time_ns").is_between(day.open_ns, day.close_ns)
    wanted = (pl.col("market") == market) & inside & (pl.col("level") <= DEPTH_LEVELS)
    samples = pl.scan_parquet(path).filter(wanted).collect()
    times = samples["time_ns"].n_unique()
    if not times:
        return day
    # An empty level counts as zero: the sums are over all samples.
    sums = samples.group_by("side", "level").agg(pl.col("quantity").sum())
    depth = np.zeros((2, DEPTH_LEVELS))
    for side, level, quantity in sums.iter_rows():
        depth[0 if side > 0 else 1, level - 1] = quantity / times
    return replace(day, depth=depth)


def days_of(folder: Path, market: str | None = None) -> list[Observations]:
    """Return the days of a run, or of each run of an ensemble: of one market, or of all.

    Raises:
        UsageError: The directory is no run's, or has no such market.
    """
    manifest = directory.read_json(folder / directory.MANIFEST)
    if "members" in manifest:
        return [day for one in manifest["members"] for day in days_of(folder / str(one["folder"]), market)]
    names = [row["market"] for row in manifest["markets"]] if market is None else [market]
    return [observe(folder, name) for name in names]


def _manifest(plan: Plan, run: RunFile, driver: Driver, ending: Ending) -> dict[str, Any]:
    simulation, kernel = driver.simulation, plan.specification.kernel
    hashes, volumes = simulation.hashes(), simulation.volumes()
    steps, calls = simulation.counts()
    modules = {kind.__module__ for kind in plan.specification.traders.values()}
    return {
        "format": directory.FORMAT,
        "name": run.name,
        "description": run.description,
        "mode": run.mode,
        "status": "complete" if ending.reason is None else "partial",
        "reason": ending.reason,
        "seed": run.seed,
        "versions": directory.versions(),
        "config_hash": plan.config_hash,
        "started": ending.started.isoformat(),
        "wall_seconds": ending.wall_seconds,
        "simulated_seconds": (simulation.now - kernel["start_ns"]) / 1e9,
        "start_ns": kernel["start_ns"],
        "open_ns": run.day.open,
        "close_ns": run.day.close,
        "stopped_ns": simulation.now,
        "steps": steps,
        "calls": calls,
        "interventions": len(driver.made),
        "state_hash": {name: f"{state:016x}" for name, state, _ in hashes},
        "event_hash": {name: f"{events:016x}" for name, _, events in hashes},
        "commands": sum(commands for commands, _ in volumes),
        "events": sum(events for _, events in volumes),
        "conservation": [
            {"claim": claim, "holds": holds, "detail": detail} for claim, holds, detail in simulation.audit()
        ],
        "folder": str(plan.folder.resolve()),
        "data": _data(plan),
        "traders": sorted(modules),
        "markets": [
            {
                "market": name,
                "symbol": symbol,
                "venue": venue,
                "price_step": run.markets[symbol].price_step,
                "currency": run.markets[symbol].currency,
                "multiplier": run.markets[symbol].multiplier,
                "lot": run.markets[symbol].lot_size,
            }
            for name, symbol, _, venue, _, _ in simulation.markets()
        ],
        "agents": [
            {
                "group": name,
                "kind": kind if kind != "foreign" else driver.steering.every[name].kind,
                "first": first,
                "count": count,
            }
            for name, kind, first, count, _ in simulation.groups()
        ],
    }


def _data(plan: Plan) -> list[dict[str, Any]]:
    """Return the files that a run was made from, each with its hash, and what was made of those that are recorded."""

    def row(file: Path) -> dict[str, Any]:
        return {"file": str(file.resolve()), "sha256": directory.sha256_of(file)}

    rows = [row(file) for file in (*plan.sources, *plan.specification.files)]
    for flow in plan.specification.flows.values():
        recorded, *beside = flow.files
        rows += [{**flow.lineage, **row(recorded)}, *map(row, beside)]
    return rows


def _write_fundamentals(folder: Path, driver: Driver, plan: Plan) -> None:
    frames = []
    for number, symbol in enumerate(plan.run.markets):
        points = driver.simulation.fundamental(number, _POINTS)
        times, values = ([point[place] for point in points] for place in (0, 1))
        frames.append(
            pl.DataFrame(
                {"time_ns": times, "symbol": [symbol] * len(points), "value": values},
                schema={"time_ns": pl.Int64, "symbol": pl.String, "value": pl.Float64},
            )
        )
    pl.concat(frames).write_parquet(folder / "fundamental.parquet")
