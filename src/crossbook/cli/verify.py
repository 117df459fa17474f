"""`crossbook verify`: a run again, and its hashes beside those that it had."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from crossbook.cli.places import RUNS, table_console
from crossbook.lab.run import find, verify_all

EXIT_DIFFERENT = 3


def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN]...", help="Directories, parts of their names, or `last`."),
    ] = None,
    runs: Annotated[Path, typer.Option(help="Where runs are kept.")] = RUNS,
) -> None:
    """Run a run again and compare its hashes: the last one when none is named.

    Example: `crossbook verify last`
    """
    console = table_console()
    different = 0
    for name in names or ["last"]:
        for verdict in verify_all(find(name, runs)):
            mark, style = ("equal", "green") if verdict.equal else ("DIFFERENT", "bold red")
            console.print(Text.assemble((f"{mark}  ", style), str(verdict.folder)))
            for what, was, came in verdict.rows:
                shown = was if was == came else f"{was}, now {came}"
                console.print(f"  {what}: {shown}", style="dim", markup=False)
            if verdict.note:
                console.print(f"  {verdict.note}", style="yellow", markup=False)
            different += not verdict.equal
    if different:
        raise typer.Exit(EXIT_DIFFERENT)
