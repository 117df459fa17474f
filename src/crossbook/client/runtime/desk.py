"""What stands between a trader's context and the venue: what is sent, and what is known of the account."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

import msgspec

from crossbook.client.errors import UNANSWERED, UNREACHABLE, Refused, Unavailable
from crossbook.client.models import FillView, OrderView, PlacedOrder
from crossbook.client.runtime.market import Market
from crossbook.client.runtime.orders import OwnOrder, OwnOrders
from crossbook.client.runtime.seen import Fill, OrderUpdate
from crossbook.client.status import State
from crossbook.client.stream import Stream
from crossbook.client.wire import Frame
from crossbook.core import CrossbookError, RejectCode

ACCOUNT: Final = "account"


class _Holding(msgspec.Struct):
    ticker: str
    quantity: Decimal


class _Balance(msgspec.Struct):
    cash: Decimal
    escrowed_cash: Decimal = Decimal(0)
    holdings: list[_Holding] = []


class _Told(msgspec.Struct):
    order: OrderView | None = None
    fill: FillView | None = None
    balance: _Balance | None = None
    orders: list[OrderView] = []


class Desk:
    """The account of one trader.

    Args:
        stream: A stream that is signed in.
        markets: The trader's markets by symbol.
        tell: Called with what happened to the trader's orders, once all else is up to date.
    """

    def __init__(
        self,
        stream: Stream,
        markets: dict[str, Market],
        tell: Callable[[list[Fill | OrderUpdate]], None],
    ) -> None:
        self.orders = OwnOrders(markets)
        self.positions = dict.fromkeys(markets, 0)
        self.cash = 0
        """All of it in cash units, in escrow or not."""
        self.complete = False
        """Whether the account was seen."""
        self._stream = stream
        self._markets = markets
        self._tell = tell
        self._snapshots = 0
        """How often the account was seen whole."""
        self._run = uuid4().hex[:12]
        """Part of every client order id, so that no other run of the trader has the same."""
        stream.watch(self._state_changed)
        stream.listen([ACCOUNT], self._take)

    def close(self) -> None:
        """Hear nothing more."""
        self._stream.ignore([ACCOUNT], self._take)
        self._stream.unwatch(self._state_changed)

    # What is sent

    def place(
        self, market: Market, side: int, quantity: int, price: int | None, terms: dict[str, Any]
    ) -> int:
        """Send an order; return its name."""
        name = self.orders.next_name()
        order = OwnOrder(name, market, side, price, quantity, f"{self._run}-{name}")
        self.orders.send(order)
        snapshots = self._snapshots
        fields = {
            "ticker": market.symbol,
            "side": "buy" if side > 0 else "sell",
            "quantity": market.scale.quantity(quantity),
            "price": None if price is None else market.scale.price(price),
            "client_order_id": order.client_order_id,
            **terms,
        }

        def reply(data: msgspec.Raw | None, error: CrossbookError | None) -> None:
            now_ns = time.time_ns()
            if error is None and data is not None:
                placed = msgspec.json.decode(data, type=PlacedOrder)
                known = order.taken
                self._tell(list(self.orders.placed(order, placed.order_id, now_ns)))
                self._send_owed(order)
                if not known and self._snapshots != snapshots:
                    # Sent again after a break it gets its first answer, and may be over since: a snapshot that came
                    # before the answer could not show that.
                    self._stream.refresh(ACCOUNT)
            else:
                self._tell(list(self.orders.refused(order, reject_code(error), now_ns)))

        self._stream.submit("place", fields, reply)
        return name

    def cancel(self, order: OwnOrder) -> None:
        """Send a cancel, or keep it until it can be sent."""
        order.cancel_owed = True
        self._send_owed(order)

    def replace(self, order: OwnOrder, price: int | None, quantity: int | None) -> None:
        """Send a change, or keep it until the venue has given the order its number."""
        order.change_owed = (price, quantity)
        self._send_owed(order)

    def cancel_all(self, market: Market) -> None:
        """Send a cancel for all orders in a market."""
        meant = [order for order in self.orders.open.values() if order.market is market]

        def reply(_: msgspec.Raw | None, error: CrossbookError | None) -> None:
            # Sent again it could hit orders that came later, so those that it was meant for are cancelled one by one.
            if isinstance(error, Unavailable):
                for order in meant:
                    if not order.ended:
                        order.cancel_owed = True
                        if error.code not in {UNREACHABLE, UNANSWERED}:
                            self._send_owed(order)

        self._stream.submit("cancel_all", {"ticker": market.symbol}, reply, again=False)

    def unknown(self, name: int, market: Market) -> None:
        """Tell the trader that an order that he named is not open."""
        told = OrderUpdate(market.symbol, time.time_ns(), name, 0, "refused", RejectCode.UNKNOWN_ORDER, 0)
        self._stream.soon(lambda: self._tell([told]))

    def _send_owed(self, order: OwnOrder) -> None:
        """Send the cancel or the change that an order is owed, if that is possible now."""
        if order.order_id is None or order.ended or not self._stream.up:
            return
        if order.cancel_owed:
            order.cancel_owed, order.change_owed = False, None
            self._stream.submit("cancel", {"order_id": order.order_id}, self._answer_of(order, cancel=True))
        elif order.change_owed is not None:
            price, quantity = order.change_owed
            order.change_owed = None
            scale = order.market.scale
            fields = {
                "order_id": order.order_id,
                "price": None if price is None else scale.price(price),
                "quantity": None if quantity is None else scale.quantity(quantity),
            }
            self._stream.submit("replace", fields, self._answer_of(order, cancel=False))

    def _answer_of(
        self, order: OwnOrder, *, cancel: bool
    ) -> Callable[[msgspec.Raw | None, CrossbookError | None], None]:
        def reply(_: msgspec.Raw | None, error: CrossbookError | None) -> None:
            if error is None or order.ended:
                return
            if cancel and isinstance(error, Unavailable) and error.code in {UNREACHABLE, UNANSWERED}:
                # A cancel is never given up: it is sent once there is a connection.
                order.cancel_owed = True
                return
            self._tell([order.update("refused", time.time_ns(), reject_code(error))])

        return reply

    def _state_changed(self, state: State) -> None:
        if state is State.LIVE:
            for order in list(self.orders.open.values()):
                self._send_owed(order)

    # What is heard

    def _take(self, frame: Frame) -> None:
        told = frame.read(_Told)
        happened: list[Fill | OrderUpdate] = []
        if frame.snapshot:
            self._snapshots += 1
            happened += self.orders.snapshot(told.orders, time.time_ns())
        elif told.order is not None:
            happened += self.orders.told(told.order, told.fill)
            if told.fill is not None:
                self._book(told.fill)
        if told.balance is not None:
            self._set(told.balance)
        first, self.complete = not self.complete, True
        if not first:
            for order in list(self.orders.open.values()):
                self._send_owed(order)
            self._tell(happened)

    def _book(self, fill: FillView) -> None:
        """Count a fill until the venue tells the balance, which comes with the last message of a batch."""
        market = self._markets.get(fill.ticker)
        if market is None:
            return
        sign = 1 if fill.side == "buy" else -1
        scale = market.scale
        lots = scale.lots(fill.quantity)
        self.positions[fill.ticker] += sign * lots
        self.cash -= sign * scale.ticks(fill.price) * lots * scale.multiplier + scale.cash(fill.fee)

    def _set(self, balance: _Balance) -> None:
        scale = next(iter(self._markets.values())).scale
        self.cash = scale.cash(balance.cash + balance.escrowed_cash)
        held = {holding.ticker: holding.quantity for holding in balance.holdings}
        for symbol, market in self._markets.items():
            self.positions[symbol] = market.scale.lots(held.get(symbol, Decimal(0)))


def reject_code(error: CrossbookError | None) -> int:
    """Return the number of a refusal; 0 where the venue itself refused, or could not be reached."""
    if isinstance(error, Refused):
        return int(RejectCode.__members__.get(error.code.upper(), 0))
    return 0
