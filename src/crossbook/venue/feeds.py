"""The channels: who listens to what, and what is said there.

Each frame carries its `sequence`, that of the core's event that it tells of last. A snapshot begins a channel; who comes
back with the last sequence that he saw gets what he missed where it is still kept, and a snapshot where it is not. Frames
of trades and private frames are never left out; those of prices and books may be replaced by newer ones for a listener
who cannot follow, and a book that missed a frame begins again with a snapshot.

Nothing is said here before it is safe: the sequencer releases what is told, and looks at books are taken through it.
"""

import itertools
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol, TypeAlias

import msgspec

from crossbook.core import framed_message
from crossbook.venue.answers import TickerView
from crossbook.venue.books import BookPainter, Changes, Look, rows
from crossbook.venue.channels import Channel, Content, Subscriber, encode, prices_frame, table_frame
from crossbook.venue.instruments import Instruments, Listed
from crossbook.venue.market import Markets
from crossbook.venue.orders import NS_PER_MS
from crossbook.venue.principal import Principal
from crossbook.venue.reduction import Reduced
from crossbook.venue.refusals import NOT_FOUND, NOT_SIGNED_IN, Refused
from crossbook.venue.settings import FeedSettings

ACCOUNT: Final = "account"
PRICES: Final = "prices"
NEWS: Final = "news"
PAST_TRADES: Final = 50
"""Trades with which a channel of trades begins."""
_OF_INSTRUMENT: Final = ("trades", "orderbook", "book")
Capture: TypeAlias = Callable[[Callable[[], Any], Callable[[Any], None]], None]


class Looks(Protocol):
    """How the state looks now, carried out but perhaps not yet safe."""

    @property
    def sequence(self) -> int:
        """The core's newest event."""

    def prices(self) -> tuple[int, dict[str, TickerView]]:
        """Return the sequence, and every market at a glance."""

    def balance(self, account: int) -> Any:
        """Return cash and holdings of an account."""

    def open_orders(self, account: int) -> msgspec.Raw:
        """Return an account's open orders as JSON."""

    def news(self) -> list[Any]:
        """Return the newest news, newest first."""


