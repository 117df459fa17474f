"""Books as they are shown: whole, or as the levels that changed since they were last looked at."""

from dataclasses import dataclass, field
from typing import TypeAlias

from crossbook.core import Exchange, Side
from crossbook.venue.answers import BookView, LevelView, Number
from crossbook.venue.instruments import Listed

Levels: TypeAlias = dict[int, int]
"""Lots that show at each price, in ticks; best first."""
Rows: TypeAlias = list[tuple[Number, Number]]


@dataclass(frozen=True, slots=True)
class Look:
    """A book as it was looked at."""

    sequence: int
    bids: Levels
    asks: Levels


@dataclass(frozen=True, slots=True)
class Changes:
    """The levels of a book that changed; a quantity of zero says that a level is gone."""

    bids: Rows
    asks: Rows

    def __bool__(self) -> bool:
        return bool(self.bids or self.asks)


@dataclass(slots=True)
class _Painted:
    bids: Levels = field(default_factory=dict)
    asks: Levels = field(default_factory=dict)


class BookPainter:
    """Look at the books of an exchange, and remember how each was painted last."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._painted: dict[int, _Painted] = {}

    def look(self, number: int, levels: int) -> Look:
        """Return the best levels of a book."""
        depth = self._exchange.depth
        return Look(
            self._exchange.sequence,
            dict(depth(number, Side.BUY, levels).tolist()),
            dict(depth(number, Side.SELL, levels).tolist()),
        )

    def view(self, listed: Listed, levels: int) -> BookView:
        """Return the best levels of a book as an answer."""
        look = self.look(listed.number, levels)
        return BookView(
            ticker=listed.ticker,
            sequence=look.sequence,
            bids=[LevelView(price=price, quantity=lots) for price, lots in rows(listed, look.bids)],
            asks=[LevelView(price=price, quantity=lots) for price, lots in rows(listed, look.asks)],
        )

    def paint(self, listed: Listed, levels: int) -> tuple[Look, Changes]:
        """Look at a book, and return with it what changed since it was painted last."""
        look = self.look(listed.number, levels)
        before = self._painted.setdefault(listed.number, _Painted())
        changes = Changes(
            _changed(listed, before.bids, look.bids),
            _changed(listed, before.asks, look.asks),
        )
        before.bids, before.asks = look.bids, look.asks
        return look, changes


def rows(listed: Listed, levels: Levels) -> Rows:
    """Return levels as the numbers that people write."""
    price, quantity = listed.price.number, listed.quantity.number
    return [(price(ticks), quantity(lots)) for ticks, lots in levels.items()]


def _changed(listed: Listed, before: Levels, now: Levels) -> Rows:
    if before == now:
        return []
    changed = {ticks: lots for ticks, lots in now.items() if before.get(ticks) != lots}
    changed.update((ticks, 0) for ticks in before if ticks not in now)
    return rows(listed, changed)
