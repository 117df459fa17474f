"""The channels: who listens to what, and what is said there.

Every channel is a row of frames, complete JSON texts that all listeners share. Each frame carries its `sequence`, that
of the core's event that it tells of last, and the `previous` frame's, so that a listener sees a gap. A snapshot begins a
channel; who comes back with the last sequence that he saw gets what he missed where it is still kept, and a snapshot
where it is not. Frames of trades and private frames are never left out; those of prices and books may be replaced by
newer ones for a listener who cannot follow, and a book that missed a frame begins again with a snapshot.

Nothing is said here before it is safe: the sequencer releases what is told, and looks at books are taken through it.
"""

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

import msgspec

from crossbook.core import framed, framed_message, framed_owned
from crossbook.venue.answers import BookView, TickerView
from crossbook.venue.books import BookPainter, Changes, Look, rows
from crossbook.venue.instruments import Instruments, Listed
from crossbook.venue.market import Markets
from crossbook.venue.orders import NS_PER_MS
from crossbook.venue.principal import Principal
from crossbook.venue.reduction import Owned, Reduced
from crossbook.venue.refusals import NOT_FOUND, NOT_SIGNED_IN, Refused
from crossbook.venue.settings import FeedSettings

ACCOUNT: Final = "account"
PRICES: Final = "prices"
NEWS: Final = "news"
PAST_TRADES: Final = 50
"""Trades with which a channel of trades begins."""
_OF_INSTRUMENT: Final = ("trades", "orderbook", "book")
Capture: TypeAlias = Callable[[Callable[[], Any], Callable[[Any], None]], None]
_encode: Final = msgspec.json.Encoder().encode


class Subscriber(Protocol):
    """Who listens."""

    def deliver(self, channel: str, frame: bytes, *, kept: bool, messages: int = 1) -> None:
        """Take messages as WebSocket frames; one that is not `kept` may be replaced by a newer one of its channel."""


