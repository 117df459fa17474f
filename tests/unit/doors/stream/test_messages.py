"""What is written is JSON with exact numbers, whatever the figures, and names that need it are quoted."""

import json
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.doors.stream import messages
from crossbook.doors.stream.link import payload_of
from crossbook.doors.stream.messages import MarketWords
from crossbook.lab.config import RunFile
from crossbook.lab.live.candles import Candle
from crossbook.lab.live.figures import LiveMarket
from crossbook.lab.live.groups import Standing
from crossbook.settings import load
from tests.small_runs import small
from tests.unit.doors.stream.playing import EPOCH_S

STEPS = {"0.01": "1", "0.1": "0.00001", "5": "0.001", "0.00000001": "0.00000001", "1": "100"}
LEVELS = st.lists(st.tuples(st.integers(1, 1 << 50), st.integers(1, 1 << 50)), max_size=5)
NOW_NS = 36_000_123_456_789


@pytest.fixture(scope="module", params=STEPS)
def market(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LiveMarket:
    markets = {
        'A "quoted" \\ näme': {
            "initial_price": float(request.param) * 1_000,
            "price_step": request.param,
            "lot_size": STEPS[request.param],
        }
    }
    run = load(small(tmp_path_factory.mktemp("run"), markets=markets), RunFile).settings
    (name,) = markets
    return LiveMarket(0, name, (0, 1), run, name, EPOCH_S)


def read(frame: bytes) -> Any:
    return json.loads(payload_of(frame), parse_float=Decimal, parse_int=Decimal)


def exact(steps: int, size: Decimal) -> Decimal:
    with localcontext(prec=100):
        return steps * size


@given(bids=LEVELS, asks=LEVELS)
def test_books_are_written_exactly(market: LiveMarket, bids: Any, asks: Any) -> None:
    told = read(MarketWords(market, EPOCH_S * 1_000_000).orderbook(3, NOW_NS, bids, asks, 7))
    price, size = market.price.size, market.size.size
    for side, levels in (("bids", bids), ("asks", asks)):
        assert told[side] == [[exact(ticks, price), exact(lots, size)] for ticks, lots in levels]
    assert (told["symbol"], told["sequence"], told["made_us"]) == (market.name, 3, 7)
    assert told["timestamp"] == EPOCH_S * 1_000_000 + NOW_NS // 1_000
    if bids and asks:
        assert told["spread"] == exact(asks[0][0] - bids[0][0], price)
        with localcontext(prec=100):
            assert told["mid_price"] * 2 == exact(asks[0][0] + bids[0][0], price)
    else:
        assert (told["spread"], told["mid_price"]) == (None, None)


@given(bid=LEVELS, ask=LEVELS, day=st.tuples(st.integers(0, 1 << 70), st.integers(0, 1 << 70)))
def test_best_prices_are_written_exactly(
    market: LiveMarket, bid: Any, ask: Any, day: tuple[int, int]
) -> None:
    best = [levels[0] if levels else None for levels in (bid, ask)]
    told = read(MarketWords(market, 0).market_data(1, NOW_NS, best[0], best[1], day, 5))
    for name, level in (("bid", best[0]), ("ask", best[1])):
        price, size = told[f"{name}_price"], told[f"{name}_size"]
        if level is None:
            assert (price, size) == (None, 0)
        else:
            assert price == exact(level[0], market.price.size)
            assert size == exact(level[1], market.size.size)
    assert told["volume_24h"] == exact(day[0], market.size.size)
    assert told["taker_buy_volume_24h"] == exact(day[1], market.size.size)
    assert told["last_price"] == exact(market.last, market.price.size)


WIDE = st.integers(0, 1 << 90)


@given(prices=st.tuples(*[st.integers(1, 1 << 50)] * 4), sums=st.tuples(WIDE, WIDE, WIDE, WIDE))
def test_candles_are_written_exactly_and_as_text(
    market: LiveMarket, prices: tuple[int, int, int, int], sums: tuple[int, int, int, int]
) -> None:
    candle = Candle(60, 120, 5, 9, *prices, *sums, trades=5)
    words = MarketWords(market, EPOCH_S * 1_000_000)
    told = read(words.kline(2, "1m", candle, now_ns=NOW_NS, closed=True))
    k = told["k"]
    wanted = [
        *(exact(price, market.price.size) for price in prices),
        exact(sums[0], market.size.size),
        exact(sums[1], market.worth.size),
        exact(sums[2], market.size.size),
        exact(sums[3], market.worth.size),
    ]
    assert all(isinstance(k[name], str) for name in "ohlcvqVQB")
    assert [Decimal(k[name]) for name in "ohlcvqVQ"] == wanted
    assert (k["t"], k["T"], k["f"], k["L"], k["n"], k["x"]) == (60_000, 119_999, 5, 9, 5, True)
    assert (told["e"], told["s"], k["s"], k["i"]) == ("kline", market.name, market.name, "1m")
    row = words.kline_row(candle)
    assert row == [60_000, *(k[name] for name in "ohlcv"), 119_999, k["q"], 5, k["V"], k["Q"], "0"]


@given(text=st.text(max_size=100))
def test_news_may_say_anything(market: LiveMarket, text: str) -> None:
    told = read(MarketWords(market, 0).news(1, NOW_NS, text))
    assert (told["text"], told["symbol"]) == (text, market.name)


SIGNED = st.integers(-(1 << 62), 1 << 62)


@given(
    name=st.text(min_size=1), kind=st.text(min_size=1), cash=SIGNED, profit=SIGNED, lots=SIGNED, volume=WIDE
)
def test_standings_are_written_exactly(
    market: LiveMarket, name: str, kind: str, cash: int, profit: int, lots: int, volume: int
) -> None:
    standing = Standing(name, "noise", 0, 3, cash, profit, 2, (lots,), 9, (volume % (1 << 60),))
    told = read(messages.agent_stats(1, 5, [standing], [market], {name: kind}, {name}))
    (row,) = told["agents"]
    assert row == {
        "agent_id": name,
        "agent_type": kind,
        "count": 3,
        "balance": exact(cash, market.cash.size),
        "position": exact(lots, market.size.size),
        "positions": {market.name: exact(lots, market.size.size)},
        "total_trades": 9,
        "total_volume": exact(volume % (1 << 60), market.size.size),
        "pnl": exact(profit, market.cash.size),
        "active_orders": 2,
        "left": False,
    }


def test_worth_and_cash_are_the_same_where_a_lot_is_worth_its_price(tmp_path: Path) -> None:
    run = load(small(tmp_path), RunFile).settings
    market = LiveMarket(0, "ACME", (0, 1), run, "ACME", EPOCH_S)
    assert market.worth.size == market.cash.size * run.markets["ACME"].multiplier
