"""What is measured of a market and of a group of agents: each number with its name and how it reads.

The page of one run and the comparison of several show the same measures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from crossbook.lab.report import numbers
from crossbook.lab.report.manifest import AgentMetrics, Manifest, Market, MarketMetrics
from crossbook.lab.report.units import Unit, cash_unit, mean_quantity_unit, price_unit, quantity_unit


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its name."""

    label: str
    value: float | None
    read: Callable[[float | None], str]
    unit: str = ""
    step: Decimal = Decimal(1)
    """What one of the value is worth: values of different steps have no difference."""
    is_share: bool = False
    """A share differs by percentage points."""

    @property
    def text(self) -> str:
        """The number as it reads, without its unit."""
        return self.read(self.value)

    @property
    def text_with_unit(self) -> str:
        """The number as it reads where no heading names the unit."""
        return f"{self.text} {self.unit}" if self.unit and self.text != numbers.ABSENT else self.text

    def difference(self, other: "Measure") -> str:
        """Return how much more this is than another of its kind, and by what part of that."""
        if self.value is None or other.value is None or (self.unit, self.step) != (other.unit, other.step):
            return numbers.ABSENT
        more = self.value - other.value
        if not more:
            return "same"
        if self.is_share:
            return f"{_plus(numbers.decimal(more * 100, 2), more)} pp"
        text = _plus(self.read(more), more)
        # What part it is of nothing, or of a loss, says nothing.
        part = numbers.ratio(more, other.value) if self.value > 0 and other.value > 0 else None
        return text if part is None else f"{text} ({_plus(numbers.percent(part), part)})"


def market_measures(market: Market, metrics: MarketMetrics) -> list[Measure]:
    """Return the day of a market. Prices in its currency, spreads in ticks, quantities in what is traded."""
    prices = price_unit(market)
    volume = quantity_unit([market], [metrics.volume])
    depth = mean_quantity_unit(market, [metrics.depth_mean])
    step, unit, price = prices.step, prices.name, prices.read
    change = None
    if metrics.open is not None and metrics.close is not None:
        change = numbers.ratio(metrics.close - metrics.open, metrics.open)
    volatility = metrics.return_volatility_1m
    return [
        Measure("Open", metrics.open, price, unit, step),
        Measure("High", metrics.high, price, unit, step),
        Measure("Low", metrics.low, price, unit, step),
        Measure("Close", metrics.close, price, unit, step),
        Measure("Change", change, partial(numbers.percent, places=2), is_share=True),
        Measure("VWAP", metrics.vwap, partial(numbers.scaled, step=step, extra=2), unit, step),
        Measure("Trades", metrics.trades, numbers.count),
        Measure("Volume", metrics.volume, volume.read, volume.name, volume.step),
        Measure("Orders", metrics.orders, numbers.count),
        Measure("Cancels", metrics.cancels, numbers.count),
        Measure(
            "Orders per trade",
            numbers.ratio(metrics.orders, metrics.trades),
            partial(numbers.decimal, places=1),
        ),
        Measure("Spread mean, ticks", metrics.spread_mean, partial(numbers.decimal, places=3)),
        Measure("Spread median, ticks", metrics.spread_median, partial(numbers.decimal, places=1)),
        Measure(
            "Volatility, 1 min, bp",
            None if volatility is None else volatility * 1e4,
            partial(numbers.decimal, places=2),
        ),
        Measure("Depth at best", metrics.depth_mean, depth.read, depth.name, depth.step),
    ]


@dataclass(frozen=True, slots=True)
class AgentUnits:
    """How numbers of all groups of agents of a run read."""

    money: Unit
    quantity: Unit

    @classmethod
    def of(cls, manifest: Manifest, groups: Sequence[AgentMetrics]) -> "AgentUnits":
        """Return those that suit all groups: digits under each other are of one size."""
        money = [
            value for group in groups for value in (group.pnl_total, group.pnl_min, group.pnl_max, group.fees)
        ]
        volumes = [group.volume for group in groups]
        return cls(cash_unit(manifest, money), quantity_unit(manifest.markets, volumes))


def agent_measures(metrics: AgentMetrics, units: AgentUnits) -> list[Measure]:
    """Return what a group of agents did and earned."""
    money, quantity = units.money, units.quantity

    def cash(label: str, value: float | None) -> Measure:
        return Measure(label, value, money.read, money.name, money.step)

    return [
        Measure("Agents", metrics.count, numbers.count),
        Measure("Orders", metrics.orders, numbers.count),
        Measure("Fills", metrics.trades, numbers.count),
        Measure("Volume", metrics.volume, quantity.read, quantity.name, quantity.step),
        cash("Total", metrics.pnl_total),
        cash("Mean", metrics.pnl_mean),
        cash("Median", metrics.pnl_median),
        cash("Min", metrics.pnl_min),
        cash("Max", metrics.pnl_max),
        Measure("Positive", metrics.share_positive, numbers.percent, is_share=True),
        cash("Fees", metrics.fees),
    ]


def _plus(text: str, value: float) -> str:
    return f"+{text}" if value > 0 and text.strip("0.,%") else text
