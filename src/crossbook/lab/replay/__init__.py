"""Replaying through the core: a recorded day beside its record, and the journal of a live session."""

from crossbook.lab.replay.difference import Cause
from crossbook.lab.replay.journal import JournalReplay, JournalSummary, journal_directory
from crossbook.lab.replay.replay import Replay
from crossbook.lab.replay.summary import FirstDifference, Spread, Summary

__all__ = [
    "Cause",
    "FirstDifference",
    "JournalReplay",
    "JournalSummary",
    "Replay",
    "Spread",
    "Summary",
    "journal_directory",
]
