"""The noise trader: orders without a reason, at random times.

Source: Kyle (1985, doi:10.2307/1913210) for the role; with `interval_ns` zero, the agent of ABIDES (Byrd, Hybinette
and Balch 2020, arXiv:1904.12066) that trades once a day at the opposite best price; with passive orders, the flow of
Farmer, Patelli and Zovko (2005, doi:10.1073/pnas.0409157102), which places limit orders at random distances behind
the opposite best price.

Units: times in nanoseconds, prices in ticks, sizes in lots.

Assumes nothing of the market but a feed. An order at the opposite best price is a limit order: it never walks the
book. Same events as the native kind `noise` for the same seed.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from crossbook.agents.parameters import INTEGER_MAX, floored, real, whole
from crossbook.agents.sizes import size_of
from crossbook.agents.trader import Context, Trader

LIFE_LEAST_NS: Final = 1_000_000
"""No passive order lives for less: it must reach the venue first."""


class Noise(Trader):
    """Buy or sell by the toss of a coin."""

    follows_orders: ClassVar[bool] = False
    names_orders: ClassVar[bool] = False

    def __init__(
        self,
        *,
        interval_ns: float = 0.0,
        from_ns: int | None = None,
        to_ns: int | None = None,
        size: Mapping[str, Any] | None = None,
        aggressive: float = 1.0,
        distance_ticks: float = 0.0,
        life_ns: float = 0.0,
    ) -> None:
        """Take the parameters.

        Args:
            interval_ns: Mean time between two orders; zero for one order a day.
            from_ns: When the order of a day may come first; the market's opening when left out.
            to_ns: Before when it comes; the market's close when left out.
            size: Lots of an order.
            aggressive: Probability that an order is at the opposite best price.
            distance_ticks: Mean distance of a passive order behind the opposite best, in ticks beyond the first.
            life_ns: Mean life of a passive order; zero for ever.

        Raises:
            ValueError: A value is out of its range.
        """
        self.interval_ns = real("interval_ns", interval_ns)
        self.from_ns = None if from_ns is None else whole("from_ns", from_ns, -INTEGER_MAX - 1)
        self.to_ns = None if to_ns is None else whole("to_ns", to_ns, -INTEGER_MAX - 1)
        self.size = size_of(size)
        self.aggressive = real("aggressive", aggressive, 0.0, 1.0)
        self.distance_ticks = real("distance_ticks", distance_ticks)
        self.life_ns = real("life_ns", life_ns)

    def on_start(self, ctx: Context) -> None:
        """Draw the time of the first order."""
        opens, closes = ctx.hours()
        if self.interval_ns > 0.0:
            at_ns = max(opens, ctx.now) + ctx.rng.wait(self.interval_ns)
        else:
            first = opens if self.from_ns is None else self.from_ns
            end = closes if self.to_ns is None else self.to_ns
            at_ns = ctx.rng.integer(first, end - 1)
        ctx.timer("order", at_ns=max(at_ns, 0))

    def on_timer(self, ctx: Context, name: str) -> None:
        """Place an order."""
        opens, closes = ctx.hours()
        now, rng = ctx.now, ctx.rng
        if now >= closes:
            return
        if self.interval_ns > 0.0:
            ctx.timer("order", rng.wait(self.interval_ns))
        elif now < opens:
            # Those who come early wait for the market to open.
            ctx.timer("order", at_ns=opens)
            return
        side = 1 if rng.chance(0.5) else -1
        send = ctx.buy if side == 1 else ctx.sell
        lots = self.size.draw(rng)
        book = ctx.book()
        opposite, own = (book.ask, book.bid) if side == 1 else (book.bid, book.ask)
        if self.aggressive >= 1.0 or rng.chance(self.aggressive):
            if opposite is not None:
                send(lots, opposite)
            return
        behind = float(floored(rng.exponential(self.distance_ticks))) + 1.0
        if opposite is not None:
            anchor = opposite
        elif own is not None:
            anchor = own
        else:
            anchor = ctx.initial_price()
        price = ctx.fit_price(side, anchor - side * behind)
        if self.life_ns > 0.0:
            send(lots, price, expiry_ns=now + rng.wait(self.life_ns) + LIFE_LEAST_NS)
        else:
            send(lots, price)
