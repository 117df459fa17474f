"""What a replay found: counts, differences with their causes, spreads, hashes."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from crossbook.data.lobster import Kind
from crossbook.lab.replay.difference import Cause, Levels


@dataclass(frozen=True, slots=True)
class FirstDifference:
    """The first row that differs, with both books: bids and asks as price and size, best first."""

    row: int
    """Counted from 1."""
    time_ns: int
    cause: Cause
    our_bids: Levels
    our_asks: Levels
    record_bids: Levels
    record_asks: Levels


@dataclass(frozen=True, slots=True)
class Spread:
    """Ask less bid in 1/10,000 of a dollar, over the rows on which both sides stood."""

    rows: int
    smallest: int
    median: float
    mean: float
    largest: int
    time_weighted_mean: float


@dataclass(slots=True)
class Summary:
    """The account of one replay. Sizes in shares, prices in 1/10,000 of a dollar."""

    messages: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    """Messages by kind."""
    trades: int = 0
    """Trades that the core made."""
    volume: int = 0
    """Shares in them."""
    turnover: int = 0
    """Shares times price in them."""
    volume_hidden: int = 0
    """Shares of hidden orders, which are in no book."""
    volume_cross: int = 0
    """Shares of auctions."""
    in_turn: int = 0
    """Executions whose recorded order was the one that the core's price-time priority had next."""
    out_of_turn: int = 0
    """Executions of a known order that another known one stood before: taken off without a trade."""
    unplaced: int = 0
    """Executions for which the record never told where the order stood in its queue."""
    looked_back: int = 0
    """Orders that were entered because later messages show that they were there."""
    absent: int = 0
    """Messages that take more from a price than was known to stand there."""
    rows_compared: int = 0
    rows_equal: int = 0
    causes: Counter[Cause] = field(default_factory=Counter)
    """Rows that differ, by cause; with the equal ones they add up to the rows compared."""
    corrections: int = 0
    """Levels that were changed to follow the record after a difference."""
    first_difference: FirstDifference | None = None
    spread: Spread | None = None
    commands: int = 0
    events: int = 0
    state_hash: int = 0
    event_hash: int = 0

    @property
    def share_equal(self) -> float:
        """Share of the compared rows that are equal."""
        return self.rows_equal / self.rows_compared if self.rows_compared else float("nan")


def spread_statistics(spreads: list[int], times_ns: list[int]) -> Spread | None:
    """Return the statistics of spreads, each of which held from its time to the next one's."""
    if not spreads:
        return None
    values = np.array(spreads)
    held = np.diff(np.array(times_ns), append=times_ns[-1])
    total = int(held.sum())
    return Spread(
        rows=len(values),
        smallest=int(values.min()),
        median=float(np.median(values)),
        mean=float(values.mean()),
        largest=int(values.max()),
        time_weighted_mean=float((values * held).sum() / total) if total else float(values.mean()),
    )
