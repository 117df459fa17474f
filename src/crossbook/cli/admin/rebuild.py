"""`crossbook admin rebuild`: the command; `rebuilding` does it.

What does it stands on the database and on the whole venue, which nobody should wait for who only wants to halt an instrument.
So it is imported when it is called.
"""

import importlib
from pathlib import Path
from typing import Annotated

import typer


def rebuild(
    data_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIRECTORY", help="Where the venue keeps everything. [default: crossbook-data]"),
    ] = None,
    database_url: Annotated[
        str | None, typer.Option(help="PostgreSQL in place of SQLite in the data directory.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The venue's file of settings, where it has one.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Write orders, trades, candles and equity in the database anew, from the journal; users and keys stay.

    The venue must be stopped. Settings come from where `crossbook up` takes them: the file, the environment, the options.
    What is interrupted goes on at the venue's next start.

    Example: `crossbook admin rebuild --data-dir crossbook-data`
    """
    rebuilding = importlib.import_module("crossbook.cli.admin.rebuilding")
    rebuilding.rebuild_tables(data_dir, database_url, config, as_json=as_json)
