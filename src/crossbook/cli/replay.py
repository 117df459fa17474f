"""`crossbook replay`: a recorded day, or the journal of a live session, through the core."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from crossbook.cli.replay_journal import replay_journal
from crossbook.core import UsageError
from crossbook.data import lobster
from crossbook.lab.replay import Cause, Replay, Summary

_DOLLAR = 10_000
_LEVELS_SHOWN = 3


def replay(
    messages: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", help="A message file, plain or .gz; or a journal's or a venue's data directory."
        ),
    ],
    book: Annotated[
        Path | None,
        typer.Option(help="The book file; where left out, the one beside PATH with the matching name."),
    ] = None,
    *,
    verify_snapshots: Annotated[
        bool,
        typer.Option("--verify-snapshots", help="Compare a journal's snapshots with the replayed state."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Feed a recorded day or a live session's journal through the core.

    Of a LOBSTER day every message is carried out, and the book compared with the record row by row. Of a journal every
    command is carried out again, and its hashes are those of the live session.

    Example: `crossbook replay AMZN_2012-06-21_34200000_57600000_message_1.csv`
    """
    if messages.is_dir():
        if book is not None:
            raise UsageError("--book belongs to a message file; a journal is compared with its own hashes")
        replay_journal(messages, verify_snapshots=verify_snapshots, as_json=as_json)
        return
    if verify_snapshots:
        raise UsageError("--verify-snapshots needs a journal's directory")
    book = _book_beside(messages) if book is None else book
    day = Replay(lobster.read_messages(messages), None if book is None else lobster.read_book(book))
    seconds = _run(day)
    if as_json:
        typer.echo(json.dumps(_plain(day.summary, seconds), indent=2))
    else:
        _show(day.summary, messages, book, seconds)


def _book_beside(messages: Path) -> Path | None:
    try:
        beside = lobster.book_file_for(messages)
    except UsageError:
        return None
    return beside if beside.exists() else None


def _run(day: Replay) -> float:
    """Carry out the day behind a progress bar on standard error; return the seconds that it took."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Replaying", total=len(day.messages), rate="")
        begin = time.perf_counter()
        for done in day.run():
            rate = done / max(time.perf_counter() - begin, 1e-9)
            progress.update(task, completed=done, rate=f"{rate:,.0f} messages/s")
        return time.perf_counter() - begin


def _show(summary: Summary, messages: Path, book: Path | None, seconds: float) -> None:
    console = Console(highlight=False)
    console.print(f"\n{messages.name}", style="bold", markup=False)
    console.print(_counts(summary, seconds))
    if summary.rows_compared and book is not None:
        console.print()
        console.print(_comparison(summary, book))
        _explain(console, summary)
    else:
        console.print("\nNothing was compared: there is no book file (--book).", style="yellow")
    console.print(f"\nstate hash {summary.state_hash:016x}   event hash {summary.event_hash:016x}\n")


def _counts(summary: Summary, seconds: float) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    table.add_column(style="dim")
    kinds = ", ".join(
        f"{kind.name.lower().replace('_', ' ')} {count:,}" for kind, count in sorted(summary.kinds.items())
    )
    rate = f"{summary.messages / seconds:,.0f} a second"
    table.add_row("Messages", f"{summary.messages:,}", rate)
    table.add_row("", "", kinds)
    table.add_row(
        "Trades in the core", f"{summary.trades:,}", f"{summary.volume:,} shares{_average(summary)}"
    )
    in_turn = (
        f"{summary.in_turn:,} in turn, {summary.out_of_turn:,} out of turn, {summary.unplaced:,} unplaced"
    )
    table.add_row("", "", in_turn)
    table.add_row("Hidden volume", f"{summary.volume_hidden:,}", "shares, in no book")
    if summary.volume_cross:
        table.add_row("Auction volume", f"{summary.volume_cross:,}", "shares")
    if spread := summary.spread:
        table.add_row(
            "Spread",
            f"${spread.time_weighted_mean / _DOLLAR:.4f}",
            f"by time; by row mean ${spread.mean / _DOLLAR:.4f}, median ${spread.median / _DOLLAR:.4f}, "
            f"${spread.smallest / _DOLLAR:.4f} to ${spread.largest / _DOLLAR:.4f}",
        )
    table.add_row("Orders looked back for", f"{summary.looked_back:,}", "named by the file only later")
    table.add_row("Commands to the core", f"{summary.commands:,}", f"{summary.events:,} events")
    return table


def _average(summary: Summary) -> str:
    return f", on average ${summary.turnover / summary.volume / _DOLLAR:.4f}" if summary.volume else ""


def _comparison(summary: Summary, book: Path) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(f"Rows of {book.name}", no_wrap=True)
    table.add_column("", justify="right")
    table.add_column("Share", justify="right")
    rows = [("equal, price and size of both sides", summary.rows_equal)]
    rows += [(f"{cause.value}", summary.causes[cause]) for cause in Cause if summary.causes[cause]]
    for name, count in rows:
        table.add_row(name, f"{count:,}", f"{count / summary.rows_compared:.2%}")
    table.add_row("all", f"{summary.rows_compared:,}", "100.00%", style="bold")
    return table


def _explain(console: Console, summary: Summary) -> None:
    if summary.absent:
        console.print(f"{summary.absent:,} messages took more from a price than was known to stand there.")
    first = summary.first_difference
    if not summary.causes[Cause.CONTRADICTION]:
        console.print("\nWherever the record was in view, every message led to the record's book.")
    if first is None:
        return
    place = f"row {first.row:,} at {lobster.format_time(first.time_ns)} s"
    console.print(f"\nFirst difference after the start: {place}, {first.cause}")
    for name, bids, asks in [
        ("core", first.our_bids, first.our_asks),
        ("record", first.record_bids, first.record_asks),
    ]:
        console.print(f"  {name:7} bid {_levels(bids)}   ask {_levels(asks)}")


def _levels(levels: list[tuple[int, int]]) -> str:
    shown = ", ".join(f"{size:,} at {price / _DOLLAR:.2f}" for price, size in levels[:_LEVELS_SHOWN])
    return (shown or "nothing") + (" ..." if len(levels) > _LEVELS_SHOWN else "")


def _plain(summary: Summary, seconds: float) -> dict[str, object]:
    """Return the summary as JSON values; hashes as hexadecimal text, since they pass 2**53."""
    plain = asdict(summary)
    plain["kinds"] = {kind.name.lower(): count for kind, count in sorted(summary.kinds.items())}
    plain["causes"] = {cause.name.lower(): summary.causes[cause] for cause in Cause}
    plain["share_equal"] = summary.share_equal if summary.rows_compared else None
    plain["messages_per_second"] = summary.messages / seconds
    for name in ("state_hash", "event_hash"):
        plain[name] = f"{getattr(summary, name):016x}"
    return plain
