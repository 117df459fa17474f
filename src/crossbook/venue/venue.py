"""The venue: trading, sign-in, the database and the keeper put together, opened and stopped in order.

The journal is the truth. The database is what the keeper makes of it, and who is who. After a start the venue knows
again what it told before: the core from the journal, names and the newest past from the database, once that has caught
up with the journal.
"""

import asyncio
import heapq
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import msgspec
import structlog

from crossbook.core import AccountModel, CommandKind
from crossbook.core import Journal as NativeJournal
from crossbook.venue.answers import (
    BookView,
    InstrumentsView,
    LeaderView,
    MarketView,
    PortfolioView,
    TickerView,
)
from crossbook.venue.desk import Desk
from crossbook.venue.feeds import Feeds
from crossbook.venue.keeper import KeeperProcess, catch_up
from crossbook.venue.looks import Ranking
from crossbook.venue.notes import NewsNote
from crossbook.venue.operating import NS_PER_DAY, Operating
from crossbook.venue.orders import NS_PER_MS
from crossbook.venue.past import Past
from crossbook.venue.principal import Principal, Role
from crossbook.venue.recall import recall
from crossbook.venue.refusals import Refused
from crossbook.venue.sequencer import Counters, Reply, Sequencer, record
from crossbook.venue.settings import VenueSettings
from crossbook.venue.sign_in import Gate
from crossbook.venue.store import Progress, Store
from crossbook.venue.trading import Trading

JOURNAL: Final = "journal"
DATABASE: Final = "crossbook.sqlite3"
WRITTEN_WAIT_S: Final = 1.0
"""How long a look at the past waits for the keeper; then it shows what is there."""
KEEPER_BEGIN_S: Final = 10.0
"""The same, as long as the keeper has not begun."""
KEEPER_STOP_S: Final = 2.0
"""How long the keeper may take to catch up at the end; what is missing then is written at the next start."""
CATCH_UP_LOG_S: Final = 5.0
LEADERBOARD_AGE_NS: Final = 1_000_000_000
"""The leaderboard is made anew when it is asked for and this old."""

_log = structlog.get_logger(__name__)


class Figures:
    """What the venue counts, for the metrics."""

    def __init__(self, trading: Trading, keeper: KeeperProcess) -> None:
        self._trading = trading
        self._keeper = keeper
        self.connections = 0
        """WebSocket connections that are open; the door counts them."""

    @property
    def counters(self) -> Counters:
        """What the sequencer has done."""
        return self._trading.sequencer.counters

    @property
    def waiting(self) -> int:
        """Commands that wait for their turn or for the disk."""
        return self._trading.sequencer.waiting

    @property
    def open_orders(self) -> int:
        """Open orders in all books."""
        return len(self._trading.teller)

    @property
    def keeper_lag(self) -> int | None:
        """Events that the database is behind."""
        return max(0, self._trading.looks.sequence - self._keeper.applied)


