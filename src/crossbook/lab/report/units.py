"""What the whole numbers of a run are worth to people: ticks as prices, lots as quantities, cash units as money.

Files keep ticks, lots and cash units. Assumes of a market that a tick is `price_step` of its currency for one of the
thing, that a lot is `lot` of the thing, and that a tick of a lot is `multiplier` cash units.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final

from crossbook.lab.report import numbers
from crossbook.lab.report.manifest import Manifest, Market

QUANTITY_DIGITS: Final = 8
MONEY_DIGITS: Final = 6
MEAN_DIGITS: Final = 6
"""Digits that the largest of some numbers shows, as far as the units have them."""
_ANYTHING: Final = "units"


@dataclass(frozen=True, slots=True)
class Unit:
    """How a whole number reads, and in what."""

    step: Decimal
    """What one is worth."""
    name: str
    """Of the unit; empty where it has none."""
    places: int
    """Decimals that are shown."""

    @property
    def read(self) -> Callable[[float | None], str]:
        """The function that writes a number of them."""
        return partial(numbers.scaled, step=self.step, places=self.places)


def price_unit(market: Market) -> Unit:
    """Return how the prices of a market read."""
    step = numbers.step_of(market.price_step)
    return Unit(step, market.currency, numbers.decimals_of(step))


def quantity_unit(
    markets: Sequence[Market], values: Iterable[float | None], digits: int = QUANTITY_DIGITS
) -> Unit:
    """Return how quantities read that belong to some markets together.

    Lots of different sizes have no unit in common but the lot.

    Args:
        markets: Where the quantities are from.
        values: All that are shown beside each other, in lots.
        digits: How many the largest of them shows.
    """
    sizes = {numbers.step_of(market.lot) for market in markets}
    if sizes == {Decimal(1)} or len(sizes) != 1:
        return Unit(Decimal(1), "lots", 0)
    things = {_thing(market) for market in markets}
    size = sizes.pop()
    name = things.pop() if len(things) == 1 else _ANYTHING
    return Unit(size, name, numbers.places_of(size, values, digits))


def mean_quantity_unit(market: Market, values: Iterable[float | None]) -> Unit:
    """Return how mean quantities of a market read, which are between two lots."""
    unit = quantity_unit([market], ())
    return Unit(unit.step, unit.name, max(1, numbers.places_of(unit.step, values, MEAN_DIGITS, extra=1)))


def cash_unit(manifest: Manifest, values: Iterable[float | None]) -> Unit:
    """Return how money of a run's agents reads: in currency where the markets agree what a cash unit is.

    It has the decimals of prices at least, and of money that is next to nothing as many as show it.

    Args:
        manifest: What the run says of its markets.
        values: All that are shown beside each other, in cash units.
    """
    markets = manifest.markets
    currencies = {market.currency for market in markets}
    currency = currencies.pop() if len(currencies) == 1 else ""
    steps = {_cash_step(market) for market in markets}
    if manifest.cash_step is not None:
        steps = {numbers.step_of(manifest.cash_step)}
    if len(steps) != 1:
        return Unit(Decimal(1), "cash units", 0)
    step = steps.pop()
    decimals = [numbers.decimals_of(numbers.step_of(market.price_step)) for market in markets]
    least = min(numbers.decimals_of(step), max(decimals, default=0))
    return Unit(step, currency, max(least, numbers.places_of(step, values, MONEY_DIGITS)))


def _thing(market: Market) -> str:
    """Return what is traded: of a pair such as BTC/USD its first part."""
    base, slash, _ = market.symbol.partition("/")
    return base.strip() if slash and base.strip() else _ANYTHING


def _cash_step(market: Market) -> Decimal:
    """Return what a cash unit is worth: a tick of a lot is `multiplier` of them."""
    tick_of_a_lot = numbers.step_of(market.price_step) * numbers.step_of(market.lot)
    return tick_of_a_lot / numbers.step_of(market.multiplier)
