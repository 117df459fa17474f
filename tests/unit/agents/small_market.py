"""A small market for the tests of traders, and the ways to run it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from crossbook.agents import Trader, interests_of, methods_of
from crossbook.core.simulation import Context, Simulation

SECOND = 1_000_000_000
REACHED, PAUSED, ENDED = 0, 1, 2

Group: TypeAlias = dict[str, Any]


def native(name: str, kind: str, count: int = 1, **parameters: Any) -> Group:
    """Return a group of native agents."""
    agent = {"kind": kind, **parameters}
    return {"name": name, "count": count, "markets": [0], "cash": 1_000_000_000, "agent": agent}


def foreign(name: str, trader: type[Trader], count: int = 1, **given: Any) -> Group:
    """Return a group of traders of a class; what is given takes the place of the group's own."""
    agent = {"kind": "foreign", "interests": interests_of(trader)}
    return {"name": name, "count": count, "markets": [0], "cash": 1_000_000_000, "agent": agent, **given}


def spec(
    groups: Sequence[Group],
    *,
    seed: int = 1,
    seconds: int = 100,
    fundamental: Mapping[str, Any] | None = None,
    markets: int = 1,
    **given: Any,
) -> str:
    """Return the specification of markets at 10,000 ticks that trade from time zero; the first is called `A`."""
    path = fundamental or {"kind": "constant", "value": 10_000.0}
    names = "ABCDEFGH"[:markets]
    session = {"open_ns": 0, "close_ns": seconds * SECOND}
    listed = [
        {"symbol": place, "initial_price": 10_000, "max_price": 1_000_000, "session": session}
        for place in range(markets)
    ]
    return json.dumps(
        {
            "seed": seed,
            "start_ns": 0,
            "end_ns": seconds * SECOND,
            "symbols": [{"symbol": name, "fundamental": path} for name in names],
            "venues": [{"name": "V", "model": "game", "markets": listed}],
            "groups": list(groups),
            "record": {"orders": True, "quotes": True},
            **given,
        }
    )


def connect(simulation: Simulation, agent: int, trader: Trader, like: Context | None = None) -> Context:
    """Make a trader the mind of an agent."""
    return simulation.connect(
        agent, methods_of(trader), follows_orders=type(trader).follows_orders, like=like
    )


def run(text: str, traders: Sequence[Trader] = ()) -> Simulation:
    """Run a simulation to its end, with traders for its first foreign agents."""
    simulation = Simulation(text)
    places = [
        first + member
        for _, kind, first, count, _ in simulation.groups()
        if kind == "foreign"
        for member in range(count)
    ]
    for agent, trader in zip(places, traders, strict=True):
        connect(simulation, agent, trader)
    assert simulation.advance() == ENDED
    return simulation


def assert_sound(simulation: Simulation) -> None:
    """Fail unless everything adds up that must."""
    broken = [row for row in simulation.audit() if not row[1]]
    assert not broken
