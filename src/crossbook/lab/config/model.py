"""The run file: what is simulated, from when to when, by whom, and what is kept of it."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from crossbook.core import Step, UsageError
from crossbook.lab.config.base import Part
from crossbook.lab.config.groups import AnyGroup, Latency
from crossbook.lab.config.interventions import AnyIntervention
from crossbook.lab.config.recordings import Recorded
from crossbook.lab.config.units import Clock, Duration, Price, price

Real = Annotated[float, Field(allow_inf_nan=False)]
AtLeastZero = Annotated[float, Field(ge=0, allow_inf_nan=False)]
AboveZero = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Millionths = Annotated[int, Field(ge=0, le=1_000_000)]
Fee = Annotated[int, Field(ge=-100_000, le=100_000)]
Moment = Annotated[Clock, Field(ge=0)]


def _lot_size(value: Any) -> str:
    """Return the size of a lot as the text of an exact decimal: numbers count as the digits that were written."""
    try:
        return str(Step(price(value)))
    except (UsageError, ValueError):
        raise ValueError("must be a decimal above zero of at most 18 places, such as 0.001") from None


LotSize = Annotated[
    str,
    BeforeValidator(_lot_size),
    WithJsonSchema({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string"}]}),
]


class Constant(Part):
    """It never moves."""

    kind: Literal["constant"]
    value: AboveZero | None = None
    """In ticks; the initial price when left out."""


class MeanReverting(Part):
    """It reverts to a mean, with megashocks (Byrd 2019)."""

    kind: Literal["mean_reverting"]
    mean: AboveZero | None = None
    """In ticks; the initial price when left out."""
    start: AboveZero | None = None
    """Where it starts; the mean when left out."""
    kappa: AtLeastZero
    """Rate of reversion, in 1/ns."""
    volatility: AtLeastZero
    """Deviation in ticks for the square root of a nanosecond."""
    shock_rate: AtLeastZero = 0.0
    """Megashocks for a nanosecond."""
    shock_mean: Real = 0.0
    """Mean size of a megashock in ticks, up or down alike."""
    shock_variance: AtLeastZero = 0.0


class Geometric(Part):
    """Its logarithm is Brownian motion."""

    kind: Literal["geometric"]
    start: AboveZero | None = None
    """In ticks; the initial price when left out."""
    volatility: AtLeastZero
    """Deviation of the logarithm over `per_ns`."""
    drift: Real = 0.0
    """Drift of the logarithm over `per_ns`."""
    per_ns: Annotated[Duration, Field(ge=1)]


class Factor(Part):
    """One factor of a moving volatility."""

    memory_ns: Annotated[Duration, Field(ge=1)]
    """Time over which it forgets."""
    deviation: AtLeastZero
    """Its own deviation, in units of the logarithm of volatility."""
    leverage: Annotated[float, Field(ge=-1, le=1)] = 0.0
    """Correlation of its steps with those of the value: below zero, volatility rises when the value falls."""


class StochasticVolatility(Part):
    """Geometric, with a volatility that moves (Masoliver and Perelló 2006)."""

    kind: Literal["stochastic_volatility"]
    start: AboveZero | None = None
    """In ticks; the initial price when left out."""
    volatility: AtLeastZero
    """Typical deviation of the logarithm over `per_ns`."""
    per_ns: Annotated[Duration, Field(ge=1)]
    factors: list[Factor]


class Given(Part):
    """Given values, each from its time on."""

    kind: Literal["file"]
    file: str
    """A CSV or Parquet file beside the run file, with the columns `time` and `value`: times of day (or nanoseconds since
    midnight) and prices in the market's currency."""


Fundamental = Annotated[
    Constant | MeanReverting | Geometric | StochasticVolatility | Given, Field(discriminator="kind")
]


