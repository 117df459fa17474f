"""All that is told of a simulation follows from its trades, channel by channel, whatever the pace."""

import json
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from crossbook.doors.stream.channels import CHANNELS, NUMBERS
from crossbook.doors.stream.hub import EVERYTHING
from crossbook.doors.stream.telling import LEVELS, TRADES_KEPT, TRADES_KEPT_SCARCE
from crossbook.lab.live.candles import FRAMES
from tests.unit.doors.stream.contract import Contract
from tests.unit.doors.stream.playing import COIN, EPOCH_S, TWO, Playing

SPARSE: dict[str, Any] = COIN | {
    "name": "sparse",
    "day": {"start": "00:00", "open": "00:00", "close": "3d"},
    "agents": {
        "makers": {
            "kind": "symmetric_maker",
            "count": 1,
            "params": {"interval_ns": "1h", "spread": 0.0004, "lots": 500_000, "position_lots": 0},
        },
        "noise": {
            "kind": "noise",
            "count": 4,
            "params": {"interval_ns": "20min", "aggressive": 0.6, "distance_ticks": 60.0, "life_ns": "2h"},
        },
    },
}
"""A market in which little happens in three days."""


def heard(playing: Playing) -> Contract:
    contract = Contract()
    for message in playing.all:
        contract.hear(message)
    contract.end(playing.now_us)
    return contract


@pytest.mark.parametrize("plain", [COIN, TWO], ids=["coin", "two markets"])
@pytest.mark.parametrize("seed", range(2))
def test_all_of_it_follows_from_the_trades(tmp_path: Path, plain: dict[str, Any], seed: int) -> None:
    random = Random(seed)
    playing = Playing(tmp_path, plain | {"seed": seed + 1}, speed=10.0)
    while playing.state["timestamp"] - playing.state["began"] < 60_000_000:
        playing.turn(random.choice([0, 1, 20, 200, 900]))
    playing.to_the_end()
    contract = heard(playing)
    told = sum(map(len, contract.trades.values()))
    assert told == playing.state["trades"] > 200
    kept = pl.read_parquet(playing.folder / "trades.parquet")
    assert len(kept) == told
    assert {name for name, count in contract.counts.items() if count} == set(CHANNELS) - {"news"}


def test_the_figures_of_24_hours_are_a_plain_sum_over_three_days(tmp_path: Path) -> None:
    playing = Playing(tmp_path, SPARSE, speed=3_600.0)
    while playing.state["state"] == "running":
        playing.turn(100)
    contract = heard(playing)
    assert len(contract.trades["BTC/USD"]) > 200
    volumes = [message["volume_24h"] for message in playing.heard["market_data"]]
    assert max(volumes) > volumes[-1] > 0


@pytest.mark.parametrize("milliseconds", [1, 10, 50, 250, 1_000])
def test_what_shows_a_state_comes_no_more_often_than_promised(tmp_path: Path, milliseconds: int) -> None:
    playing = Playing(tmp_path)
    before = {channel: len(messages) for channel, messages in playing.heard.items()}
    playing.play(5, milliseconds)
    most = {"market_data": 100, "orderbook": 20, "agent_stats": 1, "simulation": 1}
    for channel, a_second in most.items():
        assert len(playing.heard[channel]) - before[channel] <= 5 * a_second + 1
    opened = [one for one in playing.heard["kline:1h"] if not one["k"]["x"]]
    assert len(opened) <= 4 * 5 + 1
    assert len(playing.heard["simulation"]) - before["simulation"] >= 5


def test_what_did_not_change_is_not_told_again(tmp_path: Path) -> None:
    playing = Playing(tmp_path)
    playing.play(3)
    playing.control("pause")
    playing.turn()
    before = {channel: len(messages) for channel, messages in playing.heard.items()}
    playing.play(3)
    after = {channel: len(messages) for channel, messages in playing.heard.items()}
    assert after.pop("simulation") == before.pop("simulation") + 3
    assert after == before


