"""Units as people write them: durations such as `60s`, times of day such as `09:30`, prices as decimals.

Each type is a whole number once it is read: nanoseconds, nanoseconds since midnight, or the text of an exact decimal.
"""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

_UNITS: Final = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "min": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}
_DURATION: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?(?:e-?[0-9]{1,2})?) ?([a-z]+)")
_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?")
DAY_NS: Final = _UNITS["d"]
TIME_NS_MAX: Final = 1 << 60
"""Longest duration and latest time, 36 years: the kernel's own limit."""
_PRICE_DIGITS_MAX: Final = 40


def duration(value: Any) -> Any:
    """Return nanoseconds for text such as `1.5 ms`, and anything else as it is."""
    if not isinstance(value, str):
        return _bounded(value)
    match = _DURATION.fullmatch(value.strip())
    if match is None or match[2] not in _UNITS:
        raise ValueError(f"must be a duration such as 60s, 1.5 ms or 2h (units: {', '.join(_UNITS)})")
    nanoseconds = Decimal(match[1]) * _UNITS[match[2]]
    if nanoseconds != int(nanoseconds):
        raise ValueError("must be a whole number of nanoseconds")
    return _bounded(int(nanoseconds))


def clock(value: Any) -> Any:
    """Return nanoseconds since midnight for text such as `09:30:00.5` or `7d`, and anything else as it is."""
    if not isinstance(value, str):
        return _bounded(value)
    if _DURATION.fullmatch(value.strip()):
        return duration(value)
    match = _CLOCK.fullmatch(value.strip())
    if match is None or int(match[1]) > 24 or int(match[2]) > 59 or int(match[3] or 0) > 59:
        raise ValueError(
            "must be a time of day such as 09:30 or 16:00:00.25, or a time since midnight such as 36h"
        )
    whole = (int(match[1]) * 60 + int(match[2])) * 60 + int(match[3] or 0)
    return whole * _UNITS["s"] + int((match[4] or "0").ljust(9, "0"))


def _bounded(value: Any) -> Any:
    """Return a time as it is, unless it is longer than the kernel can count."""
    if isinstance(value, int) and value > TIME_NS_MAX:
        raise ValueError("must be less than 36 years")
    return value


def price(value: Any) -> Any:
    """Return a price as the text of an exact decimal: numbers count as the digits that were written."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("must be a price such as 100.00")  # noqa: TRY004 - pydantic's own errors are of this kind
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("must be a price such as 100.00") from None
    if not number.is_finite():
        raise ValueError("must be a finite price")
    # An exponent may stand for more zeros than fit into memory.
    if abs(number.adjusted()) > _PRICE_DIGITS_MAX or len(number.as_tuple().digits) > _PRICE_DIGITS_MAX:
        raise ValueError(f"must be a price of at most {_PRICE_DIGITS_MAX} digits")
    return format(number, "f")


def written_clock(nanoseconds: int) -> str:
    """Write nanoseconds since midnight as a time of day, as short as it can be without losing anything."""
    seconds, rest = divmod(nanoseconds, _UNITS["s"])
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest:09}".rstrip("0") if rest else text


def midnight(moment: datetime) -> int:
    """Return when the day of a moment began, which simulated time counts from, in seconds since 1970."""
    return int(moment.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())


Duration = Annotated[
    int,
    BeforeValidator(duration),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^[0-9.e-]+ ?[a-z]+$"}]}),
]
"""Whole nanoseconds; in a file also text with a unit: `60s`, `1.5 ms`, `2h`."""

Clock = Annotated[
    int,
    BeforeValidator(clock),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer"},
                {"type": "string", "pattern": r"^(\d{1,2}:\d{2}|[0-9.e-]+ ?[a-z]+$)"},
            ]
        }
    ),
]
"""Nanoseconds since midnight; in a file also a time of day, `09:30`, or a time since midnight, `36h`."""

Price = Annotated[
    str,
    BeforeValidator(price),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}]}),
]
"""A decimal in the currency of the market; in a file a number or text."""
