"""Past runs: which there are, what they came to, and their pages.

The name of a run is that of a directory directly under the folder of runs, and nothing else is ever opened for it: no path,
and no link that leads elsewhere.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from crossbook.core import UsageError
from crossbook.doors.lab.answers import invalid
from crossbook.lab.report import comparison, page_of
from crossbook.lab.report.whole import NAME as PAGE
from crossbook.lab.run import Listed, listed
from crossbook.lab.run.directory import MANIFEST, METRICS, read_json
from crossbook.venue.refusals import NOT_FOUND, Refused

LISTED_MAX: Final = 1_000
COMPARED_MAX: Final = comparison.RUNS_MAX
PAGE_BYTES_MAX: Final = 256 << 20
"""Of a page that is sent."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}")
_PRIVATE: Final = frozenset({"folder"})
"""What a manifest says of the machine rather than of the run."""


class PastRuns:
    """The runs in a folder.

    Args:
        folder: Where they are; there need not be such a folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder

    def newest(self, limit: int) -> list[dict[str, Any]]:
        """Return what may be said of the newest runs in a list."""
        inside = [run for run in listed(self._folder) if self._is_one(run.folder)]
        return [_row(run) for run in inside[:limit]]

    def told(self, name: str) -> dict[str, Any]:
        """Return the manifest and the metrics of a run.

        Raises:
            Refused: There is no such run.
        """
        folder = self._find(name)
        manifest = {key: value for key, value in self._read(folder, MANIFEST).items() if key not in _PRIVATE}
        if isinstance(manifest.get("data"), list):
            manifest["data"] = [
                {**row, "file": Path(str(row.get("file"))).name} if isinstance(row, dict) else row
                for row in manifest["data"]
            ]
        metrics = self._read(folder, METRICS) if (folder / METRICS).exists() else None
        return {"manifest": manifest, "metrics": metrics}

    def report(self, name: str) -> bytes:
        """Return the page of a run; one that has none gets one here, which is not kept.

        Raises:
            Refused: There is no such run.
            UsageError: It is several seeds of which none was made.
        """
        folder = self._find(name)
        path = folder / PAGE
        if path.is_symlink():
            raise _not_found(name)
        if path.is_file():
            if path.stat().st_size > PAGE_BYTES_MAX:
                raise Refused(NOT_FOUND, f"the page of {name} is too large to be sent", 404)
            return path.read_bytes()
        return page_of(folder).encode()

    def comparison(self, names: Sequence[str]) -> bytes:
        """Return the page of several runs side by side.

        Raises:
            Refused: There is no such run, or a wrong number of them.
        """
        if not 2 <= len(names) <= COMPARED_MAX:
            raise invalid(f"run: two to {COMPARED_MAX} runs are compared, not {len(names)}")
        return comparison.render(comparison.read_all([self._find(name) for name in names])).encode()

    def _find(self, name: str) -> Path:
        """Return the directory of a run.

        Raises:
            Refused: There is no such run.
        """
        if _NAME.fullmatch(name) is None:
            raise _not_found(name)
        folder = self._folder / name
        if not self._is_one(folder) or not (folder / MANIFEST).is_file():
            raise _not_found(name)
        return folder

    @staticmethod
    def _is_one(folder: Path) -> bool:
        return not folder.is_symlink() and folder.is_dir() and not (folder / MANIFEST).is_symlink()

    @staticmethod
    def _read(folder: Path, name: str) -> dict[str, Any]:
        if (folder / name).is_symlink():
            raise _not_found(folder.name)
        try:
            return read_json(folder / name)
        except UsageError as error:
            raise Refused(NOT_FOUND, f"{folder.name}: {name} cannot be read", 404) from error


def _not_found(name: str) -> Refused:
    return Refused(NOT_FOUND, f'there is no run "{name[:80]}"', 404)


def _row(run: Listed) -> dict[str, Any]:
    manifest = run.manifest
    members = manifest.get("members")
    told = {
        key: manifest.get(key)
        for key in (
            "name",
            "status",
            "started",
            "seed",
            "mode",
            "simulated_seconds",
            "wall_seconds",
            "events",
            "interventions",
            "event_hash",
        )
    }
    seeds = None if not members else [members[0].get("seed"), members[-1].get("seed")]
    return {
        "run": run.folder.name,
        **told,
        "members": None if members is None else len(members),
        "seeds": seeds,
    }
