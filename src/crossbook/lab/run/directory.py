"""The directory of a run: its name, its manifest, and finding it again."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from crossbook.core import UsageError, version

MANIFEST: Final = "manifest.json"
METRICS: Final = "metrics.json"
CONFIG: Final = "config.yaml"
FORMAT: Final = 1


def hash_of(plain: Any) -> str:
    """Return a short hash of plain data, the same whatever the order of its keys."""
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def create(runs: Path, name: str, config_hash: str, now: datetime) -> Path:
    """Make the directory of a run, `<time>-<name>-<hash>`; a number follows where that is taken."""
    base = f"{now:%Y%m%dT%H%M%S}-{name}-{config_hash[:8]}"
    for number in range(1000):
        folder = runs / (base if number == 0 else f"{base}-{number + 1}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise UsageError(f"{runs / base} and a thousand after it exist")


def versions() -> dict[str, str]:
    """Return the versions that a run was made with."""
    return {
        "crossbook": version(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "polars": pl.__version__,
    }


def write_json(path: Path, plain: Mapping[str, Any]) -> None:
    """Write a file that is either whole or not there."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(plain, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Read a file of a run.

    Raises:
        UsageError: It is missing or no JSON object.
    """
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path.parent} is no directory of a run: it has no {path.name}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: {error}") from None
    if not isinstance(plain, dict):
        raise UsageError(f"{path}: is no JSON object")
    return plain


@dataclass(frozen=True, slots=True)
class Listed:
    """A run in the registry."""

    folder: Path
    manifest: dict[str, Any]


def listed(runs: Path) -> list[Listed]:
    """Return the runs under a folder, the newest first; what is no run is passed over."""
    found = []
    for path in runs.glob(f"*/{MANIFEST}"):
        try:
            manifest = read_json(path)
        except UsageError:
            continue
        if _is_of_a_run(manifest):
            found.append(Listed(path.parent, manifest))
    # Two runs may begin within one second, and have one time in their names.
    found.sort(key=lambda run: (run.manifest.get("started", ""), run.folder.name), reverse=True)
    return found


def _is_of_a_run(manifest: Mapping[str, Any]) -> bool:
    """Return whether a manifest has what every run's and every ensemble's has; other programs write manifests too."""
    common = all(isinstance(manifest.get(key), str) for key in ("name", "status", "started"))
    if not common or manifest.get("format") != FORMAT:
        return False
    if "members" in manifest:
        return isinstance(manifest["members"], list)
    kinds: dict[str, type | tuple[type, ...]] = {
        "seed": int,
        "events": int,
        "wall_seconds": (int, float),
        "event_hash": dict,
    }
    return all(isinstance(manifest.get(key), kind) for key, kind in kinds.items())


def find(name: str, runs: Path) -> Path:
    """Return the directory that a name means: a path, `last`, or a part of the name of one run under `runs`.

    Raises:
        UsageError: There is no such run, or several.
    """
    if (Path(name) / MANIFEST).exists():
        return Path(name)
    every = listed(runs)
    if name == "last" and every:
        return every[0].folder
    matching = [run.folder for run in every if name in run.folder.name]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise UsageError(f"{name} means several runs: {', '.join(folder.name for folder in matching[:5])}")
    raise UsageError(f"{name}: there is no such run under {runs}")
