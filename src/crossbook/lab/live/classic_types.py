"""Classic agent types: parameters in currency, units and parts of the price, which become those of a native kind.

A type is a model of its parameters, in which nothing is in ticks or lots. What it becomes is a group of the kernel's, so
it behaves as that kind does, with all that docs/reference/agents.md says of it.

An agent wakes up every `wakeup_interval_us`. Where it then does something with a probability only, the times between two
deeds are drawn from an exponential distribution whose mean is the interval over the probability.
"""

from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field, model_validator

from crossbook.lab.config.base import Part
from crossbook.lab.config.units import TIME_NS_MAX
from crossbook.lab.live.classic_measures import (
    Chance,
    Fraction,
    Measures,
    Position,
    Probability,
    Quantity,
    Seconds,
    bounded,
    real,
    refuse,
)

WAKEUP_US_MAX: Final = 86_400_000_000
"""A day."""
GUESS: Final = Decimal("0.005")
"""How far off an informed trader of no strength is, as a part of the price."""
WINDOW_LOOKS_MAX: Final = 4_096


class Classic(Part):
    """Parameters of a classic type."""

    kind: ClassVar[str]
    """The native kind that it becomes."""

    wakeup_interval_us: Annotated[
        int, Field(ge=1, le=WAKEUP_US_MAX), bounded("integer", "µs", minimum=1, maximum=WAKEUP_US_MAX)
    ] = 100_000
    """Microseconds between two wakeups of an agent."""

    @abstractmethod
    def native(self, to: Measures) -> dict[str, Any]:
        """Return the parameters of the native kind.

        Raises:
            ConfigError: One does not fit the market.
        """

    def wait_ns(self, name: str | None = None) -> int:
        """Return the mean time between two deeds, in nanoseconds.

        Args:
            name: The parameter that is the probability of a deed at a wakeup; one where there is none.

        Raises:
            ConfigError: Nobody would live to see one.
        """
        probability = Decimal(1) if name is None else Decimal(str(getattr(self, name)))
        wait = self.wakeup_interval_us * 1_000 / probability
        if name is not None and wait > TIME_NS_MAX:
            refuse(name, "is so small that nothing would come in 36 years")
        return max(1, round(wait))


class MarketMaker(Classic):
    """Quotes a bid and an ask at the same distance from the middle of the book, whatever it holds.

    Becomes a `symmetric_maker` that quotes anew at every wakeup. Assumes that the middle is where the price is: it knows
    of no value, and who knows more earns from it until it holds `max_position`.
    """

    kind = "symmetric_maker"

    spread: Annotated[
        float,
        BeforeValidator(real),
        Field(gt=0, le=1),
        bounded("number", "part of the price", exclusiveMinimum=0, maximum=1),
    ] = 0.001
    """From its bid to its ask, as a part of the price: 0.001 is a tenth of a percent."""
    order_size: Quantity = Decimal("0.5")
    """Size of each quote."""
    max_position: Position = Decimal(10)
    """Most that it holds, long or short: a quote never offers more than leads there."""

    def native(self, to: Measures) -> dict[str, Any]:
        """Return the parameters of a `symmetric_maker`."""
        return {
            "interval_ns": self.wait_ns(),
            "spread": self.spread,
            "lots": to.lots("order_size", self.order_size),
            "position_lots": to.position("max_position", self.max_position),
        }


class NoiseTrader(Classic):
    """Buys or sells at random, without a reason.

    Becomes `noise`: at a wakeup it sends an order with `trade_probability`, to buy or to sell alike, of a size uniform from
    one lot to `max_size`. With `taking_probability` it comes to the best price of the other side; else it waits behind
    that, an exponential distance away, and lives for an exponential time. Assumes nothing of the market.
    """

    kind = "noise"

    trade_probability: Probability = 0.05
    """Probability that it sends an order at a wakeup."""
    max_size: Quantity = Decimal(2)
    """Largest size of an order; sizes are uniform from one lot to it."""
    taking_probability: Chance = 0.5
    """Probability that an order comes to the best price of the other side, and does not wait behind it."""
    distance: Fraction = 0.0005
    """Mean distance of an order that waits from the best price of the other side."""
    order_life_seconds: Seconds = 60.0
    """Mean life of an order that waits."""

    def native(self, to: Measures) -> dict[str, Any]:
        """Return the parameters of `noise`."""
        most = to.lots("max_size", self.max_size, drawn=True)
        return {
            "interval_ns": self.wait_ns("trade_probability"),
            "size": {"kind": "uniform", "low": 1, "high": most},
            "aggressive": self.taking_probability,
            "distance_ticks": to.ticks(self.distance),
            "life_ns": _nanoseconds(self.order_life_seconds),
        }


