"""What a trader can see and do through its context."""

import json
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from crossbook.agents import Context, Fill, OrderUpdate, Trader
from crossbook.core import EndReason, RejectCode, Side, TimeInForce, UsageError
from crossbook.core.simulation import Simulation
from tests.unit.agents.small_market import ENDED, REACHED, SECOND, assert_sound, connect, foreign, run, spec

Step = Callable[[Context], Any]


class Script(Trader):
    """Does one step each second, and writes down what it hears."""

    def __init__(self, *steps: Step) -> None:
        self.steps = steps
        self.updates: list[tuple[int, str, int, int]] = []
        self.fills: list[tuple[int, int, int]] = []
        self.done = 0

    def on_start(self, ctx: Context) -> None:
        for second in range(len(self.steps)):
            ctx.timer("step", (second + 1) * SECOND)

    def on_timer(self, ctx: Context, name: str) -> None:
        step = self.steps[self.done]
        self.done += 1
        step(ctx)

    def on_order(self, ctx: Context, update: OrderUpdate) -> None:
        self.updates.append((update.order, update.status, update.reason, update.left))

    def on_fill(self, ctx: Context, fill: Fill) -> None:
        self.fills.append((fill.side, fill.price, fill.quantity))


class Late(Script):
    """Does its steps half a second later."""

    def on_start(self, ctx: Context) -> None:
        for second in range(len(self.steps)):
            ctx.timer("step", (second + 1) * SECOND + SECOND // 2)


def play(*steps: Step, other: tuple[Step, ...] = (), **given: Any) -> tuple[Simulation, Script]:
    """Run a script; the other one's steps come half a second later."""
    script, beside = Script(*steps), Late(*other)
    simulation = run(spec([foreign("mine", Script), foreign("other", Late)], **given), [script, beside])
    assert script.done == len(steps)
    assert beside.done == len(other)
    assert_sound(simulation)
    return simulation, script


def test_the_market_as_it_begins() -> None:
    def look(ctx: Context) -> None:
        book = ctx.book()
        assert (book.bid, book.ask, book.mid, book.spread, book.imbalance) == (None, None, None, None, 0.0)
        assert (book.bid_quantity, book.ask_quantity) == (0, 0)
        assert repr(book) == "Book(bid=none, ask=none)"
        assert (ctx.last(), ctx.volume()) == (None, 0)
        assert (ctx.position, ctx.positions, ctx.open_orders) == (0, {"A": 0}, [])
        assert ctx.cash == ctx.equity == 1_000_000_000
        assert (ctx.now, ctx.name, ctx.symbol, ctx.symbols) == (SECOND, "mine", "A", ("A",))
        assert ctx.hours() == ctx.hours("A") == (0, 100 * SECOND)
        assert (ctx.steps(), ctx.initial_price(), ctx.fundamental()) == ((1, 1), 10_000, 10_000.0)
        assert repr(ctx) == "Context(mine)"

    play(look)


def test_steps_and_fitted_prices_are_those_of_the_market() -> None:
    listed = {
        "symbol": 0, "initial_price": 10_000, "max_price": 20_003, "min_price": 7, "price_step": 5,
        "lot_step": 10, "session": {"open_ns": 0, "close_ns": 100 * SECOND},
    }  # fmt: skip

    def look(ctx: Context) -> None:
        assert ctx.steps() == (5, 10)
        fits = [
            (1, 9_999.9, 9_995),
            (-1, 9_995.1, 10_000),
            (1, 10_000, 10_000),
            (-1, 1.0, 10),
            (1, 1e300, 20_000),
        ]
        assert [ctx.fit_price(side, price) for side, price, _ in fits] == [fit for *_, fit in fits]

    play(look, venues=[{"name": "V", "model": "game", "markets": [listed]}])


def test_what_stands_and_what_traded_is_seen() -> None:
    def place(ctx: Context) -> None:
        ctx.buy(6, 9_990)
        ctx.sell(2, 10_010)
        assert ctx.book().bid is None  # It is still on its way.

    def look(ctx: Context) -> None:
        book = ctx.book()
        assert (book.bid, book.bid_quantity, book.ask, book.ask_quantity) == (9_990, 4, 10_010, 2)
        assert (book.mid, book.spread, book.imbalance) == (10_000.0, 20, (4 - 2) / (4 + 2))
        assert (book.bids(), book.asks()) == ([(9_990, 4)], [(10_010, 2)])
        assert (ctx.last(), ctx.volume(), ctx.position) == (9_990, 2, 2)
        assert ctx.cash == 1_000_000_000 - 2 * 9_990
        assert ctx.equity == 1_000_000_000 - 2 * 9_990 + 2 * 10_000
        assert ctx.open_orders == [(1, "A", 1, 9_990, 4), (2, "A", -1, 10_010, 2)]

    play(place, look, other=(lambda ctx: ctx.sell(2, 9_990),))


def test_a_book_that_is_kept_does_not_change() -> None:
    kept: list[Any] = []

    def keep(ctx: Context) -> None:
        kept.append(ctx.book())
        assert (kept[0].bid, kept[0].bid_quantity) == (9_990, 6)

    def look(ctx: Context) -> None:
        assert (kept[0].bid, kept[0].bid_quantity, kept[0].time_ns) == (9_990, 6, SECOND)
        assert ctx.book().bid is None

    _, script = play(
        lambda ctx: ctx.buy(6, 9_990), keep, look, other=(lambda _: None, lambda ctx: ctx.sell(6))
    )

    assert script.fills == [(1, 9_990, 6)]
    with pytest.raises(AttributeError):
        kept[0].bid = 1


def test_a_stream_is_the_agents_own_and_always_the_same_object() -> None:
    drawn: list[float] = []

    def draw(ctx: Context) -> None:
        rng = ctx.rng
        assert ctx.rng is rng
        drawn.append(rng.uniform())
        assert 0.0 <= drawn[-1] < 1.0
        assert 3 <= rng.integer(3, 5) <= 5
        assert (rng.integer(5, 3), rng.chance(1.0), rng.chance(0.0)) == (5, True, False)
        assert rng.wait(0.0) == 1
        assert rng.pareto(2.0, 3.0) >= 2.0
        assert rng.lognormal(0.0, 0.0) == 1.0
        assert rng.normal(4.0, 0.0) == 4.0
        assert rng.exponential() > 0.0
        with pytest.raises(UsageError, match="mean must be a number, not 'x'"):
            rng.normal("x")  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="low must be a whole number"):
            rng.integer(0.5, 2)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="mean_ns must be a finite number"):
            rng.wait(float("inf"))

    for seed in (1, 1, 2):
        play(draw, seed=seed)

    assert drawn[0] == drawn[1] != drawn[2]


