"""The part of the benchmark that looks at the web application in a real browser, against a real venue.

The measuring is done beside the journeys, in `web/budget/`, because it drives the same browser in the same way. It
takes some fifteen minutes, ten of which the page lives while its heap is looked at.
"""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from rows import Row, not_measured, rows_from_json

WEB: Final = Path(__file__).resolve().parents[1] / "web"
WITHIN_S: Final = 2_400


def rows() -> list[Row]:
    """Measure."""
    measured: list[Row] = []
    for part in ("loading", "living"):
        measured += _part(part)
    return measured


def _part(part: str) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "rows.json"
        done = subprocess.run(
            ["npm", "run", "--silent", "budget", "--", part],
            cwd=WEB,
            env={**os.environ, "BUDGET_ROWS": str(answer)},
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
        if not answer.exists():
            return not_measured(f"web: {part}", (done.stderr or done.stdout)[-600:])
        return rows_from_json(answer.read_text())
