"""Traders: the interface to write one, and traders of the library that are written to it.

The kinds that a run file names without a module, such as `noise`, are native and live in the kernel. Those of them
that stand here as well give the same events for the same seed, and are there to read and to start from.
"""

from crossbook.agents.loading import find, make
from crossbook.agents.maker import AdaptiveMaker
from crossbook.agents.momentum import Momentum
from crossbook.agents.noise import Noise
from crossbook.agents.sizes import Size, size_of
from crossbook.agents.trader import (
    Book,
    Context,
    Fill,
    OrderUpdate,
    Trade,
    Trader,
    interests_of,
    methods_of,
)
from crossbook.agents.value import Value

__all__ = [
    "AdaptiveMaker",
    "Book",
    "Context",
    "Fill",
    "Momentum",
    "Noise",
    "OrderUpdate",
    "Size",
    "Trade",
    "Trader",
    "Value",
    "find",
    "interests_of",
    "make",
    "methods_of",
    "size_of",
]
