"""What the report makes of a run's tables and numbers before it draws and prints them."""

import html

import polars as pl
import pytest

from crossbook.lab.report import numbers, realism
from crossbook.lab.report.buckets import Grid, book_buckets, last_buckets, trade_buckets
from crossbook.lab.report.manifest import Fact
from crossbook.lab.report.measures import Measure
from tests.unit.lab.made_run import CLOSE_NS, OPEN_NS


def book(*rows: tuple[int, int | None, int, int | None, int]) -> pl.DataFrame:
    schema = {
        "time_ns": pl.Int64,
        "bid": pl.Int64,
        "bid_quantity": pl.Int64,
        "ask": pl.Int64,
        "ask_quantity": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_the_spread_is_weighted_by_how_long_it_stood() -> None:
    changes = book((0, 100, 10, 102, 20), (75, 100, 30, 106, 20), (90, 99, 1, 101, 1), (90, 100, 30, 101, 60))

    best = book_buckets(changes, Grid(0, 100, 2), end_ns=150)

    # 2 ticks for 75, 6 for 15, 1 for the last 10 and for all of the second bucket, which ends with the book at 150.
    assert best["spread"].to_list() == [pytest.approx((2 * 75 + 6 * 15 + 1 * 10) / 100), 1.0]
    assert best["bid_depth"].to_list() == [pytest.approx((10 * 75 + 30 * 25) / 100), 30.0]
    assert best["mid_last"].to_list() == [100.5, 100.5]
    # The book that was replaced in the moment in which it came, of mid 100, is not the low.
    assert best["mid_low"].to_list() == [100.5, 100.5]
    assert best["mid_high"].to_list() == [103.0, 100.5]


def test_a_book_without_both_sides_has_no_mid_and_a_crossed_one_neither() -> None:
    changes = book((100, 100, 10, None, 0), (200, 103, 10, 101, 5), (300, 100, 10, 101, 5))

    best = book_buckets(changes, Grid(0, 100, 4), end_ns=400)

    assert best["mid_last"].to_list() == [None, None, None, 100.5]
    assert best["spread"].to_list() == [None, None, None, 1.0]
    assert best["ask_depth"].to_list() == [0.0, 0.0, 5.0, 5.0]


def test_trades_are_added_up_by_who_began_them() -> None:
    rows = [(5, 100, 1, 1), (6, 103, 2, -1), (19, 110, 5, 0), (20, 120, 7, 1)]
    tape = pl.DataFrame(
        rows,
        schema={"time_ns": pl.Int64, "price": pl.Int64, "quantity": pl.Int64, "side": pl.Int8},
        orient="row",
    )

    traded = trade_buckets(tape, Grid(0, 10, 2))

    assert traded["vwap"].to_list() == [102.0, pytest.approx((110 * 5 + 120 * 7) / 12)]
    assert traded["bought"].to_list() == [1, 7]  # A trade at the very end belongs to the last bucket.
    assert traded["sold"].to_list() == [2, 0]
    assert traded["crossed"].to_list() == [0, 5]


def test_the_last_value_of_a_bucket_is_its_value() -> None:
    values = pl.DataFrame({"time_ns": [0, 9, 25], "value": [1.0, 2.0, 3.0]})

    assert last_buckets(values, "value", Grid(0, 10, 3))["value"].to_list() == [2.0, None, 3.0]


@pytest.mark.parametrize(
    ("start", "end", "most", "width", "count"),
    [
        (OPEN_NS, CLOSE_NS, 2_000, 15 * 10**9, 1_560),
        (0, 1, 2_000, 1_000, 1),
        (0, 10**9, 2_000, 500_000, 2_000),
        (0, 10**10, 2_000, 5 * 10**6, 2_000),
        (0, 86_400 * 10**9, 2_000, 60 * 10**9, 1_440),
        (0, 10**19, 150, -(-(10**19) // 150), 150),
    ],
)
def test_a_grid_is_the_finest_of_a_readable_width(
    start: int, end: int, most: int, width: int, count: int
) -> None:
    grid = Grid.over(start, end, most)

    assert (grid.width_ns, grid.count) == (width, count)
    assert grid.start_ns <= start
    assert grid.end_ns >= end


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (numbers.scaled(10_000_000_000_000_003, numbers.step_of("0.01")), "100,000,000,000,000.03"),
        (numbers.scaled(-5, numbers.step_of("0.0025")), "−0.0125"),  # noqa: RUF001
        (numbers.scaled(-0.4, numbers.step_of("1")), "0"),
        (numbers.scaled(None, numbers.step_of("1")), "–"),  # noqa: RUF001
        (numbers.scaled(3, numbers.step_of("nonsense")), "3"),
        (numbers.count(-1_234_567), "−1,234,567"),  # noqa: RUF001
        (numbers.count(float("nan")), "–"),  # noqa: RUF001
        (numbers.significant(0.000123456), "0.0001235"),
        (numbers.significant(1.5e-9), "1.500e−09"),  # noqa: RUF001
        (numbers.shortest(2.0), "2"),
        (numbers.percent(0.1234), "12.3%"),
        (numbers.time_of_day(34_200_000_000_001), "09:30:00.000000001"),
        (numbers.time_of_day(57_600 * 10**9), "16:00:00"),
        (numbers.duration(90_061), "1 d 1 h 1 min 1 s"),
        (numbers.duration(0.25), "0.250 s"),
        (realism.accepted_text([None, 3]), "at most 3"),
        (realism.accepted_text([0.5, None]), "at least 0.5"),
        (realism.accepted_text("about 3"), "about 3"),
        (realism.accepted_text([1, "x"]), "[1, 'x']"),
    ],
)
def test_a_number_reads_as_a_person_expects(shown: str, expected: str) -> None:
    assert shown == expected


@pytest.mark.parametrize(
    ("verdict", "tone"),
    [
        ("pass", "good"),
        ("PASS", "good"),
        ("fail", "bad"),
        ("inconclusive", "warn"),
        ("not measured", ""),
        ("", ""),
    ],
)
def test_a_verdict_has_a_colour_and_an_unknown_one_none(verdict: str, tone: str) -> None:
    assert realism.tone(verdict) == tone


def test_numbers_of_different_steps_have_no_difference() -> None:
    cents = Measure("Open", 100, numbers.count, "USD", numbers.step_of("0.01"))
    mills = Measure("Open", 100, numbers.count, "USD", numbers.step_of("0.001"))

    assert mills.difference(cents) == numbers.ABSENT
    assert cents.difference(cents) == "same"


@pytest.mark.parametrize(
    ("value", "first", "expected"),
    [(150, 100, "+50 (+50.0%)"), (-50, 100, "−150"), (100, 0, "+100"), (-100, -50, "−50"), (None, 1, "–")],  # noqa: RUF001
)
def test_a_part_is_told_only_of_what_is_above_zero(value: float | None, first: float, expected: str) -> None:
    assert (
        Measure("Total", value, numbers.count).difference(Measure("Total", first, numbers.count)) == expected
    )


def test_a_range_that_is_told_in_words_is_drawn_from_its_ends_under_the_name_of_its_group() -> None:
    fact = Fact(
        key="tails",
        group="cont",
        value=3.0,
        verdict="pass",
        accepted="2 to 5, and more",
        accepted_low=2.0,
        accepted_high=5.0,
    )
    page = realism.section([fact])

    assert page.count('class="accepted"') == 1
    assert "2 to 5, and more" in page
    assert html.unescape(page).count("Cont's facts") == 1
