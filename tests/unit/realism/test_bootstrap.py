"""Intervals: as wide as they should be, and the same for the same seed."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from crossbook.realism import MEASURES
from crossbook.realism.bootstrap import BLOCKS_PER_DAY, blocks_of, interval
from crossbook.realism.measure import Estimate, Measure
from tests.unit.realism.markets import CLOSE, OPEN, SECOND, quoted

MEAN: Measure[float] = replace(
    MEASURES[0],
    key="mean",
    prepare=lambda series: float(len(series.mid)),
    pool=lambda parts: Estimate(float(np.mean(parts))),
)


@pytest.mark.parametrize("days", [8, 40])
def test_intervals_over_days_hold_the_truth_about_as_often_as_they_say(days: int) -> None:
    random = np.random.default_rng(6)
    held = 0
    for trial in range(200):
        values = random.normal(3, 1, days).tolist()
        found = interval(MEAN, float(np.mean(values)), values, [], seed=trial, resamples=200)
        assert found is not None
        held += found[0] < 3 < found[1]

    assert 0.91 <= held / 200 <= 0.99


def test_intervals_over_stretches_hold_the_truth_too() -> None:
    random = np.random.default_rng(8)
    held = 0
    for trial in range(200):
        pieces = [random.normal(3, 1, 24) for _ in range(4)]
        days = [float(day.mean()) for day in pieces]
        blocks = [[float(day[start : start + 4].mean()) for start in range(21)] for day in pieces]
        found = interval(MEAN, float(np.mean(days)), days, blocks, seed=trial, resamples=200)
        assert found is not None
        held += found[0] < 3 < found[1]

    assert 0.75 <= held / 200 <= 0.99


def test_equal_seeds_give_equal_intervals_and_others_do_not() -> None:
    values = np.random.default_rng(9).normal(size=12).tolist()

    first, again, other = (interval(MEAN, 0.0, values, [], seed=seed, resamples=50) for seed in (1, 1, 2))

    assert first == again != other


def test_what_short_stretches_do_to_an_estimate_is_taken_out() -> None:
    found = interval(MEAN, 5.0, [5.0], [[4.0] * 21], seed=0, resamples=20)

    assert found == (5.0, 5.0)


def _nothing(parts: Sequence[float]) -> Estimate | None:
    return None


def test_without_enough_values_there_is_no_interval() -> None:
    never: Measure[float] = replace(MEAN, pool=_nothing)

    assert interval(never, 0.0, [1.0] * 8, [], seed=0, resamples=20) is None
    assert interval(never, 0.0, [1.0], [[1.0]], seed=0, resamples=20) is None
    assert interval(replace(MEAN, whole_days=True), 1.0, [1.0], [[1.0]], seed=0, resamples=20) is None


def test_stretches_overlap_and_cover_the_day() -> None:
    blocks = blocks_of(quoted(np.array([OPEN]), np.array([100])))

    assert blocks[0].open_ns == OPEN
    assert blocks[-1].close_ns == CLOSE
    assert {block.duration_ns for block in blocks} == {(CLOSE - OPEN) // BLOCKS_PER_DAY}
    assert {b.open_ns - a.open_ns for a, b in pairwise(blocks)} == {975 * SECOND}
