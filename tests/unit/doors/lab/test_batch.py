"""Batch simulations: the same request has the same answer, and every figure of it is real."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossbook.core import ConfigError, EventKind, Side
from crossbook.doors.json import StrictDecoder
from crossbook.doors.lab import batch as batches
from crossbook.doors.lab.batch import EPOCH_S, STATE_LEVELS, STATES_MAX, Batch
from crossbook.doors.lab.bodies import BatchWanted
from crossbook.lab.run import Plan

CROWD: dict[str, Any] = {
    "agents": [
        {
            "type": "market_maker",
            "count": 3,
            "params": {"spread": 0.0005, "order_size": 0.5, "max_position": 10},
        },
        {"type": "noise", "count": 20, "params": {"trade_probability": 0.05, "max_size": 2}},
        {"type": "informed", "count": 2},
        {"type": "taker", "count": 4, "params": {"trade_probability": 0.1}},
        {"type": "trend_follower"},
        {"type": "high_frequency"},
        {"type": "whale", "params": {"pause_seconds": 5}},
    ],
    "duration_seconds": 60,
    "initial_price": 50_000,
    "seed": 7,
}
_DECODER = StrictDecoder[BatchWanted](BatchWanted)


def wanted(**changes: Any) -> BatchWanted:
    return _DECODER.decode(json.dumps(CROWD | changes).encode())


def made(asked: BatchWanted, stretches: list[int] | None = None) -> bytes:
    """Make a batch simulation in stretches of these lengths, over and over; return its last line."""
    batch = Batch(asked)
    turn = 0
    while not batch.ended:
        batch.advance(stretches[turn % len(stretches)]) if stretches else batch.advance()
        turn += 1
    return b"".join(batch.final())


def read(line: bytes) -> dict[str, Any]:
    """Read a line with its decimals as they were written."""
    plain: dict[str, Any] = json.loads(line, parse_float=Decimal)
    return plain


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return read(made(wanted()))


@settings(max_examples=15)
@given(
    stretches=st.lists(st.integers(1, 20_000), min_size=1, max_size=4),
    seed=st.integers(0, 2**63 - 1),
    seconds=st.sampled_from([0.05, 1, 2.5]),
)
def test_the_same_request_has_the_same_answer_however_it_is_cut(
    stretches: list[int], seed: int, seconds: float
) -> None:
    asked = wanted(seed=seed, duration_seconds=seconds)

    assert made(asked, stretches) == made(asked)


def test_another_seed_has_another_answer() -> None:
    assert made(wanted(seed=1, duration_seconds=2)) != made(wanted(seed=2, duration_seconds=2))


def test_profits_cancel_out_to_the_last_digit(whole: dict[str, Any]) -> None:
    stats = whole["agent_stats"]

    assert sum(agent["pnl"] for agent in stats) == 0
    assert any(agent["pnl"] != 0 for agent in stats)
    assert sum(agent["position"] for agent in stats) == 0
    assert sum(agent["balance"] for agent in stats) == 100_000 * len(stats)


def test_agents_are_told_of_one_by_one(whole: dict[str, Any]) -> None:
    names = [agent["agent_id"] for agent in whole["agent_stats"]]

    assert len(names) == len(set(names)) == 32
    assert names[:4] == ["market_maker_1", "market_maker_2", "market_maker_3", "noise_1"]
    assert {agent["agent_type"] for agent in whole["agent_stats"]} == {row["type"] for row in CROWD["agents"]}


def test_every_order_id_is_one_agents_and_every_figure_follows_from_the_trades(whole: dict[str, Any]) -> None:
    # What the kernel says of the same simulation: whose each order is, and of which side.
    asked = wanted()
    run, _ = batches._run_file(asked, batches._span_ns(asked))
    driver = Plan.of(run, batches._NO_FOLDER).driver()
    driver.advance(60_000_000_000, 1 << 40)
    events = driver.simulation.take_events(0)
    accepted = events[events["kind"] == int(EventKind.ACCEPTED)]
    owner = dict(zip(accepted["order_id"].tolist(), accepted["account"].tolist(), strict=True))
    side = dict(zip(accepted["order_id"].tolist(), accepted["side"].tolist(), strict=True))
    assert len(owner) == len(accepted)

    trades = np.zeros(32, dtype=np.int64)
    volume = [Decimal(0)] * 32
    for trade in whole["trades"]:
        buy, sell = trade["buy_order_id"], trade["sell_order_id"]
        assert buy != sell
        assert (side[buy], side[sell]) == (int(Side.BUY), int(Side.SELL))
        for order in (buy, sell):
            trades[owner[order] - 1] += 1
            volume[owner[order] - 1] += trade["size"]

    assert whole["total_trades"] == len(whole["trades"]) > 100
    assert [agent["total_trades"] for agent in whole["agent_stats"]] == trades.tolist()
    assert [agent["total_volume"] for agent in whole["agent_stats"]] == volume
    orders = [driver.simulation.holdings(agent, 1)[2] for agent in range(32)]
    assert [agent["active_orders"] for agent in whole["agent_stats"]] == orders
    assert sum(orders) > 6, "orders that stand at the end stand"


def test_trades_are_counted_from_one_and_told_in_order(whole: dict[str, Any]) -> None:
    trades = whole["trades"]
    times = [trade["timestamp"] for trade in trades]

    assert [trade["trade_id"] for trade in trades] == list(range(1, len(trades) + 1))
    assert times == sorted(times)
    assert EPOCH_S * 10**6 <= times[0] <= times[-1] <= (EPOCH_S + 60) * 10**6
    assert trades[-1]["price"] == whole["final_price"]
    assert all(trade["size"] > 0 for trade in trades)


def test_books_are_looked_at_evenly(whole: dict[str, Any]) -> None:
    states = whole["orderbook_states"]
    times = [state["timestamp"] - EPOCH_S * 10**6 for state in states]

    assert times == [100_000 * number for number in range(1, 601)]
    for state in states:
        bids, asks = state["bids"], state["asks"]
        assert len(bids) <= STATE_LEVELS
        assert [price for price, _ in bids] == sorted((price for price, _ in bids), reverse=True)
        assert [price for price, _ in asks] == sorted(price for price, _ in asks)
        assert not bids or not asks or bids[0][0] < asks[0][0]


@pytest.mark.parametrize(("seconds", "states"), [(0.01, 1), (1, 10), (60, 600), (3_600, STATES_MAX)])
def test_there_are_never_too_many_books(seconds: float, states: int) -> None:
    few = [{"type": "market_maker", "params": {"wakeup_interval_us": 10_000_000}}]

    assert len(read(made(wanted(duration_seconds=seconds, agents=few)))["orderbook_states"]) == states


def test_only_the_newest_trades_come_back(monkeypatch: pytest.MonkeyPatch, whole: dict[str, Any]) -> None:
    monkeypatch.setattr(batches, "TRADES_MAX", 50)

    few = read(made(wanted(), [5_000]))

    assert few["trades"] == whole["trades"][-50:]
    assert few["total_trades"] == whole["total_trades"]
    assert few["agent_stats"] == whole["agent_stats"]


def test_of_many_agents_only_their_entries_are_told_of(
    monkeypatch: pytest.MonkeyPatch, whole: dict[str, Any]
) -> None:
    monkeypatch.setattr(batches, "SINGLE_AGENTS_MAX", 10)

    together = read(made(wanted()))["agent_stats"]

    assert [(row["agent_id"], row["count"]) for row in together] == [
        (row["type"], row.get("count", 1)) for row in CROWD["agents"]
    ]
    noise = [agent for agent in whole["agent_stats"] if agent["agent_type"] == "noise"]
    for key in ("balance", "position", "total_trades", "total_volume", "pnl", "active_orders"):
        assert together[1][key] == sum(agent[key] for agent in noise), key
    assert sum(row["pnl"] for row in together) == 0


def test_two_entries_of_one_type_have_names_of_their_own() -> None:
    agents = [{"type": "market_maker", "count": 2}, {"type": "noise"}, {"type": "market_maker", "count": 2}]

    stats = read(made(wanted(agents=agents, duration_seconds=1)))["agent_stats"]

    assert [agent["agent_id"] for agent in stats] == [
        "market_maker_1",
        "market_maker_2",
        "noise_1",
        "market_maker_3",
        "market_maker_4",
    ]


def test_native_kinds_take_part_too() -> None:
    agents = [
        {"type": "market_maker"},
        {"type": "hawkes", "params": hawkes()},
        {"type": "noise", "params": {"interval_ns": 100_000_000}},
    ]

    assert read(made(wanted(agents=agents, duration_seconds=5)))["total_trades"] > 0


def hawkes() -> dict[str, Any]:
    return {"base": [5, 5, 5, 5, 1, 1], "branching": [[0.0] * 6] * 6, "decay": 1.0}


def test_progress_rises_and_tells_the_best_prices() -> None:
    batch = Batch(wanted(duration_seconds=10))
    lines = [read(batch.progress())]
    while not batch.ended:
        batch.advance(500)
        lines.append(read(batch.progress()))

    parts = [line["progress"] for line in lines]
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0, 1)
    assert (lines[0]["bid_price"], lines[0]["current_price"]) == (None, 50_000)
    assert lines[-1]["bid_price"] < lines[-1]["ask_price"]
    assert lines[-1]["timestamp"] == (EPOCH_S + 10) * 10**6


def test_a_hundred_thousand_agents_are_a_batch_too() -> None:
    crowd = [
        {"type": "market_maker"},
        {"type": "noise", "count": 100_000, "params": {"trade_probability": 0.01}},
    ]

    told = read(made(wanted(agents=crowd, duration_seconds=2)))

    assert [row["agent_id"] for row in told["agent_stats"]] == ["market_maker", "noise"]
    assert sum(row["pnl"] for row in told["agent_stats"]) == 0


WRONG: list[tuple[Mapping[str, Any], str]] = [
    ({"duration_seconds": 0}, "duration_seconds: must be above 0"),
    ({"duration_seconds": 31 * 86_400 + 1}, "duration_seconds: must be above 0 and at most 2,678,400"),
    ({"duration_seconds": 1e-10}, "duration_seconds: must be a whole number of nanoseconds"),
    ({"initial_price": 0}, "initial_price: must be a multiple of 0.01"),
    ({"initial_price": 0.005}, "initial_price: must be a multiple of 0.01"),
    ({"initial_price": 1e9}, "initial_price: must be a multiple of 0.01 and at most 10,000,000"),
    ({"agents": [{"type": "broker"}]}, 'agents.0.agent_type: there is no "broker"'),
    ({"agents": [{"type": "m:C"}]}, 'agents.0.agent_type: there is no "m:C"'),
    ({"agents": [{"type": "noise", "params": {"max_size": 0}}]}, "agents.0.max_size: must be greater than 0"),
    (
        {"agents": [{"type": "noise", "count": 600_000}, {"type": "taker", "count": 600_000}]},
        "agents: 1,200,000 agents in all",
    ),
    (
        {
            "agents": [
                {"type": "momentum", "count": 10_000, "params": {"interval_ns": 1, "short": 1, "long": 4_000}}
            ]
        },
        "agents: would keep more than 20,000,000 numbers in mind",
    ),
]


@pytest.mark.parametrize(("changes", "told"), WRONG)
def test_what_is_wrong_is_refused_before_anything_is_made(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Batch(wanted(**changes))

    assert str(caught.value).startswith(told)
