"""A fact about markets as something that can be measured, and what one measurement gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

from crossbook.realism.series import Series

Part = TypeVar("Part")
Group = Literal["cont", "microstructure"]
GROUPS: Final[Mapping[Group, str]] = {"cont": "Cont's facts", "microstructure": "facts of flow and book"}
"""What the facts of each group are called."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value of a fact, and what else was found beside it."""

    value: float
    holds: bool = True
    """Whether the conditions hold that the fact has beside its range."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Measure(Generic[Part]):
    """How one fact is measured: what each day gives by itself, and the value that all of them give together."""

    key: str
    name: str
    group: Group
    formula: str
    source: str
    accepted: str
    """The accepted range in words, with every further condition."""
    low: float
    high: float
    prepare: Callable[[Series], Part]
    pool: Callable[[Sequence[Part]], Estimate | None]
    """`None` where the data cannot carry the value."""
    clear: bool = False
    """Whether the whole interval, and not only the value, must lie in the range."""
    whole_days: bool = False
    """Whether a part of a day says nothing about it, so that only days can be resampled."""
