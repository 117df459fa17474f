"""The stream of random numbers of a trader: the methods of the lab's, on the generator of Python's own library.

The same seed and name give the same draws in every process and version of Python; they are not the draws of the lab,
whose generator is native. On a live venue no run is like another, whatever is drawn.
"""

import math
from random import Random as Generator
from typing import Final

WAIT_NS_MAX: Final = 1 << 60
"""No drawn wait is longer, as in the lab."""


class Random:
    """A stream that belongs to one trader."""

    def __init__(self, seed: int, name: str) -> None:
        """Begin the stream of a name."""
        # Seeded with a text, the generator hashes it with SHA-512: neighbours have nothing in common.
        self._generator = Generator(f"{seed}:{name}")  # noqa: S311 - no secret is drawn from it

    def uniform(self) -> float:
        """Return a number from 0 to below 1."""
        return self._generator.random()

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included; `low` where the range is empty."""
        return low if high <= low else self._generator.randint(low, high)

    def chance(self, probability: float) -> bool:
        """Return true with a probability."""
        return self._generator.random() < probability

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        """Return a normally distributed number."""
        return self._generator.normalvariate(mean, deviation)

    def exponential(self, mean: float = 1.0) -> float:
        """Return an exponentially distributed number."""
        return mean * self._generator.expovariate(1.0)

    def lognormal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        """Return the exponential of a normally distributed number."""
        return math.exp(self.normal(mean, deviation))

    def pareto(self, scale: float, shape: float) -> float:
        """Return a Pareto distributed number of at least `scale`, with the tail exponent `shape`."""
        return scale * math.exp(self.exponential() / shape)

    def wait(self, mean_ns: float) -> int:
        """Return an exponentially distributed waiting time in whole nanoseconds, at least one."""
        return int(min(max(self.exponential(mean_ns), 1.0), float(WAIT_NS_MAX)))
