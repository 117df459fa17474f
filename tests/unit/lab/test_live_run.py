"""A run that is advanced bit by bit is the run of `crossbook run`, and one that is steered can be made again."""

import json
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from crossbook.core import ConfigError
from crossbook.core.words import EventKind
from crossbook.lab.config import RunFile
from crossbook.lab.live.candles import SECOND_NS, Candles
from crossbook.lab.live.run import LiveRun
from crossbook.lab.run import AgentError, Plan
from crossbook.settings import load
from tests.small_runs import crossbook, hashes_of, made, manifest_of, small

OPEN = 10 * 3_600 * SECOND_NS
TAKERS = {"kind": "taker", "count": 5, "params": {"interval_ns": "1s"}}


def live(file: Path, name: str = "live") -> LiveRun:
    folder = file.parent / name
    folder.mkdir()
    return LiveRun(Plan.of(load(file, RunFile).settings, file.parent), folder)


def in_slices(run: LiveRun, random: Random, until_ns: int | None = None) -> None:
    """Go on in slices of time and of steps, to a time or to the end."""
    while not run.ended and (until_ns is None or run.now_ns < until_ns):
        if random.random() < 0.3:
            run.advance(until_ns, steps=random.randint(1, 100))
        else:
            wanted = run.now_ns + random.randint(1, 3 * SECOND_NS)
            run.advance(wanted if until_ns is None else min(wanted, until_ns))


@pytest.mark.parametrize("seed", range(4))
def test_left_alone_it_is_the_run_of_the_command(tmp_path: Path, seed: int) -> None:
    scripted = [{"time": "10:00:20", "do": "enter", "name": "late", "agents": TAKERS}]
    file = small(tmp_path, interventions=scripted)
    run = live(file)
    in_slices(run, Random(seed))
    done = run.finish(with_report=False)
    plain = made(file)
    assert done.complete
    assert hashes_of(done.folder) == hashes_of(plain)
    for name in ("trades", "orders", "fills", "book", "depth", "equity"):
        assert pl.read_parquet(done.folder / f"{name}.parquet").equals(
            pl.read_parquet(plain / f"{name}.parquet")
        ), name


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("early", [False, True])
def test_what_was_steered_is_verified(tmp_path: Path, seed: int, early: bool) -> None:
    random = Random(seed)
    scripted = [
        {"time": "10:00:15", "do": "news", "symbol": "ACME", "jump_ticks": 30},
        {"time": "10:00:58", "do": "leave", "name": "maker"},
    ]
    run = live(small(tmp_path, interventions=scripted))
    wanted: list[dict[str, Any]] = [
        {"do": "enter", "name": "late", "agents": TAKERS},
        {"do": "change", "name": "noise", "params": {"interval_ns": random.randint(10**8, 10**9)}},
        {"do": "news", "symbol": "ACME", "jump_ticks": random.randint(-50, 50), "text": "it happens"},
        {"do": "enter", "name": "shock", "agents": {"kind": "block", "params": {"buy": True, "lots": 99}}},
        {"do": "leave", "name": "late"},
    ]
    for what in wanted:
        in_slices(run, random, run.now_ns + random.randint(0, 10 * SECOND_NS))
        run.steer(what)
    if not early:
        in_slices(run, random)
    done = run.finish()
    assert done.complete != early
    assert manifest_of(done.folder)["interventions"] == len(run.driver.made)
    assert len(run.driver.made) >= len(wanted)
    assert crossbook("verify", done.folder) == 0
    assert (done.folder / "report.html").is_file()


def test_what_it_tells_is_what_it_keeps(tmp_path: Path) -> None:
    run = live(small(tmp_path))
    candles, closed, trades = Candles(epoch_s=0), [], 0
    while not run.ended:
        stretch = run.advance(run.now_ns + SECOND_NS)
        (events,) = stretch.taken.events
        rows = events[events["kind"] == EventKind.TRADE]
        trades += len(rows)
        closed += [*candles.add(rows), *candles.close(stretch.now_ns)]
    done = run.finish(with_report=False)
    kept = pl.read_parquet(done.folder / "trades.parquet")
    assert trades == len(kept)
    assert (kept["quantity"] > 0).all()
    assert (kept["taker_order"] != kept["maker_order"]).all()
    minutes = [candle for frame, candle in closed if frame == "1s"]
    assert sum(candle.trades for candle in minutes) == trades
    assert sum(candle.volume for candle in minutes) == kept["quantity"].sum()


def test_what_cannot_be_done_is_told_and_is_in_no_record(tmp_path: Path) -> None:
    run = live(small(tmp_path))
    run.advance(OPEN + SECOND_NS)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"do": "explode"}, "does not match any of the expected tags"),
        ({"do": "change", "name": "noise", "params": {"aggressive": 7}}, "change.params.aggressive"),
        (
            {"do": "enter", "name": "x", "agents": {"kind": "taker", "params": {"interval_ns": -1}}},
            "agents.params.interval_ns",
        ),
        ({"do": "news", "symbol": "ACME", "jump_ticks": "up"}, "jump_ticks"),
        ({}, "Unable to extract tag"),
    ]
    for what, why in refused:
        with pytest.raises(ConfigError, match=why):
            run.steer(what)
    assert not run.driver.made
    assert crossbook("verify", run.finish(with_report=False).folder) == 0


TRADER = """\
from crossbook.agents import Trader
class Fails(Trader):
    def on_start(self, ctx) -> None:
        ctx.timer("go", 30_000_000_000)
    def on_timer(self, ctx, name: str) -> None:
        raise LookupError("nothing here")
"""


def test_a_trader_that_raises_is_named(tmp_path: Path) -> None:
    (tmp_path / "failing.py").write_text(TRADER)
    run = live(small(tmp_path))
    run.steer({"do": "enter", "name": "bad", "agents": {"kind": "failing:Fails"}})
    with pytest.raises(AgentError, match="bad"):
        in_slices(run, Random(1))
    done = run.finish("a trader raised", with_report=False)
    assert json.loads((done.folder / "manifest.json").read_text())["reason"] == "a trader raised"


def test_several_who_come_at_one_moment_all_come_before_it_goes_on(tmp_path: Path) -> None:
    run = live(small(tmp_path))
    run.advance(OPEN + 10 * SECOND_NS)
    for number in range(3):
        block = {"kind": "block", "params": {"buy": number % 2 == 0, "lots": 500}}
        run.steer({"do": "enter", "name": f"late {number}", "agents": TAKERS})
        run.steer({"do": "enter", "name": f"block {number}", "agents": block})
        run.steer({"do": "news", "symbol": "ACME", "jump_ticks": number + 1})
    run.advance(OPEN + 20 * SECOND_NS)
    done = run.finish(with_report=False)
    assert crossbook("verify", done.folder) == 0
