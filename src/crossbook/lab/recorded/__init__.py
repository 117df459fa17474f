"""Recorded market data as background flow of a simulation.

`day_of` turns a LOBSTER day into a `Day`, which is attached with market impact (`Day.attach_script`) or without
(`Day.tape`); `tape_of` turns a Binance recording into a `Tape`. What each does stands on the reference page.
"""

from crossbook.lab.recorded.day import Day, day_of
from crossbook.lab.recorded.tape import QueueModel, Tape, TapeSettings, tape_of

__all__ = ["Day", "QueueModel", "Tape", "TapeSettings", "day_of", "tape_of"]
