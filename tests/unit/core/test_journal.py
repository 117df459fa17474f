"""The journal from Python: what is committed comes back, to the same hashes, notes in their places."""

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from crossbook.core import (
    COMMAND,
    AccountModel,
    ConfigError,
    CoreFault,
    Follower,
    Journal,
    UsageError,
)
from crossbook.core.journal import inspect, verify
from tests.journal_flow import batch, drive, hashes, open_market, take_snapshot, wait_until_durable

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def directory(tmp_path: Path) -> str:
    return str(tmp_path / "journal")


@pytest.mark.parametrize("durability", ["durable", "memory"])
def test_what_was_committed_is_there_again_to_the_same_hashes(directory: str, durability: str) -> None:
    random = Random(durability)
    written = Journal.open(directory, durability=durability)
    open_market(written.exchange)
    for _ in range(100):
        drive(written.exchange, random, 20)
        written.commit()
    expected = hashes(written.exchange)
    written.close()

    read = Journal.open(directory)

    assert hashes(read.exchange) == expected
    assert read.recovered.commands == read.recovered.replayed == expected[0]
    assert (read.recovered.sequence, read.recovered.snapshot_sequence) == (expected[1], 0)
    assert read.recovered.cut_bytes == 0
    read.close()


def test_a_recovered_exchange_goes_on_exactly_as_one_that_never_stopped(directory: str) -> None:
    random, same = Random(5), Random(5)
    alone = Journal.open(directory + "-alone")
    stopped = Journal.open(directory)
    open_market(alone.exchange)
    open_market(stopped.exchange)
    for _ in range(8):
        drive(alone.exchange, random, 100)
        drive(stopped.exchange, same, 100)
        stopped.close()
        stopped = Journal.open(directory)

    assert hashes(stopped.exchange) == hashes(alone.exchange)
    stopped.close()
    alone.close()


def test_a_new_journal_begins_with_an_empty_exchange_of_the_given_settings(directory: str) -> None:
    journal = Journal.open(directory, model=AccountModel.GAME, max_order_lots=7, table_seed=11)

    assert journal.exchange.commands == journal.recovered.commands == journal.durable == 0
    journal.exchange.list_instrument()
    journal.exchange.open_account()
    journal.exchange.set_phase(1, 2)
    assert journal.exchange.try_new_order(1, 1, 0, 8, 100) < 0
    assert journal.exchange.try_new_order(1, 1, 0, 7, 100) > 0
    journal.close()
    again = Journal.open(directory)
    assert again.exchange.try_new_order(1, 1, 0, 8, 100) < 0
    again.close()


@pytest.mark.parametrize(
    "settings", [{"model": AccountModel.GAME}, {"max_order_lots": 8}, {"max_open_orders": 3}]
)
def test_other_settings_than_the_journals_are_refused(directory: str, settings: dict[str, int]) -> None:
    Journal.open(directory, model=AccountModel.CASH, max_order_lots=7, max_open_orders=2).close()

    with pytest.raises(ConfigError):
        Journal.open(directory, **settings)  # type: ignore[arg-type]

    Journal.open(directory, model=AccountModel.CASH, table_seed=99, max_order_lots=7).close()


def test_a_second_journal_on_the_same_directory_is_refused_and_the_first_goes_on(directory: str) -> None:
    first = Journal.open(directory)

    with pytest.raises(ConfigError):
        Journal.open(directory)

    first.exchange.open_account()
    wait_until_durable(first, first.commit())
    first.close()
    Journal.open(directory).close()


def test_a_commit_gives_the_number_of_the_last_command_and_it_becomes_durable(directory: str) -> None:
    journal = Journal.open(directory)
    open_market(journal.exchange)

    ticket = journal.commit()
    wait_until_durable(journal, ticket)

    assert ticket == journal.durable == journal.exchange.commands
    assert journal.commit() == ticket
    assert journal.collect() == ticket
    journal.close()


def test_what_was_not_committed_is_written_when_the_journal_is_closed(directory: str) -> None:
    journal = Journal.open(directory)
    open_market(journal.exchange)
    expected = hashes(journal.exchange)
    journal.close()
    journal.close()

    again = Journal.open(directory)
    assert hashes(again.exchange) == expected
    again.close()


def test_an_exchange_whose_journal_is_closed_takes_no_more_commands(directory: str) -> None:
    journal = Journal.open(directory)
    exchange = journal.exchange
    exchange.open_account()
    journal.close()

    calls: list[Callable[[], object]] = [
        exchange.open_account,
        lambda: exchange.set_limits(1),
        lambda: exchange.try_cancel(1, 1),
        lambda: exchange.apply(np.zeros(2, COMMAND)),
        lambda: exchange.apply(np.zeros(5000, COMMAND)),
        lambda: journal.note(b"n"),
        journal.commit,
        journal.snapshot,
        journal.fileno,
        journal.collect,
    ]
    for call in calls:
        with pytest.raises(UsageError):
            call()
    assert exchange.commands == 1


