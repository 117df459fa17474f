"""Numbers as a person reads them. Money and prices are exact: integers times a decimal step, never through a float.

A number that is not there, or is no number, is shown as a dash.
"""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeGuard

ABSENT: Final = "–"  # noqa: RUF001 - the dash of an empty cell
MINUS: Final = "−"  # noqa: RUF001 - the minus sign, as wide as a digit
NS_PER_SECOND: Final = 1_000_000_000


def step_of(text: str | None) -> Decimal:
    """Return a step as a decimal; one where the text is no positive number."""
    try:
        step = Decimal(text or "1")
    except InvalidOperation:
        return Decimal(1)
    return step if step.is_finite() and step > 0 else Decimal(1)


def decimals_of(step: Decimal) -> int:
    """Return how many decimals a multiple of the step has at most."""
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def places_of(step: Decimal, values: Iterable[float | None], digits: int, extra: int = 0) -> int:
    """Return how many decimals show so many digits of the largest of some multiples of a step; none of nothing.

    They are no more than the step has, and so many more.
    """
    largest = max((abs(value) for value in values if _is_number(value)), default=0.0)
    if not largest:
        return 0
    before_the_point = (Decimal(largest) * step).adjusted() + 1
    return min(decimals_of(step) + extra, max(0, digits - before_the_point))


def count(value: float | None) -> str:
    """Return a whole number with its thousands parted."""
    return _signed(Decimal(round(value)), 0) if _is_number(value) else ABSENT


def decimal(value: float | None, places: int) -> str:
    """Return a measured number with so many decimals."""
    return _signed(Decimal(value), places) if _is_number(value) else ABSENT


def significant(value: float | None, digits: int = 4) -> str:
    """Return a measured number with so many significant digits, as an exponent only where it is very small."""
    if not _is_number(value):
        return ABSENT
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    if not -5 < magnitude < 12:
        return f"{value:.{digits - 1}e}".replace("-", MINUS)
    return _signed(Decimal(value), max(0, digits - 1 - magnitude))


def shortest(value: float | None) -> str:
    """Return a number as it was written down: without the zeros that say nothing."""
    text = significant(value, 6)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def scaled(value: float | None, step: Decimal, extra: int = 0, places: int | None = None) -> str:
    """Return units times their step, with the step's decimals or so many, and so many more."""
    if not _is_number(value):
        return ABSENT
    return _signed(Decimal(value) * step, (decimals_of(step) if places is None else places) + extra)


def percent(value: float | None, places: int = 1) -> str:
    """Return a fraction as a percentage."""
    return f"{decimal(value * 100, places)}%" if _is_number(value) else ABSENT


def ratio(upper: float | None, lower: float | None) -> float | None:
    """Return a quotient, and nothing where there is none."""
    return upper / lower if _is_number(upper) and _is_number(lower) and lower else None


def time_of_day(time_ns: int | None) -> str:
    """Return nanoseconds since midnight as HH:MM:SS, with a fraction where there is one."""
    if time_ns is None:
        return ABSENT
    seconds, rest = divmod(time_ns, NS_PER_SECOND)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest:09}".rstrip("0") if rest else text


def duration(seconds: float | None) -> str:
    """Return a length of time in the units that suit it."""
    if not _is_number(seconds):
        return ABSENT
    if seconds < 60:
        return f"{significant(seconds, 3)} s"
    whole = round(seconds)
    days, hours, minutes = whole // 86_400, whole // 3600 % 24, whole // 60 % 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (whole % 60, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def plain(value: object) -> str:
    """Return a value of a file of unknown make as plain text."""
    match value:
        case None | "":
            return ABSENT
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return count(value) if isinstance(value, int) else shortest(value)
        case Mapping():
            known: Mapping[str, Any] = value
            return ", ".join(f"{key}: {plain(one)}" for key, one in known.items())
        case list():
            return ", ".join(plain(one) for one in value)
        case _:
            return str(value)


def _signed(value: Decimal, places: int) -> str:
    text = f"{value:,.{places}f}"
    if not text.strip("-0.,"):
        return text.lstrip("-")
    return text.replace("-", MINUS)


def _is_number(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)
