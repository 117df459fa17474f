"""Replaying a recorded day through the core, and comparing it with the record row by row."""

from crossbook.lab.replay.difference import Cause
from crossbook.lab.replay.replay import Replay
from crossbook.lab.replay.summary import FirstDifference, Spread, Summary

__all__ = ["Cause", "FirstDifference", "Replay", "Spread", "Summary"]
