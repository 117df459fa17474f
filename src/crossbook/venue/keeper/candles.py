"""Candles from trades: open, high, low, close, volume and count of each stretch of time in which something traded.

Intervals are aligned to UTC. Trades are gathered by the second, and the longer intervals follow from those seconds.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from crossbook.venue.store.projection import Row

INTERVALS_S: Final = (1, 60, 300, 900, 3_600, 86_400)
"""One second, one, five and fifteen minutes, an hour, a day."""

CandleKey: TypeAlias = tuple[int, int]
"""An instrument and a second since 1970."""

_NS_A_SECOND: Final = 1_000_000_000


def add_trade(
    seconds: dict[CandleKey, list[int]], instrument: int, time_ns: int, price: int, lots: int
) -> None:
    """Add a trade to the candle of its second: `[open, high, low, close, volume, trades]`."""
    key = (instrument, time_ns // _NS_A_SECOND)
    candle = seconds.get(key)
    if candle is None:
        seconds[key] = [price, price, price, price, lots, 1]
        return
    if price > candle[1]:
        candle[1] = price
    elif price < candle[2]:
        candle[2] = price
    candle[3] = price
    candle[4] += lots
    candle[5] += 1


def roll_up(seconds: Mapping[CandleKey, list[int]]) -> list[Row]:
    """Return the candles of all intervals as rows, from those of seconds in the order in which they began."""
    candles: dict[tuple[int, int, int], list[int]] = {}
    for (instrument, second), (opened, high, low, close, volume, trades) in seconds.items():
        for interval_s in INTERVALS_S:
            key = (instrument, interval_s, second - second % interval_s)
            candle = candles.get(key)
            if candle is None:
                candles[key] = [opened, high, low, close, volume, trades]
                continue
            candle[1] = max(candle[1], high)
            candle[2] = min(candle[2], low)
            candle[3] = close
            candle[4] += volume
            candle[5] += trades
    return [(*key, *candle) for key, candle in candles.items()]
