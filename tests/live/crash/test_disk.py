"""A disk that is full, and a disk that fails: what was acknowledged stays, and nothing else is promised."""

import asyncio
import contextlib
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import httpx
import pytest

from tests.live.crash.compare import check_all, check_audit, check_replay
from tests.live.crash.cycles import go_on, rest, traders_of
from tests.live.crash.killed import PATIENCE_S, Killed, check_database, check_journal
from tests.live.crash.trader import Trader

DISK_BYTES = 96 << 20
ORDER = {"ticker": "FUN", "side": "buy", "price": "90.00", "quantity": 1}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own that is soon full."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path) -> Path:
    """Take all the room that is left on a disk."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4_096))
    return filler


async def refusal(trader: Trader, disk: Path) -> httpx.Response:
    """Place orders until one is refused; what the venue frees meanwhile is taken again."""
    began = monotonic()
    async with httpx.AsyncClient(
        base_url=trader.url, headers={"X-API-Key": trader.key}, timeout=30
    ) as client:
        while True:
            fill(disk)
            answer = await client.post("/api/orders", json=ORDER | {"time_in_force": "IOC"})
            if answer.status_code != 200:
                return answer
            assert monotonic() - began < PATIENCE_S, "it takes orders on a full disk for ever"


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_a_full_disk_refuses_orders_goes_on_showing_and_loses_nothing(small_disk: Path, ending: str) -> None:
    async def case() -> None:
        venue = Killed(small_disk)
        async with traders_of(venue, 3, 12, 0.01) as traders:
            try:
                await venue.start()
                await asyncio.sleep(0.5)
                filler = fill(small_disk)
                # While they trade the journal and the database meet the end of the room at some write of their own.
                await asyncio.sleep(1)
                for trader in traders:
                    trader.trading.clear()
                refused = await refusal(traders[0], small_disk)
                assert (refused.status_code, refused.json()["code"]) == (503, "storage_full")
                assert set(await traders[0].client.tickers()) == {"FUN", "MEME", "YOLO"}
                assert (await traders[0].client.portfolio()).total_value > 0
                await traders[0].client.orders(limit=1)
                assert venue.running

                filler.unlink()
                if ending == "kill":
                    await venue.kill()
                    await venue.start()
                go_on(traders)
                answered = [trader.answered for trader in traders]
                await asyncio.sleep(1)
                await rest(traders)
                assert all(trader.answered > before for trader, before in zip(traders, answered, strict=True))
                # The orders that asked whether the disk is full had no names.
                await check_all(traders[1:], alone=False)
                live = await check_audit(venue)
                assert await venue.stop() == 0, venue.log
            finally:
                await venue.kill()
        check_journal(venue)
        await check_replay(venue, live)
        await check_database(venue, str(small_disk / "scratch.sqlite3"))

    asyncio.run(case())


@pytest.mark.slow
def test_a_disk_that_fails_while_orders_come_ends_the_venue_and_loses_nothing(tmp_path: Path) -> None:
    async def case() -> None:
        venue = Killed(tmp_path)
        async with traders_of(venue, 4, 13) as traders:
            try:
                for _ in range(2):
                    await venue.start()
                    await rest(traders)
                    go_on(traders)
                    await asyncio.sleep(0.3)
                    assert venue.process is not None
                    # From now on no file grows, so the next write of the journal fails.
                    resource.prlimit(venue.process.pid, resource.RLIMIT_FSIZE, (1, 1))
                    assert await venue.ended() == 4, venue.log
                await venue.start()
                await rest(traders)
                await check_all(traders)
                assert await venue.stop() == 0, venue.log
            finally:
                await venue.kill()
        check_journal(venue)
        await check_database(venue, str(tmp_path / "scratch.sqlite3"))

    asyncio.run(case())
