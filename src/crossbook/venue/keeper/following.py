"""What the keeper needs of whoever reads the journal; `crossbook.core.Follower` is one."""

from typing import Protocol

from crossbook.core import Exchange
from crossbook.venue.keeper.reduce import Events, Note


class Following(Protocol):
    """Reads a journal that may still grow, and carries it out on an exchange of its own."""

    @property
    def exchange(self) -> Exchange:
        """The exchange as the commands read so far left it."""

    def step(self, limit: int = ..., until: int | None = ...) -> tuple[Events, list[Note]]:
        """Carry out up to `limit` more commands, none beyond number `until`; return their events and notes."""


class OpenFollower(Protocol):
    """Opens a journal to be followed."""

    def __call__(self, directory: str, *, sequence: int = ...) -> Following:
        """Return a follower that has carried out everything up to an event sequence.

        Raises:
            UsageError: Where the journal ends before it.
        """
