"""Following a journal that another process writes."""

import subprocess
import sys
import time
from pathlib import Path
from random import Random

import numpy as np
import pytest

from crossbook.core import Follower, Journal, UsageError
from tests.journal_flow import drive, hashes, open_market, take_snapshot, wait_until_durable

WRITER = """
import sys
from random import Random
from crossbook.core import Journal
from tests.journal_flow import drive, hashes, open_market, take_snapshot

random = Random(int(sys.argv[2]))
journal = Journal.open(sys.argv[1], segment_bytes=65_536)
open_market(journal.exchange)
for turn in range(150):
    journal.note(str(journal.exchange.commands).encode())
    drive(journal.exchange, random, 30)
    journal.commit()
    if turn % 40 == 20:
        take_snapshot(journal)
print(*hashes(journal.exchange))
journal.close()
"""
SECONDS_MAX = 60


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal.open(str(tmp_path))


def test_a_follower_sees_every_event_of_a_process_that_writes_beside_it(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), "3"], stdout=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + SECONDS_MAX
        follower = None
        while follower is None and time.monotonic() < deadline:
            try:
                follower = Follower.open(str(tmp_path))
            except UsageError:
                time.sleep(0.005)
        assert follower is not None
        sequences: list[int] = []
        told: list[tuple[int, bytes]] = []
        ended = False
        while True:
            events, notes = follower.step(100)
            sequences += events["sequence"].tolist()
            told += notes
            if not len(events) and not notes:
                if ended:
                    break
                ended = writer.poll() is not None
                time.sleep(0.001)
        output, _ = writer.communicate(timeout=SECONDS_MAX)
    finally:
        writer.kill()
        writer.communicate()

    assert " ".join(map(str, hashes(follower.exchange))) == output.strip()
    assert sequences == list(range(1, follower.exchange.sequence + 1))
    assert len(told) == 150
    assert all(int(payload) == number - 1 for number, payload in told)


def test_a_follower_stops_where_it_is_told_to_and_goes_on_from_there(
    journal: Journal, tmp_path: Path
) -> None:
    for number in range(10):
        journal.note(bytes([number]))
        journal.exchange.open_account()
    wait_until_durable(journal, journal.commit())

    follower = Follower.open(str(tmp_path))
    events, notes = follower.step(3)
    assert (events["command"].tolist(), notes) == ([1, 2, 3], [(1, b"\0"), (2, b"\1"), (3, b"\2")])
    events, notes = follower.step(100, 5)
    assert (events["command"].tolist(), notes) == ([4, 5], [(4, b"\3"), (5, b"\4")])
    events, notes = follower.step(100, 5)
    assert (events["command"].tolist(), notes) == ([], [])
    events, notes = follower.step(until=None)
    assert events["command"].tolist() == [6, 7, 8, 9, 10]
    journal.close()


def test_events_that_were_handed_out_stay_as_they_are(journal: Journal, tmp_path: Path) -> None:
    for _ in range(6):
        journal.exchange.open_account()
    wait_until_durable(journal, journal.commit())

    follower = Follower.open(str(tmp_path))
    first, _ = follower.step(3)
    kept = first.copy()
    second, _ = follower.step(3)

    assert np.array_equal(first, kept)
    assert second["sequence"].tolist() == [4, 5, 6]
    assert not first.flags.writeable
    journal.close()


def test_a_follower_begins_behind_an_event_that_is_known_already(journal: Journal, tmp_path: Path) -> None:
    random = Random(8)
    open_market(journal.exchange)
    ends = []
    for _ in range(40):
        drive(journal.exchange, random, 10)
        ends.append(journal.exchange.sequence)
        journal.commit()
        if len(ends) % 15 == 0:
            take_snapshot(journal)
    expected = hashes(journal.exchange)
    journal.close()

    for end in ends:
        follower = Follower.open(str(tmp_path), sequence=end)
        assert follower.exchange.sequence == end
        events, _ = follower.step(1_000_000)
        assert events["sequence"].tolist() == list(range(end + 1, expected[1] + 1))
        assert hashes(follower.exchange) == expected


def test_a_follower_refuses_an_event_that_the_journal_does_not_have_or_that_ends_no_command(
    journal: Journal, tmp_path: Path
) -> None:
    journal.exchange.list_instrument()
    journal.exchange.open_account()
    journal.exchange.deposit(1, 10_000)
    journal.exchange.deposit(1, 100, instrument=1)
    journal.exchange.set_phase(1, 2)
    before = journal.exchange.sequence
    journal.exchange.new_order(1, 1, 0, 5, 100)
    assert journal.exchange.sequence > before + 1
    wait_until_durable(journal, journal.commit())

    for sequence in (before + 1, journal.exchange.sequence + 1, 2**64 - 1):
        with pytest.raises(UsageError):
            Follower.open(str(tmp_path), sequence=sequence)
    journal.close()


def test_the_exchange_of_a_follower_takes_no_commands(journal: Journal, tmp_path: Path) -> None:
    journal.close()
    follower = Follower.open(str(tmp_path))

    with pytest.raises(UsageError):
        follower.exchange.open_account()
    with pytest.raises(UsageError):
        follower.exchange.try_cancel(1, 1)
    assert follower.exchange.commands == 0


@pytest.mark.parametrize("limit", [0, -1, 1_048_577])
def test_a_step_of_no_commands_or_too_many_is_a_mistake(journal: Journal, tmp_path: Path, limit: int) -> None:
    journal.close()
    with pytest.raises(UsageError):
        Follower.open(str(tmp_path)).step(limit)


def test_there_is_nothing_to_follow_where_there_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        Follower.open(str(tmp_path))
    with pytest.raises(UsageError):
        Follower.open(str(tmp_path / "missing"))


def test_a_snapshot_is_compared_with_the_state_that_it_was_taken_of(journal: Journal, tmp_path: Path) -> None:
    open_market(journal.exchange)
    take_snapshot(journal)
    taken = journal.exchange.sequence, journal.exchange.commands
    journal.exchange.open_account()
    journal.close()

    follower = Follower.open(str(tmp_path))
    follower.step(until=taken[1])
    assert follower.agrees(taken[0])
    follower.step()
    assert not follower.agrees(taken[0])
    with pytest.raises(UsageError):
        follower.agrees(taken[0] + 1)
