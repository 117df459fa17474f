"""What the parts of the benchmark that simulate share: specifications, traders in Python, and repeated runs.

Source of the twin of RMSC04: the configuration of ABIDES (Byrd, Hybinette and Balch 2020, arXiv:1904.12066), with the
parameters of its reference run: 2 adaptive makers, 102 value, 12 momentum and 1,000 noise traders.
"""

import gc
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from crossbook.agents.trader import Trader, interests_of, methods_of
from crossbook.core import EventKind
from crossbook.core.simulation import Simulation

HOUR_NS: Final = 3_600 * 10**9
SECOND_NS: Final = 10**9
Spec = dict[str, Any]

LINE: Final[Spec] = {"line_metres": 3_866_660.0, "compute_ns": 50}
"""Agents uniform on a line, messages at light speed, 50 ns to think."""
SIZE: Final[Spec] = {
    "kind": "mixture",
    "parts": [
        {"weight": 0.2, "size": {"kind": "lognormal", "mean": 2.9, "deviation": 1.2}},
        {"weight": 0.7, "size": {"kind": "normal", "mean": 100.0, "deviation": 0.15}},
        *(
            {"weight": 0.1 / 9, "size": {"kind": "normal", "mean": 100.0 * lots, "deviation": 0.15}}
            for lots in range(2, 11)
        ),
    ],
}
"""Order sizes of ABIDES: lognormal, about a hundred, and round lots of 200 to 1,000."""
RMSC04_AGENTS: Final[dict[str, tuple[int, Spec]]] = {
    "maker": (
        2,
        {
            "kind": "adaptive_maker",
            "interval_ns": 60e9,
            "levels": 10,
            "spacing": 0.5,
            "share": 0.025,
            "least_lots": 20,
            "cancel_delay_ns": 50,
        },
    ),
    "value": (
        102,
        {
            "kind": "value",
            "interval_ns": 1 / 5.7e-12,
            "mean": 100_000.0,
            "kappa": 1.67e-15,
            "noise_variance": 1_000.0,
            "drift_variance": 2.5e-9,
            "size": SIZE,
        },
    ),
    "momentum": (
        12,
        {"kind": "momentum", "interval_ns": 37e9, "size": {"kind": "uniform", "low": 1, "high": 10}},
    ),
    "noise": (1_000, {"kind": "noise", "from_ns": 9 * HOUR_NS, "to_ns": 16 * HOUR_NS, "size": SIZE}),
}
"""Groups of RMSC04: how many, and their kind with its parameters."""


def group(name: str, count: int, agent: Spec, latency: Spec | None = None) -> Spec:
    """Return a group of agents in the first market."""
    return {
        "name": name,
        "count": count,
        "markets": [0],
        "cash": 10_000_000,
        "latency": latency or {},
        "agent": agent,
    }


def foreign(name: str, count: int, kind: type[Trader], latency: Spec | None = None) -> Spec:
    """Return a group of agents that a class of traders will be the minds of."""
    return group(name, count, {"kind": "foreign", "interests": interests_of(kind)}, latency)


def market(groups: Sequence[Spec], seconds: float, *, seed: int = 1, recorded: bool = False) -> Spec:
    """Return one market at 10,000 ticks, which trades from time zero on and whose fundamental stands still."""
    end = int(seconds * SECOND_NS)
    session = {"open_ns": 0, "close_ns": end}
    return {
        "seed": seed,
        "start_ns": 0,
        "end_ns": end,
        "symbols": [{"symbol": "A", "fundamental": {"kind": "constant", "value": 10_000.0}}],
        "venues": [
            {
                "name": "V",
                "model": "game",
                "markets": [
                    {"symbol": 0, "initial_price": 10_000, "max_price": 1_000_000, "session": session}
                ],
            }
        ],
        "groups": list(groups),
        "record": {"orders": recorded, "quotes": recorded},
    }


