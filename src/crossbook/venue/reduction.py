"""From the core's events to what the venue tells: answers, trades, and messages to the owners of orders.

The walk over the events is native (`crossbook.core.Teller`); what it gives is named here. Nothing is told from here:
what a batch came to waits until the batch is safe.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from crossbook.core import COMMAND, Teller

NO_COMMANDS: NDArray[np.void] = np.empty(0, COMMAND)

Trade: TypeAlias = tuple[int, int, int, int, int, bytes]
"""Sequence, time in nanoseconds, instrument, price in ticks, lots, and the `TradeView` as JSON."""
Owned: TypeAlias = tuple[int, bytes]
"""What an owner is told of (0 an order, 1 a trade), and the data of the message as JSON."""
PhaseChange: TypeAlias = tuple[int, int, int]
"""Sequence, instrument, and the number of its new phase."""


@dataclass(slots=True)
class Reduced:
    """What a batch came to."""

    answers: list[bytes | int] = field(default_factory=list)
    """For each command the answer as JSON, how many orders it ended, or minus its `RejectCode`."""
    trades: list[Trade] = field(default_factory=list)
    owned: dict[int, list[Owned]] = field(default_factory=dict)
    """What owners are told, by account."""
    phases: list[PhaseChange] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    """The numbers of the instruments whose book may look different."""
    expiries: list[int] = field(default_factory=list)
    """When orders that are good till a date end, in nanoseconds."""
    accepted: int = 0
    rejected: list[int] = field(default_factory=list)
    """The `RejectCode` of each command that was refused."""
    sequence: int = 0
    """That of the last event."""

    def take(self, later: "Reduced") -> None:
        """Take over what commands right after these came to."""
        self.trades += later.trades
        for account, messages in later.owned.items():
            self.owned.setdefault(account, []).extend(messages)
        self.phases += later.phases
        self.changed += later.changed
        self.expiries += later.expiries
        self.accepted += later.accepted
        self.rejected += later.rejected
        self.sequence = later.sequence or self.sequence


def reduce(
    teller: Teller,
    events: NDArray[np.void],
    commands: NDArray[np.void] = NO_COMMANDS,
    first: int = 0,
    names: list[tuple[int, str]] | None = None,
) -> Reduced:
    """Read the events of a batch.

    Args:
        teller: What knows the open orders.
        events: Array of `EVENT`.
        commands: Array of `COMMAND` whose answers are waited for.
        first: The number of the first of them.
        names: The owners' names of new orders, by the place of their command.
    """
    return Reduced(*teller.tell(commands, first, names or [], events))