def test_a_stop_order_sleeps_until_its_price_trades() -> None:
    _, script = play(
        lambda ctx: ctx.buy(2, stop_price=10_010),
        lambda ctx: ctx.buy(3, 10_030, stop_price=10_020),
        lambda ctx: ctx.sell(1, 10_010),
        other=(
            lambda ctx: ctx.sell(9, 10_020),
            lambda _: None,
            lambda ctx: ctx.buy(1, 10_010),
        ),
    )

    assert script.fills == [(-1, 10_010, 1), (1, 10_020, 2), (1, 10_020, 3)]


def test_an_iceberg_shows_what_it_displays() -> None:
    def look(ctx: Context) -> None:
        assert ctx.book().ask_quantity == 2
        assert ctx.open_orders == [(1, "A", -1, 10_000, 9)]

    _, script = play(
        lambda ctx: ctx.sell(9, 10_000, display=2), look, other=(lambda _: None, lambda ctx: ctx.buy(5))
    )

    assert sum(quantity for _, _, quantity in script.fills) == 5


def test_an_order_good_till_a_date_ends_then() -> None:
    _, script = play(lambda ctx: ctx.sell(9, 10_000, expiry_ns=3 * SECOND), *[lambda _: None] * 3, other=(
        lambda _: None, lambda _: None, lambda ctx: ctx.buy(1, 9_000),
    ))  # fmt: skip

    assert script.updates == [(1, "accepted", 0, 9), (1, "ended", EndReason.EXPIRY_PASSED, 0)]


