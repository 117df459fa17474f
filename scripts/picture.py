"""Draw the picture of the README: what `crossbook replay` prints on the day that ships, as SVG.

    .venv/bin/python scripts/picture.py

It runs the command in a pseudo-terminal of a fixed width, and draws what came out.
"""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
DAY = "examples/data/OWN_2025-01-02_34200000_57600000_message_5.csv.gz"
COLUMNS = 118


def main() -> None:
    """Run the command and write docs/pictures/replay.svg."""
    master, slave = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    command = [str(Path(sys.executable).with_name("crossbook")), "replay", DAY]
    done = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=slave, stderr=subprocess.DEVNULL)
    os.close(slave)
    printed = b""
    while True:
        try:
            piece = os.read(master, 65_536)
        except OSError:  # The other end is closed: the command is done.
            break
        if not piece:
            break
        printed += piece
    if done.wait(timeout=60):
        sys.exit("crossbook replay failed")
    words = Text.from_ansi(
        f"$ crossbook replay {Path(DAY).name}\n{printed.decode().replace(chr(13), '').rstrip()}"
    )
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        console.print(words)
    # The picture asks nobody for a font: it takes the reader's own.
    drawn = re.sub(
        r"@font-face \{.*?\}\s*", "", console.export_svg(title="crossbook replay"), flags=re.DOTALL
    )
    target = ROOT / "docs" / "pictures" / "replay.svg"
    target.parent.mkdir(exist_ok=True)
    target.write_text(drawn)


if __name__ == "__main__":
    main()
