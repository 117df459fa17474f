"""Run every part of the benchmark, and print one table: figure, baseline, ratio, target, verdict.

Run it as `make bench`, or as `.venv/bin/python benches/run.py PART...` for some parts only. The rows are saved
as JSON under runs/bench/, with the machine and the commit that they belong to. A part that is missing or fails is
a row that says so: one broken part does not hide the others.
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rows import Row, not_measured

ROOT = Path(__file__).resolve().parents[1]
PARTS = (
    "rust_core",
    "instructions",
    "python_core",
    "journal",
    "simulation_days",
    "simulation_agents",
    "simulation_kernel",
    "simulation_recorded",
    "simulation_memory",
    "live_orders",
    "live_feeds",
    "live_whole",
    "live_simulation",
    "web_app",
)
TABLE_COLUMNS = 160
VERDICT_STYLES = {"met": "green", "missed": "bold red", "no target": "dim", "not measured": "yellow"}


def output_of(*command: str) -> str:
    """Return what a program prints, or nothing when it is missing or fails."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def processor() -> str:
    """Return the processor's model name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, "") or platform.processor() or platform.machine()


def surroundings() -> dict[str, str]:
    """Return what the figures depend on: the machine, the tools and the commit."""
    commit = output_of("git", "rev-parse", "--short=12", "HEAD") or "unknown"
    changed = " with changes" if output_of("git", "status", "--porcelain") else ""
    return {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
        "rustc": output_of("rustc", "--version") or "not found",
        "python": platform.python_version(),
        "commit": commit + changed,
    }


def measure(part: str) -> list[Row]:
    """Return the rows of one part, or one row that says why there are none."""
    if find_spec(part) is None:
        return not_measured(part, f"benches/{part}.py does not exist yet")
    try:
        rows: list[Row] = importlib.import_module(part).rows()
    except Exception as error:  # noqa: BLE001 - whatever breaks one part, the others are still measured
        return not_measured(part, f"failed: {type(error).__name__}: {' '.join(str(error).split())[:300]}")
    return rows or not_measured(part, "the part has no rows")


def number(value: float | None, unit: str = "") -> str:
    """Write a figure with three significant digits, and whole when it is large."""
    if value is None:
        return ""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{text} {unit}".rstrip()


def print_table(console: Console, rows: list[Row]) -> None:
    """Print all rows in one table."""
    table = Table(title="Crossbook, measured", title_justify="left")
    table.add_column("row")
    for heading in ("figure", "baseline", "ratio", "target"):
        table.add_column(heading, justify="right")
    table.add_column("verdict")
    table.add_column("note")
    for row in rows:
        baseline = f"{number(row.baseline)} {row.baseline_name}".strip()
        bound = "≥" if row.higher_is_better or row.target_of == "ratio" else "≤"
        times = "x" if row.target_of == "ratio" else ""
        target = "" if row.target is None else f"{bound} {number(row.target)}{times}"
        ratio = "" if row.ratio is None else f"{number(row.ratio)}x"
        verdict = f"[{VERDICT_STYLES[row.verdict]}]{row.verdict}"
        table.add_row(row.name, number(row.figure, row.unit), baseline, ratio, target, verdict, row.note)
    console.print(table)


def save(facts: dict[str, str], rows: list[Row], now: datetime) -> Path:
    """Write the rows, and what they depend on, to a file of their own."""
    folder = ROOT / "runs" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{now:%Y%m%dT%H%M%SZ}-{facts['commit'].split()[0]}.json"
    content = {"time": now.isoformat(), **facts, "rows": [row.as_json() for row in rows]}
    file.write_text(json.dumps(content, indent=2) + "\n")
    return file


def main() -> int:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description="Run the benchmark, or the parts of it that are named.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}")
    parts = parser.parse_args().parts or PARTS
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        parser.error(f"no part {', '.join(unknown)}: there are {', '.join(PARTS)}")

    # Into a file or a log the table is as wide as it needs to be: a cut figure is no figure.
    console = Console() if sys.stdout.isatty() else Console(width=TABLE_COLUMNS)
    facts = surroundings()
    for name, value in facts.items():
        console.print(f"{name:>10}  {value}", highlight=False)
    rows: list[Row] = []
    for part in parts:
        console.print(f"measuring {part} ...", style="dim")
        rows += measure(part)
    print_table(console, rows)
    console.print(f"saved as {save(facts, rows, datetime.now(UTC)).relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
