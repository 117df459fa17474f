"""The market maker of a live market: a ladder on both sides of what it believes, moved as soon as that moves.

Source: quotes that lean against the position and widen with volatility are those of Avellaneda and Stoikov (2008,
doi:10.1080/14697680701381228); here both are linear, with coefficients that are chosen and not derived. The estimate
of variance is exponentially weighted (RiskMetrics 1996), over time and not over looks.

The reference is the middle of the book pulled towards the fundamental. Prices beyond the first are on a grid, so that
a small move changes the first quotes only; what stands at a price that is still wanted stays, and so keeps its place
in the queue. Every order is post-only. The side that moves away is moved first, so that the maker is never in its own
way.

Units: times in nanoseconds, prices in ticks, sizes in lots, volatility in ticks for the square root of a second.

Assumes answers within the time between two looks: until then it may believe in an order that is gone, and what comes
of that is refused by the venue and mended at the next look.
"""

import math
from collections.abc import Iterable
from typing import Final

from crossbook.agents.parameters import TIME_NS_MAX, real, whole
from crossbook.agents.trader import Context, Fill, Trader

LEVELS_MAX: Final = 50
"""Most levels of a side."""
SECOND_NS: Final = 1e9
PAUSE_NS: Final = 50_000_000
"""Fills that come together are answered by one change of the quotes, so long after the first."""
SIZE_SPREAD: Final = 0.4
"""Orders are up to so much larger or smaller than their level's size, so that the book looks like one."""
WORN: Final = 0.5
"""An order of which less than this part of a size is left is not worth its place: it is replaced by a whole one."""


