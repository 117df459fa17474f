"""What everybody may know of the market: last prices, the tape, and the figures of the last 24 hours.

It is told of each trade once it is released, and keeps a bounded past: the newest trades of each instrument, and one
summary for each of the last 1,440 minutes.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

TAPE_LENGTH: Final = 1_000
"""Trades of an instrument that are kept in memory; older ones are read from the database."""
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


@dataclass(slots=True)
class Market:
    """An instrument as the tape shows it."""

    last: int
    """The price of the last trade, or the first price where none was yet; in ticks."""
    phase: int
    tape: deque[bytes] = field(default_factory=lambda: deque(maxlen=TAPE_LENGTH))
    """Each a `TradeView` as JSON, the newest last."""
    minutes: deque[Minute] = field(default_factory=deque)
    before: int = 0
    """The last price before the first minute that is kept, in ticks."""
    sequence: int = 0
    """That of the last trade."""
    high: int | None = None
    """Of the minutes that are kept, as the next two."""
    low: int | None = None
    volume: int = 0

    def __post_init__(self) -> None:
        self.before = self.before or self.last

    def trade(self, time_ns: int, price: int, lots: int) -> None:
        """Take note of a trade."""
        self.add_minute(Minute(time_ns // NS_PER_MINUTE, price, price, price, price, lots))

    def add_minute(self, minute: Minute) -> None:
        """Take note of trades that lie in one minute, none of which is older than what is known."""
        self.last = minute.close
        newest = self.minutes[-1] if self.minutes else None
        if newest is not None and newest.number == minute.number:
            newest.high = max(newest.high, minute.high)
            newest.low = min(newest.low, minute.low)
            newest.close = minute.close
            newest.volume += minute.volume
        else:
            self.minutes.append(minute)
            self.forget(minute.number)
        self.high = minute.high if self.high is None else max(self.high, minute.high)
        self.low = minute.low if self.low is None else min(self.low, minute.low)
        self.volume += minute.volume

    def forget(self, minute: int) -> None:
        """Let go of what is older than a day before a minute."""
        if not self.minutes or self.minutes[0].number > minute - MINUTES_PER_DAY:
            return
        while self.minutes and self.minutes[0].number <= minute - MINUTES_PER_DAY:
            gone = self.minutes.popleft()
            self.before = gone.close
            self.volume -= gone.volume
        self.high = max((kept.high for kept in self.minutes), default=None)
        self.low = min((kept.low for kept in self.minutes), default=None)

    def change(self, time_ns: int) -> float:
        """Return how far the price moved in 24 hours, as a part of what it was."""
        self.forget(time_ns // NS_PER_MINUTE)
        return (self.last - self.before) / self.before if self.before else 0.0


class Markets:
    """The market of each instrument, by the core's number."""

    def __init__(self) -> None:
        self._markets: dict[int, Market] = {}

    def add(self, number: int, market: Market) -> None:
        """Add the market of an instrument that was listed."""
        self._markets[number] = market

    def __getitem__(self, number: int) -> Market:
        return self._markets[number]

    def numbers(self) -> Iterable[int]:
        """Return the numbers of all instruments."""
        return self._markets.keys()