class InformedTrader(Classic):
    """Has an idea of what the thing is worth, and takes quotes that are wrong by it.

    Becomes `informed`: with `bias_probability` a wakeup is a look at the fundamental value, which it knows but for an error.
    At a `bias_strength` of 1 there is none; at 0 its deviation is half a percent of the initial price, so that it guesses.
    Assumes that the market has a fundamental that moves, and that the price comes to it sooner or later.
    """

    kind = "informed"

    bias_probability: Probability = 0.1
    """Probability that it looks, and trades where it sees a gain, at a wakeup."""
    bias_strength: Chance = 0.5
    """How well it knows the value: 1 is exactly, 0 is to half a percent of the price."""
    order_size: Quantity = Decimal("0.5")
    """Size of an order; it takes no more than shows at the best price."""
    max_position: Position = Decimal(10)
    """Most that it holds, long or short."""

    def native(self, to: Measures) -> dict[str, Any]:
        """Return the parameters of `informed`."""
        return {
            "interval_ns": self.wait_ns("bias_probability"),
            "edge": 0.0,
            "noise": to.ticks((1 - Decimal(str(self.bias_strength))) * GUESS),
            "size": _fixed(to.lots("order_size", self.order_size)),
            "position_lots": to.position("max_position", self.max_position),
        }


class MarketTaker(Classic):
    """Sends market orders at random times.

    Becomes a `taker`: at a wakeup it sends a market order with `trade_probability`. Assumes that somebody quotes: what finds
    nobody is gone. It takes any price, unless it may not go beyond the best.
    """

    kind = "taker"

    trade_probability: Probability = 0.02
    """Probability that it sends an order at a wakeup."""
    order_size: Quantity = Decimal("0.25")
    """Size of an order."""
    buy_probability: Chance = 0.5
    """Probability that an order buys."""
    only_best_price: bool = False
    """Whether it takes no more than shows at the best price."""

    def native(self, to: Measures) -> dict[str, Any]:
        """Return the parameters of a `taker`."""
        return {
            "interval_ns": self.wait_ns("trade_probability"),
            "size": _fixed(to.lots("order_size", self.order_size)),
            "buys": self.buy_probability,
            "careful": self.only_best_price,
        }


class TrendFollower(Classic):
    """Buys while the short moving average of the price is above the long one, else sells.

    Becomes `momentum`: with `trade_probability` a wakeup is a look, and both windows are counted in looks, rounded to whole
    ones. From the first full long window on it sends an order at every look. Assumes that both sides have quotes. It has
    no limit of position.
    """

    kind = "momentum"

    trade_probability: Probability = 0.05
    """Probability that it looks, and sends an order, at a wakeup."""
    order_size: Quantity = Decimal("0.1")
    """Size of an order, at the best price of the other side."""
    short_window_seconds: Seconds = 10.0
    """Length of the short average."""
    long_window_seconds: Seconds = 60.0
    """Length of the long average, at most 4,096 looks."""

    @model_validator(mode="after")
    def _is_in_order(self) -> "TrendFollower":
        if self.short_window_seconds >= self.long_window_seconds:
            raise ValueError("short_window_seconds: must be less than long_window_seconds")
        return self

    def native(self, to: Measures) -> dict[str, Any]:
        """Return the parameters of `momentum`."""
        wait = self.wait_ns("trade_probability")
        short, long = (
            max(1, round(_nanoseconds(seconds) / wait))
            for seconds in (self.short_window_seconds, self.long_window_seconds)
        )
        if long > WINDOW_LOOKS_MAX:
            refuse("long_window_seconds", f"must be at most {WINDOW_LOOKS_MAX:,} looks, not {long:,}")
        if short >= long:
            refuse(
                "long_window_seconds",
                f"has no more looks than short_window_seconds, {long} of {wait / 1e9:g} s",
            )
        return {
            "interval_ns": wait,
            "short": short,
            "long": long,
            "size": _fixed(to.lots("order_size", self.order_size)),
        }


