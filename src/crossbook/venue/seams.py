"""What the sequencer needs of its neighbours: a journal that keeps, feeds that tell."""

from typing import Any, Protocol

from crossbook.core import Exchange
from crossbook.venue.reduction import Reduced


class Journal(Protocol):
    """What keeps the commands: `crossbook.core.Journal`."""

    @property
    def exchange(self) -> Exchange:
        """The core whose commands are kept."""

    @property
    def durable(self) -> int:
        """How many commands are safe."""

    @property
    def accepts(self) -> bool:
        """Whether there is room for further ones."""

    def note(self, payload: bytes, ahead: int = 0) -> None:
        """Put a note before the command that comes after `ahead` others."""

    def commit(self) -> int:
        """Hand over what was carried out; return how many commands that makes in all."""

    def collect(self) -> int:
        """Return how many commands are safe, and raise where the disk failed."""

    def fileno(self) -> int:
        """Return what becomes readable when more commands are safe."""

    def snapshot(self) -> None:
        """Save the state."""

    def close(self) -> None:
        """Write what waits, and end."""


class Carry(Protocol):
    """What carries out one command of a batch of administration."""

    def __call__(self, name: str, note: bytes | None = None, **arguments: Any) -> int:
        """Carry out a command by the name of its method of `Exchange`; return the number of what it made."""


class Tellers(Protocol):
    """What releases what a batch came to: the feeds."""

    def release(self, reduced: Reduced) -> None:
        """Tell everybody whom it concerns."""
