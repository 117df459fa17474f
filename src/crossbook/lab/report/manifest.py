"""What a run says of itself: `manifest.json` and `metrics.json` as typed models.

Every field has a default and fields that are not named here are left alone: a report must come out of a run that
broke off, and of one that a later version wrote. Whoever writes these files is held to them elsewhere.
"""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict

FORMAT: Final = 1
"""The format of the manifest that this package was written for."""


class Model(BaseModel):
    """A part of a file of a run, as it was found."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)


class Market(Model):
    """One market of the run, and the units its numbers are in."""

    market: str = ""
    symbol: str = ""
    venue: str = ""
    price_step: str = "1"
    """Currency of one tick, as a decimal."""
    currency: str = ""
    lot: str = "1"
    """Quantity of one lot, as a decimal."""
    multiplier: str = "1"
    """Cash units that one tick of one lot is worth."""


class AgentGroup(Model):
    """Agents of one kind under one name, and the numbers of their accounts."""

    group: str = ""
    kind: str = ""
    first: int | None = None
    count: int = 0


class Claim(Model):
    """Something that the run checked of itself."""

    claim: str = ""
    holds: bool = False
    detail: str = ""


class Member(Model):
    """A run of an ensemble."""

    folder: str = ""


class Manifest(Model):
    """What was run, with what, and what came out."""

    format: int = FORMAT
    name: str = ""
    status: str = "unknown"
    reason: str | None = None
    seed: int | None = None
    versions: dict[str, Any] = {}
    config_hash: str = ""
    started: str = ""
    wall_seconds: float | None = None
    simulated_seconds: float | None = None
    open_ns: int | None = None
    close_ns: int | None = None
    state_hash: dict[str, str] = {}
    event_hash: dict[str, str] = {}
    commands: int | None = None
    events: int | None = None
    interventions: int | None = None
    """How many were made."""
    conservation: list[Claim] = []
    data: list[dict[str, Any]] = []
    markets: list[Market] = []
    agents: list[AgentGroup] = []
    members: list[Member] | None = None
    """Of an ensemble; a run has none."""
    cash_step: str | None = None
    """Currency of one cash unit, as a decimal."""


class MarketMetrics(Model):
    """A market's day in numbers. Prices in ticks, volatility per minute as a fraction."""

    trades: int | None = None
    volume: int | None = None
    orders: int | None = None
    cancels: int | None = None
    open: int | None = None
    high: int | None = None
    low: int | None = None
    close: int | None = None
    vwap: float | None = None
    spread_mean: float | None = None
    spread_median: float | None = None
    return_volatility_1m: float | None = None
    depth_mean: float | None = None


class AgentMetrics(Model):
    """What the agents of one group did and earned. Profit and loss, and fees, in cash units."""

    group: str = ""
    count: int = 0
    orders: int | None = None
    trades: int | None = None
    volume: int | None = None
    pnl_total: int | None = None
    pnl_mean: float | None = None
    pnl_median: float | None = None
    pnl_min: int | None = None
    pnl_max: int | None = None
    share_positive: float | None = None
    fees: int | None = None


class Fact(Model):
    """One stylised fact: what the run shows, and what real markets do."""

    key: str = ""
    name: str = ""
    group: str = ""
    formula: str = ""
    source: str = ""
    accepted: Any = None
    """A text, or the two ends of a range."""
    accepted_low: float | None = None
    accepted_high: float | None = None
    """The ends of a range that is told as a text; none where it is open."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = ""
    note: str | None = None


class Metrics(Model):
    """All that was measured of a run."""

    markets: dict[str, MarketMetrics] = {}
    agents: list[AgentMetrics] = []
    realism: list[Fact] | None = None
