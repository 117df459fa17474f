"""Trading put together: the core, the sequencer around it, the desk before it and the feeds behind it.

What is here needs a journal and nothing else: no database, no people. `venue` adds those.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from crossbook.core import ConfigError, Phase, Teller
from crossbook.venue.accounts import Accounts, Holder
from crossbook.venue.books import BookPainter
from crossbook.venue.desk import Desk
from crossbook.venue.feeds import Feeds
from crossbook.venue.instruments import Instruments, Listed, Scale, multiplier_of
from crossbook.venue.looks import Looks
from crossbook.venue.market import Market, Markets
from crossbook.venue.notes import ACCOUNT, INSTRUMENT, AccountNote, InstrumentNote
from crossbook.venue.orders import NamedOrders
from crossbook.venue.principal import Role
from crossbook.venue.rates import Rates
from crossbook.venue.seams import Carry, Journal
from crossbook.venue.sequencer import Sequencer
from crossbook.venue.settings import InstrumentSettings, VenueSettings


@dataclass(frozen=True, slots=True)
class Trading:
    """The parts that trade, and know one another."""

    settings: VenueSettings
    cash: Scale
    instruments: Instruments
    accounts: Accounts
    teller: Teller
    named: NamedOrders
    markets: Markets
    books: BookPainter
    looks: Looks
    feeds: Feeds
    sequencer: Sequencer
    desk: Desk

    @staticmethod
    def around(
        journal: Journal,
        settings: VenueSettings,
        *,
        clock_ns: Callable[[], int],
        elapsed_ns: Callable[[], int],
        on_safe: Callable[[int], None],
    ) -> "Trading":
        """Put trading together around a journal's core.

        Args:
            journal: What keeps the commands.
            settings: Of the venue.
            clock_ns: The wall clock, in nanoseconds since 1970.
            elapsed_ns: A clock that never goes back, for rates.
            on_safe: Told how many commands are safe, whenever there are more.
        """
        exchange = journal.exchange
        cash = Scale(settings.cash_step)
        teller = Teller(cash.text)
        instruments, accounts, markets = Instruments(), Accounts(teller.hold), Markets()
        books = BookPainter(exchange)
        looks = Looks(exchange, teller, instruments, accounts, markets, cash, clock_ns)
        feeds = Feeds(settings.feeds, instruments, markets, books, looks, teller.follow)
        limits = settings.limits
        sequencer = Sequencer(
            journal,
            teller,
            feeds,
            waits=settings.durability == "durable",
            clock_ns=clock_ns,
            on_safe=on_safe,
            waiting_max=limits.waiting_commands,
            snapshot_commands=settings.snapshot_commands,
        )
        feeds.attach(sequencer.capture)
        named = NamedOrders(limits.remembered_names)
        rates = Rates(rate=limits.orders_per_second, burst=limits.order_burst)
        desk = Desk(instruments, teller, sequencer, named, rates, elapsed_ns)
        return Trading(
            settings=settings,
            cash=cash,
            instruments=instruments,
            accounts=accounts,
            teller=teller,
            named=named,
            markets=markets,
            books=books,
            looks=looks,
            feeds=feeds,
            sequencer=sequencer,
            desk=desk,
        )

    def listed(self, ticker: str) -> Listed:
        """Return the instrument with a ticker.

        Raises:
            Refused: 404: there is none.
        """
        return self.instruments.listed(ticker, 404)

    def know(self, number: int, note: InstrumentNote) -> Listed:
        """Take over an instrument that the core has listed."""
        listed = Listed(number, note.ticker, note.name, Scale(note.price_step), Scale(note.quantity_step))
        self.instruments.add(listed)
        self.teller.list(number, note.ticker, listed.price.text, listed.quantity.text)
        state = self.sequencer.exchange.instrument(number)
        last = state.mark if state.last_price is None else state.last_price
        self.markets.add(number, Market(last=last, phase=int(state.phase)))
        return listed

    async def list_instrument(self, wanted: InstrumentSettings) -> Listed:
        """List an instrument and open it for trading.

        Raises:
            ConfigError: Its steps do not fit.
            Refused: The core refuses it.
        """
        if self.instruments.find(wanted.ticker) is not None:
            raise ConfigError(f"{wanted.ticker} is listed already")
        multiplier = multiplier_of(wanted.price_step, wanted.quantity_step, self.settings.cash_step)
        note = InstrumentNote(
            ticker=wanted.ticker,
            name=wanted.name or wanted.ticker,
            price_step=str(wanted.price_step),
            quantity_step=str(wanted.quantity_step),
            cash_step=str(self.settings.cash_step),
        )
        initial_price = Scale(wanted.price_step).steps(wanted.initial_price)

        def listing(carry: Carry) -> Listed:
            number = carry(
                "list_instrument",
                INSTRUMENT + msgspec.json.encode(note),
                multiplier=multiplier,
                initial_price=initial_price,
                maker_fee_ppm=wanted.maker_fee_ppm,
                taker_fee_ppm=wanted.taker_fee_ppm,
                protection_ppm=wanted.protection_ppm,
                breaker_ppm=wanted.breaker_ppm,
            )
            listed = self.know(number, note)
            carry("set_phase", instrument=number, phase=Phase.CONTINUOUS)
            return listed

        return await self.sequencer.administer(listing)

    async def open_account(self, user_id: str, username: str, role: Role) -> int:
        """Open an account, with the starting cash for a trader; return its number once it is kept.

        Raises:
            Refused: It cannot be opened now.
        """
        note = ACCOUNT + msgspec.json.encode(AccountNote(user_id=user_id, username=username, role=role))
        cash = self.cash.steps(self.settings.starting_cash) if role is Role.TRADER else 0

        def opening(carry: Carry) -> int:
            account = carry("open_account", note)
            if cash:
                carry("deposit", account=account, amount=cash)
            self.accounts.add(Holder(account, user_id, username, role))
            return account

        return await self.sequencer.administer(opening)
