"""Facts about the book and about when things happen: spread, depth, arrivals, lives, self-excitation, time of day.

Assumes that the best quotes are all there is, unless a day brings its depth, its orders and their lives.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from crossbook.realism.measure import Estimate, Measure
from crossbook.realism.observations import Floats, Integers
from crossbook.realism.series import SECOND_NS, Series
from crossbook.realism.statistics import power_sums, variance

EVENTS_MIN: Final = 200
"""Fewest events that anything is said of."""
COUNT_SECONDS: Final = 60
"""Window in which changes of the mid are counted."""
WINDOWS_MIN: Final = 50
EDGE_SECONDS: Final = 1_800
"""What counts as the start and as the end of a day."""
PATTERN_SECONDS_MIN: Final = 10_800
"""A session shorter than three hours has no midday."""
EXPONENTIAL: Final = 1 / float(np.log(2))
"""Mean over median of an exponential distribution."""
_ANY: Final = float("inf")
_MICRO: Final = "microstructure"


def _spread_parts(series: Series) -> tuple[Integers, Floats, Floats]:
    """Return the distinct spreads, how long each stood, and sums for the mean in basis points."""
    day = series.day
    since_ns: Integers = np.append(np.clip(day.quote_time_ns, day.open_ns, day.close_ns), day.close_ns)
    seconds: Floats = (since_ns[1:] - since_ns[:-1]) / SECOND_NS
    usable = (day.bid_quantity > 0) & (day.ask_quantity > 0) & (day.bid > 0) & (seconds > 0)
    held, spread = seconds[usable], (day.ask - day.bid)[usable]
    mid = (day.ask + day.bid)[usable] / 2
    open_market = spread > 0
    relative = 1e4 * spread[open_market] / mid[open_market]
    distinct, group = np.unique(spread, return_inverse=True)
    totals = np.array([held[open_market] @ relative, held[open_market].sum(), held.sum()])
    return distinct, np.bincount(group, held, len(distinct)).astype(float), totals


def _spread(parts: Sequence[tuple[Integers, Floats, Floats]]) -> Estimate | None:
    total, open_seconds, seconds = np.sum([part[2] for part in parts], axis=0).tolist()
    if open_seconds <= 0:
        return None
    values = np.concatenate([part[0] for part in parts])
    order = np.argsort(values, kind="stable")
    share = np.cumsum(np.concatenate([part[1] for part in parts])[order]) / seconds
    places = np.minimum(np.searchsorted(share, [0.1, 0.5, 0.9, 0.99]), len(order) - 1)
    marks = ", ".join(str(mark) for mark in values[order][places].tolist())
    crossed = 1 - open_seconds / seconds
    return Estimate(
        total / open_seconds, crossed < 0.01, f"10, 50, 90, 99 % of the time at most {marks} ticks"
    )


def _depth_parts(series: Series) -> Floats | None:
    return series.day.depth


def _depth(parts: Sequence[Floats | None]) -> Estimate | None:
    known = [part for part in parts if part is not None]
    if not known:
        return None
    shape = np.mean(known, axis=(0, 1))
    peak = int(shape.argmax()) + 1
    return (
        Estimate(float(shape[1:5].mean() / shape[0]), note=f"largest at level {peak}")
        if shape[0] > 0
        else None
    )


def _gap_parts(times_of: Callable[[Series], Integers | None]) -> Callable[[Series], Floats]:
    def prepare(series: Series) -> Floats:
        time_ns = times_of(series)
        if time_ns is None:
            return np.zeros(3)
        inside = (time_ns >= series.day.open_ns) & (time_ns <= series.day.close_ns)
        return power_sums(np.diff(time_ns[inside]) / SECOND_NS)[:3]

    return prepare


def _gaps(parts: Sequence[Floats]) -> Estimate | None:
    sums = np.sum(parts, axis=0)
    spread = variance(*sums)
    if sums[0] < EVENTS_MIN or spread is None:
        return None
    mean = float(sums[1] / sums[0])
    return Estimate(float(np.sqrt(spread)) / mean, note=f"{mean:.3g} s apart on average")


def _lives(parts: Sequence[Integers | None]) -> Estimate | None:
    known = [part for part in parts if part is not None]
    lives = np.concatenate(known) / SECOND_NS if known else np.empty(0)
    if len(lives) < EVENTS_MIN:
        return None
    median, mean = float(np.median(lives)), float(lives.mean())
    return Estimate(mean / median, note=f"median {median:.3g} s, mean {mean:.3g} s") if median > 0 else None


def _count_parts(series: Series) -> Floats:
    day = series.day
    windows = day.duration_ns // (COUNT_SECONDS * SECOND_NS)
    window = (series.change_time_ns - day.open_ns) // (COUNT_SECONDS * SECOND_NS)
    counts = np.bincount(window[window < windows], minlength=windows).astype(float)
    return power_sums(counts)[:3]


def _branching(parts: Sequence[Floats]) -> Estimate | None:
    sums = np.sum(parts, axis=0)
    spread = variance(*sums)
    if sums[0] < WINDOWS_MIN or sums[1] < EVENTS_MIN or spread is None:
        return None
    mean = float(sums[1] / sums[0])
    return Estimate(1 - float(np.sqrt(mean / spread)), note=f"{mean:.3g} changes a minute")


def _pattern_parts(series: Series) -> Floats | None:
    """Return volume and size of returns at the edges and around the middle of a day, each a second."""
    volume, sizes = series.volume, np.abs(series.returns(COUNT_SECONDS))
    if len(volume) < PATTERN_SECONDS_MIN:
        return None
    result = []
    for values, edge in ((volume, EDGE_SECONDS), (sizes, EDGE_SECONDS // COUNT_SECONDS)):
        middle = len(values) // 2
        result.append((values[:edge].mean() + values[-edge:].mean()) / 2)
        result.append(values[middle - edge : middle + edge].mean())
    return np.array(result)


def _pattern(parts: Sequence[Floats | None]) -> Estimate | None:
    known = [part for part in parts if part is not None]
    if not known:
        return None
    edge, middle, wild, calm = np.sum(known, axis=0).tolist()
    if middle <= 0:
        return None
    return Estimate(edge / middle, note=f"size of returns {wild / calm:.2f}" if calm > 0 else "")


BOOK: Final[tuple[Measure[Any], ...]] = (
    Measure(
        "spread",
        "Spread",
        _MICRO,
        "mean over time of 10,000 (ask - bid) / mid, in basis points",
        "Bouchaud, Bonart, Donier and Gould (2018), Trades, Quotes and Prices, chapter 4; a wide bound of ours",
        "0.5 to 50, and crossed or locked less than 1 % of the time",
        0.5,
        50.0,
        _spread_parts,
        _spread,
    ),
    Measure(
        "depth_shape",
        "Shape of the depth",
        _MICRO,
        "mean quantity at levels 2 to 5 over that at level 1",
        "Bouchaud, Mezard and Potters (2002), Quantitative Finance 2:251: the book is deepest away from the best",
        "1 to 20",
        1.0,
        20.0,
        _depth_parts,
        _depth,
    ),
    Measure(
        "trade_arrivals",
        "Arrivals of trades",
        _MICRO,
        "standard deviation over mean of the time between orders that traded; 1 for Poisson",
        "Engle and Russell (1998), Econometrica 66:1127: over-dispersed",
        "above 1, with its whole interval",
        1.0,
        _ANY,
        _gap_parts(lambda series: series.trade_time_ns),
        _gaps,
        clear=True,
    ),
    Measure(
        "order_arrivals",
        "Arrivals of limit orders",
        _MICRO,
        "standard deviation over mean of the time between limit orders; 1 for Poisson",
        "Engle and Russell (1998), Econometrica 66:1127: over-dispersed",
        "above 1, with its whole interval",
        1.0,
        _ANY,
        _gap_parts(lambda series: series.day.order_time_ns),
        _gaps,
        clear=True,
    ),
    Measure(
        "cancel_lives",
        "Lives of cancelled orders",
        _MICRO,
        "mean over median of the time from entry to cancel; 1 / ln 2 if cancelled at a constant rate",
        "Challet and Stinchcombe (2001), Physica A 300:285; Hasbrouck and Saar (2009): most are short, some very long",
        "above 1.44, with its whole interval",
        EXPONENTIAL,
        _ANY,
        lambda series: series.day.cancel_life_ns,
        _lives,
        clear=True,
    ),
    Measure(
        "fill_lives",
        "Time to the first fill",
        _MICRO,
        "mean over median of the time from entry to first fill; 1 / ln 2 if filled at a constant rate",
        "Lo, MacKinlay and Zhang (2002), Journal of Financial Economics 65:31",
        "above 1.44, with its whole interval",
        EXPONENTIAL,
        _ANY,
        lambda series: series.day.fill_life_ns,
        _lives,
        clear=True,
    ),
    Measure(
        "branching_ratio",
        "Branching ratio",
        _MICRO,
        "1 - 1 / sqrt(F), F = variance over mean of the number of mid changes in a minute",
        "Hardiman and Bouchaud (2014), Physical Review E 90:062807; Filimonov and Sornette (2012): 0.3 to 0.7; "
        "Hardiman, Bercot and Bouchaud (2013): about 1",
        "0.3 to 1",
        0.3,
        1.0,
        _count_parts,
        _branching,
    ),
    Measure(
        "intraday_pattern",
        "Pattern of the day",
        _MICRO,
        "volume a second in the first and last half hour over that of the hour around the middle",
        "Jain and Joh (1988), Journal of Financial and Quantitative Analysis 23:269; Admati and Pfleiderer (1988)",
        "1.1 to 10, in a session of three hours or more",
        1.1,
        10.0,
        _pattern_parts,
        _pattern,
        whole_days=True,
    ),
)
"""The facts of the book and of arrivals."""
