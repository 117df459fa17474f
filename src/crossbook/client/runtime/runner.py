"""One trader on a live venue: its hooks, its timers, its beginning and its end."""

import asyncio
import logging
import traceback
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from crossbook.client.errors import Unavailable
from crossbook.client.runtime.context import Clock, Context
from crossbook.client.runtime.desk import Desk
from crossbook.client.runtime.draws import Random
from crossbook.client.runtime.feed import PublicFeed
from crossbook.client.runtime.hooks import hooks_of
from crossbook.client.runtime.market import Market
from crossbook.client.runtime.seen import Fill, OrderUpdate, Trade
from crossbook.client.status import State
from crossbook.client.stream import Stream
from crossbook.core import ConfigError, CrossbookError, UsageError

TIMERS_MAX: Final = 4_096
"""Timers of a trader that may be pending."""
ACCOUNT_S: Final = 10.0
"""How long the first look at the account may take."""
FAREWELL_S: Final = 3.0
"""How long cancelling all orders may take at the end."""

_log = logging.getLogger("crossbook.client.runtime")


class Runner:
    """Run a trader on a venue.

    It is called in the event loop, one hook at a time: a hook that computes for long holds up everybody in the
    process. A hook that raises ends this trader alone; its orders are cancelled, and `failure` says why.

    Args:
        trader: An object with the hooks of `crossbook.agents.Trader`.
        stream: A stream that is signed in to the trader's own account.
        symbols: The markets it trades, its first one first.
        name: What it is called in logs, and what its random numbers hang on.
        seed: Of its random numbers.
        feed: The public channels where several traders share them; on the trader's own stream when left out.
        oracle: Tells the fundamental value of a symbol in ticks, for those who may know it.
        cash_step: The venue's unit of cash.

    Raises:
        UsageError: No symbol is given.
        ConfigError: The trader has hooks for its orders, and its orders have no names.
    """

    def __init__(
        self,
        trader: object,
        stream: Stream,
        symbols: Iterable[str],
        *,
        name: str = "trader",
        seed: int = 0,
        feed: PublicFeed | None = None,
        oracle: Callable[[str], float] | None = None,
        cash_step: Decimal | str = "0.01",
    ) -> None:
        self.name = name
        self.symbols = tuple(dict.fromkeys(symbols))
        if not self.symbols:
            raise UsageError(f"{name}: a trader needs at least one symbol")
        self.trader = trader
        self.stream = stream
        self.feed = feed or PublicFeed(stream, stream.venue_url, cash_step=cash_step)
        self.context: Context | None = None
        """What the trader is handed; none before it began."""
        self.failure: BaseException | None = None
        """What the trader raised, or why the venue does not let it in."""
        self.ended = asyncio.Event()
        """Set once the trader is called no more."""
        self._hooks: Mapping[str, Callable[..., Any]] = hooks_of(trader)
        self._names_orders = bool(getattr(trader, "names_orders", True))
        deaf = [hook for hook in ("on_fill", "on_order") if hook in self._hooks]
        if deaf and not self._names_orders:
            raise ConfigError(
                f"{name}: {' and '.join(deaf)} would never be called, because names_orders is false"
            )
        self._seed = seed
        self._oracle = oracle
        self._clock = Clock()
        self._desk: Desk | None = None
        self._timers: set[asyncio.TimerHandle] = set()
        self._seen = asyncio.Event()

    async def start(self, within_s: float | None = None) -> None:
        """Connect, look at the markets and the account, and call `on_start`.

        Args:
            within_s: How long to try to reach the venue; for ever when left out.

        Raises:
            Refused: The venue does not let the account in, or has no such market.
            Unavailable: The venue does not answer.
        """
        await self.stream.start(within_s)
        await self.feed.add(self.symbols)
        markets = {symbol: self.feed.markets[symbol] for symbol in self.symbols}
        desk = self._desk = Desk(self.stream, markets, self._told)
        self.stream.listen(["account"], lambda _: self._seen.set())
        try:
            async with asyncio.timeout(ACCOUNT_S):
                while not desk.complete:
                    self._seen.clear()
                    await self._seen.wait()
        except TimeoutError:
            raise Unavailable(
                "silent", f"{self.name}: the venue showed no account in {ACCOUNT_S:g} s"
            ) from None
        self.context = Context(
            self.name,
            markets,
            desk,
            Random(self._seed, self.name),
            self._clock,
            self._wake,
            names_orders=self._names_orders,
            oracle=self._oracle,
        )
        self.stream.watch(self._state_changed)
        self.feed.follow(self, self.symbols)
        self._call("on_start")

    async def run(self, until: asyncio.Event | None = None) -> None:
        """Start, trade until the event is set or the trader ends, and stop.

        Raises:
            Refused, Unavailable: As `start`.
            Exception: What the trader raised.
        """
        try:
            await self.start()
            waits = [asyncio.create_task(self.ended.wait())]
            if until is not None:
                waits.append(asyncio.create_task(until.wait()))
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
        finally:
            await self.stop()
        if self.failure is not None:
            raise self.failure

    def in_currency(self, cash: int) -> Decimal:
        """Return an amount of cash units as people write it."""
        return self.feed.cash_step * cash

    async def stop(self) -> None:
        """Call `on_stop`, cancel the trader's orders, and close its stream. Twice is like once."""
        if self.context is not None and not self.ended.is_set():
            self._call("on_stop")
            self._end(None)
        await self._cancel_all()
        await self.stream.stop()

    async def _cancel_all(self) -> None:
        """Cancel what is open, as far as the venue can be reached."""
        desk, self._desk = self._desk, None
        if desk is None or not self.stream.up:
            return
        try:
            async with asyncio.timeout(FAREWELL_S):
                for symbol in self.symbols:
                    await self.stream.cancel_all(symbol)
        except (CrossbookError, TimeoutError) as error:
            _log.warning("%s: its orders could not be cancelled: %s", self.name, str(error) or "no answer")
        desk.close()

    # What the trader is called for

    def saw_book(self, market: Market) -> None:
        """The best prices changed."""
        if "on_book" in self._hooks:
            self._call("on_book", market.book)

    def saw_trade(self, trade: Trade) -> None:
        """A trade was made."""
        if "on_trade" in self._hooks:
            self._call("on_trade", trade)

    def saw_phase(self, market: Market) -> None:
        """The market moved to another phase."""
        self._call("on_phase", market.symbol, market.phase)

    def saw_news(self, symbol: str, text: str) -> None:
        """News came out."""
        self._call("on_news", symbol, text)

    def _told(self, happened: list[Fill | OrderUpdate]) -> None:
        for what in happened:
            self._call("on_fill" if isinstance(what, Fill) else "on_order", what)

    def _wake(self, name: str, at_ns: int) -> None:
        if len(self._timers) >= TIMERS_MAX:
            raise UsageError(f"a trader has at most {TIMERS_MAX} timers that are pending")
        loop = asyncio.get_running_loop()

        def ring() -> None:
            self._timers.discard(handle)
            self._call("on_timer", name)

        wait_s = max(at_ns - self._clock.now_ns, 0) / 1e9
        handle = loop.call_later(min(wait_s, 86_400.0 * 365), ring)
        self._timers.add(handle)

    def _call(self, hook: str, *arguments: object) -> None:
        method = self._hooks.get(hook)
        if method is None or self.context is None or self.ended.is_set():
            return
        self._clock.move()
        try:
            method(self.context, *arguments)
        except Exception as error:  # noqa: BLE001 - a trader is somebody else's code
            _log.error(
                "%s raised %s in %s and trades no more\n%s",
                self.name,
                type(error).__name__,
                hook,
                "".join(traceback.format_exception(error)).rstrip(),
            )
            self._end(error)
            self._give_up()

    def _give_up(self) -> None:
        """Cancel the orders of a trader that ended by itself, without waiting."""
        if self._desk is not None:
            for symbol in self.symbols:
                self._desk.cancel_all(self.feed.markets[symbol])

    def _end(self, failure: BaseException | None) -> None:
        self.failure = failure
        self.feed.leave(self)
        self.stream.unwatch(self._state_changed)
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self.ended.set()

    def _state_changed(self, state: State) -> None:
        if state is State.CLOSED and not self.ended.is_set():
            self._end(self.stream.failure)
