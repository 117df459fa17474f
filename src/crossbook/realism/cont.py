"""Cont's eleven stylised facts of returns, each with an operational definition that a day or more of data can carry.

Source of the facts: R. Cont (2001), "Empirical properties of asset returns: stylized facts and statistical issues",
Quantitative Finance 1:223-236, the list of section 2. Returns are log returns of the mid, non-overlapping.

Assumes that the days are of one instrument or one model. What the definitions cannot see is told in
docs/reference/realism.md.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from crossbook.realism.measure import Estimate, Measure
from crossbook.realism.observations import Floats
from crossbook.realism.series import Series
from crossbook.realism.statistics import (
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

MINUTE: Final = 60
SHORT: Final = 10
"""Seconds of a short return."""
RETURNS_MIN: Final = 100
"""Fewest returns that anything is said of."""
MINUTES_MIN: Final = 1_000
"""Fewest one-minute returns for a statement on tails; with fewer the short returns are taken."""
TAIL_SHARE: Final = 0.05
HORIZONS: Final = (1, 5, 15, 60, 300, 900, 1800)
"""Seconds of the returns whose kurtosis is compared."""
HORIZON_RETURNS_MIN: Final = 50
WINDOW: Final = 30
"""Short returns in a window of five minutes."""
MEMORY_LAGS: Final = range(1, 181)
"""Lags of short returns: 10 s to 30 minutes."""
CLUSTER_LAGS: Final = slice(5, 60)
"""Of these, one to ten minutes."""
LONG_LAGS: Final = slice(120, 180)
"""Of these, the last ten minutes."""
LEVERAGE_LAGS: Final = range(1, 61)
EWMA_DECAY: Final = 0.94
"""A minute's weight against the next one's: RiskMetrics Technical Document (1996), where it is a day's."""
EWMA_LENGTH: Final = 600
"""Past short returns that are weighted; the rest have 0.2 % of the weight."""
EWMA_WARM_UP: Final = 60
"""Short returns before the first that is scaled: ten minutes."""
_ANY: Final = float("inf")
_CONT: Final = "Cont (2001)"


def _autocorrelation_parts(series: Series) -> Floats:
    returns = series.returns(MINUTE)
    return lagged_sums(returns, returns, range(1, 21))


def _autocorrelation(parts: Sequence[Floats]) -> Estimate | None:
    sums = np.sum(parts, axis=0)
    found = correlations(sums) if sums[0, 0] >= RETURNS_MIN else None
    if found is None:
        return None
    rest = float(np.abs(found[1:]).mean())
    return Estimate(float(found[0]), rest < 0.1, f"mean size at 2 to 20 minutes {rest:.3f}")


def _both_horizons(series: Series) -> tuple[Floats, Floats]:
    return series.returns(SHORT), series.returns(MINUTE)


def _pooled(parts: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, str] | None:
    """Return one-minute returns where there are enough of them, and else short ones."""
    minutes = np.concatenate([part[1] for part in parts])
    short = np.concatenate([part[0] for part in parts])
    values, what = (minutes, "one-minute") if len(minutes) >= MINUTES_MIN else (short, f"{SHORT} s")
    return (values, what) if len(values) >= 2 * RETURNS_MIN else None


def _heavy_tails(parts: Sequence[tuple[Floats, Floats]]) -> Estimate | None:
    pooled = _pooled(parts)
    if pooled is None:
        return None
    values, what = pooled
    index = tail_index(np.abs(values - values.mean()), TAIL_SHARE)
    kurtosis = excess_kurtosis(power_sums(values))
    if index is None or kurtosis is None:
        return None
    noise = 2 * np.sqrt(24 / len(values))
    return Estimate(index, bool(kurtosis > noise), f"{what} returns, excess kurtosis {kurtosis:.2f}")


