"""Recorded days and recordings inside simulations."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crossbook.core import L2_ROW, TAPE_ROW, RowFlag, RowKind, Side, UsageError
from crossbook.core.simulation import Context, Simulation
from crossbook.data import binance, lobster
from crossbook.lab.recorded import Day, Tape, TapeSettings, day_of, tape_of
from tests.recorded import ROOT, recorded

SECOND = 1_000_000_000
OWN = ROOT / "examples" / "data" / "OWN_2025-01-02_34200000_57600000_message_5.csv.gz"


def simulation(
    lowest: int, highest: int, start_ns: int, end_ns: int, *agents: dict[str, Any], **market: Any
) -> Simulation:
    """Return one market with three recorded agents; it opens a second before the start."""
    listed = {
        "symbol": 0,
        "initial_price": lowest,
        "min_price": lowest,
        "max_price": highest,
        "session": {"open_ns": start_ns - SECOND, "close_ns": end_ns + SECOND},
        **market,
    }
    stand_ins = {"name": "recorded", "count": 3, "markets": [0], "cash": 0, "agent": {"kind": "recorded"}}
    return Simulation(
        json.dumps(
            {
                "seed": 1,
                "start_ns": start_ns - 2 * SECOND,
                "end_ns": end_ns + 2 * SECOND,
                "symbols": [{"symbol": "A", "fundamental": {"kind": "constant", "value": 1.0}}],
                "venues": [{"name": "V", "model": "game", "markets": [listed]}],
                "groups": [stand_ins, *agents],
                "record": {"quotes": True, "orders": True},
            }
        )
    )


def for_day(day: Day, *agents: dict[str, Any]) -> Simulation:
    return simulation(day.lowest, day.highest, day.start_ns, day.end_ns, *agents)


def trader(**latency: Any) -> dict[str, Any]:
    agent = {"kind": "foreign", "interests": 3}
    return {"name": "ours", "count": 1, "markets": [0], "cash": 0, "latency": latency, "agent": agent}


def best_after(simulation: Simulation, rows_done: np.ndarray, start_ns: int) -> np.ndarray:
    """Return bid, bid size, ask, ask size after each message, stepping through the rows of each."""
    assert simulation.advance(start_ns - 1) == 0
    done = 0
    best = (0, 0, 0, 0)
    after = np.empty((len(rows_done), 4), np.int64)
    for row, rows in enumerate(rows_done.tolist()):
        if rows > done:
            assert simulation.advance(steps=rows - done) == 1
            done = rows
            quotes = simulation.take_quotes()
            if len(quotes):
                best = quotes[-1][["bid", "bid_quantity", "ask", "ask_quantity"]].tolist()
        after[row] = best
    return after


def best_of(record: np.ndarray) -> np.ndarray:
    """Return the same of a record; a side on which nothing stands is all zeros."""
    columns = [record[f"{side}_{what}"][:, 0] for side in ("bid", "ask") for what in ("price", "size")]
    best = np.stack(columns, axis=1)
    best[best[:, 1] == 0, :2] = 0
    best[best[:, 3] == 0, 2:] = 0
    return best


def day_at(path: Path) -> tuple[Day, np.ndarray]:
    messages = lobster.read_messages(path)
    record = lobster.read_book(path.with_name(path.name.replace("_message_", "_orderbook_")))
    return day_of(messages, record), best_of(record)


@pytest.fixture(scope="module")
def own() -> tuple[Day, np.ndarray]:
    return day_at(OWN)


@pytest.fixture(scope="module")
def amazon() -> tuple[Day, np.ndarray]:
    return day_at(recorded("lobster/AMZN_2012-06-21_34200000_57600000_message_1.csv"))


def check_reproduces(day: Day, record: np.ndarray) -> None:
    script = for_day(day)
    day.attach_script(script)
    after = best_after(script, day.script_rows_done, day.start_ns)
    assert np.array_equal(after, record)
    progress = script.script_progress(0)
    assert progress is not None
    assert progress[0] == len(day.script)
    assert all(holds for _, holds, _ in script.audit())

    tape = for_day(day)
    day.tape().attach(tape)
    after = best_after(tape, day.order_rows_done, day.start_ns)
    assert np.array_equal(after, record)


def test_our_own_day_is_reproduced_row_for_row(own: tuple[Day, np.ndarray]) -> None:
    check_reproduces(*own)


def test_the_amazon_day_is_reproduced_row_for_row(amazon: tuple[Day, np.ndarray]) -> None:
    check_reproduces(*amazon)


def test_a_script_meets_nothing_that_it_did_not_expect(own: tuple[Day, np.ndarray]) -> None:
    day, _ = own
    script = for_day(day)
    day.attach_script(script)
    assert script.advance() == 2
    progress = script.script_progress(0)
    assert progress is not None
    assert progress[1:4] == (0, 0, 0)
    assert day.lineage["script_rows"] == len(day.script)
    assert json.dumps(day.lineage)


def buy_at_the_bid(simulation: Simulation, agent: int, every_ns: int, lots: int) -> list[Any]:
    """Let an agent keep one bid at the best bid; return its fills."""
    fills: list[Any] = []

    def quote(ctx: Context, *_: Any) -> None:
        book = ctx.book()
        ctx.cancel_all()
        if book.bid is not None:
            ctx.buy(lots, book.bid)
        ctx.timer("quote", every_ns)

    def on_fill(ctx: Context, fill: Any) -> None:
        fills.append((fill.price, fill.quantity))

    simulation.connect(agent, {"on_start": quote, "on_timer": quote, "on_fill": on_fill})
    return fills


@pytest.mark.parametrize("impact", [True, False])
def test_an_agent_trades_beside_a_day(own: tuple[Day, np.ndarray], impact: bool) -> None:
    day, _ = own
    runs = []
    for lots in (0, 100):
        run = for_day(day, trader())
        if impact:
            day.attach_script(run)
        else:
            day.tape().attach(run)
        fills = buy_at_the_bid(run, 3, 60 * SECOND, lots) if lots else []
        assert run.advance() == 2
        assert all(holds for _, holds, _ in run.audit())
        runs.append((run.take_quotes().tobytes(), fills))
    (alone, _), (beside, fills) = runs
    assert fills
    assert (alone == beside) is not impact


def rows(*entries: tuple[int, int, int, int, int]) -> np.ndarray:
    made = np.zeros(len(entries), L2_ROW)
    for place, (time_ns, kind, side, price, quantity) in enumerate(entries):
        row = made[place]
        row["exchange_ns"], row["local_ns"] = time_ns, time_ns
        row["kind"], row["side"], row["price"], row["quantity"] = kind, side, price, quantity
        row["flags"] = RowFlag.LAST
    return made


def test_a_tape_of_levels_takes_rows_of_recordings() -> None:
    book = rows(
        (5 * SECOND, RowKind.DEPTH, Side.BUY, 99, 10),
        (5 * SECOND, RowKind.DEPTH, Side.SELL, 101, 10),
        (7 * SECOND, RowKind.TRADE, Side.SELL, 99, 12),
    )
    tape = Tape(book, TapeSettings(), 1, 1_000)
    run = simulation(1, 1_000, tape.start_ns, tape.end_ns, trader())
    tape.attach(run)
    fills = buy_at_the_bid(run, 3, SECOND * 100, 5)
    run.advance(5 * SECOND)
    assert run.tape_progress(0) == (2, [])
    run.advance()
    assert run.tape_progress(0) == (3, [])
    assert fills == []  # It looked for a bid once, before there was one.


def test_what_is_unsound_is_refused() -> None:
    run = simulation(1, 1_000, 5 * SECOND, 9 * SECOND)
    with pytest.raises(UsageError, match=r"recorded\.0: mark_ns must be above zero"):
        run.attach_tape(0, rows(), '{"mark_ns": 0}')
    with pytest.raises(UsageError, match="unknown field"):
        run.attach_tape(0, rows(), '{"models": 0}')
    with pytest.raises(UsageError, match=r"recorded\.0\.rows\.0: has a kind or side that there is not"):
        run.attach_tape(0, np.zeros(1, TAPE_ROW))
    with pytest.raises(UsageError, match="no such market"):
        run.attach_tape(1, rows())
    with pytest.raises(UsageError, match="L2_ROW"):
        run.attach_tape(0, np.zeros(3))  # type: ignore[arg-type]
    assert run.tape_progress(0) is None


@pytest.fixture(scope="module")
def bitcoin() -> binance.Recording:
    path = recorded("binance/spot_btcusdt_20240808.jsonl.gz")
    return binance.read(path, price_step="0.01", quantity_step="0.00000001", policy="repair")


def test_the_best_of_a_tape_is_what_the_exchange_quoted(bitcoin: binance.Recording) -> None:
    tape = tape_of(bitcoin, clock="local")
    run = simulation(1, tape.highest, tape.start_ns, tape.end_ns)
    tape.attach(run)
    assert run.advance() == 2
    quotes = run.take_quotes()
    at = bitcoin.rows[(bitcoin.rows["kind"] == RowKind.QUOTE)]
    bids, asks = at[at["side"] == 0], at[at["side"] == 1]
    times = bids["local_ns"] + tape.settings.offset_ns + tape.settings.shift_ns
    place = np.searchsorted(quotes["time_ns"], times, side="right") - 1
    # Before the book is whole nothing is shown; a message may share its time with the next.
    shown = place >= 0
    agree = (quotes["bid"][place] == bids["price"]) & (quotes["ask"][place] == asks["price"])
    assert agree[shown].mean() > 0.999
    assert (quotes["bid"][1:] < quotes["ask"][1:]).mean() > 0.9999


@pytest.mark.parametrize("queue", ["risk_averse", {"power": 2.0}, "log", "optimistic"])
def test_a_maker_beside_a_tape_changes_no_quote(bitcoin: binance.Recording, queue: Any) -> None:
    tape = tape_of(bitcoin, feed="recorded", queue=queue)
    assert json.dumps(tape.lineage)
    seen = []
    for lots in (0, 100_000):
        delays = {"feed": {"constant_ns": 1_000_000}, "entry": {"constant_ns": 2_000_000}}
        run = simulation(1, tape.highest, tape.start_ns, tape.end_ns, trader(**delays), lot_step=1_000)
        tape.attach(run)
        fills = buy_at_the_bid(run, 3, SECOND // 10, lots) if lots else []
        assert run.advance() == 2
        assert all(holds for _, holds, _ in run.audit())
        seen.append((run.take_quotes().tobytes(), len(fills)))
    assert seen[0][0] == seen[1][0]
    assert seen[1][1] > 10
