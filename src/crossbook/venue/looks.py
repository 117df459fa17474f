"""How the venue looks from outside: markets, portfolios, the leaderboard.

Everything is read from the core and from what was released of it; nothing here changes anything. Money leaves as the
numbers that people write.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from crossbook.core import Exchange, Phase, Teller
from crossbook.venue.accounts import Accounts, Holder
from crossbook.venue.answers import (
    HoldingView,
    InstrumentsView,
    InstrumentView,
    LeaderView,
    MarketView,
    Number,
    PortfolioView,
    TickerView,
)
from crossbook.venue.instruments import Instruments, Listed, Scale
from crossbook.venue.market import Markets
from crossbook.venue.notes import NewsNote
from crossbook.venue.principal import Role

LEADERS_MAX: Final = 50
NEWS_KEPT: Final = 100
_PHASES: Final = {int(phase): phase.name.lower() for phase in Phase}


class BalanceHolding(msgspec.Struct, frozen=True, kw_only=True):
    """What an account holds of an instrument."""

    ticker: str
    quantity: Number
    locked: Number


class BalanceView(msgspec.Struct, frozen=True, kw_only=True):
    """Cash and holdings of an account."""

    cash: Number
    escrowed_cash: Number
    buying_power: Number
    holdings: list[BalanceHolding]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Who is worth most, as it was at one moment."""

    leaders: list[LeaderView]
    """At most `LEADERS_MAX`, best first."""
    ranks: dict[int, int]
    """Of every account that has one, from 1 on."""


