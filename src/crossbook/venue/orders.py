"""Open orders as their owners see them, and the owners' names for orders.

The core knows an order's price, its open lots and its place. Kept here is what an owner also wants to see: how much of
it was filled at what price, when it came, and the name that he gave it. Everything is in ticks, lots and nanoseconds.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from crossbook.core import EndReason, OrderType, TimeInForce
from crossbook.venue.answers import OrderView, PlacedOrder, StatusName
from crossbook.venue.instruments import Listed

SIDE_NAMES: Final[tuple[Literal["buy", "sell"], Literal["buy", "sell"]]] = ("buy", "sell")
TYPE_NAMES: Final[dict[int, Literal["limit", "market", "stop", "stop_limit"]]] = {
    OrderType.LIMIT: "limit",
    OrderType.MARKET: "market",
    OrderType.STOP: "stop",
    OrderType.STOP_LIMIT: "stop_limit",
}
LIFE_NAMES: Final[dict[int, Literal["GTC", "DAY", "IOC", "FOK", "GTD"]]] = {
    TimeInForce.GOOD_TILL_CANCEL: "GTC",
    TimeInForce.DAY: "DAY",
    TimeInForce.IMMEDIATE_OR_CANCEL: "IOC",
    TimeInForce.FILL_OR_KILL: "FOK",
    TimeInForce.GOOD_TILL_DATE: "GTD",
}
_PRICED: Final = (OrderType.LIMIT, OrderType.STOP_LIMIT)
_STOPPED: Final = (OrderType.STOP, OrderType.STOP_LIMIT)
NS_PER_MS: Final = 1_000_000


@dataclass(slots=True)
class LiveOrder:
    """An order that is open, or that has just ended."""

    order_id: int
    account: int
    listed: Listed
    side: int
    order_type: int
    time_in_force: int
    price: int
    """In ticks; the protection price of a market order."""
    stop_price: int
    quantity: int
    """All of it in lots, what is filled included and what self-trade prevention took left out."""
    expires_ns: int
    client_order_id: str | None
    created_ns: int
    updated_ns: int
    filled: int = 0
    paid: int = 0
    """Ticks times lots of its fills."""
    ended: StatusName | None = None
    """How it ended, where it did."""
    reason: int = 0
    """The `EndReason`, where it did not end by being filled."""

    @property
    def open(self) -> int:
        """Lots that are still open."""
        return 0 if self.ended else self.quantity - self.filled

    @property
    def status(self) -> StatusName:
        """How it stands."""
        if self.ended:
            return self.ended
        return "partial" if self.filled else "open"

    def fill(self, price: int, lots: int, time_ns: int) -> bool:
        """Take note of a trade; return whether nothing is left to do."""
        self.filled += lots
        self.paid += price * lots
        self.updated_ns = time_ns
        if self.filled >= self.quantity:
            self.ended = "filled"
            return True
        return False

    def end(self, status: StatusName, reason: int, time_ns: int) -> None:
        """Take note of its end."""
        self.ended = status
        self.reason = reason
        self.updated_ns = time_ns

    def shown_price(self) -> int | float | None:
        """Return the limit as a number; none where it has none."""
        return self.listed.price.number(self.price) if self.order_type in _PRICED else None

    def view(self) -> OrderView:
        """Return it as its owner sees it."""
        listed = self.listed
        return OrderView(
            order_id=str(self.order_id),
            client_order_id=self.client_order_id,
            ticker=listed.ticker,
            side=SIDE_NAMES[self.side],
            type=TYPE_NAMES[self.order_type],
            time_in_force=LIFE_NAMES[self.time_in_force],
            price=self.shown_price(),
            stop_price=listed.price.number(self.stop_price) if self.order_type in _STOPPED else None,
            quantity=listed.quantity.number(self.quantity),
            filled_quantity=listed.quantity.number(self.filled),
            average_price=average_price(listed, self.paid, self.filled),
            status=self.status,
            reason=EndReason(self.reason).name.lower() if self.reason else None,
            created_at=self.created_ns // NS_PER_MS,
            updated_at=self.updated_ns // NS_PER_MS,
        )


def average_price(listed: Listed, paid: int, lots: int) -> float | None:
    """Return the mean price of fills that cost so many ticks times lots."""
    return float(listed.price.number(paid)) / lots if lots else None


class Orders:
    """All open orders of the venue by their numbers, and by account."""

    def __init__(self) -> None:
        self._by_id: dict[int, LiveOrder] = {}
        self._by_account: dict[int, dict[int, LiveOrder]] = {}

    def add(self, order: LiveOrder) -> None:
        """Add an open order."""
        self._by_id[order.order_id] = order
        self._by_account.setdefault(order.account, {})[order.order_id] = order

    def find(self, order_id: int) -> LiveOrder | None:
        """Return an open order."""
        return self._by_id.get(order_id)

    def remove(self, order: LiveOrder) -> None:
        """Forget an order that ended."""
        if self._by_id.pop(order.order_id, None) is not None:
            held = self._by_account[order.account]
            del held[order.order_id]
            if not held:
                del self._by_account[order.account]

    def of_account(self, account: int) -> list[LiveOrder]:
        """Return an account's open orders, newest first."""
        return list(reversed(self._by_account.get(account, {}).values()))

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[LiveOrder]:
        return iter(self._by_id.values())


class NamedOrders:
    """The orders that their owners gave a name, so that the same name sent twice has one effect.

    The newest `kept` names of each account are known. Of those that came since the start the whole answer is.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._names: dict[int, OrderedDict[str, int | PlacedOrder]] = {}

    def find(self, account: int, name: str) -> int | PlacedOrder | None:
        """Return the first answer to a name, or the number of its order where the answer is in the database."""
        names = self._names.get(account)
        return names.get(name) if names else None

    def keep(self, account: int, name: str, answer: int | PlacedOrder) -> None:
        """Keep the answer to a name, and forget the oldest name beyond the bound."""
        names = self._names.setdefault(account, OrderedDict())
        names[name] = answer
        if len(names) > self._kept:
            names.popitem(last=False)