@pytest.mark.parametrize("followed", [set[str](), {"trade"}, {"kline:1s"}, {"news", "kline:1m"}])
def test_what_nobody_follows_is_not_written_but_counted(tmp_path: Path, followed: set[str]) -> None:
    playing = Playing(tmp_path, speed=4.0)
    # As if nobody had ever followed anything else.
    playing.telling.followed = frozenset()
    playing.watch(frozenset(NUMBERS[name] for name in followed))
    playing.play(20, 50)
    kept = {"trade", *(f"kline:{frame}" for frame in FRAMES)}
    for channel in kept:
        messages = playing.heard[channel]
        told = [one for one in messages if channel == "trade" or one["k"]["x"]]
        assert bool(told) == (channel in followed and bool(messages)), channel
    playing.watch(EVERYTHING)
    trades = playing.state["trades"]
    first = len(playing.heard["trade"])
    playing.play(5, 50)
    assert playing.heard["trade"][first]["sequence"] > (trades if "trade" not in followed else first)
    contract = Contract(whole=False)
    for message in playing.all:
        if message["type"] != "trade" or message["sequence"] > trades:
            contract.hear(message)


def test_the_past_can_be_asked_for(tmp_path: Path) -> None:
    playing = Playing(tmp_path, speed=4.0)
    playing.play(15, 50)
    trades = playing.ask("trades", {"symbol": None, "limit": 1_000})["found"]
    assert [json.dumps(one) for one in trades] == [
        json.dumps(one, default=float) for one in playing.heard["trade"]
    ]
    assert playing.ask("trades", {"symbol": "BTC/USD", "limit": 3})["found"] == trades[-3:]
    assert playing.ask("trades", {"symbol": None, "limit": 0})["found"] == []
    candles = playing.ask("klines", {"symbol": None, "limit": 5, "interval": "1s"})["found"]
    last = {one["k"]["t"]: one["k"] for one in playing.heard["kline:1s"]}
    for t, o, h, low, c, v, end, q, n, bought, worth, _ in candles[:-1]:
        told = last[t]
        assert [told[name] for name in "ohlcvTqnVQ"] == [o, h, low, c, v, end, q, n, bought, worth]
    for body in ({"symbol": "ETH", "limit": 1}, {"symbol": "ETH", "limit": 1, "interval": "1m"}):
        answer = playing.ask("klines" if "interval" in body else "trades", body)
        assert answer == {"success": False, "error": "there is no ETH"}


@pytest.mark.parametrize("length", range(1, 65, 7))
def test_the_past_can_be_asked_for_whatever_agents_are_called(tmp_path: Path, length: int) -> None:
    # Somewhere among them are trades whose frame has a brace in its length.
    agents = {
        ("m" * length if name == "makers" else "t" * length if name == "takers" else "n" * length): group
        for name, group in COIN["agents"].items()
    }
    agents = {f"{name[:-1]}{number}": group for number, (name, group) in enumerate(agents.items())}
    markets = {"B" * 40: COIN["markets"]["BTC/USD"]} if length % 2 else COIN["markets"]
    playing = Playing(tmp_path, COIN | {"agents": agents, "markets": markets}, speed=10.0)
    playing.play(1)
    trades = playing.ask("trades", {"symbol": None, "limit": 1_000})["found"]
    assert len(trades) == len(playing.heard["trade"]) > 0


def test_no_more_of_the_past_is_kept_than_stated(tmp_path: Path) -> None:
    playing = Playing(tmp_path, speed=0)
    while playing.state["trades"] < TRADES_KEPT + 500:
        playing.turn(1_000)
    assert playing.stage._show is not None
    telling = playing.stage._show._telling
    found = telling.newest_trades("BTC/USD", 10**6)
    newest = max(len(told.rows) for told in telling._shown[0].trades)
    assert TRADES_KEPT <= len(found) < TRADES_KEPT + newest
    telling.save_history()
    playing.turn(1_000)
    playing.turn(1_000)
    newest = max(len(told.rows) for told in telling._shown[0].trades)
    assert len(telling.newest_trades("BTC/USD", 10**6)) < TRADES_KEPT_SCARCE + newest + 1


def test_news_comes_in_time_whatever_is_due_later(tmp_path: Path) -> None:
    later = {"time": "10:00:30", "do": "news", "symbol": "BTC/USD", "jump_ticks": 5, "text": "later"}
    playing = Playing(tmp_path, COIN | {"interventions": [later]})
    playing.play(2)
    playing.control("news", {"jump": -2.5, "text": 'a "large" seller\n🐋', "symbol": "BTC/USD"})
    playing.play(1)
    assert [one["text"] for one in playing.heard["news"]] == ['a "large" seller\n🐋']
    playing.play(30, 100)
    assert [(one["sequence"], one["text"]) for one in playing.heard["news"]] == [
        (1, 'a "large" seller\n🐋'),
        (2, "later"),
    ]
    assert playing.heard["news"][1]["timestamp"] == (EPOCH_S + 36_030) * 1_000_000


