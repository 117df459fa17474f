"""Whenever the connection breaks, what the runtime knows in the end is what the venue knows."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crossbook.agents import Context, Fill, OrderUpdate, Trader
from crossbook.client import Stream, StreamSettings
from crossbook.client.runtime import Runner
from tests.small_venue import SmallVenue, until, venue

QUICK = StreamSettings(first_wait_s=0.001, longest_wait_s=0.01, heartbeat_s=0.1)

prices = st.integers(95, 105)
lots = st.integers(1, 4)
steps = st.one_of(
    st.tuples(st.just("other"), st.sampled_from(["buy", "sell"]), prices, lots),
    st.tuples(st.just("own"), st.sampled_from(["buy", "sell"]), prices, lots),
    st.tuples(st.sampled_from(["cancel", "replace"]), st.just(""), prices, lots),
    st.tuples(st.just("cancel_all"), st.just(""), prices, lots),
    st.tuples(st.just("cut"), st.just(""), st.integers(0, 12), lots),
    st.tuples(st.sampled_from(["skip", "swallow", "wait", "forget"]), st.just(""), prices, lots),
)


class Hands(Trader):
    """Does what the test wants, and counts what it is told."""

    def __init__(self) -> None:
        self.ctx: Context | None = None
        self.filled: dict[int, int] = {}
        self.ended: list[int] = []

    def on_start(self, ctx: Context) -> None:
        self.ctx = ctx

    def on_fill(self, ctx: Context, fill: Fill) -> None:
        self.filled[fill.order] = self.filled.get(fill.order, 0) + fill.quantity

    def on_order(self, ctx: Context, update: OrderUpdate) -> None:
        if update.status == "ended":
            self.ended.append(update.order)


def act(small: SmallVenue, ctx: Context, step: tuple[str, str, int, int]) -> None:
    what, side, price, quantity = step
    own = [order[0] for order in ctx.open_orders]
    match what:
        case "other":
            asked = {"ticker": "FUN", "side": side, "price": float(price), "quantity": quantity}
            small.place("b", asked)
        case "own":
            (ctx.buy if side == "buy" else ctx.sell)(quantity, price * 100)
        case "cancel" if own:
            ctx.cancel(own[0])
        case "replace" if own:
            ctx.replace(own[-1], price=price * 100 if price < 97 else 9_400)
        case "cancel_all":
            ctx.cancel_all()
        case "cut":
            small.cut_after = price
        case "skip":
            small.skip = 1
        case "swallow":
            small.swallow = 1
        case "forget":
            for channel in small.channels.values():
                channel.kept.clear()


def truth(small: SmallVenue) -> tuple[Any, ...]:
    mine = sorted(
        (1 if one.side == "buy" else -1, round((one.price or 0) * 100), one.left)
        for one in small.orders.values()
        if one.user == "a"
    )
    book = small.book("FUN")
    sides = [
        sorted((round(price * 100), left) for price, left in book[side].items()) for side in ("buy", "sell")
    ]
    return mine, small.held["a", "FUN"], round(small.cash["a"] * 100), sides


def belief(runner: Runner) -> tuple[Any, ...]:
    ctx = runner.context
    assert ctx is not None
    kept = runner.feed.markets["FUN"].kept
    mine = sorted((side, price, left) for _, _, side, price, left in ctx.open_orders)
    return mine, ctx.position, ctx.cash, [sorted(kept.bids(1_000)), sorted(kept.asks(1_000))]


async def live_through(scenario: list[tuple[str, str, int, int]], *, shared: bool) -> None:
    hands = Hands()
    async with venue() as small:
        stream = Stream(small.url, api_key="key-a", settings=QUICK)
        runner = Runner(hands, stream, ["FUN"])
        await runner.start(30)
        assert hands.ctx is not None
        small.open_account("b")
        for step in scenario:
            act(small, hands.ctx, step)
            if step[0] == "wait" or not shared:
                await asyncio.sleep(0.002)
        small.cut_after, small.skip, small.swallow = None, 0, 0
        # One more message on each channel: only the next one shows that the last one was lost.
        for side, price in (("buy", 50.0), ("sell", 150.0)):
            small.place("b", {"ticker": "FUN", "side": side, "price": price, "quantity": 1})
        small.tell_balance("a")
        try:
            await until(lambda: runner.stream.up and belief(runner) == truth(small))
        except TimeoutError:
            assert belief(runner) == truth(small)
        names = [name for name in small.placed if name is not None]
        assert len(names) == len(set(names))
        assert len(hands.ended) == len(set(hands.ended))
        if not any(step[0] == "forget" for step in scenario):
            assert sum(hands.filled.values()) == sum(
                fill.filled for fill in small.everything if fill.user == "a"
            )
        await runner.stop()
        assert not [order for order in small.orders.values() if order.user == "a"]


def test_an_order_whose_first_answer_comes_late_is_not_thought_open_when_it_is_over() -> None:
    scenario = [
        ("own", "buy", 100, 3),
        ("cut", "", 0, 1),
        ("wait", "", 100, 1),
        ("other", "sell", 100, 3),
        ("forget", "", 100, 1),
    ]
    asyncio.run(live_through(scenario, shared=True))


def test_a_fill_of_a_break_is_told_though_the_account_was_told_more_than_has_happened() -> None:
    async def scenario() -> None:
        hands = Hands()
        async with venue() as small:
            runner = Runner(hands, Stream(small.url, api_key="key-a", settings=QUICK), ["FUN"])
            await runner.start(30)
            assert hands.ctx is not None
            order = hands.ctx.buy(3, 10_000)
            account = small.channels["account@a"]
            await until(lambda: small.orders and runner.stream.counters.messages)
            for _ in range(9):
                small.tell_balance("a")
            assert account.last > small.sequence
            line = runner.stream._channels["account"].state
            await until(lambda: line.last == account.last)
            for session in tuple(small.sessions):
                session.cut()
            small.open_account("b")
            small.place("b", {"ticker": "FUN", "side": "sell", "price": 100.0, "quantity": 3})
            await until(lambda: hands.filled)
            assert hands.filled == {order: 3}
            await runner.stop()

    asyncio.run(scenario())


# A failing scenario waits for its time to run out, so shrinking it would take longer than reading it.
FAST: Any = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow],
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
}


@settings(max_examples=10, **FAST)
@given(st.lists(steps, min_size=1, max_size=25), st.booleans())
def test_a_dropped_connection_leaves_the_view_equal_to_the_venues(
    scenario: list[tuple[str, str, int, int]], shared: bool
) -> None:
    asyncio.run(live_through(scenario, shared=shared))


@pytest.mark.slow
@settings(max_examples=100, **FAST)
@given(st.lists(steps, min_size=5, max_size=60), st.booleans())
def test_many_dropped_connections_leave_the_view_equal_to_the_venues(
    scenario: list[tuple[str, str, int, int]], shared: bool
) -> None:
    asyncio.run(live_through(scenario, shared=shared))
