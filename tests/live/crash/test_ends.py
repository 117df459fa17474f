"""How a venue ends and comes back: asked to under load, shut out, and with a journal that is damaged."""

import asyncio
from pathlib import Path
from time import monotonic

import pytest

from tests.live.crash.compare import check_all, check_audit, check_replay
from tests.live.crash.cycles import rest, traders_of
from tests.live.crash.killed import Killed, check_database, check_journal, command_line


@pytest.mark.slow
def test_a_venue_that_is_asked_to_stop_under_load_answers_or_keeps_every_order(tmp_path: Path) -> None:
    async def case() -> None:
        venue = Killed(tmp_path)
        async with traders_of(venue, 6, 5, 0.01, hands=8) as traders:
            try:
                for _ in range(2):
                    await venue.start()
                    await asyncio.sleep(1)
                    began = monotonic()
                    assert await venue.stop() == 0, venue.log
                    print(f"it stopped within {monotonic() - began:.2f} s")  # noqa: T201
                    kept = await command_line("admin", "journal", "verify", venue.data)
                    assert kept[0] == 0, kept
                await venue.start()
                await rest(traders)
                await check_all(traders)
                live = await check_audit(venue)
                assert await venue.stop() == 0, venue.log
            finally:
                await venue.kill()
        await check_replay(venue, live)
        check_journal(venue)
        await check_database(venue, str(tmp_path / "scratch.sqlite3"))

    asyncio.run(case())


@pytest.mark.slow
def test_a_venue_goes_on_with_the_state_that_it_stopped_in(tmp_path: Path) -> None:
    async def case() -> None:
        venue = Killed(tmp_path)
        try:
            async with traders_of(venue, 3, 6) as traders:
                await venue.start()
                await asyncio.sleep(0.5)
                await rest(traders)
                before = await check_audit(venue)
                open_before = [await trader.client.orders(status="open") for trader in traders]
                assert await venue.stop() == 0, venue.log
                await venue.start()
                assert await check_audit(venue) == before
                assert [await trader.client.orders(status="open") for trader in traders] == open_before
        finally:
            await venue.kill()

    asyncio.run(case())


@pytest.mark.slow
def test_a_second_venue_on_the_same_directory_ends_with_one_line_and_does_no_harm(tmp_path: Path) -> None:
    async def case() -> None:
        venue = Killed(tmp_path)
        try:
            async with traders_of(venue, 2, 8) as traders:
                await venue.start()
                for _ in range(2):
                    status, _, errors = await command_line(
                        "up", "--no-bots", "--port", "0", "--data-dir", venue.data
                    )
                    assert status == 3
                    assert errors.count("\n") == 1
                    assert venue.running
                await rest(traders)
                await check_all(traders)
        finally:
            await venue.kill()

    asyncio.run(case())


@pytest.mark.slow
def test_a_damaged_journal_is_refused_with_its_place_and_opens_once_it_is_repaired(tmp_path: Path) -> None:
    async def case() -> None:
        venue = Killed(tmp_path)
        try:
            async with traders_of(venue, 3, 9) as traders:
                await venue.start()
                await asyncio.sleep(1)
                await rest(traders)
                assert await venue.stop() == 0, venue.log
            segment = max(venue.journal.glob("*"), key=lambda path: path.stat().st_size)
            content = bytearray(segment.read_bytes())
            content[len(content) // 2] ^= 0xFF
            segment.write_bytes(content)

            status, _, errors = await command_line("up", "--no-bots", "--port", "0", "--data-dir", venue.data)
            assert status == 1
            said = errors.strip().splitlines()[-1]
            assert segment.name in said
            assert "byte" in said
            assert "crossbook admin journal repair" in said
            assert segment.read_bytes() == content

            status, _, errors = await command_line("admin", "journal", "repair", venue.data, "--yes")
            assert status == 0, errors
            await venue.start()
            live = await check_audit(venue)
            assert await venue.stop() == 0, venue.log
            await check_replay(venue, live)
            await check_database(venue, str(tmp_path / "scratch.sqlite3"))
        finally:
            await venue.kill()

    asyncio.run(case())
