"""Recordings that nobody changes: rows, how they are read, and where they come from."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from crossbook.core import RowKind, UsageError
from crossbook.core.simulation import Simulation
from crossbook.data.binance import Recording

QueueModel: TypeAlias = Literal["risk_averse", "log", "optimistic"] | dict[Literal["power"], float]
"""How an order's place is estimated where the recording tells of levels only; `{"power": n}` with n above zero."""

DAY_NS: Final = 86_400_000_000_000


@dataclass(frozen=True, slots=True)
class TapeSettings:
    """How a tape is read."""

    clock: Literal["exchange", "local"] = "exchange"
    """Whose clock simulated time is."""
    feed: Literal["instant", "recorded"] = "instant"
    """Whether rows can be seen at their time, or when the recorder received them; an agent's own delay comes on top."""
    shift_ns: int = 0
    """Added to every receive time: clocks of recorders go wrong."""
    offset_ns: int = 0
    """Added to both times."""
    queue: QueueModel = "risk_averse"
    impact: bool = False
    """Whether what agents take of a level stays taken until the recording next tells of that level."""
    quotes: bool = True
    """Whether best quotes rule the top of the book, which rows of depth alone show late."""
    mark_ns: int = 1_000_000_000
    """Time between two settings of the exchange's mark price."""


@dataclass(frozen=True, slots=True)
class Tape:
    """A recording, ready to be attached."""

    rows: NDArray[np.void]
    """Array of `L2_ROW` or `TAPE_ROW`."""
    settings: TapeSettings
    lowest: int
    """The lowest price in ticks."""
    highest: int
    source: dict[str, Any] = field(default_factory=dict)
    """Where it comes from."""

    @property
    def start_ns(self) -> int:
        """Simulated time of the first row."""
        return int(self._times().min())

    @property
    def end_ns(self) -> int:
        """Simulated time of the last row."""
        return int(self._times().max())

    @property
    def lineage(self) -> dict[str, Any]:
        """What a run's manifest says of it."""
        return {**self.source, "tape": asdict(self.settings)}

    def _times(self) -> NDArray[np.int64]:
        settings = self.settings
        column, shift = ("local_ns", settings.shift_ns) if settings.clock == "local" else ("exchange_ns", 0)
        known = self.rows[column][self.rows[column] != 0]
        times: NDArray[np.int64] = known + (shift + settings.offset_ns)
        return times

    def attach(self, simulation: Simulation, market: int = 0) -> None:
        """Let a market's feed be this recording.

        Raises:
            UsageError: The market is not there, has a recording, or no group `recorded`; a setting is unsound.
        """
        simulation.attach_tape(market, self.rows, json.dumps(asdict(self.settings)))


def tape_of(
    recording: Recording,
    *,
    clock: Literal["exchange", "local"] = "exchange",
    feed: Literal["instant", "recorded"] = "instant",
    queue: QueueModel = "risk_averse",
    impact: bool = False,
    quotes: bool = True,
    shift_ns: int | None = None,
    from_midnight: bool = True,
) -> Tape:
    """Make a tape of a Binance recording.

    Args:
        recording: What `crossbook.data.binance.read` returned.
        clock: Whose clock simulated time is.
        feed: Whether rows can be seen at their time, or when the recorder received them.
        queue: How an order's place in its queue is estimated.
        impact: Whether what agents take of a level stays taken until the recording next tells of it.
        quotes: Whether best quotes rule the top of the book.
        shift_ns: Added to every receive time. When left out, so much that no row was received before it was sent.
        from_midnight: Count time from the midnight, UTC, before the first row, instead of from 1970.

    Raises:
        UsageError: The recording has no rows.
    """
    rows = recording.rows
    if not len(rows):
        raise UsageError("the recording has no rows")
    if shift_ns is None:
        shift_ns = max(0, -(recording.contents.least_delay_ns or 0))
    times = rows["exchange_ns" if clock == "exchange" else "local_ns"]
    first = int(times[times != 0].min(initial=np.iinfo(np.int64).max))
    offset_ns = -(first - first % DAY_NS) if from_midnight else 0
    settings = TapeSettings(clock, feed, shift_ns, offset_ns, queue, impact, quotes)
    priced = rows["price"][(rows["kind"] != RowKind.QUOTE) | (rows["quantity"] > 0)]
    return Tape(rows, settings, int(priced.min()), int(priced.max()), dict(recording.lineage))
