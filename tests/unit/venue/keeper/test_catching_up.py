import asyncio
from pathlib import Path

import pytest

from crossbook.venue.keeper import SupersededError, catch_up
from crossbook.venue.keeper.catching_up import ATTEMPTS
from crossbook.venue.store import Progress, Store
from crossbook.venue.store.projection import Projection, Step
from tests.unit.venue.keeper.recorded import RecordedJournal


class Disturbed(Projection):
    """A projection into which somebody else has always just written."""

    tries = 0

    async def write(self, step: Step, before: Progress) -> bool:
        self.tries += 1
        return False


def journal_with(directory: Path, deposits: int) -> RecordedJournal:
    journal = RecordedJournal(directory)
    journal.command("open_account")
    for amount in range(1, deposits + 1):
        journal.command("deposit", account=1, amount=amount)
    journal.commit()
    journal.close()
    return journal


def test_the_database_is_brought_up_to_the_command_that_is_named_and_no_further(
    tmp_path: Path, database_url: str
) -> None:
    async def case() -> None:
        journal_with(tmp_path / "journal", 9)
        async with await Store.open(database_url) as store:
            told: list[int] = []
            for commands in (4, 4, 10):
                reached = await catch_up(
                    store.projection,
                    str(tmp_path / "journal"),
                    commands,
                    lambda progress: told.append(progress.command),
                    equity_seconds=60,
                )
                assert reached.command == commands
                assert await store.projection.progress() == reached
            assert told == [4, 10]

    asyncio.run(case())


def test_who_is_always_disturbed_gives_up(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def case() -> None:
        journal_with(tmp_path / "journal", 1)
        monkeypatch.setattr("crossbook.venue.keeper.catching_up.AGAIN_S", 0.0)
        async with await Store.open(sqlite_url) as store:
            disturbed = Disturbed(store._engine)
            with pytest.raises(SupersededError):
                await catch_up(disturbed, str(tmp_path / "journal"), 2, equity_seconds=60)
            assert disturbed.tries == ATTEMPTS

    asyncio.run(case())
