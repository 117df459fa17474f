import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from crossbook.agents import Book, Context, Fill, Noise, OrderUpdate, Trade, Trader
from crossbook.client import Stream, StreamSettings
from crossbook.client.runtime import Fleet, Runner
from crossbook.client.runtime.runner import TIMERS_MAX
from crossbook.core import ConfigError, EndReason, RejectCode, TimeInForce, UsageError
from tests.small_venue import SmallVenue, until, venue

QUICK = StreamSettings(first_wait_s=0.01, longest_wait_s=0.05)


class Diary(Trader):
    """Write down what happens, and do nothing by itself."""

    def __init__(self) -> None:
        self.ctx: Context | None = None
        self.happened: list[Any] = []
        self.stopped = 0

    def on_start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.happened.append("start")

    def on_timer(self, ctx: Context, name: str) -> None:
        self.happened.append(("timer", name))

    def on_book(self, ctx: Context, book: Book) -> None:
        self.happened.append(("book", book.bid, book.ask))

    def on_trade(self, ctx: Context, trade: Trade) -> None:
        self.happened.append(("trade", trade.price, trade.quantity, trade.side))

    def on_fill(self, ctx: Context, fill: Fill) -> None:
        self.happened.append(
            ("fill", fill.order, fill.price, fill.quantity, fill.left, fill.maker, ctx.position)
        )

    def on_order(self, ctx: Context, update: OrderUpdate) -> None:
        self.happened.append((update.status, update.order, update.reason, update.left))

    def on_news(self, ctx: Context, symbol: str, text: str) -> None:
        self.happened.append(("news", symbol, text))

    def on_stop(self, ctx: Context) -> None:
        self.stopped += 1

    @property
    def context(self) -> Context:
        assert self.ctx is not None
        return self.ctx

    def of(self, *kinds: str) -> list[Any]:
        return [one for one in self.happened if one[0] in kinds]


@asynccontextmanager
async def running(
    small: SmallVenue, trader: object, symbols: tuple[str, ...] = ("FUN",), **options: Any
) -> AsyncIterator[Runner]:
    runner = Runner(trader, Stream(small.url, api_key="key-a", settings=QUICK), symbols, **options)
    try:
        await runner.start(30)
        yield runner
    finally:
        await runner.stop()


def sells(small: SmallVenue, price: float, quantity: int, user: str = "b") -> dict[str, Any]:
    return small.place(user, {"ticker": "FUN", "side": "sell", "price": price, "quantity": quantity})


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def test_a_trader_is_told_of_the_market_in_ticks_and_lots() -> None:
    async def work() -> None:
        diary = Diary()
        async with venue() as small, running(small, diary):
            ctx = diary.context
            assert (ctx.last(), ctx.volume(), ctx.initial_price(), ctx.steps()) == (None, 0, 10_000, (1, 1))
            sells(small, 100.5, 4)
            small.place("c", {"ticker": "FUN", "side": "buy", "price": 101.0, "quantity": 1})
            small.place("c", {"ticker": "FUN", "side": "buy", "price": 99.25, "quantity": 2})
            await until(lambda: ("book", 9_925, 10_050) in diary.happened)
            small.say("news", "news", {"time_ns": 1, "text": "up", "ticker": "FUN"})
            await until(lambda: diary.of("news"))
            assert diary.of("trade") == [("trade", 10_050, 1, 1)]
            assert diary.of("news") == [("news", "FUN", "up")]
            book = ctx.book()
            assert (book.bid_quantity, book.ask_quantity, book.spread, book.mid) == (2, 3, 125, 9_987.5)
            assert (book.bids(), book.asks(), book.imbalance) == ([(9_925, 2)], [(10_050, 3)], -0.2)
            assert (ctx.last(), ctx.volume()) == (10_050, 1)
            opens, closes = ctx.hours()
            assert opens <= ctx.now < closes
            assert ctx.fit_price(1, 10.9) == 10
            assert ctx.fit_price(-1, 10.1) == 11
            assert ctx.fit_price(1, -5.0) == 1

    run(work)


def test_orders_have_names_and_the_trader_hears_what_becomes_of_them() -> None:
    async def work() -> None:
        diary = Diary()
        async with venue() as small, running(small, diary):
            ctx = diary.context
            sells(small, 100.0, 3)
            await until(lambda: ctx.book().ask == 10_000)
            first = ctx.buy(5, 10_000)
            assert ctx.open_orders == [(first, "FUN", 1, 10_000, 5)]
            await until(lambda: ctx.position == 1_003)
            assert diary.of("accepted", "fill") == [
                ("accepted", first, 0, 5),
                ("fill", first, 10_000, 3, 2, False, 1_003),
            ]
            assert ctx.cash == 1_000_000 - 30_000
            ctx.replace(first, price=9_990)
            await until(lambda: diary.of("replaced"))
            ctx.cancel(first)
            await until(lambda: diary.of("ended"))
            assert diary.of("ended") == [("ended", first, EndReason.BY_OWNER, 2)]
            assert ctx.open_orders == []
            taker = ctx.sell(1)
            await until(lambda: len(diary.of("ended")) == 2)
            assert diary.of("ended")[1] == ("ended", taker, EndReason.IMMEDIATE_REMAINDER, 1)

    run(work)