class HighFrequencyMaker(Classic):
    """Makes the market with a ladder of quotes that follows spread and volume, and leans against what it holds.

    Becomes an `adaptive_maker`: it takes its ladder away and puts up a new one at drawn times, whose mean is the wakeup
    interval. Assumes that the spread was as it will be. The spread that it follows includes its own quotes, and it has
    no limit of position but its lean.
    """

    kind = "adaptive_maker"

    order_size: Quantity = Decimal("0.1")
    """Smallest size of a quote."""
    levels: Annotated[
        int, Field(ge=1, le=100), bounded("integer", "quotes a side", minimum=1, maximum=100)
    ] = 3
    """Quotes on each side."""
    first_spread: Fraction = 0.0004
    """The spread that it begins with."""
    level_distance: Annotated[
        float,
        BeforeValidator(real),
        Field(ge=0, le=100),
        bounded("number", "spreads", minimum=0, maximum=100),
    ] = 0.5
    """Distance of two levels, in spreads."""
    volume_share: Chance = 0.0
    """Size of each quote as a part of what traded since the last ladder, where that is more than `order_size`."""
    inventory_lean: Fraction = 0.00002
    """How far the ladder moves against what it holds, for each `order_size` held."""

    def native(self, to: Measures) -> dict[str, Any]:
        """Return the parameters of an `adaptive_maker`."""
        return {
            "interval_ns": self.wait_ns(),
            "random": True,
            "levels": self.levels,
            "spacing": self.level_distance,
            "share": self.volume_share,
            "least_lots": to.lots("order_size", self.order_size),
            "first_window": to.ticks(self.first_spread),
            "lean": to.ticks(self.inventory_lean),
        }


class Whale(Classic):
    """Works off large orders in small pieces, one after another.

    Becomes a `whale`: large orders are Pareto from `order_size` on and cut at `max_order_size`; with `trade_probability` a
    wakeup sends a piece, until the large order is done and a pause begins. Assumes that it may take what shows at the
    best price; it takes no more.
    """

    kind = "whale"

    order_size: Quantity = Decimal(2)
    """Smallest size of a large order."""
    max_order_size: Quantity = Decimal(10)
    """Largest size of a large order."""
    tail_exponent: Annotated[
        float,
        BeforeValidator(real),
        Field(gt=0, le=10),
        bounded("number", "", exclusiveMinimum=0, maximum=10),
    ] = 1.5
    """How fast larger orders become rarer: a size is exceeded with the power of minus this."""
    piece_size: Quantity = Decimal("0.1")
    """Size of a piece."""
    trade_probability: Probability = 0.1
    """Probability that it sends a piece at a wakeup."""
    pause_seconds: Seconds = 300.0
    """Mean pause between two large orders."""
    informed_probability: Chance = 0.0
    """Probability that the side is that of the fundamental value, and not of a coin."""
    patience: Chance = 0.0
    """Probability that a piece waits at the best price of its own side instead of taking."""

    @model_validator(mode="after")
    def _is_in_order(self) -> "Whale":
        if self.order_size > self.max_order_size:
            raise ValueError("order_size: must be at most max_order_size")
        return self

    def native(self, to: Measures) -> dict[str, Any]:
        """Return the parameters of a `whale`."""
        return {
            "pause_ns": _nanoseconds(self.pause_seconds),
            "interval_ns": self.wait_ns("trade_probability"),
            "order": {
                "kind": "pareto",
                "least": float(to.lots("order_size", self.order_size, drawn=True)),
                "exponent": self.tail_exponent,
                "most": float(to.lots("max_order_size", self.max_order_size, drawn=True)),
            },
            "piece": _fixed(to.lots("piece_size", self.piece_size)),
            "informed": self.informed_probability,
            "patient": self.patience,
        }


CLASSIC: Final[Mapping[str, type[Classic]]] = MappingProxyType(
    {
        "market_maker": MarketMaker,
        "noise": NoiseTrader,
        "informed": InformedTrader,
        "taker": MarketTaker,
        "trend_follower": TrendFollower,
        "high_frequency": HighFrequencyMaker,
        "whale": Whale,
    }
)
"""The classic types, by the word that names one."""


def _fixed(lots: int) -> dict[str, Any]:
    return {"kind": "fixed", "lots": lots}


def _nanoseconds(seconds: float) -> int:
    return max(1, round(Decimal(str(seconds)) * 1_000_000_000))