def _gain_loss(parts: Sequence[tuple[Floats, Floats]]) -> Estimate | None:
    pooled = _pooled(parts)
    if pooled is None:
        return None
    values, what = pooled
    values = values - np.median(values)
    low, high = np.quantile(values, [TAIL_SHARE, 1 - TAIL_SHARE])
    falls, rises = -float(values[values <= low].mean()), float(values[values >= high].mean())
    return Estimate(falls / rises, note=f"{what} returns") if rises > 0 and falls > 0 else None


def _horizon_parts(series: Series) -> Floats:
    return np.stack([power_sums(series.returns(seconds)) for seconds in HORIZONS])


def _aggregation(parts: Sequence[Floats]) -> Estimate | None:
    sums = np.sum(parts, axis=0)
    points = [
        (seconds, kurtosis)
        for seconds, row in zip(HORIZONS, sums, strict=True)
        if row[0] >= HORIZON_RETURNS_MIN and (kurtosis := excess_kurtosis(row)) is not None
    ]
    if len(points) < 3:
        return None
    horizons, kurtoses = np.array(points).T
    found = slope(np.log(horizons), np.log(kurtoses + 3))
    ends = f"excess kurtosis {kurtoses[0]:.1f} at {horizons[0]:.0f} s, {kurtoses[-1]:.1f} at {horizons[-1]:.0f} s"
    noise = 2 * np.sqrt(24 / sums[0, 0])
    return None if found is None else Estimate(found, bool(kurtoses[0] > max(noise, kurtoses[-1])), ends)


def _intermittency_parts(series: Series) -> Floats:
    sizes = np.abs(series.returns(SHORT))
    count = len(sizes) // WINDOW
    windows = sizes[: count * WINDOW].reshape(count, WINDOW).sum(axis=1)
    return np.concatenate([power_sums(sizes)[:3], power_sums(windows)[:3]])


def _intermittency(parts: Sequence[Floats]) -> Estimate | None:
    sums = np.sum(parts, axis=0)
    single, windows = variance(*sums[:3]), variance(*sums[3:])
    if sums[3] < HORIZON_RETURNS_MIN or single is None or windows is None:
        return None
    independent = single * WINDOW
    return Estimate(float(windows / independent))


def _memory_parts(series: Series) -> Floats:
    sizes = np.abs(series.returns(SHORT))
    return lagged_sums(sizes, sizes, MEMORY_LAGS)


def _memory(parts: Sequence[Floats]) -> Floats | None:
    sums = np.sum(parts, axis=0)
    return correlations(sums) if sums[-1, 0] >= RETURNS_MIN else None


def _clustering(parts: Sequence[Floats]) -> Estimate | None:
    found = _memory(parts)
    return (
        None if found is None else Estimate(float(found[CLUSTER_LAGS].mean()), note=f"at 10 s {found[0]:.3f}")
    )


def _slow_decay(parts: Sequence[Floats]) -> Estimate | None:
    found = _memory(parts)
    if found is None:
        return None
    exponent, size = decay(MEMORY_LAGS, found)
    late = float(found[LONG_LAGS].mean())
    noise = 2 / np.sqrt(np.sum(parts, axis=0)[0, 0])
    return Estimate(exponent, bool(late > 0 and size > noise), f"mean at 20 to 30 minutes {late:.3f}")


def _conditional_parts(series: Series) -> Floats:
    """Return count, sum of sizes and sum of squares of the scaled returns and of all returns. Shape: (2, 3)."""
    returns = series.returns(SHORT)
    if len(returns) <= EWMA_WARM_UP:
        return np.zeros((2, 3))
    weights = EWMA_DECAY ** (np.arange(EWMA_LENGTH) * SHORT / MINUTE)
    past = np.convolve(returns**2, weights)[: len(returns) - 1]
    past /= np.convolve(np.ones(len(returns)), weights)[: len(returns) - 1]
    later, past = returns[EWMA_WARM_UP:], past[EWMA_WARM_UP - 1 :]
    usable = past > 0
    scaled = later[usable] / np.sqrt(past[usable])
    return np.stack([power_sums(np.abs(values))[:3] for values in (scaled, returns)])