def test_what_the_venue_refuses_is_told_with_the_number_of_the_reject() -> None:
    async def work() -> None:
        diary = Diary()
        async with venue() as small, running(small, diary):
            ctx = diary.context
            name = ctx.buy(501, 10)
            ctx.cancel(99)
            await until(lambda: len(diary.of("refused")) == 2)
            assert diary.of("refused") == [
                ("refused", 99, RejectCode.UNKNOWN_ORDER, 0),
                ("refused", name, RejectCode.QUANTITY_TOO_LARGE, 501),
            ]
            assert ctx.open_orders == []

    run(work)


def test_an_order_may_be_cancelled_before_the_venue_has_given_it_a_number() -> None:
    async def work() -> None:
        diary = Diary()
        async with venue() as small, running(small, diary):
            ctx = diary.context
            name = ctx.buy(5, 9_000)
            ctx.cancel(name)
            other = ctx.buy(5, 9_000)
            ctx.replace(other, quantity=7)
            await until(lambda: diary.of("ended") and diary.of("replaced"))
            assert diary.of("ended") == [("ended", name, EndReason.BY_OWNER, 5)]
            assert ctx.open_orders == [(other, "FUN", 1, 9_000, 7)]

    run(work)


def test_orders_from_before_are_known_and_their_cash_counts() -> None:
    async def work() -> None:
        diary = Diary()
        async with venue() as small:
            small.place("a", {"ticker": "FUN", "side": "buy", "price": 90.0, "quantity": 2})
            async with running(small, diary, ("FUN", "MEME")):
                ctx = diary.context
                assert ctx.open_orders == [(1, "FUN", 1, 9_000, 2)]
                assert ctx.cash == 1_000_000
                assert ctx.positions == {"FUN": 1_000, "MEME": 1_000}
                assert ctx.equity == 1_000_000 + 1_000 * 10_000 + 1_000 * 10_000
                ctx.cancel(1)
                await until(lambda: diary.of("ended"))

    run(work)


def test_timers_ring_by_the_wall_clock_and_stop_with_the_trader() -> None:
    async def work() -> None:
        diary = Diary()
        async with venue() as small, running(small, diary) as runner:
            ctx = diary.context
            began = ctx.now
            ctx.timer("soon", 1_000_000)
            ctx.timer("over", at_ns=0)
            ctx.timer("never", 3_600 * 10**9)
            await until(lambda: len(diary.of("timer")) == 2)
            assert set(diary.of("timer")) == {("timer", "over"), ("timer", "soon")}
            assert ctx.now > began
            for _ in range(TIMERS_MAX - 1):
                ctx.timer("many", 3_600 * 10**9)
            with pytest.raises(UsageError, match="pending"):
                ctx.timer("many", 3_600 * 10**9)
            await runner.stop()
        assert diary.stopped == 1
        assert len(diary.of("timer")) == 2

    run(work)


