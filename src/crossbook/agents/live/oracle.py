"""The oracle of a live market: what each instrument is worth, and the news that change it.

The logarithm of a value is an Ornstein-Uhlenbeck process about a level (Uhlenbeck and Ornstein 1930,
doi:10.1103/PhysRev.36.823). It is drawn on a grid of `STEP_NS` by the exact discretisation of Gillespie (1996,
doi:10.1103/PhysRevE.54.2084, equation 1.9), so its law depends neither on the grid nor on who looks how often. News
come as a Poisson process, as the jumps of Merton (1976, doi:10.1016/0304-405X(76)90022-2), and move value and level
alike, so they last.

The time is passed in and never read. A seed, a start and starting values give the same path, however often it is
looked at. The start is part of the draws, so that nobody who has seen a market once knows how it goes on after a
restart. News that the oracle itself draws move nothing yet: whoever runs it announces them, and tells them back with
`news` when everybody hears them, exactly like those of an administrator. So each counts once.

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
IMPACT_TYPICAL_MOST: Final = 0.25
"""With it, no news of the oracle move a value by more than half, which is the most that a venue lets anybody tell."""
NEWS_MAX: Final = 16
"""Most pieces of news that are due at once; what a long sleep left behind is forgotten."""

GOOD_NEWS: Final = (
    "{} beats expectations",
    "{} wins a large order",
    "Analysts raise their target for {}",
    "{} buys back its own shares",
    "{} settles its lawsuit",
    "A rival of {} leaves the market",
)
BAD_NEWS: Final = (
    "{} misses expectations",
    "{} loses a large customer",
    "Analysts lower their target for {}",
    "{} issues new shares",
    "{} is sued by its customers",
    "A new rival of {} enters the market",
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """A piece of news that the oracle has drawn."""

    ticker: str
    text: str
    impact: float
    """How far the value moves, as a part of itself."""


@dataclass(slots=True)
class _Path:
    """One instrument's value, as of the last step of the grid that was drawn."""

    draws: np.random.Generator
    news_draws: np.random.Generator
    logarithm: float
    level: float
    """What the logarithm reverts to."""
    steps: int
    """Steps since the start."""
    news_ns: int
    """When the next news come."""


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
        news_per_hour: float = 1.5,
        news_impact: float = 0.02,
    ) -> None:
        """Begin at the given values.

        Args:
            starts: Where each instrument stands, so that a restart moves nobody.
            seed: Of all draws.
            start_ns: When it begins.
            volatility: Deviation of the logarithm over an hour, while it is near its level.
            memory_hours: Time in which a departure from the level shrinks to the e-th part.
            news_per_hour: Mean number of news of each instrument.
            news_impact: Typical impact of news, up or down, as a part of the value.

        Raises:
            ValueError: A value is out of its range.
        """
        self.volatility = real("volatility", volatility, 0.0, 1.0)
        self.memory_ns = real("memory_hours", memory_hours, 0.01, 1e6) * HOUR_NS
        self.news_wait_ns = math.inf
        if real("news_per_hour", news_per_hour, 0.0, 3_600.0) > 0.0:
            self.news_wait_ns = HOUR_NS / news_per_hour
        self.news_impact = real("news_impact", news_impact, 0.0, IMPACT_TYPICAL_MOST)
        self.start_ns = whole("start_ns", start_ns)
        whole("seed", seed)
        self._paths: dict[str, _Path] = {}
        for ticker, start in starts.items():
            if real(f"the start of {ticker}", start) == 0.0:
                raise ValueError(f"the start of {ticker} must be above zero")
            entropy = [seed, start_ns, *ticker.encode()]
            draws, news_draws = (np.random.default_rng([purpose, *entropy]) for purpose in (1, 2))
            path = _Path(draws, news_draws, math.log(start), math.log(start), 0, start_ns)
            self._wait(path)
            self._paths[ticker] = path

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

    def due(self, now_ns: int) -> list[Announcement]:
        """Return the news that have come since the last call, at most `NEWS_MAX`; they have moved nothing yet."""
        found: list[Announcement] = []
        for ticker, path in self._paths.items():
            while path.news_ns <= now_ns:
                if len(found) < NEWS_MAX:
                    found.append(self._drawn(ticker, path))
                else:
                    path.news_ns = now_ns
                self._wait(path)
        return found

    def _drawn(self, ticker: str, path: _Path) -> Announcement:
        draws = path.news_draws
        size = self.news_impact * draws.uniform(0.5, 1.5)
        good = bool(draws.random() < 0.5)
        texts = GOOD_NEWS if good else BAD_NEWS
        text = texts[int(draws.integers(len(texts)))].format(ticker)
        # Half a rise undoes a third of a fall: equal steps of the logarithm keep the value where it is on average.
        impact = math.expm1(size) if good else math.expm1(-size)
        return Announcement(ticker, text, round(impact, 4))

    def _wait(self, path: _Path) -> None:
        """Draw when the next news come; in this century if any come at all."""
        wait_ns = path.news_draws.exponential(1.0) * self.news_wait_ns
        path.news_ns += max(int(min(wait_ns, 1e18)), 1)

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
