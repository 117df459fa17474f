"""Recorded market data from bytes to rows: what the native reader is to Python.

`feed_reader` makes a reader. It reads JSON lines of Binance's combined streams, each after its receive time in
nanoseconds; it opens no file. A fault is a value here, because only the caller knows the file's name.
"""

from enum import IntEnum, IntFlag
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Fault: TypeAlias = tuple[int, str, str]
"""Line, kind and reason of the fault that ends the reading."""


class RowKind(IntEnum):
    """What a row of `L2_ROW` says."""

    DEPTH = 1
    """The quantity at a price is now this; zero removes the level."""
    TRADE = 2
    QUOTE = 3
    """The best price of a side, and what stands there."""


class TapeKind(IntEnum):
    """What a row of `TAPE_ROW` says: as `RowKind`, or something of a single order."""

    DEPTH = 1
    TRADE = 2
    """Beside rows of single orders: a trade with an order that did not show."""
    QUOTE = 3
    ENTER = 4
    """An order enters at the end of its queue."""
    CANCEL = 5
    """So many lots are taken off an order, which keeps its place."""
    EXECUTE = 6
    """So many lots of a resting order trade; the side is the resting order's."""
    PHASE = 7
    """The market moves to the phase with the number in `quantity`."""


class ScriptKind(IntEnum):
    """What a row of `SCRIPT_ROW` does."""

    ENTER = 0
    CANCEL = 1
    SHRINK = 2
    """The order is changed to a new total quantity, and keeps its place."""
    TAKE = 3
    """An order trades what it can at a price or better, and is gone."""
    PHASE = 4
    UNCROSS = 5


class RowFlag(IntFlag):
    """What else is to be said of a row of `L2_ROW`."""

    LAST = 1
    """The last row of its message: only here is the book one that the exchange ever showed."""
    SNAPSHOT = 2
    """Part of a snapshot of the whole book."""
    STALE = 4
    """The book is not known to be whole: no snapshot came yet, or updates are missing since."""
    REPAIRED = 8
    """Made by the reader in repair; the recording does not say it."""


class FeedReader(Protocol):
    """Reads one recording from its first byte to its last; one thread at a time may work on it."""

    def push(self, data: bytes, /) -> Fault | None:
        """Read on, without the interpreter's lock; return the fault that ends the reading, or `None`."""

    def finish(self) -> Fault | None:
        """End the reading; return the fault that it ends with, or `None`."""

    def take(self) -> NDArray[np.void]:
        """Return the rows since the last call as an array of `L2_ROW`, read-only and not copied."""

    def findings(self) -> list[tuple[int, str, str, str]]:
        """Return the first hundred findings: line, kind, reason, and what was done."""

    def counts(self) -> dict[str, int]:
        """Return how many findings of each kind there were, zeros included."""

    def summary(self) -> dict[str, int | str | None]:
        """Return counts of what was read so far, the symbol, and the first and last times."""
