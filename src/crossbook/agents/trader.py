"""The interface of a trader: what it is called for, and what it is handed.

A trader is written once and runs in a simulation, beside recorded flow, on a live venue and in a tournament. It is
called only for the methods that its class defines, and sees the world only through the context of that call.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from crossbook.core import ConfigError
from crossbook.core.simulation import Book, Context, Fill, OrderUpdate, Trade

__all__ = ["Book", "Context", "Fill", "OrderUpdate", "Trade", "Trader", "interests_of", "methods_of"]


class Trader:
    """Trade by answering to what happens. Define the methods that you need; the others cost nothing.

    Parameters come as keyword arguments of the constructor, from the run file. One object is one agent.
    """

    uses_depth: ClassVar[bool] = False
    """Whether it looks at levels beyond the best."""

    follows_orders: ClassVar[bool] = True
    """Whether `Context.open_orders` is kept. A trader that never looks at it is faster without."""

    names_orders: ClassVar[bool] = True
    """Whether orders have names, by which they are followed, cancelled and replaced.

    A trader that only places orders and cancels all of them needs none, and is faster without. `buy` and `sell` then
    return 0, `open_orders` stays empty, and what happens to its orders is not told to it: `position` and `cash` are
    what the venue has booked, at once. It sends the very messages that a native trader sends.
    """

    def on_start(self, ctx: Context) -> None:
        """Begin: set the first timers."""

    def on_timer(self, ctx: Context, name: str) -> None:
        """Answer to a timer of one's own."""

    def on_book(self, ctx: Context, book: Book) -> None:
        """Answer to a change of the best prices."""

    def on_trade(self, ctx: Context, trade: Trade) -> None:
        """Answer to a trade of anybody."""

    def on_fill(self, ctx: Context, fill: Fill) -> None:
        """Answer to a fill of one's own."""

    def on_order(self, ctx: Context, update: OrderUpdate) -> None:
        """Answer to an order of one's own that was accepted, replaced, refused, or ended unfilled."""

    def on_news(self, ctx: Context, symbol: str, text: str) -> None:
        """Answer to news."""

    def on_phase(self, ctx: Context, symbol: str, phase: int) -> None:
        """Answer to a market that moved to another `Phase`."""

    def on_stop(self, ctx: Context) -> None:
        """End: the simulation is over, or the venue closes. Orders sent now reach nobody."""


_CALLED: Final = (
    "on_start",
    "on_timer",
    "on_book",
    "on_trade",
    "on_fill",
    "on_order",
    "on_news",
    "on_phase",
)
_FILLS, _ORDERS, _BOOK, _TRADES, _NEWS, _PHASES, _DEPTH, _TOKENS = (1 << bit for bit in range(8))
_INTERESTS: Final = {
    "on_book": _BOOK,
    "on_trade": _TRADES,
    "on_order": _ORDERS,
    "on_news": _NEWS,
    "on_phase": _PHASES,
}


def _defines(kind: type[Trader], name: str) -> bool:
    return getattr(kind, name) is not getattr(Trader, name)


def interests_of(kind: type[Trader]) -> int:
    """Return what a class of traders is called for, as the bits that the kernel knows.

    Its fills reach it, because they are what it knows of its own position, unless its orders have no names.

    Raises:
        ConfigError: It is called for its orders, and they have no names.
    """
    interests = 0
    if kind.names_orders:
        interests |= _FILLS | _TOKENS
        if kind.follows_orders:
            interests |= _ORDERS
    else:
        deaf = [name for name in ("on_fill", "on_order") if _defines(kind, name)]
        if deaf:
            raise ConfigError(
                f"{kind.__name__}: {' and '.join(deaf)} would never be called, because names_orders is false"
            )
    if kind.uses_depth:
        interests |= _DEPTH
    return interests | sum(
        bit for name, bit in _INTERESTS.items() if _defines(kind, name) and not interests & bit
    )


def methods_of(trader: Trader) -> dict[str, Callable[..., Any]]:
    """Return the bound methods that a trader's class defines, by their names."""
    return {name: getattr(trader, name) for name in _CALLED if _defines(type(trader), name)}