def test_books_have_their_best_levels_only(tmp_path: Path) -> None:
    playing = Playing(tmp_path, speed=20.0)
    playing.agents(
        "create",
        "ladder",
        agent_type="high_frequency",
        config={"levels": 60, "order_size": 0.001, "wakeup_interval_us": 200_000},
    )
    playing.play(3)
    assert max(len(one["bids"]) for one in playing.heard["orderbook"]) == LEVELS
    heard(playing)


def test_the_price_is_the_initial_one_until_something_traded(tmp_path: Path) -> None:
    playing = Playing(tmp_path, COIN | {"agents": {"takers": COIN["agents"]["takers"]}})
    playing.play(2)
    first = playing.heard["market_data"][0]
    assert (first["last_price"], first["trade_count"], first["volume_24h"]) == (Decimal("50000.0"), 0, 0)
    assert [first[name] for name in ("bid_price", "ask_price")] == [None, None]
    assert playing.heard["orderbook"][0]["mid_price"] is None


PLANNED: dict[str, Any] = COIN | {
    "name": "planned",
    "interventions": [
        {
            "time": "10:00:05",
            "do": "enter",
            "name": "crowd",
            "agents": {"kind": "taker", "count": 9, "params": {"interval_ns": "200ms"}},
        },
        {"time": "10:00:12", "do": "news", "symbol": "BTC/USD", "jump_ticks": 500.0, "text": "a jump"},
        {"time": "10:00:20", "do": "change", "name": "noise", "params": {"aggressive": 0.9}},
        {"time": "10:00:30", "do": "leave", "name": "crowd"},
    ],
}
"""A run file in which things happen by themselves."""


@pytest.mark.parametrize("speed", [0.0, 10.0])
def test_what_the_run_file_does_is_told_like_what_somebody_does(tmp_path: Path, speed: float) -> None:
    playing = Playing(tmp_path, PLANNED, speed=speed)
    while playing.state["timestamp"] - playing.state["began"] < 40_000_000:
        playing.turn(100)
    told = [[row["agent_id"] for row in message["configs"]] for message in playing.heard["agent_configs"]]
    everybody = ["makers", "noise", "takers"]
    assert told == [everybody, [*everybody, "crowd"], [*everybody, "crowd"], everybody]
    stats = playing.heard["agent_stats"]
    assert all(sum(agent["pnl"] for agent in message["agents"]) == 0 for message in stats)
    (crowd,) = [agent for agent in stats[-1]["agents"] if agent["agent_id"] == "crowd"]
    assert crowd["left"]
    assert crowd["total_trades"] > 50
    # Who traded is named rightly from its first trade on.
    named = [
        trade for trade in playing.heard["trade"] if trade["buyer"] == "crowd" or trade["seller"] == "crowd"
    ]
    assert len(named) == crowd["total_trades"]
    heard(playing)


def test_the_past_is_there_for_who_comes_later(tmp_path: Path) -> None:
    playing = Playing(tmp_path, PLANNED, speed=10.0)
    playing.play(4, 100)
    began = playing.state["began"]
    playing.agents("delete", "takers")
    past = playing.ask("history", {})["found"]
    assert past["groups"] == ["makers", "noise", "takers", "crowd"]
    stats = {message["timestamp"]: message["agents"] for message in playing.heard["agent_stats"]}
    assert [row[0] for row in past["profits"]] == list(stats)
    for time, *profits in past["profits"]:
        earned = [float(agent["pnl"]) for agent in stats[time]]
        assert profits == pytest.approx(earned)
        assert len(profits) == (3 if time < began + 5_000_000 else 4)
    happened = [(one["timestamp"] - began, one["do"]) for one in past["happened"]]
    assert happened == [
        (5_000_000, "enter"),
        (12_000_000, "news"),
        (20_000_000, "change"),
        (30_000_000, "leave"),
        (playing.now_us - began, "leave"),
    ]
    assert past["happened"][2]["keys"] == ["aggressive"]
