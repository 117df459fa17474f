"""`crossbook admin journal`: look at a journal, verify it, repair it."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from crossbook.cli.places import table_console
from crossbook.core.journal import JournalFacts, inspect
from crossbook.core.journal import repair as repair_journal
from crossbook.core.journal import verify as verify_journal
from crossbook.lab.replay import journal_directory

journal = typer.Typer(
    help="Look at a journal, verify it, repair it.", no_args_is_help=True, rich_markup_mode="markdown"
)

Directory = Annotated[
    Path, typer.Argument(metavar="DIRECTORY", help="The journal's, or the venue's data directory.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the facts as JSON.")]


@journal.command("inspect")
def inspect_command(directory: Directory, *, as_json: AsJson = False) -> None:
    """Tell what is in a journal, also in one that is being written or is damaged; nothing is changed.

    Example: `crossbook admin journal inspect data`
    """
    _show(inspect(str(journal_directory(directory))), as_json=as_json)


@journal.command("verify")
def verify_command(directory: Directory, *, as_json: AsJson = False) -> None:
    """Read every byte of a journal and its snapshots; where one is not what was written, say which, and fail.

    Example: `crossbook admin journal verify data`
    """
    _show(verify_journal(str(journal_directory(directory))), as_json=as_json)


@journal.command("repair")
def repair_command(
    directory: Directory,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Cut a damaged journal off before its damage; what comes after it is lost to the exchange.

    A sound journal stays as it is. The venue must be stopped.

    Example: `crossbook admin journal repair data`
    """
    found = str(journal_directory(directory))
    before = inspect(found)
    if before.damage is not None and not yes:
        typer.echo(f"{before.damage}\nAll before it is kept: {before.commands:,} commands.", err=True)
        if not typer.confirm("Cut off all that comes after it?", err=True):
            raise typer.Abort
    done = repair_journal(found)
    _show(done.facts, as_json=as_json)
    for name in done.put_aside:
        typer.echo(f"put aside: {name}", err=True)


def _show(facts: JournalFacts, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_plain(facts), indent=2))
        return
    console = table_console()
    console.print(f"\n{facts.directory}", style="bold", markup=False)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    table.add_column(style="dim")
    table.add_row("Commands", f"{facts.commands:,}", f"in {facts.batches:,} batches")
    table.add_row("Notes", f"{facts.notes:,}", "")
    table.add_row("Segments", f"{facts.segments:,}", f"{facts.bytes:,} bytes")
    if facts.torn_bytes:
        table.add_row("Torn tail", f"{facts.torn_bytes:,}", "bytes of a batch that was never complete")
    for snapshot in facts.snapshots:
        told = f"commands, {snapshot.sequence:,} events, {snapshot.bytes:,} bytes"
        table.add_row("Snapshot", f"{snapshot.commands:,}", told)
    console.print(table)
    for name in facts.snapshots_unusable:
        console.print(f"{name} does not read; it is passed over", style="yellow", markup=False)
    for name in facts.foreign:
        console.print(f"{name} is not the journal's; it is left alone", style="yellow", markup=False)
    if facts.damage is None:
        console.print("\nEvery byte reads.\n", style="green")
    else:
        console.print(f"\n{facts.damage}\n", style="bold red", markup=False)


def _plain(facts: JournalFacts) -> dict[str, object]:
    plain: dict[str, object] = {name: getattr(facts, name) for name in _FACTS}
    plain["snapshots"] = [
        {name: getattr(snapshot, name) for name in _SNAPSHOT_FACTS} for snapshot in facts.snapshots
    ]
    return plain


_FACTS = (
    "directory",
    "segments",
    "bytes",
    "batches",
    "commands",
    "notes",
    "torn_bytes",
    "damage",
    "snapshots_unusable",
    "foreign",
)
_SNAPSHOT_FACTS = ("file", "bytes", "sequence", "commands")
