"""`crossbook run`: a simulation from its file to its directory, once or for several seeds."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from crossbook.cli.facts import show_facts
from crossbook.cli.places import CONFIGS, RUNS, table_console
from crossbook.cli.serving import EXIT_INTERRUPTED
from crossbook.core import ConfigError, UsageError
from crossbook.lab.config import RunFile
from crossbook.lab.report.manifest import AgentMetrics, Manifest, Market, Metrics
from crossbook.lab.report.measures import AgentUnits
from crossbook.lab.report.units import price_unit, quantity_unit
from crossbook.lab.run import (
    AgentError,
    Done,
    Driver,
    Plan,
    conclude,
    create,
    perform,
    perform_all,
    seeds_from,
)
from crossbook.settings import load


def run(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The run file, or the name of one in configs/.")
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Replace a setting, such as agents.patient.count=500."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="In place of the file's seed.")] = None,
    seeds: Annotated[
        int | None, typer.Option(help="Run so many seeds, on all cores, from the file's on.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes for several seeds.", min=1)] = None,
    out: Annotated[Path, typer.Option(help="Where the directory of the run goes.")] = RUNS,
    *,
    with_report: Annotated[bool, typer.Option("--report/--no-report", help="Write report.html.")] = True,
) -> None:
    """Run a simulation, and keep everything that happened in a directory of its own.

    Example: `crossbook run configs/quickstart.yaml --set agents.patient.count=500`
    """
    settings = [*(overrides or []), *([] if seed is None else [f"seed={seed}"])]
    loaded = load(file, RunFile, overrides=settings, folders=[CONFIGS])
    try:
        plan = Plan.of(loaded.settings, loaded.sources[0].parent, tuple(loaded.sources))
        # Whatever the kernel or a trader refuses is refused before anything is written.
        driver = plan.driver()
    except (ConfigError, UsageError) as error:
        raise loaded.located(str(error)) from error
    console = table_console()
    try:
        if seeds is None:
            status = _one(plan, driver, out, console, with_report=with_report)
        else:
            status = _several(plan, out, console, seeds, workers)
    except ConfigError as error:
        # An intervention could not be made when its time came.
        raise loaded.located(str(error)) from error
    if status:
        raise typer.Exit(status)


@contextlib.contextmanager
def _bar() -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield progress


def _one(plan: Plan, driver: Driver, out: Path, console: Console, *, with_report: bool) -> int:
    kernel = plan.specification.kernel
    start, end = kernel["start_ns"], kernel["end_ns"]
    folder = create(out, plan.run.name, plan.config_hash, datetime.now(UTC))
    try:
        with _bar() as bar:
            task: TaskID = bar.add_task(plan.run.name, total=end - start, rate="")

            def progress(now: int, steps: int) -> None:
                seconds = max(bar.tasks[0].elapsed or 0, 1e-3)
                bar.update(task, completed=now - start, rate=f"{steps / seconds / 1e6:.1f} M steps/s")

            def saying(what: str) -> None:
                bar.update(task, description=what)

            done = perform(
                plan, folder, driver=driver, progress=progress, with_report=with_report, saying=saying
            )
    except BaseException:
        _remove_if_empty(folder)
        raise
    show(done, console)
    if isinstance(done.error, AgentError):
        console.print(Text(done.error.trace.rstrip()), style="dim")
    if done.error is not None:
        raise done.error
    return 0 if done.complete else EXIT_INTERRUPTED


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def _several(plan: Plan, out: Path, console: Console, count: int, workers: int | None) -> int:
    seeds = seeds_from(plan.run.seed, count)
    started = datetime.now(UTC)
    folder = create(out, f"{plan.run.name}-x{count}", plan.config_hash, started)
    with _bar() as bar:
        task = bar.add_task(f"{plan.run.name}, {count} seeds", total=count, rate="")
        done, reason = perform_all(
            plan, folder, seeds, workers=workers, finished=lambda made: bar.update(task, completed=made)
        )
        bar.update(task, description="Measuring realism")
        manifest, report = conclude(plan, folder, done, reason, started)
    console.print(_members(done))
    if report is not None:
        console.print()
        show_facts(report, console)
    console.print(f"\n{len(done)} runs in {folder}, {manifest['status']}", markup=False)
    failed = next((one.error for one in done if one.error), None)
    if failed:
        raise failed
    return 0 if manifest["status"] == "complete" else EXIT_INTERRUPTED


def _members(done: list[Done]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("Seed", "Orders", "Trades", "Wall s", "Simulated/wall", "Event hash"):
        table.add_column(name, justify="left" if name == "Event hash" else "right")
    for one in sorted(done, key=lambda member: int(member.manifest["seed"])):
        manifest, markets = one.manifest, one.metrics["markets"].values()
        wall = manifest["wall_seconds"]
        table.add_row(
            str(manifest["seed"]),
            f"{sum(market.get('orders', 0) for market in markets):,}",
            f"{sum(market.get('trades', 0) for market in markets):,}",
            f"{wall:.3f}",
            f"{manifest['simulated_seconds'] / max(wall, 1e-9):,.0f}x",
            " ".join(manifest["event_hash"].values()),
        )
    return table


def show(done: Done, console: Console) -> None:
    """Print the summary of a run."""
    manifest, metrics = done.manifest, done.metrics
    console.print(f"\n{manifest['name']}, seed {manifest['seed']}", style="bold", markup=False)
    if not done.complete:
        console.print(f"partial: {manifest['reason']}", style="bold yellow", markup=False)
    console.print(_facts(manifest))
    console.print()
    of_the_run, measured = Manifest.model_validate(manifest), Metrics.model_validate(metrics)
    console.print(_markets(of_the_run.markets, measured))
    console.print()
    console.print(_agents(of_the_run, measured.agents))
    console.print()
    for claim in manifest["conservation"]:
        mark, style = ("holds", "green") if claim["holds"] else ("BROKEN", "bold red")
        console.print(Text.assemble((f"{mark:7}", style), f"{claim['claim']}: ", (claim["detail"], "dim")))
    for venue, state in manifest["state_hash"].items():
        console.print(
            f"state hash {state}   event hash {manifest['event_hash'][venue]}   {venue}", markup=False
        )
    facts: list[dict[str, Any]] = metrics.get("realism") or []
    if facts:
        passed = sum(fact["verdict"] == "pass" for fact in facts)
        failed = [fact["name"] for fact in facts if fact["verdict"] == "fail"]
        told = f"; fail: {', '.join(failed)}" if failed else ""
        console.print(f"Realism: {passed} of {len(facts)} facts pass{told}", markup=False)
    page = done.folder / "report.html"
    console.print(f"\n{page if page.exists() else done.folder}", style="bold", markup=False, soft_wrap=True)


def _facts(manifest: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    table.add_column(style="dim")
    wall, simulated = manifest["wall_seconds"], manifest["simulated_seconds"]
    table.add_row(
        "Simulated",
        f"{simulated:,.0f} s",
        f"in {wall:.2f} s: {simulated / max(wall, 1e-9):,.0f} times real time",
    )
    table.add_row(
        "Commands", f"{manifest['commands']:,}", f"{manifest['commands'] / max(wall, 1e-9):,.0f} a second"
    )
    table.add_row(
        "Events", f"{manifest['events']:,}", f"{manifest['events'] / max(wall, 1e-9):,.0f} a second"
    )
    return table


def _markets(markets: list[Market], metrics: Metrics) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Market")
    for name in ("Open", "High", "Low", "Close", "Trades", "Volume", "Orders", "Spread", "Vol 1m"):
        table.add_column(name, justify="right")
    for market in markets:
        figures, price = metrics.markets[market.market], price_unit(market)
        volume = quantity_unit([market], [figures.volume])
        unit = "" if volume.name == "lots" else f" {volume.name}"
        volatility = figures.return_volatility_1m
        table.add_row(
            Text(market.market),
            *(
                "" if value is None else price.read(value)
                for value in (figures.open, figures.high, figures.low, figures.close)
            ),
            f"{figures.trades or 0:,}",
            Text(f"{volume.read(figures.volume or 0)}{unit}"),
            f"{figures.orders or 0:,}",
            "" if figures.spread_mean is None else f"{figures.spread_mean:.2f}",
            f"{volatility * 1e4:.1f} bp" if volatility else "",
        )
    return table


def _agents(manifest: Manifest, groups: list[AgentMetrics]) -> Table:
    units = AgentUnits.of(manifest, groups)
    money, quantity = units.money, units.quantity
    kinds = {group.group: group.kind for group in manifest.agents}
    table = Table(box=None, pad_edge=False)
    table.add_column("Agents")
    table.add_column("Kind", style="dim")
    volume = "Volume" if quantity.name == "lots" else f"Volume, {quantity.name}"
    profit = f"P&L, {money.name}" if money.name else "P&L"
    for name in ("Count", "Orders", "Fills", volume, profit, "P&L each", "In profit"):
        table.add_column(Text(name), justify="right")
    for group in groups:
        table.add_row(
            Text(group.group),
            Text(kinds[group.group]),
            f"{group.count:,}",
            f"{group.orders:,}",
            f"{group.trades:,}",
            quantity.read(group.volume),
            money.read(group.pnl_total),
            money.read(group.pnl_mean),
            f"{group.share_positive:.0%}",
        )
    return table
