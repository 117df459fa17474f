"""What a trader is shown: books, trades, fills, and what became of its orders; all as the lab shows them."""

from dataclasses import dataclass, field
from typing import Protocol


class Depth(Protocol):
    """What knows the levels behind the best."""

    def bids(self, depth: int = 10) -> list[tuple[int, int]]:
        """Return the best bids."""

    def asks(self, depth: int = 10) -> list[tuple[int, int]]:
        """Return the best asks."""


@dataclass(frozen=True, slots=True)
class Book:
    """The best prices of a market. It does not change; ask for another to see more."""

    symbol: str
    time_ns: int
    """When it came to look like this, by this machine's clock."""
    bid: int | None
    bid_quantity: int
    ask: int | None
    ask_quantity: int
    _depth: Depth = field(repr=False, compare=False)

    @property
    def mid(self) -> float | None:
        """The middle of both, or none."""
        return None if self.bid is None or self.ask is None else (self.bid + self.ask) / 2

    @property
    def spread(self) -> int | None:
        """Ask less bid, or none."""
        return None if self.bid is None or self.ask is None else self.ask - self.bid

    @property
    def imbalance(self) -> float:
        """What stands at the bid less what stands at the ask, as a part of both; 0 for an empty book."""
        both = self.bid_quantity + self.ask_quantity
        return (self.bid_quantity - self.ask_quantity) / both if both else 0.0

    def bids(self) -> list[tuple[int, int]]:
        """Return the best bids now as price and lots, at most ten."""
        return self._depth.bids()

    def asks(self) -> list[tuple[int, int]]:
        """Return the best asks now, as `bids`."""
        return self._depth.asks()


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade in the market."""

    symbol: str
    time_ns: int
    price: int
    quantity: int
    side: int
    """1 where the buyer came to the seller's price, -1 the other way, 0 in an auction."""


@dataclass(frozen=True, slots=True)
class Fill:
    """A fill of an order of the trader's own."""

    symbol: str
    time_ns: int
    order: int
    """The trader's own name for the order."""
    order_id: int
    side: int
    """1 for a buy, -1 for a sell."""
    price: int
    quantity: int
    left: int
    """Lots of the order still open."""
    fee: int
    """In cash units; below zero a rebate."""
    maker: bool


@dataclass(frozen=True, slots=True)
class OrderUpdate:
    """What became of an order of the trader's own, other than a fill."""

    symbol: str
    time_ns: int
    order: int
    order_id: int
    """0 where it never got one."""
    status: str
    """`accepted`, `replaced`, `ended` or `refused`."""
    reason: int
    """The `RejectCode` of a refused order, the `EndReason` of an ended one; 0 where there is no such number."""
    left: int
