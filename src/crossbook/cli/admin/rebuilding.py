"""Projecting a stopped venue's journal into its database anew, with a bar that says how far it is."""

import asyncio
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from crossbook.cli.admin.asking import show_facts
from crossbook.cli.live import Occupied, held
from crossbook.cli.serving import EXIT_OCCUPIED
from crossbook.cli.up import VENUES
from crossbook.core import UsageError
from crossbook.core.journal import inspect
from crossbook.venue.keeper import SupersededError, rebuild
from crossbook.venue.setting_sources import load_settings
from crossbook.venue.settings import VenueSettings
from crossbook.venue.store import Progress
from crossbook.venue.store.address import address_of, shown
from crossbook.venue.venue import DATABASE, JOURNAL


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuilding came to."""

    database: str
    commands: int
    events: int
    seconds: float


def rebuild_tables(
    data_dir: Path | None, database_url: str | None, config: Path | None, *, as_json: bool
) -> None:
    """Write the projected tables of a stopped venue anew, and print what was done.

    Raises:
        UsageError: There is no journal.
        ConfigError: A setting, the directory or the database cannot be used.
        JournalDamaged: The journal needs an explicit repair.
        Exit: With status 3 where a venue has the directory or the database.
    """
    given = {"data_dir": data_dir, "database_url": database_url}
    texts = {name: str(value) for name, value in given.items() if value is not None}
    settings = load_settings(config, os.environ, texts, folders=(VENUES,))
    try:
        done = _rebuilt(settings)
    except (Occupied, SupersededError) as error:
        typer.echo(f"crossbook: {error}; stop the venue first", err=True)
        raise typer.Exit(EXIT_OCCUPIED) from None
    if as_json:
        plain = {"database": done.database, "commands": done.commands, "events": done.events}
        typer.echo(json.dumps({**plain, "seconds": round(done.seconds, 3)}, indent=2))
        return
    rate = f"{done.commands / max(done.seconds, 1e-9):,.0f} a second"
    show_facts(
        [
            ("Database", done.database, "is written anew; users and keys stayed"),
            ("Commands", f"{done.commands:,}", rate),
            ("Events", f"{done.events:,}", ""),
        ]
    )


def _rebuilt(settings: VenueSettings) -> Rebuilt:
    directory = Path(settings.data_dir)
    journal = directory / JOURNAL
    if not journal.is_dir():
        raise UsageError(f"{directory} is no venue's data directory: there is no {JOURNAL} in it")
    url = settings.database_url or str(directory / DATABASE)
    database = shown(address_of(url))
    with held(directory):
        commands = inspect(str(journal)).commands
        begin = time.perf_counter()
        reached = _behind_a_bar(str(journal), url, settings.equity_seconds, commands)
        seconds = time.perf_counter() - begin
    return Rebuilt(database, reached.command, reached.sequence, seconds)


def _behind_a_bar(journal: str, url: str, equity_seconds: int, commands: int) -> Progress:
    """Rebuild, with a bar on standard error where that is a terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Rebuilding", total=commands, rate="")
        begin = time.perf_counter()

        def told(progress: Progress) -> None:
            rate = progress.command / max(time.perf_counter() - begin, 1e-9)
            bar.update(task, completed=progress.command, rate=f"{rate:,.0f} commands/s")

        return asyncio.run(rebuild(journal, url, told, equity_seconds=equity_seconds))
