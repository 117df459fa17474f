"""Prices and quantities on their way to the venue: exact, or refused."""

from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from crossbook.core import UsageError

Amount: TypeAlias = Decimal | int | str
"""What may stand for a price or a quantity. A float may not: 0.1 + 0.2 is no price."""


def amount(name: str, value: Amount) -> Decimal | int:
    """Return a number as it goes over the wire.

    Raises:
        UsageError: It is a float or no finite number.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise UsageError(
            f'{name} must be a Decimal, a whole number or a text such as "101.25", not {value!r}'
        )
    if isinstance(value, int):
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise UsageError(f"{name} must be a number, not {value!r}") from None
    if not number.is_finite():
        raise UsageError(f"{name} must be a finite number, not {value!r}")
    # Written without an exponent, and whole numbers without a point: a venue may take 5.0 shares for a fraction.
    if number == number.to_integral_value() and abs(number) < 10**18:
        return int(number)
    return Decimal(format(number, "f"))


def optional_amount(name: str, value: Amount | None) -> Decimal | int | None:
    """Return the number as `amount` does, or none for none."""
    return None if value is None else amount(name, value)
