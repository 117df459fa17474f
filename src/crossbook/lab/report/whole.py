"""The page of what a directory holds, a run or an ensemble: `report.html`, which needs nothing beside it."""

from pathlib import Path
from typing import Final

from crossbook.core import UsageError
from crossbook.lab.report import comparison, page
from crossbook.lab.report.run import read_run

NAME: Final = "report.html"


def write(folder: Path) -> Path:
    """Write the page of a directory into it, as a whole or not at all.

    Returns:
        The path of the page.

    Raises:
        UsageError: As `page_of`.
    """
    return page.put(page_of(folder), folder / NAME)


def page_of(folder: Path) -> str:
    """Return the page of a run; of an ensemble its first members side by side, and the realism of all of them together.

    Args:
        folder: The directory; any file in it may be missing or cut short.

    Raises:
        UsageError: There is no such directory, or no member of the ensemble was made.
    """
    whole = read_run(folder)
    members = whole.manifest.members
    if members is None:
        return page.render(whole)
    inside = {path.name: path for path in sorted(folder.iterdir()) if path.is_dir() and not path.is_symlink()}
    # Looked up among those that are there, so that a name is never a path.
    known = [inside[one.folder] for one in members if one.folder in inside]
    runs = [read_run(path) for path in known[: comparison.RUNS_MAX]]
    if not runs:
        raise UsageError(f"{folder} is an ensemble of which no run was made")
    if len(runs) == 1:
        return page.render(runs[0])
    note = f"the first {len(runs)} are shown" if len(members) > len(runs) else ""
    title = f"{whole.name}: {len(members)} seeds side by side"
    return comparison.render(runs, title, note, whole.metrics.realism or ())
