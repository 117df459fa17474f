"""LOBSTER files in and out: exact numbers, clear errors with file and line, whole files or none."""

import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from crossbook.core import UsageError
from crossbook.data import lobster
from crossbook.data.errors import DataError
from crossbook.data.lobster import text
from tests.recorded import recorded

AMZN = "lobster/AMZN_2012-06-21_34200000_57600000_message_1.csv"
GOOD = "34200.017459617,5,0,1,2238200,-1\n34200.18960767,1,11885113,21,2238100,1\n"


def message_file(folder: Path, content: str | bytes) -> Path:
    path = folder / "day.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_times_are_read_to_the_nanosecond_and_never_through_a_float(tmp_path: Path) -> None:
    rows = lobster.read_messages(message_file(tmp_path, GOOD + "57599.999999999,3,7,1,1,-1\n"))

    assert rows["time_ns"].tolist() == [34_200_017_459_617, 34_200_189_607_670, 57_599_999_999_999]
    assert rows[1].tolist() == (34_200_189_607_670, 11_885_113, 21, 2_238_100, lobster.Kind.NEW, 1)


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        GOOD.encode()[:-1],
        GOOD.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        b"Time,Type,OrderId,Size,Price,Direction\n" + GOOD.encode(),
        b"\xef\xbb\xbfTime,Type,OrderId,Size,Price,Direction\r\n" + GOOD.replace("\n", "\r\n").encode(),
        gzip.compress(GOOD.encode()),
    ],
    ids=["plain", "no last line end", "crlf", "byte-order mark", "header", "windows", "gzip"],
)
def test_every_usual_form_of_the_text_reads_alike(tmp_path: Path, content: bytes) -> None:
    rows = lobster.read_messages(message_file(tmp_path, content))

    assert rows["order_id"].tolist() == [0, 11_885_113]


def test_files_without_rows_are_empty(tmp_path: Path) -> None:
    for content in ["", "Time,Type,OrderId,Size,Price,Direction\n"]:
        assert len(lobster.read_messages(message_file(tmp_path, content))) == 0
    assert lobster.read_book(message_file(tmp_path, "")).dtype == lobster.book_dtype(1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("34201,1,1,1,1", "expected 6 columns, found 5: '34201,1,1,1,1'"),
        ("34201,1,1,1,1,1,1", "expected 6 columns, found 7: '34201,1,1,1,1,1,1'"),
        ("", "expected 6 columns, found 1: ''"),
        ("noon,1,1,1,1,1", "time is not a decimal number: 'noon'"),
        ("34201.,1,1,1,1,1", "time is not a decimal number: '34201.'"),
        ("34201.0000000001,1,1,1,1,1", "time is finer than a nanosecond: '34201.0000000001'"),
        ("99999999999,1,1,1,1,1", "time does not fit 64 bits: '99999999999'"),
        ("34201,one,1,1,1,1", "type is not a whole number: 'one'"),
        ("34201,1,1.5,1,1,1", "order id is not a whole number: '1.5'"),
        ("34201,1,1,=1+1,1,1", "size is not a whole number: '=1+1'"),
        ("34201,1,1,1, 1,1", "price is not a whole number: ' 1'"),
        ("34201,1,1,1,1,+1", "direction is not a whole number: '+1'"),
        ("34201,1,1,1,1,", "direction is not a whole number: ''"),
        ("34201,1,1,1,1,\x00", "direction is not a whole number: '\\x00'"),
        ("34201,1,9223372036854775808,1,1,1", "order id does not fit 64 bits: '9223372036854775808'"),
        ("34201,1,1,1,1,\x1b[31m", "direction is not a whole number: '\\x1b[31m'"),
        ("86400,1,1,1,1,1", "the time is not within the day"),
        ("-1,1,1,1,1,1", "the time is not within the day"),
        ("34199,1,1,1,1,1", "the time goes back"),
        ("34201,0,1,1,1,1", "the type is none of 1 to 7"),
        ("34201,8,1,1,1,1", "the type is none of 1 to 7"),
        ("34201,1,1,1,1,0", "the direction is neither 1 nor -1"),
        ("34201,1,0,1,1,1", "an order has a number above zero"),
        ("34201,5,-1,1,1,1", "the order id is below zero"),
        ("34201,1,1,0,1,1", "the size is not from 1 to 1099511627775"),
        ("34201,1,1,1099511627776,1,1", "the size is not from 1 to 1099511627775"),
        ("34201,1,1,1,0,1", "the price is not from 1 to 1099511627776"),
        ("34201,7,0,0,5,-1", "the price of a halt is none of -1, 0 and 1"),
    ],
)
def test_a_row_that_cannot_be_is_named_with_file_and_line(tmp_path: Path, row: str, reason: str) -> None:
    path = message_file(tmp_path, f"Time,Type,OrderId,Size,Price,Direction\n{GOOD}{row}\n{GOOD}")

    with pytest.raises(DataError) as refusal:
        lobster.read_messages(path)

    assert str(refusal.value) == f"{path}:4: {reason}"
    assert (refusal.value.line, refusal.value.reason) == (4, reason)


