"""What the facts are measured on: the mid price second by second, the flow of orders that traded, and their mids.

The mid is half of best bid plus best ask while both stand, and the last such mid while one is missing. A return is the
difference of the logarithms of two mids. A trade that took several resting orders is one order: rows of one time and
one side are put together, as in Lillo and Farmer (2004), who count orders and not fills.

Assumes that the quote at a trade's own time is the one after it. Makes nothing up before the first two-sided quote.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from crossbook.realism.observations import Floats, Integers, Observations

SECOND_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One day, or a stretch of one, on the grids on which facts are measured."""

    day: Observations
    mid: Floats
    """Mid in ticks at each full second of the session from the first mid on. Shape: (seconds + 1,), or empty."""
    volume: Floats
    """Quantity traded in each of these seconds. Shape: (seconds,)."""
    imbalance: Floats
    """Order-flow imbalance at the best quotes in each of these seconds. Shape: (seconds,)."""
    sign: Floats
    """1 or -1 of each order that traded and whose side is known."""
    quantity: Floats
    """What each of them traded."""
    mid_before: Floats
    """The mid just before each of them; nan is never among them."""
    trade_time_ns: Integers
    """When each of them traded."""
    change_time_ns: Integers
    """When the mid changed."""

    def returns(self, seconds: int) -> Floats:
        """Return the log returns over stretches of some seconds that do not overlap."""
        return np.diff(np.log(self.mid[::seconds]))

    def volumes(self, seconds: int) -> Floats:
        """Return the quantity traded in each of these stretches."""
        return _sums(self.volume, seconds)

    def imbalances(self, seconds: int) -> Floats:
        """Return the order-flow imbalance in each of these stretches."""
        return _sums(self.imbalance, seconds)


def _sums(values: Floats, width: int) -> Floats:
    count = len(values) // width
    sums: Floats = values[: count * width].reshape(count, width).sum(axis=1)
    return sums


def series_of(day: Observations) -> Series:
    """Put a day on its grids."""
    two_sided = (day.bid_quantity > 0) & (day.ask_quantity > 0) & (day.bid > 0) & (day.ask > 0)
    two_sided &= day.quote_time_ns <= day.close_ns
    time_ns = day.quote_time_ns[two_sided]
    mids = (day.bid + day.ask)[two_sided] / 2

    grid = day.open_ns + SECOND_NS * np.arange(day.duration_ns // SECOND_NS + 1)
    known = np.searchsorted(time_ns, grid, "right") - 1
    first = int(np.searchsorted(known, 0))
    mid = mids[known[first:]]
    seconds = max(len(mid) - 1, 0)

    def by_second(at_ns: Integers, amounts: Floats) -> Floats:
        """Add up in each second of the grid, its start left out and its end included."""
        second = (at_ns - grid[first] - 1) // SECOND_NS if seconds else np.empty(0, np.int64)
        inside = (second >= 0) & (second < seconds)
        return np.bincount(second[inside], amounts[: len(second)][inside], seconds).astype(float)

    in_session = (day.trade_time_ns >= day.open_ns) & (day.trade_time_ns <= day.close_ns)
    sign, quantity, trade_time_ns = _orders(day, in_session)
    before = np.searchsorted(time_ns, trade_time_ns, "left") - 1
    seen = before >= 0
    changed = np.flatnonzero(np.diff(mids) != 0) + 1
    return Series(
        day=day,
        mid=mid,
        volume=by_second(day.trade_time_ns[in_session], day.trade_quantity[in_session].astype(float)),
        imbalance=by_second(*_imbalance(day, two_sided)),
        sign=sign[seen],
        quantity=quantity[seen],
        mid_before=mids[before[seen]],
        trade_time_ns=trade_time_ns[seen],
        change_time_ns=time_ns[changed][time_ns[changed] >= day.open_ns],
    )


def _orders(day: Observations, in_session: np.ndarray) -> tuple[Floats, Floats, Integers]:
    """Return sign, quantity and time of the orders that traded and whose side is known."""
    wanted = in_session & (day.trade_side != 0)
    time_ns, side = day.trade_time_ns[wanted], day.trade_side[wanted].astype(float)
    starts = np.ones(len(side), bool)
    starts[1:] = (np.diff(time_ns) != 0) | (np.diff(side) != 0)
    rows = np.flatnonzero(starts)
    quantity = day.trade_quantity[wanted].astype(float)
    return side[rows], np.add.reduceat(quantity, rows) if len(rows) else quantity, time_ns[rows]


def _imbalance(day: Observations, two_sided: np.ndarray) -> tuple[Integers, Floats]:
    """Return the contribution of each quote to the order-flow imbalance.

    Source: Cont, Kukanov and Stoikov (2014), Journal of Financial Econometrics 12:47-88, section 2.1. A quote after
    which, or before which, a side is missing contributes nothing.
    """
    bid, ask = day.bid, day.ask
    bids, asks = day.bid_quantity.astype(float), day.ask_quantity.astype(float)
    contribution = (
        (bid[1:] >= bid[:-1]) * bids[1:]
        - (bid[1:] <= bid[:-1]) * bids[:-1]
        - (ask[1:] <= ask[:-1]) * asks[1:]
        + (ask[1:] >= ask[:-1]) * asks[:-1]
    )
    whole = two_sided[1:] & two_sided[:-1]
    return day.quote_time_ns[1:][whole], contribution[whole]
