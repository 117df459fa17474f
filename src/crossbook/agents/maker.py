"""The adaptive market maker: a ladder of quotes, as wide as the spread has been, as large as a share of the volume.

Source: the ladder of Chakraborty and Kearns (2011, doi:10.1145/1993574.1993605), with the adaptive window and the
participation of volume of the agent of ABIDES (Byrd, Hybinette and Balch 2020, arXiv:1904.12066).

Units: times in nanoseconds, prices in ticks, sizes in lots. Each wake it cancels what stands, waits `cancel_delay_ns`,
and places `levels` orders a side around the middle, half a window away, `spacing` parts of the window apart.

Assumes that the window does not move between the cancel and the ladder. Same events as the native kind
`adaptive_maker` for the same seed.
"""

from typing import ClassVar, Final

from crossbook.agents.parameters import floored, real, whole
from crossbook.agents.trader import Context, Trader

LEVELS_MAX: Final = 100
"""Most levels of a ladder."""


class AdaptiveMaker(Trader):
    """Quote a ladder on both sides of the middle."""

    follows_orders: ClassVar[bool] = False
    names_orders: ClassVar[bool] = False

    def __init__(  # noqa: PLR0913 - those of the native kind
        self,
        *,
        interval_ns: float,
        levels: int,
        spacing: float,
        share: float,
        least_lots: int,
        random: bool = True,
        spread_weight: float = 0.1,
        first_window: float = 10.0,
        cancel_delay_ns: int = 0,
        lean: float = 0.0,
    ) -> None:
        """Take the parameters.

        Args:
            interval_ns: Mean time between two ladders.
            levels: Orders a side.
            spacing: Distance of two levels in windows; at least a tick.
            share: Size of each order as a part of the volume since the last ladder.
            least_lots: Smallest size of an order in lots.
            random: Whether the time between two ladders is drawn or always the mean.
            spread_weight: Weight of the newest spread in the window.
            first_window: Window before a spread was seen, in ticks.
            cancel_delay_ns: Time between cancelling and placing.
            lean: Ticks that the ladder moves against the position, for each order size held.

        Raises:
            ValueError: A value is out of its range.
        """
        if not isinstance(random, bool):
            raise TypeError(f"random must be true or false, not {random!r}")
        self.interval_ns = real("interval_ns", interval_ns, 1.0)
        self.levels = whole("levels", levels, 1, LEVELS_MAX)
        self.spacing = real("spacing", spacing)
        self.share = real("share", share)
        self.least_lots = whole("least_lots", least_lots, 1)
        self.random = random
        self.spread_weight = real("spread_weight", spread_weight, 0.0, 1.0)
        self.window = real("first_window", first_window)
        """How wide the spread has been, in ticks."""
        self.cancel_delay_ns = whole("cancel_delay_ns", cancel_delay_ns)
        self.lean = real("lean", lean)
        self.mid = 0.0
        self.volume = 0
        self.lots = self.least_lots

    def on_start(self, ctx: Context) -> None:
        """Begin with the market."""
        opens, _ = ctx.hours()
        ctx.timer("look", at_ns=max(opens, ctx.now))

    def on_timer(self, ctx: Context, name: str) -> None:
        """Look at the market and cancel, or place the ladder."""
        if ctx.now >= ctx.hours()[1]:
            return
        if name == "place":
            self._place(ctx)
            return
        ctx.timer("look", ctx.rng.wait(self.interval_ns) if self.random else floored(self.interval_ns))
        self._look(ctx)
        ctx.cancel_all()
        if self.cancel_delay_ns == 0:
            self._place(ctx)
        else:
            ctx.timer("place", self.cancel_delay_ns)

    def _look(self, ctx: Context) -> None:
        """Set the middle, the window and the size of the orders."""
        book, last, volume = ctx.book(), ctx.last(), ctx.volume()
        mid, spread = book.mid, book.spread
        if mid is not None and spread is not None:
            self.mid = mid
            self.window += self.spread_weight * (float(spread) - self.window)
        else:
            self.mid = float(ctx.initial_price() if last is None else last)
        traded = volume - self.volume
        self.volume = volume
        self.lots = max(floored(self.share * float(traded) + 0.5), self.least_lots)

    def _place(self, ctx: Context) -> None:
        step = max(self.spacing * self.window, float(ctx.steps()[0]))
        lean = 0.0 if self.lean == 0.0 else self.lean * float(ctx.position) / float(self.lots)
        for level in range(self.levels):
            away = 0.5 * self.window + float(level) * step
            ctx.buy(self.lots, ctx.fit_price(1, self.mid - lean - away))
            ctx.sell(self.lots, ctx.fit_price(-1, self.mid - lean + away))
