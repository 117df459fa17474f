"""A trader's own orders: his names for them, and what the venue says of them.

Nothing here sends anything. What comes in is turned into what the trader is told, each thing once, in whatever order
the answer to an order and the messages of the account arrive.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from crossbook.client.models import FillView, OrderView
from crossbook.client.runtime.market import NS_PER_MS, Market
from crossbook.client.runtime.seen import Fill, OrderUpdate
from crossbook.core import EndReason

ENDED_MAX: Final = 1_024
"""Newest orders that ended and are remembered, so that a late word of them is not taken for a new order."""
_SIGNS: Final = {"buy": 1, "sell": -1}
_OVER: Final = frozenset({"filled", "cancelled", "expired"})


@dataclass(slots=True)
class OwnOrder:
    """An order that was sent, or that the account had before."""

    name: int
    market: Market
    side: int
    """1 for a buy, -1 for a sell."""
    price: int | None
    quantity: int
    client_order_id: str | None
    filled: int = 0
    order_id: str | None = None
    """The venue's number; none until it is known."""
    taken: bool = False
    """Whether the venue has said that it took it."""
    ended: bool = False
    cancel_owed: bool = False
    """Whether it is to be cancelled as soon as that can be sent."""
    change_owed: tuple[int | None, int | None] | None = None
    """A new price and quantity that are to be sent as soon as the venue's number is known."""

    @property
    def left(self) -> int:
        """Lots that are still open."""
        return self.quantity - self.filled

    def update(self, status: str, time_ns: int, reason: int = 0) -> OrderUpdate:
        """Return what the trader is told of it."""
        number = int(self.order_id) if self.order_id else 0
        return OrderUpdate(self.market.symbol, time_ns, self.name, number, status, reason, self.left)


class OwnOrders:
    """The orders of one account, by the trader's names."""

    def __init__(self, markets: dict[str, Market]) -> None:
        self._markets = markets
        self._newest = 0
        self.open: dict[int, OwnOrder] = {}
        """Orders that are open or on their way, by name."""
        self._by_id: dict[str, OwnOrder] = {}
        self._by_client: dict[str, OwnOrder] = {}
        self._ended: OrderedDict[str, None] = OrderedDict()

    def next_name(self) -> int:
        """Return a name that no order of this process had."""
        self._newest += 1
        return self._newest

    def send(self, order: OwnOrder) -> None:
        """Take note of an order that is on its way."""
        self.open[order.name] = order
        if order.client_order_id is not None:
            self._by_client[order.client_order_id] = order

    def placed(self, order: OwnOrder, order_id: str, time_ns: int) -> list[OrderUpdate]:
        """Take note that the venue took an order."""
        if order.ended or order_id in self._ended:
            return []
        order.order_id = order_id
        self._by_id[order_id] = order
        if order.taken:
            return []
        order.taken = True
        return [order.update("accepted", time_ns)]

    def refused(self, order: OwnOrder, reason: int, time_ns: int) -> list[OrderUpdate]:
        """Take note that the venue did not take an order."""
        if order.ended or order.taken:
            return []
        told = order.update("refused", time_ns, reason)
        self._end(order)
        return [told]

    def told(self, view: OrderView, fill: FillView | None) -> list[Fill | OrderUpdate]:
        """Take in a message of the account; return what the trader is told."""
        order = self._find(view)
        if order is None:
            return []
        time_ns = view.updated_at * NS_PER_MS
        happened: list[Fill | OrderUpdate] = list(self.placed(order, view.order_id, time_ns))
        changed = self._learn(order, view)
        if changed and not happened and fill is None and view.status not in _OVER:
            happened.append(order.update("replaced", time_ns))
        if fill is not None:
            happened.append(self._filled(order, fill))
        if view.status in _OVER:
            if view.status != "filled":
                happened.append(order.update("ended", time_ns, _end_reason(view)))
            self._end(order)
        return happened

    def snapshot(self, views: list[OrderView], time_ns: int) -> list[OrderUpdate]:
        """Take in all open orders of the account; return what the trader is told of those that changed meanwhile."""
        happened: list[OrderUpdate] = []
        present = {view.order_id for view in views}
        for view in reversed(views):
            order = self._find(view)
            if order is not None:
                told = self.placed(order, view.order_id, time_ns)
                changed = self._learn(order, view)
                happened += told or ([order.update("replaced", time_ns)] if changed else [])
        for order in list(self.open.values()):
            if order.taken and order.order_id not in present:
                happened.append(order.update("ended", time_ns))
                self._end(order)
        return happened

    def _find(self, view: OrderView) -> OwnOrder | None:
        """Return the order that a view is of; one that somebody else placed for this account gets a name too."""
        if view.order_id in self._ended:
            return None
        order = self._by_id.get(view.order_id)
        if order is None and view.client_order_id is not None:
            order = self._by_client.get(view.client_order_id)
        market = self._markets.get(view.ticker)
        if order is not None or market is None:
            return order
        price = None if view.price is None else market.scale.ticks(view.price)
        lots = market.scale.lots(view.quantity)
        order = OwnOrder(
            self.next_name(), market, _SIGNS[view.side], price, lots, view.client_order_id, taken=True
        )
        order.order_id = view.order_id
        self._by_id[view.order_id] = order
        self.send(order)
        return order

    def _learn(self, order: OwnOrder, view: OrderView) -> bool:
        """Take over what a view says; return whether its terms changed."""
        scale = order.market.scale
        price = None if view.price is None else scale.ticks(view.price)
        quantity = scale.lots(view.quantity)
        changed = order.quantity != quantity or (price is not None and order.price != price)
        order.price = price if price is not None else order.price
        order.quantity = quantity
        order.filled = scale.lots(view.filled_quantity)
        return changed

    def _filled(self, order: OwnOrder, fill: FillView) -> Fill:
        scale = order.market.scale
        return Fill(
            symbol=order.market.symbol,
            time_ns=fill.timestamp * NS_PER_MS,
            order=order.name,
            order_id=int(fill.order_id),
            side=order.side,
            price=scale.ticks(fill.price),
            quantity=scale.lots(fill.quantity),
            left=order.left,
            fee=scale.cash(fill.fee),
            maker=fill.liquidity == "maker",
        )

    def _end(self, order: OwnOrder) -> None:
        order.ended = True
        self.open.pop(order.name, None)
        if order.client_order_id is not None:
            self._by_client.pop(order.client_order_id, None)
        if order.order_id is not None:
            self._by_id.pop(order.order_id, None)
            self._ended[order.order_id] = None
            if len(self._ended) > ENDED_MAX:
                self._ended.popitem(last=False)


def _end_reason(view: OrderView) -> int:
    """Return the number of why an order ended; 0 for a word that is not known here."""
    return int(EndReason.__members__.get((view.reason or "").upper(), 0))
