"""Groups of agents: how many there are, what they are, where they trade and how far away they are."""

from typing import Annotated, Any, Final, Literal

from pydantic import Discriminator, Field, Tag

from crossbook.lab.config import agents
from crossbook.lab.config.base import Part
from crossbook.lab.config.units import Duration

PYTHON: Final = "module:Class"
Delay = Annotated[Duration, Field(ge=0)]


class Jitter(Part):
    """What varies from message to message; one of the four."""

    uniform: Delay | None = None
    """Uniform from zero to so long."""
    exponential: Delay | None = None
    """Exponential with this mean, cut at ten seconds."""
    lognormal: tuple[Delay, Annotated[float, Field(ge=0, allow_inf_nan=False)]] | None = None
    """Lognormal: the median, and the deviation of its logarithm; cut at ten seconds."""
    file: str | None = None
    """Drawn from measured delays: a text file with one number of nanoseconds a line, beside the run file."""


class Leg(Part):
    """One way: of market data, of orders, or of answers."""

    constant: Delay = 0
    """What every message takes."""
    jitter: Jitter | None = None


class Latency(Part):
    """How far a group's messages travel, and how long its agents think."""

    feed: Leg = Leg()
    entry: Leg = Leg()
    response: Leg = Leg()
    line_metres: Annotated[float, Field(ge=0, le=1e9)] = 0.0
    """The agents live on a line from zero to so many metres, each at a place of its own; light does the rest."""
    compute: Delay = 0
    """Time between being called and a message leaving; meanwhile nothing else is taken in."""


class Group(Part):
    """A group of agents."""

    count: Annotated[int, Field(ge=0, le=10_000_000)] = 1
    """How many there are."""
    markets: list[str] | None = None
    """The markets that they trade in, as `SYMBOL` or `VENUE:SYMBOL`; all when left out. Each agent has one of them as
    its home, in turn."""
    cash: Annotated[int, Field(ge=0, le=1 << 62)] = 1_000_000_000
    """Cash of each agent at each venue, in cash units (the worth of one tick of one lot). All agents together have no more
    at a venue than one may have."""
    lots: Annotated[int, Field(ge=0, le=1 << 40)] = 0
    """Lots of each agent in each of its markets, where accounts cannot go short."""
    latency: str | Latency | None = None
    """A latency, or the name of one under `latencies`; none when left out."""


class ZeroIntelligenceGroup(Group):
    """Draws prices within its means, and nothing else."""

    kind: Literal["zero_intelligence"]
    params: agents.ZeroIntelligence


class NoiseGroup(Group):
    """Trades without a reason, at random times."""

    kind: Literal["noise"]
    params: agents.Noise = agents.Noise()


class MomentumGroup(Group):
    """Buys while the short moving average is above the long one, else sells."""

    kind: Literal["momentum"]
    params: agents.Momentum


class MeanReversionGroup(Group):
    """Trades against a price that has left its moving average."""

    kind: Literal["mean_reversion"]
    params: agents.MeanReversion


class ValueGroup(Group):
    """Learns the fundamental from noisy looks."""

    kind: Literal["value"]
    params: agents.Value


class FcnGroup(Group):
    """Fundamentalist, chartist and noise trader in one."""

    kind: Literal["fcn"]
    params: agents.Fcn


class AdaptiveMakerGroup(Group):
    """A ladder of quotes that follows spread and volume."""

    kind: Literal["adaptive_maker"]
    params: agents.AdaptiveMaker


class AvellanedaStoikovGroup(Group):
    """Quotes around a price that leans against its inventory."""

    kind: Literal["avellaneda_stoikov"]
    params: agents.AvellanedaStoikov


class SymmetricMakerGroup(Group):
    """A bid and an ask at the same distance from the middle, whatever it holds."""

    kind: Literal["symmetric_maker"]
    params: agents.SymmetricMaker


class InformedGroup(Group):
    """Knows the fundamental and takes quotes that are wrong."""

    kind: Literal["informed"]
    params: agents.Informed


class TakerGroup(Group):
    """Market orders at random times."""

    kind: Literal["taker"]
    params: agents.Taker


class ParticipationGroup(Group):
    """Executes an order as a share of the volume."""

    kind: Literal["participation"]
    params: agents.Participation


class BlockGroup(Group):
    """One large order, in equal pieces over time."""

    kind: Literal["block"]
    params: agents.Block


class WhaleGroup(Group):
    """Large orders in small pieces."""

    kind: Literal["whale"]
    params: agents.Whale


class HawkesGroup(Group):
    """Background flow that excites itself."""

    kind: Literal["hawkes"]
    params: agents.Hawkes


class PythonGroup(Group):
    """Traders written in Python."""

    kind: Annotated[str, Field(pattern=r"^[^:]+:[^:]+$")]
    """`module:Class`: a module on the path or beside the run file, or a `.py` file, and a `Trader` in it."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Keyword arguments of its constructor."""


class _ByKind:
    """Tell groups apart by their kind; every kind with a colon is a trader's class."""

    key: Final = "kind"
    __name__ = "by_kind"
    """What pydantic calls it."""

    def __call__(self, value: Any) -> str | None:
        kind = value.get(self.key) if isinstance(value, dict) else getattr(value, self.key, None)
        return PYTHON if isinstance(kind, str) and ":" in kind else kind


AnyGroup = Annotated[
    Annotated[ZeroIntelligenceGroup, Tag("zero_intelligence")]
    | Annotated[NoiseGroup, Tag("noise")]
    | Annotated[MomentumGroup, Tag("momentum")]
    | Annotated[MeanReversionGroup, Tag("mean_reversion")]
    | Annotated[ValueGroup, Tag("value")]
    | Annotated[FcnGroup, Tag("fcn")]
    | Annotated[AdaptiveMakerGroup, Tag("adaptive_maker")]
    | Annotated[AvellanedaStoikovGroup, Tag("avellaneda_stoikov")]
    | Annotated[SymmetricMakerGroup, Tag("symmetric_maker")]
    | Annotated[InformedGroup, Tag("informed")]
    | Annotated[TakerGroup, Tag("taker")]
    | Annotated[ParticipationGroup, Tag("participation")]
    | Annotated[BlockGroup, Tag("block")]
    | Annotated[WhaleGroup, Tag("whale")]
    | Annotated[HawkesGroup, Tag("hawkes")]
    | Annotated[PythonGroup, Tag(PYTHON)],
    Discriminator(_ByKind()),
]
"""A group of any kind."""