class Feeds:
    """All channels of a venue.

    Args:
        settings: How often they speak, and how much is kept.
        instruments: What is listed.
        markets: Last prices and tapes.
        books: What looks at the books.
        looks: What looks at everything else.
        follow: Is told of each account whose owner listens, once.
    """

    def __init__(
        self,
        settings: FeedSettings,
        instruments: Instruments,
        markets: Markets,
        books: BookPainter,
        looks: Looks,
        follow: Callable[[int], None],
    ) -> None:
        self._settings = settings
        self._instruments = instruments
        self._markets = markets
        self._books = books
        self._looks = looks
        self._follow = follow
        self._capture: Capture = _at_once
        self._channels: dict[str, Channel] = {}
        self._private: dict[int, Channel] = {}
        self._prices_changed = True
        self._balances_changed: set[int] = set()
        self._books_changed: set[int] = set()
        self._tables_changed: set[int] = set()
        self._tables_due_ns: dict[int, int] = {}

    def attach(self, capture: Capture) -> None:
        """Take over how to look at the state now and hand on what was seen once it is safe."""
        self._capture = capture

    # Who listens

    def subscribe(
        self,
        client: Subscriber,
        name: str,
        who: Principal | None,
        resume: int | None = None,
        *,
        history: bool = True,
    ) -> None:
        """Let somebody listen to a channel, from a snapshot or from where he was.

        Args:
            client: Who listens.
            name: Of the channel, such as `trades:FUN`.
            who: Who he is, where he is signed in.
            resume: The last sequence that he saw there.
            history: Whether a channel of single trades or news begins with the newest of them.

        Raises:
            Refused: There is no such channel, or one must be signed in for it.
        """
        channel = self._find(name, who)
        if client in channel.listeners or client in channel.joining:
            return
        missed = None if resume is None else channel.missed(resume)
        if missed is not None:
            channel.listeners[client] = None
            for frame in missed:
                client.deliver(name, frame, kept=True)
            return
        channel.joining.add(client)
        if name == ACCOUNT and who is not None:
            account = who.account
            self._capture(lambda: self._account(account), lambda seen: self._join(client, channel, seen))
        elif name == PRICES:
            self._capture(self._looks.prices, lambda seen: self._join(client, channel, prices_frame(seen)))
        elif channel.kind == "orderbook":
            listed, levels = self._listed(channel), self._settings.orderbook_levels
            self._capture(
                lambda: self._books.view(listed, levels),
                lambda seen: self._join(client, channel, table_frame(channel.name, seen)),
            )
        elif channel.kind == "book":
            self._begin_book(client, channel)
        elif history:
            self._join(client, channel, self._past(channel))
        else:
            channel.joining.discard(client)
            channel.listeners[client] = None

    def unsubscribe(self, client: Subscriber, name: str, who: Principal | None) -> None:
        """Let somebody listen to a channel no longer."""
        channel = self._private.get(who.account) if who and name == ACCOUNT else self._channels.get(name)
        if channel is not None:
            channel.leave(client)

    def leave(self, client: Subscriber) -> None:
        """Let somebody listen to nothing any more."""
        for channels in (self._channels, self._private):
            for channel in channels.values():
                channel.leave(client)

    def _find(self, name: str, who: Principal | None) -> Channel:
        if name == ACCOUNT:
            if who is None:
                raise Refused(NOT_SIGNED_IN, "sign in to hear of your own orders", 401)
            private = self._private.get(who.account)
            if private is None:
                private = self._private[who.account] = self._new(ACCOUNT, ACCOUNT, kept=True)
                private.last = self._looks.sequence
                self._follow(who.account)
            return private
        channel = self._channels.get(name)
        if channel is None:
            kind, _, ticker = name.partition(":")
            known = kind in _OF_INSTRUMENT if ticker else name in (PRICES, NEWS)
            listed = self._instruments.find(ticker) if ticker else None
            if not known or (ticker and listed is None):
                raise Refused(NOT_FOUND, f"there is no channel {name[:40]!r}", 404)
            channel = self._channels[name] = self._new(name, kind, kept=kind in ("trades", NEWS))
            if kind == "trades" and listed is not None:
                channel.last = self._markets[listed.number].sequence
        return channel

    def _new(self, name: str, kind: str, *, kept: bool) -> Channel:
        return Channel(name, kind, kept, deque(maxlen=self._settings.kept_messages))

    def _listed(self, channel: Channel) -> Listed:
        listed = self._instruments.find(channel.name.partition(":")[2])
        if listed is None:
            raise Refused(NOT_FOUND, f"there is no channel {channel.name!r}", 404)
        return listed

    def _join(self, client: Subscriber, channel: Channel, content: "bytes | Content") -> None:
        if client not in channel.joining:
            return
        channel.joining.discard(client)
        channel.listeners[client] = None
        frame = content if isinstance(content, bytes) else channel.snapshot(content)
        client.deliver(channel.name, frame, kept=True)

    def _account(self, account: int) -> "Content":
        data = {"orders": self._looks.open_orders(account), "balance": self._looks.balance(account)}
        return Content("account", data)

    def _past(self, channel: Channel) -> "Content":
        if channel.name == NEWS:
            return Content("news", {"news": self._looks.news()})
        listed = self._listed(channel)
        tape = self._markets[listed.number].tape
        first = max(0, len(tape) - PAST_TRADES)
        newest = [msgspec.Raw(trade) for trade in itertools.islice(tape, first, None)]
        return Content("trades", {"ticker": listed.ticker, "trades": newest})

    def _begin_book(self, client: Subscriber, channel: Channel) -> None:
        listed, levels = self._listed(channel), self._settings.book_levels

        def begin(seen: tuple[Look, Changes]) -> None:
            look, changes = seen
            self._say_book(channel, look, changes)
            data = {"ticker": listed.ticker, "bids": rows(listed, look.bids), "asks": rows(listed, look.asks)}
            self._join(client, channel, Content("book", data))

        self._capture(lambda: self._books.paint(listed, levels), begin)

    # What is said

    def release(self, reduced: Reduced) -> None:
        """Tell what a batch came to, now that it is safe."""
        if reduced.changed:
            self._prices_changed = True
            self._books_changed.update(reduced.changed)
            self._tables_changed.update(reduced.changed)
        for trade in reduced.trades:
            self._trade(*trade)
        for _, number, phase in reduced.phases:
            self._markets[number].phase = phase
        for account, messages in reduced.owned.items():
            channel = self._private.get(account)
            if channel is not None:
                self._balances_changed.add(account)
                channel.tell(messages)

    def _trade(self, sequence: int, time_ns: int, number: int, price: int, lots: int, view: bytes) -> None:
        market = self._markets[number]
        market.trade(time_ns, price, lots)
        market.tape.append(view)
        market.sequence = sequence
        channel = self._channels.get(f"trades:{self._instruments.numbered(number).ticker}")
        if channel is not None:
            channel.tell_all("trade", sequence, view)

    def tell_news(self, sequence: int, news: Any) -> None:
        """Tell everybody of news."""
        channel = self._channels.get(NEWS)
        if channel is not None:
            number = max(sequence, channel.last + 1)
            channel.tell_all("news", number, encode(news))

    # What is said from time to time

    def tick_prices(self) -> None:
        """Say the prices, where they changed and somebody listens."""
        channel = self._channels.get(PRICES)
        if channel is not None and channel.listeners and self._prices_changed:
            self._prices_changed = False
            self._capture(self._looks.prices, lambda seen: channel.say(prices_frame(seen)))

    def tick_balances(self) -> None:
        """Say the balances that changed to those who listen."""
        changed, self._balances_changed = self._balances_changed, set()
        for account in changed:
            channel = self._private[account]
            self._capture(
                lambda account=account: self._looks.balance(account),  # type: ignore[misc]
                channel.tell_balance,
            )

    def tick_books(self, now_ns: int) -> None:
        """Say what changed in the books, and whole books where they are due."""
        for number in tuple(self._books_changed):
            channel = self._channels.get(f"book:{self._instruments.numbered(number).ticker}")
            self._books_changed.discard(number)
            if channel is not None and channel.listeners:
                self._tick_book(channel)
        for number in tuple(self._tables_changed):
            channel = self._channels.get(f"orderbook:{self._instruments.numbered(number).ticker}")
            if channel is None or not channel.listeners:
                self._tables_changed.discard(number)
            elif now_ns >= self._tables_due_ns.get(number, 0):
                self._tables_changed.discard(number)
                self._tables_due_ns[number] = now_ns + self._settings.orderbook_ms * NS_PER_MS
                self._tick_table(channel)

    def _tick_book(self, channel: Channel) -> None:
        listed, levels = self._listed(channel), self._settings.book_levels
        self._capture(
            lambda: self._books.paint(listed, levels), lambda seen: self._say_book(channel, seen[0], seen[1])
        )

    def _tick_table(self, channel: Channel) -> None:
        listed, levels = self._listed(channel), self._settings.orderbook_levels
        self._capture(
            lambda: self._books.view(listed, levels),
            lambda seen: channel.say(table_frame(channel.name, seen)),
        )

    def _say_book(self, channel: Channel, look: Look, changes: Changes) -> None:
        if changes:
            data = {"ticker": channel.name[5:], "bids": changes.bids, "asks": changes.asks}
            frame = framed_message("book", channel.name, look.sequence, channel.last, encode(data))
            channel.send(look.sequence, frame)


def _at_once(make: Callable[[], Any], release: Callable[[Any], None]) -> None:
    release(make())
