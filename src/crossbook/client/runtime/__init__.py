"""The runtime in which a trader of the lab runs on a live venue.

A trader is any object with the hooks of `crossbook.agents.Trader`. `Runner` gives it a context with exactly the names
and units of the lab's: prices in ticks, quantities in lots, cash in cash units, times in nanoseconds since 1970.
"""

from crossbook.client.runtime.context import Context
from crossbook.client.runtime.draws import Random
from crossbook.client.runtime.feed import News, PublicFeed
from crossbook.client.runtime.fleet import Fleet
from crossbook.client.runtime.runner import Runner
from crossbook.client.runtime.seen import Book, Fill, OrderUpdate, Trade

__all__ = [
    "Book",
    "Context",
    "Fill",
    "Fleet",
    "News",
    "OrderUpdate",
    "PublicFeed",
    "Random",
    "Runner",
    "Trade",
]
