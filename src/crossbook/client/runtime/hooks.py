"""The hooks of a trader: which of them its class defines."""

from collections.abc import Callable
from typing import Any, Final

HOOKS: Final = (
    "on_start",
    "on_timer",
    "on_book",
    "on_trade",
    "on_fill",
    "on_order",
    "on_news",
    "on_phase",
    "on_stop",
)
INTERFACE: Final = "crossbook.agents.trader"
"""The module of the class that declares all hooks and defines none; the client cannot import it."""


def hooks_of(trader: object) -> dict[str, Callable[..., Any]]:
    """Return the bound hooks that the class of a trader defines, by their names."""
    found = {}
    for name in HOOKS:
        owner = next((kind for kind in type(trader).__mro__ if name in vars(kind)), None)
        if owner is not None and owner.__module__ != INTERFACE:
            found[name] = getattr(trader, name)
    return found
