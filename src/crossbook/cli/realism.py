"""`crossbook realism`: how much a market looks like a real one, a run's or a recorded day's."""

import json
from pathlib import Path
from typing import Annotated

import typer

from crossbook.cli.facts import show_facts
from crossbook.cli.places import RUNS, table_console
from crossbook.core import UsageError
from crossbook.data import lobster
from crossbook.lab.run import days_of, find
from crossbook.realism import Observations
from crossbook.realism import report as report_of


def realism(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN|FILE...", help="Runs or ensembles, or LOBSTER message files; all days together."
        ),
    ],
    beside: Annotated[
        list[str] | None,
        typer.Option(help="Another market to show beside it: a run or a LOBSTER message file."),
    ] = None,
    market: Annotated[
        str | None, typer.Option(help="The market of runs that have several; all when left out.")
    ] = None,
    runs: Annotated[Path, typer.Option(help="Where runs are kept.")] = RUNS,
    seed: Annotated[int, typer.Option(help="Seed of the intervals.", min=0)] = 0,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the facts as JSON.")] = False,
) -> None:
    """Measure Cont's facts, and those of order flow and book, over runs or recorded days.

    Example: `crossbook realism last --beside AMZN_2012-06-21_34200000_57600000_message_1.csv`
    """
    days = [day for name in names for day in _days(name, market, runs)]
    reference = [day for name in beside or [] for day in _days(name, market, runs)]
    report = report_of(days, reference=reference or None, seed=seed)
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=2, allow_nan=False))
        return
    show_facts(report, table_console())


def _days(name: str, market: str | None, runs: Path) -> list[Observations]:
    path = Path(name)
    if not path.is_file():
        return days_of(find(name, runs), market)
    try:
        book = lobster.book_file_for(path)
    except UsageError as error:
        raise UsageError(f"{name}: is neither a run nor a LOBSTER message file: {error}") from None
    if not book.exists():
        raise UsageError(f"{name}: the book file beside it is missing: {book.name}")
    messages = lobster.read_messages(path)
    return [Observations.from_lobster(messages, lobster.read_book(book), name=path.name)]