def test_a_post_only_order_that_would_trade_is_refused() -> None:
    _, script = play(
        lambda _: None,
        lambda ctx: ctx.buy(1, 10_000, post_only=True),
        other=(lambda ctx: ctx.sell(1, 10_000),),
    )

    assert [update[1:3] for update in script.updates] == [("refused", RejectCode.POST_ONLY_WOULD_TRADE)]
    assert script.fills == []


def test_a_reduce_only_order_never_turns_a_position() -> None:
    def reduce(ctx: Context) -> None:
        assert ctx.position == 4
        ctx.sell(9, 9_990, reduce_only=True)
        ctx.sell(3, 9_990, reduce_only=True)

    _, script = play(
        lambda _: None,
        lambda ctx: ctx.buy(4, 10_000),
        reduce,
        other=(lambda ctx: ctx.sell(4, 10_000), lambda ctx: ctx.buy(20, 9_990)),
    )

    assert sum(side * quantity for side, _, quantity in script.fills) in {0, 1}


def test_an_order_fills_at_once_or_not_at_all_as_it_is_told() -> None:
    _, script = play(
        lambda ctx: ctx.buy(5, 9_000, time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL),
        lambda ctx: ctx.buy(5, 9_000, time_in_force=TimeInForce.FILL_OR_KILL),
    )

    assert [update[1] for update in script.updates if update[1] != "accepted"] in (
        ["ended", "ended"], ["ended", "refused"],
    )  # fmt: skip


def test_open_orders_follow_fills_replaces_refusals_and_ends() -> None:
    seen: list[list[tuple[int, str, int, int | None, int]]] = []
    names: list[int] = []

    def look(ctx: Context) -> None:
        seen.append(ctx.open_orders)

    def place(ctx: Context) -> None:
        names.extend([ctx.buy(10, 9_990), ctx.buy(5, 9_980), ctx.buy(0, 9_970), ctx.buy(1)])
        look(ctx)

    def replace(ctx: Context) -> None:
        look(ctx)
        ctx.replace(names[0], price=9_985)
        ctx.replace(names[1], quantity=3)
        ctx.replace(names[1], price=-5)
        ctx.replace(names[2], price=9_000)
        ctx.cancel(names[3])

    def cancel(ctx: Context) -> None:
        look(ctx)
        ctx.cancel(names[0])

    def cancel_all(ctx: Context) -> None:
        look(ctx)
        ctx.cancel_all()

    _, script = play(place, replace, cancel, cancel_all, look, other=(lambda ctx: ctx.sell(4, 9_990),))

    one, two, three, four = names
    assert seen == [
        [
            (one, "A", 1, 9_990, 10),
            (two, "A", 1, 9_980, 5),
            (three, "A", 1, 9_970, 0),
            (four, "A", 1, None, 1),
        ],
        [(one, "A", 1, 9_990, 6), (two, "A", 1, 9_980, 5)],
        [(one, "A", 1, 9_985, 6), (two, "A", 1, 9_980, 3)],
        [(two, "A", 1, 9_980, 3)],
        [],
    ]
    statuses = [(order, status) for order, status, _, _ in script.updates]
    assert (three, "refused") in statuses
    assert (one, "replaced") in statuses
    assert (two, "replaced") in statuses
    assert statuses[-2:] == [(one, "ended"), (two, "ended")]


