"""A live session's journal through the core once more, from its first command to its last.

The core carries out what it carried out then, and each batch says what the hash over all events was when it was written,
so a replay that goes another way is found within the batch. Snapshots on the way can be compared byte for byte.

Assumes nothing of the venue that wrote the journal, which may still be writing it: the replay ends with what was complete
when it got there. Refuses a journal that is damaged.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from crossbook.core import EventKind, Follower, UsageError
from crossbook.core.journal import JournalFacts, inspect

JOURNAL_FOLDER: Final = "journal"
"""Where a venue keeps its journal, in its data directory."""
STEP_COMMANDS: Final = 65_536
"""Commands between two reports of progress."""


@dataclass(slots=True)
class JournalSummary:
    """The account of one replay."""

    commands: int = 0
    """Commands carried out, refused ones counted."""
    events: int = 0
    trades: int = 0
    refusals: int = 0
    """Commands that the market refused, then as now."""
    notes: int = 0
    """What the venue wrote beside the commands."""
    snapshots_equal: int = 0
    """Snapshots that are the replayed state, byte for byte."""
    snapshots_different: list[int] = field(default_factory=list)
    """The numbers of the commands after which a snapshot is not the replayed state."""
    state_hash: int = 0
    event_hash: int = 0


@dataclass(slots=True)
class JournalReplay:
    """One journal on its way through the core.

    Args:
        directory: The journal's directory, or the data directory that holds it.
        verify_snapshots: Compare the state with every snapshot on the way.

    Raises:
        UsageError: Where there is no journal.
        JournalDamaged: Where it is damaged.
    """

    directory: Path
    verify_snapshots: bool = False
    facts: JournalFacts = field(init=False)
    """What the journal holds."""
    summary: JournalSummary = field(default_factory=JournalSummary, init=False)
    _follower: Follower = field(init=False)

    def __post_init__(self) -> None:
        self.directory = journal_directory(self.directory)
        self.facts = inspect(str(self.directory))
        self._follower = Follower.open(str(self.directory))

    def run(self) -> Iterator[int]:
        """Carry the commands out; yield now and then how many are done.

        Raises:
            JournalDamaged: Where bytes are damaged, or where the core goes another way than it did then.
        """
        snapshots = self.facts.snapshots if self.verify_snapshots else []
        for snapshot in sorted(snapshots, key=lambda snapshot: snapshot.commands):
            yield from self._step_until(snapshot.commands)
            if self._follower.agrees(snapshot.sequence):
                self.summary.snapshots_equal += 1
            else:
                self.summary.snapshots_different.append(snapshot.commands)
        yield from self._step_until(None)
        exchange = self._follower.exchange
        self.summary.commands = exchange.commands
        self.summary.state_hash, self.summary.event_hash = exchange.state_hash(), exchange.event_hash()

    def _step_until(self, command: int | None) -> Iterator[int]:
        summary, exchange = self.summary, self._follower.exchange
        while True:
            before = exchange.commands
            events, notes = self._follower.step(STEP_COMMANDS, command)
            if exchange.commands == before and not notes:
                return
            counts = np.bincount(events["kind"], minlength=256)
            summary.events += len(events)
            summary.trades += int(counts[EventKind.TRADE])
            summary.refusals += int(counts[EventKind.REJECTED])
            summary.notes += len(notes)
            yield exchange.commands


def journal_directory(path: Path) -> Path:
    """Return the directory of the journal that a path means: itself, or the one inside a data directory.

    Raises:
        UsageError: Where there is no such directory.
    """
    if not path.is_dir():
        raise UsageError(f"{path} is no directory")
    inside = path / JOURNAL_FOLDER
    return inside if inside.is_dir() else path
