"""The house: the bots' users and accounts, what they are given, and what is cleared away before and after them.

Each bot trades one instrument and has a user of the role `house`, which has no password and stands on no leaderboard,
and an account. Both are made when the bot is first wanted and found again by the name later. The key that it
trades with lives in memory only. What the issuer gives it is a deposit like any other: journalled, logged, and part of
what is issued.

A bot's quotes are worth nothing without the bot. So everything that stands in the book for the house is cancelled
before the venue opens, also what a crash or a bot of an earlier setting left, and again when it stops.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol

import structlog

from crossbook.agents.live import Newsmaker
from crossbook.core import ConfigError
from crossbook.venue.bot_traders import parameters_of
from crossbook.venue.principal import Principal, Role
from crossbook.venue.refusals import Refused
from crossbook.venue.settings import BotSettings
from crossbook.venue.trading import Trading

NAME_START: Final = "house-"
"""Nobody else may be called so."""

SEED_FACTOR: Final = 1_000_000_007
"""A prime, so that two seeds that are near one another are far apart together with the time."""
SEED_MODULUS: Final = 2**63
"""The seeds of bots fit 63 bits."""
NEWS_PAUSE_S: Final = 0.5
"""Time between two looks whether news are due."""

_log = structlog.get_logger(__name__)


class HouseGate(Protocol):
    """What makes the users of bots: the gate."""

    async def house(self, username: str) -> tuple[Principal, str]:
        """Return who a bot of the house is, made where it is new, and a key that lives as long as this process."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A bot that may trade."""

    username: str
    bots: BotSettings
    ticker: str
    who: Principal
    api_key: str


@dataclass(frozen=True, slots=True)
class Gift:
    """What the issuer gave a bot at this start."""

    username: str
    cash: Decimal
    ticker: str
    lots: int


class House:
    """Make the bots of a venue ready to trade.

    Args:
        trading: The venue's trading.
        gate: Its gate.
    """

    def __init__(self, trading: Trading, gate: HouseGate) -> None:
        self.seats: list[Seat] = []
        """The bots, once they are open."""
        self.gifts: list[Gift] = []
        """What they were given at this start; nothing for those that had enough."""
        self._trading = trading
        self._gate = gate

    async def open(self) -> None:
        """Cancel what stands for the house, and give every bot of the settings a user, an account and enough to trade.

        Doors must still be closed, and instruments listed. Without bots only what stands is cancelled.

        Raises:
            ConfigError: A bot's user name is taken by somebody else, or its instrument is not listed.
            Refused: The core or the store refuses something.
        """
        await self.cancel_all()
        house = self._trading.settings.house
        if not house.enabled:
            return
        for username, bots, ticker in self._wanted():
            if self._trading.instruments.find(ticker) is None:
                raise ConfigError(f"the bots {bots.name} trade {ticker}, which is not listed")
            who, api_key = await self._gate.house(username)
            self.seats.append(Seat(username, bots, ticker, who, api_key))
        await asyncio.gather(*(self._fund(seat) for seat in self.seats))
        if self.gifts:
            _log.info(
                "house funded",
                bots=len(self.gifts),
                cash=str(sum(gift.cash for gift in self.gifts)),
                lots=sum(gift.lots for gift in self.gifts),
            )

    async def cancel_all(self) -> int:
        """Cancel every order of every account of the house, also of bots that are no more; return how many."""
        carry_out = self._trading.sequencer.carry_out
        exchange = self._trading.sequencer.exchange
        accounts = [
            holder.account
            for holder in self._trading.accounts
            if holder.role is Role.HOUSE and exchange.account(holder.account).open_orders
        ]
        counts = await asyncio.gather(*(carry_out("mass_cancel", account=account) for account in accounts))
        if accounts:
            _log.info("house orders cancelled", orders=sum(counts), bots=len(accounts))
        return sum(counts)

    async def make_news(
        self, tell: Callable[[str, str, float], Awaitable[None]], clock_ns: Callable[[], int]
    ) -> None:
        """Invent news and have them told, until this is cancelled. The bots hear of them like everybody.

        Args:
            tell: Tells everybody a text about an instrument, and its impact.
            clock_ns: The wall clock.
        """
        house = self._trading.settings.house
        newsmaker = Newsmaker(
            (listed.ticker for listed in self._trading.instruments),
            seed=house.seed,
            start_ns=clock_ns(),
            news_per_hour=house.oracle.news_per_hour,
            news_impact=house.oracle.news_impact,
        )
        while True:
            await asyncio.sleep(NEWS_PAUSE_S)
            for news in newsmaker.due(clock_ns()):
                try:
                    await tell(news.text, news.ticker, news.impact)
                except Refused as refused:
                    _log.warning("news were not told", code=refused.code)

    def configuration(self, url: str, now_ns: int) -> dict[str, Any]:
        """Return what the process of the bots is told, as plain JSON: keys are in it, so it never touches a disk.

        Args:
            url: Where the venue listens.
            now_ns: The time, which counts as a part of the seed: no session shows what the bots draw in the next.
        """
        settings = self._trading.settings
        return {
            "url": url,
            "seed": (settings.house.seed * SEED_FACTOR + now_ns) % SEED_MODULUS,
            "cash_step": str(settings.cash_step),
            "oracle": settings.house.oracle.model_dump(mode="json", include={"volatility", "memory_hours"}),
            "bots": [
                {
                    "name": seat.username,
                    "trader": seat.bots.trader,
                    "api_key": seat.api_key,
                    "tickers": [seat.ticker],
                    "parameters": parameters_of(seat.bots, settings.house.load),
                }
                for seat in self.seats
            ],
        }

    def _wanted(self) -> list[tuple[str, BotSettings, str]]:
        """Return the name, the settings and the instrument of each bot."""
        settings = self._trading.settings
        everything = tuple(instrument.ticker for instrument in settings.instruments)
        return [
            (f"{NAME_START}{bots.name}-{ticker.lower()}-{number}", bots, ticker)
            for bots in settings.house.bots
            for ticker in bots.tickers or everything
            for number in range(1, bots.count + 1)
        ]

    async def _fund(self, seat: Seat) -> None:
        """Give a bot what it lacks, where it has less than the part of it that the settings name."""
        trading, account = self._trading, seat.who.account
        exchange, carry_out = trading.sequencer.exchange, trading.sequencer.carry_out
        listed = trading.instruments.find(seat.ticker)
        if listed is None:
            return
        least = trading.settings.house.top_up
        held = exchange.account(account)
        cash = _lacking(trading.cash.steps(seat.bots.cash), held.cash + held.escrow, least)
        lots = _lacking(seat.bots.quantity, exchange.position(account, listed.number).lots, least)
        if cash:
            await carry_out("deposit", account=account, amount=cash)
        if lots:
            await carry_out("deposit", account=account, amount=lots, instrument=listed.number)
        if cash or lots:
            given = Decimal(cash) * trading.settings.cash_step
            self.gifts.append(Gift(seat.username, given, seat.ticker, lots))
            _log.debug("bot funded", bot=seat.username, cash=str(given), ticker=seat.ticker, lots=lots)


def _lacking(target: int, held: int, least: float) -> int:
    """Return what is missing to the target, once less than a part of it is held."""
    return target - held if held < target * least else 0
