"""A market maker that waits in the queue at the best prices: run by configs/replay_lobster.yaml and backtest_binance.yaml."""

from crossbook.agents import Context, Trader


class QueueMaker(Trader):
    """Keep one order at the best price of each side, and none on a side where it holds its limit.

    Units: quantity and limit in lots, `every_ns` in nanoseconds.
    """

    def __init__(self, quantity: int, limit: int, every_ns: int) -> None:
        """Quote `quantity` a side, look again after `every_ns`, and hold no more than `limit` either way."""
        self.quantity = quantity
        self.limit = limit
        self.every_ns = every_ns

    def on_start(self, ctx: Context) -> None:
        """Look for the first time once the market is open."""
        ctx.timer("quote", at_ns=ctx.hours()[0] + self.every_ns)

    def on_timer(self, ctx: Context, name: str) -> None:
        """Cancel what is not at the best price any more, and quote where nothing stands."""
        ctx.timer(name, self.every_ns)
        book = ctx.book()
        standing = set()
        for order, _, side, price, _ in ctx.open_orders:
            if price == (book.bid if side > 0 else book.ask):
                standing.add(side)
            else:
                ctx.cancel(order)
        if 1 not in standing and book.bid is not None and ctx.position < self.limit:
            ctx.buy(self.quantity, book.bid, post_only=True)
        if -1 not in standing and book.ask is not None and ctx.position > -self.limit:
            ctx.sell(self.quantity, book.ask, post_only=True)
