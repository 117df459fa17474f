"""What was read of a recording: its rows, what they hold, and what was wrong with them."""

from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Finding(NamedTuple):
    """One thing that was wrong, and what was done about it."""

    line: int
    kind: str
    reason: str
    action: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Counts of a recording and what its clocks say. Times are nanoseconds since 1970, UTC; zero where there is none."""

    lines: int
    rows: int
    quotes: int
    updates: int
    """Updates of the book."""
    trades: int
    snapshots: int
    old_updates: int
    """Updates that a snapshot had already taken in, left out."""
    unknown_streams: int
    """Lines of streams that are not read, left out."""
    other_symbols: int
    """Lines of other instruments than the one asked for, left out."""
    symbol: str
    first_local_ns: int
    last_local_ns: int
    first_exchange_ns: int
    last_exchange_ns: int
    least_delay_ns: int | None
    """Smallest receive time less exchange time; below zero where the recorder's clock was behind."""
    largest_delay_ns: int | None
    first_whole_line: int | None
    """The line of the first snapshot: from here on the book is whole."""
    whole_at_end: bool
    """No update is missing between the last snapshot and the end."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording in memory."""

    rows: NDArray[np.void]
    """Array of `crossbook.core.L2_ROW`, read-only."""
    price_step: str
    """What one tick is worth."""
    quantity_step: str
    """What one lot is worth."""
    contents: Contents
    findings: tuple[Finding, ...]
    """The first hundred; `finding_counts` has them all."""
    finding_counts: dict[str, int]
    """How many findings of each kind there were; kinds without one are left out."""
    lineage: dict[str, object]
    """File name, sizes, SHA-256, settings, counts and findings, for a run's manifest: plain JSON values."""

    @property
    def symbol(self) -> str:
        """The instrument as the exchange names it; empty where no line named one."""
        return self.contents.symbol

    @property
    def local_ns(self) -> tuple[int, int]:
        """Receive times of the first and the last row."""
        return self.contents.first_local_ns, self.contents.last_local_ns

    @property
    def exchange_ns(self) -> tuple[int, int]:
        """The first and the newest of the exchange's times."""
        return self.contents.first_exchange_ns, self.contents.last_exchange_ns


def as_json(contents: Contents, findings: tuple[Finding, ...], counts: dict[str, int]) -> dict[str, object]:
    """Return what was found as plain JSON values."""
    return {
        "contents": asdict(contents),
        "finding_counts": counts,
        "findings": [finding._asdict() for finding in findings],
    }
