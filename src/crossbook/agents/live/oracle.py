"""The oracle of a live market: what each instrument is worth.

The logarithm of a value is an Ornstein-Uhlenbeck process about a level (Uhlenbeck and Ornstein 1930,
doi:10.1103/PhysRev.36.823). It is drawn on a grid of `STEP_NS` by the exact discretisation of Gillespie (1996,
doi:10.1103/PhysRevE.54.2084, equation 1.9), so its law depends neither on the grid nor on who looks how often. News
move value and level alike, as the jumps of Merton (1976, doi:10.1016/0304-405X(76)90022-2), so they last. Who makes
news is none of its business: it is told of all of them.

The time is passed in and never read. A seed, a start and starting values give the same path, however often it is
looked at. The start is part of the draws, so that nobody who has seen a market once knows how it goes on after a
restart.

Units: times in nanoseconds; values in whatever unit the starting values have. Refuses looks at what it was not given.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from crossbook.agents.parameters import real, whole
from crossbook.core import UsageError

STEP_NS: Final = 250_000_000
"""Distance of the grid."""
STEPS_MAX: Final = 4_096
"""More steps than these, seventeen minutes, are drawn as one: a process that slept must not wake to a long loop."""
HOUR_NS: Final = 3_600_000_000_000
IMPACT_LEAST: Final = -0.95
IMPACT_MOST: Final = 10.0
"""News move a value by no more, whatever they say: a slip of a finger must not end a market."""


@dataclass(slots=True)
class _Path:
    """One instrument's value, as of the last step of the grid that was drawn."""

    draws: np.random.Generator
    logarithm: float
    level: float
    """What the logarithm reverts to."""
    steps: int
    """Steps since the start of the oracle."""


class Oracle:
    """Know what every instrument is worth."""

    def __init__(
        self,
        starts: Mapping[str, float],
        *,
        seed: int,
        start_ns: int,
        volatility: float = 0.015,
        memory_hours: float = 12.0,
    ) -> None:
        """Begin at the given values.

        Args:
            starts: Where each instrument stands, so that a restart moves nobody; others may `begin` later.
            seed: Of all draws.
            start_ns: When it begins.
            volatility: Deviation of the logarithm over an hour, while it is near its level.
            memory_hours: Time in which a departure from the level shrinks to the e-th part.

        Raises:
            ValueError: A value is out of its range.
        """
        self.volatility = real("volatility", volatility, 0.0, 1.0)
        self.memory_ns = real("memory_hours", memory_hours, 0.01, 1e6) * HOUR_NS
        self.start_ns = whole("start_ns", start_ns)
        self._seed = whole("seed", seed)
        self._paths: dict[str, _Path] = {}
        for ticker, start in starts.items():
            self.begin(ticker, start, start_ns)

    def begin(self, ticker: str, start: float, now_ns: int) -> None:
        """Take in an instrument that stands at a value now. One that it knows already goes on as it was.

        Raises:
            ValueError: The value is not above zero.
        """
        if ticker in self._paths:
            return
        if real(f"the start of {ticker}", start) == 0.0:
            raise ValueError(f"the start of {ticker} must be above zero")
        draws = np.random.default_rng([self._seed, self.start_ns, *ticker.encode()])
        steps = (now_ns - self.start_ns) // STEP_NS
        self._paths[ticker] = _Path(draws, math.log(start), math.log(start), steps)

    @property
    def tickers(self) -> tuple[str, ...]:
        """What it knows."""
        return tuple(self._paths)

    def value(self, ticker: str, now_ns: int) -> float:
        """Return what an instrument is worth at a time; never what it was worth before the last look.

        Raises:
            UsageError: It does not know the instrument.
        """
        return math.exp(self._walked(ticker, now_ns).logarithm)

    def news(self, ticker: str, impact: float, now_ns: int) -> None:
        """Move a value, because everybody hears now that it is worth more or less.

        Args:
            ticker: Whose.
            impact: By how much, as a part of the value; cut to what `IMPACT_LEAST` and `IMPACT_MOST` allow.
            now_ns: When.

        Raises:
            UsageError: It does not know the instrument, or the impact is no finite number.
        """
        if not math.isfinite(impact):
            raise UsageError(f"the impact of news must be a finite number, not {impact}")
        path = self._walked(ticker, now_ns)
        moved = math.log1p(min(max(impact, IMPACT_LEAST), IMPACT_MOST))
        path.logarithm += moved
        path.level += moved

    def _walked(self, ticker: str, now_ns: int) -> _Path:
        """Return a path that has gone on to a time."""
        path = self._paths.get(ticker)
        if path is None:
            raise UsageError(f"the oracle knows {', '.join(self._paths) or 'nothing'}, and not {ticker}")
        left = (now_ns - self.start_ns) // STEP_NS - path.steps
        if left > 0:
            strides = (1,) * left if left <= STEPS_MAX else (left,)
            for steps in strides:
                self._step(path, steps)
        return path

    def _step(self, path: _Path, steps: int) -> None:
        """Draw the value some steps later, exactly."""
        passed_ns = float(steps * STEP_NS)
        keep = math.exp(-passed_ns / self.memory_ns)
        # The stationary variance is that of a walk over half the memory.
        stationary = self.volatility**2 * self.memory_ns / (2.0 * HOUR_NS)
        deviation = math.sqrt(stationary * -math.expm1(-2.0 * passed_ns / self.memory_ns))
        path.logarithm = (
            path.level + (path.logarithm - path.level) * keep + deviation * path.draws.standard_normal()
        )
        path.steps += steps