def rmsc04(groups: Sequence[Spec] | None = None, *, seed: int = 1, recorded: bool = True) -> Spec:
    """Return a day of RMSC04's twin from 09:00 to 16:00, open from 09:30, with native agents or with these groups."""
    native = [group(name, count, agent, LINE) for name, (count, agent) in RMSC04_AGENTS.items()]
    fundamental = {
        "kind": "mean_reverting",
        "mean": 100_000.0,
        "kappa": 1.67e-16,
        "volatility": 5e-5,
        "shock_rate": 2.77778e-18,
        "shock_mean": 1_000,
        "shock_variance": 50_000,
    }
    return {
        "seed": seed,
        "start_ns": 9 * HOUR_NS,
        "end_ns": 16 * HOUR_NS,
        "symbols": [{"symbol": "ABM", "fundamental": fundamental}],
        "venues": [
            {
                "name": "X",
                "model": "game",
                "markets": [
                    {
                        "symbol": 0,
                        "initial_price": 100_000,
                        "max_price": 10_000_000,
                        "session": {"open_ns": 9 * HOUR_NS + HOUR_NS // 2, "close_ns": 16 * HOUR_NS},
                    }
                ],
            }
        ],
        "groups": list(groups or native),
        "record": {"orders": recorded, "quotes": recorded},
    }


@dataclass(frozen=True, slots=True)
class Ran:
    """One finished simulation."""

    seconds: float
    """To make it, run it, and take away what was recorded."""
    running_seconds: float
    """Of these, the run alone."""
    steps: int
    """What was taken from the queue: timers, requests, notes, and calls for the book."""
    calls: int
    """Calls to agents."""
    commands: int
    """What the venue was given: orders, cancels, and what opens it."""
    rows: int
    """Recorded rows."""
    orders: int
    """Orders that the venue took; zero where nothing was recorded."""
    cancels: int
    """Orders that their owners cancelled; zero where nothing was recorded."""
    hashes: tuple[tuple[str, int, int], ...]
    """Of each venue: its name, its state's hash and its events'."""
    median_seconds: float = 0.0
    """The median of the runs that this one was the quickest of."""


def run(
    spec: Spec,
    traders: Callable[[], Sequence[Trader]] = tuple,
    attach: Callable[[Simulation], None] | None = None,
) -> Ran:
    """Run a simulation to its end.

    Args:
        spec: What is simulated.
        traders: Makes the minds of its foreign agents in their order.
        attach: Attaches recorded markets before the run.
    """
    text = json.dumps(spec)
    gc.collect()
    begin = time.perf_counter()
    simulation = Simulation(text)
    agents = [
        first + member
        for _, kind, first, count, _ in simulation.groups()
        if kind == "foreign"
        for member in range(count)
    ]
    for agent, trader in zip(agents, traders(), strict=True):
        simulation.connect(agent, methods_of(trader), follows_orders=trader.follows_orders)
    if attach is not None:
        attach(simulation)
    made = time.perf_counter()
    simulation.advance()
    ran = time.perf_counter()
    events, quotes = simulation.take_events(0), simulation.take_quotes()
    end = time.perf_counter()
    steps, calls = simulation.counts()
    kinds = events["kind"]
    return Ran(
        seconds=end - begin,
        running_seconds=ran - made,
        steps=steps,
        calls=calls,
        commands=simulation.volumes()[0][0],
        rows=len(events) + len(quotes),
        orders=int((kinds == EventKind.ACCEPTED).sum()),
        cancels=int((kinds == EventKind.CANCELLED).sum()),
        hashes=tuple(simulation.hashes()),
    )


def best(*runs: Callable[[], Ran], repeats: int = 5) -> list[Ran]:
    """Let several take turns; return the quickest run of each."""
    return quickest([[each() for each in runs] for _ in range(repeats)])


def quickest(turns: Sequence[Sequence[Ran]]) -> list[Ran]:
    """Return the quickest run of each of several that took turns, with the median of all its runs beside it."""
    found = []
    for runs in zip(*turns, strict=True):
        median = statistics.median(one.seconds for one in runs)
        found.append(replace(min(runs, key=lambda one: one.seconds), median_seconds=median))
    return found
