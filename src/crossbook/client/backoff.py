"""How long to wait before the next attempt."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import SystemRandom


@dataclass(slots=True)
class Backoff:
    """Waits that double, each drawn from its whole range.

    Source: "full jitter" of M. Brooker, Exponential Backoff and Jitter, 2015. Clients that lost the same venue at
    one moment do not come back at one moment.
    """

    first_s: float = 0.05
    """The range of the first wait."""
    longest_s: float = 5.0
    """The range at which doubling ends."""
    uniform: Callable[[], float] = field(default_factory=lambda: SystemRandom().random)
    """Draws from 0 to below 1."""
    attempts: int = 0
    """Waits since the last success."""

    def next_s(self) -> float:
        """Return the next wait in seconds."""
        reach = min(self.longest_s, self.first_s * 2.0 ** min(self.attempts, 32))
        self.attempts += 1
        return reach * self.uniform()

    def succeeded(self) -> None:
        """Begin with the shortest range again."""
        self.attempts = 0
