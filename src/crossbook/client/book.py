"""A book kept from the channel `book:{ticker}`: a snapshot, then what changed."""

from collections.abc import Callable
from decimal import Decimal
from heapq import nlargest, nsmallest
from typing import Generic, TypeVar

import msgspec

from crossbook.client.wire import Frame

N = TypeVar("N", Decimal, int)


class BookData(msgspec.Struct, frozen=True, gc=False):
    """Levels as price and quantity; the quantity 0 says that a level is gone."""

    bids: list[tuple[Decimal, Decimal]] = []
    asks: list[tuple[Decimal, Decimal]] = []


class KeptBook(Generic[N]):
    """The levels of both sides, as far as the venue tells of them.

    Args:
        price: Turns a price as it comes into the one that is kept, such as a number of ticks.
        quantity: Does the same for quantities.
    """

    def __init__(self, price: Callable[[Decimal], N], quantity: Callable[[Decimal], N]) -> None:
        self._price: Callable[[Decimal], N] = price
        self._quantity: Callable[[Decimal], N] = quantity
        self.sequence = 0
        """That of the newest message that is in it."""
        self.complete = False
        """Whether a snapshot came already."""
        self._bids: dict[N, N] = {}
        self._asks: dict[N, N] = {}

    def take(self, frame: Frame) -> None:
        """Take in a message of the channel: a handler of `Stream.listen`."""
        data = frame.read(BookData)
        if frame.snapshot:
            self._bids.clear()
            self._asks.clear()
            self.complete = True
        self._change(self._bids, data.bids)
        self._change(self._asks, data.asks)
        self.sequence = frame.sequence

    def _change(self, side: dict[N, N], levels: list[tuple[Decimal, Decimal]]) -> None:
        for price, quantity in levels:
            key = self._price(price)
            if quantity:
                side[key] = self._quantity(quantity)
            else:
                side.pop(key, None)

    @property
    def best_bid(self) -> tuple[N, N] | None:
        """The best bid and what stands there, or none."""
        best = max(self._bids, default=None)
        return None if best is None else (best, self._bids[best])

    @property
    def best_ask(self) -> tuple[N, N] | None:
        """The best ask and what stands there, or none."""
        best = min(self._asks, default=None)
        return None if best is None else (best, self._asks[best])

    def bids(self, depth: int = 10) -> list[tuple[N, N]]:
        """Return the best bids as price and quantity, best first."""
        return nlargest(depth, self._bids.items())

    def asks(self, depth: int = 10) -> list[tuple[N, N]]:
        """Return the best asks as price and quantity, best first."""
        return nsmallest(depth, self._asks.items())
