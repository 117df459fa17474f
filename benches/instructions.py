"""The part of the benchmark that counts instructions for each message.

A count does not depend on what else the machine is doing, so it shows a change that a time cannot. Each flow is run
under valgrind's cachegrind at two lengths: the difference leaves out starting up, and making or reading the flow.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from rows import Row, not_measured
from rust_core import BARE, FULL, PROGRAM, ROOT, SECONDS_MAX, build

TARGET_INSTRUCTIONS: Final = 110  # the project's own target for the core without accounts
STORED: Final = 1_200_000
FEW, MANY = 200_000, 700_000


def rows() -> list[Row]:
    """Count the instructions of each scenario."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return not_measured("instructions a message", "valgrind is not installed")
    build()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for scenario, (name, _) in BARE.items():
            flow = str(Path(folder) / "flow")
            store = [str(PROGRAM), "store", scenario, str(STORED), flow]
            subprocess.run(store, cwd=ROOT, check=True, capture_output=True, timeout=SECONDS_MAX)
            wanted = TARGET_INSTRUCTIONS if name.startswith("benchmark-like") else None
            found.append(row(valgrind, name, flow, wanted, folder))
        found += [row(valgrind, name, scenario, None, folder) for scenario, name in FULL.items()]
    return found


def row(valgrind: str, name: str, flow: str, target: float | None, folder: str) -> Row:
    """Count one flow at two lengths."""
    (few, few_missed), (many, many_missed) = (
        counts(valgrind, flow, length, folder) for length in (FEW, MANY)
    )
    missed = (many_missed - few_missed) / (MANY - FEW)
    return Row(
        name=name,
        unit="instructions",
        figure=(many - few) / (MANY - FEW),
        target=target,
        higher_is_better=False,
        note=f"a message; {missed:.2f} branches mispredicted (cachegrind)",
    )


def counts(valgrind: str, flow: str, length: int, folder: str) -> tuple[int, int]:
    """Return how many instructions a run takes, and how many branches its model mispredicts.

    Raises:
        ValueError: Where cachegrind printed no totals.
    """
    command = [
        valgrind,
        "--tool=cachegrind",
        "--cache-sim=no",
        "--branch-sim=yes",
        f"--cachegrind-out-file={folder}/out",
        str(PROGRAM),
        "apply",
        flow,
        str(length),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=SECONDS_MAX)
    found = [
        re.search(pattern, done.stderr) for pattern in (r"I\s+refs:\s+([\d,]+)", r"Mispredicts:\s+([\d,]+)")
    ]
    totals = [int(match[1].replace(",", "")) for match in found if match]
    if len(totals) != len(found):
        raise ValueError(f"cachegrind printed no totals: {done.stderr[-500:]}")
    return totals[0], totals[1]
