"""The world as one trader sees it, with the names and units of the lab's `Context`."""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from crossbook.client.runtime.desk import Desk
from crossbook.client.runtime.draws import Random
from crossbook.client.runtime.market import NS_PER_MS, Market, unknown_symbol
from crossbook.client.runtime.seen import Book
from crossbook.core import TimeInForce, UsageError

NS_PER_DAY: Final = 86_400 * 10**9
INTEGER_MAX: Final = 2**63 - 1
PRICE_TICKS_MAX: Final = 10**15
"""A wished price is cut to this, so that a mistake is refused by the venue and not by a decimal."""
_LIVES: Final = {
    TimeInForce.GOOD_TILL_CANCEL: "GTC",
    TimeInForce.DAY: "DAY",
    TimeInForce.IMMEDIATE_OR_CANCEL: "IOC",
    TimeInForce.FILL_OR_KILL: "FOK",
    TimeInForce.GOOD_TILL_DATE: "GTD",
}


def _whole(name: str, value: object, low: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"{name} must be a whole number, not {value!r}")
    if not low <= value <= INTEGER_MAX:
        raise UsageError(f"{name} must be at least {low} and fit 63 bits, not {value}")
    return value


def _optional(name: str, value: object, low: int = -INTEGER_MAX) -> int | None:
    return None if value is None else _whole(name, value, low)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise UsageError(f"{name} must be a number, not {value!r}")
    return value


def _text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise UsageError(f"{name} must be a text, not {value!r}")


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{name} must be true or false, not {value!r}")
    return value


class Clock:
    """The wall clock as a trader sees it: it never goes back, and stands still while a hook runs."""

    def __init__(self) -> None:
        self.now_ns = time.time_ns()

    def move(self) -> None:
        """Come to the present time."""
        self.now_ns = max(self.now_ns, time.time_ns())


