"""Estimators in plain NumPy, most of them as sums that add up over stretches of a day and over days.

An estimator that is a function of such sums pools days by adding, and never forms a product across a night or across
the border of two stretches. Where the data cannot carry an estimate the answer is `None`, never nan.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from crossbook.realism.observations import Floats

_ROUNDING: Final = 1e-10
"""A variance below this share of the mean square is rounding, not variation."""
_EXPONENTS: Final = np.arange(0.0, 3.0, 0.005)
"""Where the exponent of a decay is looked for."""


def power_sums(values: Floats) -> Floats:
    """Return the count and the sums of the first four powers. Shape: (5,)."""
    return np.array([np.sum(values**power) for power in range(5)], float)


def variance(count: float, total: float, squares: float) -> float | None:
    """Return the variance behind a count, a sum and a sum of squares, or `None` where nothing varies."""
    if count < 2:
        return None
    mean, square = total / count, squares / count
    return float(square - mean**2) if square - mean**2 > _ROUNDING * square else None


def excess_kurtosis(sums: Floats) -> float | None:
    """Return the fourth moment over the squared variance, less the three of a Gaussian, from `power_sums`."""
    spread = variance(*sums[:3])
    if spread is None:
        return None
    mean, second, third, fourth = sums[1:] / sums[0]
    central = fourth - 4 * mean * third + 6 * mean**2 * second - 3 * mean**4
    return float(central / spread**2 - 3)


def lagged_sums(first: Floats, second: Floats, lags: Sequence[int]) -> Floats:
    """Return what the correlations of `first` with a later `second` are made of.

    Shape: (lags, 6): count, sums, sums of squares, sum of products of the pairs at each lag.
    """
    sums = np.zeros((len(lags), 6))
    for row, lag in enumerate(lags):
        if lag < len(first):
            x, y = first[: len(first) - lag], second[lag:]
            sums[row] = len(x), x.sum(), y.sum(), x @ x, y @ y, x @ y
    return sums


def correlations(sums: Floats) -> Floats | None:
    """Return the correlation at each lag from `lagged_sums`, or `None` where one cannot be told."""
    result = np.empty(len(sums))
    for row, (count, x, y, xx, yy, xy) in enumerate(sums.tolist()):
        spread_x, spread_y = variance(count, x, xx), variance(count, y, yy)
        if spread_x is None or spread_y is None:
            return None
        result[row] = (xy / count - x * y / count**2) / np.sqrt(spread_x * spread_y)
    return result


def tail_index(values: Floats, share: float) -> float | None:
    """Return the Hill estimate of the tail index of sizes, from the largest share of them.

    Source: Hill (1975), Annals of Statistics 3:1163-1174.
    """
    ordered = np.sort(values)[::-1]
    count = int(share * len(ordered))
    if count < 2 or ordered[count] <= 0:
        return None
    mean = float(np.log(ordered[:count] / ordered[count]).mean())
    return 1 / mean if mean > 0 else None


def decay(lags: Sequence[int], values: Floats) -> tuple[float, float]:
    """Return exponent and size of the power law `size * lag ** -exponent` closest to a correlation function.

    The lags are taken together in octaves, each of which counts once, and the fit is in the values themselves and not
    in their logarithms, so that a value below zero is evidence like any other.
    """
    octave = np.floor(np.log2(lags) + 1e-9).astype(int)
    counts = np.bincount(octave)
    held = counts > 0
    x = np.exp(np.bincount(octave, np.log(lags))[held] / counts[held])
    y = np.bincount(octave, values)[held] / counts[held]
    shapes = x[None, :] ** -_EXPONENTS[:, None]
    sizes = (shapes @ y) / (shapes**2).sum(axis=1)
    errors = ((y - sizes[:, None] * shapes) ** 2).sum(axis=1)
    best = int(np.argmin(errors))
    return float(_EXPONENTS[best]), float(sizes[best])


def rank_correlation(first: Floats, second: Floats) -> float | None:
    """Return Spearman's rank correlation; equal values share their mean rank."""
    found = correlations(lagged_sums(_ranks(first), _ranks(second), [0]))
    return None if found is None else float(found[0])


def _ranks(values: Floats) -> Floats:
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Floats = (ends - (counts - 1) / 2)[group]
    return ranks


def slope(x: Floats, y: Floats, weights: Floats | None = None) -> float | None:
    """Return the slope of the least-squares line through points, or `None` where there is no line."""
    weights = np.ones(len(x)) if weights is None else weights
    if len(x) < 2 or weights.sum() <= 0:
        return None
    deviation = x - np.average(x, weights=weights)
    spread = float(weights @ deviation**2)
    return float(weights @ (deviation * y) / spread) if spread > 0 else None


def binned_exponent(sizes: Floats, responses: Floats, bins: int) -> float | None:
    """Return the exponent with which a mean response grows with a size above zero.

    Points are put into bins of equal count by rank of size; the logarithm of each bin's mean response is regressed on
    that of its mean size, with the square of mean over standard error as weight. A bin whose mean is not above zero
    has no logarithm, and would have next to no weight.
    """
    if len(sizes) < 2 * bins:
        return None
    parts = np.array_split(np.argsort(sizes, kind="stable"), bins)
    x = np.array([sizes[part].mean() for part in parts])
    y = np.array([responses[part].mean() for part in parts])
    error = np.array([responses[part].std() / np.sqrt(len(part)) for part in parts])
    usable = (y > 0) & (x > 0)
    if usable.sum() < bins // 2:
        return None
    floor = _ROUNDING * y[usable]
    return slope(np.log(x[usable]), np.log(y[usable]), (y[usable] / np.maximum(error[usable], floor)) ** 2)
