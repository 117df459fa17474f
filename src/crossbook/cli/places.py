"""Where the commands look and write, and the console that they print tables on."""

from pathlib import Path
from typing import Final

from rich.console import Console

CONFIGS: Final = Path("configs")
"""Where a run file is looked for by its bare name."""
PRESETS: Final = CONFIGS / "stream"
"""Where markets that are streamed are looked for by their bare name."""
RUNS: Final = Path("runs")
"""Where runs are kept."""
LOG_COLUMNS: Final = 160


def table_console() -> Console:
    """Return a console for tables: into a file or a log they are as wide as they need to be."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=LOG_COLUMNS)