class Venue:
    """A live exchange. Make one with `open`."""

    def __init__(
        self, trading: Trading, gate: Gate, store: Store, keeper: KeeperProcess, clock_ns: Callable[[], int]
    ) -> None:
        self.trading: Final = trading
        self.settings: Final = trading.settings
        self.gate: Final = gate
        self.store: Final = store
        self.past: Final = Past(trading, store, self._written)
        self.figures: Final = Figures(trading, keeper)
        self.stop_requested: Final = asyncio.Event()
        self.operating: Final = Operating(trading, clock_ns, self.stop_requested.set)
        self._keeper = keeper
        self._clock_ns = clock_ns
        self._expiries: list[int] = []
        self._ranking: tuple[int, Ranking] = (0, Ranking([], {}))
        self._tasks: set[asyncio.Task[None]] = set()
        self._beating: asyncio.Task[None] | None = None
        self._stopped = False

    @classmethod
    async def open(
        cls,
        directory: Path,
        settings: VenueSettings,
        *,
        database_url: str | None = None,
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> "Venue":
        """Open a data directory, or make it, and bring everything up to where it was.

        Args:
            directory: Where everything is kept.
            settings: Of the venue.
            database_url: A database elsewhere; SQLite in the directory where it is left out.
            clock_ns: The wall clock, in nanoseconds since 1970.

        Raises:
            UsageError: Another process has the directory.
            ConfigError: A setting or the database cannot be used.
            TransientError: The database does not answer.
            JournalDamaged: The journal needs an explicit repair.
        """
        directory.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - before anything else runs
        url = database_url or str(directory / DATABASE)
        journal = NativeJournal.open(
            str(directory / JOURNAL),
            model=AccountModel.CASH,
            max_order_lots=settings.limits.order_quantity or None,
            max_open_orders=settings.limits.open_orders,
            durability=settings.durability,
        )
        keeper = KeeperProcess(str(directory / JOURNAL), url, equity_seconds=settings.equity_seconds)
        trading = Trading.around(
            journal,
            settings,
            clock_ns=clock_ns,
            elapsed_ns=time.monotonic_ns,
            on_safe=keeper.tell,
        )
        async with AsyncExitStack() as undo:
            undo.callback(trading.sequencer.abandon)
            store = await Store.open(url)
            undo.push_async_callback(store.close)
            progress = await _caught_up(store, directory, settings, journal.durable)
            await keeper.start(progress)
            undo.push_async_callback(keeper.stop, 0)
            gate = Gate(
                store,
                directory,
                settings,
                account_of=trading.accounts.of_user,
                open_account=trading.open_account,
                clock_ns=clock_ns,
            )
            venue = cls(trading, gate, store, keeper, clock_ns)
            trading.desk.attach(venue._look_up_first_answer)
            await venue._begin()
            undo.pop_all()
            return venue

    async def _begin(self) -> None:
        """Know everything again, list what is new, and let time go on."""
        trading = self.trading
        self._expiries = await recall(trading, self.store, self._clock_ns())
        heapq.heapify(self._expiries)
        for wanted in self.settings.instruments:
            if trading.instruments.find(wanted.ticker) is None:
                await trading.list_instrument(wanted)
        await self.gate.start()
        self._beating = asyncio.create_task(self._beat(), name="venue-beat")

    # What people see

    @property
    def desk(self) -> Desk:
        """The order desk."""
        return self.trading.desk

    @property
    def feeds(self) -> Feeds:
        """The channels."""
        return self.trading.feeds

    @property
    def sequencer(self) -> Sequencer:
        """The one writer."""
        return self.trading.sequencer

    @property
    def sequence(self) -> int:
        """The newest event."""
        return self.trading.looks.sequence

    @property
    def not_ready(self) -> str | None:
        """Why the venue takes no orders; none where it does."""
        return self.trading.sequencer.refuses

    def instruments(self) -> InstrumentsView:
        """Return what stays the same of every instrument."""
        return self.trading.looks.instruments()

    def tickers(self) -> dict[str, TickerView]:
        """Return all markets at a glance."""
        return self.trading.looks.prices()[1]

    def market(self, ticker: str) -> MarketView:
        """Return a market."""
        return self.trading.looks.market(self.trading.listed(ticker))

    def book(self, ticker: str, depth: int) -> BookView:
        """Return the best levels of a book."""
        return self.trading.books.view(self.trading.listed(ticker), depth)

    def portfolio(self, who: Principal) -> PortfolioView:
        """Return an account."""
        return self.trading.looks.portfolio(who.account)

    def leaderboard(self) -> Sequence[LeaderView]:
        """Return the best accounts, at most a second old."""
        return self._ranked().leaders

    def leader(self, who: Principal) -> LeaderView | None:
        """Return somebody's line of the leaderboard, however far down; none where he has no rank."""
        ranking = self._ranked()
        rank = ranking.ranks.get(who.account)
        if rank is None and who.role is Role.TRADER:
            # He has come since it was made.
            ranking = self._ranked(anew=True)
            rank = ranking.ranks.get(who.account)
        if rank is None:
            return None
        if rank <= len(ranking.leaders):
            return ranking.leaders[rank - 1]
        return self.trading.looks.leader(rank, self.trading.accounts.holder(who.account))

    def _ranked(self, *, anew: bool = False) -> Ranking:
        made_ns, ranking = self._ranking
        now_ns = time.monotonic_ns()
        if anew or not made_ns or now_ns - made_ns > LEADERBOARD_AGE_NS:
            ranking = self.trading.looks.ranking()
            self._ranking = (now_ns, ranking)
        return ranking

    def news(self) -> Sequence[NewsNote]:
        """Return the newest news, newest first."""
        return self.trading.looks.news()

    async def settled(self) -> None:
        """Wait until everything that was carried out by now is safe, so that what is seen next stays true."""
        await self.trading.sequencer.settled()

    async def _written(self) -> None:
        """Wait until the database holds what is known now, or long enough; not at all while nothing can be kept."""
        if self.not_ready is not None:
            return
        # Right after the start the keeper may not have said a word yet: it is given the time to begin.
        wait_s = WRITTEN_WAIT_S if self._keeper.heard else KEEPER_BEGIN_S
        try:
            async with asyncio.timeout(wait_s):
                await self.trading.sequencer.settled()
                await self._keeper.reached(self.trading.looks.sequence, wait_s)
        except TimeoutError:
            return

    def _look_up_first_answer(self, number: int, reply: Reply) -> None:
        async def look_up() -> None:
            try:
                reply(msgspec.Raw(msgspec.json.encode(await self.past.first_answer(number))))
            except Refused as refused:
                reply(refused)

        task = asyncio.create_task(look_up(), name="first-answer")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Time

    async def _beat(self) -> None:
        """Say what is due on the feeds, and end what is over."""
        feeds = self.settings.feeds
        beat_s = min(feeds.book_ms, feeds.prices_ms) / 1_000
        books_due_ns = prices_due_ns = 0
        day = self._day(self._clock_ns())
        while True:
            await asyncio.sleep(beat_s)
            now_ns = self._clock_ns()
            try:
                if now_ns >= books_due_ns:
                    books_due_ns = now_ns + feeds.book_ms * NS_PER_MS
                    self.trading.feeds.tick_books(now_ns)
                    self.trading.feeds.tick_balances()
                if now_ns >= prices_due_ns:
                    prices_due_ns = now_ns + feeds.prices_ms * NS_PER_MS
                    self.trading.feeds.tick_prices()
                self._expire(now_ns)
                if self._day(now_ns) != day:
                    day = self._day(now_ns)
                    await self.operating.end_day()
            except Refused as refused:
                _log.warning("a beat was refused", code=refused.code)

    def _day(self, now_ns: int) -> int:
        hours, minutes = self.settings.day_ends.split(":")
        return (now_ns - (int(hours) * 60 + int(minutes)) * 60_000_000_000) // NS_PER_DAY

    def _expire(self, now_ns: int) -> None:
        for expiry in self.trading.sequencer.take_expiries():
            heapq.heappush(self._expiries, expiry)
        if self._expiries and self._expiries[0] <= now_ns:
            while self._expiries and self._expiries[0] <= now_ns:
                heapq.heappop(self._expiries)
            self.trading.sequencer.add(record(CommandKind.ADVANCE_CLOCK, 0), lambda _: None)

    # The end

    async def stop(self) -> None:
        """Take no further commands, keep everything, and let go of the directory."""
        if self._stopped:
            return
        self._stopped = True
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait([self._beating])
        await self.gate.close()
        await self.trading.sequencer.stop()
        await self._keeper.stop(KEEPER_STOP_S)
        await self.store.close()


async def _caught_up(store: Store, directory: Path, settings: VenueSettings, commands: int) -> Progress:
    """Bring the database up to the journal's end; return how far it is."""
    told_s = time.monotonic()

    def told(progress: Progress) -> None:
        nonlocal told_s
        if time.monotonic() - told_s > CATCH_UP_LOG_S:
            told_s = time.monotonic()
            _log.info("catching up with the journal", done=progress.command, of=commands)

    journal = str(directory / JOURNAL)
    return await catch_up(store.projection, journal, commands, told, equity_seconds=settings.equity_seconds)
