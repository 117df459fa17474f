"""What the sequencer carries out for somebody, and how the answer comes about.

A work is made by the desk. While the events of its command are read it takes note of what concerns it; then `answer`
says what its `reply` is called with, once the command is as safe as the venue promises.
"""

from collections.abc import Callable
from typing import TypeAlias

from crossbook.venue.answers import (
    CancelledAll,
    CancelledOrder,
    OrderView,
    PlacedOrder,
    StatusName,
    TradeView,
)
from crossbook.venue.orders import SIDE_NAMES, LiveOrder
from crossbook.venue.refusals import Refused, refused_by_core

Outcome: TypeAlias = PlacedOrder | OrderView | CancelledOrder | CancelledAll | int
Reply: TypeAlias = Callable[[Outcome | Refused], None]


class Work:
    """A command that somebody waits for.

    Args:
        reply: Called once, with the answer or with why the command was refused.
        order_id: The open order that it names, or zero.
    """

    __slots__ = ("order", "order_id", "refused", "reply", "result")

    def __init__(self, reply: Reply, order_id: int = 0) -> None:
        self.reply = reply
        self.order_id = order_id
        self.refused = 0
        """The `RejectCode`, where the core refused it."""
        self.order: LiveOrder | None = None
        """The order that it made, changed or ended."""
        self.result = 0
        """The number of what it made, or how many orders it ended."""

    def traded(self, trade: TradeView, lots: int) -> None:
        """Take note of a trade in which the order of its own command came second."""

    def changed(self, order: LiveOrder) -> None:
        """Take note of what its own command did to the order that it names or made."""
        self.order = order

    def answer(self) -> Outcome | Refused:
        """Return what it came to."""
        return refused_by_core(self.refused) if self.refused else self.result


class Placing(Work):
    """A new order. What later commands of the same batch do to it is no part of the answer."""

    __slots__ = ("filled", "name", "others", "quantity", "status", "trades")

    def __init__(self, name: str | None, reply: Reply) -> None:
        super().__init__(reply)
        self.name = name
        self.trades: list[TradeView] = []
        self.filled = 0
        self.quantity = 0
        self.status: StatusName = "open"
        self.others: list[Reply] = []
        """Who sent the same name again before this was answered."""

    def traded(self, trade: TradeView, lots: int) -> None:
        """Take note of a trade; those of stop orders that it woke are theirs."""
        self.trades.append(trade)
        self.filled += lots
        self.status = "filled" if self.filled >= self.quantity else "partial"

    def changed(self, order: LiveOrder) -> None:
        """Take note of how it was taken, shrunk or ended."""
        self.order = order
        self.order_id = order.order_id
        self.quantity = order.quantity
        self.status = order.status

    def answer(self) -> Outcome | Refused:
        """Return what became of the order at once."""
        order = self.order
        if order is None:
            return refused_by_core(self.refused)
        return PlacedOrder(
            order_id=str(order.order_id),
            client_order_id=self.name,
            ticker=order.listed.ticker,
            side=SIDE_NAMES[order.side],
            price=order.shown_price(),
            quantity=order.listed.quantity.number(self.quantity),
            filled_quantity=order.listed.quantity.number(self.filled),
            status=self.status,
            trades=self.trades,
        )


class Changing(Work):
    """A change of an open order."""

    __slots__ = ("seen",)

    def __init__(self, reply: Reply, order_id: int) -> None:
        super().__init__(reply, order_id)
        self.seen: OrderView | None = None

    def traded(self, trade: TradeView, lots: int) -> None:  # noqa: ARG002 - the order knows already
        """Take note that the changed order traded."""
        if self.order is not None:
            self.seen = self.order.view()

    def changed(self, order: LiveOrder) -> None:
        """Take note of how it looks now."""
        self.order = order
        self.seen = order.view()

    def answer(self) -> Outcome | Refused:
        """Return the order as the change left it."""
        return refused_by_core(self.refused) if self.seen is None else self.seen


class Cancelling(Work):
    """A cancel of an open order."""

    __slots__ = ()

    def answer(self) -> Outcome | Refused:
        """Return how the order ended."""
        if self.order is None:
            return refused_by_core(self.refused)
        return CancelledOrder(
            order_id=str(self.order.order_id), status=self.order.status, message="the order is cancelled"
        )


class CancellingAll(Work):
    """A cancel of all orders of an account."""

    __slots__ = ()

    def answer(self) -> Outcome | Refused:
        """Return how many orders ended."""
        if self.refused:
            return refused_by_core(self.refused)
        plural = "order is" if self.result == 1 else "orders are"
        return CancelledAll(cancelled=self.result, message=f"{self.result} {plural} cancelled")