class Context:
    """The world as one trader sees it. Calls that name no symbol mean the trader's first market.

    No call waits: orders leave on the stream, and what becomes of them is told by `on_order` and `on_fill`. Nothing
    else happens while a hook runs, and `now` does not move.
    """

    def __init__(
        self,
        name: str,
        markets: dict[str, Market],
        desk: Desk,
        rng: Random,
        clock: Clock,
        wake: Callable[[str, int], None],
        *,
        names_orders: bool,
        oracle: Callable[[str], float] | None,
    ) -> None:
        self._name = name
        self._markets = markets
        self._symbols = tuple(markets)
        self._desk = desk
        self._rng = rng
        self._wake = wake
        self._names_orders = names_orders
        self._oracle = oracle
        self._clock = clock

    def __repr__(self) -> str:
        return f"Context({self._name})"

    @property
    def now(self) -> int:
        """The time in nanoseconds since 1970."""
        return self._clock.now_ns

    @property
    def name(self) -> str:
        """The trader's name."""
        return self._name

    @property
    def symbol(self) -> str:
        """The trader's first market."""
        return self._symbols[0]

    @property
    def symbols(self) -> tuple[str, ...]:
        """All markets of the trader."""
        return self._symbols

    @property
    def rng(self) -> Random:
        """The trader's own stream of random numbers."""
        return self._rng

    @property
    def position(self) -> int:
        """Lots held in the trader's first market, as it knows by now; below zero is short."""
        return self._desk.positions[self._symbols[0]]

    @property
    def positions(self) -> dict[str, int]:
        """Lots held in each market."""
        return dict(self._desk.positions)

    @property
    def cash(self) -> int:
        """Cash in cash units, in escrow or not, as the trader knows by now."""
        return self._desk.cash

    @property
    def equity(self) -> int:
        """Cash and positions at the middle of the book, else at the last trade, in cash units."""
        worth = float(self._desk.cash)
        for symbol, lots in self._desk.positions.items():
            market = self._markets[symbol]
            mid = market.book.mid
            price = mid if mid is not None else market.last.price
            worth += lots * (market.initial_price if price is None else price) * market.scale.multiplier
        return int(worth)

    @property
    def open_orders(self) -> list[tuple[int, str, int, int | None, int]]:
        """Orders that the trader believes to be open: own name, symbol, side (1 buy, -1 sell), price, lots open."""
        if not self._names_orders:
            return []
        return [
            (order.name, order.market.symbol, order.side, order.price, order.left)
            for order in self._desk.orders.open.values()
        ]

    def book(self, symbol: str | None = None) -> Book:
        """Return the best prices of a market, as the feed shows them."""
        return self._market(symbol).book

    def last(self, symbol: str | None = None) -> int | None:
        """Return the price of the last trade, or none before the first."""
        return self._market(symbol).last.price

    def volume(self, symbol: str | None = None) -> int:
        """Return the lots traded since the trader began."""
        return self._market(symbol).last.volume

    def fundamental(self, symbol: str | None = None) -> float:
        """Return the fundamental value in ticks.

        Raises:
            UsageError: Nobody knows it: a live venue has none, and the runner was given no oracle.
        """
        market = self._market(symbol)
        if self._oracle is None:
            raise UsageError(
                f"nobody knows the fundamental value of {market.symbol} on a live venue; "
                "a runner has one if it is given an oracle"
            )
        return self._oracle(market.symbol)

    def hours(self, symbol: str | None = None) -> tuple[int, int]:
        """Return when the present UTC day began, and when it ends: a venue trades around the clock."""
        self._market(symbol)
        today = datetime.fromtimestamp(self._clock.now_ns // 10**9, UTC).date()
        opens = int(datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp()) * 10**9
        return opens, opens + NS_PER_DAY

    def initial_price(self, symbol: str | None = None) -> int:
        """Return the price at which the market stood when the trader began."""
        return self._market(symbol).initial_price

    def steps(self, symbol: str | None = None) -> tuple[int, int]:
        """Return the price step in ticks and the lot step in lots."""
        self._market(symbol)
        return 1, 1

    def fit_price(self, side: int, price: float, symbol: str | None = None) -> int:
        """Return a wished price on the step and in range: down for a buy (1), up for a sell (-1).

        Raises:
            UsageError: The side is neither 1 nor -1, such as a `Side` of the core, or the price is no number.
        """
        self._market(symbol)
        if type(side) is not int or side not in {1, -1}:
            raise UsageError(f"side must be 1 or -1, not {side!r}")
        bounded = min(max(_number("price", price), 1.0), float(PRICE_TICKS_MAX))
        return math.floor(bounded) if side == 1 else math.ceil(bounded)

    def buy(  # noqa: PLR0913 - the lab's own arguments
        self,
        quantity: int,
        price: int | None = None,
        *,
        symbol: str | None = None,
        time_in_force: int | None = None,
        stop_price: int | None = None,
        display: int | None = None,
        expiry_ns: int | None = None,
        post_only: bool = False,
        reduce_only: bool = False,
    ) -> int:
        """Send an order to buy: a market order without a price, with a stop price one that sleeps.

        Returns:
            The trader's own name for the order; what becomes of it is told later. 0 where its orders have no names.

        Raises:
            UsageError: An argument is of the wrong type or out of range, or the symbol is none of the trader's.
        """
        market = self._market(symbol)
        terms = _terms(market, price, time_in_force, stop_price, display, expiry_ns)
        return self._place(market, 1, quantity, price, terms, post_only, reduce_only)

    def sell(  # noqa: PLR0913 - the lab's own arguments
        self,
        quantity: int,
        price: int | None = None,
        *,
        symbol: str | None = None,
        time_in_force: int | None = None,
        stop_price: int | None = None,
        display: int | None = None,
        expiry_ns: int | None = None,
        post_only: bool = False,
        reduce_only: bool = False,
    ) -> int:
        """Send an order to sell; as `buy`."""
        market = self._market(symbol)
        terms = _terms(market, price, time_in_force, stop_price, display, expiry_ns)
        return self._place(market, -1, quantity, price, terms, post_only, reduce_only)

    def cancel(self, order: int) -> None:
        """Send a cancel for an order of the trader's own."""
        own = self._desk.orders.open.get(self._named(order))
        if own is None:
            self._desk.unknown(order, self._market(None))
        else:
            self._desk.cancel(own)

    def replace(self, order: int, price: int | None = None, quantity: int | None = None) -> None:
        """Send a change of an order of the trader's own: what is left out stays."""
        own = self._desk.orders.open.get(self._named(order))
        price, quantity = _optional("price", price), _optional("quantity", quantity, 0)
        if own is None:
            self._desk.unknown(order, self._market(None))
        else:
            self._desk.replace(own, price, quantity)

    def cancel_all(self, symbol: str | None = None) -> None:
        """Send a cancel for all the trader's orders, in one market or in all."""
        for market in self._markets.values() if symbol is None else [self._market(symbol)]:
            self._desk.cancel_all(market)

    def timer(self, name: str, after_ns: int | None = None, *, at_ns: int | None = None) -> None:
        """Ask to be called by `on_timer` with this name, after so long or at a time; at once if that is over."""
        _text("name", name)
        if (after_ns is None) == (at_ns is None):
            raise UsageError("a timer needs either after_ns or at_ns")
        if after_ns is not None:
            self._wake(name, self._clock.now_ns + _whole("after_ns", after_ns))
        else:
            self._wake(name, _whole("at_ns", at_ns))

    def _market(self, symbol: str | None) -> Market:
        if symbol is None:
            return self._markets[self._symbols[0]]
        try:
            return self._markets[symbol]
        except (KeyError, TypeError):
            raise unknown_symbol(symbol, self._symbols) from None

    def _named(self, order: object) -> int:
        name = _whole("order", order)
        if name == 0:
            raise UsageError("order must be what buy or sell returned; 0 stands for an order without a name")
        return name

    def _place(
        self,
        market: Market,
        side: int,
        quantity: object,
        price: object,
        terms: dict[str, Any],
        post_only: object,
        reduce_only: object,
    ) -> int:
        lots = _whole("quantity", quantity)
        if _flag("post_only", post_only):
            terms["post_only"] = True
        if _flag("reduce_only", reduce_only):
            terms["reduce_only"] = True
        name = self._desk.place(market, side, lots, _optional("price", price), terms)
        return name if self._names_orders else 0


def _terms(
    market: Market,
    price: object,
    time_in_force: object,
    stop_price: object,
    display: object,
    expiry_ns: object,
) -> dict[str, Any]:
    """Return the terms of an order as they go over the wire, checked."""
    stop = _optional("stop_price", stop_price)
    expiry = _optional("expiry_ns", expiry_ns, 0) or 0
    if stop is None:
        kind = "market" if price is None else "limit"
    else:
        kind = "stop" if price is None else "stop_limit"
    if time_in_force is not None:
        number = _whole("time_in_force", time_in_force)
        if number not in _LIVES:
            raise UsageError("time_in_force must be a member of TimeInForce")
        life = _LIVES[TimeInForce(number)]
    else:
        life = "IOC" if kind == "market" else "GTD" if expiry else "GTC"
    terms: dict[str, Any] = {"type": kind, "time_in_force": life}
    if stop is not None:
        terms["stop_price"] = market.scale.price(stop)
    if shown := _optional("display", display, 0):
        terms["display_quantity"] = market.scale.quantity(shown)
    if expiry:
        # The venue counts milliseconds; rounded up, so that no order ends before it may.
        terms["expires_at"] = -(-expiry // NS_PER_MS)
    return terms
