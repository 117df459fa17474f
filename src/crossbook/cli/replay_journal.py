"""The journal's half of `crossbook replay`."""

import json
import time
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from crossbook.lab.replay import JournalReplay, JournalSummary

EXIT_DIFFERENT = 3


def replay_journal(path: Path, *, verify_snapshots: bool, as_json: bool) -> None:
    """Carry out a journal from its first command to its last, and tell what came of it."""
    session = JournalReplay(path, verify_snapshots=verify_snapshots)
    seconds = _run(session)
    if as_json:
        typer.echo(json.dumps(_plain(session.summary, seconds), indent=2))
    else:
        _show(session, seconds)
    if session.summary.snapshots_different:
        raise typer.Exit(EXIT_DIFFERENT)


def _run(session: JournalReplay) -> float:
    """Carry out the journal behind a progress bar on standard error; return the seconds that it took."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Replaying", total=session.facts.commands, rate="")
        begin = time.perf_counter()
        for done in session.run():
            rate = done / max(time.perf_counter() - begin, 1e-9)
            progress.update(task, completed=done, rate=f"{rate:,.0f} commands/s")
        return time.perf_counter() - begin


def _show(session: JournalReplay, seconds: float) -> None:
    summary = session.summary
    console = Console(highlight=False)
    console.print(f"\n{session.directory}", style="bold", markup=False)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    table.add_column(style="dim")
    table.add_row("Commands", f"{summary.commands:,}", f"{summary.commands / seconds:,.0f} a second")
    table.add_row("", "", f"{summary.refusals:,} refused by the market")
    table.add_row("Events", f"{summary.events:,}", "")
    table.add_row("Trades", f"{summary.trades:,}", "")
    table.add_row("Notes", f"{summary.notes:,}", "kept beside the commands")
    if session.verify_snapshots:
        compared = summary.snapshots_equal + len(summary.snapshots_different)
        table.add_row("Snapshots", f"{compared:,}", f"{summary.snapshots_equal:,} equal byte for byte")
    console.print(table)
    for command in summary.snapshots_different:
        console.print(f"the snapshot after command {command:,} is NOT the replayed state", style="bold red")
    console.print(f"\nstate hash {summary.state_hash:016x}   event hash {summary.event_hash:016x}\n")


def _plain(summary: JournalSummary, seconds: float) -> dict[str, object]:
    """Return the summary as JSON values; hashes as hexadecimal text, since they pass 2**53."""
    plain = asdict(summary)
    plain["commands_per_second"] = summary.commands / seconds
    for name in ("state_hash", "event_hash"):
        plain[name] = f"{getattr(summary, name):016x}"
    return plain
