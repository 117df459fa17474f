"""Recorded markets: reading a raw recording, and replaying it to a strategy, beside hftbacktest.

The recording is a few minutes of Binance's BTCUSDT, which does not ship with the repository. hftbacktest reads what the
futures exchange streams, and the recording is of the spot exchange: the fields that only the futures stream has are
written into a copy, and both sides read that copy. Rows are changes of a level, trades, and each side of a best quote.
"""

import gc
import gzip
import importlib.util
import json
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from rivals import RivalError, run_rival
from rows import Row, not_measured

from crossbook.data import binance

ROOT: Final = Path(__file__).resolve().parents[1]
RECORDING: Final = ROOT.parent / "shared" / "data" / "binance" / "spot_btcusdt_20240808.jsonl.gz"
RIVAL: Final = "hftbacktest 2.4.2"
REPEATS: Final = 7
COPIES: Final = 20
"""How often the recording is replayed, one after the other: it is short."""
REPLAY: Final = "crossbook.lab.recorded"
"""The module that replays recordings. Its function `measure(path, copies, maker)` returns rows and seconds."""


def rows() -> list[Row]:
    """Measure reading and replaying."""
    if not RECORDING.exists():
        return not_measured(
            "recorded markets", f"needs {RECORDING.name}, which does not ship with the repository"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.jsonl.gz"
        write_as_futures(RECORDING, path)
        theirs: dict[str, Any] = {}
        note = ""
        try:
            theirs = run_rival("rival_hftbacktest.py", str(path), str(COPIES))
        except RivalError as error:
            note = str(error)
        return [reading(path, theirs, note), *replays(path, theirs, note)]


def write_as_futures(source: Path, target: Path) -> None:
    """Write a recording of the spot exchange with the fields that the futures exchange has besides."""
    newest = 0
    with gzip.open(source, "rt") as lines, gzip.open(target, "wt", compresslevel=6) as out:
        for line in lines:
            received, _, text = line.partition(" ")
            message = json.loads(text)
            data = message.get("data")
            if data is None:
                message |= {"T": newest}
            elif "bookTicker" in message["stream"]:
                data |= {"e": "bookTicker", "T": newest, "E": newest}
            else:
                newest = max(newest, data["E"])
                data.setdefault("T", data["E"])
                if data["e"] == "trade":
                    data["X"] = "MARKET"
            out.write(f"{received} {json.dumps(message, separators=(',', ':'))}\n")


def reading(path: Path, theirs: dict[str, Any], note: str) -> Row:
    """Measure reading a raw recording into rows."""
    took, count = [], 0
    for _ in range(REPEATS):
        gc.collect()
        begin = time.perf_counter()
        count = len(binance.read(path).rows)
        took.append(time.perf_counter() - begin)
    told = (
        f"{count:,} rows, theirs {int(theirs['converted_rows']):,}" if theirs else f"{count:,} rows; {note}"
    )
    return Row(
        name="a raw recording of Binance, compressed, to rows",
        unit="M rows/s",
        figure=count / min(took) / 1e6,
        baseline=theirs["convert"] / 1e6 if theirs else None,
        baseline_name=f"{RIVAL}'s converter" if theirs else "",
        target=2.5,
        note=f"{told}; decompression is in both",
    )


def replays(path: Path, theirs: dict[str, Any], note: str) -> list[Row]:
    """Measure replaying a recording to nobody, and to a maker that quotes both sides."""
    found = []
    present = importlib.util.find_spec(REPLAY) is not None
    module = importlib.import_module(REPLAY) if present else None
    measure = getattr(module, "measure", None)
    for key, what in (("empty", "an empty strategy"), ("maker", "a maker that quotes both sides")):
        said = [note] if note else []
        figure = None
        if measure is None:
            said.append(f"{REPLAY} has no `measure` yet")
        else:
            runs = [measure(path, COPIES, maker=key == "maker") for _ in range(REPEATS)]
            figure = max(count / seconds for count, seconds in runs) / 1e6
        if theirs:
            said.append(f"theirs: {int(theirs['rows']):,} rows without best quotes, a look every 100 ms")
            if key == "maker":
                said.append(f"{int(theirs['orders']):,} orders")
        found.append(
            Row(
                name=f"a recording replayed to {what}",
                unit="M rows/s",
                figure=figure,
                baseline=theirs[key] / 1e6 if theirs else None,
                baseline_name=RIVAL if theirs else "",
                target=20.0,
                note=", ".join(said),
            )
        )
    return found
