"""What traded in the last 24 hours, to the minute, in bounded memory: one summary for each of 1,440 minutes.

Prices are ticks, quantities lots.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

NS_PER_MINUTE: Final = 60_000_000_000
MINUTES_PER_DAY: Final = 1_440


@dataclass(slots=True)
class Minute:
    """The trades of a minute, in ticks and lots."""

    number: int
    """Minutes since 1970."""
    open: int
    high: int
    low: int
    close: int
    volume: int
    bought: int = 0
    """The part of the volume that buyers took."""


@dataclass(slots=True)
class LastDay:
    """The minutes of the last day in which something traded."""

    before: int = 0
    """The last price before the first minute that is kept, in ticks."""
    minutes: deque[Minute] = field(default_factory=deque)
    high: int | None = None
    """Of the minutes that are kept, as the next three."""
    low: int | None = None
    volume: int = 0
    bought: int = 0

    def add_minute(self, minute: Minute) -> None:
        """Take note of trades that lie in one minute, none of which is older than what is known."""
        newest = self.minutes[-1] if self.minutes else None
        if newest is not None and newest.number == minute.number:
            newest.high = max(newest.high, minute.high)
            newest.low = min(newest.low, minute.low)
            newest.close = minute.close
            newest.volume += minute.volume
            newest.bought += minute.bought
        else:
            self.minutes.append(minute)
            self.forget(minute.number)
        self.high = minute.high if self.high is None else max(self.high, minute.high)
        self.low = minute.low if self.low is None else min(self.low, minute.low)
        self.volume += minute.volume
        self.bought += minute.bought

    def forget(self, minute: int) -> None:
        """Let go of what is older than a day before a minute."""
        if not self.minutes or self.minutes[0].number > minute - MINUTES_PER_DAY:
            return
        while self.minutes and self.minutes[0].number <= minute - MINUTES_PER_DAY:
            gone = self.minutes.popleft()
            self.before = gone.close
            self.volume -= gone.volume
            self.bought -= gone.bought
        self.high = max((kept.high for kept in self.minutes), default=None)
        self.low = min((kept.low for kept in self.minutes), default=None)
