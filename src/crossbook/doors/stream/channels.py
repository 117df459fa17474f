"""The channels of the stream, and their numbers on the link between the simulation and its server."""

from typing import Final

from crossbook.lab.live.candles import FRAMES

SIMULATION: Final = "simulation"
MARKET_DATA: Final = "market_data"
TRADE: Final = "trade"
ORDERBOOK: Final = "orderbook"
AGENT_CONFIGS: Final = "agent_configs"
AGENT_STATS: Final = "agent_stats"
NEWS: Final = "news"
KLINE: Final = "kline"
"""Stands for all frames."""

CHANNELS: Final = (
    SIMULATION,
    AGENT_CONFIGS,
    MARKET_DATA,
    TRADE,
    ORDERBOOK,
    AGENT_STATS,
    NEWS,
    *(f"{KLINE}:{frame}" for frame in FRAMES),
)
"""In the order in which their newest messages are sent to who comes."""
NUMBERS: Final = {name: number for number, name in enumerate(CHANNELS)}


def numbers_of(names: list[str]) -> frozenset[int]:
    """Return the numbers of channels.

    Raises:
        KeyError: There is no such channel.
    """
    found: set[int] = set()
    for name in names:
        if name == KLINE:
            found.update(NUMBERS[f"{KLINE}:{frame}"] for frame in FRAMES)
        else:
            found.add(NUMBERS[name])
    return frozenset(found)


def names_of(numbers: frozenset[int]) -> list[str]:
    """Return the names of channels, in their order."""
    return [name for number, name in enumerate(CHANNELS) if number in numbers]
