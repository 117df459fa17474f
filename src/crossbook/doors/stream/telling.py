"""From what a simulation does to what is told of it: numbered, at most so often, ready for the socket.

Trades, closed candles and news are told one by one. What only shows a state (best prices, books, open candles, agents) is
told when it changed and its time has come; `hurry` tells it at once.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from crossbook.core import EventKind
from crossbook.doors.stream import channels, messages
from crossbook.doors.stream.link import Entry, pack_turn
from crossbook.doors.stream.messages import MarketWords
from crossbook.lab.config.interventions import NewsBreaks
from crossbook.lab.live.candles import FRAMES, Candle
from crossbook.lab.live.figures import LiveMarket, markets_of
from crossbook.lab.live.groups import Groups, Rows
from crossbook.lab.live.history import History
from crossbook.lab.live.run import LiveRun, Stretch
from crossbook.lab.live.steer import Steer

MS_NS: Final = 1_000_000
MARKET_DATA_NS: Final = 10 * MS_NS
"""The least time on the wall between two messages of a market, as in the next ones."""
BOOK_NS: Final = 50 * MS_NS
CANDLES_NS: Final = 250 * MS_NS
STATS_NS: Final = 1_000 * MS_NS
NEWS_NS: Final = 100 * MS_NS
SCARCE_NS: Final = 1_000 * MS_NS
"""Of books and open candles where memory is scarce."""
LEVELS: Final = 20
TRADES_KEPT: Final = 1_000
"""The newest of each market, for those who come later."""
TRADES_KEPT_SCARCE: Final = 100
"""Where memory is scarce."""

_CLOSED: Final = {frame: channels.NUMBERS[f"{channels.KLINE}:{frame}"] for frame in FRAMES}


class _Due:
    """Says when something that changed may be told again."""

    __slots__ = ("_next_ns", "changed", "every_ns")

    def __init__(self, every_ns: int) -> None:
        self.every_ns = every_ns
        self._next_ns = 0
        self.changed = True

    def take(self, clock_ns: int, *, hurry: bool) -> bool:
        """Return whether it is to be told now; then it is as told."""
        if not self.changed or (clock_ns < self._next_ns and not hurry):
            return False
        self.changed = False
        self._next_ns = clock_ns + self.every_ns
        return True


@dataclass(frozen=True, slots=True)
class _Told:
    """Trades that were told of together."""

    sequence: int
    """Of the first."""
    first: int
    """Its number among the market's."""
    rows: Rows
    takers: list[bytes]
    makers: list[bytes]
    made_us: int


class _Shown:
    """A market as it is told of."""

    def __init__(self, market: LiveMarket, epoch_us: int) -> None:
        self.market: Final = market
        self.words: Final = MarketWords(market, epoch_us)
        self.best: Final = _Due(MARKET_DATA_NS)
        self.book: Final = _Due(BOOK_NS)
        self.candles: Final = _Due(CANDLES_NS)
        self.told: Final[dict[str, int]] = {}
        """The last trade of the open candle of each frame when it was told last."""
        self.trades: Final[deque[_Told]] = deque()
        self.kept = 0
        """How many trades are in there."""

    def write(self, told: _Told) -> list[bytes]:
        """Write trades as messages."""
        return self.words.trades(told.sequence, told.first, told.rows, told.takers, told.makers, told.made_us)

    def keep(self, told: _Told, most: int) -> None:
        """Keep trades for those who come later, and no more than so many beside them."""
        self.trades.append(told)
        self.kept += len(told.rows)
        while len(self.trades) > 1 and self.kept - len(self.trades[0].rows) >= most:
            self.kept -= len(self.trades.popleft().rows)


