"""Agents that are coroutines as traders of the kernel.

The trader wakes at an interval, shows its agent the market in decimals, and sends what it answers with. Each has an event
loop of its own, which runs while simulated time stands still.
"""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Final

from crossbook.agents import Trader
from crossbook.agents.loading import load_module
from crossbook.agents.trader import Context
from crossbook.core import ConfigError, TimeInForce
from crossbook.lab.live.scale import Scale
from crossbook.stream.agents import AsyncAgent, Cancel, MarketData, OpenOrder, Order, OrderBook

WAKE: Final = "wake"
NS_PER_US: Final = 1_000
_SIDES: Final = frozenset({"buy", "sell"})


class AsyncTrader(Trader):
    """The trader that an agent of one's own lives in.

    Args:
        agent: Its class, as `module:Class` or `path/to/file.py:Class`.
        arguments: Of its constructor: a list, and a map.
        wakeup_interval_us: Microseconds between two wakeups.
        price_step: What a tick is worth.
        lot_size: What a lot is.
        cash_unit: What a unit of cash is worth.
        epoch_us: Microseconds from 1970 to the midnight that simulated time counts from.

    Raises:
        ConfigError: There is no such class, or it does not take these arguments.
    """

    uses_depth = True
    given: ClassVar[AsyncAgent | None] = None
    """The very agent, where it is at hand and need not be made."""

    def __init__(
        self,
        *,
        agent: str,
        wakeup_interval_us: int,
        price_step: str,
        lot_size: str,
        cash_unit: str,
        arguments: tuple[Sequence[Any], Mapping[str, Any]] = ((), {}),
        epoch_us: int = 0,
    ) -> None:
        self.agent: Final = self.given or _made(agent, arguments)
        self._interval_ns = wakeup_interval_us * NS_PER_US
        self._price: Final = Scale(Decimal(price_step))
        self._size: Final = Scale(Decimal(lot_size))
        self._cash: Final = Scale(Decimal(cash_unit))
        self._epoch_us = epoch_us
        self._loop: asyncio.AbstractEventLoop | None = None

    def on_start(self, ctx: Context) -> None:
        """Set the first alarm, at a time of its own: agents do not all wake at once."""
        self._loop = asyncio.new_event_loop()
        ctx.timer(WAKE, ctx.rng.integer(1, self._interval_ns))

    def on_timer(self, ctx: Context, name: str) -> None:  # noqa: ARG002 - there is one alarm
        """Show the agent the market, and send what it answers with."""
        ctx.timer(WAKE, self._interval_ns)
        agent, loop = self.agent, self._loop
        if loop is None:
            raise RuntimeError("an agent woke before it started")
        data, book = self._seen(ctx)
        agent.position = self._size.decimal(ctx.position)
        agent.balance = self._cash.decimal(ctx.cash)
        agent.open_orders = self._open(ctx)
        for wish in loop.run_until_complete(agent.generate_orders(data, book)):
            self._send(ctx, wish)

    def on_stop(self, ctx: Context) -> None:  # noqa: ARG002 - nothing is left to do there
        """Close the loop."""
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    def _seen(self, ctx: Context) -> tuple[MarketData, OrderBook]:
        book, price, size = ctx.book(), self._price.decimal, self._size.decimal
        last = ctx.last()
        data = MarketData(
            symbol=ctx.symbol,
            timestamp=self._epoch_us + ctx.now // NS_PER_US,
            last_price=None if last is None else price(last),
            bid_price=None if book.bid is None else price(book.bid),
            ask_price=None if book.ask is None else price(book.ask),
            bid_size=size(book.bid_quantity),
            ask_size=size(book.ask_quantity),
            volume=size(ctx.volume()),
        )
        bids, asks = (
            tuple((price(ticks), size(lots)) for ticks, lots in side) for side in (book.bids(), book.asks())
        )
        return data, OrderBook(bids, asks)

    def _open(self, ctx: Context) -> tuple[OpenOrder, ...]:
        return tuple(
            OpenOrder(
                order,
                "buy" if side > 0 else "sell",
                None if ticks is None else self._price.decimal(ticks),
                self._size.decimal(lots),
            )
            for order, _, side, ticks, lots in ctx.open_orders
        )

    def _send(self, ctx: Context, wish: Order | Cancel) -> None:
        if isinstance(wish, Cancel):
            if wish.order is None:
                ctx.cancel_all()
            else:
                ctx.cancel(wish.order)
            return
        if wish.side not in _SIDES:
            raise TypeError(f"generate_orders answers with orders and cancels, not {wish!r}")
        lots = int(wish.size / self._size.size)
        if lots < 1:
            raise ValueError(f"an order has at least {self._size.size:f}, not {wish.size}")
        side = 1 if wish.side == "buy" else -1
        ticks = None if wish.price is None else ctx.fit_price(side, float(wish.price / self._price.size))
        send = ctx.buy if side > 0 else ctx.sell
        send(
            lots,
            ticks,
            time_in_force=int(TimeInForce.IMMEDIATE_OR_CANCEL) if wish.immediate_or_cancel else None,
            post_only=wish.post_only,
        )


def _made(name: str, arguments: tuple[Sequence[Any], Mapping[str, Any]]) -> AsyncAgent:
    """Return an agent that was named."""
    place, _, class_name = name.rpartition(":")
    kind = getattr(load_module(place, Path()), class_name, None)
    if not isinstance(kind, type) or not issubclass(kind, AsyncAgent):
        raise ConfigError(f"{name} is no crossbook.stream.AsyncAgent")
    given, named = arguments
    try:
        return kind(*given, **named)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{name}: {error}") from error