def _tail_weight(sums: Floats) -> float:
    """Return sqrt(2 / pi) times root mean square over mean size, less one: 0 for a Gaussian.

    Source: Geary (1935), Biometrika 27:310-332. Unlike the fourth moment it exists for every tail index above two.
    """
    count, sizes, squares = sums.tolist()
    return float(np.sqrt(2 / np.pi * squares * count) / sizes - 1)


def _conditional(parts: Sequence[Floats]) -> Estimate | None:
    sums = np.sum(parts, axis=0)
    if sums[:, 0].min() < RETURNS_MIN or sums[:, 1].min() <= 0:
        return None
    scaled, raw = _tail_weight(sums[0]), _tail_weight(sums[1])
    return Estimate(scaled, scaled < raw, f"before scaling {raw:.3f}")


def _leverage_parts(series: Series) -> Floats:
    returns = series.returns(SHORT)
    return lagged_sums(returns, np.abs(returns), LEVERAGE_LAGS)


def _leverage(parts: Sequence[Floats]) -> Estimate | None:
    sums = np.sum(parts, axis=0)
    found = correlations(sums) if sums[-1, 0] >= RETURNS_MIN else None
    return None if found is None else Estimate(float(found.mean()))


def _volume_parts(series: Series) -> tuple[Floats, Floats]:
    return series.volumes(MINUTE), np.abs(series.returns(MINUTE))


def _volume(parts: Sequence[tuple[Floats, Floats]]) -> Estimate | None:
    volumes, sizes = (np.concatenate(column) for column in zip(*parts, strict=True))
    found = rank_correlation(volumes, sizes) if len(sizes) >= RETURNS_MIN else None
    return None if found is None else Estimate(found)


def _scales_parts(series: Series) -> Floats:
    returns = series.returns(SHORT)
    count = len(returns) // WINDOW
    windows = returns[: count * WINDOW].reshape(count, WINDOW)
    coarse, fine = np.abs(windows.sum(axis=1)), np.abs(windows).sum(axis=1)
    return np.concatenate([lagged_sums(coarse, fine, [1]), lagged_sums(fine, coarse, [1])])


def _scales(parts: Sequence[Floats]) -> Estimate | None:
    sums = np.sum(parts, axis=0)
    found = correlations(sums) if sums[0, 0] >= HORIZON_RETURNS_MIN else None
    if found is None:
        return None
    note = f"coarse to fine {found[0]:.2f}, fine to coarse {found[1]:.2f}"
    return Estimate(float(found[0] - found[1]), note=note)


