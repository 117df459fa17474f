"""Runs side by side: what was measured of each, and how far it is from the first.

`compare` is a table for the terminal, `write_comparison` a page with the same rows and the runs' prices in one chart.
Assumes that a market, a group of agents and a fact have the same name in each run; what only some runs have is a dash
in the others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from crossbook.core import UsageError
from crossbook.lab.report import charts, markup, numbers, realism, sections
from crossbook.lab.report.buckets import Grid, book_buckets
from crossbook.lab.report.manifest import Fact, Market
from crossbook.lab.report.markup import Cell, Markup, fill
from crossbook.lab.report.measures import AgentUnits, Measure, agent_measures, market_measures
from crossbook.lab.report.page import put
from crossbook.lab.report.run import Run, read_run

RUNS_MAX: Final = 10
"""As many as there are colours."""


@dataclass(frozen=True, slots=True)
class Value:
    """What one run has in a row."""

    text: str
    difference: str = ""
    """How far it is from the first run's; empty in the first run."""
    tone: str = ""
    """The tone of a tag; a value without one is plain text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of every run."""

    part: str
    label: str
    values: tuple[Value, ...]


def compare(folders: Sequence[Path]) -> Table:
    """Return a table of runs side by side, for the terminal.

    Raises:
        UsageError: As `read_all`.
    """
    runs = read_all(folders)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for number, name in enumerate(_names(runs)):
        table.add_column(Text(name), justify="right", overflow="fold")
        if number:
            table.add_column("", justify="right", style="dim")
    styles = {"good": "green", "bad": "red", "warn": "yellow"}
    for part, rows in groupby(comparison_rows(runs), key=lambda row: row.part):
        table.add_row()
        table.add_row(Text(part, style="bold"))
        for row in rows:
            cells = [Text(f"  {row.label}", style="dim")]
            for number, value in enumerate(row.values):
                cells.append(Text(value.text, style=styles.get(value.tone, "")))
                if number:
                    cells.append(Text(value.difference))
            table.add_row(*cells)
    return table


def write_comparison(folders: Sequence[Path], path: Path) -> Path:
    """Write a page of runs side by side, as a whole or not at all.

    Returns:
        The path of the page.

    Raises:
        UsageError: As `read_all`.
    """
    return put(render(read_all(folders)), path)


def render(
    runs: Sequence[Run], title: str | None = None, note: str = "", facts: Sequence[Fact] | None = None
) -> str:
    """Return the page of several runs.

    Args:
        runs: From two to `RUNS_MAX`.
        title: In place of how many they are.
        note: Stands behind their names.
        facts: Of all of them together, in place of those of each.
    """
    names = _names(runs)
    rows = comparison_rows(runs)
    data = comparison_charts(runs, names)
    tables = [
        ("run", "Runs", ("Run",)),
        ("markets", "Markets", tuple(part for part in _parts(rows) if part.startswith("Market"))),
        ("agents", "Agents by group", tuple(part for part in _parts(rows) if part.startswith("Agents"))),
    ]
    if facts is None:
        parts = tuple(part for part in _parts(rows) if part.startswith("Realism"))
        tables.append(("realism", "Realism", parts))
    heading = fill(
        '<div><div class="title"><h1>$title</h1></div><p class="subtitle">$names</p></div>',
        title=title or f"{len(runs)} runs side by side",
        names=markup.join(fill("<span>$name</span>", name=name) for name in [*names, *[note] * bool(note)]),
    )
    problems = [
        f"{name}: {problem}" for name, run in zip(names, runs, strict=True) for problem in run.problems
    ]
    problems += [f"{name} is not complete." for name, run in zip(names, runs, strict=True) if run.partial]
    body = [heading, sections.banner("Read the numbers with care.", problems) if problems else Markup()]
    body.append(sections.charts_section([view["name"] for view in data["views"]]))
    for key, label, parts in tables:
        chosen = [row for row in rows if row.part in parts]
        content = _table(label, names, chosen) if chosen else markup.empty("None of the runs has any.")
        body.append(markup.section(key, label, content))
    navigation = [("charts", "Charts"), *((key, label) for key, label, _ in tables)]
    if facts is not None:
        body.append(realism.section(facts))
        navigation.append(("realism", "Realism"))
    folders = ", ".join(run.folder.resolve().name for run in runs)
    return markup.page(
        f"{title or ' and '.join(names)} · Crossbook", folders, navigation, markup.join(body), data
    )


