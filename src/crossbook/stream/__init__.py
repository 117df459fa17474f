"""Live simulations from Python.

`MarketSimulation` runs a market of agents at any speed, streams it to others, and is steered while it runs.
"""

from crossbook.stream.agents import (
    Agents,
    AsyncAgent,
    Cancel,
    ClassicAgent,
    InformedTraderAgent,
    MarketData,
    MarketMakerAgent,
    NoiseTraderAgent,
    OpenOrder,
    Order,
    OrderBook,
)
from crossbook.stream.simulation import MarketSimulation

__all__ = [
    "Agents",
    "AsyncAgent",
    "Cancel",
    "ClassicAgent",
    "InformedTraderAgent",
    "MarketData",
    "MarketMakerAgent",
    "MarketSimulation",
    "NoiseTraderAgent",
    "OpenOrder",
    "Order",
    "OrderBook",
]
