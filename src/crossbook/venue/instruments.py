"""The instruments of a venue: how they are called and written, and what the core knows of them.

The core trades whole ticks of whole lots for whole units of cash. Here these become decimals and back, exactly: a
price is `ticks` times the instrument's price step, and so on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from crossbook.core import ConfigError, OrderReader, Step, UsageError
from crossbook.venue.refusals import UNKNOWN_TICKER, Refused

DECIMAL_DIGITS_MAX: Final = 40
"""Digits of a number that anybody may send, its exponent counted: nothing longer is ever multiplied out."""


class Scale:
    """Whole steps as the numbers that people write, and back.

    Args:
        step: The size of one step, above zero.
    """

    __slots__ = ("_denominator", "_numerator", "_step", "text")

    def __init__(self, step: Decimal | str) -> None:
        self.text = format(Decimal(step).normalize(), "f")
        self._step = Step(self.text)
        size = Fraction(self.text)
        self._numerator, self._denominator = size.numerator, size.denominator

    @property
    def whole(self) -> bool:
        """Whether every number of steps is a whole number."""
        return self._denominator == 1

    def number(self, steps: int) -> int | float:
        """Return a number of steps as JSON writes it: the float nearest to the decimal, or a whole number."""
        if self._denominator == 1:
            return steps * self._numerator
        return steps * self._numerator / self._denominator

    def steps(self, value: Decimal | int) -> int:
        """Return how many steps a decimal is worth.

        Raises:
            UsageError: It is no whole number of steps, or fits nowhere.
        """
        try:
            return self._step.parse(value)
        except UsageError:
            # A number that was written with an exponent is written out, where that does not take all the paper.
            if not isinstance(value, Decimal) or not value.is_finite():
                raise
            if abs(value.adjusted()) > DECIMAL_DIGITS_MAX:
                raise
            return self._step.parse(format(value, "f"))


@dataclass(frozen=True, slots=True)
class Listed:
    """An instrument as the venue lists it."""

    number: int
    """The core's number for it."""
    ticker: str
    name: str
    price: Scale
    quantity: Scale


def multiplier_of(price_step: Decimal, quantity_step: Decimal, cash_step: Decimal) -> int:
    """Return how many units of cash one tick of one lot is worth.

    Raises:
        ConfigError: It is no whole number of them.
    """
    worth = Fraction(price_step) * Fraction(quantity_step) / Fraction(cash_step)
    if worth.denominator != 1:
        raise ConfigError(
            f"a price step of {price_step} of a quantity step of {quantity_step} is no whole number of "
            f"cash steps of {cash_step}"
        )
    return worth.numerator


class Instruments:
    """All that are listed, by ticker and by number."""

    def __init__(self) -> None:
        self._by_ticker: dict[str, Listed] = {}
        self._by_number: dict[int, Listed] = {}
        self.reader: Final = OrderReader()
        """Reads ordinary orders in them."""

    def add(self, listed: Listed) -> None:
        """Add one that was listed.

        Raises:
            ConfigError: Its ticker or number is taken.
        """
        if listed.ticker in self._by_ticker or listed.number in self._by_number:
            raise ConfigError(f"{listed.ticker} is listed already")
        self._by_ticker[listed.ticker] = listed
        self._by_number[listed.number] = listed
        self.reader.list(listed.number, listed.ticker, listed.price.text, listed.quantity.text)

    def find(self, ticker: str) -> Listed | None:
        """Return the one with a ticker, if there is any."""
        return self._by_ticker.get(ticker)

    def listed(self, ticker: str, status: int = 400) -> Listed:
        """Return the one with a ticker.

        Args:
            ticker: The ticker.
            status: The status of the refusal, where there is none.

        Raises:
            Refused: There is none.
        """
        listed = self._by_ticker.get(ticker)
        if listed is None:
            raise Refused(UNKNOWN_TICKER, f"there is no instrument {ticker!r}", status)
        return listed

    def numbered(self, number: int) -> Listed:
        """Return the one with the core's number."""
        return self._by_number[number]

    def __iter__(self) -> Iterator[Listed]:
        return iter(self._by_ticker.values())

    def __len__(self) -> int:
        return len(self._by_ticker)