def test_records_that_mean_nothing_come_back_with_the_same_events(directory: str) -> None:
    random = np.random.default_rng(3)
    commands = np.frombuffer(random.bytes(500 * COMMAND.itemsize), COMMAND).copy()
    commands["kind"] %= 20
    journal = Journal.open(directory)
    open_market(journal.exchange)
    events = journal.exchange.apply(commands).copy()
    expected = hashes(journal.exchange)
    journal.close()

    follower = Follower.open(directory)
    told, _ = follower.step()

    assert hashes(follower.exchange) == expected
    assert np.array_equal(told[-len(events) :], events)


def test_a_batch_larger_than_the_journal_takes_at_once_comes_back_whole(directory: str) -> None:
    commands = np.zeros(240_000, COMMAND)
    commands[:] = np.resize(batch(Random(2), 200, 5), len(commands))
    commands["time_ns"] = 5
    journal = Journal.open(directory, durability="memory")
    open_market(journal.exchange)
    journal.exchange.apply(commands)
    wait_until_durable(journal, journal.commit())
    expected = hashes(journal.exchange)
    journal.close()

    again = Journal.open(directory)
    assert hashes(again.exchange) == expected
    again.close()


def test_notes_keep_their_order_and_stand_before_their_commands(directory: str) -> None:
    journal = Journal.open(directory)
    journal.note(b"first")
    journal.note(b"")
    journal.exchange.open_account()
    journal.exchange.open_account()
    journal.note(b"third" * 1000)
    journal.exchange.open_account()
    journal.commit()
    journal.note(b"alone")
    wait_until_durable(journal, journal.commit())
    journal.note(b"last")
    journal.close()

    follower = Follower.open(directory)
    _, notes = follower.step()

    assert notes == [(1, b"first"), (1, b""), (3, b"third" * 1000), (4, b"alone"), (4, b"last")]


def test_a_note_too_long_is_refused_and_nothing_else_is_lost(directory: str) -> None:
    journal = Journal.open(directory)
    with pytest.raises(UsageError):
        journal.note(b"x" * (64 * 1024 + 1))
    journal.note(b"x" * 64 * 1024)
    journal.exchange.open_account()
    journal.close()
    follower = Follower.open(directory)
    assert [(number, len(note)) for number, note in follower.step()[1]] == [(1, 64 * 1024)]


def test_recovery_begins_at_the_newest_snapshot_that_is_not_too_new(directory: str) -> None:
    random = Random(9)
    journal = Journal.open(directory)
    open_market(journal.exchange)
    taken = []
    for _ in range(3):
        drive(journal.exchange, random, 200)
        take_snapshot(journal)
        taken.append((journal.exchange.sequence, journal.exchange.commands))
        drive(journal.exchange, random, 50)
        journal.commit()
    expected = hashes(journal.exchange)
    journal.close()

    for newest, (sequence, commands) in [
        (None, taken[2]),
        (taken[2][0] - 1, taken[1]),
        (taken[0][0], taken[0]),
    ]:
        again = Journal.open(directory, newest_sequence=newest)
        assert hashes(again.exchange) == expected
        assert again.recovered.snapshot_sequence == sequence
        assert again.recovered.replayed == expected[0] - commands
        again.close()
    nothing = Journal.open(directory, newest_sequence=1)
    assert (nothing.recovered.snapshot_sequence, nothing.recovered.replayed) == (0, expected[0])
    nothing.close()
    facts = verify(directory)
    assert [(snapshot.sequence, snapshot.commands) for snapshot in facts.snapshots] == taken


def test_a_command_that_breaks_the_core_is_in_no_journal(directory: str) -> None:
    journal = Journal.open(directory)
    journal.exchange.open_account()
    wait_until_durable(journal, journal.commit())
    journal.exchange.open_account()
    with pytest.raises(CoreFault):
        journal.exchange._trip_guard()

    with pytest.raises(CoreFault):
        journal.commit()
    with pytest.raises(CoreFault):
        journal.close()

    again = Journal.open(directory)
    assert again.exchange.commands == 1
    again.close()


def test_segments_are_begun_as_they_fill_and_read_as_one(directory: str) -> None:
    random = Random(4)
    journal = Journal.open(directory, segment_bytes=1 << 20, durability="memory")
    open_market(journal.exchange)
    for _ in range(60):
        drive(journal.exchange, random, 400)
        journal.commit()
    expected = hashes(journal.exchange)
    journal.close()

    facts = inspect(directory)
    assert facts.segments > 1
    assert (facts.commands, facts.damage) == (expected[0], None)
    again = Journal.open(directory)
    assert hashes(again.exchange) == expected
    again.close()


@pytest.mark.parametrize("wrong", ["sometimes", "", "DURABLE"])
def test_a_durability_that_there_is_not_is_a_mistake_of_the_caller(directory: str, wrong: str) -> None:
    with pytest.raises(UsageError):
        Journal.open(directory, durability=wrong)


def test_a_journal_accepts_commands_while_the_disk_takes_them(directory: str) -> None:
    journal = Journal.open(directory)
    assert journal.accepts
    journal.exchange.open_account()
    wait_until_durable(journal, journal.commit())
    assert journal.accepts
    journal.close()
    assert not journal.accepts
