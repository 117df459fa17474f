"""Recorded markets: reading a raw recording, and replaying it to a strategy, beside hftbacktest.

The recording is a few minutes of Binance's BTCUSDT, which does not ship with the repository. hftbacktest reads what the
futures exchange streams, and the recording is of the spot exchange: the fields that only the futures stream has are
written into a copy for it, a seventh longer. Both replay that copy. Rows are changes of a level, trades, and each side of a best quote;
where they are replayed ours takes the best quotes into the book, hftbacktest passes over them.
"""

import gc
import gzip
import importlib
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
from rivals import RivalError, run_rival
from rows import Row, not_measured
from simulated import SECOND_NS, Ran, Spec, best, foreign, group, market, run

from crossbook.agents import Context, Trader
from crossbook.data import binance

ROOT: Final = Path(__file__).resolve().parents[1]
RECORDING: Final = ROOT.parent / "shared" / "data" / "binance" / "spot_btcusdt_20240808.jsonl.gz"
RIVAL: Final = "hftbacktest 2.4.2"
REPEATS: Final = 7
COPIES: Final = 20
"""How often the recording is replayed, one after the other: it is short."""
REPLAY: Final = "crossbook.lab.recorded"
"""The module that replays recordings."""
TARGET: Final = 20.0
LOOK_NS: Final = 100_000_000
"""Between two looks of a maker."""
LOT: Final = 1_000
"""The exchange's lot in units of 0.00000001, which the recording counts in."""


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
    """Measure reading a raw recording into rows: as it was recorded, and the copy that the rival reads."""
    count, seconds = read(RECORDING)
    _, copy_seconds = read(path)
    told = f"{count:,} rows, decompression included; the copy with the rival's fields {count / copy_seconds / 1e6:.3g}"
    if theirs:
        told += f", of which it makes {int(theirs['converted_rows']):,} rows"
    return Row(
        name="a raw recording of Binance, compressed, to rows",
        unit="M rows/s",
        figure=count / seconds / 1e6,
        baseline=theirs["convert"] / 1e6 if theirs else None,
        baseline_name=f"{RIVAL}'s converter" if theirs else "",
        target=2.5,
        note="; ".join(filter(None, [told, note])),
    )


def read(path: Path) -> tuple[int, float]:
    """Read a recording several times; return its rows, and the seconds of the quickest."""
    took, count = [], 0
    for _ in range(REPEATS):
        gc.collect()
        begin = time.perf_counter()
        count = len(binance.read(path).rows)
        took.append(time.perf_counter() - begin)
    return count, min(took)


def replays(path: Path, theirs: dict[str, Any], note: str) -> list[Row]:
    """Measure replaying a recording to nobody, and to a maker that quotes both sides."""
    own: list[tuple[float, str]] = []
    try:
        own = own_replays(path)
    except (ModuleNotFoundError, AttributeError) as error:
        note = f"{REPLAY} is not there yet: {error}" + (f"; {note}" if note else "")
    names = (
        "to nobody",
        "to a native adaptive maker, a level a side every 100 ms",
        "to a maker in Python, the best price of both sides every 100 ms",
    )
    found = []
    for number, name in enumerate(names):
        rate, told = own[number] if own else (None, "")
        key = ("empty", "maker", "maker")[number]
        if theirs:
            rival = (
                "" if key == "empty" else f", {int(theirs['orders']):,} orders by a maker that numba compiles"
            )
            told += f"; theirs: {int(theirs['rows']):,} rows{rival}"
        found.append(
            Row(
                name=f"a recording replayed {name}",
                unit="M rows/s",
                figure=rate,
                baseline=theirs[key] / 1e6 if theirs else None,
                baseline_name=RIVAL if theirs else "",
                target=None if number == len(names) - 1 else TARGET,
                note="; ".join(filter(None, [told.removeprefix("; "), note])),
            )
        )
    return found


class Quoter(Trader):
    """Cancel everything and quote the best price of both sides, every 100 ms."""

    follows_orders: ClassVar[bool] = False

    def on_start(self, ctx: Context) -> None:
        """Begin."""
        ctx.timer("look", LOOK_NS)

    def on_timer(self, ctx: Context, name: str) -> None:
        """Look, and quote anew."""
        ctx.timer(name, LOOK_NS)
        book = ctx.book()
        bid, ask = book.bid, book.ask
        if bid is not None and ask is not None and bid < ask:
            ctx.cancel_all()
            ctx.buy(LOT, bid, post_only=True)
            ctx.sell(LOT, ask, post_only=True)


def own_replays(path: Path) -> list[tuple[float, str]]:
    """Replay a recording to nobody, to a native maker and to one in Python; return M rows/s, and what was done."""
    recorded: Any = importlib.import_module(REPLAY)
    once = recorded.tape_of(binance.read(path))
    span = once.end_ns - once.start_ns + LOOK_NS
    parts = []
    for number in range(COPIES):
        part = once.rows.copy()
        part["exchange_ns"] += number * span
        part["local_ns"] += number * span
        parts.append(part)
    tape = replace(once, rows=np.concatenate(parts))
    adaptive = {
        "kind": "adaptive_maker",
        "interval_ns": float(LOOK_NS),
        "random": False,
        "levels": 1,
        "spacing": 0.0,
        "share": 0.0,
        "least_lots": LOT,
    }

    def replay(*makers: Spec, traders: Callable[[], list[Trader]] = list) -> Ran:
        house = group("house", 1, {"kind": "recorded"})
        spec = market([house, *makers], (tape.end_ns + LOOK_NS) / SECOND_NS)
        spec.update(start_ns=tape.start_ns, fundamental_step_ns=1_000 * SECOND_NS)
        listed = spec["venues"][0]["markets"][0]
        listed["session"]["open_ns"] = tape.start_ns
        listed.update(initial_price=once.lowest, max_price=100_000_000, lot_step=LOT)
        return run(spec, traders, lambda simulation: tape.attach(simulation, 0))

    ran = best(
        replay,
        lambda: replay(group("maker", 1, adaptive)),
        lambda: replay(foreign("maker", 1, Quoter), traders=lambda: [Quoter()]),
    )
    count = len(tape.rows)
    return [
        (count / one.running_seconds / 1e6, f"{count:,} rows, {one.calls:,} calls, {one.commands:,} commands")
        for one in ran
    ]
