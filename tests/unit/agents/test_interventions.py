"""What is done to a simulation that runs, from Python: wholly or not at all, and never from inside it."""

import json
from typing import Any

import pytest

from crossbook.agents import Context, Trade, Trader
from crossbook.core import UsageError
from crossbook.core.simulation import Simulation
from tests.unit.agents.small_market import (
    ENDED,
    REACHED,
    SECOND,
    assert_sound,
    connect,
    foreign,
    native,
    spec,
)

MAKER = native("maker", "adaptive_maker", 1, interval_ns=1e9, levels=3, spacing=0.2, share=0.0, least_lots=50)
FLOW = native("flow", "taker", 5, interval_ns=5e8)


class Guest(Trader):
    """Buys a lot each second, and remembers when it was called and what it heard."""

    def __init__(self) -> None:
        self.started: int | None = None
        self.trades = 0
        self.called_at: list[int] = []

    def on_start(self, ctx: Context) -> None:
        self.started = ctx.now
        ctx.timer("go", SECOND)

    def on_timer(self, ctx: Context, name: str) -> None:
        self.called_at.append(ctx.now)
        ctx.buy(1)
        ctx.timer("go", SECOND)

    def on_trade(self, ctx: Context, trade: Trade) -> None:
        self.trades += 1


def done(simulation: Simulation, **what: Any) -> int:
    return simulation.intervene(json.dumps(what))


def test_a_trader_comes_in_trades_and_leaves() -> None:
    simulation = Simulation(spec([MAKER, FLOW]))
    assert simulation.advance(30 * SECOND) == REACHED
    agent = done(simulation, kind="enter", group=foreign("guest", Guest))
    assert agent == 6
    guest = Guest()
    context = connect(simulation, agent, guest)
    assert simulation.advance(60 * SECOND) == REACHED
    assert guest.started == 30 * SECOND
    assert guest.called_at[-1] == 60 * SECOND
    assert context.position == 30
    assert guest.trades > 30

    done(simulation, kind="leave", group="guest")
    assert simulation.advance() == ENDED
    assert guest.called_at[-1] == 60 * SECOND
    assert_sound(simulation)
    assert len(simulation.profits()) == 7
    assert sum(simulation.profits()) == 0
    assert [group[0] for group in simulation.groups()] == ["maker", "flow", "guest"]


def test_a_trader_that_runs_changes_nothing() -> None:
    told: list[str] = []

    class Meddler(Trader):
        def on_start(self, ctx: Context) -> None:
            with pytest.raises(UsageError) as refused:
                done(simulation, kind="leave", group="maker")
            told.append(str(refused.value))

    simulation = Simulation(spec([MAKER, FLOW, foreign("meddler", Meddler)]))
    connect(simulation, 6, Meddler())
    assert simulation.advance() == ENDED
    assert told == ["the simulation is running, and a trader cannot change it"]


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("", "intervention: EOF"),
        ("null", "intervention: "),
        ('{"kind": "leave"}', "missing field `group`"),
        ('{"kind": "leave", "group": "nobody"}', "groups.nobody: there is no such group"),
        (
            '{"kind": "tune", "group": "maker", "agent": {"kind": "taker", "interval_ns": 1.0}}',
            "stays what it is",
        ),
        (
            '{"kind": "news", "symbol": 3, "jump": 1.0, "text": "x"}',
            "news: is about a symbol that there is not",
        ),
        ('{"kind": "news", "symbol": 0, "jump": 1e999, "text": "x"}', "intervention: number out of range"),
    ],
)
def test_what_cannot_be_done_is_told(what: str, why: str) -> None:
    simulation = Simulation(spec([MAKER, FLOW]))
    simulation.advance(30 * SECOND)
    before = simulation.hashes()
    with pytest.raises(UsageError, match=why.replace("(", r"\(")):
        simulation.intervene(what)
    assert simulation.hashes() == before


def test_who_lives_in_python_is_changed_there() -> None:
    simulation = Simulation(spec([MAKER, FLOW, foreign("guest", Guest)]))
    connect(simulation, 6, Guest())
    with pytest.raises(UsageError, match="lives outside the kernel"):
        done(simulation, kind="tune", group="guest", agent={"kind": "foreign", "interests": 0})


def test_agents_go_by_new_parameters() -> None:
    simulation = Simulation(spec([MAKER, FLOW]))
    simulation.advance(50 * SECOND)
    _, before = simulation.counts()
    done(simulation, kind="tune", group="flow", agent={"kind": "taker", "interval_ns": 5e7})
    simulation.advance()
    _, after = simulation.counts()
    assert after - before > 5 * before
