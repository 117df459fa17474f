"""The part of the benchmark that runs in Rust: the matching core without Python around it.

The crate `crossbook-bench` in `benches/core` measures each scenario with the fast book and with the reference book, which
must agree in every report, and prints one JSON object.
"""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from rows import Row

ROOT: Final = Path(__file__).resolve().parents[1]
PROGRAM: Final = ROOT / "target" / "release" / "crossbook-bench"
SECONDS_MAX: Final = 1800
BASELINE: Final = "reference book"

BARE: Final = {
    "static": ("benchmark-like flow, static", 30.0),
    "normal": ("benchmark-like flow, normal", 30.0),
    "swing-25": ("benchmark-like flow, swing 25 %", 30.0),
    "swing-40": ("benchmark-like flow, swing 40 %", 30.0),
    "flash-crash": ("benchmark-like flow, flash crash", 30.0),
    "sweeps": ("takers that sweep many orders", None),
    "interleaved": ("interleaved, 280,000 live orders", 30.0),
    "thousand-books": ("a thousand books in turn", 10.0),
}
"""Scenarios of the bare matcher: what they are called, and the rate in M messages/s to reach."""
FULL: Final = {
    "full-cash": "full path, cash accounts with escrow and fees",
    "full-margin": "full path, margin accounts with fees",
}
FULL_TARGET: Final = 10.0


def build() -> None:
    """Build the measuring program."""
    command = ["cargo", "build", "--release", "--locked", "--quiet", "--package", "crossbook-bench"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=SECONDS_MAX)


def rows() -> list[Row]:
    """Measure the core in process."""
    build()
    done = subprocess.run(
        [PROGRAM, "--json"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=SECONDS_MAX
    )
    found = []
    for measured in json.loads(done.stdout)["rows"]:
        found += rows_of(measured)
    return found


def rows_of(measured: dict[str, Any]) -> list[Row]:
    """Turn one scenario of the program's output into rows: in process, and over the ring where it was measured."""
    scenario = measured["scenario"]
    full = scenario in FULL
    name, target = (FULL[scenario], FULL_TARGET) if full else BARE[scenario]
    unit = "M commands/s" if full else "M messages/s"
    reference = 1e3 / measured["reference_nanoseconds_per_message"]
    each = measured["nanoseconds_per_message"]
    found = [
        Row(
            name=name,
            unit=unit,
            figure=1e3 / each["best"],
            baseline=reference,
            baseline_name=BASELINE,
            target=target,
            note=f"{each['best']:.1f} ns, median {each['median']:.1f}",
        )
    ]
    if ring := measured["ring_nanoseconds_per_message"]:
        found.append(
            Row(
                name="  over our ring to a second thread",
                unit=unit,
                figure=1e3 / ring["best"],
                baseline=1e3 / each["best"],
                baseline_name="without a ring",
                note=f"{ring['best']:.1f} ns, median {ring['median']:.1f}",
            )
        )
    return found
