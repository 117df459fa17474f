"""The recorded market inside the core: recorded orders become orders of the exchange, and stay findable.

Three accounts stand for everybody: one owns the orders that the record names, one takes what trades, and one owns
quantity that the record shows without ever telling whose it is. They trade by the core's own rules: an execution is an
immediate-or-cancel order of the taker, so which order it meets is the core's decision and not the file's.
"""

from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np

from crossbook.core import AccountModel, EventKind, Exchange, Phase, Side, TimeInForce
from crossbook.data.lobster import Rows

SIDES: Final = {1: Side.BUY, -1: Side.SELL}
INSTRUMENT: Final = 1
NAMED, TAKER, UNNAMED = 1, 2, 3
"""The accounts."""


@dataclass(slots=True)
class RecordedMarket:
    """An exchange with one instrument, whose orders go by the numbers of the record."""

    exchange: Exchange
    orders: dict[int, int] = field(default_factory=dict)
    """The core's number of each open order that the record names."""
    names: dict[int, int] = field(default_factory=dict)
    """The other way round."""

    @classmethod
    def for_prices(cls, lowest: int, highest: int) -> Self:
        """Open a market whose prices lie within bounds, in 1/10,000 of a dollar."""
        exchange = Exchange(AccountModel.GAME)
        for _ in (NAMED, TAKER, UNNAMED):
            exchange.open_account()
        exchange.list_instrument(min_price=lowest, max_price=highest, initial_price=lowest)
        exchange.set_phase(INSTRUMENT, Phase.CONTINUOUS)
        return cls(exchange)

    def enter(self, order_id: int, side: int, price: int, size: int, time_ns: int) -> None:
        """Enter an order that the record names."""
        number = self.exchange.new_order(NAMED, INSTRUMENT, SIDES[side], size, price, time_ns=time_ns)
        self.orders[order_id] = number
        self.names[number] = order_id

    def enter_unnamed(self, side: int, price: int, size: int, time_ns: int) -> int:
        """Enter quantity that the record shows without telling whose it is; return the core's number for it."""
        return self.exchange.new_order(UNNAMED, INSTRUMENT, SIDES[side], size, price, time_ns=time_ns)

    def take_off(self, number: int, size: int, time_ns: int) -> int:
        """Take lots off an open order of the exchange, which keeps its place; return how many it had of them."""
        order = self.exchange.order(number)
        if order is None:
            return 0
        if size >= order.open:
            self.exchange.cancel(order.account, number, time_ns=time_ns)
            self._forget(number)
            return order.open
        self.exchange.replace(order.account, number, quantity=order.quantity - size, time_ns=time_ns)
        return size

    def trade(self, side: int, price: int, size: int, time_ns: int) -> list[int]:
        """Trade against the resting orders of a side; return the lots of each trade."""
        self.exchange.new_order(
            TAKER,
            INSTRUMENT,
            SIDES[-side],
            size,
            price,
            time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL,
            time_ns=time_ns,
        )
        events = self.exchange.events()
        trades = events[events["kind"] == EventKind.TRADE]
        for number in trades["counter_id"].tolist():
            if self.exchange.order(number) is None:
                self._forget(number)
        fills: list[int] = trades["quantity"].tolist()
        return fills

    def gather(self, time_ns: int) -> None:
        """Let orders gather without trading: the market halts."""
        self.exchange.set_phase(INSTRUMENT, Phase.AUCTION, time_ns=time_ns)

    def resume(self, time_ns: int) -> None:
        """Cross what gathered, and let orders trade as they arrive."""
        self.exchange.uncross(INSTRUMENT, time_ns=time_ns)
        self.exchange.set_phase(INSTRUMENT, Phase.CONTINUOUS, time_ns=time_ns)

    def queue(self, side: int, limit: int | None) -> Rows:
        """Return the orders of a side at a price or better, in priority order, as `crossbook.core.QUEUED`."""
        return self.exchange.queue(INSTRUMENT, SIDES[side], limit)

    def levels(self, side: int, count: int) -> list[tuple[int, int]]:
        """Return price and size of the best levels of a side."""
        if count == 1:
            best = self.exchange.best(INSTRUMENT)
            price, size = best[:2] if side == 1 else best[2:]
            return [] if price is None else [(price, size)]
        levels: list[tuple[int, int]] = self.exchange.depth(INSTRUMENT, SIDES[side], count).tolist()
        return levels

    def _forget(self, number: int) -> None:
        name = self.names.pop(number, None)
        if name is not None:
            del self.orders[name]


def price_range(messages: Rows, record: Rows | None) -> tuple[int, int]:
    """Return the lowest and highest price at which an order may have to stand."""
    prices = [messages["price"][messages["price"] > 0]]
    if record is not None:
        prices.extend(record[f"{side}_price"][record[f"{side}_size"] > 0] for side in ("ask", "bid"))
    every = np.concatenate([column.ravel() for column in prices])
    return (int(every.min()), int(every.max())) if len(every) else (1, 1)
