"""The part of the benchmark that runs in Rust: the matching core without Python around it.

It builds the crate `crossbook-bench` in `benches/core`, and runs it with `--json`: the program prints its
progress on standard error, and its rows on standard output.
"""

import subprocess
from pathlib import Path

from rows import Row, not_measured, rows_from_json

ROOT = Path(__file__).resolve().parents[1]
CRATE = ROOT / "benches" / "core" / "Cargo.toml"
SECONDS_MAX = 1800


def rows() -> list[Row]:
    """Measure the core in process."""
    if not CRATE.exists():
        return not_measured("matching core in Rust", "benches/core does not exist yet")
    command = ["cargo", "run", "--release", "--locked", "--quiet", "-p", "crossbook-bench", "--", "--json"]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=SECONDS_MAX
    )
    return rows_from_json(done.stdout)
