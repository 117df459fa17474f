"""Simulated time against the clock on the wall.

A pace knows nothing of a simulation: it is told what the clock says, and answers how far the simulation should be. What
cannot be made up for is forgotten: where the simulation falls behind by more than `LAG_NS_MAX` of the clock, because the
machine is slow or slept, it goes on from where it is at the pace that was asked for.
"""

from typing import Final

LAG_NS_MAX: Final = 250_000_000
"""Of the clock on the wall."""
SPEED_MAX: Final = 1e6


class Pace:
    """How far a simulation should be.

    Args:
        speed: Simulated seconds for one of the clock, up to a million; zero for as fast as it goes.
        simulated_ns: Where the simulation is.
        clock_ns: What a clock that never goes back says.

    Raises:
        ValueError: The speed is out of its range.
    """

    def __init__(self, speed: float, simulated_ns: int, clock_ns: int) -> None:
        self._speed = _checked(speed)
        self._paused = False
        self._anchor = (simulated_ns, clock_ns)

    @property
    def speed(self) -> float:
        """Simulated seconds for one of the clock; zero for as fast as it goes."""
        return self._speed

    @property
    def paused(self) -> bool:
        """Whether time stands still."""
        return self._paused

    def until(self, simulated_ns: int, clock_ns: int) -> int | None:
        """Return how far the simulation should be now: nowhere further than it is while paused, none for no limit.

        Args:
            simulated_ns: Where it is.
            clock_ns: What the clock says.
        """
        if self._paused:
            return simulated_ns
        if self._speed == 0:
            return None
        begun, began = self._anchor
        wanted = begun + int((clock_ns - began) * self._speed)
        if wanted - simulated_ns > LAG_NS_MAX * self._speed:
            self._anchor = (simulated_ns, clock_ns - LAG_NS_MAX)
            return simulated_ns + int(LAG_NS_MAX * self._speed)
        return max(wanted, simulated_ns)

    def pause(self) -> None:
        """Stand still."""
        self._paused = True

    def resume(self, simulated_ns: int, clock_ns: int) -> None:
        """Go on from where the simulation is."""
        self._paused = False
        self._anchor = (simulated_ns, clock_ns)

    def go(self, speed: float, simulated_ns: int, clock_ns: int) -> None:
        """Go on at another speed; what is paused stays so.

        Raises:
            ValueError: The speed is out of its range.
        """
        self._speed = _checked(speed)
        self._anchor = (simulated_ns, clock_ns)


def _checked(speed: float) -> float:
    if not 0 <= speed <= SPEED_MAX:
        raise ValueError(f"a speed is from 0, as fast as it goes, to {SPEED_MAX:,.0f}, not {speed}")
    return float(speed)