class Telling:
    """What is told of one simulation.

    Args:
        run: The simulation.
        epoch_s: Seconds from 1970 to the midnight that simulated time counts from.
        classic: Groups of the run that are of classic types: the type and its config, by their names.
    """

    def __init__(
        self,
        run: LiveRun,
        epoch_s: int,
        classic: Mapping[str, tuple[str, dict[str, Any]]] = MappingProxyType({}),
    ) -> None:
        self._run: Final = run
        self._simulation: Final = run.simulation
        self.epoch_us: Final = epoch_s * 1_000_000
        self.markets: Final = markets_of(run.plan.run, run.simulation.markets(), epoch_s)
        self.steer: Final = Steer(run, self.markets, classic)
        self.groups: Final = Groups(run.simulation)
        self.history: Final = History()
        self._made = 0
        """How many interventions had been made when it was looked at last."""
        self._names: list[bytes] = []
        self._shown: Final = [_Shown(market, self.epoch_us) for market in self.markets]
        self._stats: Final = _Due(STATS_NS)
        self._news: Final = _Due(NEWS_NS)
        self._news_known = 0
        """How many pieces of news there were when they were looked at last."""
        self._news_due: list[tuple[int, int]] = []
        """Those that are yet to come: when, and their places; the next one first."""
        self._numbers: Final = [0] * len(channels.CHANNELS)
        self._entries: list[Entry] = []
        self._frames: list[bytes] = []
        self._trades_kept = TRADES_KEPT
        self.followed: frozenset[int] = frozenset()
        """Channels that somebody follows; what must reach everybody is not even written for nobody."""
        self.agents_changed()

    @property
    def trades(self) -> int:
        """How many there were in all markets."""
        return sum(market.traded for market in self.markets)

    @property
    def waits(self) -> bool:
        """Whether something changed that is yet to be told."""
        return any(shown.best.changed or shown.book.changed or shown.candles.changed for shown in self._shown)

    def klines(self, symbol: str, frame: str, limit: int) -> list[list[int | str]]:
        """Return the newest candles of a market, the oldest first, as Binance's REST has them.

        Raises:
            KeyError: There is no such market or frame.
        """
        shown = self._shown_of(symbol)
        return [shown.words.kline_row(candle) for candle, _ in shown.market.candles_of(frame, limit)]

    def newest_trades(self, symbol: str, limit: int) -> list[bytes]:
        """Return the newest trades of a market as the frames of their messages, the oldest first.

        Raises:
            KeyError: There is no such market.
        """
        shown = self._shown_of(symbol)
        frames = [frame for told in shown.trades for frame in shown.write(told)]
        return frames[-limit:] if limit else []

    def _shown_of(self, symbol: str) -> _Shown:
        return {shown.market.name: shown for shown in self._shown}[symbol]

    def take(self, stretch: Stretch, made_us: int) -> None:
        """Take in what a stretch did."""
        made = self._run.driver.made
        if any(not isinstance(one, NewsBreaks) for one in made[self._made :]):
            # One of the run file's own; events of those who came are among these.
            self.agents_changed()
        self._made = len(made)
        for venue, events in enumerate(stretch.taken.events):
            if len(events):
                self._take_events(venue, events, stretch.now_ns, made_us)
        for shown in self._shown:
            # A candle closes by time alone where nothing trades.
            self._closed(shown, shown.market.take(_NOTHING, stretch.now_ns), stretch.now_ns)

    def _take_events(self, venue: int, events: Rows, now_ns: int, made_us: int) -> None:
        trades = events[events["kind"] == EventKind.TRADE]
        for shown in self._shown:
            market = shown.market
            if market.venue != venue:
                continue
            shown.best.changed = shown.book.changed = True
            mine = trades if len(self._shown) == 1 else trades[trades["instrument"] == market.instrument]
            if len(mine):
                shown.candles.changed = True
                self._trades(shown, mine, now_ns, made_us)

    def _trades(self, shown: _Shown, trades: Rows, now_ns: int, made_us: int) -> None:
        takers, makers = self.groups.take(shown.market.number, trades)
        closed = shown.market.take(trades, now_ns)
        number, names = channels.NUMBERS[channels.TRADE], self._names
        told = _Told(
            self._numbers[number] + 1,
            shown.market.traded - len(trades) + 1,
            trades,
            [names[group] for group in takers],
            [names[group] for group in makers],
            made_us,
        )
        self._numbers[number] += len(trades)
        shown.keep(told, self._trades_kept)
        if number in self.followed:
            self._put(number, shown.market.number, shown.write(told), kept=True)
        self._closed(shown, closed, now_ns)

    def _closed(self, shown: _Shown, closed: Iterable[tuple[str, Candle]], now_ns: int) -> None:
        for frame, candle in closed:
            shown.told.pop(frame, None)
            number = _CLOSED[frame]
            sequence = self._next(number)
            if number in self.followed:
                text = shown.words.kline(sequence, frame, candle, now_ns=now_ns, closed=True)
                self._put(number, shown.market.number, [text], kept=True)
            else:
                # Nobody hears of it, but who comes next must not be shown it as open.
                self._put(number, shown.market.number, [], kept=True)

    def show(self, clock_ns: int, made_us: int, *, hurry: bool = False) -> None:
        """Tell what changed and whose time has come.

        Args:
            clock_ns: What a clock that never goes back says.
            made_us: As in all messages.
            hurry: Whether all of it is told now.
        """
        now_ns = self._run.now_ns
        for shown in self._shown:
            if shown.best.take(clock_ns, hurry=hurry):
                self._best(shown, now_ns, made_us)
            if shown.book.take(clock_ns, hurry=hurry):
                self._book(shown, now_ns, made_us)
            if shown.candles.take(clock_ns, hurry=hurry):
                self._open(shown, now_ns)
        if self._stats.take(clock_ns, hurry=hurry):
            self._agent_stats(now_ns)
        if self._news.take(clock_ns, hurry=hurry):
            self._all_news(now_ns)

    def tick(self) -> None:
        """Take note that simulated time went on."""
        self._stats.changed = self._news.changed = True

    def _best(self, shown: _Shown, now_ns: int, made_us: int) -> None:
        number, market = channels.NUMBERS[channels.MARKET_DATA], shown.market
        bid, ask = (self._simulation.depth(market.number, side, 1) for side in (0, 1))
        text = shown.words.market_data(
            self._next(number),
            now_ns,
            bid[0] if bid else None,
            ask[0] if ask else None,
            market.volume_24h(now_ns),
            made_us,
        )
        self._put(number, market.number, [text], kept=False)

    def _book(self, shown: _Shown, now_ns: int, made_us: int) -> None:
        number, market = channels.NUMBERS[channels.ORDERBOOK], shown.market
        bids, asks = (self._simulation.depth(market.number, side, LEVELS) for side in (0, 1))
        text = shown.words.orderbook(self._next(number), now_ns, bids, asks, made_us)
        self._put(number, market.number, [text], kept=False)

    def _open(self, shown: _Shown, now_ns: int) -> None:
        for frame, candle in shown.market.candles.open.items():
            if shown.told.get(frame) == candle.last:
                continue
            shown.told[frame] = candle.last
            number = _CLOSED[frame]
            text = shown.words.kline(self._next(number), frame, candle, now_ns=now_ns, closed=False)
            self._put(number, shown.market.number, [text], kept=False)

    def _agent_stats(self, now_ns: int) -> None:
        kinds = self.steer.types()
        # Those who left too: what they gained, others lost.
        every = [standing for standing in self.groups.standings() if standing.name in kinds]
        present = self._run.driver.steering.groups
        number = channels.NUMBERS[channels.AGENT_STATS]
        timestamp = self._timestamp(now_ns)
        text = messages.agent_stats(self._next(number), timestamp, every, self.markets, kinds, present)
        self._put(number, 0, [text], kept=False)
        cash = self.markets[0].cash
        names = [standing.name for standing in every]
        self.history.earned(timestamp, names, (cash.number(standing.profit) for standing in every))

    def _all_news(self, now_ns: int) -> None:
        news = self._simulation.news()
        number = channels.NUMBERS[channels.NEWS]
        symbols = list(self._run.plan.run.markets)
        # What somebody makes comes last, whatever is yet to come before it.
        for place in range(self._news_known, len(news)):
            heappush(self._news_due, (news[place][0], place))
        self._news_known = len(news)
        while self._news_due and self._news_due[0][0] <= now_ns:
            time_ns, symbol, _, text = news[heappop(self._news_due)[1]]
            for shown in self._shown:
                if shown.market.symbol == symbols[symbol]:
                    frame = shown.words.news(self._next(number), time_ns, text)
                    self._put(number, shown.market.number, [frame], kept=True)
                    self.history.news(self._timestamp(time_ns), shown.market.name, text)

    def agents_changed(self) -> None:
        """Tell who is there, after somebody came, changed or went."""
        self.groups.refresh()
        self._names = [messages.quoted(name) for name in self.groups.names]
        self._stats.changed = True
        made = self._run.driver.made
        self._made = len(made)
        changed_ns = next((one.time for one in reversed(made) if not isinstance(one, NewsBreaks)), None)
        timestamp = self._timestamp(self._run.now_ns if changed_ns is None else changed_ns)
        configs = self.steer.configs()
        self.history.agents(timestamp, configs)
        self.say(channels.AGENT_CONFIGS, {"timestamp": timestamp, "configs": configs})

    def say(self, channel: str, body: dict[str, Any]) -> None:
        """Tell anything of a channel in which only the newest counts."""
        number = channels.NUMBERS[channel]
        self._put(number, 0, [messages.plain(channel, self._next(number), body)], kept=False)

    def save_history(self) -> None:
        """Keep a tenth of the past from now on."""
        self._trades_kept = TRADES_KEPT_SCARCE
        self.history.save_memory()
        for market in self.markets:
            market.save_memory()

    def save_books(self) -> None:
        """Tell of books and open candles once a second from now on."""
        for shown in self._shown:
            shown.book.every_ns = shown.candles.every_ns = SCARCE_NS

    def packet(self, *, patient: bool) -> bytes | None:
        """Return all that is to be told as a packet for the server, or none where there is nothing.

        Args:
            patient: Whether the simulation waits for readers.
        """
        if not self._entries:
            return None
        packed = pack_turn(self._entries, b"".join(self._frames), patient=patient)
        self._entries, self._frames = [], []
        return packed

    def _timestamp(self, now_ns: int) -> int:
        return self.epoch_us + now_ns // 1_000

    def _next(self, channel: int) -> int:
        self._numbers[channel] += 1
        return self._numbers[channel]

    def _put(self, channel: int, key: int, frames: list[bytes], *, kept: bool) -> None:
        self._entries.append(Entry(channel, key, kept, len(frames), sum(map(len, frames))))
        self._frames += frames


_NOTHING: Final = np.zeros(0, dtype=np.dtype([("time_ns", "<i8")]))