def comparison_rows(runs: Sequence[Run]) -> list[Row]:
    """Return what there is to compare: of the runs, their markets, their groups of agents, their realism."""
    rows = _run_rows(runs)
    markets = [{market.market: market for market in run.markets()} for run in runs]
    for name in _in_order(markets):
        lists = [
            market_measures(known[name], run.metrics.markets[name])
            if name in known and name in run.metrics.markets
            else None
            for run, known in zip(runs, markets, strict=True)
        ]
        rows += _measure_rows(f"Market {name}", lists)
    groups = [{group.group: group for group in run.groups()} for run in runs]
    units = [AgentUnits.of(run.manifest, run.groups()) for run in runs]
    for name in _in_order(groups):
        lists = [
            agent_measures(known[name], shown) if name in known else None
            for known, shown in zip(groups, units, strict=True)
        ]
        rows += _measure_rows(f"Agents {name}", lists)
    return rows + _realism_rows(runs)


def comparison_charts(runs: Sequence[Run], names: Sequence[str]) -> dict[str, Any]:
    """Return the charts of every market that a run has quotes of: each run's mid and spread in one."""
    spans = [covered for covered in map(charts.span, runs) if covered is not None]
    markets = [{market.market: market for market in run.markets()} for run in runs]
    listed = _in_order(markets)[: charts.MARKETS_MAX]
    if not spans or not listed:
        return {"range": None, "views": [], "shared": []}
    start_ns, end_ns = min(start for start, _ in spans), max(end for _, end in spans)
    grid = Grid.over(start_ns, end_ns, charts.bucket_limit(len(listed) * len(runs)))
    books = [charts.by(run.book, "market") for run in runs]

    def view(name: str) -> dict[str, Any]:
        mids, spreads = [], []
        shown = next(known[name] for known in markets if name in known)
        for number, run in enumerate(runs):
            covered, book = charts.span(run), books[number].get(name)
            if covered is None or book is None:
                continue
            best, colour = book_buckets(book, grid, covered[1]), f"group-{number + 1}"
            steps = _step(markets[number][name]) / _step(shown)
            mids.append(charts.line(names[number], best["mid_last"] * float(steps), colour, places=1))
            spreads.append(charts.line(names[number], best["spread"], colour, places=3))
        title = f"Mid price in {shown.currency}" if shown.currency else "Mid price"
        ticks = {"decimals": 2, "factor": 1, "unit": "ticks", "zero": True}
        return {
            "name": name,
            "charts": [
                charts.chart("price", title, grid, charts.price_format(shown), mids, height=320),
                charts.chart("spread", "Spread in ticks, mean by time", grid, ticks, spreads),
            ],
        }

    whole = [start_ns / numbers.NS_PER_SECOND, end_ns / numbers.NS_PER_SECOND]
    return {"range": whole, "views": [view(name) for name in listed], "shared": []}


def _run_rows(runs: Sequence[Run]) -> list[Row]:
    tones = {"complete": "good", "partial": "warn"}

    def row(label: str, texts: Iterable[str]) -> Row:
        return Row("Run", label, tuple(Value(text or numbers.ABSENT) for text in texts))

    def hashes(name: str) -> list[str]:
        return [" ".join(value for _, value in sorted(getattr(run.manifest, name).items())) for run in runs]

    def measured(label: str, read: Callable[[float | None], str], values: Iterable[float | None]) -> Row:
        return _row("Run", label, [Measure(label, value, read) for value in values])

    manifests = [run.manifest for run in runs]
    return [
        Row(
            "Run",
            "Status",
            tuple(Value(one.status, tone=tones.get(one.status, "bad")) for one in manifests),
        ),
        row("Seed", ("" if one.seed is None else str(one.seed) for one in manifests)),
        row("Configuration hash", (one.config_hash for one in manifests)),
        row("State hash", _same(hashes("state_hash"))),
        row("Event hash", _same(hashes("event_hash"))),
        measured("Simulated time", numbers.duration, (one.simulated_seconds for one in manifests)),
        measured("Commands", numbers.count, (one.commands for one in manifests)),
        measured("Events", numbers.count, (one.events for one in manifests)),
        measured(
            "Commands a second",
            numbers.count,
            (numbers.ratio(one.commands, one.wall_seconds) for one in manifests),
        ),
    ]


