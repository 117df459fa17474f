"""`kill -9` of the real server while it is traded on: nothing that was acknowledged is lost, nothing is doubled."""

import asyncio
from pathlib import Path

import pytest

from tests.live.crash.cycles import cycles
from tests.live.crash.killed import Killed

CYCLES = 200
LANES = 4
"""Venues that share the kills."""


@pytest.mark.slow
def test_three_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    tally = asyncio.run(cycles(Killed(tmp_path), 3, seed=7, when=("trading",)))
    print(tally)  # noqa: T201 - what `pytest -s` shows
    assert tally.orders > 0


@pytest.mark.slow
def test_kills_with_the_house_trading_too_lose_and_double_nothing(tmp_path: Path) -> None:
    tally = asyncio.run(cycles(Killed(tmp_path, words=()), 5, seed=5))
    print(tally)  # noqa: T201 - what `pytest -s` shows
    assert tally.orders > 0


@pytest.mark.slow
@pytest.mark.parametrize("lane", range(LANES))
def test_two_hundred_kills_lose_and_double_nothing(tmp_path: Path, lane: int) -> None:
    tally = asyncio.run(cycles(Killed(tmp_path), CYCLES // LANES, seed=11 + lane))
    print(tally)  # noqa: T201 - what `pytest -s` shows
    assert tally.orders > CYCLES // LANES
