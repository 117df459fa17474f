"""The part of the benchmark that counts instructions for each message.

A count does not depend on what else the machine is doing, so it shows a change that a time cannot. The crate
`crossbook-bench` runs its benchmark-like flow once under valgrind's cachegrind, with `--count N` for the number of
messages, at two sizes: the difference leaves out starting up and making the messages' memory.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from rows import Row, not_measured

ROOT = Path(__file__).resolve().parents[1]
CRATE = ROOT / "benches" / "core" / "Cargo.toml"
NAME = "instructions, benchmark-like flow"
TARGET_INSTRUCTIONS = 110  # the project's own target for the core without accounts
MESSAGES_FEW = 200_000
MESSAGES_MANY = 1_200_000
SECONDS_MAX = 900


def rows() -> list[Row]:
    """Count the instructions for each message."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return not_measured(NAME, "valgrind is not installed")
    if not CRATE.exists():
        return not_measured(NAME, "benches/core does not exist yet")
    build = ["cargo", "build", "--release", "--locked", "--quiet", "-p", "crossbook-bench"]
    subprocess.run(build, cwd=ROOT, check=True, timeout=SECONDS_MAX)
    few, many = (instructions(valgrind, messages) for messages in (MESSAGES_FEW, MESSAGES_MANY))
    return [
        Row(
            name=NAME,
            unit="instructions/message",
            figure=(many - few) / (MESSAGES_MANY - MESSAGES_FEW),
            target=TARGET_INSTRUCTIONS,
            higher_is_better=False,
            note="cachegrind; starting up left out",
        )
    ]


def instructions(valgrind: str, messages: int) -> int:
    """Return how many instructions the whole program runs for so many messages."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            valgrind,
            "--tool=cachegrind",
            "--cache-sim=no",
            f"--cachegrind-out-file={folder}/out",
            str(ROOT / "target" / "release" / "crossbook-bench"),
            "--count",
            str(messages),
        ]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=SECONDS_MAX
        )
    total = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if total is None:
        message = f"cachegrind printed no total: {done.stderr[-500:]}"
        raise ValueError(message)
    return int(total[1].replace(",", ""))
