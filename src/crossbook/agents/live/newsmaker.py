"""The newsmaker: invents news about the instruments of a live market, good and bad ones, at random times.

News of an instrument come as a Poisson process, independent of all others. They change nothing by themselves: whoever
runs it announces them, and the oracle is told of them like of those that an administrator writes.

Units: times in nanoseconds, impacts as parts of the value. The time is passed in and never read; the same seed and
start give the same news.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from crossbook.agents.live.oracle import HOUR_NS
from crossbook.agents.parameters import real, whole

IMPACT_TYPICAL_MOST: Final = 0.25
"""With it no piece of news moves a value by more than half, which is the most that a venue lets anybody tell."""
NEWS_MAX: Final = 16
"""Most pieces of news that are due at once; what a long sleep left behind is forgotten."""
WAIT_NS_MAX: Final = 10**18
"""Thirty years stand for never."""

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
    """A piece of news."""

    ticker: str
    text: str
    impact: float
    """How far the value moves, as a part of itself."""


@dataclass(slots=True)
class _Desk:
    """The news of one instrument."""

    draws: np.random.Generator
    next_ns: int


class Newsmaker:
    """Invent news."""

    def __init__(
        self,
        tickers: Iterable[str],
        *,
        seed: int,
        start_ns: int,
        news_per_hour: float = 1.5,
        news_impact: float = 0.02,
    ) -> None:
        """Draw when the first news come.

        Args:
            tickers: What they are about.
            seed: Of all draws.
            start_ns: When it begins.
            news_per_hour: Mean number of news of each instrument.
            news_impact: Typical impact, up or down.

        Raises:
            ValueError: A value is out of its range.
        """
        rate = real("news_per_hour", news_per_hour, 0.0, 3_600.0)
        self._wait_ns = HOUR_NS / rate if rate > 0.0 else math.inf
        self._impact = real("news_impact", news_impact, 0.0, IMPACT_TYPICAL_MOST)
        seeds = (whole("seed", seed), whole("start_ns", start_ns))
        self._desks: dict[str, _Desk] = {}
        for ticker in tickers:
            # Not the oracle's own seeds, or its path could be read from the news.
            desk = _Desk(np.random.default_rng([*seeds, *ticker.encode(), 0]), start_ns)
            self._wait(desk)
            self._desks[ticker] = desk

    def due(self, now_ns: int) -> list[Announcement]:
        """Return the news that have come since the last call, at most `NEWS_MAX`."""
        found: list[Announcement] = []
        for ticker, desk in self._desks.items():
            while desk.next_ns <= now_ns:
                if len(found) < NEWS_MAX:
                    found.append(self._drawn(ticker, desk.draws))
                else:
                    desk.next_ns = now_ns
                self._wait(desk)
        return found

    def _drawn(self, ticker: str, draws: np.random.Generator) -> Announcement:
        size = self._impact * draws.uniform(0.5, 1.5)
        good = bool(draws.random() < 0.5)
        texts = GOOD_NEWS if good else BAD_NEWS
        text = texts[int(draws.integers(len(texts)))].format(ticker)
        # Equal steps of the logarithm: as many rises as falls leave the value where it is.
        return Announcement(ticker, text, round(math.expm1(size if good else -size), 4))

    def _wait(self, desk: _Desk) -> None:
        wait_ns = desk.draws.exponential(1.0) * self._wait_ns
        desk.next_ns += max(int(min(wait_ns, WAIT_NS_MAX)), 1)
