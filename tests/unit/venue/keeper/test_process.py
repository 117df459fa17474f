import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from crossbook.venue.keeper import KeeperProcess
from crossbook.venue.store import Store
from tests.postgres import Cluster
from tests.unit.venue.keeper.flow import Flow
from tests.unit.venue.keeper.projecting import EQUITY_SECONDS, TABLES, project
from tests.unit.venue.keeper.recorded import RecordedJournal

pytestmark = pytest.mark.slow

PATIENCE_S = 60.0


def _market(directory: Path, seed: int) -> tuple[RecordedJournal, Flow]:
    journal = RecordedJournal(directory / "journal")
    flow = Flow(journal, seed)
    flow.open_market()
    return journal, flow


async def _tables(url: str) -> dict[str, list[tuple[object, ...]]]:
    async with await Store.open(url) as store:
        return {table: await store.projection.dump(table) for table in TABLES}


def test_a_keeper_projects_what_it_is_told_and_stops_when_it_has(sqlite_url: str, tmp_path: Path) -> None:
    async def case() -> None:
        journal, flow = _market(tmp_path, 1)
        keeper = KeeperProcess(str(journal.directory), sqlite_url, equity_seconds=EQUITY_SECONDS)
        await keeper.start()
        for _ in range(5):
            flow.run(60)
            keeper.tell(journal.commit())
        assert await keeper.reached(journal.exchange.sequence, PATIENCE_S)
        assert keeper.applied_commands == journal.exchange.commands
        flow.run(60)
        keeper.tell(journal.commit())
        assert await keeper.stop(PATIENCE_S)
        assert (keeper.applied, keeper.pid, keeper.restarts) == (journal.exchange.sequence, None, 0)
        journal.close()
        expected = await project(f"sqlite:///{tmp_path}/expected.sqlite3", journal.directory)
        assert await _tables(sqlite_url) == expected

    asyncio.run(case())


def test_a_keeper_goes_no_further_than_it_is_told(sqlite_url: str, tmp_path: Path) -> None:
    async def case() -> None:
        journal, flow = _market(tmp_path, 2)
        flow.run(100)
        safe, safe_sequence = journal.exchange.commands, journal.exchange.sequence
        flow.run(100)
        journal.close()
        keeper = KeeperProcess(str(journal.directory), sqlite_url, equity_seconds=EQUITY_SECONDS)
        await keeper.start()
        keeper.tell(safe)
        assert await keeper.reached(safe_sequence, PATIENCE_S)
        assert not await keeper.reached(safe_sequence + 1, 0.3)
        await keeper.stop()
        assert keeper.applied_commands == safe

    asyncio.run(case())


def test_nobody_can_read_the_password_from_outside(sqlite_url: str, tmp_path: Path) -> None:
    async def case() -> None:
        journal, _ = _market(tmp_path, 3)
        sequence = journal.exchange.sequence
        commands = journal.commit()
        keeper = KeeperProcess(str(journal.directory), sqlite_url, equity_seconds=EQUITY_SECONDS)
        await keeper.start()
        keeper.tell(commands)
        assert await keeper.reached(sequence, PATIENCE_S)
        assert not _shows(keeper.pid, sqlite_url)
        await keeper.stop()
        journal.close()

    asyncio.run(case())


def _shows(pid: int | None, text: str) -> bool:
    return any(text.encode() in Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ"))


def test_a_keeper_whose_venue_is_gone_ends(sqlite_url: str, tmp_path: Path) -> None:
    journal, flow = _market(tmp_path, 4)
    flow.run(50)
    journal.close()
    setup = {"journal": str(journal.directory), "database": sqlite_url, "equity_seconds": EQUITY_SECONDS}
    until = {"until": journal.exchange.commands}
    with _child() as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(setup).encode() + b"\n" + json.dumps(until).encode() + b"\n")
        child.stdin.flush()
        while json.loads(child.stdout.readline())["commands"] < until["until"]:
            pass
        child.stdin.close()
        assert child.wait(PATIENCE_S) == 0


