"""What is to be told of one market while its simulation runs: last price, trades, candles, the last 24 hours.

It takes in the trades of each stretch and keeps a bounded past. Prices are ticks, quantities lots; `price`, `size` and
`worth` write them in currency and units.
"""

from collections import deque
from decimal import Decimal
from typing import Final

from crossbook.core import Step
from crossbook.data.rolling import NS_PER_MINUTE, LastDay, Minute
from crossbook.lab.config import RunFile
from crossbook.lab.live.candles import FRAMES, SECOND_NS, Candle, Candles, Trades
from crossbook.lab.live.scale import Scale

CANDLES_KEPT: Final = 1_000
"""Of each frame, the open one not counted."""
CANDLES_KEPT_SCARCE: Final = 100
"""Where memory is scarce."""
_MINUTE: Final = "1m"
_SECONDS_PER_MINUTE: Final = 60


class LiveMarket:
    """One market of a live simulation.

    Args:
        number: The kernel's number of the market.
        name: `SYMBOL`, or `VENUE:SYMBOL` where there are several venues.
        place: The kernel's number of its venue, and the instrument's number there.
        run: The run file.
        symbol: The name of its market in the run file.
        epoch_s: Seconds from 1970 to the midnight that simulated time counts from.
    """

    def __init__(
        self, number: int, name: str, place: tuple[int, int], run: RunFile, symbol: str, epoch_s: int
    ) -> None:
        settings = run.markets[symbol]
        self.number: Final = number
        self.name: Final = name
        self.symbol: Final = symbol
        self.venue, self.instrument = place
        self.currency: Final = settings.currency
        self.price: Final = Scale(Decimal(settings.price_step))
        self.size: Final = Scale(Decimal(settings.lot_size))
        cash_unit = self.price.size * self.size.size / settings.multiplier
        self.worth: Final = Scale(self.price.size * self.size.size)
        """Of ticks times lots."""
        self.cash: Final = Scale(cash_unit)
        """Of the venue's cash units."""
        self.last = Step(settings.price_step).parse(settings.initial_price)
        self.traded = 0
        """How many trades there were."""
        self.candles: Final = Candles(epoch_s)
        self.past: Final[dict[str, deque[Candle]]] = {frame: deque(maxlen=CANDLES_KEPT) for frame in FRAMES}
        """Closed candles of each frame, the newest last."""
        self._day = LastDay(before=self.last)
        self._epoch_s = epoch_s

    def take(self, trades: Trades, now_ns: int) -> list[tuple[str, Candle]]:
        """Take in the trades of a stretch that ended at a time; return the candles that closed, by their frames.

        Args:
            trades: `EVENT` rows of this market's trades, the newest last.
            now_ns: Simulated time.
        """
        closed: list[tuple[str, Candle]] = []
        if len(trades):
            self.last = int(trades["price"][-1])
            self.traded += len(trades)
            closed = self.candles.add(trades)
        closed += self.candles.close(now_ns)
        for frame, candle in closed:
            self.past[frame].append(candle)
            if frame == _MINUTE:
                self._day.add_minute(
                    Minute(
                        candle.start_s // _SECONDS_PER_MINUTE,
                        candle.open,
                        candle.high,
                        candle.low,
                        candle.close,
                        candle.volume,
                        candle.bought,
                    )
                )
        return closed

    def volume_24h(self, now_ns: int) -> tuple[int, int]:
        """Return the lots that traded in the last 24 hours, to the minute, and how many of them buyers took."""
        self._day.forget(self._epoch_s // _SECONDS_PER_MINUTE + now_ns // NS_PER_MINUTE)
        now = self.candles.open.get(_MINUTE)
        if now is None:
            return self._day.volume, self._day.bought
        return self._day.volume + now.volume, self._day.bought + now.bought

    def candles_of(self, frame: str, limit: int) -> list[tuple[Candle, bool]]:
        """Return the newest candles of a frame, the oldest first, each with whether it is closed.

        Raises:
            KeyError: There is no such frame.
        """
        found = [(candle, True) for candle in self.past[frame]]
        now = self.candles.open.get(frame)
        if now is not None:
            found.append((now, False))
        return found[-limit:] if limit else []

    def save_memory(self) -> None:
        """Keep a tenth of the candles from now on."""
        for frame, kept in self.past.items():
            self.past[frame] = deque(kept, maxlen=CANDLES_KEPT_SCARCE)


def markets_of(
    run: RunFile, markets: list[tuple[str, str, int, str, int, int]], epoch_s: int
) -> list[LiveMarket]:
    """Return the markets of a simulation, in the kernel's order.

    Args:
        run: The run file.
        markets: As the kernel tells them.
        epoch_s: Seconds from 1970 to the midnight that simulated time counts from.
    """
    return [
        LiveMarket(number, name, (venue, instrument), run, symbol, epoch_s)
        for number, (name, symbol, _, _, venue, instrument) in enumerate(markets)
    ]


def simulated_us(epoch_s: int, time_ns: int) -> int:
    """Return simulated time in microseconds since 1970."""
    return (epoch_s * SECOND_NS + time_ns) // 1_000
