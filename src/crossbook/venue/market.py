"""What everybody may know of the market: last prices, the tape, and the figures of the last 24 hours.

It is told of each trade once it is released, and keeps a bounded past: the newest trades of each instrument, and one
summary for each of the last 1,440 minutes.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from crossbook.data.rolling import NS_PER_MINUTE, LastDay, Minute

TAPE_LENGTH: Final = 1_000
"""Trades of an instrument that are kept in memory; older ones are read from the database."""


@dataclass(slots=True, kw_only=True)
class Market(LastDay):
    """An instrument as the tape shows it."""

    last: int
    """The price of the last trade, or the first price where none was yet; in ticks."""
    phase: int
    tape: deque[bytes] = field(default_factory=lambda: deque(maxlen=TAPE_LENGTH))
    """Each a `TradeView` as JSON, the newest last."""
    sequence: int = 0
    """That of the last trade."""

    def __post_init__(self) -> None:
        self.before = self.before or self.last

    def trade(self, time_ns: int, price: int, lots: int) -> None:
        """Take note of a trade."""
        self.add_minute(Minute(time_ns // NS_PER_MINUTE, price, price, price, price, lots))

    def add_minute(self, minute: Minute) -> None:
        """Take note of trades that lie in one minute, none of which is older than what is known."""
        self.last = minute.close
        LastDay.add_minute(self, minute)

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
