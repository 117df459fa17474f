"""Whole numbers of steps as decimals, exactly and of any size.

`crossbook.core.Step` reads and writes what fits 64 bits; sums of worth, in ticks times lots, may be larger.
"""

from decimal import Decimal
from typing import Final


class Scale:
    """How a count of ticks, lots or cash units is written.

    Args:
        size: What one of them is worth, a decimal above zero such as `0.01`.
    """

    __slots__ = ("_mantissa", "places", "size")

    def __init__(self, size: Decimal) -> None:
        if not size.is_finite() or size <= 0:
            raise ValueError(f"a step is a decimal above zero, not {size}")
        _, digits, exponent = size.as_tuple()
        whole = int("".join(map(str, digits)))
        power = int(exponent)
        self.size: Final = size
        self.places: Final = max(0, -power)
        """Digits after the point, of every number that is written."""
        self._mantissa: Final = whole * 10 ** max(0, power)

    def text(self, steps: int) -> str:
        """Write so many steps as a decimal with all its places, which is a number in JSON too."""
        places = self.places
        units = steps * self._mantissa
        if not places:
            return str(units)
        sign = "-" if units < 0 else ""
        digits = str(abs(units)).rjust(places + 1, "0")
        return f"{sign}{digits[:-places]}.{digits[-places:]}"

    def decimal(self, steps: int) -> Decimal:
        """Return so many steps as a decimal, exactly."""
        return Decimal(self.text(steps))

    def number(self, steps: int) -> float:
        """Return so many steps as the nearest float, for pictures and progress."""
        return float(steps * self.size)