def test_cancelling_in_one_market_leaves_the_others() -> None:
    def place(ctx: Context) -> None:
        for symbol in ctx.symbols:
            ctx.buy(1, 9_000, symbol=symbol)

    def look(ctx: Context) -> None:
        assert [row[1] for row in ctx.open_orders] == ["A"]
        assert ctx.book("B").bid is None
        ctx.cancel_all()

    script = Script(place, lambda ctx: ctx.cancel_all("B"), look)
    simulation = Simulation(spec([foreign("mine", Script, markets=[0, 1])], markets=2))
    ctx = connect(simulation, 0, script)
    assert simulation.advance(until_ns=10 * SECOND) == REACHED

    assert script.done == 3
    assert ctx.open_orders == []
    assert ctx.book().bid is None


def test_timers_come_in_order_and_those_of_the_past_at_once() -> None:
    class Clock(Trader):
        def __init__(self) -> None:
            self.rung: list[tuple[str, int]] = []

        def on_start(self, ctx: Context) -> None:
            ctx.timer("second", 2 * SECOND)
            ctx.timer("first", at_ns=SECOND)
            ctx.timer("third", 2 * SECOND)

        def on_timer(self, ctx: Context, name: str) -> None:
            self.rung.append((name, ctx.now))
            if name == "first":
                ctx.timer("over", at_ns=5)
                ctx.timer("now", 0)

    clock = Clock()
    run(spec([foreign("mine", Clock)]), [clock])

    assert clock.rung == [
        ("first", SECOND), ("over", SECOND), ("now", SECOND), ("second", 2 * SECOND), ("third", 2 * SECOND),
    ]  # fmt: skip


def test_time_does_not_go_back_for_a_timer_set_between_calls() -> None:
    class Clock(Trader):
        rung: ClassVar[list[int]] = []

        def on_timer(self, ctx: Context, name: str) -> None:
            self.rung.append(ctx.now)

    simulation = Simulation(spec([foreign("mine", Clock)]))
    ctx = connect(simulation, 0, Clock())
    simulation.advance(until_ns=50 * SECOND)
    ctx.timer("over", at_ns=20 * SECOND)
    simulation.advance()

    assert Clock.rung == [50 * SECOND]


def test_a_thousand_names_of_timers_come_back_as_they_were_given() -> None:
    class Clock(Trader):
        def __init__(self) -> None:
            self.rung: list[str] = []

        def on_start(self, ctx: Context) -> None:
            for number in range(1_000):
                ctx.timer(f"né {number}", number)

        def on_timer(self, ctx: Context, name: str) -> None:
            self.rung.append(name)

    clock = Clock()
    run(spec([foreign("mine", Clock)]), [clock])

    assert clock.rung == [f"né {number}" for number in range(1_000)]


