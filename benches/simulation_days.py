"""Days of RMSC04's twin: native agents, the same agents written in Python, many days at once, and what recording costs.

A day is from 09:00 to 16:00 with trading from 09:30. Its time is everything that a user waits for: reading the
specification, drawing the fundamental, the run, and taking the recorded rows as arrays.
"""

import os
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from typing import Final

from rows import Row
from simulated import Ran, Spec, best, group, market, run, shipped

from crossbook.agents import Trader, find, interests_of, make
from crossbook.core import ConfigError

DAY_SECONDS: Final = 7 * 3_600.0
DAYS: Final = 500
DAYS_ALONE: Final = 100
"""Days that one thread runs by itself, for comparison."""
TWINS: Final = {
    "maker": "crossbook.agents.maker:AdaptiveMaker",
    "value": "crossbook.agents.value:Value",
    "momentum": "crossbook.agents.momentum:Momentum",
    "noise": "crossbook.agents.noise:Noise",
}
"""The groups of RMSC04, and the traders in Python that do the same."""


def rmsc04(*, seed: int = 1, recorded: bool = True) -> Spec:
    """Return the day."""
    return shipped("rmsc04", seed=seed, recorded=recorded)


def rows() -> list[Row]:
    """Measure days."""
    return [*native_days(), python_days(), ensemble(), large_run()]


def native_days() -> list[Row]:
    """Measure a day of native agents, recorded and not."""
    kept, bare = best(lambda: run(rmsc04()), lambda: run(rmsc04(recorded=False)), repeats=11)
    return [
        Row(
            name="RMSC04, a day of 1,116 native agents, orders and quotes recorded",
            unit="s",
            figure=kept.seconds,
            target=0.10,
            higher_is_better=False,
            note=f"{headline(kept)}, {kept.rows:,} rows. Not measured here: ABIDES, which the package index has neither "
            "as abides nor as abides-markets, took 20 s at another time on a like machine",
        ),
        Row(
            name="  nothing recorded",
            unit="s",
            figure=bare.seconds,
            baseline=kept.seconds,
            baseline_name="recorded",
            higher_is_better=False,
            note=headline(bare),
        ),
    ]


def python_days() -> Row:
    """Measure the same day with every agent written in Python."""
    name = "RMSC04, all 1,116 agents subclasses of Trader, orders and quotes recorded"
    try:
        kinds = {group_name: find(place) for group_name, place in TWINS.items()}
        minds(kinds)
    except ConfigError as error:
        return Row(name=name, unit="s", target=1.0, higher_is_better=False, note=str(error))
    spec = rmsc04()
    for one in spec["groups"]:
        one["agent"] = {"kind": "foreign", "interests": interests_of(kinds[one["name"]])}
    python, native = best(lambda: run(spec, lambda: minds(kinds)), lambda: run(rmsc04()))
    same = "the same" if python.hashes == native.hashes else "OTHER"
    return Row(
        name=name,
        unit="s",
        figure=python.seconds,
        baseline=native.seconds,
        baseline_name="native",
        target=1.0,
        higher_is_better=False,
        note=f"{headline(python)}, {python.calls:,} calls; {same} events as the native day's",
    )


def minds(kinds: dict[str, type[Trader]]) -> list[Trader]:
    """Make all traders of a day in their order."""
    made = []
    for one in rmsc04()["groups"]:
        parameters = {key: value for key, value in one["agent"].items() if key != "kind"}
        made += [make(kinds[one["name"]], parameters) for _ in range(one["count"])]
    return made


def headline(ran: Ran) -> str:
    """Say what a day's run comes to."""
    speed = f"{DAY_SECONDS / ran.seconds:,.0f} simulated seconds a second"
    orders = f"{accepted_orders() / ran.seconds:,.0f} orders a second"
    return f"{speed}, {orders}, median {ran.median_seconds:.3g} s"


@cache
def accepted_orders() -> int:
    """Count the orders of the day: whatever runs it, they are the same."""
    return run(rmsc04()).orders


def one_day(seed: int) -> float:
    """Run a day, recorded; return its seconds."""
    return run(rmsc04(seed=seed)).seconds


def ensemble() -> Row:
    """Measure many days on all cores, by threads and by processes: the quicker way counts."""
    cores = os.cpu_count() or 1
    begin = time.perf_counter()
    for seed in range(DAYS_ALONE):
        one_day(seed)
    alone = (time.perf_counter() - begin) / DAYS_ALONE
    threads, processor = days_by(ThreadPoolExecutor(cores))
    processes, _ = days_by(ProcessPoolExecutor(cores))
    return Row(
        name=f"RMSC04, {DAYS} days with {DAYS} seeds, recorded, on {cores} cores",
        unit="s",
        figure=min(threads, processes),
        target=30.0,
        higher_is_better=False,
        note=f"threads {threads:.1f} s, processes {processes:.1f} s; the threads were given {processor:.1f} s of "
        f"processor time; {1e3 * alone:.1f} ms a day by one thread alone",
    )


def days_by(pool: Executor) -> tuple[float, float]:
    """Run all days; return the seconds they took, and the processor time that this process was given meanwhile."""
    begin, busy = time.perf_counter(), time.process_time()
    with pool:
        list(pool.map(one_day, range(DAYS)))
    return time.perf_counter() - begin, time.process_time() - busy


def large_run() -> Row:
    """Measure a run of a million orders, recorded and not."""
    agent = {
        "kind": "noise",
        "interval_ns": 1e9,
        "aggressive": 0.5,
        "distance_ticks": 3.0,
        "life_ns": 10e9,
    }
    crowd = [group("noise", 1_000, agent)]

    def spec(*, recorded: bool) -> Ran:
        return run(market(crowd, 1_000, recorded=recorded))

    kept, bare = best(lambda: spec(recorded=True), lambda: spec(recorded=False), repeats=3)
    return Row(
        name="a million orders of 1,000 noise traders, orders and quotes recorded",
        unit="M events/s",
        figure=kept.steps / kept.seconds / 1e6,
        baseline=bare.steps / bare.seconds / 1e6,
        baseline_name="not recorded",
        note=f"an event is a timer or an order's arrival; {kept.orders / kept.seconds:,.0f} orders a second, "
        f"{kept.rows / kept.orders:.1f} rows an order",
    )
