"""Journals: what a live exchange writes, and what is read of it.

`Journal` is open for writing and has an `Exchange`; `Follower` reads one that may still grow. `inspect`, `verify` and
`repair` are for whoever looks after the files.
"""

from crossbook.core._native.journal import (
    Follower,
    Journal,
    JournalFacts,
    Recovered,
    Repaired,
    SnapshotFacts,
    inspect,
    repair,
    verify,
)

__all__ = [
    "Follower",
    "Journal",
    "JournalFacts",
    "Recovered",
    "Repaired",
    "SnapshotFacts",
    "inspect",
    "repair",
    "verify",
]