MISTAKES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "no whole quantity": (lambda ctx: ctx.buy(1.5), "quantity must be a whole number from 0 to 18446744073709551615, not 1.5 .float."),
    "true as a quantity": (lambda ctx: ctx.buy(True), "quantity must be a whole number .* not True .bool."),
    "a quantity below zero": (lambda ctx: ctx.sell(-1, 10_000), "quantity must be a whole number .* outside"),
    "a quantity beyond 64 bits": (lambda ctx: ctx.sell(1 << 64), "quantity must be a whole number .* outside"),
    "no whole price": (lambda ctx: ctx.buy(1, "10000"), "price must be a whole number .* not '10000' .str."),
    "a price beyond 63 bits": (lambda ctx: ctx.buy(1, 1 << 63), "price must be a whole number .* outside"),
    "an unknown symbol": (lambda ctx: ctx.buy(1, symbol="B"), "symbol must be one of A, not 'B' .str."),
    "a symbol that is no text": (lambda ctx: ctx.book(0), "symbol must be one of A, not 0 .int."),
    "an unknown time in force": (lambda ctx: ctx.buy(1, 1, time_in_force=99), "time_in_force must be a member of TimeInForce"),
    "no whole stop price": (lambda ctx: ctx.buy(1, stop_price=0.5), "stop_price must be a whole number"),
    "no whole display": (lambda ctx: ctx.buy(1, 1, display=-1), "display must be a whole number"),
    "no whole expiry": (lambda ctx: ctx.buy(1, 1, expiry_ns=1e9), "expiry_ns must be a whole number"),
    "no truth value": (lambda ctx: ctx.buy(1, 1, post_only=1), "post_only must be true or false, not 1 .int."),
    "none as a truth value": (lambda ctx: ctx.buy(1, 1, reduce_only="no"), "reduce_only must be true or false, not 'no'"),
    "no name of an order": (lambda ctx: ctx.cancel("1"), "order must be a whole number"),
    "the name of no order": (lambda ctx: ctx.cancel(0), "order must be what buy or sell returned"),
    "a name below zero": (lambda ctx: ctx.replace(-1, price=1), "order must be a whole number"),
    "no new price": (lambda ctx: ctx.replace(1, price=1.0), "price must be a whole number"),
    "no new quantity": (lambda ctx: ctx.replace(1, quantity=-1), "quantity must be a whole number"),
    "a timer without a time": (lambda ctx: ctx.timer("x"), "a timer needs either after_ns or at_ns"),
    "a timer with two times": (lambda ctx: ctx.timer("x", 1, at_ns=1), "a timer needs either after_ns or at_ns"),
    "a timer before now": (lambda ctx: ctx.timer("x", -1), "neither after_ns nor at_ns may be below zero"),
    "a timer without a name": (lambda ctx: ctx.timer(None, 1), "name must be a text, not None"),
    "a timer after no whole time": (lambda ctx: ctx.timer("x", 1e9), "after_ns must be a whole number"),
    "a side that is none": (lambda ctx: ctx.fit_price(0, 1.0), "side must be 1 or -1, not 0"),
    "a side of the core": (lambda ctx: ctx.fit_price(Side.SELL, 1.0), "side must be 1 or -1 here, not a member of Side"),
    "a price that is no number": (lambda ctx: ctx.fit_price(1, "x"), "price must be a number, not 'x'"),
    "a price that is not a number": (lambda ctx: ctx.fit_price(1, float("nan")), "price must be a number, and nan is none"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_and_changes_nothing(mistake: str) -> None:
    wrong, message = MISTAKES[mistake]

    def do(ctx: Context) -> None:
        ctx.sell(5, 10_100)
        before = ctx.open_orders
        with pytest.raises(UsageError, match=message):
            wrong(ctx)
        assert ctx.open_orders == before

    with_mistake, _ = play(do)
    without, _ = play(lambda ctx: ctx.sell(5, 10_100))

    assert with_mistake.hashes() == without.hashes()
    assert with_mistake.counts() == without.counts()


def test_the_context_after_the_end_sees_and_what_it_sends_reaches_nobody() -> None:
    class Stops(Trader):
        def __init__(self) -> None:
            self.stopped = False

        def on_start(self, ctx: Context) -> None:
            ctx.timer("buy", SECOND)

        def on_timer(self, ctx: Context, name: str) -> None:
            ctx.buy(1, 9_990)

        def on_stop(self, ctx: Context) -> None:
            self.stopped = True
            assert ctx.now == 100 * SECOND
            assert ctx.position == 0
            ctx.cancel_all()
            ctx.sell(1, 9_990)
            ctx.timer("again", 5)

    simulation = Simulation(spec([foreign("mine", Stops)]))
    trader = Stops()
    ctx = connect(simulation, 0, trader)
    assert simulation.advance() == ENDED
    trader.on_stop(ctx)
    assert trader.stopped
    assert simulation.advance() == ENDED
    assert_sound(simulation)


@pytest.mark.parametrize("names_orders", [True, False])
def test_a_trader_knows_from_the_start_what_he_was_given(names_orders: bool) -> None:
    known = []

    class Holder(Trader):
        def on_start(self, ctx: Context) -> None:
            known.append((ctx.position, ctx.cash))

    Holder.names_orders = Holder.follows_orders = names_orders
    venues = [{"name": "V", "model": "cash", "markets": json.loads(spec([]))["venues"][0]["markets"]}]
    run(spec([foreign("holder", Holder, cash=5_000, lots=70)], venues=venues), [Holder()])
    assert known == [(70, 5_000)]
