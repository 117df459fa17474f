"""A simulation made in Python: run, watched, steered, kept, and made again."""

import asyncio
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossbook.core import ConfigError, UsageError
from crossbook.stream import (
    Agents,
    AsyncAgent,
    Cancel,
    InformedTraderAgent,
    MarketData,
    MarketMakerAgent,
    MarketSimulation,
    NoiseTraderAgent,
    Order,
    OrderBook,
)
from tests.small_runs import crossbook, manifest_of

TWO = Decimal(2)


class Patient(AsyncAgent):
    """Bids a little below the middle, sells what it has, and waits on the loop in between."""

    def __init__(self, agent_id: str, size: Decimal = Decimal("0.25")) -> None:
        super().__init__(agent_id)
        self.size = size
        self.seen: list[tuple[MarketData, OrderBook]] = []
        self.had: list[tuple[Decimal, Decimal, int]] = []

    async def generate_orders(
        self, market_data: MarketData, order_book: OrderBook
    ) -> Sequence[Order | Cancel]:
        await asyncio.sleep(0)
        self.seen.append((market_data, order_book))
        self.had.append((self.position, self.balance, len(self.open_orders)))
        if market_data.mid_price is None:
            return []
        wishes: list[Order | Cancel] = [Cancel(one.order) for one in self.open_orders]
        if self.position > 0:
            wishes.append(Order("sell", self.position, immediate_or_cancel=True))
        return [*wishes, Order("buy", self.size, market_data.mid_price * Decimal("0.9999"))]


class Broken(AsyncAgent):
    """Raises at its third wakeup."""

    calls = 0

    async def generate_orders(
        self, market_data: MarketData, order_book: OrderBook
    ) -> Sequence[Order | Cancel]:
        self.calls += 1
        if self.calls == 3:
            raise RuntimeError("it is broken")
        return []


def agents(*more: Any) -> list[Any]:
    return [
        MarketMakerAgent(agent_id="mm_1", spread=Decimal("0.002"), order_size="0.5", max_position="10.0"),
        NoiseTraderAgent(agent_id="noise_1", trade_probability=0.2, max_size=TWO, count=10),
        InformedTraderAgent(agent_id="informed_1", bias_probability=0.5, bias_strength=0.001, order_size=TWO),
        *more,
    ]


def simulation(out: Path, *more: Any, **given: Any) -> MarketSimulation:
    return MarketSimulation(
        agents=agents(*more),
        initial_price=Decimal(50_000),
        agent_wakeup_interval_us=100_000,
        **{"speed_multiplier": 0.0, "duration_seconds": 20.0, "out": out, **given},
    )


async def whole(made: MarketSimulation) -> Path:
    await made.start(serve=False)
    await made.wait()
    return await made.stop()


def test_it_runs_to_its_end_and_is_made_again(tmp_path: Path) -> None:
    mine = Patient("mine")
    folder = asyncio.run(whole(simulation(tmp_path, mine)))
    manifest = manifest_of(folder)
    assert manifest["status"] == "complete"
    assert [group["group"] for group in manifest["agents"]] == ["mm_1", "noise_1", "informed_1", "mine"]
    assert len(mine.seen) >= 190
    assert any(position > 0 for position, _, _ in mine.had)
    assert any(orders for _, _, orders in mine.had)
    prices = [data.mid_price for data, _ in mine.seen if data.mid_price is not None]
    assert all(abs(price - 50_000) < 5_000 for price in prices)
    assert all(book.bids == tuple(sorted(book.bids, reverse=True)) for _, book in mine.seen)
    assert crossbook("verify", folder) == 0


def test_the_same_seed_is_the_same_run_and_another_is_another(tmp_path: Path) -> None:
    hashes = [
        manifest_of(asyncio.run(whole(simulation(tmp_path, Patient("mine"), seed=seed))))["event_hash"]
        for seed in (5, 5, 6)
    ]
    assert hashes[0] == hashes[1] != hashes[2]


def test_what_is_done_to_it_is_told_and_made_again(tmp_path: Path) -> None:
    async def steered() -> tuple[Path, list[dict[str, Any]]]:
        made = simulation(tmp_path, speed_multiplier=20.0, duration_seconds=600.0)
        await made.start(port=0)
        heard = []
        async for message in made.messages("agent_configs", "trade"):
            heard.append(message)
            if sum(one["type"] == "trade" for one in heard) >= 20:
                break
        await made.pause()
        await made.step(50)
        await made.step(seconds=1.5)
        await made.create_agent(
            Agents(agent_id="late", agent_type="taker", params={"interval_ns": 500_000_000})
        )
        await made.shock("sell", Decimal("3.5"))
        await made.news(-250, "something happened")
        await made.update_agent("mm_1", spread=0.004)
        with pytest.raises(UsageError, match="spread"):
            await made.update_agent("mm_1", spread=-1)
        await made.set_speed(50)
        await made.resume()
        async for message in made.messages("agent_stats"):
            heard.append(message)
            if message["timestamp"] > heard[0].get("timestamp", 0) and len(heard) > 25:
                break
        await made.delete_agent("late")
        assert str(made.url).startswith("ws://127.0.0.1:")
        return await made.stop(), heard

    folder, heard = asyncio.run(steered())
    trades = [one for one in heard if one["type"] == "trade"]
    assert [one["trade_id"] for one in trades] == list(
        range(trades[0]["trade_id"], trades[0]["trade_id"] + len(trades))
    )
    assert heard[0]["configs"][0] == {
        "spread": 0.002,
        "order_size": "0.5",
        "max_position": "10.0",
        "wakeup_interval_us": 100_000,
        "agent_id": "mm_1",
        "agent_type": "market_maker",
        "count": 1,
    }
    assert manifest_of(folder)["interventions"] == 5
    assert crossbook("verify", folder) == 0


def test_an_agent_that_raises_ends_it_and_is_named(tmp_path: Path) -> None:
    async def broken() -> tuple[dict[str, Any], Path]:
        made = simulation(tmp_path, Broken("broken"))
        await made.start(serve=False)
        await made.wait()
        return dict(made.state), await made.stop()

    state, folder = asyncio.run(broken())
    assert state["state"] == "failed"
    assert "broken" in state["reason"]
    assert "it is broken" in state["reason"]
    assert manifest_of(folder)["status"] == "partial"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (MarketMakerAgent(agent_id="x", spread=-0.1), "x: spread"),
        (MarketMakerAgent(agent_id="x", order_size="0.000000001"), "x: order_size"),
        (NoiseTraderAgent(agent_id="x", trade_probability=1.5), "x: trade_probability"),
        (Agents(agent_id="x", agent_type="wizard"), "wizard"),
        (MarketMakerAgent(agent_id="mm_1"), "mm_1"),
    ],
)
def test_an_agent_that_cannot_be_is_named(tmp_path: Path, wrong: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        simulation(tmp_path, wrong)


def test_a_channel_that_there_is_not_and_a_simulation_that_has_not_begun(tmp_path: Path) -> None:
    async def ask() -> None:
        made = simulation(tmp_path)
        with pytest.raises(UsageError, match="has not begun"):
            await made.pause()
        with pytest.raises(UsageError, match="gossip"):
            async for _ in made.messages("gossip"):
                pass

    asyncio.run(ask())
    assert "crossbook.stream" in sys.modules
