"""What is told of a market is what its trades say, however they come in, and the past that is kept is bounded."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.core.records import EVENT
from crossbook.lab.config import RunFile
from crossbook.lab.live.candles import FRAMES, SECOND_NS, Candle, Candles, Trades
from crossbook.lab.live.figures import (
    CANDLES_KEPT,
    CANDLES_KEPT_SCARCE,
    LiveMarket,
    markets_of,
    simulated_us,
)
from crossbook.settings import load
from tests.small_runs import small

EPOCH_S = int(datetime(2024, 2, 28, tzinfo=UTC).timestamp())
MINUTE_NS = 60 * SECOND_NS
DAY_NS = 1_440 * MINUTE_NS
Row = tuple[int, int, int, int]
"""Time, price, lots and side: 0 where a buyer came second."""

ROWS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 3 * SECOND_NS), st.integers(0, 90 * MINUTE_NS), st.integers(0, DAY_NS)),
        st.integers(1, 1 << 40),
        st.integers(1, 1 << 40),
        st.sampled_from([0, 1, 255]),
    ),
    max_size=50,
)
CUTS = st.lists(st.booleans(), min_size=50, max_size=50)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFile:
    return load(small(tmp_path_factory.mktemp("run")), RunFile).settings


def market_of(run: RunFile) -> LiveMarket:
    return LiveMarket(0, "ACME", (0, 1), run, "ACME", EPOCH_S)


def in_time(rows: list[Row]) -> list[Row]:
    """Return rows with their time in place of the distance in time."""
    found, time_ns = [], 0
    for gap, price, lots, side in rows:
        time_ns += gap
        found.append((time_ns, price, lots, side))
    return found


def trades_of(rows: list[Row]) -> Trades:
    made = np.zeros(len(rows), dtype=EVENT)
    for name, column in zip(("time_ns", "price", "quantity", "side"), zip(*rows, strict=True), strict=False):
        made[name] = column
    return made


def last_day(rows: list[Row], now_ns: int) -> tuple[int, int]:
    """Return what traded in the last 1,440 minutes, the one that is not over included, and what buyers took."""
    minute = EPOCH_S // 60 + now_ns // MINUTE_NS
    inside = [row for row in rows if EPOCH_S // 60 + row[0] // MINUTE_NS > minute - 1_440]
    return sum(row[2] for row in inside), sum(row[2] for row in inside if row[3] == 0)


@given(plain=ROWS, cuts=CUTS, later=st.integers(0, 2 * DAY_NS))
def test_figures_are_those_of_the_trades(
    run: RunFile, plain: list[Row], cuts: list[bool], later: int
) -> None:
    rows, market = in_time(plain), market_of(run)
    assert (market.last, market.traded, market.volume_24h(0)) == (10_000, 0, (0, 0))
    closed: list[tuple[str, Candle]] = []
    stretch: list[Row] = []
    for number, (row, cut) in enumerate(zip(rows, cuts, strict=False), start=1):
        stretch.append(row)
        if cut:
            closed += market.take(trades_of(stretch), row[0])
            stretch = []
            assert (market.last, market.traded) == (row[1], number)
            assert market.volume_24h(row[0]) == last_day(rows[:number], row[0])
    end = (rows[-1][0] if rows else 0) + later
    closed += market.take(trades_of(stretch), end)
    assert market.volume_24h(end) == last_day(rows, end)
    assert market.traded == len(rows)
    check_candles(market, closed, rows, end)


def check_candles(market: LiveMarket, closed: list[tuple[str, Candle]], rows: list[Row], end_ns: int) -> None:
    """See that candles are those that the trades make all at once, each closed once, and kept newest last."""
    whole = Candles(EPOCH_S)
    wanted = whole.add(trades_of(rows)) + whole.close(end_ns)
    for frame in FRAMES:
        mine = [candle for name, candle in closed if name == frame]
        assert mine == [candle for name, candle in wanted if name == frame]
        assert market.candles.open.get(frame) == whole.open.get(frame)
        assert list(market.past[frame]) == mine[-CANDLES_KEPT:]
        shown = market.candles_of(frame, 3)
        assert [candle for candle, over in shown if over] == mine[-3 + (frame in whole.open) :]
        assert [over for _, over in shown] == sorted((over for _, over in shown), reverse=True)


def test_none_are_asked_for_and_none_come(run: RunFile) -> None:
    market = market_of(run)
    market.take(trades_of([(0, 5, 5, 0)]), 10 * SECOND_NS)
    assert market.candles_of("1s", 0) == []
    with pytest.raises(KeyError):
        market.candles_of("2s", 1)


def test_the_past_is_bounded_and_less_of_it_where_memory_is_scarce(run: RunFile) -> None:
    market = market_of(run)
    for second in range(CANDLES_KEPT + 50):
        market.take(trades_of([(second * SECOND_NS, 100 + second, 1, 0)]), second * SECOND_NS)
    newest = list(market.past["1s"])
    assert len(newest) == CANDLES_KEPT
    market.save_memory()
    assert list(market.past["1s"]) == newest[-CANDLES_KEPT_SCARCE:]
    market.take(trades_of([(5_000 * SECOND_NS, 1, 1, 0)]), 5_001 * SECOND_NS)
    assert len(market.past["1s"]) == CANDLES_KEPT_SCARCE
    assert market.past["1s"][-1].open == 1


def test_worth_of_a_lot_counts_in_cash_and_not_in_worth(tmp_path: Path) -> None:
    file = small(tmp_path, markets={"ACME": {"initial_price": 100, "price_step": 0.05, "lot_size": 0.001}})
    market = market_of(load(file, RunFile).settings)
    assert (market.price.size, market.size.size) == (Decimal("0.05"), Decimal("0.001"))
    assert market.price.text(market.last) == "100.00"
    assert market.worth.size == Decimal("0.00005")


def test_markets_have_the_names_and_numbers_of_the_kernel(run: RunFile) -> None:
    told = [("EAST:ACME", "ACME", 0, "EAST", 0, 1), ("WEST:ACME", "ACME", 0, "WEST", 1, 1)]
    found = markets_of(run, told, EPOCH_S)
    assert [(market.number, market.name, market.symbol, market.venue) for market in found] == [
        (0, "EAST:ACME", "ACME", 0),
        (1, "WEST:ACME", "ACME", 1),
    ]


@given(st.integers(0, 4 * 10**9), st.integers(0, 10**18))
def test_simulated_time_counts_from_1970(epoch_s: int, time_ns: int) -> None:
    assert simulated_us(epoch_s, time_ns) == epoch_s * 1_000_000 + time_ns // 1_000
