"""How memory and time grow with the number of agents: the day of RMSC04 with ever more of them.

Each size runs in a process of its own. Its memory is the most that was ever resident (VmHWM of /proc/self/status, so
Linux only), less what was resident when everything was imported and the simulation not yet made. The groups keep their shares,
but for the two makers. The exponent is the slope of a straight line through the logarithms, by least squares: 1 is
linear, 2 is a matrix of every agent with every other.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from rows import Row, not_measured
from simulated import run, shipped

SIZES: Final = (1_000, 10_000, 100_000)
MEGABYTES_TARGET: Final = 1_000.0
EXPONENT_TARGET: Final = 1.1
"""About linear: what the fixed parts and the depth of the book add must be within a tenth."""
SECONDS_MAX: Final = 600
REPEATS: Final = 3
STATUS: Final = Path("/proc/self/status")


def rows() -> list[Row]:
    """Measure each size, and fit."""
    if not STATUS.exists():
        return not_measured("memory of 100,000 agents", "needs /proc/self/status")
    found, memory, seconds = [], [], []
    for size in SIZES:
        runs = [apart(size) for _ in range(REPEATS)]
        memory.append(min(one[0] for one in runs))
        seconds.append(min(one[1] for one in runs))
        largest = size == SIZES[-1]
        found.append(
            Row(
                name=f"memory of {size:,} agents, a day of RMSC04, nothing recorded",
                unit="MB",
                figure=memory[-1],
                target=MEGABYTES_TARGET if largest else None,
                higher_is_better=False,
                note=f"{1e3 * memory[-1] / size:.2f} kB an agent, {seconds[-1]:.2f} s, "
                f"{1e6 * seconds[-1] / size:.0f} us an agent, {runs[0][2]:,} events; the interpreter and "
                "what it imports are not counted",
            )
        )
    sizes = f"{SIZES[0]:,} to {SIZES[-1]:,} agents"
    for what, values in (("memory", memory), ("time", seconds)):
        found.append(
            Row(
                name=f"exponent of {what} over {sizes}",
                figure=exponent(SIZES, values),
                target=EXPONENT_TARGET,
                higher_is_better=False,
                note="1 is linear in the number of agents, 2 a matrix of all with all",
            )
        )
    return found


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return the power of the size that a value grows with, by least squares on logarithms."""
    slope, _ = np.polyfit(np.log(sizes), np.log(values), 1)
    return float(slope)


def apart(agents: int) -> tuple[float, float, int]:
    """Run a day with so many agents in a process of its own; return its megabytes, seconds and events."""
    command = [sys.executable, __file__, str(agents)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX, check=True)
    memory, seconds, events = json.loads(done.stdout)
    return float(memory), float(seconds), int(events)


def megabytes(key: str) -> float:
    """Return the memory that this process has resident (`VmRSS`), or the most that it ever had (`VmHWM`)."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{key}:"))
    return int(line.split()[1]) * 1_024 / 1e6


def one_size(agents: int) -> tuple[float, float, int]:
    """Run a day with so many agents, here."""
    spec = shipped("rmsc04", recorded=False)
    in_all = sum(one["count"] for one in spec["groups"])
    for one in spec["groups"]:
        if one["name"] != "maker":
            one["count"] = max(1, round(one["count"] * agents / in_all))
    before = megabytes("VmRSS")
    ran = run(spec)
    return megabytes("VmHWM") - before, ran.seconds, ran.steps


if __name__ == "__main__":
    print(json.dumps(one_size(int(sys.argv[1]))))
