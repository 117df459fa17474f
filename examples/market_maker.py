"""A market maker that leans against what it holds: one class, in a simulation and on a live venue.

    crossbook run examples/market_maker.yaml
    crossbook bots examples/market_maker.py:MarketMaker --register maker --symbols FUN --parameter quantity=5

A venue of cash accounts lets nobody sell what he has not: there it quotes the side it can, buys first, and sells what
it bought. Units: prices and spreads in ticks, quantities in lots, times in nanoseconds.
"""

from crossbook.agents import Context, Fill, OrderUpdate, Trader
from crossbook.core import RejectCode

SECOND_NS = 1_000_000_000
REFUSALS_MAX = 5
"""Quotes of a side that may be refused in a row before that side pauses."""


class MarketMaker(Trader):
    """Keep one order on each side of the middle, moved against the position.

    Source: the lean is the reservation price of Avellaneda and Stoikov (2008, doi:10.1080/14697680701381228), linear
    in the position, with the risk aversion given in ticks for each lot.
    """

    def __init__(
        self,
        *,
        quantity: int = 10,
        half_spread: float = 3.0,
        most: int = 100,
        lean_ticks: float = 0.05,
        every_ns: int = SECOND_NS,
    ) -> None:
        """Quote `quantity` a side `half_spread` ticks from the middle, and hold no more than `most` either way."""
        if quantity < 1 or most < quantity or half_spread < 0 or lean_ticks < 0 or every_ns < 1:
            raise ValueError("quantity must be at least 1 and at most `most`; the others are not below zero")
        self.quantity, self.half_spread, self.most = quantity, half_spread, most
        self.lean_ticks, self.every_ns = lean_ticks, every_ns
        self.quotes: dict[int, int] = {}
        """The order on each side."""
        self.refusals = {1: 0, -1: 0}
        self.can_be_short = True

    def on_start(self, ctx: Context) -> None:
        """Look for the first time once the market is open."""
        ctx.timer("look", at_ns=max(ctx.hours()[0], ctx.now) + self.every_ns)

    def on_timer(self, ctx: Context, name: str) -> None:
        """Move the quotes to where they belong, and look again later."""
        ctx.timer(name, self.every_ns)
        self._quote(ctx)

    def on_fill(self, ctx: Context, fill: Fill) -> None:
        """Move the quotes at once: what was just traded changes the lean."""
        if fill.left == 0 and self.quotes.get(fill.side) == fill.order:
            del self.quotes[fill.side]
        self._quote(ctx)

    def on_order(self, ctx: Context, update: OrderUpdate) -> None:  # noqa: ARG002 - the hook has it
        """Forget quotes that are gone, and learn from those that were refused."""
        side = next((side for side, order in self.quotes.items() if order == update.order), 0)
        if side == 0:
            return
        if update.status == "accepted":
            self.refusals[side] = 0
        elif update.status in {"ended", "refused"}:
            del self.quotes[side]
            self.refusals[side] += update.status == "refused"
            if update.reason == RejectCode.INSUFFICIENT_POSITION:
                self.can_be_short = False

    def _quote(self, ctx: Context) -> None:
        book = ctx.book()
        middle = book.mid if book.mid is not None else ctx.last()
        if middle is None:
            middle = ctx.initial_price()
        wish = middle - self.lean_ticks * ctx.position
        standing = {order: (price, left) for order, _, _, price, left in ctx.open_orders}
        for side in (1, -1):
            price = ctx.fit_price(side, wish - side * self.half_spread)
            quantity = self._room(ctx, side)
            order = self.quotes.get(side)
            if order is not None and standing.get(order, (price, 0))[0] == price and quantity > 0:
                continue
            if order is not None:
                ctx.cancel(order)
                del self.quotes[side]
            if quantity > 0 and self.refusals[side] < REFUSALS_MAX:
                send = ctx.buy if side == 1 else ctx.sell
                self.quotes[side] = send(quantity, price)
            elif self.refusals[side] > 0:
                self.refusals[side] -= 1

    def _room(self, ctx: Context, side: int) -> int:
        """Return how much may be quoted on a side."""
        room = self.most - side * ctx.position
        if side == -1 and not self.can_be_short:
            room = min(room, ctx.position)
        return min(self.quantity, room)
