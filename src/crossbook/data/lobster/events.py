"""Our own runs as LOBSTER files: the core's events as messages, and the book after each message.

What a LOBSTER file cannot say is said as closely as it can: the next slice of an iceberg order is a new order of the same
number; an order that loses its place is deleted and enters again; an auction is one cross message of no order, and the
orders that traded in it are reduced or deleted. Hidden quantity never shows.

Assumes that events come in sequence from the first on. Their prices are ticks, their sizes lots.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from crossbook.core import EVENT, EventFlag, EventKind, Phase, Side
from crossbook.data.lobster.rows import MESSAGE, NO_ASK, NO_BID, Kind, Rows, book_dtype

_Row = tuple[int, int, int, int, int, int]
_WANTED: Final = [
    EventKind.BOOKED,
    EventKind.REFRESHED,
    EventKind.TRADE,
    EventKind.CANCELLED,
    EventKind.EXPIRED,
    EventKind.REPLACED,
    EventKind.REDUCED,
    EventKind.PHASE_CHANGED,
]
_COLUMNS: Final = [
    "time_ns",
    "kind",
    "order_id",
    "counter_id",
    "price",
    "quantity",
    "remaining",
    "side",
    "reason",
    "flags",
]
_HALT_PRICES: Final = {Phase.HALT: -1, Phase.PRE_OPEN: 0, Phase.AUCTION: 0, Phase.CONTINUOUS: 1}


class _Event(NamedTuple):
    """The columns of an event that matter here, in the order of `_COLUMNS`."""

    time_ns: int
    kind: int
    order: int
    counter: int
    price: int
    quantity: int
    remaining: int
    side: int
    reason: int
    flags: int


@dataclass(slots=True)
class EventsToMessages:
    """Turns the events of one instrument into messages, batch by batch.

    Args:
        instrument: The instrument's number.
        price_units_per_tick: What one tick is worth, in 1/10,000 of a dollar.
    """

    instrument: int
    price_units_per_tick: int = 1
    _shown: dict[int, tuple[int, int, int]] = field(default_factory=dict, init=False)
    """Side, price and shown size of every order in the book."""
    _halted: bool = field(default=False, init=False)

    def convert(self, events: Rows) -> Rows:
        """Return the messages of a batch of events.

        Shape: (events,) of `crossbook.core.EVENT` in, (messages,) of `MESSAGE` out.
        """
        if events.dtype != EVENT:
            raise TypeError("the rows must be an array of crossbook.core.EVENT")
        wanted = events[(events["instrument"] == self.instrument) & np.isin(events["kind"], _WANTED)]
        rows = [row for event in wanted[_COLUMNS].tolist() for row in self._messages(_Event(*event))]
        return np.array(rows, MESSAGE)

    def _messages(self, event: _Event) -> Iterator[_Row]:
        time_ns, order = event.time_ns, event.order
        match event.kind:
            case EventKind.BOOKED | EventKind.REFRESHED:
                self._shown[order] = (event.side, event.price, event.quantity)
                yield self._row(time_ns, Kind.NEW, order, event.quantity, event.price, event.side)
            case EventKind.TRADE if event.flags & EventFlag.AUCTION:
                yield self._row(time_ns, Kind.CROSS, 0, event.quantity, event.price, event.side)
                yield from self._leave(time_ns, order, event.quantity)
                yield from self._leave(time_ns, event.counter, event.quantity)
            case EventKind.TRADE:
                yield from self._leave(time_ns, event.counter, event.quantity, traded=True)
            case EventKind.CANCELLED | EventKind.EXPIRED:
                yield from self._leave(time_ns, order, event.remaining)
            case EventKind.REPLACED if not event.flags & EventFlag.KEPT_PLACE:
                yield from self._leave(time_ns, order, self._shown_size(order))
            case EventKind.REPLACED | EventKind.REDUCED:
                yield from self._leave(time_ns, order, self._shown_size(order) - event.remaining)
            case EventKind.PHASE_CHANGED:
                yield from self._phase(time_ns, Phase(event.reason))

    def _shown_size(self, order: int) -> int:
        return self._shown[order][2] if order in self._shown else 0

    def _leave(self, time_ns: int, order: int, size: int, *, traded: bool = False) -> Iterator[_Row]:
        """Take shown lots off an order; nothing is said of one that does not stand in the book."""
        if order not in self._shown or size <= 0:
            return
        side, price, shown = self._shown[order]
        size = min(size, shown)
        if size == shown:
            del self._shown[order]
        else:
            self._shown[order] = (side, price, shown - size)
        kind = Kind.EXECUTE if traded else Kind.DELETE if size == shown else Kind.REDUCE
        yield self._row(time_ns, kind, order, size, price, side)

    def _phase(self, time_ns: int, phase: Phase) -> Iterator[_Row]:
        if phase is Phase.HALT or (self._halted and phase in _HALT_PRICES):
            self._halted = phase is not Phase.CONTINUOUS
            yield (time_ns, 0, 0, _HALT_PRICES[phase], Kind.HALT, -1)

    def _row(self, time_ns: int, kind: Kind, order: int, size: int, price: int, side: int) -> _Row:
        return time_ns, order, size, price * self.price_units_per_tick, kind, 1 if side == Side.BUY else -1


def books_of(messages: Iterable[Rows], levels: int) -> Iterator[Rows]:
    """Yield the book after each message, for messages that tell of every order from an empty book on.

    This is a plain dictionary of levels, and knows nothing of the core: what it gives can be held against it.

    Args:
        messages: Batches of `MESSAGE`.
        levels: How many levels to show of each side.

    Shape: (messages,) of `book_dtype(levels)` for each batch.
    """
    book: dict[int, dict[int, int]] = {1: {}, -1: {}}
    for batch in messages:
        rows = np.empty(len(batch), book_dtype(levels))
        columns = [rows[name] for name in ("bid_price", "bid_size", "ask_price", "ask_size")]
        for number, (_, _, size, price, kind, side) in enumerate(batch.tolist()):
            if kind <= Kind.EXECUTE:
                left = book[side].get(price, 0) + (size if kind == Kind.NEW else -size)
                book[side][price] = left
                if not left:
                    del book[side][price]
            bids = sorted(book[1].items(), reverse=True)[:levels]
            asks = sorted(book[-1].items())[:levels]
            bids += [(NO_BID, 0)] * (levels - len(bids))
            asks += [(NO_ASK, 0)] * (levels - len(asks))
            for column, values in zip(
                columns, (*zip(*bids, strict=True), *zip(*asks, strict=True)), strict=True
            ):
                column[number] = values
        yield rows
