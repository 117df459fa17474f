"""Parameters of the native agents, as run files spell them.

They are those of the kernel, key for key: prices are ticks, quantities lots. What each agent does, its source and its
assumptions stand in docs/reference/agents.md.
"""

from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from crossbook.lab.config.base import Part
from crossbook.lab.config.units import Clock, Duration

Share = Annotated[float, Field(ge=0, le=1)]
AtLeastZero = Annotated[float, Field(ge=0, allow_inf_nan=False)]
AboveZero = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Lots = Annotated[int, Field(ge=1, le=(1 << 40) - 1)]
"""Of one order, as many as the core takes: MAX_ORDER_LOTS in rust/exchange/src/units.rs."""
Wait = Annotated[Duration, Field(ge=1)]
Span = Annotated[Duration, Field(ge=0)]
P = TypeVar("P", bound=Part)


def _in_order(part: P, *keys: str) -> P:
    """Return a part as it is, if these values of it do not fall."""
    values = [getattr(part, key) for key in keys]
    if values != sorted(values):
        raise ValueError(f"{', '.join(keys)} must not fall, as {', '.join(map(str, values))} do")
    return part


class FixedSize(Part):
    """Always the same."""

    kind: Literal["fixed"]
    lots: Lots


class UniformSize(Part):
    """Uniform, both ends included."""

    kind: Literal["uniform"]
    low: Lots
    high: Lots

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        return _in_order(self, "low", "high")


class LognormalSize(Part):
    """The exponential of a normal draw."""

    kind: Literal["lognormal"]
    mean: Annotated[float, Field(allow_inf_nan=False)]
    deviation: AtLeastZero


class NormalSize(Part):
    """Normal, cut at one lot."""

    kind: Literal["normal"]
    mean: Annotated[float, Field(allow_inf_nan=False)]
    deviation: AtLeastZero


class ParetoSize(Part):
    """Pareto with the smallest size, the tail exponent and the largest size."""

    kind: Literal["pareto"]
    least: Annotated[float, Field(ge=1, allow_inf_nan=False)]
    exponent: AboveZero
    most: AboveZero

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        return _in_order(self, "least", "most")


class MixturePart(Part):
    """A part of a mixture."""

    weight: AtLeastZero
    size: "Size"


