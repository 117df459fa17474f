"""Buy a share where it is cheap and sell it where it is dear, between two venues: run by configs/two_venues.yaml."""

from crossbook.agents import Book, Context, Trader
from crossbook.core import TimeInForce


class Arbitrageur(Trader):
    """Take both sides whenever the bid of one venue is above the ask of another by more than an edge.

    Units: quantity and limit in lots, edge in ticks.
    """

    def __init__(self, quantity: int, edge_ticks: int, limit: int) -> None:
        """Trade `quantity` at a time, and hold no more than `limit` at one venue either way."""
        self.quantity = quantity
        self.edge_ticks = edge_ticks
        self.limit = limit

    def on_book(self, ctx: Context, book: Book) -> None:  # noqa: ARG002 - it looks at all books
        """Look at every pair of venues once one of them changes."""
        held = ctx.positions
        for cheap in ctx.symbols:
            for dear in ctx.symbols:
                ask, bid = ctx.book(cheap), ctx.book(dear)
                if cheap == dear or ask.ask is None or bid.bid is None:
                    continue
                room = min(self.limit - held[cheap], self.limit + held[dear])
                quantity = min(self.quantity, ask.ask_quantity, bid.bid_quantity, room)
                if bid.bid - ask.ask > self.edge_ticks and quantity > 0:
                    at_once = TimeInForce.IMMEDIATE_OR_CANCEL
                    ctx.buy(quantity, ask.ask, symbol=cheap, time_in_force=at_once)
                    ctx.sell(quantity, bid.bid, symbol=dear, time_in_force=at_once)
                    held[cheap] += quantity
                    held[dear] -= quantity