class Looks:
    """Looks at a venue.

    Args:
        exchange: The core.
        teller: What knows the open orders.
        instruments: What is listed.
        accounts: Who holds which account.
        markets: Last prices and tapes.
        cash: The unit of cash.
        clock_ns: The wall clock.
    """

    def __init__(
        self,
        exchange: Exchange,
        teller: Teller,
        instruments: Instruments,
        accounts: Accounts,
        markets: Markets,
        cash: Scale,
        clock_ns: Callable[[], int],
    ) -> None:
        self._exchange = exchange
        self._instruments = instruments
        self._accounts = accounts
        self._teller = teller
        self._markets = markets
        self._cash = cash
        self._clock_ns = clock_ns
        self.newest_news: list[NewsNote] = []
        """At most `NEWS_KEPT`, newest first."""

    @property
    def sequence(self) -> int:
        """The core's newest event."""
        return self._exchange.sequence

    def prices(self) -> tuple[int, dict[str, TickerView]]:
        """Return the sequence, and every market at a glance."""
        return self.sequence, {listed.ticker: self.ticker(listed) for listed in self._instruments}

    def ticker(self, listed: Listed) -> TickerView:
        """Return a market at a glance."""
        market = self._markets[listed.number]
        bid, _, ask, _ = self._exchange.best(listed.number)
        price = listed.price.number
        change = market.change(self._clock_ns())
        return TickerView(
            current_price=price(market.last),
            best_bid=None if bid is None else price(bid),
            best_ask=None if ask is None else price(ask),
            change_24h=round(change, 6),
            volume_24h=listed.quantity.number(market.volume),
            high_24h=None if market.high is None else price(market.high),
            low_24h=None if market.low is None else price(market.low),
            phase=_PHASES[market.phase],
        )

    def market(self, listed: Listed) -> MarketView:
        """Return a market with what stands on both sides of its book."""
        glance = self.ticker(listed)
        bids, asks = (
            int(self._exchange.depth(listed.number, side, DEPTH_LEVELS_MAX)["quantity"].sum())
            for side in (0, 1)
        )
        return MarketView(
            ticker=listed.ticker,
            current_price=glance.current_price,
            best_bid=glance.best_bid,
            best_ask=glance.best_ask,
            bid_depth=listed.quantity.number(bids),
            ask_depth=listed.quantity.number(asks),
            change_24h=glance.change_24h,
            volume_24h=glance.volume_24h,
            high_24h=glance.high_24h,
            low_24h=glance.low_24h,
            phase=glance.phase,
            price_step=listed.price.number(1),
            quantity_step=listed.quantity.number(1),
        )

    def instruments(self) -> InstrumentsView:
        """Return what stays the same of every instrument; fees are the core's own, whatever the settings say today."""
        return InstrumentsView(
            instruments=[self._facts(listed) for listed in self._instruments],
            cash_step=self._cash.number(1),
        )

    def _facts(self, listed: Listed) -> InstrumentView:
        state = self._exchange.instrument(listed.number)
        return InstrumentView(
            ticker=listed.ticker,
            name=listed.name,
            price_step=listed.price.number(1),
            quantity_step=listed.quantity.number(1),
            maker_fee_ppm=state.maker_fee_ppm,
            taker_fee_ppm=state.taker_fee_ppm,
            protection_ppm=state.protection_ppm,
        )

    def balance(self, account: int) -> BalanceView:
        """Return cash and holdings of an account."""
        held = self._exchange.account(account)
        holdings = []
        for listed in self._instruments:
            position = self._exchange.position(account, listed.number)
            if position.lots:
                quantity = listed.quantity.number
                holdings.append(
                    BalanceHolding(
                        ticker=listed.ticker,
                        quantity=quantity(position.lots),
                        locked=quantity(position.locked),
                    )
                )
        free = self._cash.number(held.cash)
        return BalanceView(
            cash=free, escrowed_cash=self._cash.number(held.escrow), buying_power=free, holdings=holdings
        )

    def portfolio(self, account: int) -> PortfolioView:
        """Return an account as its owner sees it."""
        holder = self._accounts.holder(account)
        held = self._exchange.account(account)
        cash = self._cash.number
        holdings = [
            holding for listed in self._instruments if (holding := self._holding(account, listed)) is not None
        ]
        return PortfolioView(
            user_id=holder.user_id,
            username=holder.username,
            cash=cash(held.cash),
            escrowed_cash=cash(held.escrow),
            buying_power=cash(held.cash),
            holdings=holdings,
            total_value=cash(held.equity),
        )

    def _holding(self, account: int, listed: Listed) -> HoldingView | None:
        position = self._exchange.position(account, listed.number)
        if not (position.lots or position.realised or position.fees):
            return None
        cash, quantity = self._cash.number, listed.quantity.number
        return HoldingView(
            ticker=listed.ticker,
            quantity=quantity(position.lots),
            locked=quantity(position.locked),
            current_price=listed.price.number(self._markets[listed.number].last),
            value=cash(position.cost + position.unrealised),
            average_cost=cash(position.cost) / quantity(position.lots) if position.lots else None,
            realized_pnl=cash(position.realised),
            unrealized_pnl=cash(position.unrealised),
            fees=cash(position.fees),
        )

    def open_orders(self, account: int) -> msgspec.Raw:
        """Return an account's open orders, newest first, as a list of `OrderView` in JSON."""
        return msgspec.Raw(self._teller.open_orders(self._exchange, account))

    def ranking(self) -> Ranking:
        """Return who is worth most, what is in escrow counted; bots of the house and administrators left out."""
        worth = [
            (-self._exchange.account(holder.account).equity, holder.account, holder)
            for holder in self._accounts
            if holder.role is Role.TRADER
        ]
        worth.sort()
        return Ranking(
            leaders=[self.leader(rank, holder) for rank, (_, _, holder) in enumerate(worth[:LEADERS_MAX], 1)],
            ranks={account: rank for rank, (_, account, _) in enumerate(worth, 1)},
        )

    def leader(self, rank: int, holder: Holder) -> LeaderView:
        """Return the line of the leaderboard of somebody who has a rank."""
        held = self._exchange.account(holder.account)
        lots = {
            listed.ticker: listed.quantity.number(self._exchange.position(holder.account, listed.number).lots)
            for listed in self._instruments
        }
        return LeaderView(
            rank=rank,
            user_id=holder.user_id,
            username=holder.username,
            cash=self._cash.number(held.cash + held.escrow),
            holdings={ticker: quantity for ticker, quantity in lots.items() if quantity},
            total_value=self._cash.number(held.equity),
        )

    def news(self) -> list[NewsNote]:
        """Return the newest news, newest first."""
        return self.newest_news

    def add_news(self, news: NewsNote) -> None:
        """Take over news."""
        self.newest_news = [news, *self.newest_news][:NEWS_KEPT]


DEPTH_LEVELS_MAX: Final = 1_000
"""Levels that are counted as the depth of a book."""
