"""Replaying recorded days: what is knowable is exact, and what is not is counted under its name."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from crossbook.cli.main import run as crossbook
from crossbook.core import UsageError
from crossbook.data import lobster
from crossbook.data.lobster import Kind
from crossbook.lab.replay import Cause, Replay, Summary
from tests.recorded import ROOT, recorded

AMZN = "lobster/AMZN_2012-06-21_34200000_57600000_message_1.csv"
OWN = ROOT / "examples/data/OWN_2025-01-02_34200000_57600000_message_5.csv.gz"


def day(*messages: tuple[Kind, int, int, int, int]) -> np.ndarray:
    """Build messages from kind, order, size, price and side, a second apart."""
    rows = [
        (34_200 * 10**9 + number * 10**9, order, size, price, kind, side)
        for number, (kind, order, size, price, side) in enumerate(messages)
    ]
    return np.array(rows, lobster.MESSAGE)


def record(*rows: tuple[int, int, int, int]) -> np.ndarray:
    """Build a level-1 record from bid, bid size, ask, ask size."""
    return np.array(
        [((ask,), (ask_size,), (bid,), (bid_size,)) for bid, bid_size, ask, ask_size in rows],
        lobster.book_dtype(1),
    )


def replayed(messages: np.ndarray, book: np.ndarray | None = None) -> Summary:
    replay = Replay(messages, book)
    assert list(replay.run())[-1] == len(messages)
    replay.market.exchange.check()
    summary = replay.summary
    assert summary.rows_equal + sum(summary.causes.values()) == summary.rows_compared
    return summary


START = [(Kind.NEW, 1, 100, 99, 1), (Kind.NEW, 2, 100, 101, -1)]
START_RECORD = [(99, 100, lobster.NO_ASK, 0), (99, 100, 101, 100)]


def test_a_day_that_tells_everything_is_equal_row_by_row() -> None:
    messages = day(
        *START,
        (Kind.NEW, 3, 50, 101, -1),
        (Kind.EXECUTE, 2, 60, 101, -1),
        (Kind.REDUCE, 2, 10, 101, -1),
        (Kind.EXECUTE, 2, 30, 101, -1),
        (Kind.EXECUTE, 3, 20, 101, -1),
        (Kind.EXECUTE_HIDDEN, 0, 7, 100, 1),
        (Kind.DELETE, 3, 30, 101, -1),
    )
    book = record(
        *START_RECORD,
        (99, 100, 101, 150),
        (99, 100, 101, 90),
        (99, 100, 101, 80),
        (99, 100, 101, 50),
        (99, 100, 101, 30),
        (99, 100, 101, 30),
        (99, 100, lobster.NO_ASK, 0),
    )
    summary = replayed(messages, book)

    assert summary.rows_equal == len(messages)
    assert (summary.trades, summary.volume, summary.turnover) == (3, 110, 110 * 101)
    assert (summary.in_turn, summary.out_of_turn, summary.unplaced) == (3, 0, 0)
    assert summary.volume_hidden == 7
    assert summary.spread is not None
    assert (summary.spread.smallest, summary.spread.largest) == (2, 2)


@pytest.mark.parametrize(
    ("message", "row", "cause"),
    [
        ((Kind.DELETE, 3, 10, 100, 1), (98, 5, 101, 100), Cause.GONE),
        ((Kind.DELETE, 3, 10, 100, 1), (99, 140, 101, 100), Cause.GREW),
        ((Kind.DELETE, 3, 10, 100, 1), (99, 60, 101, 100), Cause.SHRANK),
        ((Kind.EXECUTE, 3, 10, 100, 1), (98, 5, 101, 100), Cause.GONE),
        ((Kind.NEW, 4, 5, 100, 1), (100, 14, 101, 100), Cause.CONTRADICTION),
        ((Kind.NEW, 4, 5, 98, 1), (100, 10, 102, 9), Cause.CONTRADICTION),
        ((Kind.EXECUTE_HIDDEN, 0, 5, 100, 1), (100, 9, 101, 100), Cause.CONTRADICTION),
    ],
)
def test_a_row_that_differs_is_counted_under_its_cause(
    message: tuple[Kind, int, int, int, int], row: tuple[int, int, int, int], cause: Cause
) -> None:
    later = (Kind.DELETE, 1, 100, 99, 1)  # Order 1 is named again, so it is not taken for gone.
    messages = day(*START, (Kind.NEW, 3, 10, 100, 1), message, later)
    book = record(*START_RECORD, (100, 10, 101, 100), row, row)
    summary = replayed(messages, book)

    assert summary.causes[cause] >= 1
    assert summary.first_difference is not None
    assert (summary.first_difference.row, summary.first_difference.cause) == (4, cause)


def test_a_level_that_was_never_announced_is_called_so_and_then_known() -> None:
    messages = day(*START, (Kind.DELETE, 1, 100, 99, 1), (Kind.EXECUTE, 7, 30, 97, 1))
    book = record(*START_RECORD, (97, 80, 101, 100), (97, 50, 101, 100))
    summary = replayed(messages, book)

    # Order 7 is named later, so thirty of the eighty were looked back for; the rest came into view unannounced.
    assert summary.looked_back == 1
    assert summary.causes == {Cause.GREW: 1}
    assert (summary.trades, summary.in_turn) == (1, 1)


def test_the_first_row_may_show_what_was_there_before() -> None:
    summary = replayed(day((Kind.EXECUTE_HIDDEN, 0, 1, 100, 1)), record((99, 5, 101, 5)))

    assert summary.causes == {Cause.BEFORE_THE_FILE: 1}
    assert summary.first_difference is None


def test_an_execution_out_of_turn_follows_the_record_and_is_counted() -> None:
    messages = day(
        *START, (Kind.NEW, 3, 100, 99, 1), (Kind.EXECUTE, 3, 40, 99, 1), (Kind.EXECUTE, 1, 100, 99, 1)
    )
    book = record(*START_RECORD, (99, 200, 101, 100), (99, 160, 101, 100), (99, 60, 101, 100))
    summary = replayed(messages, book)

    assert summary.rows_equal == 5
    assert (summary.in_turn, summary.out_of_turn, summary.trades) == (1, 1, 1)


def test_without_a_record_nothing_is_compared_and_all_messages_are_carried_out() -> None:
    summary = replayed(day(*START, (Kind.EXECUTE, 1, 10, 99, 1)))

    assert (summary.messages, summary.rows_compared, summary.trades) == (3, 0, 1)


def test_a_message_about_more_than_is_known_is_counted() -> None:
    # An order named twice under an announced number, with more than it had.
    assert replayed(day(*START, (Kind.EXECUTE, 1, 150, 99, 1))).absent == 1


def test_a_halt_gathers_orders_and_trading_goes_on() -> None:
    halt, quote, trade = ((Kind.HALT, 0, 0, price, -1) for price in (-1, 0, 1))
    traded, left = (Kind.EXECUTE, 3, 10, 100, 1), (Kind.DELETE, 1, 100, 99, 1)
    messages = day(*START, halt, quote, (Kind.NEW, 3, 10, 100, 1), trade, traded, left)
    book = record(
        *START_RECORD,
        *[(99, 100, 101, 100)] * 2,
        *[(100, 10, 101, 100)] * 2,
        (99, 100, 101, 100),
        (lobster.NO_BID, 0, 101, 100),
    )

    assert replayed(messages, book).rows_equal == len(messages)


def test_a_message_that_is_worth_more_than_the_core_carries_is_named_with_its_row() -> None:
    replay = Replay(day(*START, (Kind.NEW, 3, 2**40 - 1, 10**6, -1)))

    with pytest.raises(UsageError, match="row 3 of the messages is beyond the core: the order's worst worth"):
        list(replay.run())


def test_files_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(UsageError, match="the book file has 1 rows and the message file 2"):
        Replay(day(*START), record(START_RECORD[0]))
    with pytest.raises(UsageError, match="the message file has no rows"):
        Replay(day())


def test_the_day_that_ships_is_equal_in_every_row_and_by_price_and_time() -> None:
    messages = lobster.read_messages(OWN)
    summary = replayed(messages, lobster.read_book(lobster.book_file_for(OWN)))

    assert summary.rows_equal == summary.rows_compared == len(messages) > 30_000
    assert summary.in_turn == summary.trades == summary.kinds[Kind.EXECUTE] > 10_000
    assert summary.kinds[Kind.CROSS] > 0
    assert summary.corrections == summary.absent == summary.looked_back == 0
    assert (f"{summary.state_hash:016x}", f"{summary.event_hash:016x}") == HASHES


def test_one_changed_number_of_the_record_is_noticed_and_forgotten_again() -> None:
    messages, book = lobster.read_messages(OWN), lobster.read_book(lobster.book_file_for(OWN))
    book["bid_size"][3_000, 0] += 1
    summary = replayed(messages, book)

    # The row itself, and the next one, since the record's number is followed and then taken back.
    assert summary.causes == {Cause.CONTRADICTION: 2}
    assert summary.first_difference is not None
    assert summary.first_difference.row == 3_001


@pytest.mark.slow
def test_the_day_that_ships_is_the_one_that_the_script_makes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_day", ROOT / "examples/make_day.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(tmp_path, seed=1, orders=30_000)

    for path in (OWN, lobster.book_file_for(OWN)):
        made = tmp_path / path.name
        reader = lobster.read_messages if path is OWN else lobster.read_book
        np.testing.assert_array_equal(reader(made), reader(path))


HASHES = ("6cfee213f06202d5", "978e29159d67ffc1")
"""State and event hash of the day that ships. They change only where the meaning of the core changes."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment",
    [{"PYTHONHASHSEED": "0"}, {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}, {"LC_ALL": "C", "TZ": "UTC"}],
    ids=" ".join,
)
def test_the_hashes_of_the_day_that_ships_are_the_same_in_every_process(environment: dict[str, str]) -> None:
    script = Path(sys.executable).with_name("crossbook")
    done = subprocess.run(
        [script, "replay", OWN, "--json"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    summary = json.loads(done.stdout)

    assert (summary["state_hash"], summary["event_hash"]) == HASHES


@pytest.mark.data
def test_every_message_of_a_recorded_day_is_processed_and_every_difference_has_a_cause() -> None:
    path = recorded(AMZN)
    summary = replayed(lobster.read_messages(path), lobster.read_book(lobster.book_file_for(path)))

    assert summary.messages == summary.rows_compared == 57_515
    assert summary.rows_equal == 52_976
    assert summary.causes[Cause.CONTRADICTION] == 0
    assert summary.causes[Cause.BEFORE_THE_FILE] == 1
    assert (summary.in_turn, summary.out_of_turn, summary.absent) == (8_827, 10, 0)


def test_the_command_prints_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert crossbook(["replay", str(OWN)]) == 0

    printed = capsys.readouterr().out
    assert "31,449" in printed
    assert "100.00%" in printed
    assert "state hash" in printed


def test_the_command_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert crossbook(["replay", str(OWN), "--json"]) == 0

    summary = json.loads(capsys.readouterr().out)
    assert summary["share_equal"] == 1.0
    assert summary["kinds"]["new"] > 0
    assert len(summary["state_hash"]) == 16


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["none.csv"], "none.csv: No such file or directory"),
        ([str(OWN), "--book", "none.csv"], "none.csv: No such file or directory"),
        ([str(OWN), "--book", str(OWN)], "expected four columns"),
        ([str(lobster.book_file_for(OWN))], "expected 6 columns, found 20"),
    ],
)
def test_a_wrong_file_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], arguments: Sequence[str], complaint: str
) -> None:
    assert crossbook(["replay", *arguments]) == 2

    shown = capsys.readouterr().err
    assert complaint in shown
    assert shown.count("\n") == 1
