"""Checks of the parameters of traders, the same that the native agents make of theirs."""

import math

INTEGER_MAX = 2**63 - 1
"""Largest whole number of the native agents."""


def real(name: str, value: object, low: float = 0.0, high: float = math.inf) -> float:
    """Return a finite number of a range, both ends included.

    Raises:
        TypeError: It is no number.
        ValueError: It is out of the range, or not finite.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number, not {value!r}")
    number = float(value)
    if not (math.isfinite(number) and low <= number <= high):
        span = f"from {low:g} to {high:g}" if math.isfinite(high) else f"of at least {low:g}"
        raise ValueError(f"{name} must be a finite number {span}, not {value!r}")
    return number


def whole(name: str, value: object, low: int = 0, high: int = INTEGER_MAX) -> int:
    """Return a whole number of a range, both ends included.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is out of the range.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number, not {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}, not {value}")
    return value


def floored(value: float) -> int:
    """Return the floor of a number, cut to what 63 bits hold, as the native agents do."""
    if value >= float(INTEGER_MAX):
        return INTEGER_MAX
    return max(math.floor(value), -INTEGER_MAX - 1)
