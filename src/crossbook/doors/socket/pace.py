"""How often a connection may do something."""

from collections.abc import Callable
from time import monotonic


class Pace:
    """A bucket of tokens that fills at a steady rate.

    The clock is read only when the bucket seems empty, so a client within its rate costs a subtraction. In any
    time T at most `burst + rate * T` are given.
    """

    __slots__ = ("_burst", "_clock", "_filled", "_left", "_rate", "refused")

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._left = float(burst)
        self._filled = clock()
        self.refused = 0
        """How many were refused since one was given last."""

    def take(self) -> bool:
        """Take one, if there is one."""
        if self._left >= 1.0:
            self._left -= 1.0
            return True
        now = self._clock()
        self._left = min(self._left + (now - self._filled) * self._rate, float(self._burst))
        self._filled = now
        if self._left >= 1.0:
            self._left -= 1.0
            self.refused = 0
            return True
        self.refused += 1
        return False
