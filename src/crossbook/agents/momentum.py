"""The momentum trader: buys while the short moving average of the mid price is above the long one, else sells.

Source: the agent of ABIDES (Byrd, Hybinette and Balch 2020, arXiv:1904.12066); the rule itself is Brock, Lakonishok
and LeBaron (1992, doi:10.1111/j.1540-6261.1992.tb04681.x).

Units: times in nanoseconds, windows in looks, sizes in lots.

Assumes that both sides of the book have orders; a look at a one-sided book is not counted. Averages are of whole
numbers, so nothing is rounded. Same events as the native kind `momentum` for the same seed.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from crossbook.agents.parameters import real, whole
from crossbook.agents.sizes import size_of
from crossbook.agents.trader import Context, Trader

WINDOW_MAX: Final = 4_096
"""Longest window in looks."""


class Momentum(Trader):
    """Follow the trend of two moving averages."""

    follows_orders: ClassVar[bool] = False
    names_orders: ClassVar[bool] = False

    def __init__(
        self,
        *,
        interval_ns: float,
        short: int = 20,
        long: int = 50,
        size: Mapping[str, Any] | None = None,
    ) -> None:
        """Take the parameters.

        Args:
            interval_ns: Mean time between two looks.
            short: Looks in the short average.
            long: Looks in the long average.
            size: Lots of an order.

        Raises:
            ValueError: A value is out of its range.
        """
        self.interval_ns = real("interval_ns", interval_ns, 1.0)
        self.long = whole("long", long, 2, WINDOW_MAX)
        self.short = whole("short", short, 1, self.long - 1)
        self.size = size_of(size)
        self.looks: deque[int] = deque(maxlen=self.long)
        """Sums of bid and ask, the newest last."""
        self.short_sum = 0
        self.long_sum = 0

    def on_start(self, ctx: Context) -> None:
        """Draw the time of the first look."""
        opens, _ = ctx.hours()
        ctx.timer("look", at_ns=max(opens, ctx.now) + ctx.rng.wait(self.interval_ns))

    def on_timer(self, ctx: Context, name: str) -> None:
        """Look at the book, and trade once the long average is complete."""
        rng = ctx.rng
        if ctx.now >= ctx.hours()[1]:
            return
        ctx.timer("look", rng.wait(self.interval_ns))
        book = ctx.book()
        bid, ask = book.bid, book.ask
        if bid is None or ask is None:
            return
        looks = self.looks
        if len(looks) >= self.short:
            self.short_sum -= looks[-self.short]
        if len(looks) == self.long:
            self.long_sum -= looks[0]
        looks.append(bid + ask)
        self.short_sum += bid + ask
        self.long_sum += bid + ask
        if len(looks) < self.long:
            return
        lots = self.size.draw(rng)
        if self.short_sum * self.long >= self.long_sum * self.short:
            ctx.buy(lots, ask)
        else:
            ctx.sell(lots, bid)