@dataclass(slots=True)
class Channel:
    """A channel, its listeners, and the frames that can be had again."""

    name: str
    kind: str
    kept: bool
    frames: deque[tuple[int, int, bytes]]
    """Previous sequence, sequence, and WebSocket frame; the newest last."""
    last: int = 0
    listeners: dict[Subscriber, None] = field(default_factory=dict)
    joining: set[Subscriber] = field(default_factory=set)
    """Who waits for a snapshot that is not safe to tell yet."""

    def send(self, sequence: int, frame: bytes) -> None:
        """Send a frame to everybody who listens."""
        self.frames.append((self.last, sequence, frame))
        self.last = sequence
        name, kept = self.name, self.kept
        for listener in tuple(self.listeners):
            listener.deliver(name, frame, kept=kept)

    def tell(self, messages: list[Owned]) -> None:
        """Send what an owner is told to whoever of his listens, numbered one by one."""
        frames, all_of_them = framed_owned(self.name, self.last, messages)
        self.frames += frames
        self.last += len(frames)
        for listener in tuple(self.listeners):
            listener.deliver(self.name, all_of_them, kept=True, messages=len(frames))

    def say(self, frame: bytes) -> None:
        """Send a frame that tells everything anew, so that nobody needs the ones before."""
        name = self.name
        for listener in tuple(self.listeners):
            listener.deliver(name, frame, kept=False)

    def leave(self, client: Subscriber) -> None:
        """Let somebody listen no longer, or not begin to."""
        self.listeners.pop(client, None)
        self.joining.discard(client)

    def missed(self, sequence: int) -> list[bytes] | None:
        """Return the frames after one that a listener saw, or none where they are not all kept any more."""
        if sequence == self.last:
            return []
        found = [frame for previous, own, frame in self.frames if own > sequence]
        if not found or not any(previous == sequence for previous, _, _ in self.frames):
            return None
        return found


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
            self._capture(self._looks.prices, lambda seen: self._join(client, channel, _prices(seen)))
        elif channel.kind == "orderbook":
            listed, levels = self._listed(channel), self._settings.orderbook_levels
            self._capture(
                lambda: self._books.view(listed, levels),
                lambda seen: self._join(client, channel, _table(channel.name, seen)),
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

    def _join(self, client: Subscriber, channel: Channel, content: "bytes | _Content") -> None:
        if client not in channel.joining:
            return
        channel.joining.discard(client)
        channel.listeners[client] = None
        frame = content if isinstance(content, bytes) else _snapshot(channel, content)
        client.deliver(channel.name, frame, kept=True)

    def _account(self, account: int) -> "_Content":
        data = {"orders": self._looks.open_orders(account), "balance": self._looks.balance(account)}
        return _Content("account", data)

    def _past(self, channel: Channel) -> "_Content":
        if channel.name == NEWS:
            return _Content("news", {"news": self._looks.news()})
        listed = self._listed(channel)
        tape = self._markets[listed.number].tape
        first = max(0, len(tape) - PAST_TRADES)
        newest = [msgspec.Raw(trade) for trade in itertools.islice(tape, first, None)]
        return _Content("trades", {"ticker": listed.ticker, "trades": newest})

    def _begin_book(self, client: Subscriber, channel: Channel) -> None:
        listed, levels = self._listed(channel), self._settings.book_levels

        def begin(seen: tuple[Look, Changes]) -> None:
            look, changes = seen
            self._say_book(channel, look, changes)
            data = {"ticker": listed.ticker, "bids": rows(listed, look.bids), "asks": rows(listed, look.asks)}
            self._join(client, channel, _Content("book", data))

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
            channel.send(sequence, _superset("trade", channel, sequence, view))

    def tell_news(self, sequence: int, news: Any) -> None:
        """Tell everybody of news."""
        channel = self._channels.get(NEWS)
        if channel is not None:
            number = max(sequence, channel.last + 1)
            channel.send(number, _superset("news", channel, number, _encode(news)))

    # What is said from time to time

    def tick_prices(self) -> None:
        """Say the prices, where they changed and somebody listens."""
        channel = self._channels.get(PRICES)
        if channel is not None and channel.listeners and self._prices_changed:
            self._prices_changed = False
            self._capture(self._looks.prices, lambda seen: channel.say(_prices(seen)))

    def tick_balances(self) -> None:
        """Say the balances that changed to those who listen."""
        changed, self._balances_changed = self._balances_changed, set()
        for account in changed:
            channel = self._private[account]
            self._capture(
                lambda account=account: self._looks.balance(account),  # type: ignore[misc]
                lambda seen, channel=channel: _tell_balance(channel, seen),  # type: ignore[misc]
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
            lambda: self._books.view(listed, levels), lambda seen: channel.say(_table(channel.name, seen))
        )

    def _say_book(self, channel: Channel, look: Look, changes: Changes) -> None:
        if changes:
            data = {"ticker": channel.name[5:], "bids": changes.bids, "asks": changes.asks}
            frame = framed_message("book", channel.name, look.sequence, channel.last, _encode(data))
            channel.send(look.sequence, frame)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a snapshot says; its sequence is that of the channel when it is said."""

    kind: str
    data: dict[str, Any]


def _at_once(make: Callable[[], Any], release: Callable[[Any], None]) -> None:
    release(make())


def _tell_balance(channel: Channel, balance: Any) -> None:
    number = channel.last + 1
    data = _encode({"balance": balance})
    channel.send(number, framed_message("balance", channel.name, number, channel.last, data))


def _snapshot(channel: Channel, content: _Content) -> bytes:
    data = _encode(content.data)
    return framed(
        b'{"type":"%b","channel":"%b","sequence":%d,"previous":0,"snapshot":true,"data":%b}'
        % (content.kind.encode(), channel.name.encode(), channel.last, data)
    )


def _superset(kind: str, channel: Channel, sequence: int, data: bytes) -> bytes:
    """Return a frame whose data stand in an envelope and bare beside it, for both kinds of clients."""
    return framed(
        b'{"type":"%b","channel":"%b","sequence":%d,"previous":%d,"data":%b,%b'
        % (kind.encode(), channel.name.encode(), sequence, channel.last, data, data[1:])
    )


def _prices(seen: "tuple[int, dict[str, TickerView]]") -> bytes:
    sequence, tickers = seen
    data = _encode(tickers)
    return framed(
        b'{"type":"prices","channel":"prices","sequence":%d,"previous":0,"snapshot":true,"data":%b%b'
        % (sequence, data, b"," + data[1:] if tickers else b"}")
    )


def _table(name: str, book: BookView) -> bytes:
    data = _encode(book)
    return framed(
        b'{"type":"orderbook","channel":"%b","previous":0,"snapshot":true,"data":%b,%b'
        % (name.encode(), data, data[1:])
    )
