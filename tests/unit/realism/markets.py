"""Markets whose facts are known, made by hand for the tests of the estimators."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossbook.realism import MEASURES, Fact, Observations, report
from crossbook.realism.bootstrap import DAYS_MIN
from crossbook.realism.measure import Estimate
from crossbook.realism.series import series_of

Floats = NDArray[np.float64]
SECOND = 10**9
OPEN, CLOSE = 34_200 * SECOND, 57_600 * SECOND
PRICE = 10**9
"""So high that whole ticks do not show in returns."""
NOTHING = np.empty(0, np.int64)


def quoted(time_ns: NDArray[np.int64], mid: NDArray[np.int64], *, half_spread: int = 1) -> Observations:
    """Return a day whose mid is as given, with one lot on either side and no trades."""
    lots = np.full(len(mid), 100)
    return Observations(
        name="made",
        open_ns=OPEN,
        close_ns=CLOSE,
        quote_time_ns=time_ns,
        bid=mid - half_spread,
        bid_quantity=lots,
        ask=mid + half_spread,
        ask_quantity=lots,
        trade_time_ns=NOTHING,
        trade_price=NOTHING,
        trade_quantity=NOTHING,
        trade_side=np.empty(0, np.int8),
    )


def walked(returns: Floats, seconds: int) -> Observations:
    """Return a day whose log mid moves by given returns, one in so many seconds."""
    path = np.concatenate([[0.0], np.cumsum(returns)])
    time_ns = OPEN + SECOND * seconds * np.arange(len(path))
    return quoted(time_ns, np.round(PRICE * np.exp(path)).astype(np.int64))


def traded(
    day: Observations, time_ns: NDArray[np.int64], side: NDArray[np.int8], quantity: NDArray[np.int64]
) -> Observations:
    """Return the day with trades."""
    price = np.full(len(time_ns), PRICE)
    return replace(day, trade_time_ns=time_ns, trade_price=price, trade_quantity=quantity, trade_side=side)


def days_of(make: Callable[[np.random.Generator], Observations], days: int = DAYS_MIN) -> list[Observations]:
    """Return days that are alike but for their random numbers."""
    return [make(np.random.default_rng([7, number])) for number in range(days)]


def gaussian(random: np.random.Generator) -> Observations:
    """Return a day of independent Gaussian returns each second, and trades that know nothing of them."""
    day = walked(random.normal(0, 1e-4, 23_400), 1)
    time_ns = np.sort(random.integers(OPEN + SECOND, CLOSE, 4_000))
    side = random.choice(np.array([-1, 1], np.int8), 4_000)
    return traded(day, time_ns, side, random.integers(1, 500, 4_000))


def correlated(random: np.random.Generator, correlation: NDArray[np.floating[Any]]) -> Floats:
    """Return Gaussian numbers with a given correlation function, by circulant embedding."""
    ring = np.concatenate([correlation, correlation[-2:0:-1]])
    power = np.maximum(np.fft.fft(ring).real, 0)
    noise = random.normal(size=len(ring)) + 1j * random.normal(size=len(ring))
    numbers = np.fft.fft(np.sqrt(power / len(ring)) * noise).real
    return numbers[: len(correlation)]


def estimate_of(key: str, days: Sequence[Observations]) -> Estimate | None:
    """Return what one fact gives over some days, without interval or verdict."""
    measure = next(measure for measure in MEASURES if measure.key == key)
    return measure.pool([measure.prepare(series_of(day)) for day in days])


def value_of(key: str, days: Sequence[Observations]) -> float:
    """Return the value of a fact that can be measured."""
    estimate = estimate_of(key, days)
    assert estimate is not None
    return estimate.value


def facts_of(days: Sequence[Observations], *keys: str) -> dict[str, Fact]:
    """Return the facts of a report, some of them or all, by their keys."""
    measures = [measure for measure in MEASURES if not keys or measure.key in keys]
    return {fact.key: fact for fact in report(days, resamples=60, measures=measures).facts}


def fact_of(key: str, days: Sequence[Observations]) -> Fact:
    """Return one fact of a report."""
    return facts_of(days, key)[key]