def _same(hashes: Sequence[str]) -> list[str]:
    """Return hashes with what a reader wants to know of them: whether they are the first run's."""
    return [
        f"{text} (same)" if number and text and text == hashes[0] else text
        for number, text in enumerate(hashes)
    ]


def _measure_rows(part: str, lists: Sequence[Sequence[Measure] | None]) -> list[Row]:
    labels = next(([measure.label for measure in one] for one in lists if one is not None), [])
    return [
        _row(part, label, [None if one is None else one[number] for one in lists])
        for number, label in enumerate(labels)
    ]


def _row(part: str, label: str, measures: Sequence[Measure | None]) -> Row:
    first = measures[0]
    values = []
    for number, measure in enumerate(measures):
        if measure is None:
            values.append(Value(numbers.ABSENT))
            continue
        known = number and first is not None and first.value is not None and measure.value is not None
        values.append(Value(measure.text_with_unit, measure.difference(first) if known and first else ""))
    return Row(part, label, tuple(values))


def _realism_rows(runs: Sequence[Run]) -> list[Row]:
    facts: list[dict[str, Fact]] = [
        {fact.key or fact.name: fact for fact in run.metrics.realism or ()} for run in runs
    ]
    rows = []
    for key in _in_order(facts):
        first = next(known[key] for known in facts if key in known)
        values = []
        for known in facts:
            fact = known.get(key)
            if fact is None:
                values.append(Value(numbers.ABSENT))
                continue
            interval = (
                f" [{realism.interval_text(fact)}]" if fact.low is not None and fact.high is not None else ""
            )
            value = f"{numbers.significant(fact.value, 3)}{interval}, " if fact.value is not None else ""
            values.append(
                Value(f"{value}{fact.verdict or 'no verdict'}", tone=realism.tone(fact.verdict) or "plain")
            )
        label = f"{first.name or key} ({realism.accepted_text(first.accepted)})"
        rows.append(Row(f"Realism: {first.group}" if first.group else "Realism", label, tuple(values)))
    return rows


def _table(label: str, names: Sequence[str], rows: Sequence[Row]) -> Markup:
    headers = [Cell("Measure")]
    for number, name in enumerate(names):
        headers.append(Cell(name, "number"))
        if number:
            headers.append(Cell("vs first", "number"))
    parts = _parts(rows)
    lines: list[Sequence[Cell] | Markup] = []
    for part in parts:
        if part != "Run":
            lines.append(markup.part(part.partition(" ")[2] or part, len(headers)))
        lines += [[Cell(row.label, header=True), *_cells(row.values)] for row in rows if row.part == part]
    return markup.table(label, headers, lines, even=True)


def _cells(values: Iterable[Value]) -> Iterator[Cell]:
    """Yield each value and, but for the first, how far it is from the first."""
    for number, value in enumerate(values):
        yield Cell(markup.tag(value.text, value.tone) if value.tone else value.text, "number")
        if number:
            yield Cell(value.difference, "number far")


def _parts(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(row.part for row in rows))


def _in_order(mappings: Iterable[dict[str, Any]]) -> list[str]:
    """Return all keys, each where it first appears."""
    return list(dict.fromkeys(key for mapping in mappings for key in mapping))


def _step(market: Market) -> Decimal:
    return numbers.step_of(market.price_step)


def _names(runs: Sequence[Run]) -> list[str]:
    """Return a name for each run that no other has."""
    names = [run.name for run in runs]
    seeded = [
        f"{name}, seed {run.manifest.seed}"
        if names.count(name) > 1 and run.manifest.seed is not None
        else name
        for name, run in zip(names, runs, strict=True)
    ]
    return [
        f"{name} ({number})" if seeded.count(name) > 1 else name
        for number, name in enumerate(seeded, start=1)
    ]


def read_all(folders: Sequence[Path]) -> list[Run]:
    """Read runs that are compared.

    Raises:
        UsageError: There are fewer than two, or too many, or one is no directory, or an ensemble.
    """
    if not 2 <= len(folders) <= RUNS_MAX:
        raise UsageError(f"a comparison takes 2 to {RUNS_MAX} run directories, not {len(folders)}")
    runs = [read_run(folder) for folder in folders]
    for run in runs:
        if run.manifest.members is not None:
            raise UsageError(
                f"{run.folder.resolve().name} is an ensemble: compare its members, or see its page"
            )
    return runs
