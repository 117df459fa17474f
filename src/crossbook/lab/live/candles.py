"""Candles in 21 frames, from one second to one month, from trades.

They are aligned to the clock in UTC: hours begin at full hours, days at midnight, weeks on Mondays, months on the
first; frames of three days are counted from 1970-01-01. A frame in which nothing traded has no candle.

Prices are ticks and quantities lots; worth is ticks times lots. Sums are of Python's whole numbers, so that none is too
large.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SECOND_NS: Final = 1_000_000_000
_DAY_S: Final = 86_400
_MONDAY_S: Final = 4 * _DAY_S
"""1970-01-05."""
_FIXED_S: Final = {
    "1s": 1,
    "5s": 5,
    "10s": 10,
    "15s": 15,
    "30s": 30,
    "1m": 60,
    "3m": 180,
    "5m": 300,
    "10m": 600,
    "15m": 900,
    "30m": 1_800,
    "1h": 3_600,
    "2h": 7_200,
    "4h": 14_400,
    "6h": 21_600,
    "8h": 28_800,
    "12h": 43_200,
    "1d": _DAY_S,
    "3d": 3 * _DAY_S,
    "1w": 7 * _DAY_S,
}
FRAMES: Final = (*_FIXED_S, "1M")
"""Names of the frames, the shortest first; all but `5s` to `30s` and `10m` are those of Binance."""

_FEW: Final = 64
"""Trades that are taken one by one."""

Trades = NDArray[np.void]
"""Trades as `EVENT` rows of one market, in their order."""


@dataclass(slots=True)
class Candle:
    """What traded in a span of time. One that is open grows; one that has closed never changes."""

    start_s: int
    """When it begins, in seconds since 1970."""
    end_s: int
    """When the next begins."""
    first: int
    """The number of its first trade."""
    last: int
    """And of its last."""
    open: int
    high: int
    low: int
    close: int
    volume: int
    """In lots."""
    worth: int
    """Price times quantity, in ticks and lots."""
    bought: int
    """Lots that buyers took."""
    bought_worth: int
    trades: int

    def take(self, later: "Candle") -> None:
        """Take in a candle that follows in the same span."""
        self.last = later.last
        self.high = max(self.high, later.high)
        self.low = min(self.low, later.low)
        self.close = later.close
        self.volume += later.volume
        self.worth += later.worth
        self.bought += later.bought
        self.bought_worth += later.bought_worth
        self.trades += later.trades


def start_of(frame: str, second: int) -> int:
    """Return when the frame begins that a second is in, in seconds since 1970.

    Raises:
        KeyError: There is no such frame.
    """
    if frame == "1M":
        month = np.datetime64(second, "s").astype("datetime64[M]")
        return int(month.astype("datetime64[s]").astype(np.int64))
    width = _FIXED_S[frame]
    offset = _MONDAY_S if frame == "1w" else 0
    return (second - offset) // width * width + offset


def end_of(frame: str, start_s: int) -> int:
    """Return when the frame ends that begins at a second."""
    if frame == "1M":
        month = np.datetime64(start_s, "s").astype("datetime64[M]") + 1
        return int(month.astype("datetime64[s]").astype(np.int64))
    return start_s + _FIXED_S[frame]


class Candles:
    """The candles of one market as its trades come in.

    Args:
        epoch_s: Seconds from 1970 to the midnight that simulated time counts from.
        begins_at: The number of the first trade.
    """

    def __init__(self, epoch_s: int, begins_at: int = 1) -> None:
        self._epoch_s = epoch_s
        self._trades = begins_at - 1
        self.open: dict[str, Candle] = {}
        """The candle of each frame that trades still go into."""

    def add(self, trades: Trades) -> list[tuple[str, Candle]]:
        """Take trades in; return the candles that they close, frame by frame, each in the order of time.

        Args:
            trades: None that is older than one taken before.
        """
        closed: list[tuple[str, Candle]] = []
        if not len(trades):
            return closed
        few = len(trades) <= _FEW
        fine = self._one_by_one(trades) if few else list(self._seconds(trades))
        for frame in FRAMES:
            for candle in fine:
                before = self.open.get(frame)
                if before is not None:
                    if candle.start_s < before.end_s:
                        before.take(candle)
                        continue
                    closed.append((frame, before))
                start = start_of(frame, candle.start_s)
                self.open[frame] = replace(candle, start_s=start, end_s=end_of(frame, start))
        return closed

    def close(self, now_ns: int) -> list[tuple[str, Candle]]:
        """Return the candles whose time is over, which no trade goes into any more.

        Args:
            now_ns: Simulated time, up to which all trades were taken in.
        """
        now_s = self._epoch_s + now_ns // SECOND_NS
        over = [frame for frame, candle in self.open.items() if candle.end_s <= now_s]
        return [(frame, self.open.pop(frame)) for frame in over]

    def _one_by_one(self, trades: Trades) -> list[Candle]:
        """Return a candle for each second in which something traded, where few trades are not worth an array."""
        found: list[Candle] = []
        columns = [trades[name].tolist() for name in ("time_ns", "price", "quantity", "side")]
        number = self._trades
        for time_ns, price, lots, side in zip(*columns, strict=True):
            number += 1
            second = self._epoch_s + time_ns // SECOND_NS
            worth, bought = price * lots, lots if side == 0 else 0
            one = Candle(
                second,
                second + 1,
                number,
                number,
                price,
                price,
                price,
                price,
                lots,
                worth,
                bought,
                price * bought,
                1,
            )
            if found and found[-1].start_s == second:
                found[-1].take(one)
            else:
                found.append(one)
        self._trades = number
        return found

    def _seconds(self, trades: Trades) -> Iterator[Candle]:
        """Yield a candle for each second in which something traded."""
        seconds = self._epoch_s + trades["time_ns"] // SECOND_NS
        first = np.flatnonzero(np.diff(seconds, prepend=seconds[0] - 1))
        price, lots = trades["price"], trades["quantity"].astype(np.int64)
        buys = trades["side"] == 0
        # Ticks times lots of a second may be beyond 64 bits; floats would lose their last digits.
        worth = price.astype(object) * lots.astype(object)
        columns: list[list[Any]] = [
            np.maximum.reduceat(price, first).tolist(),
            np.minimum.reduceat(price, first).tolist(),
            np.add.reduceat(lots, first).tolist(),
            np.add.reduceat(worth, first).tolist(),
            np.add.reduceat(np.where(buys, lots, 0), first).tolist(),
            np.add.reduceat(np.where(buys, worth, 0), first).tolist(),
        ]
        ends = [*first[1:].tolist(), len(trades)]
        for begin, end, high, low, volume, value, bought, bought_value in zip(
            first.tolist(), ends, *columns, strict=True
        ):
            second = int(seconds[begin])
            yield Candle(
                start_s=second,
                end_s=second + 1,
                first=self._trades + begin + 1,
                last=self._trades + end,
                open=int(price[begin]),
                high=high,
                low=low,
                close=int(price[end - 1]),
                volume=volume,
                worth=value,
                bought=bought,
                bought_worth=bought_value,
                trades=end - begin,
            )
        self._trades += len(trades)