def test_the_line_is_right_in_later_blocks_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text.blocks, "__defaults__", (64,))
    path = message_file(tmp_path, GOOD * 1 + "34200.2,1,1,1,1,1\n" * 50 + "34200.1,1,1,1,1,1\n")

    with pytest.raises(DataError, match=r":53: the time goes back"):
        lobster.read_messages(path)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("100,1,99", "expected four columns for each of at most 1000 levels, found 3"),
        ("100,0,99,1", "an ask has no size, or an empty level not 9999999999"),
        ("9999999999,1,99,1", "an ask has no size"),
        ("100,1,-9999999999,1", "a bid has no size, or an empty level not -9999999999"),
        ("100,-1,99,1", "a size is below zero"),
        ("100,1,99,1,100,1,98,1", "the asks do not rise from level to level"),
        ("100,1,99,1,101,1,99,1", "the bids do not fall from level to level"),
        ("100,1,x,1", "bid price 1 is not a whole number: 'x'"),
    ],
)
def test_a_book_row_that_cannot_be_is_named(tmp_path: Path, row: str, reason: str) -> None:
    with pytest.raises(DataError) as refusal:
        lobster.read_book(message_file(tmp_path, row + "\n"))

    assert reason in str(refusal.value)


def test_a_book_with_another_number_of_levels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=":1: expected 8 columns, found 4"):
        lobster.read_book(message_file(tmp_path, "100,1,99,1\n"), levels=2)


def test_an_empty_side_is_a_level_without_size(tmp_path: Path) -> None:
    rows = lobster.read_book(message_file(tmp_path, "9999999999,0,99,1,9999999999,0,-9999999999,0\n"))

    assert rows["ask_size"].tolist() == [[0, 0]]
    assert rows["bid_price"].tolist() == [[99, lobster.NO_BID]]


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda packed: packed[:-9], "the compressed file is damaged"),
        (lambda packed: packed[:10] + b"\xff" * 8 + packed[18:], "the compressed file is damaged"),
        (lambda packed: packed[:-8] + b"\0" * 8, "the compressed file is damaged"),
    ],
    ids=["cut", "garbled", "wrong checksum"],
)
def test_a_damaged_compressed_file_is_refused(tmp_path: Path, spoil, complaint: str) -> None:  # type: ignore[no-untyped-def]
    path = message_file(tmp_path, spoil(gzip.compress(GOOD.encode() * 100)))

    with pytest.raises(DataError, match=complaint):
        lobster.read_messages(path)


def test_a_file_that_swells_without_a_line_end_is_refused_early(tmp_path: Path) -> None:
    path = message_file(tmp_path, gzip.compress(b"1" * (64 << 20)))

    with pytest.raises(DataError, match=":1: a line longer than 65536 bytes"):
        lobster.read_messages(path)


def test_a_file_that_is_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "TEXT_BYTES_MAX", 100)

    with pytest.raises(DataError, match="longer than 100 bytes"):
        lobster.read_messages(message_file(tmp_path, GOOD * 10))


def test_what_is_no_file_is_one_clear_line(tmp_path: Path) -> None:
    for path, complaint in [
        (tmp_path, "Is a directory"),
        (tmp_path / "none.csv", "No such file or directory"),
    ]:
        with pytest.raises(UsageError, match=complaint):
            lobster.read_messages(path)


def test_names_tell_what_is_inside() -> None:
    path = Path("data/AMZN_2012-06-21_34200000_57600000_message_10.csv.gz")
    name = lobster.parse_name(path)

    assert (name.symbol, name.day, name.content, name.levels) == ("AMZN", date(2012, 6, 21), "message", 10)
    assert str(name) == path.name
    assert lobster.book_file_for(path) == Path("data/AMZN_2012-06-21_34200000_57600000_orderbook_10.csv.gz")


@pytest.mark.parametrize(
    "name", ["day.csv", "AMZN_2012-13-21_34200000_57600000_message_1.csv", "", "x_message_1.csv"]
)
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="not a name such as"):
        lobster.parse_name(Path(name))


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_writer_that_fails_leaves_no_file(tmp_path: Path, suffix: str) -> None:
    def fail() -> None:
        with lobster.MessageWriter(tmp_path / f"day.csv{suffix}") as file:
            file.write(np.ones(3, lobster.MESSAGE))
            file.write(np.zeros(3, lobster.book_dtype(1)))

    with pytest.raises(UsageError):
        fail()

    assert list(tmp_path.iterdir()) == []


def test_a_writer_takes_only_its_own_rows_and_an_existing_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="MESSAGE"), lobster.MessageWriter(tmp_path / "a.csv") as file:
        file.write(np.zeros(3, lobster.book_dtype(1)))
    with pytest.raises(UsageError, match="book_dtype"), lobster.BookWriter(tmp_path / "b.csv") as book:
        book.write(np.zeros(3, lobster.MESSAGE))
    with pytest.raises(UsageError, match="No such file"):
        lobster.MessageWriter(tmp_path / "none" / "a.csv")


def test_compressed_files_with_equal_rows_have_equal_bytes(tmp_path: Path) -> None:
    for name in ["a.csv.gz", "b.csv.gz"]:
        with lobster.MessageWriter(tmp_path / name, header=True) as file:
            file.write(np.ones(10, lobster.MESSAGE))

    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


@pytest.mark.data
def test_a_recorded_day_is_read_whole_and_written_back_byte_for_byte(tmp_path: Path) -> None:
    path = recorded(AMZN)
    rows = lobster.read_messages(path)
    book = lobster.read_book(lobster.book_file_for(path), levels=1)
    assert len(rows) == len(book) == 57_515
    assert np.bincount(rows["kind"]).tolist() == [0, 27_845, 16, 18_235, 8_974, 2_445]

    with lobster.MessageWriter(tmp_path / "m.csv") as file:
        file.write(rows)
    with lobster.BookWriter(tmp_path / "b.csv") as file_of_books:
        file_of_books.write(book)

    for written, original in [("m.csv", path), ("b.csv", lobster.book_file_for(path))]:
        lines = original.read_bytes().replace(b"\r\n", b"\n").split(b"\n", 1)[1].rstrip(b"\n")
        assert (tmp_path / written).read_bytes() == lines + b"\n"
