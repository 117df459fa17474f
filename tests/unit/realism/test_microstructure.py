"""The facts of order flow in markets that have them by construction, and in markets that do not."""

from dataclasses import replace

import numpy as np
import pytest

from crossbook.realism import Observations
from tests.unit.realism.markets import (
    OPEN,
    SECOND,
    correlated,
    days_of,
    estimate_of,
    fact_of,
    facts_of,
    gaussian,
    quoted,
    traded,
    value_of,
)

ORDERS = 20_000


def remembering(exponent: float, random: np.random.Generator) -> Observations:
    """Signs whose correlation is 0.4 k^-exponent: of a Gaussian's sign it is the arcsine of the Gaussian's."""
    planted = 0.4 * np.arange(1.0, ORDERS) ** -exponent
    numbers = correlated(random, np.concatenate([[1.0], np.sin(np.pi / 2 * planted)]))
    sides = np.where(numbers > 0, 1, -1).astype(np.int8)
    time_ns = OPEN + SECOND * np.arange(1, ORDERS + 1)
    return traded(gaussian(random), time_ns, sides, np.full(ORDERS, 100))


def moved_by_runs(exponent: float, random: np.random.Generator) -> Observations:
    """Rows of orders on one side, each of which has moved the mid by a power of what it has traded so far."""
    lengths = np.ceil(10 * (random.pareto(1.5, 400) + 1)).astype(int).clip(max=400)
    side = np.repeat(np.where(np.arange(len(lengths)) % 2, 1, -1), lengths)
    done = np.concatenate([np.arange(1, length + 1) for length in lengths])
    before = np.repeat(np.cumsum(lengths**exponent * side[np.cumsum(lengths) - 1]), lengths)
    before -= np.repeat(lengths**exponent, lengths) * side
    path = np.concatenate([[0], before + side * done**exponent])
    time_ns = OPEN + SECOND * np.arange(1, len(side) + 1)
    quotes_ns = np.concatenate([[OPEN], time_ns])
    mid = 10**7 + np.round(1_000 * path).astype(np.int64)
    return traded(quoted(quotes_ns, mid), time_ns, side.astype(np.int8), np.full(len(side), 100))


def jumping(noise: float, random: np.random.Generator) -> Observations:
    """A mid that steps up or down each second, and a bid whose size changes by chance half a second later.

    With a size of one, a step up makes an imbalance of 2 and a step down one of -2, less the change of size before it.
    So the imbalance is twice the mid change, plus noise of half the variance of the sizes.
    """
    steps = random.choice(np.array([-1, 1]), 23_400)
    mid = np.repeat(10_000 + np.concatenate([[0], np.cumsum(steps)]), 2)
    day = quoted(OPEN + SECOND // 2 * np.arange(len(mid)), mid)
    sizes = np.ones(len(mid))
    sizes[1::2] = random.lognormal(-np.log1p(noise) / 2, np.log1p(noise) ** 0.5, len(mid) // 2)
    lots = np.ceil(10**6 * sizes).astype(np.int64)
    return replace(day, bid_quantity=lots, ask_quantity=np.full(len(mid), 10**6))


@pytest.mark.parametrize("exponent", [0.4, 0.6])
def test_planted_memory_of_signs_is_found_with_its_exponent(exponent: float) -> None:
    facts = facts_of(
        days_of(lambda random: remembering(exponent, random)), "sign_memory", "sign_memory_exponent"
    )

    assert facts["sign_memory"].verdict == "pass"
    assert facts["sign_memory"].value == pytest.approx(
        float((0.4 * np.arange(21.0, 51) ** -exponent).mean()), rel=0.15
    )
    assert facts["sign_memory_exponent"].value == pytest.approx(exponent, abs=0.08)
    assert facts["sign_memory_exponent"].verdict == "pass"


def test_the_hurst_exponent_of_signs_is_told_beside() -> None:
    estimate = estimate_of("sign_memory_exponent", days_of(lambda random: remembering(0.4, random)))

    assert estimate is not None
    assert float(estimate.note.split()[-1]) == pytest.approx(1 - 0.4 / 2, abs=0.07)


def test_signs_thrown_with_a_coin_have_no_memory() -> None:
    facts = facts_of(days_of(gaussian), "sign_memory", "sign_memory_exponent")

    assert facts["sign_memory"].verdict == "fail"
    assert facts["sign_memory_exponent"].verdict == "fail"


def test_fills_of_one_order_are_one_sign() -> None:
    def make(random: np.random.Generator, fills: int) -> Observations:
        sides = np.repeat(random.choice(np.array([-1, 1], np.int8), 2_000), fills)
        time_ns = OPEN + SECOND * np.repeat(np.arange(1, 2_001), fills)
        return traded(gaussian(random), time_ns, sides, np.full(len(sides), 10))

    once, often = (days_of(lambda random, fills=fills: make(random, fills), 1) for fills in (1, 5))  # type: ignore[misc]

    assert value_of("sign_memory_exponent", once) == value_of("sign_memory_exponent", often)


def test_planted_square_root_impact_is_found() -> None:
    fact = fact_of("impact_exponent", days_of(lambda random: moved_by_runs(0.5, random)))

    assert fact.value == pytest.approx(0.5, abs=0.06)
    assert fact.verdict == "pass"


def test_linear_impact_is_told_from_it() -> None:
    fact = fact_of("impact_exponent", days_of(lambda random: moved_by_runs(1.0, random)))

    assert fact.value == pytest.approx(1, abs=0.1)
    assert fact.verdict == "fail"


def test_each_order_moving_the_price_alike_is_linear_impact() -> None:
    def make(random: np.random.Generator) -> Observations:
        side = random.choice(np.array([-1, 1]), ORDERS)
        quantity = np.ceil(random.lognormal(4, 1, ORDERS)).astype(np.int64)
        time_ns = OPEN + SECOND * np.arange(1, ORDERS + 1)
        mid = 10**9 + np.concatenate([[0], np.cumsum(side * quantity)])
        return traded(quoted(np.append(OPEN, time_ns), mid), time_ns, side.astype(np.int8), quantity)

    assert value_of("impact_exponent", days_of(make)) == pytest.approx(1, abs=0.1)


def test_prices_that_know_nothing_of_trades_have_no_square_root_impact() -> None:
    assert fact_of("impact_exponent", days_of(gaussian)).verdict != "pass"


def test_a_mid_moved_by_imbalance_alone_is_explained_by_it() -> None:
    fact = fact_of("imbalance_impact", days_of(lambda random: jumping(0.0, random), 1))

    assert fact.value == pytest.approx(1)
    assert fact.verdict == "pass"


def test_noise_in_the_imbalance_takes_its_share() -> None:
    value = value_of("imbalance_impact", days_of(lambda random: jumping(2.0, random), 2))

    assert value == pytest.approx(4 / (4 + 2 / 2), abs=0.04)
