"""The words for orders, and the owners' names of them.

Open orders as their owners see them are kept by the native `Teller`. Everything is in ticks, lots and nanoseconds.
"""

from collections import OrderedDict
from typing import Final, Literal

import msgspec

from crossbook.core import OrderType, TimeInForce
from crossbook.venue.instruments import Listed
from crossbook.venue.refusals import no_such_order

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
NS_PER_MS: Final = 1_000_000
ORDER_ID_DIGITS_MAX: Final = 18


def order_number(order_id: str) -> int:
    """Return the number of an order from the text that names it.

    Raises:
        Refused: No order has such a name.
    """
    if not (order_id.isascii() and order_id.isdigit() and len(order_id) <= ORDER_ID_DIGITS_MAX):
        raise no_such_order()
    return int(order_id)


def average_price(listed: Listed, paid: int, lots: int) -> float | None:
    """Return the mean price of fills that cost so many ticks times lots."""
    return float(listed.price.number(paid)) / lots if lots else None


class NamedOrders:
    """The orders that their owners gave a name, so that the same name sent twice has one effect.

    The newest `kept` names of each account are known. Of those that came since the start the whole answer is.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._names: dict[int, OrderedDict[str, int | msgspec.Raw]] = {}

    def find(self, account: int, name: str) -> int | msgspec.Raw | None:
        """Return the first answer to a name, or the number of its order where the answer is in the database."""
        names = self._names.get(account)
        return names.get(name) if names else None

    def keep(self, account: int, name: str, answer: int | msgspec.Raw) -> None:
        """Keep the answer to a name, and forget the oldest name beyond the bound."""
        names = self._names.setdefault(account, OrderedDict())
        names[name] = answer
        if len(names) > self._kept:
            names.popitem(last=False)
