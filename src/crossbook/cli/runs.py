"""`crossbook runs`: the registry of runs."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from crossbook.cli.places import RUNS, table_console
from crossbook.lab.run import listed


def runs(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Where runs are kept.")] = RUNS,
    count: Annotated[int, typer.Option(help="How many to list, the newest first.", min=1)] = 20,
) -> None:
    """List the runs that were made, the newest first.

    Example: `crossbook runs --count 5`
    """
    found = listed(folder)
    console = table_console()
    if not found:
        console.print(
            f"There are no runs under {folder}/ yet: crossbook run configs/quickstart.yaml", markup=False
        )
        return
    table = Table(box=None, pad_edge=False)
    for name in ("Run", "Status", "Seed", "Events", "Wall s", "Event hash"):
        table.add_column(name, justify="right" if name in {"Seed", "Events", "Wall s"} else "left")
    for run in found[:count]:
        manifest = run.manifest
        members = manifest.get("members")
        style = "" if manifest.get("status") == "complete" else "yellow"
        seed = f"{len(members)} seeds" if members is not None else str(manifest.get("seed", ""))
        hashes = manifest.get("event_hash", {}).values()
        table.add_row(
            Text(run.folder.name),
            Text(str(manifest.get("status")), style=style),
            seed,
            f"{manifest['events']:,}" if "events" in manifest else "",
            f"{manifest['wall_seconds']:.2f}" if "wall_seconds" in manifest else "",
            " ".join(map(str, hashes)),
        )
    console.print(table)
    if len(found) > count:
        console.print(f"{len(found) - count} older ones are not shown", style="dim")
