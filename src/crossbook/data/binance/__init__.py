"""Recordings of Binance's combined streams: best quotes, changes of the book and trades, as rows of integers.

A recording has one JSON message a line, after the time of its receipt. What is read, refused and repaired stands on
the reference page.
"""

from crossbook.core import L2_ROW, RowFlag, RowKind
from crossbook.data.binance.reader import read
from crossbook.data.binance.recording import Contents, Finding, Recording
from crossbook.data.errors import DataError

__all__ = ["L2_ROW", "Contents", "DataError", "Finding", "Recording", "RowFlag", "RowKind", "read"]
