"""Kill a live venue a thousand times while it is traded on, and compare every account: `make soak`.

Every kill is `kill -9`, while orders are traded, while the venue opens, or while it stops in good order. Clients repeat
what was not answered. After each start the candles are compared, after every tenth every order of every account,
and at the end the database row for row with what the journal makes of it. It ends with status 1 where anything that was
acknowledged is not there or is there twice; then it says where the files are.
"""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.live.crash.cycles import Tally, cycles
from tests.live.crash.killed import Killed


def _venue(folder: Path, kills: int, seed: int) -> Tally:
    """Kill one venue so often; runs in a process of its own, as its traders need most of a core."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        return asyncio.run(cycles(Killed(folder), kills, seed=seed))
    except AssertionError as error:
        raise AssertionError(f"seed {seed}: {error}; the files are in {folder}") from None


def main() -> int:
    """Run the soak and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--each", type=int, default=50, help="kills of one venue; then the next begins anew")
    parser.add_argument("--lanes", type=int, default=2, help="venues that are killed side by side")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    console = Console(stderr=True)
    folder = Path(tempfile.mkdtemp(prefix="crossbook-soak-"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress, ProcessPoolExecutor(options.lanes) as lanes:
        task = progress.add_task("Killing", total=options.kills)
        parts = [
            lanes.submit(
                _venue,
                folder / f"venue{number}",
                min(options.each, options.kills - first),
                options.seed + number,
            )
            for number, first in enumerate(range(0, options.kills, options.each))
        ]
        try:
            for part in as_completed(parts):
                tally = part.result()
                progress.advance(task, sum(tally.kills.values()))
                progress.console.print(str(tally), markup=False, highlight=False)
        except AssertionError as error:
            lanes.shutdown(cancel_futures=True)
            console.print(str(error), markup=False)
            return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
