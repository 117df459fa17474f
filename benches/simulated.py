"""What the parts of the benchmark that simulate share: specifications, traders in Python, and repeated runs.

The reference markets of rivals are the run files that ship, `configs/rmsc04.yaml` and `configs/ci2002.yaml`.
"""

import gc
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from crossbook.agents.trader import Trader, interests_of, methods_of
from crossbook.core import EventKind
from crossbook.core.simulation import Simulation
from crossbook.lab.config import RunFile, specify
from crossbook.settings import load

SECOND_NS: Final = 10**9
CONFIGS: Final = Path(__file__).resolve().parents[1] / "configs"
Spec = dict[str, Any]


@cache
def _shipped(name: str) -> str:
    """Return the specification of a run file that ships."""
    path = CONFIGS / f"{name}.yaml"
    return specify(load(path, RunFile).settings, path.parent).text(seed=1)


def shipped(name: str, *, seed: int = 1, recorded: bool) -> Spec:
    """Return the specification of a run file that ships, with orders and quotes recorded or nothing."""
    spec: Spec = json.loads(_shipped(name))
    return {**spec, "seed": seed, "record": {"orders": recorded, "quotes": recorded}}


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
    turns: list[list[Ran]] = []
    for _ in range(repeats):
        turns.append([])
        for each in runs:
            gc.collect()
            turns[-1].append(each())
    return quickest(turns)


def quickest(turns: Sequence[Sequence[Ran]]) -> list[Ran]:
    """Return the quickest run of each of several that took turns, with the median of all its runs beside it."""
    found = []
    for runs in zip(*turns, strict=True):
        median = statistics.median(one.seconds for one in runs)
        found.append(replace(min(runs, key=lambda one: one.seconds), median_seconds=median))
    return found
