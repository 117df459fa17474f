"""Simulations of the native kernel, and what the traders in them see and do.

`Simulation` takes a specification as JSON, which `crossbook.lab` writes; `Context` and the small objects beside it
are what a `crossbook.agents.Trader` is handed.
"""

from crossbook.core._native.kernel import (
    Book,
    Context,
    Fill,
    OrderUpdate,
    Random,
    Simulation,
    Trade,
    exp,
    log,
)

__all__ = ["Book", "Context", "Fill", "OrderUpdate", "Random", "Simulation", "Trade", "exp", "log"]
