"""What is known of one trading day of one instrument: quotes, trades and, where there are any, orders.

Everything that is measured starts here, so a recorded day and a simulated one are told apart by nothing but their
numbers. Prices are whole ticks, quantities whole lots or shares, times whole nanoseconds on any one clock.

Assumes that prices are above zero, and that the session is one stretch of continuous trading. Refuses columns of
different lengths, times that go back, and sessions of more than a week.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbook.core import UsageError
from crossbook.data.lobster import Rows
from crossbook.realism.reading import SESSION_CLOSE_NS, SESSION_OPEN_NS, lobster_columns, run_columns

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

DEPTH_LEVELS: Final = 10
"""Distance levels of the mean depth."""
SESSION_NS_MAX: Final = 7 * 86_400 * 10**9
"""Longest session: a week."""


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """One trading day of one instrument.

    Raises:
        UsageError: Where columns that belong together differ in length, a time goes back, or the session has no length.
    """

    name: str
    open_ns: int
    close_ns: int
    """The session of continuous trading; rows outside of it are not looked at."""
    quote_time_ns: Integers
    """A row at each change of the best bid or ask."""
    bid: Integers
    """Best bid in ticks; 0, with quantity 0, where there is none."""
    bid_quantity: Integers
    ask: Integers
    ask_quantity: Integers
    trade_time_ns: Integers
    trade_price: Integers
    trade_quantity: Integers
    trade_side: NDArray[np.int8]
    """1 where the buyer began the trade, -1 where the seller did, 0 where it is not known or was an auction."""
    order_time_ns: Integers | None = None
    """When limit orders entered the book."""
    cancel_life_ns: Integers | None = None
    """From entry to cancel, of orders that were cancelled."""
    cancel_time_ns: Integers | None = None
    """When each of them was cancelled; without it there is no interval within a day."""
    fill_life_ns: Integers | None = None
    """From entry to first fill, of orders that rested and traded."""
    fill_time_ns: Integers | None = None
    """When each of them first traded; without it there is no interval within a day."""
    depth: Floats | None = None
    """Mean quantity at the distance levels 1 to 10 from the best, bids and asks. Shape: (2, 10)."""

    def __post_init__(self) -> None:
        if self.close_ns <= self.open_ns:
            raise UsageError(f"{self.name}: the session closes at or before its open")
        if self.duration_ns > SESSION_NS_MAX:
            raise UsageError(f"{self.name}: the session is longer than a week")
        self._check("quotes", self.quote_time_ns, [self.bid, self.bid_quantity, self.ask, self.ask_quantity])
        self._check("trades", self.trade_time_ns, [self.trade_price, self.trade_quantity, self.trade_side])
        if self.order_time_ns is not None:
            self._check("orders", self.order_time_ns, [])
        for what, time_ns, life_ns in (
            ("cancels", self.cancel_time_ns, self.cancel_life_ns),
            ("fills", self.fill_time_ns, self.fill_life_ns),
        ):
            if time_ns is not None:
                self._check(what, time_ns, [] if life_ns is None else [life_ns])
        if self.depth is not None and self.depth.shape != (2, DEPTH_LEVELS):
            raise UsageError(f"{self.name}: the depth has not the shape (2, {DEPTH_LEVELS})")

    def _check(
        self, what: str, time_ns: Integers, columns: Sequence[NDArray[np.int64] | NDArray[np.int8]]
    ) -> None:
        if any(column.shape != time_ns.shape for column in columns) or time_ns.ndim != 1:
            raise UsageError(f"{self.name}: the columns of the {what} differ in length")
        if (np.diff(time_ns) < 0).any():
            raise UsageError(f"{self.name}: the times of the {what} go back")

    @classmethod
    def from_run(cls, folder: Path, market: str | None = None) -> "Observations":
        """Read what a run left in its folder.

        Args:
            folder: The run's folder, with `manifest.json`, `book.parquet`, `trades.parquet` and perhaps `orders.parquet`.
            market: The market's symbol; may be left out where there is only one.

        Raises:
            UsageError: Where a file or the market is not there, or does not hold what it should.
        """
        return cls(**run_columns(folder, market))

    @classmethod
    def from_lobster(
        cls,
        messages: Rows,
        book: Rows,
        *,
        name: str = "recorded",
        open_ns: int = SESSION_OPEN_NS,
        close_ns: int = SESSION_CLOSE_NS,
    ) -> "Observations":
        """Take a recorded day as `crossbook.data.lobster` reads it; the best level of the book is enough.

        A trade against a hidden order has no known side. Prices are in 1/10,000 of a dollar.

        Args:
            messages: The day, of `MESSAGE`.
            book: The book after each message, of a `book_dtype`.
            name: What to call the day.
            open_ns: When continuous trading begins, after midnight.
            close_ns: When it ends.

        Raises:
            UsageError: Where the two have different numbers of rows.
        """
        return cls(name=name, open_ns=open_ns, close_ns=close_ns, **lobster_columns(messages, book))

    @property
    def duration_ns(self) -> int:
        """The length of the session."""
        return self.close_ns - self.open_ns

    def between(self, start_ns: int, end_ns: int) -> "Observations":
        """Return a stretch of the day as a short day; it opens with the quote that stood at its start."""
        quotes = _rows(self.quote_time_ns, start_ns, end_ns)
        quotes = slice(max(int(np.searchsorted(self.quote_time_ns, start_ns, "right")) - 1, 0), quotes.stop)
        trades = _rows(self.trade_time_ns, start_ns, end_ns)
        return replace(
            self,
            open_ns=start_ns,
            close_ns=end_ns,
            quote_time_ns=np.maximum(self.quote_time_ns[quotes], start_ns),
            bid=self.bid[quotes],
            bid_quantity=self.bid_quantity[quotes],
            ask=self.ask[quotes],
            ask_quantity=self.ask_quantity[quotes],
            trade_time_ns=self.trade_time_ns[trades],
            trade_price=self.trade_price[trades],
            trade_quantity=self.trade_quantity[trades],
            trade_side=self.trade_side[trades],
            order_time_ns=_part(self.order_time_ns, self.order_time_ns, start_ns, end_ns),
            cancel_life_ns=_part(self.cancel_life_ns, self.cancel_time_ns, start_ns, end_ns),
            cancel_time_ns=_part(self.cancel_time_ns, self.cancel_time_ns, start_ns, end_ns),
            fill_life_ns=_part(self.fill_life_ns, self.fill_time_ns, start_ns, end_ns),
            fill_time_ns=_part(self.fill_time_ns, self.fill_time_ns, start_ns, end_ns),
            depth=None,
        )


def _rows(time_ns: Integers, start_ns: int, end_ns: int) -> slice:
    first, last = np.searchsorted(time_ns, [start_ns, end_ns]).tolist()
    return slice(first, last)


def _part(values: Integers | None, time_ns: Integers | None, start_ns: int, end_ns: int) -> Integers | None:
    """Cut a column that may not be there; without times nothing can be said of a part of the day."""
    return None if values is None or time_ns is None else values[_rows(time_ns, start_ns, end_ns)]