class LadderMaker(Trader):
    """Quote several levels on both sides, and never let them get stale."""

    def __init__(  # noqa: PLR0913 - each is a property of the ladder of its own
        self,
        *,
        look_ns: float = 500e6,
        refresh_ns: float = 4e9,
        levels: int = 5,
        lots: int = 60,
        half_spread_ticks: float = 1.0,
        widest_ticks: float = 8.0,
        volatility_weight: float = 0.5,
        volatility_memory_ns: float = 60e9,
        spacing: float = 1.5,
        pull: float = 0.3,
        threshold: float = 0.6,
        skew_ticks: float = 0.2,
        position_lots: int = 20_000,
        home_lots: int = 0,
    ) -> None:
        """Take the parameters.

        Args:
            look_ns: Time between two looks at the reference.
            refresh_ns: Longest time after which the quotes are made anew, whatever moved.
            levels: Orders a side.
            lots: Typical size at the first level; each further one is half of it larger.
            half_spread_ticks: Distance of the first quotes from the reference when nothing moves.
            widest_ticks: Largest such distance.
            volatility_weight: What a tick of volatility adds to it.
            volatility_memory_ns: Over what time volatility is measured.
            spacing: Distance of two levels in half spreads; at least a tick.
            pull: Part of the way from the middle of the book to the fundamental that the reference goes.
            threshold: Move of the reference that moves the quotes, in half spreads.
            skew_ticks: How far the quotes move against the position, for each `lots` held beyond `home_lots`.
            position_lots: Distance of the position from `home_lots` at which it quotes one side only.
            home_lots: The position that it counts as none.

        Raises:
            ValueError: A value is out of its range.
        """
        self.look_ns = int(real("look_ns", look_ns, 1e6, TIME_NS_MAX))
        self.refresh_ns = int(real("refresh_ns", refresh_ns, 1e6, TIME_NS_MAX))
        self.levels = whole("levels", levels, 1, LEVELS_MAX)
        self.lots = whole("lots", lots, 1)
        self.half_spread_ticks = real("half_spread_ticks", half_spread_ticks, 0.5)
        self.widest_ticks = real("widest_ticks", widest_ticks, self.half_spread_ticks)
        self.volatility_weight = real("volatility_weight", volatility_weight)
        self.volatility_memory_ns = real("volatility_memory_ns", volatility_memory_ns, 1.0)
        self.spacing = real("spacing", spacing)
        self.pull = real("pull", pull, 0.01, 1.0)
        self.threshold = real("threshold", threshold)
        self.skew_ticks = real("skew_ticks", skew_ticks)
        self.position_lots = whole("position_lots", position_lots, 1)
        self.home_lots = whole("home_lots", home_lots)
        self.variance = 0.0
        """Of the fundamental, in square ticks a second."""
        self.value = math.nan
        """The fundamental at the last look."""
        self.looked_ns = 0
        self.quoted = math.nan
        """The centre of the quotes that stand."""
        self.quoted_ns = 0
        self.is_called = False
        """Whether a change of the quotes is under way because of a fill."""

    def on_start(self, ctx: Context) -> None:
        """Take away what an earlier life left, and begin."""
        ctx.cancel_all()
        ctx.timer("look", at_ns=max(ctx.hours()[0], ctx.now))

    def on_timer(self, ctx: Context, name: str) -> None:
        """Look where the quotes should be, and move them if they should be elsewhere."""
        if ctx.now >= ctx.hours()[1]:
            return
        if name == "look":
            ctx.timer("look", self.look_ns)
        else:
            self.is_called = False
        centre, half = self._look(ctx)
        is_far = not abs(centre - self.quoted) <= self.threshold * half
        if is_far or name != "look" or ctx.now - self.quoted_ns >= self.refresh_ns:
            self._quote(ctx, centre, half)

    def on_fill(self, ctx: Context, fill: Fill) -> None:
        """Fill up the ladder, and lean against what was taken."""
        self._call(ctx, PAUSE_NS)

    def on_news(self, ctx: Context, symbol: str, text: str) -> None:
        """Move at once."""
        if symbol == ctx.symbol:
            self._call(ctx, 0)

    def on_stop(self, ctx: Context) -> None:
        """Take all quotes away."""
        ctx.cancel_all()

    def _call(self, ctx: Context, after_ns: int) -> None:
        """Ask for new quotes soon, once."""
        if not self.is_called:
            self.is_called = True
            ctx.timer("quote", after_ns)

    def _look(self, ctx: Context) -> tuple[float, float]:
        """Return the centre of the quotes that should stand, and their half spread."""
        now, value, mid = ctx.now, ctx.fundamental(), ctx.book().mid
        passed = float(now - self.looked_ns)
        if not math.isnan(self.value) and passed > 0.0:
            weight = -math.expm1(-passed / self.volatility_memory_ns)
            self.variance += weight * ((value - self.value) ** 2 * SECOND_NS / passed - self.variance)
        self.value, self.looked_ns = value, now
        half = self.half_spread_ticks + self.volatility_weight * math.sqrt(self.variance)
        half = min(half, self.widest_ticks)
        reference = value if mid is None else mid + self.pull * (value - mid)
        # A middle far from the value is a book that lags behind news, or one that somebody emptied: no guide.
        reference = min(max(reference, value - self.widest_ticks), value + self.widest_ticks)
        held = float(ctx.position - self.home_lots) / float(self.lots)
        return reference - self.skew_ticks * held, half

    def _quote(self, ctx: Context, centre: float, half: float) -> None:
        """Make the orders that stand into those that should."""
        rises = math.isnan(self.quoted) or centre >= self.quoted
        self.quoted, self.quoted_ns = centre, ctx.now
        standing: dict[int, list[tuple[int, int, int]]] = {1: [], -1: []}
        for order, _, side, price, left in ctx.open_orders:
            if price is not None:
                standing[side].append((order, price, left))
        book, held = ctx.book(), ctx.position - self.home_lots
        for side in (-1, 1) if rises else (1, -1):
            wanted: list[int] = []
            if side * held < self.position_lots:
                opposite = book.ask if side == 1 else book.bid
                others = None if any(opposite == price for _, price, _ in standing[-side]) else opposite
                wanted = self._prices(ctx, side, centre - side * half, half, others)
            self._move(ctx, side, standing[side], wanted)

    def _prices(self, ctx: Context, side: int, first: float, half: float, others: int | None) -> list[int]:
        """Return the prices of a side, best first: the first where it should be, the others on a grid."""
        step = ctx.steps()[0]
        if others is not None:
            # Others stand in the way until somebody takes them; a post-only order there would be refused.
            first = min(first, others - step) if side == 1 else max(first, others + step)
        gap = max(round(self.spacing * half), 1) * step
        best = ctx.fit_price(side, first)
        prices = [best]
        for level in range(1, self.levels):
            beyond = side * (best - side * level * gap)
            price = ctx.fit_price(side, float(side * (beyond // gap * gap)))
            if price != prices[-1]:
                prices.append(price)
        return prices

    def _move(
        self, ctx: Context, side: int, standing: list[tuple[int, int, int]], wanted: Iterable[int]
    ) -> None:
        """Keep what stands at a wanted price, move the rest there, and place or cancel what is over."""
        missing = {price: level for level, price in enumerate(wanted)}
        spare: list[int] = []
        for order, price, left in standing:
            if price in missing and left >= WORN * self._size(missing[price]) * (1.0 - SIZE_SPREAD):
                del missing[price]
            elif left >= WORN * self.lots:
                spare.append(order)
            else:
                ctx.cancel(order)
        send = ctx.buy if side == 1 else ctx.sell
        for price, level in missing.items():
            if spare:
                ctx.replace(spare.pop(), price)
            else:
                size = self._size(level) * (1.0 + SIZE_SPREAD * (2.0 * ctx.rng.uniform() - 1.0))
                send(max(round(size), 1), price, post_only=True)
        for order in spare:
            ctx.cancel(order)

    def _size(self, level: int) -> float:
        """Return the typical size of a level."""
        return self.lots * (1.0 + 0.5 * level)
