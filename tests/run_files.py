"""A model as run files are loaded into, and a short way to load a text into it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from crossbook.settings import Loaded, load


class Forbidding(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Pace(StrEnum):
    SLOW = "slow"
    FAST = "fast"


class Noise(Forbidding):
    kind: Literal["noise"] = "noise"
    count: int = Field(gt=0, le=100_000)
    # Named like the tag, to see that a location is not taken for the other.
    noise: int = 0


class Value(Forbidding):
    kind: Literal["value"] = "value"
    rates: list[float] = Field(default=[], max_length=3)
    pair: tuple[int, str] = (1, "")


class Latency(Forbidding):
    mean_ns: int = 0
    spread_ns: int = 0

    @model_validator(mode="after")
    def _check(self) -> "Latency":
        if self.spread_ns > self.mean_ns:
            raise ValueError("spread_ns is more than mean_ns")
        return self


class Run(Forbidding):
    seed: int = Field(default=0, ge=0)
    symbol: str = "X"
    halted: bool = False
    fee: float = 0.0
    pace: Pace = Pace.SLOW
    agents: dict[str, Annotated[Noise | Value, Field(discriminator="kind")]] = {}
    latency: Latency | None = None
    levels: int | Literal["all"] = 5
    either: Noise | Value | None = None
    by_number: dict[int, str] = {}
    renamed: int = Field(default=0, alias="known-as")


class Demanding(Forbidding):
    seed: int
    latency: Latency


def run(text: str | bytes, *overrides: str) -> Run:
    return load_text(text, *overrides).settings


def load_text(text: str | bytes, *overrides: str, name: str = "x.yaml") -> Loaded[Run]:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(Path(name), Run, overrides=overrides, folders=[Path("library")])
