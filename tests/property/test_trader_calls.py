"""No sequence of calls of a trader breaks the kernel: what adds up goes on adding up."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossbook.agents import Book, Context, Fill, OrderUpdate, Trader
from crossbook.core import CoreFault, TimeInForce, UsageError
from crossbook.core.simulation import Simulation
from tests.unit.agents.small_market import ENDED, SECOND, connect, foreign, native, spec

prices = st.one_of(
    st.none(), st.integers(9_980, 10_020), st.sampled_from([0, 1, -1, 1_000_000, 1_000_001, 2**62, -(2**63)])
)
quantities = st.one_of(st.integers(0, 40), st.sampled_from([10**9, 2**40, 2**63, 2**64 - 1]))
orders = st.one_of(st.integers(1, 60), st.sampled_from([0, 2**32 - 1]))
symbols = st.sampled_from([None, "A", "B", "C"])
times = st.one_of(st.integers(0, 5 * SECOND), st.sampled_from([2**62, 2**63 - 1]))
placing = st.fixed_dictionaries(
    {"quantity": quantities, "price": prices, "symbol": symbols},
    optional={
        "time_in_force": st.sampled_from([*map(int, TimeInForce), 77]),
        "stop_price": prices.filter(lambda price: price is not None),
        "display": quantities,
        "expiry_ns": times,
        "post_only": st.booleans(),
        "reduce_only": st.booleans(),
    },
)
calls = st.one_of(
    st.tuples(st.sampled_from(["buy", "sell"]), placing),
    st.tuples(st.just("cancel"), st.fixed_dictionaries({"order": orders})),
    st.tuples(
        st.just("replace"),
        st.fixed_dictionaries(
            {"order": orders}, optional={"price": prices.filter(lambda p: p is not None), "quantity": quantities}
        ),
    ),
    st.tuples(st.just("cancel_all"), st.fixed_dictionaries({"symbol": symbols})),
    st.tuples(st.just("timer"), st.fixed_dictionaries({"name": st.text(max_size=3), "after_ns": times})),
    st.tuples(st.just("timer"), st.fixed_dictionaries({"name": st.text(max_size=3), "at_ns": times})),
    st.tuples(
        st.just("fit_price"),
        st.fixed_dictionaries({"side": st.integers(-2, 2), "price": st.floats(), "symbol": symbols}),
    ),
    st.tuples(st.sampled_from(["book", "last", "volume", "fundamental", "hours", "steps"]),
              st.fixed_dictionaries({"symbol": symbols})),
)  # fmt: skip
draws = st.tuples(
    st.sampled_from(["normal", "lognormal", "pareto", "integer", "chance", "exponential", "wait"]),
    st.floats(),
    st.floats(),
)


class Plays(Trader):
    """Makes the given calls, a few at each step, and looks at everything that there is."""

    def __init__(self, steps: list[list[tuple[str, dict[str, Any]]]]) -> None:
        self.steps = steps

    def on_start(self, ctx: Context) -> None:
        for second in range(len(self.steps)):
            ctx.timer("step", at_ns=second * SECOND // 2)

    def on_timer(self, ctx: Context, name: str) -> None:
        if name != "step" or not self.steps:
            return
        for call, arguments in self.steps.pop(0):
            try:
                getattr(ctx, call)(**arguments)
            except UsageError:
                continue
        self.look(ctx)

    def look(self, ctx: Context) -> None:
        assert set(ctx.positions) == set(ctx.symbols)
        assert math.isfinite(ctx.cash + ctx.equity)
        for order, symbol, side, _, left in ctx.open_orders:
            assert order > 0
            assert symbol in ctx.symbols
            assert side in {1, -1}
            assert left >= 0

    def on_fill(self, ctx: Context, fill: Fill) -> None:
        assert fill.quantity > 0
        assert fill.order > 0

    def on_order(self, ctx: Context, update: OrderUpdate) -> None:
        assert update.status in {"accepted", "replaced", "ended", "refused"}

    def on_book(self, ctx: Context, book: Book) -> None:
        assert book.spread is None or book.spread > 0


scripts = st.lists(st.lists(calls, max_size=6), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    script=scripts, model=st.sampled_from(["game", "margin", "cash"]), compute_ns=st.sampled_from([0, 1_000])
)
def test_no_calls_of_a_trader_break_the_kernel(
    script: list[list[tuple[str, dict[str, Any]]]], model: str, compute_ns: int
) -> None:
    session = {"open_ns": 0, "close_ns": 8 * SECOND}
    listed = [
        {"symbol": place, "initial_price": 10_000, "max_price": 1_000_000, "session": session}
        for place in (0, 1)
    ]
    lots = 100 if model == "cash" else 0
    maker = native(
        "maker", "adaptive_maker", 1, interval_ns=1e9, levels=3, spacing=0.2, share=0.0, least_lots=20
    )
    mine = foreign("mine", Plays, markets=[0, 1], latency={"compute_ns": compute_ns}, lots=lots)
    text = spec([mine, maker | {"lots": lots}], seconds=10, markets=2,
                venues=[{"name": "V", "model": model, "markets": listed}])  # fmt: skip
    simulation = Simulation(text)
    connect(simulation, 0, Plays(script))

    assert simulation.advance() == ENDED

    assert [row for row in simulation.audit() if not row[1]] == []


@given(draw=draws)
def test_no_numbers_break_a_stream(draw: tuple[str, float, float]) -> None:
    call, one, other = draw
    simulation = Simulation(spec([foreign("mine", Trader)]))
    rng = connect(simulation, 0, Trader()).rng
    taken = {"chance": 1, "exponential": 1, "wait": 1}.get(call, 2)
    try:
        drawn = getattr(rng, call)(*(one, other)[:taken])
    except UsageError:
        return
    except CoreFault as fault:
        pytest.fail(str(fault))
    assert isinstance(drawn, int | float)
    assert simulation.advance() == ENDED
