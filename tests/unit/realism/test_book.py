"""The facts of book and arrivals in markets that have them by construction, and in markets that do not."""

from dataclasses import replace

import numpy as np
import pytest

from crossbook.realism import Observations
from tests.unit.realism.markets import (
    CLOSE,
    OPEN,
    SECOND,
    days_of,
    estimate_of,
    fact_of,
    facts_of,
    gaussian,
    quoted,
    traded,
    value_of,
)

SESSION = (CLOSE - OPEN) / SECOND


def hawkes(ratio: float, random: np.random.Generator) -> Observations:
    """A day whose mid changes excite themselves: each has on average `ratio` children, half a second apart."""
    generation = random.uniform(0, SESSION, random.poisson(SESSION * (1 - ratio)))
    times = [generation]
    while len(generation):
        children = random.poisson(ratio, len(generation))
        generation = np.repeat(generation, children) + random.exponential(0.5, int(children.sum()))
        times.append(generation)
    every = np.sort(np.concatenate(times))
    every = every[every < SESSION]
    time_ns = OPEN + (every * SECOND).astype(np.int64)
    return quoted(time_ns, 10_000 + np.cumsum(np.where(random.random(len(every)) < 0.5, 1, -1)))


def waiting(life_ns: np.ndarray) -> Observations:
    """A day with orders whose lives are as given."""
    time_ns = np.linspace(OPEN, CLOSE - 1, len(life_ns)).astype(np.int64)
    lives = life_ns.astype(np.int64)
    return replace(
        quoted(np.array([OPEN]), np.array([100])),
        cancel_life_ns=lives,
        cancel_time_ns=time_ns,
        fill_life_ns=lives,
        fill_time_ns=time_ns,
    )


@pytest.mark.parametrize("ratio", [0.5, 0.8])
def test_the_branching_ratio_of_a_hawkes_process_is_found(ratio: float) -> None:
    fact = fact_of("branching_ratio", days_of(lambda random: hawkes(ratio, random)))

    assert fact.value == pytest.approx(ratio, abs=0.03)
    assert fact.verdict == "pass"


def test_a_poisson_process_does_not_branch() -> None:
    fact = fact_of("branching_ratio", days_of(lambda random: hawkes(0.0, random)))

    assert fact.value == pytest.approx(0, abs=0.05)
    assert fact.verdict == "fail"


def test_arrivals_of_a_poisson_process_are_not_over_dispersed_and_bursts_are() -> None:
    keys = ("trade_arrivals", "order_arrivals")
    poisson, bursts = (facts_of(days_of(lambda random, n=n: timed(n, random)), *keys) for n in (0.0, 1.0))  # type: ignore[misc]

    for key in keys:
        assert poisson[key].value == pytest.approx(1, abs=0.05)
        assert poisson[key].verdict == "fail"
        assert bursts[key].value == pytest.approx((np.e - 1) ** 0.5, rel=0.1)
        assert bursts[key].verdict == "pass"


def timed(spread: float, random: np.random.Generator) -> Observations:
    """Trades and orders with exponential times between them, or lognormal ones."""
    gaps = random.lognormal(0, spread, 10_000) if spread else random.exponential(1, 10_000)
    time_ns = OPEN + (np.cumsum(gaps) * SECOND).astype(np.int64)
    time_ns = time_ns[time_ns < CLOSE]
    sides = np.ones(len(time_ns), np.int8)
    return replace(traded(gaussian(random), time_ns, sides, np.full(len(time_ns), 10)), order_time_ns=time_ns)


@pytest.mark.parametrize("key", ["cancel_lives", "fill_lives"])
def test_lives_that_end_at_a_constant_rate_fail_and_skewed_ones_pass(key: str) -> None:
    constant = fact_of(key, days_of(lambda random: waiting(SECOND * random.exponential(5, 2_000))))
    skewed = fact_of(key, days_of(lambda random: waiting(SECOND * random.lognormal(0, 1.5, 2_000))))

    assert constant.value == pytest.approx(1 / np.log(2), rel=0.05)
    assert constant.verdict == "fail"
    assert skewed.value == pytest.approx(np.exp(1.5**2 / 2), rel=0.1)
    assert skewed.verdict == "pass"


def test_lives_without_times_have_a_value_but_no_interval_within_a_day() -> None:
    day = waiting(SECOND * np.random.default_rng(5).lognormal(0, 1.5, 2_000))

    fact = fact_of("cancel_lives", [replace(day, cancel_time_ns=None)])

    assert fact.value is not None
    assert (fact.low, fact.high, fact.verdict) == (None, None, "not measured")


def test_the_spread_is_weighted_by_time() -> None:
    # Twenty basis points for a quarter of the session and ten for the rest.
    quarter = OPEN + (CLOSE - OPEN) // 4
    day = quoted(np.array([OPEN, quarter]), np.array([100_000, 100_000]), half_spread=50)
    day = replace(day, ask=day.ask + np.array([100, 0]))

    estimate = estimate_of("spread", [day])

    assert estimate is not None
    assert estimate.value == pytest.approx(12.5, abs=0.01)
    assert "100, 100, 200, 200 ticks" in estimate.note


def test_a_market_that_stays_crossed_fails() -> None:
    day = quoted(np.array([OPEN, OPEN + SECOND]), np.array([100_000, 100_000]), half_spread=50)
    crossed = replace(day, ask=np.array([100_050, 99_950]))

    assert fact_of("spread", [crossed]).verdict == "fail"


def test_the_depth_is_held_against_its_best_level() -> None:
    shape = np.array([10.0, 15, 20, 25, 20, 15, 10, 5, 5, 5])
    day = replace(quoted(np.array([OPEN]), np.array([100])), depth=np.stack([shape, shape]))

    assert value_of("depth_shape", [day]) == pytest.approx(2.0)
    assert fact_of("depth_shape", [day]).verdict == "pass"


def test_a_day_busy_at_its_ends_has_a_pattern() -> None:
    busy = np.concatenate([np.arange(0, 1_800), np.arange(1_800, 21_600, 3), np.arange(21_600, 23_400)])
    time_ns = OPEN + SECOND * (busy + 1)
    sides = np.ones(len(busy), np.int8)
    day = traded(quoted(np.array([OPEN]), np.array([100])), time_ns, sides, np.full(len(busy), 10))

    assert value_of("intraday_pattern", [day]) == pytest.approx(3, rel=0.01)
    assert fact_of("intraday_pattern", [day]).verdict == "pass"
    assert estimate_of("intraday_pattern", [day.between(OPEN, OPEN + 7_200 * SECOND)]) is None
