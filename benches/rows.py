"""One measured figure of `make bench`, and what it means beside its baseline and its target.

A part of the benchmark is a module of this folder with a function `rows() -> list[Row]`. A part written in
another language prints the same rows as a JSON array of objects, which `rows_from_json` reads.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure, with everything that is needed to judge it."""

    name: str
    """What was measured, in a few words."""

    unit: str = ""
    """The unit of the figure and of its baseline, such as `M messages/s`."""

    figure: float | None = None
    """What was measured, or nothing when it could not be: the note then says why."""

    baseline: float | None = None
    """What the named rival or reference did in the same run."""

    baseline_name: str = ""
    """Who the baseline is."""

    target: float | None = None
    """What has to be reached."""

    target_of: Literal["figure", "ratio"] = "figure"
    """What the target is for: the figure itself, or its ratio to the baseline."""

    higher_is_better: bool = True
    """False for times, instructions and memory."""

    note: str = ""
    """Anything that a reader must know to understand the figure."""

    @property
    def ratio(self) -> float | None:
        """How many times better than the baseline, whichever way better lies."""
        if self.figure is None or self.baseline is None or not self.figure or not self.baseline:
            return None
        return self.figure / self.baseline if self.higher_is_better else self.baseline / self.figure

    @property
    def verdict(self) -> Literal["met", "missed", "no target", "not measured"]:
        """Whether the target is reached."""
        reached = self.figure if self.target_of == "figure" else self.ratio
        if self.figure is None or (self.target is not None and reached is None):
            return "not measured"
        if self.target is None or reached is None:
            return "no target"
        # A ratio is always the higher the better.
        downwards = self.target_of == "figure" and not self.higher_is_better
        return "met" if (reached <= self.target if downwards else reached >= self.target) else "missed"

    def as_json(self) -> dict[str, Any]:
        """Return all fields with the ratio and the verdict, as they are saved."""
        return {**asdict(self), "ratio": self.ratio, "verdict": self.verdict}


def not_measured(name: str, why: str) -> list[Row]:
    """Return the one row of a part that could not be measured."""
    return [Row(name=name, note=why)]


def rows_from_json(text: str) -> list[Row]:
    """Read the rows that a program printed: a JSON array, after anything else on lines before it.

    Raises:
        ValueError: The text has no such array, or an object in it has fields that a row has not.
    """
    lines = text.splitlines()
    start = next((number for number, line in enumerate(lines) if line.startswith("[")), None)
    if start is None:
        message = "no JSON array of rows in the output"
        raise ValueError(message)
    known = {field.name for field in fields(Row)}
    found = []
    for item in json.loads("\n".join(lines[start:])):
        if not isinstance(item, Mapping) or not {"name"} <= set(item) <= known:
            message = f"not a row: {item}"
            raise ValueError(message)
        found.append(Row(**item))
    return found
