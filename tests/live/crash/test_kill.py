"""`kill -9` of the real server while it is traded on: nothing that was acknowledged is lost, nothing is doubled."""

import asyncio
from pathlib import Path

import pytest

from tests.live.crash.cycles import cycles
from tests.live.crash.killed import Killed

CYCLES = 200
LANES = 2
"""Venues that are killed side by side: a start is most of a cycle, and keeps one core busy."""


@pytest.mark.slow
def test_three_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    tally = asyncio.run(cycles(Killed(tmp_path), 3, seed=7, when=("trading",)))
    print(tally)  # noqa: T201 - what `pytest -s` shows
    assert tally.orders > 0


@pytest.mark.slow
def test_two_hundred_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    async def case() -> None:
        lanes = [
            cycles(Killed(tmp_path / f"lane{lane}"), CYCLES // LANES, seed=11 + lane) for lane in range(LANES)
        ]
        for tally in await asyncio.gather(*lanes):
            print(tally)  # noqa: T201 - what `pytest -s` shows
            assert tally.orders > CYCLES

    asyncio.run(case())
