"""How far the value of a fact would move if the market had run again: bootstrap intervals of 95 %.

With eight days or more whole days are drawn with replacement, and the interval is widened by what so few draws lack.
With fewer, each day is cut into stretches of a sixth of its length that overlap (moving blocks), and as many of them as
make up the day are drawn from each day; a stretch is a day of its own, so no product spans the border of two. What
cutting does to an estimate, and that the ends of a day are in fewer stretches than its middle, is taken out: the
interval is moved so that the mean of the resamples is the value.

Source: Kunsch (1989), Annals of Statistics 17:1217-1241; Lahiri (2003), "Resampling Methods for Dependent Data", for the
centre; Efron and Tibshirani (1993), "An Introduction to the Bootstrap", chapter 13, for the quantiles.
"""

import zlib
from collections.abc import Sequence
from typing import Final, TypeVar

import numpy as np

from crossbook.realism.measure import Measure
from crossbook.realism.observations import Observations

DAYS_MIN: Final = 8
"""So many days are resampled as days; fewer say too little about how days differ."""
BLOCKS_PER_DAY: Final = 6
"""Stretches that make up a day."""
STARTS_PER_BLOCK: Final = 4
"""A stretch starts at every quarter of its length."""
LEVEL: Final = 0.95
ESTIMATES_SHARE_MIN: Final = 0.8
"""Share of the resamples that must give a value; otherwise there is no interval."""

Part = TypeVar("Part")


def blocks_of(day: Observations) -> list[Observations]:
    """Cut a day into the stretches that are drawn from it."""
    length = day.duration_ns // BLOCKS_PER_DAY
    step = max(length // STARTS_PER_BLOCK, 1)
    starts = range(day.open_ns, day.close_ns - length + 1, step)
    return [day.between(start, start + length) for start in starts] if length else []


def interval(
    measure: Measure[Part],
    value: float,
    days: Sequence[Part],
    blocks: Sequence[Sequence[Part]],
    *,
    seed: int,
    resamples: int,
) -> tuple[float, float] | None:
    """Return the interval of a value, or `None` where too few resamples have a value.

    Args:
        measure: The fact.
        value: Its value over whole days.
        days: What each day gives.
        blocks: What the stretches of each day give; not looked at with `DAYS_MIN` days or more.
        seed: Equal seeds give equal intervals.
        resamples: How many times to draw.
    """
    random = np.random.default_rng([seed, zlib.crc32(measure.key.encode())])
    if len(days) >= DAYS_MIN:
        draws = random.integers(len(days), size=(resamples, len(days)))
        samples = [[days[number] for number in draw] for draw in draws.tolist()]
        return _quantiles(measure, samples, None, _widening(len(days)))
    if measure.whole_days:
        return None
    samples = []
    for _ in range(resamples):
        drawn = [random.integers(len(parts), size=BLOCKS_PER_DAY).tolist() for parts in blocks]
        samples.append([parts[number] for parts, draw in zip(blocks, drawn, strict=True) for number in draw])
    return _quantiles(measure, samples, value, 1.0)


def _widening(count: int) -> float:
    """Return by how much quantiles of so many resampled days are too close to their middle.

    Resampling has 1 - 1 / count of the variance, and Gaussian tails where the mean of few days has Student's, whose
    quantile is taken from its expansion in 1 / (count - 1).

    Source: Hesterberg (2015), The American Statistician 69:371-386 (the expanded percentile interval).
    """
    free, gauss = count - 1, 1.959964
    student = (
        gauss + (gauss**3 + gauss) / (4 * free) + (5 * gauss**5 + 16 * gauss**3 + 3 * gauss) / (96 * free**2)
    )
    return student / gauss * float(np.sqrt(count / free))


def _quantiles(
    measure: Measure[Part], samples: Sequence[Sequence[Part]], centre: float | None, widening: float
) -> tuple[float, float] | None:
    """Return the quantiles of the values of samples, widened, and around the centre where one is given."""
    found = [estimate.value for estimate in map(measure.pool, samples) if estimate is not None]
    if not found or len(found) < ESTIMATES_SHARE_MIN * len(samples):
        return None
    middle = float(np.mean(found))
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]).tolist()
    centre = middle if centre is None else centre
    return centre + widening * (low - middle), centre + widening * (high - middle)
