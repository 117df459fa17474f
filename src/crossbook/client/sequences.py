"""Whether the messages of a channel follow one another, channel by channel.

A message names the one before it, so a gap is seen at once and never guessed. Channels that always tell the whole
state (`prices`, `orderbook:…`) may leave messages out for a slow reader, which is no gap.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from crossbook.client.wire import Frame

WHOLE: Final = ("prices", "orderbook:")
"""What the names of channels begin with whose messages each tell everything."""


class Verdict(Enum):
    """What is to be done with a message."""

    TAKE = auto()
    DUPLICATE = auto()
    """It was seen before."""
    GAP = auto()
    """Something before it is missing: ask for it."""
    WAIT = auto()
    """Something before it is missing, and was asked for already."""


@dataclass(slots=True)
class ChannelState:
    """How far one channel was read."""

    name: str
    last: int | None = None
    """The sequence of the newest message that was taken; none before the first."""
    recovering: bool = False
    """Whether a gap was seen, and what is missing was asked for."""
    asked: bool = False
    """Whether it was so at the last heartbeat already."""

    def judge(self, frame: Frame) -> Verdict:
        """Say what is to be done with a message, and take note of it."""
        if frame.snapshot or self.last is None or self.name.startswith(WHOLE):
            if self.name.startswith(WHOLE) and self.last is not None and frame.sequence < self.last:
                return self._restart(frame)
            return self._take(frame)
        if frame.previous == self.last:
            return self._take(frame)
        if frame.sequence <= self.last:
            return Verdict.DUPLICATE
        if self.recovering:
            return Verdict.WAIT
        self.recovering = True
        return Verdict.GAP

    def _restart(self, frame: Frame) -> Verdict:
        """A whole state that is older than the last is old news, unless it is a snapshot of a venue that went back."""
        return self._take(frame) if frame.snapshot else Verdict.DUPLICATE

    def _take(self, frame: Frame) -> Verdict:
        self.last = frame.sequence
        self.recovering = self.asked = False
        return Verdict.TAKE

    def forget(self) -> None:
        """Begin anew: take whatever comes next."""
        self.last = None
        self.recovering = self.asked = False
