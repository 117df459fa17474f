"""What a trader is called for, and what it is handed."""

from typing import Any, ClassVar

import pytest

from crossbook.agents import Book, Context, Fill, OrderUpdate, Trade, Trader, interests_of, methods_of
from crossbook.core import ConfigError, Phase
from crossbook.core.simulation import Simulation
from tests.unit.agents.small_market import ENDED, SECOND, connect, foreign, native, run, spec

ORDER_MADE_S = 3
QUOTER = {"interval_ns": 1e9, "levels": 3, "spacing": 0.2, "share": 0.0, "least_lots": 50, "random": False}
MAKER = native("maker", "adaptive_maker", 1, **QUOTER)
FLOW = native("flow", "noise", 5, interval_ns=5e8, size={"kind": "uniform", "low": 1, "high": 9})


class Hears(Trader):
    """Writes down every call."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, Any]] = []

    def on_start(self, ctx: Context) -> None:
        assert type(ctx) is Context
        self.heard.append(("start", ctx.now, None))
        ctx.timer("order", ORDER_MADE_S * SECOND)

    def on_timer(self, ctx: Context, name: str) -> None:
        self.heard.append(("timer", ctx.now, name))
        assert ctx.buy(1) > 0

    def on_book(self, ctx: Context, book: Book) -> None:
        assert (book.symbol, book.time_ns) == ("A", ctx.now)
        self.heard.append(("book", ctx.now, (book.bid, book.bid_quantity, book.ask, book.ask_quantity)))

    def on_trade(self, ctx: Context, trade: Trade) -> None:
        assert (trade.symbol, trade.time_ns) == ("A", ctx.now)
        self.heard.append(("trade", ctx.now, (trade.price, trade.quantity, trade.side)))

    def on_fill(self, ctx: Context, fill: Fill) -> None:
        self.heard.append(("fill", ctx.now, (fill.order, fill.side, fill.quantity, fill.left, fill.maker)))
        assert ctx.position == fill.quantity == 1

    def on_order(self, ctx: Context, update: OrderUpdate) -> None:
        self.heard.append(("order", ctx.now, (update.order, update.status, update.left)))

    def on_news(self, ctx: Context, symbol: str, text: str) -> None:
        self.heard.append(("news", ctx.now, (symbol, text)))

    def on_phase(self, ctx: Context, symbol: str, phase: int) -> None:
        self.heard.append(("phase", ctx.now, (symbol, Phase(phase))))

    def of(self, kind: str) -> list[tuple[int, Any]]:
        return [(time, what) for heard, time, what in self.heard if heard == kind]


NEWS = [{"time_ns": 7 * SECOND, "symbol": 0, "jump": 5.0, "text": "A finds oil"}]


def test_every_hook_is_called_with_what_happened() -> None:
    trader = Hears()

    simulation = run(spec([foreign("mine", Hears), MAKER, FLOW], news=NEWS), [trader])

    events, quotes = simulation.take_events(0), simulation.take_quotes()
    trades = events[events["kind"] == 12]
    assert trader.of("start") == [(0, None)]
    assert trader.of("timer") == [(ORDER_MADE_S * SECOND, "order")]
    assert [what for _, what in trader.of("trade")] == [
        (row["price"], row["quantity"], 1 - 2 * int(row["side"])) for row in trades
    ]
    assert len(trader.of("book")) > 10
    shown = {
        (row["time_ns"], (
            row["bid"] if row["bid_quantity"] else None, row["bid_quantity"],
            row["ask"] if row["ask_quantity"] else None, row["ask_quantity"],
        ))
        for row in quotes
    }  # fmt: skip
    assert set(trader.of("book")) <= shown
    (_, (order, *fill)), *_ = trader.of("fill")
    assert fill == [1, 1, 0, False]
    assert trader.of("order") == [(ORDER_MADE_S * SECOND, (order, "accepted", 1))]
    assert trader.of("news") == [(7 * SECOND, ("A", "A finds oil"))]
    assert trader.of("phase") == [
        (0, ("A", Phase.HALT)),
        (0, ("A", Phase.CONTINUOUS)),
        (100 * SECOND, ("A", Phase.CLOSE)),
    ]


@pytest.mark.parametrize(
    "hook", ["on_timer", "on_book", "on_trade", "on_fill", "on_order", "on_news", "on_phase"]
)
def test_a_trader_is_called_only_for_what_its_class_defines(hook: str) -> None:
    calls = []

    def answer(self: Trader, ctx: Context, *given: Any) -> None:
        calls.append(given)

    def start(self: Trader, ctx: Context) -> None:
        ctx.timer("order", SECOND)
        ctx.timer("order", 2 * SECOND)
        ctx.buy(1, 9_999)

    kind = type("Kind", (Trader,), {hook: answer, "on_start": start})
    simulation = Simulation(spec([foreign("mine", kind), MAKER, FLOW], news=NEWS))
    trader = kind()
    assert set(methods_of(trader)) == {"on_start", hook}
    connect(simulation, 0, trader)
    assert simulation.advance() == ENDED

    assert calls
    assert {len(given) for given in calls} == {2 if hook in {"on_news", "on_phase"} else 1}


def test_interests_are_what_the_class_and_those_above_it_define() -> None:
    class Above(Trader):
        uses_depth: ClassVar[bool] = True

        def on_book(self, ctx: Context, book: Book) -> None: ...

    class Below(Above):
        follows_orders: ClassVar[bool] = False

        def on_news(self, ctx: Context, symbol: str, text: str) -> None: ...

    fills, orders, book, news, depth, tokens = 1, 2, 4, 16, 64, 128
    assert interests_of(Trader) == fills | orders | tokens
    assert interests_of(Above) == fills | orders | tokens | book | depth
    assert interests_of(Below) == fills | tokens | book | depth | news


def test_a_trader_that_does_not_follow_orders_may_still_hear_of_them() -> None:
    class Listens(Trader):
        follows_orders: ClassVar[bool] = False

        def __init__(self) -> None:
            self.heard: list[str] = []

        def on_start(self, ctx: Context) -> None:
            ctx.buy(1, 9_000)
            assert ctx.open_orders == []

        def on_order(self, ctx: Context, update: OrderUpdate) -> None:
            assert ctx.open_orders == []
            self.heard.append(update.status)

    trader = Listens()
    run(spec([foreign("mine", Listens)]), [trader])
    assert trader.heard[0] in {"accepted", "refused"}


class Nameless(Trader):
    names_orders: ClassVar[bool] = False

    def __init__(self) -> None:
        self.positions: list[int] = []

    def on_start(self, ctx: Context) -> None:
        ctx.timer("buy", SECOND + 1)
        ctx.timer("look", 3 * SECOND // 2)

    def on_timer(self, ctx: Context, name: str) -> None:
        if name == "buy":
            assert ctx.buy(3) == 0
            assert ctx.buy(2, 9_000) == 0
        assert ctx.open_orders == []
        self.positions.append(ctx.position)


def test_orders_without_names_have_no_name_in_the_events_and_are_not_told() -> None:
    trader = Nameless()
    simulation = run(spec([foreign("mine", Nameless), MAKER]), [trader])

    events = simulation.take_events(0)
    mine = events[(events["kind"] == 11) & (events["account"] == 1)]
    assert set(mine["counter_id"]) <= {0}
    assert trader.positions == [0, 3]


@pytest.mark.parametrize("hooks", [("on_fill",), ("on_order",), ("on_fill", "on_order")])
def test_a_trader_without_names_for_its_orders_cannot_ask_to_hear_of_them(hooks: tuple[str, ...]) -> None:
    kind = type("Deaf", (Nameless,), {hook: lambda *_: None for hook in hooks})

    with pytest.raises(ConfigError, match=f"Deaf: {' and '.join(hooks)} would never be called"):
        interests_of(kind)


def test_two_traders_in_one_simulation_each_have_their_own() -> None:
    class Two(Trader):
        def __init__(self, side: int) -> None:
            self.side = side
            self.drawn = 0.0

        def on_start(self, ctx: Context) -> None:
            self.drawn = ctx.rng.uniform()
            ctx.timer("go", SECOND)

        def on_timer(self, ctx: Context, name: str) -> None:
            (ctx.buy if self.side == 1 else ctx.sell)(5, 10_000)

        def on_fill(self, ctx: Context, fill: Fill) -> None:
            assert ctx.position == self.side * 5
            assert fill.maker == (self.side == 1)

    simulation = Simulation(spec([foreign("pair", Two, 2)]))
    traders = [Two(1), Two(-1)]
    contexts = [connect(simulation, place, trader) for place, trader in enumerate(traders)]
    assert simulation.advance() == ENDED

    assert [ctx.name for ctx in contexts] == ["pair-1", "pair-2"]
    assert [ctx.position for ctx in contexts] == [5, -5]
    assert [ctx.cash - 1_000_000_000 for ctx in contexts] == [-50_000, 50_000]
    assert traders[0].drawn != traders[1].drawn


def test_a_trader_of_several_markets_names_the_one_it_means() -> None:
    class Wide(Trader):
        def __init__(self) -> None:
            self.books: set[str] = set()
            self.fills: list[tuple[str, int]] = []

        def on_start(self, ctx: Context) -> None:
            assert (ctx.symbol, ctx.symbols) == ("A", ("A", "B", "C"))
            ctx.timer("go", SECOND)

        def on_timer(self, ctx: Context, name: str) -> None:
            for symbol in ctx.symbols:
                ctx.sell(4, 10_000, symbol=symbol)
            resting = ctx.buy(1, 9_990, symbol="C")
            ctx.buy(1, 9_991)
            assert [row[:2] for row in ctx.open_orders][-2:] == [(resting, "C"), (resting + 1, "A")]
            ctx.cancel(resting)

        def on_book(self, ctx: Context, book: Book) -> None:
            self.books.add(book.symbol)

        def on_fill(self, ctx: Context, fill: Fill) -> None:
            self.fills.append((fill.symbol, fill.side * fill.quantity))

    simulation = Simulation(
        spec([foreign("wide", Wide, markets=[0, 1, 2]), foreign("taker", TakerOfB, markets=[1])], markets=3)
    )
    wide = Wide()
    ctx = connect(simulation, 0, wide)
    connect(simulation, 1, TakerOfB())
    assert simulation.advance() == ENDED

    assert wide.books == {"A", "B", "C"}
    assert wide.fills == [("B", -3)]
    assert ctx.positions == {"A": 0, "B": -3, "C": 0}
    assert ctx.position == 0
    assert ctx.last() is None
    assert (ctx.last("B"), ctx.volume("B")) == (10_000, 3)
    assert [row[1:] for row in ctx.open_orders] == [
        ("A", -1, 10_000, 4),
        ("B", -1, 10_000, 1),
        ("C", -1, 10_000, 4),
        ("A", 1, 9_991, 1),
    ]


class TakerOfB(Trader):
    def on_start(self, ctx: Context) -> None:
        ctx.timer("go", 2 * SECOND)

    def on_timer(self, ctx: Context, name: str) -> None:
        assert (ctx.symbol, ctx.symbols) == ("B", ("B",))
        assert ctx.book().ask == ctx.book("B").ask == 10_000
        ctx.buy(3)
