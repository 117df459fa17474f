"""What was done to a run while it ran: a table, and marks on the charts of prices.

It is read from the run file that the run left, as far as that goes: a part that is missing or of another make is
shown as it is or left out, and nothing raises.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml
from pydantic import Field, ValidationError

from crossbook.lab.report import markup, numbers, units
from crossbook.lab.report.manifest import Manifest, Market, Model
from crossbook.lab.report.markup import Cell, Markup, fill

SHOWN_MAX: Final = 500
"""Interventions with a row and a mark; the configuration has all."""
CHARACTERS_MAX: Final = 4 << 20
"""A longer configuration is not looked through."""
DETAIL_CHARACTERS_MAX: Final = 300
WORDS: Final[Mapping[str, str]] = {
    "news": "News",
    "enter": "Agents come",
    "change": "Parameters change",
    "leave": "Agents leave",
}


class Agents(Model):
    """A group of agents that comes."""

    kind: str = ""
    count: int = 1
    markets: list[str] | None = None
    params: dict[str, Any] = Field(default_factory=dict)


class Intervention(Model):
    """Something that was done. Each kind has some of these."""

    time: int | None = None
    """In nanoseconds since midnight."""
    do: str = ""
    symbol: str = ""
    jump_ticks: float | None = None
    text: str = ""
    name: str = ""
    agents: Agents = Agents()
    params: dict[str, Any] = Field(default_factory=dict)


class _Config(Model):
    """The part of a run file that is needed."""

    interventions: list[Intervention] = Field(default_factory=list)
    agents: dict[str, Agents] = Field(default_factory=dict)


class Interventions:
    """What was done to a run, in its order.

    Args:
        config: The run file as text.
        manifest: How many were made, and what the markets are.
    """

    def __init__(self, config: str, manifest: Manifest) -> None:
        plain = _read(config)
        every = plain.interventions
        self.count: Final = len(every)
        made = manifest.interventions
        self.made: Final = len(every) if made is None else min(made, len(every))
        """How many of them were made, the first ones."""
        self._shown = every[:SHOWN_MAX]
        self._markets = {name: group.markets for name, group in plain.agents.items()}
        self._markets |= {one.name: one.agents.markets for one in every if one.do == "enter"}
        self._listed = manifest.markets

    def marks(self, market: Market) -> list[dict[str, Any]]:
        """Return the marks on a market's prices: when, of what kind, which row of the table, and what it says."""
        return [
            {
                "at": one.time / numbers.NS_PER_SECOND,
                "kind": kind_of(one),
                "number": number,
                "text": f"{numbers.time_of_day(one.time)} {_shortened(_word(one))}: {self._what(one)}",
            }
            for number, one in enumerate(self._shown[: self.made], start=1)
            if one.time is not None and self._concerns(one, market)
        ]

    def section(self) -> Markup:
        """Return the table; nothing where nothing was done."""
        if not self.count:
            return Markup()
        rows = [self._row(number, one) for number, one in enumerate(self._shown, start=1)]
        headers = [Cell("Time"), Cell("What"), Cell("Details")]
        notes = ["The numbers are those on the price charts"]
        if self.count > len(rows):
            notes.append(f"the first {len(rows):,} of {self.count:,}")
        return markup.section(
            "interventions",
            "Interventions",
            markup.table("Interventions", headers, rows),
            note="; ".join(notes),
        )

    def _row(self, number: int, one: Intervention) -> Sequence[Cell]:
        badge = fill('<span class="badge $kind">$number</span>', kind=kind_of(one), number=number)
        time = fill("$badge$time", badge=badge, time=numbers.time_of_day(one.time))
        missed = Markup() if number <= self.made else fill(" $tag", tag=markup.tag("not made", "warn"))
        small = fill("<small>$text</small>", text=_shortened(text)) if (text := _small(one)) else Markup()
        return [
            Cell(time, header=True),
            Cell(fill("$word$missed", word=_shortened(_word(one)), missed=missed), "what"),
            Cell(fill("$what$small", what=self._what(one), small=small), "text"),
        ]

    def _what(self, one: Intervention) -> str:
        """Return what it was about, in a few words."""
        if one.do == "news":
            jump = "" if one.jump_ticks is None else f" {self._jump(one.symbol, one.jump_ticks)}"
            return _shortened(f"{one.symbol}{jump}")
        if one.do == "enter":
            count = one.agents.count
            return _shortened(
                f"{one.name}: {count:,} agent{'' if count == 1 else 's'} of kind {one.agents.kind}"
            )
        return _shortened(one.name or numbers.ABSENT)

    def _jump(self, symbol: str, ticks: float) -> str:
        market = next((market for market in self._listed if market.symbol == symbol), None)
        sign = "+" if ticks > 0 else ""
        if market is None:
            return f"{sign}{numbers.shortest(ticks)} ticks"
        unit = units.price_unit(market)
        return f"{sign}{unit.read(ticks)} {unit.name}".rstrip()

    def _concerns(self, one: Intervention, market: Market) -> bool:
        """Whether it is about a market: its symbol, or a group that trades there."""
        if one.do == "news":
            return one.symbol == market.symbol
        markets = self._markets.get(one.name)
        return markets is None or market.market in markets or market.symbol in markets


def kind_of(one: Intervention) -> str:
    """Return the name of its colour."""
    return one.do if one.do in WORDS else "other"


def _read(config: str) -> _Config:
    """Return a run file as far as it can be understood."""
    if len(config) > CHARACTERS_MAX:
        return _Config()
    try:
        plain = yaml.safe_load(config)
        return _Config.model_validate(plain)
    except (yaml.YAMLError, ValidationError, ValueError, RecursionError):
        return _Config()


def _word(one: Intervention) -> str:
    return WORDS.get(one.do, one.do or numbers.ABSENT)


def _small(one: Intervention) -> str:
    """Return what stands below the few words: the text of news, or parameters."""
    if one.do == "news":
        return one.text
    if one.do != "enter":
        return _parameters(one.params)
    markets = [f"in {', '.join(one.agents.markets)}"] if one.agents.markets else []
    return "; ".join([*markets, *([_parameters(one.agents.params)] if one.agents.params else [])])


def _parameters(params: Mapping[str, Any]) -> str:
    """Return parameters by name."""
    return ", ".join(_parameter(key, value) for key, value in params.items())


def _parameter(key: str, value: object) -> str:
    """Return a parameter; what a file has in nanoseconds is a time of day, or in the units that suit it."""
    name = key.removesuffix("_ns")
    if name != key and isinstance(value, int):
        if name in ("from", "to"):
            return f"{name}: {numbers.time_of_day(value)}"
        seconds = value / numbers.NS_PER_SECOND
        return f"{name}: {f'{numbers.shortest(seconds)} s' if seconds < 60 else numbers.duration(seconds)}"
    if isinstance(value, Mapping):
        return f"{key}: ({_parameters(value)})"
    # In words of a file that somebody wrote, such as 5s.
    return f"{name}: {numbers.plain(value)}"


def _shortened(text: str) -> str:
    return text if len(text) <= DETAIL_CHARACTERS_MAX else f"{text[: DETAIL_CHARACTERS_MAX - 1]}…"
