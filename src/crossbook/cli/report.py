"""`crossbook report`: the page of one run, or several side by side."""

from pathlib import Path
from typing import Annotated

import typer

from crossbook.cli.places import RUNS, table_console
from crossbook.lab import report as pages
from crossbook.lab.run import find


def report(
    names: Annotated[
        list[str], typer.Argument(metavar="RUN...", help="Directories, parts of their names, or `last`.")
    ],
    runs: Annotated[Path, typer.Option(help="Where runs are kept.")] = RUNS,
    out: Annotated[
        Path | None, typer.Option(help="The page of a comparison; comparison.html in the last run.")
    ] = None,
) -> None:
    """Write the page of a run anew, or compare several in the terminal and on a page.

    Example: `crossbook report last`
    """
    folders = [find(name, runs) for name in names]
    console = table_console()
    if len(folders) == 1:
        page = pages.write(folders[0])
    else:
        console.print(pages.compare(folders))
        page = pages.write_comparison(folders, out or folders[-1] / "comparison.html")
    console.print(str(page), style="bold", markup=False, soft_wrap=True)