def _child() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "crossbook.venue.keeper"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize(
    "line",
    [b"not json\n", b'{"journal":"x"}\n', b'{"journal":"/missing","database":"x.sqlite3","equity_seconds":5}\n',
     b'{"journal":"/missing","database":"mysql://a/b","equity_seconds":5}\n'],
)  # fmt: skip
def test_what_a_keeper_cannot_do_it_says_in_one_line(line: bytes, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "crossbook.venue.keeper"],
        input=line, capture_output=True, cwd=tmp_path, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr.count(b"\n") == 1


def test_killed_again_and_again_it_ends_with_the_same_rows(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossbook.venue.keeper.process.RESTART_FIRST_S", 0.05)
    draw = random.Random(5)

    async def case() -> None:
        journal, flow = _market(tmp_path, 5)
        keeper = KeeperProcess(str(journal.directory), database_url, equity_seconds=EQUITY_SECONDS)
        await keeper.start()
        for _ in range(3):
            before = keeper.applied
            flow.run(1_500)
            keeper.tell(journal.commit())
            # It is at work when it first says so; somewhere in the next transactions it is killed.
            assert await keeper.reached(before + 1, PATIENCE_S)
            await asyncio.sleep(draw.random() * 0.2)
            pid = keeper.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        assert await keeper.reached(journal.exchange.sequence, PATIENCE_S)
        # The last one may have died with everything done.
        assert keeper.restarts >= 2
        await keeper.stop()
        journal.close()
        expected = await project(f"sqlite:///{tmp_path}/expected.sqlite3", journal.directory)
        assert await _tables(database_url) == expected

    asyncio.run(case())


def test_while_another_writes_to_the_file_the_keeper_waits(sqlite_url: str, tmp_path: Path) -> None:
    async def case() -> None:
        journal, flow = _market(tmp_path, 6)
        keeper = KeeperProcess(str(journal.directory), sqlite_url, equity_seconds=EQUITY_SECONDS)
        await keeper.start()
        keeper.tell(journal.commit())
        assert await keeper.reached(journal.exchange.sequence, PATIENCE_S)
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        flow.run(50)
        keeper.tell(journal.commit())
        assert not await keeper.reached(journal.exchange.sequence, 0.5)
        other.execute("COMMIT")
        other.close()
        assert await keeper.reached(journal.exchange.sequence, PATIENCE_S)
        assert keeper.restarts == 0
        await keeper.stop()
        journal.close()

    asyncio.run(case())


def test_when_the_server_goes_and_comes_nothing_is_lost(own_cluster: Cluster, tmp_path: Path) -> None:
    url = own_cluster.new_database()

    async def case() -> None:
        journal, flow = _market(tmp_path, 7)
        keeper = KeeperProcess(str(journal.directory), url, equity_seconds=EQUITY_SECONDS)
        await keeper.start()
        keeper.tell(journal.commit())
        assert await keeper.reached(journal.exchange.sequence, PATIENCE_S)
        await asyncio.to_thread(own_cluster.stop)
        flow.run(300)
        keeper.tell(journal.commit())
        assert not await keeper.reached(journal.exchange.sequence, 1)
        await asyncio.to_thread(own_cluster.start)
        assert await keeper.reached(journal.exchange.sequence, PATIENCE_S)
        assert keeper.restarts == 0
        await keeper.stop()
        journal.close()
        expected = await project(f"sqlite:///{tmp_path}/expected.sqlite3", journal.directory)
        assert await _tables(url) == expected

    asyncio.run(case())


def test_a_keeper_that_never_starts_does_not_keep_the_venue_from_stopping(tmp_path: Path) -> None:
    async def case() -> None:
        for command in (
            ["/missing/program"],
            [sys.executable, "-c", "raise SystemExit(3)"],
            [sys.executable, "-c", "print('nonsense')"],
            [sys.executable, "-c", "print('x' * 100_000)"],
        ):
            keeper = KeeperProcess(str(tmp_path), "x.sqlite3", equity_seconds=EQUITY_SECONDS, command=command)
            await keeper.start()
            keeper.tell(5)
            assert not await keeper.reached(1, 1.5)
            assert not await keeper.stop(0.1)
            assert keeper.pid is None
            assert keeper.restarts >= 1

    asyncio.run(case())
