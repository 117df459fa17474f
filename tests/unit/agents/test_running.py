"""Simulations with traders: failures, interrupts, forks, and calls from where none are expected."""

import copy
import json
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from crossbook.agents import Book, Context, Fill, OrderUpdate, Trader
from crossbook.core import UsageError
from crossbook.core.simulation import Simulation
from tests.unit.agents.small_market import (
    ENDED,
    PAUSED,
    REACHED,
    SECOND,
    assert_sound,
    connect,
    foreign,
    native,
    spec,
)

MAKER = native("maker", "adaptive_maker", 1, interval_ns=1e9, levels=3, spacing=0.2, share=0.0, least_lots=50)
FLOW = native("flow", "noise", 5, interval_ns=5e8, size={"kind": "uniform", "low": 1, "high": 9})
MARKET = [MAKER, FLOW]
LINE = {"line_metres": 3_866_660.0, "compute_ns": 50_000}


class Busy(Trader):
    """Draws, places, changes and cancels; remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []

    def on_start(self, ctx: Context) -> None:
        ctx.timer("go", SECOND)

    def on_timer(self, ctx: Context, name: str) -> None:
        ctx.timer("go", ctx.rng.wait(SECOND))
        orders = ctx.open_orders
        self.heard.append((ctx.now, ctx.position, ctx.cash, tuple(orders)))
        if orders and ctx.rng.chance(0.3):
            ctx.cancel(orders[0][0])
        elif orders and ctx.rng.chance(0.3):
            ctx.replace(orders[-1][0], quantity=ctx.rng.integer(1, 9))
        price = ctx.rng.integer(9_990, 10_010)
        (ctx.buy if ctx.rng.chance(0.5) else ctx.sell)(ctx.rng.integer(1, 5), price)

    def on_book(self, ctx: Context, book: Book) -> None:
        self.heard.append((ctx.now, book.bid, book.ask))

    def on_fill(self, ctx: Context, fill: Fill) -> None:
        self.heard.append((ctx.now, fill.order, fill.quantity))

    def on_order(self, ctx: Context, update: OrderUpdate) -> None:
        self.heard.append((ctx.now, update.order, update.status))


@pytest.mark.parametrize("at_s", [0, 1, 7, 42, 99])
@pytest.mark.parametrize("latency", [{}, LINE])
def test_a_fork_goes_on_like_the_simulation_that_it_was_taken_from(
    at_s: int, latency: dict[str, Any]
) -> None:
    text = spec([foreign("mine", Busy, latency=latency), *MARKET], seed=3)
    whole, trader = Simulation(text), Busy()
    ctx = connect(whole, 0, trader)
    assert whole.advance(until_ns=at_s * SECOND) == REACHED

    fork, twin = whole.fork(), copy.deepcopy(trader)
    there = connect(fork, 0, twin, like=ctx)
    assert there.open_orders == ctx.open_orders
    for simulation in (whole, fork):
        assert simulation.advance() == ENDED

    assert trader.heard == twin.heard
    assert len(trader.heard) > 200
    assert (whole.hashes(), whole.counts()) == (fork.hashes(), fork.counts())
    assert whole.profits() == fork.profits()
    assert_sound(fork)


def test_a_fork_with_another_trader_leaves_the_simulation_alone() -> None:
    text = spec([foreign("mine", Busy), *MARKET], seed=3)
    alone, disturbed = Simulation(text), Simulation(text)
    for simulation in (alone, disturbed):
        connect(simulation, 0, Busy())
    disturbed.advance(until_ns=50 * SECOND)
    fork = disturbed.fork()
    connect(fork, 0, Trader())
    assert [simulation.advance() for simulation in (fork, alone, disturbed)] == [ENDED] * 3

    assert alone.hashes() == disturbed.hashes() != fork.hashes()


def test_a_run_in_pieces_is_the_run_at_once() -> None:
    text = spec([foreign("mine", Busy), *MARKET])
    whole, pieces = Simulation(text), Simulation(text)
    for simulation in (whole, pieces):
        connect(simulation, 0, Busy())
    assert whole.advance() == ENDED
    for second in range(0, 50, 7):
        assert pieces.advance(until_ns=second * SECOND) == REACHED
    while (outcome := pieces.advance(steps=3)) == PAUSED:
        pass

    assert outcome == ENDED
    assert whole.hashes() == pieces.hashes()
    assert whole.counts() == pieces.counts()


HOOKS = ["on_start", "on_timer", "on_book", "on_trade", "on_fill", "on_order", "on_news", "on_phase"]


def trader_that(act: Callable[[Context], Any], hook: str) -> Trader:
    """Return a trader that trades, and does something in one of its hooks."""

    def start(_: Trader, ctx: Context) -> None:
        ctx.timer("buy", 5 * SECOND)

    def timer(_: Trader, ctx: Context, name: str) -> None:
        ctx.buy(1)

    def answer(_: Trader, ctx: Context, *given: Any) -> None:
        act(ctx)

    made: Trader = type("Acts", (Trader,), {"on_start": start, "on_timer": timer, hook: answer})()
    return made


NEWS = [{"time_ns": 7 * SECOND, "symbol": 0, "jump": 5.0, "text": "A finds oil"}]


@pytest.mark.parametrize("hook", HOOKS)
def test_an_exception_leaves_the_simulation_at_its_time_and_names_who_raised_it(hook: str) -> None:
    raised_at = []

    def fail(ctx: Context) -> None:
        raised_at.append(ctx.now)
        raise ArithmeticError("the trader's own")

    trader = trader_that(fail, hook)
    simulation = Simulation(spec([*MARKET, foreign("mine", type(trader), 2)], news=NEWS))
    agent = 7
    connect(simulation, agent, trader)
    before = simulation.failed

    with pytest.raises(ArithmeticError, match="the trader's own"):
        simulation.advance()

    assert before is None
    assert simulation.failed == ("mine-2", raised_at[0])
    assert simulation.now == raised_at[0]
    assert_sound(simulation)
    events = simulation.take_events(0)
    assert (events["time_ns"] <= raised_at[0]).all()
    if raised_at[0] > 0:
        assert len(events)
    simulation.take_quotes()
    simulation.take_samples()


def test_what_was_recorded_before_a_failure_is_what_a_sound_run_records() -> None:
    def fail_late(ctx: Context) -> None:
        if ctx.now > 50 * SECOND:
            raise ArithmeticError

    text = spec([*MARKET, foreign("mine", Trader)])
    broken, sound = Simulation(text), Simulation(text)
    connect(broken, 6, ticking(fail_late))
    connect(sound, 6, ticking(lambda _: None))
    with pytest.raises(ArithmeticError):
        broken.advance()
    sound.advance()

    events, all_events = broken.take_events(0), sound.take_events(0)
    assert 0 < len(events) < len(all_events)
    np.testing.assert_array_equal(events, all_events[: len(events)])


def ticking(act: Callable[[Context], Any]) -> Trader:
    """Return a trader that does something each second."""

    class Ticks(Trader):
        def on_start(self, ctx: Context) -> None:
            ctx.timer("tick", SECOND)

        def on_timer(self, ctx: Context, name: str) -> None:
            ctx.timer("tick", SECOND)
            act(ctx)

    return Ticks()


def test_a_simulation_goes_on_after_a_failure_when_it_is_asked_to() -> None:
    failures: list[int] = []

    def fail_once(ctx: Context) -> None:
        if not failures:
            failures.append(ctx.now)
            raise ArithmeticError

    simulation = Simulation(spec([*MARKET, foreign("mine", Trader)]))
    connect(simulation, 6, ticking(fail_once))
    with pytest.raises(ArithmeticError):
        simulation.advance()

    assert simulation.advance() == ENDED
    assert simulation.failed == ("mine", SECOND)
    assert_sound(simulation)


def test_an_interrupt_ends_the_run_and_is_nobodys_failure() -> None:
    def interrupt(ctx: Context) -> None:
        if ctx.now == 3 * SECOND:
            signal.raise_signal(signal.SIGINT)

    simulation = Simulation(spec([*MARKET, foreign("mine", Trader)]))
    connect(simulation, 6, ticking(interrupt))
    with pytest.raises(KeyboardInterrupt):
        simulation.advance()

    assert simulation.failed is None
    assert simulation.now >= 3 * SECOND
    assert simulation.advance() == ENDED
    assert_sound(simulation)


@pytest.fixture
def _interrupt_soon() -> Iterator[None]:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("_interrupt_soon")
def test_an_interrupt_reaches_a_run_of_native_agents() -> None:
    simulation = Simulation(spec([native("flow", "noise", 500, interval_ns=1e8)], seconds=100_000))
    with pytest.raises(KeyboardInterrupt):
        simulation.advance()

    assert simulation.now < 100_000 * SECOND
    assert_sound(simulation)


@pytest.mark.usefixtures("_interrupt_soon")
def test_an_interrupt_reaches_a_run_of_traders_that_answer_to_nothing() -> None:
    # Called for each change of the book, and without a method to answer.
    groups = [native("flow", "noise", 500, interval_ns=1e8), foreign("mine", Busy, 500)]
    simulation = Simulation(spec(groups, seconds=100_000))
    for agent in range(500, 1_000):
        connect(simulation, agent, Trader())
    with pytest.raises(KeyboardInterrupt):
        simulation.advance()

    assert simulation.failed is None
    assert simulation.now < 100_000 * SECOND
    assert_sound(simulation)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_trader_cannot_run_its_simulation_further(hook: str) -> None:
    refusals = []
    holder: list[Simulation] = []

    def advance(_: Context) -> None:
        with pytest.raises(UsageError, match="the simulation is running, and a trader cannot run it further"):
            holder[0].advance()
        refusals.append(1)

    trader = trader_that(advance, hook)
    simulation = Simulation(spec([foreign("mine", type(trader)), *MARKET], news=NEWS))
    holder.append(simulation)
    connect(simulation, 0, trader)

    assert simulation.advance() == ENDED
    assert refusals
    assert simulation.advance() == ENDED


def test_a_trader_may_look_at_its_simulation_while_it_is_called() -> None:
    simulation = Simulation(spec([foreign("mine", Trader), *MARKET]))
    forks: list[Simulation] = []

    def look(ctx: Context) -> None:
        assert simulation.now == ctx.now
        assert simulation.end == 100 * SECOND
        assert simulation.failed is None
        assert all(row[1] for row in simulation.audit())
        assert len(simulation.profits()) == 7
        simulation.take_events(0)
        simulation.hashes()
        if not forks:
            forks.append(simulation.fork())

    connect(simulation, 0, ticking(look))
    assert simulation.advance() == ENDED
    assert forks[0].now == SECOND
    assert forks[0].advance() == ENDED


def test_a_trader_may_change_places_with_another_while_it_is_called() -> None:
    called = []
    simulation = Simulation(spec([foreign("mine", Trader), *MARKET]))

    def leave(_: Context) -> None:
        called.append("first")
        connect(simulation, 0, ticking(lambda _: called.append("second")))

    connect(simulation, 0, ticking(leave))
    assert simulation.advance() == ENDED
    assert called[:2] == ["first", "second"]
    assert called.count("first") == 1


def test_another_thread_is_told_to_wait_rather_than_left_hanging() -> None:
    said: list[str] = []

    def ask(_: Context) -> None:
        thread = threading.Thread(target=advance)
        thread.start()
        thread.join(timeout=60)
        assert not thread.is_alive()

    def advance() -> None:
        try:
            simulation.advance()
        except UsageError as refusal:
            said.append(str(refusal))

    simulation = Simulation(spec([foreign("mine", Trader)], seconds=2))
    connect(simulation, 0, ticking(ask))
    assert simulation.advance() == ENDED
    assert said == ["the simulation is running, and a trader cannot run it further"] * 2


def test_an_agent_that_nobody_is_connected_to_does_nothing() -> None:
    text = spec([*MARKET, foreign("mine", Busy)])
    empty = Simulation(text)
    assert empty.advance() == ENDED
    without = json.loads(text)
    del without["groups"][-1]
    alone = Simulation(json.dumps(without))
    assert alone.advance() == ENDED

    trades = [simulation.take_events(0) for simulation in (empty, alone)]
    prices = [events[events["kind"] == 12]["price"] for events in trades]
    np.testing.assert_array_equal(*prices)


def test_no_trader_can_be_connected_to_an_agent_that_is_not_there() -> None:
    simulation = Simulation(spec([foreign("mine", Trader)]))

    with pytest.raises(UsageError, match="there is no agent 1"):
        connect(simulation, 1, Trader())
