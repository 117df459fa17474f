"""The state of a stream, and what it counts."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

ROUND_TRIPS_MAX: Final = 512
"""Newest round-trip times that are kept."""


class State(StrEnum):
    """How a stream stands."""

    CONNECTING = "connecting"
    """There is no connection, or its channels are not all there yet."""
    LIVE = "live"
    STALE = "stale"
    """The venue is silent although it was asked: what is known may be old."""
    CLOSED = "closed"
    """It ended, and does not come back."""


@dataclass(slots=True)
class Counters:
    """What happened on a stream since it was made."""

    messages: int = 0
    duplicates: int = 0
    """Messages that were dropped because they had been seen."""
    gaps: int = 0
    """Times that messages were missing."""
    resyncs: int = 0
    """Snapshots taken in the place of missing messages."""
    reconnects: int = 0
    unreadable: int = 0
    """Frames that were no frames of a venue."""
    overflows: int = 0
    """Times that a queue of messages was full and its reader had to begin anew."""
    round_trips_s: deque[float] = field(default_factory=lambda: deque(maxlen=ROUND_TRIPS_MAX))
    """The newest round-trip times of requests."""

    def round_trip_s(self, share: float = 0.5) -> float | None:
        """Return a quantile of the newest round-trip times; none before the first."""
        ordered = sorted(self.round_trips_s)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else None
