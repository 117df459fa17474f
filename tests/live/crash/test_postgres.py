"""The same promises with PostgreSQL, which may be killed as well: it is only where the past is asked for."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.live.crash.compare import admin, check_all, check_audit
from tests.live.crash.cycles import cycles, go_on, rest, traders_of
from tests.live.crash.killed import Killed, check_database, check_journal
from tests.postgres import Cluster

CYCLES = 6


async def keeper_lag(venue: Killed) -> int:
    """Return how many events the database is behind."""
    async with admin(venue) as client:
        answer = (await client.get("/api/admin/status")).raise_for_status()
        return int(answer.json()["keeper_lag"])


@pytest.mark.slow
def test_kills_lose_and_double_nothing_on_postgresql(tmp_path: Path, own_cluster: Cluster) -> None:
    tally = asyncio.run(cycles(Killed(tmp_path, database_url=own_cluster.new_database()), CYCLES, seed=21))
    print(tally)  # noqa: T201 - what `pytest -s` shows
    assert tally.orders > 0


@pytest.mark.slow
def test_trading_goes_on_while_postgresql_is_killed_and_history_catches_up(
    tmp_path: Path, own_cluster: Cluster
) -> None:
    async def case() -> None:
        loop = asyncio.get_running_loop()
        venue = Killed(tmp_path, database_url=await loop.run_in_executor(None, own_cluster.new_database))
        async with traders_of(venue, 3, 22, 0.01) as traders:
            try:
                await venue.start()
                await rest(traders)
                go_on(traders)
                for number in (signal.SIGQUIT, signal.SIGINT):
                    assert own_cluster.process is not None
                    own_cluster.process.send_signal(number)
                    await loop.run_in_executor(None, own_cluster.process.wait, 30)
                    answered = [trader.answered for trader in traders]
                    await asyncio.sleep(1.5)
                    assert all(
                        trader.answered > before for trader, before in zip(traders, answered, strict=True)
                    )
                    await loop.run_in_executor(None, own_cluster.start)
                    await asyncio.sleep(0.5)
                await rest(traders)
                await check_audit(venue)
                # History has a few seconds to catch up, as its waits grow while it is asked in vain.
                async with asyncio.timeout(60):
                    while await keeper_lag(venue):  # noqa: ASYNC110 - it is another process that catches up
                        await asyncio.sleep(0.1)
                await check_all(traders)
                assert await venue.stop() == 0, venue.log
            finally:
                await venue.kill()
        check_journal(venue)
        await check_database(venue, str(tmp_path / "scratch.sqlite3"))

    asyncio.run(case())
