"""The passer-by: the noise trader of the library, who leaves nothing behind.

`crossbook.agents.Noise` is made for a day that ends: what is left of an order at the best price stands until the
close, and what it holds by then is nobody's concern. A live market has no close: everything that still stands is
cancelled now and then, and a little of the position is traded back, or it would walk away without a bound.

Units: as `Noise`.
"""

from collections.abc import Mapping
from typing import Any

from crossbook.agents.noise import Noise
from crossbook.agents.parameters import real, whole
from crossbook.agents.trader import Context
from crossbook.core import TimeInForce


class Passerby(Noise):
    """Buy or sell by the toss of a coin, and clear up."""

    def __init__(
        self,
        *,
        interval_ns: float,
        size: Mapping[str, Any] | None = None,
        aggressive: float = 0.5,
        distance_ticks: float = 3.0,
        life_ns: float = 15e9,
        clear_ns: float = 60e9,
        homing: float = 0.02,
        home_lots: int = 0,
    ) -> None:
        """Take the parameters.

        Args:
            interval_ns: Mean time between two orders.
            size: Lots of an order.
            aggressive: Probability that an order is at the opposite best price.
            distance_ticks: Mean distance of a passive order behind the opposite best, in ticks beyond the first.
            life_ns: Mean life of a passive order.
            clear_ns: Time between two looks at what has been left behind.
            homing: Part of what it holds beyond `home_lots` that it trades back then.
            home_lots: The position that it counts as none.

        Raises:
            ValueError: A value is out of its range.
        """
        super().__init__(
            interval_ns=real("interval_ns", interval_ns, 1e6),
            size=size,
            aggressive=aggressive,
            distance_ticks=distance_ticks,
            life_ns=life_ns,
        )
        self.clear_ns = int(real("clear_ns", clear_ns, 1e9))
        self.homing = real("homing", homing, 0.0, 1.0)
        self.home_lots = whole("home_lots", home_lots)

    def on_start(self, ctx: Context) -> None:
        """Draw the time of the first order."""
        super().on_start(ctx)
        ctx.timer("clear", self.clear_ns)

    def on_timer(self, ctx: Context, name: str) -> None:
        """Place an order, or cancel what stands."""
        if name == "clear":
            ctx.timer("clear", self.clear_ns)
            ctx.cancel_all()
            self._go_home(ctx)
        else:
            super().on_timer(ctx, name)

    def on_stop(self, ctx: Context) -> None:
        """Take away what stands."""
        ctx.cancel_all()

    def _go_home(self, ctx: Context) -> None:
        """Trade a part of the position back at the best price, as far as something stands there."""
        held, book = ctx.position - self.home_lots, ctx.book()
        lots = int(self.homing * abs(held))
        price = book.bid if held > 0 else book.ask
        if lots == 0 or price is None:
            return
        send = ctx.sell if held > 0 else ctx.buy
        send(lots, price, time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL)
