"""Rivals that live in an environment of their own: programs of this folder that print one JSON object.

They need an older NumPy than we do. `make bench` makes their environment from requirements/rivals.txt; where it could
not, what a rival would have been asked is an error, and the row of ours stands without a baseline.
"""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
PYTHON: Final = ROOT / ".venv-rivals" / "bin" / "python"
SECONDS_MAX: Final = 600


class RivalError(Exception):
    """A rival that is not installed or does not run."""


def run_rival(program: str, *arguments: str) -> dict[str, Any]:
    """Run a program of this folder in the rivals' environment; return the object on its last line.

    Raises:
        RivalError: There is no such environment, or the program fails: with the last line of what it said.
    """
    if not PYTHON.exists():
        message = "the rivals' environment is missing: `make bench` makes it"
        raise RivalError(message)
    command = [str(PYTHON), str(Path(__file__).with_name(program)), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    except subprocess.TimeoutExpired:
        message = f"{program} took more than {SECONDS_MAX} s"
        raise RivalError(message) from None
    if done.returncode:
        raise RivalError(f"{program}: {last_line(done.stderr)}")
    try:
        said: dict[str, Any] = json.loads(last_line(done.stdout))
    except json.JSONDecodeError:
        raise RivalError(f"{program} printed no JSON object") from None
    return said


def last_line(text: str) -> str:
    """Return the last line that says something."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")
