"""The informed trader: knows the fundamental, and trades whenever the market is wrong by more than it costs.

Source: the informed trader of Glosten and Milgrom (1985, doi:10.1016/0304-405X(85)90044-3), who takes a quote when
it is on the wrong side of the value. That orders end at once and positions are bounded is ours.

Units: times in nanoseconds, prices in ticks, sizes in lots.

Assumes that `Context.fundamental` has moved already when news are told. It takes liquidity and never rests.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from crossbook.agents.parameters import real, whole
from crossbook.agents.sizes import size_of
from crossbook.agents.trader import Context, Trader
from crossbook.core import TimeInForce


class Informed(Trader):
    """Buy what is worth more than it costs, and sell what is worth less."""

    follows_orders: ClassVar[bool] = False

    def __init__(
        self,
        *,
        interval_ns: float,
        edge_ticks: float = 1.0,
        noise_ticks: float = 0.0,
        size: Mapping[str, Any] | None = None,
        position_lots: int = 5_000,
        home_lots: int = 0,
    ) -> None:
        """Take the parameters.

        Args:
            interval_ns: Mean time between two looks.
            edge_ticks: By how much the value must be beyond the opposite best price.
            noise_ticks: Deviation of the error of one look at the fundamental.
            size: Lots of an order.
            position_lots: Largest distance of its position from `home_lots`.
            home_lots: The position that it counts as none.

        Raises:
            ValueError: A value is out of its range.
        """
        self.interval_ns = real("interval_ns", interval_ns, 1e6)
        self.edge_ticks = real("edge_ticks", edge_ticks)
        self.noise_ticks = real("noise_ticks", noise_ticks)
        self.size = size_of(size)
        self.position_lots = whole("position_lots", position_lots, 1)
        self.home_lots = whole("home_lots", home_lots)

    def on_start(self, ctx: Context) -> None:
        """Draw the time of the first look."""
        ctx.timer("look", at_ns=max(ctx.hours()[0], ctx.now) + ctx.rng.wait(self.interval_ns))

    def on_timer(self, ctx: Context, name: str) -> None:
        """Look, and trade where it is worth it."""
        if ctx.now >= ctx.hours()[1]:
            return
        ctx.timer("look", ctx.rng.wait(self.interval_ns))
        self._look(ctx)

    def on_news(self, ctx: Context, symbol: str, text: str) -> None:
        """Trade on the news before others have read them."""
        opens, closes = ctx.hours()
        if symbol == ctx.symbol and opens <= ctx.now < closes:
            self._look(ctx)

    def _look(self, ctx: Context) -> None:
        value = ctx.fundamental() + ctx.rng.normal(0.0, self.noise_ticks)
        book, held = ctx.book(), ctx.position - self.home_lots
        bid, ask = book.bid, book.ask
        # At its own limit it takes every level that is worth it, and leaves nothing in the book.
        most, least = ctx.fit_price(1, value - self.edge_ticks), ctx.fit_price(-1, value + self.edge_ticks)
        if ask is not None and ask <= most:
            lots = min(self.size.draw(ctx.rng), self.position_lots - held)
            if lots > 0:
                ctx.buy(lots, most, time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL)
        elif bid is not None and bid >= least:
            lots = min(self.size.draw(ctx.rng), self.position_lots + held)
            if lots > 0:
                ctx.sell(lots, least, time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL)