CONT: Final[tuple[Measure[Any], ...]] = (
    Measure(
        "no_autocorrelation",
        "No linear autocorrelation",
        "cont",
        "corr(r_t, r_t+1) of one-minute returns",
        f"{_CONT} fact 1 and section 5; the bound is two standard errors of a day of 390 minutes, 2 / sqrt(390)",
        "-0.10 to 0.10, and mean size at lags 2 to 20 below 0.10",
        -0.1,
        0.1,
        _autocorrelation_parts,
        _autocorrelation,
    ),
    Measure(
        "heavy_tails",
        "Heavy tails",
        "cont",
        "Hill index of the largest 5 % of |r - mean|; one minute, or 10 s with fewer than 1,000 minutes",
        f"{_CONT} fact 2: above two and below five; Hill (1975); Gopikrishnan et al. (1999): about 3",
        "2 to 5, and excess kurtosis above 2 sqrt(24 / n)",
        2.0,
        5.0,
        _both_horizons,
        _heavy_tails,
    ),
    Measure(
        "gain_loss_asymmetry",
        "Gain and loss asymmetry",
        "cont",
        "mean size of the lowest 5 % of returns less their median over that of the highest 5 %; returns as for heavy tails",
        f"{_CONT} fact 3; the definition is ours",
        "above 1, with its whole interval",
        1.0,
        _ANY,
        _both_horizons,
        _gain_loss,
        clear=True,
    ),
    Measure(
        "aggregational_gaussianity",
        "Aggregational Gaussianity",
        "cont",
        "slope of ln(kurtosis) on ln(horizon), 1 s to 30 minutes, horizons with 50 returns or more",
        f"{_CONT} fact 4; Gopikrishnan et al. (1999), Physical Review E 60:5305",
        "below 0, with its whole interval, and excess kurtosis at the shortest horizon above 2 sqrt(24 / n) and the longest's",
        -_ANY,
        0.0,
        _horizon_parts,
        _aggregation,
        clear=True,
    ),
    Measure(
        "intermittency",
        "Intermittency",
        "cont",
        "var(sum of 30 |r|) / (30 var(|r|)) of 10 s returns in windows of five minutes; 1 if shuffled",
        f"{_CONT} fact 5; sums of |r| as volatility: Barndorff-Nielsen and Shephard (2003), Bernoulli 9:243",
        "above 1, with its whole interval",
        1.0,
        _ANY,
        _intermittency_parts,
        _intermittency,
        clear=True,
    ),
    Measure(
        "volatility_clustering",
        "Volatility clustering",
        "cont",
        "mean of corr(|r_t|, |r_t+k|) of 10 s returns, lags one to ten minutes",
        f"{_CONT} fact 6 and section 5; Ding, Granger and Engle (1993)",
        "above 0, with its whole interval",
        0.0,
        1.0,
        _memory_parts,
        _clustering,
        clear=True,
    ),
    Measure(
        "conditional_heavy_tails",
        "Conditional heavy tails",
        "cont",
        "sqrt(2 / pi) rms(z) / mean(|z|) - 1, z = r_t / s_t of 10 s returns, s_t squared the weighted mean of past r squared, "
        "0.94 a minute; 0 for a Gaussian",
        f"{_CONT} fact 7; Geary (1935) for the measure, RiskMetrics (1996) for the weights",
        "above 0, with its whole interval, and below that of r_t",
        0.0,
        _ANY,
        _conditional_parts,
        _conditional,
        clear=True,
    ),
    Measure(
        "slow_decay",
        "Slow decay of volatility",
        "cont",
        "b of c k^-b fitted to corr(|r_t|, |r_t+k|) of 10 s returns, 10 s to 30 minutes",
        f"{_CONT} fact 8: 0.2 to 0.4; widened by 0.1 and 0.2, which is how far the fit of one day strays",
        "0.1 to 0.6, and the mean at 20 to 30 minutes above 0",
        0.1,
        0.6,
        _memory_parts,
        _slow_decay,
    ),
    Measure(
        "leverage",
        "Leverage effect",
        "cont",
        "mean of corr(r_t, |r_t+k|) of 10 s returns, lags 10 s to ten minutes",
        f"{_CONT} fact 9; Bouchaud, Matacz and Potters (2001), Physical Review Letters 87:228701",
        "below 0, with its whole interval",
        -1.0,
        0.0,
        _leverage_parts,
        _leverage,
        clear=True,
    ),
    Measure(
        "volume_volatility",
        "Volume and volatility",
        "cont",
        "rank correlation of a minute's volume with its |r|",
        f"{_CONT} fact 10; Karpoff (1987), Journal of Financial and Quantitative Analysis 22:109",
        "above 0, with its whole interval",
        0.0,
        1.0,
        _volume_parts,
        _volume,
        clear=True,
    ),
    Measure(
        "time_scales",
        "Asymmetry of time scales",
        "cont",
        "corr(C_t, F_t+1) - corr(F_t, C_t+1), C = |sum of 30 r|, F = sum of 30 |r|, 10 s returns in five minutes",
        f"{_CONT} fact 11; Muller et al. (1997), Journal of Empirical Finance 4:213",
        "above 0, with its whole interval",
        0.0,
        2.0,
        _scales_parts,
        _scales,
        clear=True,
    ),
)
"""The eleven facts in Cont's order."""
