"""Each estimator against numbers whose answer is known."""

import numpy as np
import pytest

from crossbook.realism.statistics import (
    binned_exponent,
    correlations,
    decay,
    excess_kurtosis,
    lagged_sums,
    power_sums,
    rank_correlation,
    slope,
    tail_index,
    variance,
)


@pytest.mark.parametrize("index", [1.5, 3.0, 4.5])
def test_the_tail_index_of_a_power_law_is_its_exponent(index: float) -> None:
    sizes = np.random.default_rng(1).pareto(index, 40_000) + 1

    assert tail_index(sizes, 0.05) == pytest.approx(index, rel=0.07)


def test_sizes_that_are_mostly_zero_or_all_equal_have_no_tail_index() -> None:
    assert tail_index(np.array([0.0] * 99 + [1.0]), 0.05) is None
    assert tail_index(np.ones(100), 0.05) is None
    assert tail_index(np.ones(10), 0.05) is None


def test_the_kurtosis_of_known_distributions() -> None:
    random = np.random.default_rng(2)

    assert excess_kurtosis(power_sums(np.array([-1.0, 1.0] * 50))) == pytest.approx(-2)
    assert excess_kurtosis(power_sums(random.normal(5, 2, 200_000))) == pytest.approx(0, abs=0.05)
    assert excess_kurtosis(power_sums(random.laplace(0, 1, 200_000))) == pytest.approx(3, abs=0.2)


def test_nothing_varies_in_equal_numbers_whatever_their_size() -> None:
    for number in (0.0, 0.1, 1e9 / 3):
        assert excess_kurtosis(power_sums(np.full(1_000, number))) is None
    assert variance(1, 5, 25) is None


def test_correlations_of_sums_over_stretches_are_those_of_the_pooled_pairs() -> None:
    random = np.random.default_rng(3)
    stretches = [random.normal(size=(2, length)) for length in (50, 3, 80)]
    sums = np.sum([lagged_sums(x, y, [0, 4]) for x, y in stretches], axis=0)

    found = correlations(sums)

    assert found is not None
    for lag, value in zip((0, 4), found, strict=True):
        pairs = [(x[: len(x) - lag], y[lag:]) for x, y in stretches if len(x) > lag]
        first, second = (np.concatenate(column) for column in zip(*pairs, strict=True))
        assert value == pytest.approx(np.corrcoef(first, second)[0, 1])


def test_numbers_that_do_not_vary_have_no_correlation() -> None:
    assert correlations(lagged_sums(np.ones(9), np.arange(9.0), [1])) is None
    assert correlations(lagged_sums(np.empty(0), np.empty(0), [1])) is None


@pytest.mark.parametrize("exponent", [0.2, 0.5, 1.0])
def test_the_decay_of_a_power_law_is_its_exponent(exponent: float) -> None:
    lags = range(1, 201)
    values = 0.3 * np.arange(1.0, 201) ** -exponent

    found, size = decay(lags, values)

    assert found == pytest.approx(exponent, abs=0.03)
    assert size == pytest.approx(0.3, rel=0.05)


def test_the_decay_takes_values_below_zero_as_evidence_of_a_faster_one() -> None:
    lags = range(1, 101)
    values = 0.3 * np.arange(1.0, 101) ** -0.3

    assert decay(lags, values - 0.08)[0] > decay(lags, values)[0] + 0.1


def test_equal_values_share_their_rank() -> None:
    # Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: sqrt(0.9).
    assert rank_correlation(np.array([1.0, 5, 5, 9]), np.array([2.0, 3, 7, 8])) == pytest.approx(0.9**0.5)
    assert rank_correlation(np.ones(5), np.arange(5.0)) is None


def test_a_slope_heeds_its_weights() -> None:
    x, y = np.array([0.0, 1, 2]), np.array([0.0, 1, 9])

    assert slope(x, y) == pytest.approx(4.5)
    assert slope(x, y, np.array([1.0, 1, 0])) == pytest.approx(1)
    assert slope(np.ones(3), y) is None
    assert slope(x[:1], y[:1]) is None


@pytest.mark.parametrize("exponent", [0.5, 1.0])
def test_the_exponent_of_a_noisy_response_is_found(exponent: float) -> None:
    random = np.random.default_rng(4)
    sizes = random.lognormal(3, 1, 20_000)
    responses = sizes**exponent + random.normal(0, 10, 20_000)

    assert binned_exponent(sizes, responses, 12) == pytest.approx(exponent, abs=0.05)


def test_a_response_that_never_rises_has_no_exponent() -> None:
    sizes = np.arange(1.0, 101)

    assert binned_exponent(sizes, -sizes, 10) is None
    assert binned_exponent(sizes, np.zeros(100), 10) is None
    assert binned_exponent(sizes[:5], sizes[:5], 10) is None
    assert binned_exponent(sizes, sizes**0.5, 10) == pytest.approx(0.5, abs=0.02)