class MixtureSize(Part):
    """One of several, by weight."""

    kind: Literal["mixture"]
    parts: Annotated[list[MixturePart], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_weight(self) -> Self:
        if not sum(part.weight for part in self.parts):
            raise ValueError("the weights of a mixture must not all be zero")
        return self


Size = Annotated[
    FixedSize | UniformSize | LognormalSize | NormalSize | ParetoSize | MixtureSize,
    Field(discriminator="kind"),
]
"""How many lots an order has."""

ONE_LOT = FixedSize(kind="fixed", lots=1)


class ZeroIntelligence(Part):
    """Draws prices within its means, and nothing else (Gode and Sunder 1993)."""

    interval_ns: Wait
    """Mean time between two offers of one agent."""
    units: Annotated[int, Field(ge=1, le=10_000)]
    """Units that each agent may trade."""
    value_low: int
    value_high: int
    """Values and costs are uniform between these ticks."""
    price_low: int
    price_high: int
    """Offers are uniform between these ticks, as far as the constraint lets them."""
    constrained: bool = True
    """Whether an agent never offers a price at which it would lose."""

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        return _in_order(self, "price_low", "value_low", "value_high", "price_high")


class Noise(Part):
    """Trades without a reason, at random times."""

    interval_ns: Span = 0
    """Mean time between two orders of one agent; zero for one order a day."""
    from_ns: Clock | None = None
    to_ns: Clock | None = None
    """When agents with one order a day may come; the market's hours when left out."""
    size: Size = ONE_LOT
    aggressive: Share = 1.0
    """Probability that an order is at the opposite best price."""
    distance_ticks: AtLeastZero = 0.0
    """Mean distance of a passive order behind the opposite best, in ticks beyond the first."""
    life_ns: Span = 0
    """Mean life of a passive order; zero for ever."""


class Momentum(Part):
    """Buys while the short moving average is above the long one, else sells."""

    interval_ns: Wait
    """Mean time between two looks."""
    short: Annotated[int, Field(ge=1)] = 20
    long: Annotated[int, Field(ge=2, le=4096)] = 50
    """Looks in the averages."""
    size: Size = ONE_LOT

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.short >= self.long:
            raise ValueError(f"short must be less than long, not {self.short} and {self.long}")
        return self


class MeanReversion(Part):
    """Trades against a price that has left its moving average."""

    interval_ns: Wait
    """Mean time between two looks."""
    memory_ns: Wait
    """Time over which the average forgets."""
    threshold: AtLeastZero
    """It trades where the price is farther from the average than this part of it."""
    size: Size = ONE_LOT
    position_lots: Annotated[int, Field(ge=0)] = 1_000_000
    """Largest position either way."""


class Value(Part):
    """Learns the fundamental from noisy looks (Byrd 2019)."""

    interval_ns: Wait
    """Mean time between two looks."""
    mean: AtLeastZero | None = None
    """What it believes the fundamental reverts to, in ticks; the initial price when left out."""
    kappa: AtLeastZero
    """Rate of reversion that it believes in, in 1/ns."""
    noise_variance: AboveZero
    """Variance of the noise of one look, in square ticks."""
    drift_variance: AtLeastZero = 0.0
    """Variance that it believes the fundamental gains in a nanosecond, in square ticks."""
    aggressive: Share = 0.1
    """Probability that it takes the opposite best price."""
    spreads: AtLeastZero = 2.0
    """How many spreads away from the opposite best a passive order may lie."""
    size: Size = ONE_LOT


class Fcn(Part):
    """Fundamentalist, chartist and noise trader in one (Chiarella and Iori 2002)."""

    step_ns: Wait
    """Length of a step of the crowd's clock."""
    orders_per_step: Annotated[int, Field(ge=1, le=10_000)] = 1
    """Members that order in a step."""
    fundamental_weight: AtLeastZero
    chart_weight: AtLeastZero
    noise_weight: AtLeastZero
    """Means of the exponentials from which members draw their weights."""
    noise_scale: AtLeastZero
    """Deviation of the noise, as a log return."""
    horizon_low: Annotated[int, Field(ge=1)]
    horizon_high: Annotated[int, Field(ge=1, le=1 << 20)]
    """Shortest and longest horizon in steps."""
    margin: Annotated[float, Field(ge=0, lt=1)]
    """Largest margin between expected price and order, as a part of the price."""
    lots: Lots = 1

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.fundamental_weight + self.chart_weight + self.noise_weight:
            raise ValueError("fundamental_weight, chart_weight and noise_weight must not all be zero")
        return _in_order(self, "horizon_low", "horizon_high")


class AdaptiveMaker(Part):
    """A ladder of quotes that follows spread and volume (Chakraborty and Kearns 2011)."""

    interval_ns: Wait
    """Mean time between two ladders."""
    random: bool = True
    """Whether that time is drawn or always the mean."""
    levels: Annotated[int, Field(ge=1, le=100)]
    """Orders a side."""
    spacing: AtLeastZero
    """Distance of two levels in windows; at least a tick."""
    share: AtLeastZero
    """Size of each order as a part of the volume since the last ladder."""
    least_lots: Lots
    """Smallest size of an order."""
    spread_weight: Share = 0.1
    """Weight of the newest spread in the window."""
    first_window: AtLeastZero = 10.0
    """Window before a spread was seen, in ticks."""
    cancel_delay_ns: Span = 0
    """Time between cancelling and placing."""
    lean: AtLeastZero = 0.0
    """Ticks that the ladder moves against the position, for each order size held."""


class AvellanedaStoikov(Part):
    """Quotes around a price that leans against its inventory (Avellaneda and Stoikov 2008)."""

    interval_ns: Wait
    """Time between two quotes."""
    gamma: AboveZero
    """Risk aversion, in 1/ticks."""
    sigma: AtLeastZero
    """Volatility in ticks for the square root of a second."""
    k: AboveZero
    """How fast the rate of orders falls with distance, in 1/ticks."""
    horizon_s: AtLeastZero = 0.0
    """A constant time left in seconds; zero for the time to the close."""
    lots: Lots
    """Size of each quote."""
    position_lots: Annotated[int, Field(ge=0)]
    """Largest position either way."""


class SymmetricMaker(Part):
    """A bid and an ask at the same distance from the middle, whatever it holds (Avellaneda and Stoikov 2008)."""

    interval_ns: Wait
    """Time between two quotes."""
    spread: Annotated[float, Field(ge=0, lt=2)]
    """From its bid to its ask, as a part of the middle."""
    lots: Lots
    """Size of each quote."""
    position_lots: Annotated[int, Field(ge=0, le=1 << 40)]
    """Largest position either way: a quote never offers more than leads there."""


class Informed(Part):
    """Knows the fundamental and takes quotes that are wrong (Glosten and Milgrom 1985)."""

    interval_ns: Wait
    """Mean time between two looks."""
    edge: AtLeastZero
    """By how many ticks a quote must be wrong."""
    noise: AtLeastZero = 0.0
    """Deviation of what it knows from the truth, in ticks."""
    size: Size = ONE_LOT
    position_lots: Annotated[int, Field(ge=0)]
    """Largest position either way."""


class Taker(Part):
    """Market orders at random times."""

    interval_ns: Wait
    """Mean time between two orders."""
    size: Size = ONE_LOT
    buys: Share = 0.5
    """Probability that an order buys."""
    careful: bool = False
    """Whether an order takes no more than what shows at the best price."""


class Participation(Part):
    """Executes an order as a share of the volume (Kirilenko and others 2017)."""

    buy: bool
    """Whether it buys or sells."""
    lots: Lots
    """How much in all."""
    share: Annotated[float, Field(ge=0, lt=1)]
    """Its part of the volume, its own trades counted."""
    from_ns: Clock | None = None
    to_ns: Clock | None = None
    """From when to when it trades; the market's hours when left out."""
    interval_ns: Wait
    """Time between two orders."""
    reach_ticks: Annotated[int, Field(ge=0)] = 0
    """How far beyond the best price it goes."""


class Block(Part):
    """One large order, in equal pieces over time, and nothing after it (Bertsimas and Lo 1998)."""

    buy: bool
    """Whether it buys or sells."""
    lots: Lots
    """How much in all."""
    pieces: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """In how many market orders."""
    interval_ns: Span = 0
    """Time between two of them."""
    from_ns: Clock | None = None
    """When it begins; the open when left out."""

    @model_validator(mode="after")
    def _is_in_pieces(self) -> Self:
        if self.pieces > self.lots:
            raise ValueError("pieces: a piece has a lot at least")
        if self.pieces > 1 and not self.interval_ns:
            raise ValueError("interval_ns: pieces need time between them")
        return self


class Whale(Part):
    """Large orders in small pieces (Lillo, Mike and Farmer 2005)."""

    pause_ns: Wait
    """Mean pause between two large orders of one agent."""
    interval_ns: Wait
    """Mean time between two pieces."""
    order: Size
    """Size of a large order."""
    piece: Size = ONE_LOT
    """Size of a piece."""
    informed: Share = 0.0
    """Probability that the side is that of the fundamental and not of a coin."""
    appetite: Share = 1.0
    """Largest part of what shows at the best price that a piece takes."""
    patient: Share = 0.0
    """Probability that a piece waits at the best price of its own side instead of taking."""


Six = Annotated[list[AtLeastZero], Field(min_length=6, max_length=6)]


class Hawkes(Part):
    """Background flow that excites itself (Hawkes 1971; Large 2007)."""

    base: Six
    """Rates without excitement, in events a second: market buy and sell, limit buy and sell, cancel bid and ask."""
    branching: Annotated[list[Six], Field(min_length=6, max_length=6)]
    """How many events of a row's kind one event of a column's kind causes on average."""
    decay: AboveZero
    """Rate at which excitement decays, in 1/s."""
    market_size: Size = ONE_LOT
    limit_size: Size = ONE_LOT
    distance_ticks: AtLeastZero = 0.0
    """Mean distance of a limit order behind the opposite best, in ticks beyond the first."""

    @model_validator(mode="after")
    def _is_stable(self) -> Self:
        if any(sum(column) >= 1 for column in zip(*self.branching, strict=True)):
            raise ValueError("branching: an event must cause less than one event on average, by columns")
        return self


NATIVE: dict[str, type[Part]] = {
    "zero_intelligence": ZeroIntelligence,
    "noise": Noise,
    "momentum": Momentum,
    "mean_reversion": MeanReversion,
    "value": Value,
    "fcn": Fcn,
    "adaptive_maker": AdaptiveMaker,
    "avellaneda_stoikov": AvellanedaStoikov,
    "symmetric_maker": SymmetricMaker,
    "informed": Informed,
    "taker": Taker,
    "participation": Participation,
    "block": Block,
    "whale": Whale,
    "hawkes": Hawkes,
}
"""The native kinds, by the word that a run file uses, and their parameters."""
