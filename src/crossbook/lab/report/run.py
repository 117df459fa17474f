"""A run directory, read as far as it goes.

A run that broke off leaves files out, empty or cut short. Nothing here raises for that: what could not be read is an
empty frame or a default, and a line in `problems` that the report shows. Refuses only a folder that is not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

import polars as pl
from pydantic import ValidationError

from crossbook.core import UsageError
from crossbook.lab.report.interventions import Interventions
from crossbook.lab.report.manifest import FORMAT, AgentMetrics, Manifest, Market, Metrics, Model

CONFIG_CHARACTERS_MAX: Final = 200_000
"""Of a longer configuration the report shows the beginning."""

SCHEMAS: Final[Mapping[str, Mapping[str, type[pl.DataType]]]] = MappingProxyType(
    {
        "book": {
            "time_ns": pl.Int64,
            "market": pl.String,
            "bid": pl.Int64,
            "bid_quantity": pl.Int64,
            "ask": pl.Int64,
            "ask_quantity": pl.Int64,
        },
        "trades": {
            "time_ns": pl.Int64,
            "market": pl.String,
            "price": pl.Int64,
            "quantity": pl.Int64,
            "side": pl.Int8,
        },
        "equity": {"time_ns": pl.Int64, "group": pl.String, "pnl": pl.Int64},
        "fundamental": {"time_ns": pl.Int64, "symbol": pl.String, "value": pl.Float64},
    }
)
"""The columns that the report reads of each table; a table may have more."""

OPTIONAL: Final = frozenset({"equity", "fundamental"})
"""Tables that a whole run may do without."""

AModel = TypeVar("AModel", bound=Model)


@dataclass(frozen=True, slots=True)
class Run:
    """All that a report needs of one run."""

    folder: Path
    manifest: Manifest
    metrics: Metrics
    book: pl.DataFrame
    trades: pl.DataFrame
    equity: pl.DataFrame
    fundamental: pl.DataFrame
    config: str | None
    interventions: Interventions
    problems: tuple[str, ...]
    """What could not be read, a sentence each."""

    @property
    def name(self) -> str:
        """Name of the run; that of its folder where the manifest has none."""
        return self.manifest.name or self.folder.resolve().name

    @property
    def partial(self) -> bool:
        """Whether the run is anything but complete."""
        return self.manifest.status != "complete"

    def markets(self) -> list[Market]:
        """Return the markets: those of the manifest in its order, then any that only the tables know."""
        known = {market.market: market for market in self.manifest.markets}
        found = {*self.metrics.markets}
        for frame in (self.book, self.trades):
            found |= {name for name in frame["market"].unique().to_list() if name is not None}
        for name in sorted(found - known.keys()):
            venue, _, symbol = name.rpartition(":")
            known[name] = Market(market=name, symbol=symbol, venue=venue)
        return list(known.values())

    def groups(self) -> list[AgentMetrics]:
        """Return the groups of agents in the manifest's order; one that was not measured has its count alone."""
        measured = {group.group: group for group in self.metrics.agents}
        listed = {
            group.group: AgentMetrics(group=group.group, count=group.count) for group in self.manifest.agents
        }
        return list((listed | measured).values())


def read_run(folder: Path) -> Run:
    """Read a run directory.

    Raises:
        UsageError: Where there is no such directory.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a run directory: there is no such directory")
    problems: list[str] = []
    manifest = _model(folder / "manifest.json", Manifest, problems)
    if manifest.format != FORMAT:
        problems.append(
            f"manifest.json has format {manifest.format}, and this report was made for format {FORMAT}."
        )
    metrics = _model(folder / "metrics.json", Metrics, problems)
    tables = {name: _table(folder / f"{name}.parquet", problems) for name in SCHEMAS}
    config = _config(folder / "config.yaml", problems)
    interventions = Interventions(config or "", manifest)
    if manifest.interventions and not interventions.count:
        problems.append(f"config.yaml does not tell what {manifest.interventions:,} interventions were.")
    return Run(
        folder=folder,
        manifest=manifest,
        metrics=metrics,
        book=tables["book"],
        trades=tables["trades"],
        equity=tables["equity"],
        fundamental=tables["fundamental"],
        config=_beginning(config),
        interventions=interventions,
        problems=tuple(problems),
    )


def _model(path: Path, model: type[AModel], problems: list[str]) -> AModel:
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        problems.append(f"{path.name} is missing.")
    except OSError as error:
        problems.append(f"{path.name} could not be read: {error.strerror}.")
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        problems.append(f"{path.name} could not be read: {place + ': ' if place else ''}{first['msg']}.")
    return model()


def _table(path: Path, problems: list[str]) -> pl.DataFrame:
    schema = dict(SCHEMAS[path.stem])
    empty = pl.DataFrame(schema=schema)
    if not path.exists():
        if path.stem not in OPTIONAL:
            problems.append(f"{path.name} is missing.")
        return empty
    if not path.stat().st_size:
        problems.append(f"{path.name} is empty.")
        return empty
    try:
        columns = [pl.col(name).cast(kind) for name, kind in schema.items()]
        table = pl.read_parquet(path, columns=list(schema)).select(columns).drop_nulls("time_ns")
        return table.sort("time_ns", maintain_order=True)
    except (pl.exceptions.PolarsError, OSError) as error:
        problems.append(f"{path.name} could not be read: {str(error).splitlines()[0]}.")
        return empty


def _config(path: Path, problems: list[str]) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        problems.append(f"{path.name} could not be read: {error.strerror}.")
        return None


def _beginning(text: str | None) -> str | None:
    """Return as much of a configuration as the report shows."""
    if text is not None and len(text) > CONFIG_CHARACTERS_MAX:
        return f"{text[:CONFIG_CHARACTERS_MAX]}\n... ({len(text):,} characters in all)"
    return text
