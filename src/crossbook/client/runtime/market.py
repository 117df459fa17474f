"""A market as a runtime keeps it: in ticks and lots, from the channels of the venue."""

import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import msgspec

from crossbook.client.book import KeptBook
from crossbook.client.models import MarketView, TradeView
from crossbook.client.runtime.seen import Book, Trade
from crossbook.client.wire import Frame
from crossbook.core import ConfigError, Phase, Step, UsageError

NS_PER_MS: Final = 1_000_000
_SIDES: Final = {"buy": 1, "sell": -1, "auction": 0}


class Scale:
    """The units of a market: from decimals to whole ticks, lots and cash units, and back."""

    def __init__(self, price_step: Decimal, quantity_step: Decimal, cash_step: Decimal) -> None:
        """Take the steps.

        Raises:
            ConfigError: A tick of one lot is no whole number of cash units.
        """
        self._price, self._quantity, self._cash = price_step, quantity_step, cash_step
        self._price_step = Step(format(price_step, "f"))
        self._quantity_step = Step(format(quantity_step, "f"))
        worth = price_step * quantity_step / cash_step
        if worth != worth.to_integral_value():
            raise ConfigError(
                f"a tick of {price_step} of {quantity_step} is no whole number of cash units of {cash_step}"
            )
        self.multiplier = int(worth)
        """Cash units that a tick of one lot is worth."""

    def ticks(self, price: Decimal) -> int:
        """Return a price in ticks."""
        return int((price / self._price).to_integral_value())

    def lots(self, quantity: Decimal) -> int:
        """Return a quantity in lots."""
        return int((quantity / self._quantity).to_integral_value())

    def cash(self, amount: Decimal) -> int:
        """Return an amount of money in cash units."""
        return int((amount / self._cash).to_integral_value())

    def price(self, ticks: int) -> Decimal:
        """Return a number of ticks as the venue writes prices."""
        return Decimal(self._price_step.format(ticks))

    def quantity(self, lots: int) -> Decimal | int:
        """Return a number of lots as the venue writes quantities."""
        text = self._quantity_step.format(lots)
        return Decimal(text) if "." in text else int(text)


class _Tape(msgspec.Struct):
    trades: list[TradeView] = []


class _Glance(msgspec.Struct):
    phase: str = "continuous"


def phase_of(word: str) -> int:
    """Return the number of a phase; one that is not known counts as a halt, in which nobody trades."""
    return int(Phase.__members__.get(word.upper(), Phase.HALT))


@dataclass(slots=True)
class Last:
    """The newest trades of a market."""

    price: int | None = None
    volume: int = 0
    """Lots traded since the runtime began to listen."""
    trade_id: int = 0
    heard: bool = False
    """Whether the tape was seen at all."""


class Market:
    """What is known of a market."""

    def __init__(self, view: MarketView, cash_step: Decimal) -> None:
        """Begin with a look at the market."""
        self.symbol = view.ticker
        self.scale = Scale(view.price_step, view.quantity_step, cash_step)
        self.initial_price = self.scale.ticks(view.current_price)
        """The price when the runtime began to listen, in ticks."""
        self.phase = phase_of(view.phase)
        self.last = Last()
        self.kept = KeptBook[int](self.scale.ticks, self.scale.lots)
        self.book = Book(self.symbol, time.time_ns(), None, 0, None, 0, self.kept)

    def take_book(self, frame: Frame) -> bool:
        """Take in a message of `book:…`; return whether the best prices, or what stands there, changed."""
        self.kept.take(frame)
        bid, bid_quantity = self.kept.best_bid or (None, 0)
        ask, ask_quantity = self.kept.best_ask or (None, 0)
        old = self.book
        if (bid, bid_quantity, ask, ask_quantity) == (old.bid, old.bid_quantity, old.ask, old.ask_quantity):
            return False
        self.book = Book(self.symbol, time.time_ns(), bid, bid_quantity, ask, ask_quantity, self.kept)
        return True

    def take_trades(self, frame: Frame) -> list[Trade]:
        """Take in a message of `trades:…`; return the trades that are new.

        A snapshot tells of the newest trades again. Before the first one nothing was listened to, so it only says what
        the last price is; later ones fill what was missed.
        """
        if not frame.snapshot:
            return [self._traded(frame.read(TradeView))]
        first, self.last.heard = not self.last.heard, True
        views = [view for view in frame.read(_Tape).trades if int(view.trade_id) > self.last.trade_id]
        trades = [self._traded(view) for view in views]
        if first:
            self.last.volume = 0
            return []
        return trades

    def _traded(self, view: TradeView) -> Trade:
        price, lots = self.scale.ticks(view.price), self.scale.lots(view.quantity)
        self.last.price = price
        self.last.volume += lots
        self.last.trade_id = int(view.trade_id)
        return Trade(self.symbol, view.timestamp * NS_PER_MS, price, lots, _SIDES[view.side])


def phases_of(frame: Frame) -> dict[str, int]:
    """Return the phases that a message of `prices` tells of."""
    return {ticker: phase_of(glance.phase) for ticker, glance in frame.read(dict[str, _Glance]).items()}


def unknown_symbol(symbol: object, symbols: tuple[str, ...]) -> UsageError:
    """Return the error for a symbol that is none of a trader's."""
    return UsageError(f"symbol must be one of {', '.join(symbols)}, not {symbol!r}")
