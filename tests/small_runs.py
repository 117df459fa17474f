"""A market small enough to be simulated in an instant, as a run file, and the ways to run it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from crossbook.cli import main as command_line

PROGRAM = [sys.executable, "-c", "from crossbook.cli.main import main; main()"]

SMALL = """\
name: small
seed: 3
day: {open: "10:00", close: "10:01"}
markets:
  ACME: {initial_price: 100.00}
agents:
  maker:
    kind: adaptive_maker
    count: 2
    params: {interval_ns: 1s, levels: 3, spacing: 0.5, share: 0.0, least_lots: 50, first_window: 4.0}
  noise:
    kind: noise
    count: 20
    params: {interval_ns: 1s, aggressive: 0.5, distance_ticks: 2.0, life_ns: 5s}
"""


def small(folder: Path, name: str = "small.yaml", **changes: Any) -> Path:
    """Write the run file of the small market, with keys at the top replaced; a null takes a key away."""
    plain = yaml.safe_load(SMALL) | changes
    path = folder / name
    path.write_text(yaml.safe_dump({key: value for key, value in plain.items() if value is not None}))
    return path


def crossbook(*words: object) -> int:
    """Run the command line in this process and return its exit status."""
    return command_line.run([str(word) for word in words])


def started(
    *words: object, env: dict[str, str] | None = None, cwd: Path | None = None
) -> "subprocess.Popen[str]":
    """Start the command line in a process of its own, the first of a group."""
    return subprocess.Popen(
        [*PROGRAM, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, **(env or {})},
        cwd=cwd,
    )


def only(folder: Path) -> Path:
    """Return the only directory in a folder."""
    (found,) = folder.iterdir()
    return found


def made(file: Path, *words: object) -> Path:
    """Run a file and return the directory of the run."""
    runs = file.parent / "runs"
    before = set(runs.iterdir()) if runs.exists() else set()
    assert crossbook("run", file, "--out", runs, "--no-report", *words) == 0
    (fresh,) = set(runs.iterdir()) - before
    return fresh


def manifest_of(folder: Path) -> dict[str, Any]:
    """Read the manifest of a run."""
    plain: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return plain


def hashes_of(folder: Path) -> tuple[Any, Any]:
    """Return the event and the state hashes of a run."""
    manifest = manifest_of(folder)
    return manifest["event_hash"], manifest["state_hash"]
