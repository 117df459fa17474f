"""The public channels of a venue, read once for all traders of a process."""

import asyncio
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final, Protocol

import msgspec

from crossbook.client.asynchronous import AsyncClient
from crossbook.client.errors import Unavailable
from crossbook.client.runtime.market import Market, phases_of
from crossbook.client.runtime.seen import Trade
from crossbook.client.stream import Stream
from crossbook.client.wire import Frame

FIRST_LOOK_S: Final = 10.0
"""How long the first snapshot of each book may take."""


class Listener(Protocol):
    """Who is told of a market."""

    def saw_book(self, market: Market) -> None:
        """The best prices changed."""

    def saw_trade(self, trade: Trade) -> None:
        """A trade was made."""

    def saw_phase(self, market: Market) -> None:
        """The market moved to another phase."""

    def saw_news(self, symbol: str, text: str) -> None:
        """News came out."""


class News(msgspec.Struct, frozen=True):
    """A piece of news."""

    text: str
    ticker: str | None = None
    impact: float | None = None
    """How far the fundamental moves, as a part of itself; told to the house's oracle, and to no trader."""


class PublicFeed:
    """Markets kept from a stream, and told of to any number of listeners.

    A message is decoded once, however many listen.

    Args:
        stream: Where the channels are heard. It need not be signed in.
        url: The address of the venue, for a first look at each market.
        cash_step: The venue's unit of cash.
    """

    def __init__(self, stream: Stream, url: str, *, cash_step: Decimal | str = "0.01") -> None:
        self.stream = stream
        self.markets: dict[str, Market] = {}
        self.oracle: Callable[[News], None] | None = None
        """Is told of news before any trader."""
        self._url = url
        self.cash_step = Decimal(cash_step)
        """The venue's unit of cash."""
        self._listeners: dict[str, list[Listener]] = {}
        self._everybody: list[Listener] = []
        self._grown = asyncio.Event()
        self._adding = asyncio.Lock()
        self._general = False

    async def add(self, symbols: Iterable[str]) -> None:
        """Follow markets, and wait until their books are there.

        Raises:
            Refused: There is no such market.
            Unavailable: The venue does not answer.
        """
        async with self._adding:
            new = [symbol for symbol in dict.fromkeys(symbols) if symbol not in self.markets]
            if new:
                async with AsyncClient(self._url) as client:
                    for symbol in new:
                        self.markets[symbol] = Market(await client.market(symbol), self.cash_step)
                        self._listeners.setdefault(symbol, [])
                for symbol in new:
                    self.stream.listen([f"book:{symbol}"], self._book)
                    self.stream.listen([f"trades:{symbol}"], self._trades)
            if not self._general:
                self._general = True
                self.stream.listen(["prices"], self._prices)
                self.stream.listen(["news"], self._news)
        try:
            async with asyncio.timeout(FIRST_LOOK_S):
                while not all(self.markets[symbol].kept.complete for symbol in symbols):
                    self._grown.clear()
                    await self._grown.wait()
        except TimeoutError:
            raise Unavailable("silent", f"the venue showed no book in {FIRST_LOOK_S:g} s") from None

    def follow(self, listener: Listener, symbols: Iterable[str]) -> None:
        """Tell somebody of markets that were added, and of all news."""
        for symbol in symbols:
            self._listeners[symbol].append(listener)
        self._everybody.append(listener)

    def leave(self, listener: Listener) -> None:
        """Tell somebody nothing more."""
        for listeners in (*self._listeners.values(), self._everybody):
            if listener in listeners:
                listeners.remove(listener)

    def _book(self, frame: Frame) -> None:
        market = self.markets[frame.channel.partition(":")[2]]
        changed = market.take_book(frame)
        if frame.snapshot:
            self._grown.set()
        if changed:
            for listener in tuple(self._listeners[market.symbol]):
                listener.saw_book(market)

    def _trades(self, frame: Frame) -> None:
        market = self.markets[frame.channel.partition(":")[2]]
        for trade in market.take_trades(frame):
            for listener in tuple(self._listeners[market.symbol]):
                listener.saw_trade(trade)

    def _prices(self, frame: Frame) -> None:
        for symbol, phase in phases_of(frame).items():
            market = self.markets.get(symbol)
            if market is not None and market.phase != phase:
                market.phase = phase
                for listener in tuple(self._listeners[symbol]):
                    listener.saw_phase(market)

    def _news(self, frame: Frame) -> None:
        # The snapshot tells of the past, which is no news.
        if frame.snapshot:
            return
        news = frame.read(News)
        if self.oracle is not None:
            self.oracle(news)
        for listener in tuple(self._everybody):
            listener.saw_news(news.ticker or "", news.text)
