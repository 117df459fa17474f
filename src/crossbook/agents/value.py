"""The value trader: learns the fundamental from noisy looks, and trades on what it will be at the close.

Source: Byrd (2019, arXiv:1909.11650), after Wah, Wright and Wellman (2017, doi:10.1613/jair.5453): between looks the
estimate reverts to the mean and grows uncertain; each look is weighed in by its precision; the estimate is carried on
to the close.

Units: times in nanoseconds, values in ticks, variances in square ticks, `kappa` in 1/ns.

Assumes that the fundamental reverts to `mean` with `kappa`, whatever it really does, and that it stood at `mean` at
the open. Same events as the native kind `value` for the same seed.
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from crossbook.agents.parameters import floored, real
from crossbook.agents.sizes import size_of
from crossbook.agents.trader import Context, Trader
from crossbook.core.simulation import exp


class Value(Trader):
    """Buy below what the market will be worth at the close, sell above."""

    follows_orders: ClassVar[bool] = False
    names_orders: ClassVar[bool] = False

    def __init__(
        self,
        *,
        interval_ns: float,
        mean: float,
        kappa: float,
        noise_variance: float,
        drift_variance: float = 0.0,
        aggressive: float = 0.1,
        spreads: float = 2.0,
        size: Mapping[str, Any] | None = None,
    ) -> None:
        """Take the parameters.

        Args:
            interval_ns: Mean time between two looks.
            mean: What it believes the fundamental reverts to.
            kappa: Rate of reversion that it believes in.
            noise_variance: Variance of the noise of one look.
            drift_variance: Variance that it believes the fundamental gains in a nanosecond.
            aggressive: Probability that it takes the opposite best price.
            spreads: How many spreads away from the opposite best a passive order may lie.
            size: Lots of an order.

        Raises:
            ValueError: A value is out of its range.
        """
        self.interval_ns = real("interval_ns", interval_ns, 1.0)
        self.mean = real("mean", mean)
        self.kappa = real("kappa", kappa)
        self.noise_variance = real("noise_variance", noise_variance)
        if self.noise_variance == 0.0:
            raise ValueError("noise_variance must be above zero")
        self.drift_variance = real("drift_variance", drift_variance)
        self.aggressive = real("aggressive", aggressive, 0.0, 1.0)
        self.spreads = real("spreads", spreads)
        self.size = size_of(size)
        self.estimate = self.mean
        self.variance = 0.0
        self.looked_ns = 0

    def on_start(self, ctx: Context) -> None:
        """Draw the time of the first look."""
        opens, _ = ctx.hours()
        self.looked_ns = opens
        ctx.timer("look", at_ns=max(opens, ctx.now) + ctx.rng.wait(self.interval_ns))

    def on_timer(self, ctx: Context, name: str) -> None:
        """Look at the fundamental, and replace what stands by one order."""
        now, rng = ctx.now, ctx.rng
        _, closes = ctx.hours()
        if now >= closes:
            return
        ctx.timer("look", rng.wait(self.interval_ns))
        look = ctx.fundamental() + rng.normal(0.0, math.sqrt(self.noise_variance))
        target = self._weigh_in(now, look, closes)
        ctx.cancel_all()
        lots = self.size.draw(rng)
        book = ctx.book()
        mid, bid, ask = book.mid, book.bid, book.ask
        if mid is None or bid is None or ask is None:
            side = 1 if rng.chance(0.5) else -1
            wish = target
        else:
            side = -1 if target < mid else 1
            reach = floored(self.spreads * float(ask - bid))
            passive = not rng.chance(self.aggressive)
            back = rng.integer(0, reach) if passive else 0
            wish = float((ask if side == 1 else bid) - side * back)
        price = ctx.fit_price(side, wish)
        if side == 1:
            ctx.buy(lots, price)
        else:
            ctx.sell(lots, price)

    def _weigh_in(self, now: int, look: float, closes: int) -> float:
        """Weigh in a look, and return what the value will be at the close."""
        passed = float(now - self.looked_ns)
        keep = exp(-self.kappa * passed)
        if self.kappa == 0.0:
            gained = self.drift_variance * passed
        else:
            gained = self.drift_variance * (1.0 - keep * keep) / (2.0 * self.kappa)
        expected = self.mean + (self.estimate - self.mean) * keep
        variance = keep * keep * self.variance + gained
        weight = variance / (variance + self.noise_variance)
        self.estimate = expected + (look - expected) * weight
        self.variance = variance * self.noise_variance / (variance + self.noise_variance)
        self.looked_ns = now
        keep = exp(-self.kappa * float(max(closes - now, 0)))
        return self.mean + (self.estimate - self.mean) * keep
