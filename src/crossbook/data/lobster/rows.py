"""What a row of a LOBSTER file says.

Source: the format description at lobsterdata.com ("Output structure"), version of 2012 on.
"""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

NANOSECONDS_PER_SECOND: Final = 1_000_000_000
DAY_NS: Final = 86_400 * NANOSECONDS_PER_SECOND
"""Times lie within one day, from midnight."""
PRICE_UNITS_PER_DOLLAR: Final = 10_000
NO_ASK: Final = 9_999_999_999
"""The price of an ask level on which nothing stands."""
NO_BID: Final = -9_999_999_999
"""The price of a bid level on which nothing stands."""
LEVELS_MAX: Final = 1_000
"""Most price levels of a book file."""
MESSAGE_COLUMNS: Final = ("time", "type", "order id", "size", "price", "direction")


class Kind(IntEnum):
    """What a message says."""

    NEW = 1
    """A limit order enters the book."""
    REDUCE = 2
    """Part of an order is cancelled."""
    DELETE = 3
    """An order is cancelled."""
    EXECUTE = 4
    """A visible order trades."""
    EXECUTE_HIDDEN = 5
    """A hidden order trades; the visible book stays."""
    CROSS = 6
    """An auction trades."""
    HALT = 7
    """Trading halts (price -1), quoting resumes (0) or trading resumes (1)."""


MESSAGE: Final = np.dtype(
    [
        ("time_ns", "<i8"),
        ("order_id", "<i8"),
        ("size", "<i8"),
        ("price", "<i8"),
        ("kind", "u1"),
        ("side", "i1"),
    ]
)
"""A message: time in nanoseconds after midnight, size in shares, price in 1/10,000 of a dollar, side 1 for a buy
order and -1 for a sell order. An execution carries the side of the order that rested."""

BOOK_COLUMNS: Final = ("ask price", "ask size", "bid price", "bid size")


def book_dtype(levels: int) -> np.dtype[np.void]:
    """Return the dtype of a book row: for each level price in 1/10,000 of a dollar and size in shares."""
    return np.dtype([(name.replace(" ", "_"), "<i8", (levels,)) for name in BOOK_COLUMNS])


Rows = NDArray[np.void]
"""An array of `MESSAGE` or of a `book_dtype`."""
