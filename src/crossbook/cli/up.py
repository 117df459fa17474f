"""`crossbook up`: a live exchange with bots, in one process and two beside it, three where somebody looks at the lab."""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
import uvloop
from rich.table import Table

from crossbook.cli.live import Occupied, Opened, live
from crossbook.cli.places import table_console
from crossbook.cli.serving import EXIT_OCCUPIED, answer_signals, banner_of
from crossbook.core import version
from crossbook.doors.logs import set_up_logs
from crossbook.venue.setting_sources import load_settings
from crossbook.venue.settings import VenueSettings

VENUES: Final = Path("configs/venues")
"""Where settings are looked for by their bare name."""
ADMIN_FILE: Final = "admin.password"


def up(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; 0.0.0.0 for all. [default: 127.0.0.1]")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port, zero for any that is free. [default: 8000]")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where everything is kept. [default: crossbook-data]")
    ] = None,
    database_url: Annotated[
        str | None, typer.Option(help="PostgreSQL in place of SQLite in the data directory.")
    ] = None,
    durability: Annotated[
        str | None,
        typer.Option(
            help="durable: acknowledged is on the disk. memory: the disk follows. [default: durable]"
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A file of settings, or the name of one in configs/venues/."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of the bots and of the news.")] = None,
    *,
    bots: Annotated[bool, typer.Option("--bots/--no-bots", help="Whether the house trades.")] = True,
) -> None:
    """Start a live exchange with five instruments and bots that trade them, and keep it until Ctrl-C.

    Every setting can also come from the environment: CROSSBOOK_PORT, CROSSBOOK_HOUSE__SEED and so on.

    Example: `crossbook up --port 8000 --data-dir ./crossbook-data`
    """
    given = {
        "host": host,
        "port": port,
        "data_dir": data_dir,
        "database_url": database_url,
        "durability": durability,
        "house.seed": seed,
    }
    texts = {key: str(value) for key, value in given.items() if value is not None}
    if not bots:
        texts["house.enabled"] = "false"
    settings = load_settings(config, os.environ, texts, folders=(VENUES,))
    set_up_logs()
    # That the tables are as they should be is no news.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    _say(f"Opening the exchange in {settings.data_dir}")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(settings))
    except Occupied as error:
        typer.echo(f"crossbook: {error}", err=True)
        raise typer.Exit(EXIT_OCCUPIED) from None
    _say("Closed in good order: everything is kept")


def _say(line: str) -> None:
    """Print a line at once, also where nobody but a file reads it."""
    typer.echo(line)
    sys.stdout.flush()


async def _serve(settings: VenueSettings) -> None:
    stop = asyncio.Event()
    answer_signals(stop)
    await live(settings, stop, _greet)


def _greet(opened: Opened) -> None:
    """Print where everything is, once clients can come."""
    console = table_console()
    console.print(banner(opened))
    sys.stdout.flush()


def banner(opened: Opened) -> Table:
    """Return what is printed when a venue has opened."""
    settings, url = opened.settings, opened.url
    promise = (
        "durable: acknowledged is on the disk"
        if settings.durability == "durable"
        else "memory: the disk follows behind"
    )
    rows = [
        ("Exchange", url),
        ("API", f"{url}/docs"),
        ("WebSocket", f"{url.replace('http', 'ws', 1)}/ws"),
        *([("Lab", f"{url}/#/lab")] if settings.lab.enabled else []),
        ("Data", str(opened.directory.resolve())),
        ("Durability", promise),
        ("Instruments", ", ".join(instrument.ticker for instrument in settings.instruments)),
        ("Accounts", f"{opened.accounts:,}, and {opened.bots:,} bots"),
    ]
    password = opened.directory / ADMIN_FILE
    if password.exists():
        rows.append(("Administrator", f"admin, with the password in {password.resolve()}"))
    return banner_of(f"Crossbook {version()} is open", rows, "Ctrl-C stops it in good order, twice at once")