def test_a_trader_that_raises_ends_alone_and_its_orders_are_cancelled(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Clumsy(Trader):
        def on_start(self, ctx: Context) -> None:
            ctx.buy(1, 9_000)
            ctx.timer("fall", 20_000_000)

        def on_timer(self, ctx: Context, name: str) -> None:
            raise ArithmeticError("dropped it")

    async def work() -> None:
        diary = Diary()
        async with venue() as small, Fleet(small.url, settings=QUICK) as fleet:
            clumsy = fleet.add(Clumsy(), ["FUN"], name="clumsy", api_key="key-a")
            other = fleet.add(diary, ["FUN"], name="other", api_key="key-b")
            await fleet.start(30)
            await until(lambda: small.orders)
            await until(clumsy.ended.is_set)
            await until(lambda: not small.orders)
            assert isinstance(clumsy.failure, ArithmeticError)
            assert not other.ended.is_set()
            diary.context.buy(1, 9_000)
            await until(lambda: diary.of("accepted"))
        assert not small.orders
        assert (other.failure, diary.stopped) == (None, 1)

    run(work)


def test_traders_whose_orders_have_no_names_run_too() -> None:
    async def work() -> None:
        noise = Noise(interval_ns=2e6, aggressive=0.0, distance_ticks=5.0, size={"kind": "fixed", "lots": 1})
        async with venue() as small, running(small, noise, seed=3) as runner:
            await until(lambda: len(small.placed) > 5)
            assert runner.context is not None
            assert runner.context.buy(1, 9_000) == 0
            assert runner.context.open_orders == []

    run(work)


def test_a_trader_with_hooks_that_are_never_called_is_refused() -> None:
    class Deaf(Trader):
        names_orders = False

        def on_fill(self, ctx: Context, fill: Fill) -> None:
            raise AssertionError

    with pytest.raises(ConfigError, match="on_fill would never be called"):
        Runner(Deaf(), Stream(), ["FUN"])


def test_only_who_was_given_an_oracle_knows_the_fundamental() -> None:
    async def work() -> None:
        diary = Diary()
        async with venue() as small, running(small, diary):
            with pytest.raises(UsageError, match="oracle"):
                diary.context.fundamental()
        async with venue() as small, running(small, diary, oracle={"FUN": 9_950.5}.__getitem__):
            assert diary.context.fundamental() == 9_950.5

    run(work)


@pytest.mark.parametrize(
    "call",
    [
        lambda ctx: ctx.buy(1.0, 10),
        lambda ctx: ctx.buy(True, 10),
        lambda ctx: ctx.buy(-1, 10),
        lambda ctx: ctx.buy(1, 10.5),
        lambda ctx: ctx.buy(1, 10, symbol="MEME"),
        lambda ctx: ctx.buy(1, 10, symbol=[]),
        lambda ctx: ctx.buy(1, 10, time_in_force=9),
        lambda ctx: ctx.buy(1, 10, post_only=1),
        lambda ctx: ctx.sell(1, 10, display="2"),
        lambda ctx: ctx.sell(2**63, 10),
        lambda ctx: ctx.cancel(0),
        lambda ctx: ctx.cancel("1"),
        lambda ctx: ctx.replace(1, price=1.5),
        lambda ctx: ctx.timer(1, 1),
        lambda ctx: ctx.timer("x"),
        lambda ctx: ctx.timer("x", 1, at_ns=1),
        lambda ctx: ctx.timer("x", -1),
        lambda ctx: ctx.fit_price(0, 1.0),
        lambda ctx: ctx.fit_price(1, float("nan")),
        lambda ctx: ctx.fit_price(1, "1"),
        lambda ctx: ctx.book("NONE"),
    ],
)
def test_a_call_that_cannot_be_is_a_mistake_of_the_trader_and_sends_nothing(
    call: Callable[[Any], object],
) -> None:
    async def work() -> None:
        diary = Diary()
        async with venue() as small, running(small, diary):
            with pytest.raises(UsageError):
                call(diary.context)
            assert not [said for said in small.says if said["op"] in {"place", "cancel", "replace"}]

    run(work)


def test_the_terms_of_an_order_reach_the_venue_as_words() -> None:
    async def work() -> None:
        diary = Diary()
        async with venue() as small, running(small, diary):
            ctx = diary.context
            ctx.buy(5, 9_001, time_in_force=TimeInForce.DAY, display=2, post_only=True, reduce_only=True)
            ctx.sell(5, stop_price=8_000)
            ctx.sell(5, 7_990, stop_price=8_000, expiry_ns=1_500_001)
            ctx.buy(5)
            await until(lambda: len([said for said in small.says if said["op"] == "place"]) == 4)
            sent = [said for said in small.says if said["op"] == "place"]
            for one in sent:
                del one["id"], one["client_order_id"], one["op"], one["ticker"]
            first = {"side": "buy", "quantity": 5, "price": 90.01, "type": "limit", "time_in_force": "DAY"}
            stop = {"side": "sell", "quantity": 5, "type": "stop", "time_in_force": "GTC", "stop_price": 80.0}
            assert sent == [
                {**first, "display_quantity": 2, "post_only": True, "reduce_only": True},
                stop,
                {**stop, "price": 79.9, "type": "stop_limit", "time_in_force": "GTD", "expires_at": 2},
                {"side": "buy", "quantity": 5, "type": "market", "time_in_force": "IOC"},
            ]

    run(work)


def test_a_cancel_that_cannot_be_sent_is_sent_once_the_venue_is_back() -> None:
    async def work() -> None:
        diary = Diary()
        async with venue() as small, running(small, diary) as runner:
            ctx = diary.context
            first, second = ctx.buy(1, 9_000), ctx.buy(1, 9_001)
            await until(lambda: len(diary.of("accepted")) == 2)
            await small.close()
            await until(lambda: not runner.stream.up)
            ctx.cancel(first)
            ctx.cancel_all()
            lost = ctx.buy(1, 9_002)
            await small.open()
            await until(lambda: len(diary.of("ended")) == 2)
            assert diary.of("refused") == [("refused", lost, 0, 1)]
            assert {one[1] for one in diary.of("ended")} == {first, second}

    run(work)


def test_a_runner_stops_when_it_is_told_and_leaves_no_order() -> None:
    async def work() -> None:
        diary = Diary()
        async with venue() as small:
            stop = asyncio.Event()
            runner = Runner(diary, Stream(small.url, api_key="key-a", settings=QUICK), ["FUN"])
            task = asyncio.create_task(runner.run(stop))
            await until(lambda: diary.ctx)
            diary.context.buy(1, 9_000)
            await until(lambda: small.orders)
            stop.set()
            await task
            assert (small.orders, diary.stopped) == ({}, 1)

    run(work)
