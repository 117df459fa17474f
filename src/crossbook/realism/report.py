"""The report: every fact of a market, beside those of another, with interval and verdict.

A fact passes where its value lies in the accepted range and its conditions hold; where a fact is about being above or
below a bound, its whole interval must. With fewer than eight days an interval that lies on both sides of such a bound
means that there are too few days to tell, and not that the fact is absent. What cannot be measured never passes.

Equal days and equal seed give an equal report.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from rich.table import Table

from crossbook.core import UsageError
from crossbook.realism.book import BOOK
from crossbook.realism.bootstrap import DAYS_MIN, blocks_of, interval
from crossbook.realism.cont import CONT
from crossbook.realism.measure import Estimate, Group, Measure
from crossbook.realism.microstructure import FLOW
from crossbook.realism.observations import Observations
from crossbook.realism.series import Series, series_of

MEASURES: Final[tuple[Measure[Any], ...]] = (*CONT, *FLOW, *BOOK)
DAYS_MAX: Final = 10_000
RESAMPLES_MAX: Final = 100_000

Verdict = Literal["pass", "fail", "not measured"]
_COLOURS: Final[dict[Verdict, str]] = {"pass": "green", "fail": "red", "not measured": "yellow"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, measured."""

    key: str
    name: str
    group: Group
    formula: str
    source: str
    accepted: str
    """The accepted range in words, with every further condition."""
    accepted_low: float | None
    accepted_high: float | None
    """Its ends; `None` where it is open."""
    value: float | None
    low: float | None
    """The interval of 95 % around the value."""
    high: float | None
    verdict: Verdict
    note: str
    reference_value: float | None = None
    reference_low: float | None = None
    reference_high: float | None = None
    reference_verdict: Verdict | None = None
    """All four of the market that this one is held against; `None` where there is none."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found of a market."""

    days: int
    reference_days: int
    seed: int
    facts: tuple[Fact, ...]

    def passed(self, group: Group | None = None) -> int:
        """Return how many facts pass, of a group or of all."""
        return sum(fact.verdict == "pass" for fact in self._of(group))

    def measured(self, group: Group | None = None) -> int:
        """Return how many facts could be measured."""
        return sum(fact.verdict != "not measured" for fact in self._of(group))

    def _of(self, group: Group | None) -> list[Fact]:
        return [fact for fact in self.facts if group in (None, fact.group)]

    def as_json(self) -> dict[str, Any]:
        """Return plain values for `json.dumps`, without nan or infinity."""
        return {**asdict(self), "facts": [asdict(fact) for fact in self.facts]}

    def table(self) -> Table:
        """Return the report as a table for the terminal."""
        table = Table(title=f"Realism over {self.days} day{'s' * (self.days != 1)}")
        compared = self.reference_days > 0
        for heading in ("fact", "value", "95 % interval", *["reference", "its interval"] * compared):
            table.add_column(heading, justify="left" if heading == "fact" else "right")
        for heading in ("accepted", "verdict", "note"):
            table.add_column(heading)
        for fact in self.facts:
            beside = (_shown(fact.reference_value), _range(fact.reference_low, fact.reference_high))
            table.add_row(
                fact.name,
                _shown(fact.value),
                _range(fact.low, fact.high),
                *beside[: 2 * compared],
                fact.accepted,
                f"[{_COLOURS[fact.verdict]}]{fact.verdict}[/]",
                fact.note,
            )
        return table


@dataclass(frozen=True, slots=True)
class _Market:
    """The days of a market, and the stretches of them where days are too few to be resampled."""

    days: list[Series]
    blocks: list[list[Series]]

    @classmethod
    def of(cls, days: Sequence[Observations]) -> "_Market":
        few = len(days) < DAYS_MIN
        return cls(
            [series_of(day) for day in days],
            [[series_of(block) for block in blocks_of(day)] for day in days] if few else [],
        )


@dataclass(frozen=True, slots=True)
class _Found:
    estimate: Estimate | None
    interval: tuple[float, float] | None
    verdict: Verdict
    note: str


def report(
    days: Sequence[Observations],
    *,
    reference: Sequence[Observations] | None = None,
    seed: int = 0,
    resamples: int = 200,
    measures: Sequence[Measure[Any]] = MEASURES,
) -> Report:
    """Measure facts over the days of a market.

    Args:
        days: Days of one instrument, or runs of one model.
        reference: Days of the market to hold them against, such as a recorded one.
        seed: Of the resampling.
        resamples: How many times the days are resampled for each interval.
        measures: The facts to measure, of `MEASURES`; all where left out.

    Raises:
        UsageError: Where there are no days, or more days or resamples than a report takes.
    """
    for what in (days, *([] if reference is None else [reference])):
        if not 1 <= len(what) <= DAYS_MAX:
            raise UsageError(f"a report takes 1 to {DAYS_MAX} days, not {len(what)}")
    if not 1 <= resamples <= RESAMPLES_MAX:
        raise UsageError(f"a report takes 1 to {RESAMPLES_MAX} resamples, not {resamples}")
    market = _Market.of(days)
    other = None if reference is None else _Market.of(reference)
    facts = tuple(_fact(measure, market, other, seed, resamples) for measure in measures)
    return Report(len(days), len(reference or ()), seed, facts)


def _fact(measure: Measure[Any], market: _Market, other: _Market | None, seed: int, resamples: int) -> Fact:
    found = _measured(measure, market, seed, resamples)
    beside = None if other is None else _measured(measure, other, seed, resamples)
    return Fact(
        measure.key,
        measure.name,
        measure.group,
        measure.formula,
        measure.source,
        measure.accepted,
        _end(measure.low),
        _end(measure.high),
        *_numbers(found),
        found.verdict,
        found.note,
        *(_numbers(beside) if beside else (None, None, None)),
        beside.verdict if beside else None,
    )


def _measured(measure: Measure[Any], market: _Market, seed: int, resamples: int) -> _Found:
    days = [measure.prepare(series) for series in market.days]
    estimate = measure.pool(days)
    if estimate is None or not math.isfinite(estimate.value):
        return _Found(None, None, "not measured", "too few data")
    blocks = [[measure.prepare(series) for series in parts] for parts in market.blocks]
    found = interval(measure, estimate.value, days, blocks, seed=seed, resamples=resamples)
    verdict, why = _verdict(measure, estimate, found, len(days))
    return _Found(estimate, found, verdict, "; ".join(filter(None, [why, estimate.note])))


def _verdict(
    measure: Measure[Any], estimate: Estimate, found: tuple[float, float] | None, days: int
) -> tuple[Verdict, str]:
    inside = measure.low <= estimate.value <= measure.high
    if inside and not estimate.holds:
        return "fail", "a condition fails"
    if not measure.clear:
        return ("pass", "") if inside else ("fail", "")
    if found is None:
        return "not measured", "no interval"
    if measure.low < found[0] and found[1] < measure.high:
        return ("pass", "") if inside else ("fail", "")
    if days < DAYS_MIN and found[1] > measure.low and found[0] < measure.high:
        return "not measured", "too few days to tell"
    return "fail", "its interval is not clear of the bound" if inside else ""


def _end(bound: float) -> float | None:
    return bound if math.isfinite(bound) else None


def _numbers(found: _Found) -> tuple[float | None, float | None, float | None]:
    value = None if found.estimate is None else found.estimate.value
    return (value, *(found.interval or (None, None)))


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _range(low: float | None, high: float | None) -> str:
    return "-" if low is None or high is None else f"{low:.3f} to {high:.3f}"
