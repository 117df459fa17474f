"""Kill a live venue a thousand times while it is traded on, and compare every account: `make soak`.

Every kill is `kill -9`, while orders are traded, while the venue opens, or while it stops in good order. Clients repeat
what was not answered. After each start the candles are compared, after every tenth every order of every account,
and at the end the database row for row with what the journal makes of it. It ends with status 1 where anything that was
acknowledged is not there or is there twice; then it says where the files are.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.live.crash.cycles import Tally, cycles
from tests.live.crash.killed import Killed


async def _soak(folder: Path, kills: int, lanes: int, seed: int, progress: Progress) -> list[Tally]:
    task = progress.add_task("Killing", total=kills)

    def told(_: int, __: Tally) -> None:
        progress.advance(task)

    shares = [kills // lanes + (lane < kills % lanes) for lane in range(lanes)]
    work = [
        cycles(Killed(folder / f"lane{lane}"), share, seed=seed + lane, told=told)
        for lane, share in enumerate(shares)
    ]
    return list(await asyncio.gather(*work))


def main() -> int:
    """Run the soak and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--lanes", type=int, default=2, help="venues that are killed side by side")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    console = Console(stderr=True)
    folder = Path(tempfile.mkdtemp(prefix="crossbook-soak-"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as progress:
            tallies = asyncio.run(_soak(folder, options.kills, options.lanes, options.seed, progress))
    except AssertionError as error:
        console.print(f"seed {options.seed}: {error}\nthe files are in {folder}", markup=False)
        return 1
    for tally in tallies:
        print(tally)
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
