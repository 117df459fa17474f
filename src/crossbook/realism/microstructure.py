"""Facts about order flow and its impact: the memory of signs, the impact of volume and of imbalance.

Assumes that the side of trades is known. Facts of the book and of arrivals are in `book`.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from crossbook.realism.measure import Estimate, Measure
from crossbook.realism.observations import Floats
from crossbook.realism.series import Series
from crossbook.realism.statistics import (
    binned_exponent,
    correlations,
    decay,
    lagged_sums,
    power_sums,
    slope,
    variance,
)

ORDERS_MIN: Final = 500
"""Fewest orders that traded that anything is said of."""
SIGN_LAGS: Final = range(1, 101)
FAR_LAGS: Final = slice(20, 50)
"""Of these, 21 to 50."""
SIGN_WINDOWS: Final = (8, 16, 32, 64, 128)
"""Orders whose signs are summed."""
IMPACT_BINS: Final = 12
METAORDERS_MIN: Final = 300
IMBALANCE_SECONDS: Final = 10
IMBALANCE_WINDOWS: Final = 180
"""Intervals in the half hour within which the slope is held fixed."""
_MICRO: Final = "microstructure"


def _sign_parts(series: Series) -> tuple[Floats, Floats]:
    signs = series.sign
    totals = []
    for width in SIGN_WINDOWS:
        count = len(signs) // width
        totals.append(power_sums(signs[: count * width].reshape(count, width).sum(axis=1))[:3])
    return lagged_sums(signs, signs, SIGN_LAGS), np.stack(totals)


def _sign_correlations(parts: Sequence[tuple[Floats, Floats]]) -> Floats | None:
    sums = np.sum([part[0] for part in parts], axis=0)
    return correlations(sums) if sums[-1, 0] >= ORDERS_MIN else None


def _sign_memory(parts: Sequence[tuple[Floats, Floats]]) -> Estimate | None:
    found = _sign_correlations(parts)
    return None if found is None else Estimate(float(found[FAR_LAGS].mean()), note=f"at lag 1 {found[0]:.3f}")


def _sign_decay(parts: Sequence[tuple[Floats, Floats]]) -> Estimate | None:
    found = _sign_correlations(parts)
    if found is None:
        return None
    exponent, size = decay(SIGN_LAGS, found)
    count = float(np.sum([part[0][0, 0] for part in parts]))
    hurst = _hurst(np.sum([part[1] for part in parts], axis=0))
    note = "" if hurst is None else f"Hurst exponent of summed signs {hurst:.2f}"
    return Estimate(exponent, bool(size > 2 / np.sqrt(count)), note)


def _hurst(sums: Floats) -> float | None:
    """Return half the slope of ln(variance of summed signs) on ln(orders summed): 1 - exponent / 2 far out."""
    spreads = [variance(*row) for row in sums.tolist()]
    known = [
        (width, spread) for width, spread in zip(SIGN_WINDOWS, spreads, strict=True) if spread is not None
    ]
    if len(known) < len(SIGN_WINDOWS):
        return None
    found = slope(*np.log(np.array(known)).T)
    return None if found is None else found / 2


def _metaorders(series: Series) -> tuple[Floats, Floats]:
    """Return volume, and mid change in its direction, of what stands for metaorders.

    An unbroken row of orders on one side stands for a metaorder: who sent them is not public. Its impact runs from the
    mid before its first order to that before the order which follows its last; the last row has none.
    """
    sign = series.sign
    if len(sign) < 2:
        return np.empty(0), np.empty(0)
    first = np.flatnonzero(np.concatenate([[True], np.diff(sign) != 0]))
    change = np.diff(series.mid_before[first]) * sign[first[:-1]]
    return np.add.reduceat(series.quantity, first)[:-1], change


def _impact(parts: Sequence[tuple[Floats, Floats]]) -> Estimate | None:
    volumes, changes = (np.concatenate(column) for column in zip(*parts, strict=True))
    if len(volumes) < METAORDERS_MIN:
        return None
    found = binned_exponent(volumes, changes, IMPACT_BINS)
    error = float(changes.std()) / np.sqrt(len(changes))
    moves = bool(changes.mean() > 3 * error)
    return None if found is None else Estimate(found, moves, f"{len(volumes)} rows of orders on one side")


def _imbalance_parts(series: Series) -> Floats:
    """Return one row for each half hour: what the regression of mid changes on imbalance is made of."""
    changes = np.diff(series.mid[::IMBALANCE_SECONDS])
    flow = series.imbalances(IMBALANCE_SECONDS)
    rows = [
        lagged_sums(flow[start : start + IMBALANCE_WINDOWS], changes[start : start + IMBALANCE_WINDOWS], [0])
        for start in range(0, len(flow) - IMBALANCE_WINDOWS + 1, IMBALANCE_WINDOWS)
    ]
    return np.concatenate([np.empty((0, 6)), *rows])


def _imbalance(parts: Sequence[Floats]) -> Estimate | None:
    rows = np.concatenate(parts)
    found = [correlation for row in rows if (correlation := correlations(row[None, :])) is not None]
    if len(found) < max(len(rows) / 2, 1):
        return None
    values = np.concatenate(found)
    rising = float((values > 0).mean())
    return Estimate(float((values**2).mean()), rising >= 0.9, f"slope above 0 in {rising:.0%} of half hours")


FLOW: Final[tuple[Measure[Any], ...]] = (
    Measure(
        "sign_memory",
        "Memory of order signs",
        _MICRO,
        "mean of corr(e_t, e_t+k), lags 21 to 50; e = 1 for an order that bought, -1 for one that sold",
        "Lillo and Farmer (2004), Studies in Nonlinear Dynamics and Econometrics 8(3); Bouchaud et al. (2004)",
        "above 0, with its whole interval",
        0.0,
        1.0,
        _sign_parts,
        _sign_memory,
        clear=True,
    ),
    Measure(
        "sign_memory_exponent",
        "Decay of the memory of signs",
        _MICRO,
        "g of c k^-g fitted to corr(e_t, e_t+k), lags 1 to 100",
        "Lillo and Farmer (2004): about 0.6; Bouchaud et al. (2004), Quantitative Finance 4:176: 0.2 to 0.7",
        "0.3 to 0.8",
        0.3,
        0.8,
        _sign_parts,
        _sign_decay,
    ),
    Measure(
        "impact_exponent",
        "Square-root impact",
        _MICRO,
        "d of E[e (m_end - m_start) | Q] ~ Q^d over unbroken rows of orders on one side, 12 bins of equal count by Q",
        "Toth et al. (2011), Physical Review X 1:021006: about 0.5, 0.4 to 0.7 over studies; Bouchaud et al. (2018), Trades, Quotes and Prices, "
        "chapter 12; rows in place of metaorders are ours",
        "0.4 to 0.6, and the mean change above three standard errors",
        0.4,
        0.6,
        _metaorders,
        _impact,
    ),
    Measure(
        "imbalance_impact",
        "Impact of order-flow imbalance",
        _MICRO,
        "mean R squared of the mid change over 10 s on the order-flow imbalance, a regression for each half hour",
        "Cont, Kukanov and Stoikov (2014), Journal of Financial Econometrics 12:47-88: 0.65 on average over 50 stocks",
        "0.3 to 1, and slope above 0 in 90 % of the half hours",
        0.3,
        1.0,
        _imbalance_parts,
        _imbalance,
    ),
)
"""The facts of order flow."""