class Market(Part):
    """A symbol: how its prices are counted, and what it is worth."""

    initial_price: Price
    """Where it starts, in its currency."""
    price_step: Price = "0.01"
    """Size of one tick."""
    lot_size: LotSize = "1"
    """How much of the thing that is traded one lot is. It is for showing: whatever is counted is counted in lots."""
    currency: str = "USD"
    tick_multiple: Annotated[int, Field(ge=1)] = 1
    """Prices of orders are multiples of so many ticks."""
    lot_step: Annotated[int, Field(ge=1)] = 1
    """Quantities are multiples of so many lots."""
    min_price: Price | None = None
    """Lowest price of an order; one tick when left out."""
    max_price: Price | None = None
    """Highest price of an order; a hundred times the initial price when left out."""
    multiplier: Annotated[int, Field(ge=1)] = 1
    """Cash units that one tick of one lot is worth."""
    maker_fee_ppm: Fee = 0
    taker_fee_ppm: Fee = 0
    """Fees in parts per million of the traded worth; below zero a rebate."""
    protection_ppm: Millionths = 0
    """How far from the best opposite price a market order may go; zero for no limit."""
    breaker_ppm: Millionths = 0
    """A trade farther than this from the reference price halts the market; zero for never."""
    fundamental: Fundamental = Constant(kind="constant")


class Venue(Part):
    """A place where symbols trade."""

    accounts: Literal["game", "margin", "cash"] = "game"
    """How accounts are held: without a cash limit, on margin, or paid for beforehand."""
    symbols: list[str] | None = None
    """What is listed; every symbol when left out."""
    position_lots: Annotated[int, Field(ge=0)] = 0
    """Largest absolute position of an account; zero for the core's own limit."""
    maker_fee_ppm: Fee | None = None
    taker_fee_ppm: Fee | None = None
    """Fees of this venue, in place of the symbol's."""


class Day(Part):
    """The trading day."""

    start: Moment | None = None
    """When the simulation begins; at the first phase when left out."""
    pre_open: Moment | None = None
    """From when orders gather for the opening auction; without it there is none."""
    open: Moment = 34_200_000_000_000
    """Continuous trading begins."""
    closing_auction: Moment | None = None
    """From when orders gather for the closing auction; without it there is none."""
    close: Moment = 57_600_000_000_000
    """The close."""
    end: Moment | None = None
    """When the simulation ends; at the close when left out."""


class News(Part):
    """A piece of news: the fundamental jumps, and those who listen are told."""

    time: Moment
    symbol: str
    jump_ticks: Real
    text: str = "news"


class RandomNews(Part):
    """News at random times."""

    symbol: str
    interval_ns: Annotated[Duration, Field(ge=1_000_000)]
    """Mean time between two pieces."""
    deviation_ticks: AtLeastZero
    """Deviation of the jump."""


class Record(Part):
    """What is kept of a run."""

    orders: bool = True
    """Orders, trades and fills."""
    book: bool = True
    """Changes of the best prices."""
    samples: Annotated[int, Field(ge=0, le=100_000)] = 400
    """Samples of depth, and of profit and loss, over the day; zero for none."""
    csv: bool = False
    """Also as CSV."""
    realism: bool = True
    """Measure the facts of crossbook.realism; needs orders and book."""


class RunFile(Part):
    """A run."""

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")] = "run"
    description: str = ""
    mode: Literal["simulate", "backtest", "replay"] = "simulate"
    """What it is for; the way it runs follows from what it has in it."""
    seed: Annotated[int, Field(ge=0, lt=1 << 63)] = 1
    """Everything that is drawn follows from it."""
    day: Day = Day()
    markets: Annotated[dict[str, Market], Field(min_length=1)]
    """Symbols by name."""
    correlation: list[list[Real]] = Field(default_factory=list)
    """Correlation of the geometric fundamentals: a row for each market, in their order."""
    fundamental_step_ns: Annotated[Duration, Field(ge=1_000)] = 1_000_000_000
    """Distance of the grid on which fundamentals move."""
    venues: dict[str, Venue] = Field(default_factory=lambda: {"main": Venue()}, min_length=1)
    news: list[News] = Field(default_factory=list)
    random_news: list[RandomNews] = Field(default_factory=list)
    recorded: dict[str, Recorded] = Field(default_factory=dict)
    """Recorded data as the flow of a market, by the market's name: `SYMBOL` or `VENUE:SYMBOL`."""
    latencies: dict[str, Latency] = Field(default_factory=dict)
    """Latencies by name, for groups to share."""
    agents: dict[str, AnyGroup] = Field(default_factory=dict)
    """Groups by name."""
    interventions: list[AnyIntervention] = Field(default_factory=list)
    """What is done while it runs, in the order of time."""
    record: Record = Record()
