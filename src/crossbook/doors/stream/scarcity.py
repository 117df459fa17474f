"""What is left out, and in which order, when a simulation's process has more memory than it may."""

from typing import Final

STEPS: Final = ("history", "books", "paused")
"""Each only after the one before it did not help."""


class Scarcity:
    """Decides from one look at the memory to the next; what was left out stays so.

    Args:
        limit_bytes: What the process may have.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes: Final = limit_bytes
        self._taken = 0

    @property
    def degraded(self) -> str | None:
        """The last step that was taken; none where there was no need."""
        return STEPS[self._taken - 1] if self._taken else None

    def look(self, memory_bytes: int) -> str | None:
        """Return the step that is to be taken now, if any.

        Args:
            memory_bytes: What the process has.
        """
        if memory_bytes <= self._limit_bytes or self._taken == len(STEPS):
            return None
        self._taken += 1
        return STEPS[self._taken - 1]
