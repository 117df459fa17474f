"""Units of the classic agent types: quantities of the thing that is traded, parts of the price, probabilities, seconds.

Sizes are exact: one that is no whole number of lots is refused, and so is one that the kernel cannot carry.
"""

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Annotated, Any, Final, NoReturn

from pydantic import BeforeValidator, Field, TypeAdapter, WithJsonSchema

from crossbook.core import ConfigError
from crossbook.lab.config.agents import Lots
from crossbook.lab.config.model import Market
from crossbook.lab.config.units import price

SECONDS_MAX: Final = 86_400.0
POSITION_LOTS_MAX: Final = 1 << 40
_EXACT: Final = Context(prec=100)
"""More digits than any size divided by any lot has."""


def _most(kind: Any) -> int:
    """Return the largest value that a bounded whole number of a run file may have."""
    return int(TypeAdapter(kind).json_schema()["maximum"])


ORDER_LOTS_MAX: Final = _most(Lots)


def _decimal(value: Any) -> Decimal:
    """Return a number as the digits that were written."""
    try:
        return Decimal(price(str(value) if isinstance(value, Decimal) else value))
    except ValueError:
        raise ValueError("must be a decimal number of at most 40 digits, such as 0.5") from None


def real(value: Any) -> Any:
    """Return a decimal as a float, and anything else as it is."""
    return float(value) if isinstance(value, Decimal) else value


def bounded(schema: str, unit: str, **bounds: Any) -> WithJsonSchema:
    """Return what a form is told of a number."""
    return WithJsonSchema({"type": schema, "unit": unit, **bounds})


Quantity = Annotated[
    Decimal, BeforeValidator(_decimal), Field(gt=0, le=10**12), bounded("number", "units", exclusiveMinimum=0)
]
"""How much of the thing that is traded, exactly."""
Position = Annotated[
    Decimal, BeforeValidator(_decimal), Field(ge=0, le=10**12), bounded("number", "units", minimum=0)
]
Probability = Annotated[
    float,
    BeforeValidator(real),
    Field(gt=0, le=1),
    bounded("number", "probability", exclusiveMinimum=0, maximum=1),
]
"""Above zero: who never does anything may as well be left out."""
Chance = Annotated[
    float, BeforeValidator(real), Field(ge=0, le=1), bounded("number", "probability", minimum=0, maximum=1)
]
Fraction = Annotated[
    float,
    BeforeValidator(real),
    Field(ge=0, le=1),
    bounded("number", "part of the price", minimum=0, maximum=1),
]
Seconds = Annotated[
    float,
    BeforeValidator(real),
    Field(gt=0, le=SECONDS_MAX),
    bounded("number", "s", exclusiveMinimum=0, maximum=SECONDS_MAX),
]


@dataclass(frozen=True, slots=True)
class Measures:
    """Turns units, parts of the price and probabilities into what the kernel counts in."""

    market: Market

    def lots(self, name: str, size: Decimal, *, drawn: bool = False) -> int:
        """Return a size in lots.

        Args:
            name: Of the parameter.
            size: In units.
            drawn: Whether sizes up to this one are drawn lot by lot.

        Raises:
            ConfigError: It is no whole number of lots, or out of range.
        """
        lots = self._whole(name, size)
        if lots > ORDER_LOTS_MAX:
            refuse(name, f"must be at most {self._units(ORDER_LOTS_MAX)}, not {size:f}")
        step = self.market.lot_step
        if drawn and step > 1:
            refuse(name, f"is drawn lot by lot, and the market trades in steps of {self._units(step)}")
        if lots % step:
            refuse(name, f"must be a multiple of {self._units(step)}, not {size:f}")
        return lots

    def position(self, name: str, size: Decimal) -> int:
        """Return a limit of position in lots; what is more than the kernel can limit is no limit.

        Raises:
            ConfigError: It is no whole number of lots.
        """
        return min(self._whole(name, size), POSITION_LOTS_MAX)

    def ticks(self, part: float | Decimal) -> float:
        """Return a part of the initial price in ticks, which need not be whole."""
        initial = Decimal(self.market.initial_price) / Decimal(self.market.price_step)
        return float(Decimal(str(part)) * initial)

    def _whole(self, name: str, size: Decimal) -> int:
        lots, rest = _EXACT.divmod(size, Decimal(self.market.lot_size))
        if rest:
            refuse(name, f"{size:f} is no whole number of lots of {self._units(1)}")
        return int(lots)

    def _units(self, lots: int) -> str:
        return f"{(lots * Decimal(self.market.lot_size)).normalize():f}"


def refuse(name: str, problem: str) -> NoReturn:
    """Raise the error of a parameter.

    Raises:
        ConfigError: Always.
    """
    raise ConfigError(f"{name}: {problem}")
