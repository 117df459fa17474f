"""What a journal keeps when its process is killed, its files are spoilt, or its disk is full."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from crossbook.core import ConfigError, Follower, Journal, JournalDamaged, JournalFailure, TransientError
from crossbook.core.journal import inspect, repair, verify
from tests.journal_flow import drive, hashes, open_market, take_snapshot, wait_until_durable

SECONDS_MAX = 60
WRITER = """
import sys
from random import Random
from crossbook.core import Journal
from tests.journal_flow import drive, open_market, wait_until_durable

directory, durability, seed = sys.argv[1:]
random = Random(seed)
journal = Journal.open(directory, durability=durability, segment_bytes=65_536)
if not journal.exchange.commands:
    open_market(journal.exchange)
exchange = journal.exchange
while True:
    drive(exchange, random, random.randint(1, 20))
    ticket, told = journal.commit(), (exchange.sequence, exchange.event_hash())
    if random.random() < 0.5:
        wait_until_durable(journal, ticket)
        print(ticket, *told, flush=True)
    if random.random() < 0.05 and journal.accepts:
        try:
            journal.snapshot()
        except Exception:
            pass
"""


@pytest.mark.slow
@pytest.mark.parametrize("durability", ["durable", "memory"])
def test_killing_the_writer_again_and_again_loses_nothing_that_was_told_to_be_safe(
    tmp_path: Path, durability: str
) -> None:
    random = Random(durability)
    ticket = 0
    for turn in range(25):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), durability, str(turn)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(random.random() * 0.06)
        writer.send_signal(signal.SIGKILL)
        output, _ = writer.communicate(timeout=SECONDS_MAX)
        told = (first + output).split("\n")[:-1]  # the last of them may be torn by the kill
        ticket, sequence, event_hash = map(int, told[-1].split())

        follower = Follower.open(str(tmp_path), sequence=sequence)
        assert (follower.exchange.commands, follower.exchange.event_hash()) == (ticket, event_hash)
        follower.exchange.check()
        assert verify(str(tmp_path)).commands >= ticket

    journal = Journal.open(str(tmp_path))
    assert journal.exchange.commands >= ticket
    journal.exchange.check()
    journal.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, int, int, int]]]:
    """A journal of one segment, and the hashes after every batch, the empty one included."""
    directory = tmp_path_factory.mktemp("written")
    journal = Journal.open(str(directory))
    random = Random(6)
    after = [hashes(journal.exchange)]
    open_market(journal.exchange)
    for _ in range(30):
        drive(journal.exchange, random, 2)
        wait_until_durable(journal, journal.commit())
        after.append(hashes(journal.exchange))
    journal.close()
    return directory, after


def copy_of(directory: Path, to: Path) -> Path:
    """Copy a journal, and return the copy of its first segment."""
    to.mkdir()
    for file in directory.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    return next(file for file in to.iterdir() if file.name.startswith("segment-"))


def test_a_journal_that_is_cut_anywhere_opens_at_a_whole_batch_or_is_refused(
    written: tuple[Path, list[tuple[int, int, int, int]]], tmp_path: Path
) -> None:
    directory, after = written
    length = copy_of(directory, tmp_path / "length").stat().st_size
    outcomes = set()
    for turn, cut in enumerate(sorted(Random(1).sample(range(length), 120))):
        segment = copy_of(directory, tmp_path / str(turn))
        os.truncate(segment, cut)
        try:
            journal = Journal.open(str(segment.parent))
        except JournalDamaged:
            outcomes.add("refused")
        else:
            assert hashes(journal.exchange) in after
            outcomes.add("opened")
            journal.close()

    assert outcomes == {"refused", "opened"}


def test_a_bit_that_flips_anywhere_is_found_and_never_leads_to_another_state(
    written: tuple[Path, list[tuple[int, int, int, int]]], tmp_path: Path
) -> None:
    directory, after = written
    length = copy_of(directory, tmp_path / "length").stat().st_size
    random = Random(2)
    refused = 0
    for turn, place in enumerate(random.sample(range(length), 120)):
        segment = copy_of(directory, tmp_path / str(turn))
        spoilt = bytearray(segment.read_bytes())
        spoilt[place] ^= 1 << random.randrange(8)
        segment.write_bytes(spoilt)
        try:
            journal = Journal.open(str(segment.parent))
        except (JournalDamaged, ConfigError):
            refused += 1
        else:
            # Only the last mark may go unseen: it vouches for a batch that is whole.
            assert hashes(journal.exchange) in after[-2:]
            journal.close()

    assert refused > 100


def test_a_damaged_journal_says_where_and_is_repaired_only_when_that_is_asked_for(
    written: tuple[Path, list[tuple[int, int, int, int]]], tmp_path: Path
) -> None:
    directory, after = written
    segment = copy_of(directory, tmp_path / "damaged")
    spoilt = bytearray(segment.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    segment.write_bytes(spoilt)
    damaged = str(segment.parent)

    for look in (Journal.open, verify, lambda name: Follower.open(name).step(1_000_000)):
        with pytest.raises(JournalDamaged, match=rf"{segment.name}.* byte \d+.*repair {damaged}"):
            look(damaged)
    before = inspect(damaged)
    assert before.damage is not None
    assert segment.read_bytes() == spoilt

    done = repair(damaged)

    assert done.facts.damage is None
    assert done.facts.commands == before.commands
    assert done.lost_bytes > 0
    assert all((segment.parent / name).exists() for name in done.put_aside)
    journal = Journal.open(damaged)
    assert hashes(journal.exchange) in after
    assert journal.exchange.commands == before.commands
    journal.close()


def test_a_repair_leaves_a_sound_journal_as_it_is_and_an_open_one_alone(
    written: tuple[Path, list[tuple[int, int, int, int]]], tmp_path: Path
) -> None:
    segment = copy_of(written[0], tmp_path / "sound")
    content = segment.read_bytes()
    done = repair(str(segment.parent))
    assert (done.lost_bytes, done.put_aside, segment.read_bytes()) == (0, [], content)

    journal = Journal.open(str(segment.parent))
    with pytest.raises(ConfigError):
        repair(str(segment.parent))
    journal.close()


def test_a_batch_that_was_never_whole_is_cut_and_told(
    written: tuple[Path, list[tuple[int, int, int, int]]], tmp_path: Path
) -> None:
    directory, after = written
    segment = copy_of(directory, tmp_path / "torn")
    with segment.open("ab") as file:
        file.write(b"\xff" * 1000)
    assert inspect(str(segment.parent)).torn_bytes == 1000

    journal = Journal.open(str(segment.parent))
    assert (journal.recovered.cut_bytes, hashes(journal.exchange)) == (1000, after[-1])
    journal.close()


def test_a_snapshot_that_is_damaged_is_passed_over(tmp_path: Path) -> None:
    journal = Journal.open(str(tmp_path))
    open_market(journal.exchange)
    take_snapshot(journal)
    first = journal.exchange.sequence
    drive(journal.exchange, Random(1), 100)
    take_snapshot(journal)
    expected = hashes(journal.exchange)
    journal.close()
    newest = max(tmp_path.glob("snapshot-*"))
    spoilt = bytearray(newest.read_bytes())
    spoilt[-1] ^= 1
    newest.write_bytes(spoilt)

    journal = Journal.open(str(tmp_path))

    assert hashes(journal.exchange) == expected
    assert (journal.recovered.snapshot_sequence, journal.recovered.snapshots_unusable) == (first, 1)
    journal.close()
    facts = inspect(str(tmp_path))
    assert facts.snapshots_unusable == [newest.name]
    assert facts.damage is None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one mebibyte, where mounting one is allowed."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system is not allowed here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def now_accepts(journal: Journal) -> bool:
    """Look again, as it changes behind the back of the type checker."""
    return journal.accepts


@pytest.mark.parametrize("durability", ["durable", "memory"])
def test_a_full_disk_stops_the_acceptance_and_nothing_is_lost_once_there_is_room(
    small_disk: Path, durability: str
) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(512 * 1024))
    journal = Journal.open(str(small_disk / "journal"), durability=durability)
    open_market(journal.exchange)
    random = Random(4)
    deadline = time.monotonic() + SECONDS_MAX
    while now_accepts(journal):
        assert time.monotonic() < deadline
        drive(journal.exchange, random, 50)
        journal.commit()
        time.sleep(0.001)
        journal.collect()
    held = journal.durable
    drive(journal.exchange, random, 50)
    ticket = journal.commit()
    with pytest.raises(TransientError):
        journal.snapshot()
    assert held <= journal.durable < ticket
    assert journal.exchange.best(1)[0] is not None

    filler.unlink()
    wait_until_durable(journal, ticket)

    assert now_accepts(journal)
    expected = hashes(journal.exchange)
    journal.close()
    again = Journal.open(str(small_disk / "journal"))
    assert hashes(again.exchange) == expected
    again.close()


def test_closing_on_a_full_disk_says_so_and_keeps_what_was_durable(small_disk: Path) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(900 * 1024))
    journal = Journal.open(str(small_disk / "journal"))
    open_market(journal.exchange)
    wait_until_durable(journal, journal.commit())
    safe = hashes(journal.exchange)
    for _ in range(10_000):
        journal.exchange.try_cancel(1, 1)
    journal.commit()

    with pytest.raises(JournalFailure):
        journal.close()

    assert journal.durable == safe[0]
    filler.unlink()
    again = Journal.open(str(small_disk / "journal"))
    assert hashes(again.exchange) == safe
    again.close()
