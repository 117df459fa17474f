"""Cont's facts in markets that have them by construction, and in markets that do not."""

import numpy as np
import pytest

from crossbook.realism import Observations
from tests.unit.realism.markets import (
    CLOSE,
    OPEN,
    SECOND,
    Floats,
    correlated,
    days_of,
    estimate_of,
    fact_of,
    facts_of,
    gaussian,
    traded,
    value_of,
    walked,
)

SHORT = 2_340
"""Returns of 10 s in a day."""


def student(random: np.random.Generator) -> Observations:
    return walked(1e-4 * random.standard_t(3, 390), 60)


def long_memory(exponent: float, random: np.random.Generator) -> Observations:
    """Volatility whose logarithm has a correlation that decays as a power law."""
    correlation = (1.0 + np.arange(SHORT)) ** -exponent
    volatility = np.exp(0.6 * correlated(random, correlation))
    return walked(1e-4 * volatility * random.normal(size=SHORT), 10)


def short_memory(random: np.random.Generator) -> Observations:
    """The same with a correlation that is gone after two minutes."""
    volatility = np.exp(0.6 * correlated(random, np.exp(-np.arange(SHORT) / 3)))
    return walked(1e-4 * volatility * random.normal(size=SHORT), 10)


def garch(random: np.random.Generator, leverage: float = 0.0, shocks: Floats | None = None) -> Observations:
    """A GARCH(1, 1) of 10 s returns; with leverage, a fall raises the variance more than a rise."""
    shocks = random.normal(size=SHORT) if shocks is None else shocks
    returns, spread = np.empty(SHORT), 1.0
    for step, shock in enumerate(shocks.tolist()):
        returns[step] = spread**0.5 * shock
        spread = 0.03 + 0.07 * (returns[step] - leverage * spread**0.5) ** 2 + 0.9 * spread
        spread /= 1 + 0.07 * leverage**2
    return walked(1e-4 * returns, 10)


def test_a_gaussian_walk_has_no_autocorrelation_and_none_of_the_other_facts() -> None:
    facts = facts_of(days_of(gaussian))

    cont = {key: fact.verdict for key, fact in facts.items() if fact.group == "cont"}
    assert len(cont) == 11
    assert cont.pop("no_autocorrelation") == "pass"
    assert set(cont.values()) == {"fail"}


@pytest.mark.parametrize("planted", [0.3, -0.3])
def test_planted_autocorrelation_is_found_and_fails(planted: float) -> None:
    def make(random: np.random.Generator) -> Observations:
        return walked(1e-4 * correlated(random, planted ** np.arange(390.0)), 60)

    fact = fact_of("no_autocorrelation", days_of(make))

    assert fact.value == pytest.approx(planted, abs=0.05)
    assert fact.verdict == "fail"


def test_the_tail_of_student_returns_is_their_degrees_of_freedom() -> None:
    fact = fact_of("heavy_tails", days_of(student))

    assert fact.value == pytest.approx(3, abs=0.6)
    assert fact.verdict == "pass"


def test_falls_larger_than_rises_pass_and_the_mirror_image_fails() -> None:
    def make(random: np.random.Generator, side: int = 1) -> Observations:
        return walked(1e-4 * side * (1 - random.exponential(size=SHORT)), 10)

    assert fact_of("gain_loss_asymmetry", days_of(make)).verdict == "pass"
    mirrored = fact_of("gain_loss_asymmetry", days_of(lambda random: make(random, -1)))
    assert mirrored.verdict == "fail"
    assert mirrored.value is not None
    assert mirrored.value < 1


def test_independent_heavy_tails_become_gaussian_with_the_horizon() -> None:
    def make(random: np.random.Generator) -> Observations:
        return walked(1e-5 * random.standard_t(4, 23_400), 1)

    assert fact_of("aggregational_gaussianity", days_of(make)).verdict == "pass"


def test_independent_heavy_tails_are_neither_bursts_nor_conditional() -> None:
    def make(random: np.random.Generator) -> Observations:
        return walked(1e-4 * random.standard_t(4, SHORT), 10)

    days = days_of(make)

    assert value_of("intermittency", days) == pytest.approx(1, abs=0.25)
    estimate = estimate_of("conditional_heavy_tails", days)
    assert estimate is not None
    assert estimate.value > 0.1
    assert not estimate.holds


def test_heavy_shocks_on_changing_volatility_have_conditional_heavy_tails() -> None:
    def make(random: np.random.Generator) -> Observations:
        slow = np.exp(correlated(random, np.exp(-np.arange(SHORT) / 500)))
        return walked(1e-5 * slow * random.standard_t(4, SHORT), 10)

    assert fact_of("conditional_heavy_tails", days_of(make)).verdict == "pass"


def test_volatility_of_a_garch_process_comes_in_bursts_and_clusters() -> None:
    facts = facts_of(days_of(garch), "volatility_clustering", "intermittency")

    assert facts["volatility_clustering"].verdict == "pass"
    assert facts["intermittency"].verdict == "pass"


@pytest.mark.parametrize("exponent", [0.2, 0.4])
def test_a_long_memory_of_volatility_decays_with_its_exponent(exponent: float) -> None:
    fact = fact_of("slow_decay", days_of(lambda random: long_memory(exponent, random), 20))

    assert fact.value == pytest.approx(exponent, abs=0.15)
    assert fact.verdict == "pass"


def test_a_short_memory_of_volatility_is_no_slow_decay() -> None:
    fact = fact_of("slow_decay", days_of(short_memory))

    assert fact.value is not None
    assert fact.value > 0.6
    assert fact.verdict == "fail"


def test_falls_that_raise_volatility_are_leverage_and_rises_that_do_are_not() -> None:
    assert fact_of("leverage", days_of(lambda random: garch(random, 0.8))).verdict == "pass"
    assert fact_of("leverage", days_of(lambda random: garch(random, -0.8))).verdict == "fail"


def test_volume_that_follows_volatility_is_found() -> None:
    def make(random: np.random.Generator) -> Observations:
        returns = random.normal(0, 1e-4, 390)
        time_ns = OPEN + SECOND * (60 * np.arange(390) + 30)
        quantity = np.ceil(1e6 * np.abs(returns) * random.lognormal(0, 0.5, 390)).astype(np.int64)
        return traded(walked(returns, 60), time_ns, np.ones(390, np.int8), quantity)

    days = days_of(make)

    assert days[0].close_ns == CLOSE
    assert value_of("volume_volatility", days) > 0.6
    assert fact_of("volume_volatility", days).verdict == "pass"


def test_volatility_that_follows_coarse_moves_is_asymmetric_in_time_scales() -> None:
    def make(random: np.random.Generator) -> Observations:
        # A HARCH process: the variance follows the square of the move over the last five minutes.
        moves = np.zeros(SHORT + 30)
        for step, shock in enumerate(random.normal(size=SHORT).tolist(), 30):
            coarse = float(moves[step - 30 : step].sum())
            moves[step] = shock * (1 + 0.8 * coarse**2 / 30) ** 0.5
        return walked(1e-5 * moves[30:], 10)

    assert fact_of("time_scales", days_of(make, 20)).verdict == "pass"
    assert abs(value_of("time_scales", days_of(garch, 20))) < 0.08
