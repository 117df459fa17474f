"""A venue for tests of the HTTP door: real trading, real sign-in, a real database, and a past kept in memory.

Only the journal and the keeper are missing, so that a venue opens within milliseconds. Clients are httpx's, which call the
door as the server would.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec

from crossbook.doors.http.door import DoorOptions
from crossbook.doors.http.server import make_door
from crossbook.doors.http.web_files import WebFiles
from crossbook.venue.accounts import Holder
from crossbook.venue.answers import (
    BookView,
    CandleView,
    FillView,
    InstrumentsView,
    LeaderView,
    MarketView,
    OrderView,
    PortfolioView,
    StatusName,
    TickerView,
    TradeView,
)
from crossbook.venue.desk import Desk
from crossbook.venue.notes import NewsNote
from crossbook.venue.operating import Operating
from crossbook.venue.principal import Principal, Role
from crossbook.venue.refusals import no_such_order
from crossbook.venue.sequencer import Counters
from crossbook.venue.settings import VenueSettings
from crossbook.venue.sign_in import Gate, Passwords
from crossbook.venue.store import Store
from crossbook.venue.trading import Trading
from tests.live_trading import CountingJournal, open_trading

PASSWORD = "correct horse battery staple"  # noqa: S105 - of users that exist in tests alone
LOTS = 100
"""Of each instrument, for everybody."""
GENEROUS = {
    "orders_per_second": 1e6,
    "order_burst": 10**6,
    "requests_per_second": 1e6,
    "request_burst": 10**6,
    "failed_logins_per_minute": 10**6,
    "registrations_per_minute": 10**6,
}


class MemoryPast:
    """The past as far as the memory of trading holds it: open orders and the tape."""

    def __init__(self, trading: Trading) -> None:
        self._trading = trading

    def _open(self, who: Principal) -> list[OrderView]:
        return msgspec.json.decode(self._trading.looks.open_orders(who.account), type=list[OrderView])

    async def order(self, who: Principal, order_id: str) -> OrderView:
        for order in self._open(who):
            if order.order_id == order_id:
                return order
        raise no_such_order()

    async def orders(
        self, who: Principal, status: StatusName | None, ticker: str | None, limit: int, offset: int
    ) -> tuple[int, Sequence[OrderView]]:
        if ticker is not None:
            self._trading.listed(ticker)
        rows = [
            order
            for order in self._open(who)
            if status in (None, order.status) and ticker in (None, order.ticker)
        ]
        return self._trading.looks.sequence, rows[offset : offset + limit]

    async def trades(
        self, who: Principal, ticker: str | None, limit: int, offset: int
    ) -> tuple[int, Sequence[FillView]]:
        if ticker is not None:
            self._trading.listed(ticker)
        return self._trading.looks.sequence, []

    async def tape(self, ticker: str, limit: int) -> Sequence[TradeView | msgspec.Raw]:
        tape = self._trading.markets[self._trading.listed(ticker).number].tape
        return [msgspec.Raw(trade) for trade in reversed(tape)][:limit]

    async def candles(
        self, ticker: str, interval: str, start_ms: int | None, end_ms: int | None
    ) -> tuple[int, Sequence[CandleView]]:
        self._trading.listed(ticker)
        return self._trading.looks.sequence, []

    async def equity(
        self, who: Principal, start_ms: int | None, end_ms: int | None, limit: int
    ) -> Sequence[tuple[int, float]]:
        return [(1_700_000_000_000, 10_000.0)]

    async def worths(
        self, user_ids: Sequence[str], start_ms: int, end_ms: int, points: int
    ) -> Mapping[str, Sequence[tuple[int, float]]]:
        return {user_id: [(start_ms, 10_000.0)] for user_id in user_ids}


@dataclass
class PlainFigures:
    """What is counted."""

    trading: Trading
    connections: int = 0
    keeper_lag: int | None = 0

    @property
    def counters(self) -> Counters:
        return self.trading.sequencer.counters

    @property
    def waiting(self) -> int:
        return self.trading.sequencer.waiting

    @property
    def open_orders(self) -> int:
        return self.trading.sequencer.exchange.order_count


@dataclass
class StandingVenue:
    """A venue that the door takes for one."""

    trading: Trading
    gate: Gate
    operating: Operating
    past: MemoryPast
    figures: PlainFigures
    journal: CountingJournal
    stop_requested: asyncio.Event
    not_ready: str | None = None
    told: list[NewsNote] = field(default_factory=list)

    @property
    def settings(self) -> VenueSettings:
        return self.trading.settings

    @property
    def desk(self) -> Desk:
        return self.trading.desk

    @property
    def sequence(self) -> int:
        return self.trading.looks.sequence

    def instruments(self) -> InstrumentsView:
        return self.trading.looks.instruments()

    def tickers(self) -> dict[str, TickerView]:
        return self.trading.looks.prices()[1]

    def market(self, ticker: str) -> MarketView:
        return self.trading.looks.market(self.trading.listed(ticker))

    def book(self, ticker: str, depth: int) -> BookView:
        return self.trading.books.view(self.trading.listed(ticker), depth)

    def portfolio(self, who: Principal) -> PortfolioView:
        return self.trading.looks.portfolio(who.account)

    def leaderboard(self) -> Sequence[LeaderView]:
        return self.trading.looks.ranking().leaders

    def leader(self, who: Principal) -> LeaderView | None:
        rank = self.trading.looks.ranking().ranks.get(who.account)
        return (
            None
            if rank is None
            else self.trading.looks.leader(rank, self.trading.accounts.holder(who.account))
        )

    def news(self) -> Sequence[NewsNote]:
        return self.trading.looks.news()

    async def settled(self) -> None:
        await self.trading.sequencer.settled()

    @property
    def state_hash(self) -> int:
        return self.trading.sequencer.exchange.state_hash()


@asynccontextmanager
async def open_venue(directory: Path, **limits: float) -> AsyncIterator[StandingVenue]:
    """Open a venue whose limits are generous where nothing else is said."""
    settings = VenueSettings.model_validate({"limits": {**GENEROUS, **limits}, "durability": "memory"})
    trading, journal, clock = await open_trading(settings)

    async def open_account(user_id: str, username: str, role: Role) -> int:
        account = await trading.sequencer.carry_out("open_account")
        cash = trading.cash.steps(settings.starting_cash)
        await trading.sequencer.carry_out("deposit", account=account, amount=cash)
        for listed in trading.instruments:
            await trading.sequencer.carry_out(
                "deposit", account=account, amount=LOTS, instrument=listed.number
            )
        trading.accounts.add(Holder(account, user_id, username, role))
        return account

    stop = asyncio.Event()
    async with await Store.open(str(directory / "crossbook.sqlite3")) as store:
        gate = Gate(
            cast("Any", store),
            directory,
            settings,
            account_of=lambda _user: None,
            open_account=open_account,
            passwords=Passwords(memory_kib=8, iterations=1),
        )
        await gate.start()
        try:
            yield StandingVenue(
                trading=trading,
                gate=gate,
                operating=Operating(trading, clock, stop.set),
                past=MemoryPast(trading),
                figures=PlainFigures(trading),
                journal=journal,
                stop_requested=stop,
            )
        finally:
            await gate.close()
            await trading.sequencer.stop(save=False)


@asynccontextmanager
async def client_of(
    venue: StandingVenue,
    options: DoorOptions | None = None,
    address: str = "198.51.100.7",
    web_files: WebFiles | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the door, which comes from an address."""
    transport = httpx.ASGITransport(
        cast("Any", make_door(venue, options, web_files)), client=(address, 40_000)
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://venue.test") as client:
        yield client


async def registered(venue: StandingVenue, username: str) -> dict[str, str]:
    """Register a user; return the header that says who he is."""
    made = await venue.gate.register(username, PASSWORD, "198.51.100.7")
    return {"x-api-key": made.api_key}


async def administrator(venue: StandingVenue, username: str = "boss") -> dict[str, str]:
    """Make an administrator; return the header that says who he is."""
    await venue.gate.administration.create(username, PASSWORD, Role.ADMIN)
    signed_in = await venue.gate.login(username, PASSWORD, "198.51.100.7")
    return {"authorization": f"Bearer {signed_in.jwt_token}"}


def now_ms() -> int:
    """Return the time of the wall clock."""
    return time.time_ns() // 1_000_000
