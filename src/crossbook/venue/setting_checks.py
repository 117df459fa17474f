"""What must fit together in the settings of a venue, beyond what each of them says by itself.

A mistake is told as the dotted path of a setting, a colon, and what is wrong, so that the reader of files can put the
line before it. Nothing is imported and nothing is opened here: whether traders load is asked elsewhere.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from crossbook.settings import nearest

if TYPE_CHECKING:
    from crossbook.venue.settings import BotSettings, InstrumentSettings, VenueFile

INSTRUMENTS_MAX: Final = 256
"""Most instruments of a venue."""
PRICE_TICKS_MAX: Final = 10_000_000
"""The core's highest price unless told."""
CASH_UNITS_MAX: Final = 2**53 - 1
"""The most that is given to one account at once: what every reader of JSON can write exactly."""
BOT_ACCOUNTS_MAX: Final = 1_000
"""Most accounts of the house: each has a user, a key and a connection."""


def first_mistake(settings: "VenueFile") -> str | None:
    """Return the first thing that does not fit together, in one line; `None` where everything does."""
    return next(_mistakes(settings), None)


def _mistakes(settings: "VenueFile") -> Iterator[str]:
    if not 1 <= len(settings.instruments) <= INSTRUMENTS_MAX:
        yield f"instruments: there must be from 1 to {INSTRUMENTS_MAX}, and there are {len(settings.instruments)}"
    seen: dict[str, int] = {}
    for number, instrument in enumerate(settings.instruments):
        place = f"instruments.{number}"
        first = seen.setdefault(instrument.ticker, number)
        if first != number:
            yield f"{place}.ticker: {instrument.ticker} is listed already, as instruments.{first}"
        yield from _of_instrument(instrument, place, settings.cash_step)
    yield from _of_cash("starting_cash", settings.starting_cash, settings.cash_step)
    yield from _of_house(settings)


def _of_instrument(instrument: "InstrumentSettings", place: str, cash_step: Decimal) -> Iterator[str]:
    ticks = _times(instrument.initial_price, instrument.price_step)
    if ticks is None:
        yield (
            f"{place}.initial_price: {_written(instrument.initial_price)} is no multiple of the price_step "
            f"{_written(instrument.price_step)}"
        )
    elif ticks > PRICE_TICKS_MAX:
        yield (
            f"{place}.initial_price: {_written(instrument.initial_price)} is {ticks:,} times the price_step "
            f"{_written(instrument.price_step)}, and {PRICE_TICKS_MAX:,} is the most"
        )
    worth = instrument.price_step * instrument.quantity_step
    if _times(worth, cash_step) is None:
        yield (
            f"{place}.price_step: a tick of the smallest quantity is worth {_written(worth)}, "
            f"which is no multiple of the cash_step {_written(cash_step)}"
        )
    if instrument.maker_fee_ppm + instrument.taker_fee_ppm < 0:
        yield f"{place}.maker_fee_ppm: the rebate is more than the taker_fee_ppm pays for"


def _of_cash(place: str, amount: Decimal, step: Decimal) -> Iterator[str]:
    units = _times(amount, step)
    if units is None:
        yield f"{place}: {_written(amount)} is no multiple of the cash_step {_written(step)}"
    elif units > CASH_UNITS_MAX:
        yield f"{place}: {_written(amount)} is more than {CASH_UNITS_MAX:,} times the cash_step"


def _of_house(settings: "VenueFile") -> Iterator[str]:
    tickers = [instrument.ticker for instrument in settings.instruments]
    seen: dict[str, int] = {}
    accounts = 0
    for number, bots in enumerate(settings.house.bots):
        place = f"house.bots.{number}"
        first = seen.setdefault(bots.name, number)
        if first != number:
            yield f"{place}.name: there are bots of the name {bots.name} already, as house.bots.{first}"
        yield from _of_tickers(bots, place, tickers)
        yield from _of_cash(f"{place}.cash", bots.cash, settings.cash_step)
        accounts += bots.count * len(bots.tickers or tickers)
        if accounts > BOT_ACCOUNTS_MAX:
            yield f"{place}.count: with these there are more than {BOT_ACCOUNTS_MAX:,} bots"


def _of_tickers(bots: "BotSettings", place: str, tickers: list[str]) -> Iterator[str]:
    for position, ticker in enumerate(bots.tickers):
        if ticker not in tickers:
            near = nearest(ticker, tickers)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(tickers)}"
            yield f"{place}.tickers.{position}: no instrument has the ticker {ticker}; {hint}"
        elif ticker in bots.tickers[:position]:
            yield f"{place}.tickers.{position}: {ticker} stands there twice"


def _times(amount: Decimal, step: Decimal) -> int | None:
    """Return how many steps an amount is, or none where it is no whole number of them."""
    ratio = Fraction(amount) / Fraction(step)
    return ratio.numerator if ratio.denominator == 1 else None


def _written(amount: Decimal) -> str:
    """Write a decimal without an exponent and without zeros that say nothing."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
