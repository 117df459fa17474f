"""The pages of agents and of run files say what the models say: every key in its place, with its default and range."""

import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import annotated_types
import pytest
from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from crossbook.lab.config import agents, groups, interventions, model, recordings, units

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
HEADING = re.compile(r"^##+ (.*)$")
ROW = re.compile(r"^\| `([a-z_.]+)` \| (.*?) \| (.*?) \|")

SIZES: list[type[BaseModel]] = [
    agents.FixedSize,
    agents.UniformSize,
    agents.LognormalSize,
    agents.NormalSize,
    agents.ParetoSize,
    agents.MixtureSize,
]
AGENTS: dict[str, list[tuple[str, type[BaseModel]]]] = {
    "Sizes": [
        *((str(typing.get_args(kind.model_fields["kind"].annotation)[0]) + ".", kind) for kind in SIZES),
        ("mixture.parts.", agents.MixturePart),
    ],
    **{f"`{name}`": [("", kind)] for name, kind in agents.NATIVE.items()},
}
RUN_FILES: dict[str, list[tuple[str, type[BaseModel]]]] = {
    "The run": [("", model.RunFile)],
    "`day`": [("", model.Day)],
    "`markets`": [("", model.Market)],
    "`fundamental`": [
        ("constant.", model.Constant),
        ("mean_reverting.", model.MeanReverting),
        ("geometric.", model.Geometric),
        ("stochastic_volatility.", model.StochasticVolatility),
        ("stochastic_volatility.factors.", model.Factor),
        ("file.", model.Given),
    ],
    "`venues`": [("", model.Venue)],
    "`news` and `random_news`": [("news.", model.News), ("random_news.", model.RandomNews)],
    "`recorded`": [
        ("lobster.", recordings.Lobster),
        ("binance.", recordings.Binance),
        ("binance.queue.", recordings.Power),
    ],
    "`latencies`": [("", groups.Latency), ("feed.", groups.Leg), ("feed.jitter.", groups.Jitter)],
    "`agents`": [("", groups.PythonGroup)],
    "`interventions`": [
        ("", interventions.Intervention),
        ("news.", interventions.NewsBreaks),
        ("enter.", interventions.Enter),
        ("change.", interventions.Change),
        ("leave.", interventions.Leave),
    ],
    "`record`": [("", model.Record)],
}
PAGES = {"agents.md": AGENTS, "run-files.md": RUN_FILES}


def number(value: float) -> str:
    """Write a number as the pages do: `1,000`, `0.5`."""
    return f"{int(value):,}" if value == int(value) else repr(value)


def is_read_by(reader: Any, field: FieldInfo) -> bool:
    """Whether a key is read as a duration, a time of day or a price."""
    return any(isinstance(part, BeforeValidator) and part.func is reader for part in field.metadata)


def default_of(field: FieldInfo) -> str:
    """Write the default of a key as the pages do."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, int | float):
        text = number(value)
        if is_read_by(units.clock, field):
            text = f"`{units.written_clock(int(value))}`"
        elif is_read_by(units.duration, field) and value:
            text = f"`{number(value / 1e9)}s`"
    elif isinstance(value, str) and value:
        text = f"`{value}`"
    elif not value:
        text = "none"
    else:
        text = "one lot" if value == agents.ONE_LOT else "see below"
    return text


def bounds_of(kind: Any) -> Iterator[Any]:
    """Return the constraints that a type has on its own values, not on those of its parts."""
    for part in getattr(kind, "__metadata__", ()):
        yield from getattr(part, "metadata", [part])
    if typing.get_origin(kind) is typing.Annotated:
        yield from bounds_of(typing.get_args(kind)[0])
    elif type(None) in typing.get_args(kind):
        for inner in typing.get_args(kind):
            yield from bounds_of(inner)


def range_of(field: FieldInfo) -> str:
    """Write the range of a key as the pages do."""
    low = high = ""
    for bound in [*field.metadata, *bounds_of(field.annotation)]:
        for one in getattr(bound, "metadata", [bound]):
            if isinstance(one, annotated_types.Ge):
                low = f"≥ {number(typing.cast('float', one.ge))}"
            if isinstance(one, annotated_types.Gt):
                low = f"> {number(typing.cast('float', one.gt))}"
            if isinstance(one, annotated_types.Le):
                high = f"≤ {number(typing.cast('float', one.le))}"
            if isinstance(one, annotated_types.Lt):
                high = f"< {number(typing.cast('float', one.lt))}"
    return ", ".join(part for part in (low, high) if part)


def expected(parts: list[tuple[str, type[BaseModel]]]) -> list[tuple[str, str, str]]:
    """Return the rows that a section must have."""
    return [
        (f"{prefix}{name}", default_of(field), range_of(field))
        for prefix, kind in parts
        for name, field in kind.model_fields.items()
        if name not in ("kind", "do") or kind is groups.PythonGroup
        if kind is interventions.Intervention
        or not issubclass(kind, interventions.Intervention)
        or name not in interventions.Intervention.model_fields
    ]


def sections(page: str) -> dict[str, list[tuple[str, str, str]]]:
    """Return the rows of each section of a page."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    rows: list[tuple[str, str, str]] = []
    for line in (REFERENCE / page).read_text().splitlines():
        if heading := HEADING.match(line):
            rows = found.setdefault(heading[1], [])
        elif row := ROW.match(line):
            rows.append((row[1], row[2].strip(), row[3].strip()))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_the_tables_of_a_page_are_the_keys_of_the_models_with_their_defaults_and_ranges(page: str) -> None:
    found = sections(page)

    for heading, parts in PAGES[page].items():
        assert found.get(heading) == expected(parts), heading


def test_every_model_of_a_run_file_has_its_table() -> None:
    shown = {kind for page in PAGES.values() for parts in page.values() for _, kind in parts}
    every = {
        kind
        for module in (agents, groups, interventions, model, recordings)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__module__ == module.__name__
    }
    native = {kind for kind in every if issubclass(kind, groups.Group)}

    assert every - native == shown - native
