"""The trend follower: holds a position in the direction in which a short average of trades has crossed a long one.

Source: the crossing rule of Brock, Lakonishok and LeBaron (1992, doi:10.1111/j.1540-6261.1992.tb04681.x), with the
band that avoids trading on nothing. The averages are exponential in time, of trades that come at irregular moments
(Mueller 1991; Eckner 2014, "Algorithms for unevenly spaced time series: moving averages and other rolling operators").

`crossbook.agents.Momentum` trades at every look, so its position has no bound; a market that never closes needs one.

Units: times in nanoseconds, prices in ticks, sizes in lots.

Assumes that trades are told. It takes liquidity and never rests.
"""

import math
from typing import ClassVar

from crossbook.agents.parameters import real, whole
from crossbook.agents.trader import Context, Trade, Trader
from crossbook.core import TimeInForce


class Trend(Trader):
    """Follow the trend of two moving averages, a bounded position at a time."""

    follows_orders: ClassVar[bool] = False

    def __init__(
        self,
        *,
        interval_ns: float,
        short_ns: float = 20e9,
        long_ns: float = 120e9,
        band: float = 0.0004,
        lots: int = 20,
        position_lots: int = 400,
        home_lots: int = 0,
    ) -> None:
        """Take the parameters.

        Args:
            interval_ns: Mean time between two looks.
            short_ns: Memory of the short average.
            long_ns: Memory of the long average.
            band: How far apart the averages must be, as a part of the price.
            lots: Largest order.
            position_lots: Largest distance of its position from `home_lots`.
            home_lots: The position that it counts as none.

        Raises:
            ValueError: A value is out of its range.
        """
        self.interval_ns = real("interval_ns", interval_ns, 1e6)
        self.long_ns = real("long_ns", long_ns, 2.0)
        self.short_ns = real("short_ns", short_ns, 1.0, self.long_ns)
        self.band = real("band", band)
        self.lots = whole("lots", lots, 1)
        self.position_lots = whole("position_lots", position_lots, 1)
        self.home_lots = whole("home_lots", home_lots)
        self.short = 0.0
        self.long = 0.0
        self.first_ns = -1
        """When the first trade came; below zero before it."""
        self.traded_ns = 0

    def on_start(self, ctx: Context) -> None:
        """Draw the time of the first look."""
        ctx.timer("look", at_ns=max(ctx.hours()[0], ctx.now) + ctx.rng.wait(self.interval_ns))

    def on_trade(self, ctx: Context, trade: Trade) -> None:
        """Take a trade into both averages."""
        if trade.symbol != ctx.symbol:
            return
        price = float(trade.price)
        if self.first_ns < 0:
            self.first_ns, self.short, self.long = trade.time_ns, price, price
        else:
            passed = float(max(trade.time_ns - self.traded_ns, 0))
            self.short += (price - self.short) * -math.expm1(-passed / self.short_ns)
            self.long += (price - self.long) * -math.expm1(-passed / self.long_ns)
        self.traded_ns = trade.time_ns

    def on_timer(self, ctx: Context, name: str) -> None:
        """Move the position a little towards where the trend wants it, once the long average has seen enough."""
        if ctx.now >= ctx.hours()[1]:
            return
        ctx.timer("look", ctx.rng.wait(self.interval_ns))
        apart = self.short - self.long
        too_early = self.first_ns < 0 or ctx.now - self.first_ns < self.long_ns
        if too_early or abs(apart) <= self.band * self.long:
            return
        side = 1 if apart > 0.0 else -1
        lots = min(self.lots, self.position_lots - side * (ctx.position - self.home_lots))
        book = ctx.book()
        price = book.ask if side == 1 else book.bid
        if lots <= 0 or price is None:
            return
        send = ctx.buy if side == 1 else ctx.sell
        send(lots, price, time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL)
