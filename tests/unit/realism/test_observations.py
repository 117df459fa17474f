"""A day out of a run's folder, out of a recorded day, and cut into stretches."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from crossbook.core import UsageError
from crossbook.data import lobster
from crossbook.data.lobster import Kind
from crossbook.realism import Observations
from tests.unit.realism.markets import OPEN, SECOND, quoted, traded

ORDERS = [
    (1, "A", "accepted", 7),
    (1, "A", "booked", 7),
    (2, "A", "booked", 8),
    (3, "A", "cancelled", 9),
    (4, "A", "cancelled", 7),
    (5, "B", "booked", 10),
    (5, "A", "trade", 8),
    (9, "A", "trade", 8),
]


def write_run(folder: Path, symbols: list[str], *, orders: bool = True) -> Path:
    """Write a run of two markets: on A one order is cancelled after 3 s, one fills after 3 s, one never rested."""
    markets = [{"symbol": symbol} for symbol in symbols]
    (folder / "manifest.json").write_text(
        json.dumps({"markets": markets, "open_ns": 0, "close_ns": 10 * SECOND})
    )
    book = pl.DataFrame(
        {
            "time_ns": [SECOND, SECOND, 2 * SECOND],
            "market": ["A", "B", "A"],
            "bid": [99, 49, None],
            "bid_quantity": [5, 5, None],
            "ask": [101, 51, 102],
            "ask_quantity": [6, 6, 7],
        }
    )
    trades = pl.DataFrame(
        {
            "time_ns": [5 * SECOND, 6 * SECOND, 9 * SECOND],
            "market": ["A", "B", "A"],
            "price": [99, 50, 99],
            "quantity": [2, 1, 3],
            "side": pl.Series([-1, 1, -1], dtype=pl.Int8),
            "maker_order": pl.Series([8, 10, 8], dtype=pl.UInt64),
        }
    )
    book.write_parquet(folder / "book.parquet")
    trades.write_parquet(folder / "trades.parquet")
    if orders:
        times, named, events, ids = zip(*ORDERS, strict=True)
        table = {"time_ns": [SECOND * time for time in times], "market": named, "event": events}
        pl.DataFrame({**table, "order_id": pl.Series(ids, dtype=pl.UInt64)}).write_parquet(
            folder / "orders.parquet"
        )
    return folder


def test_a_run_becomes_a_day_of_one_market(tmp_path: Path) -> None:
    day = Observations.from_run(write_run(tmp_path, ["A", "B"]), "A")

    assert (day.name, day.open_ns, day.close_ns) == (f"{tmp_path.name} A", 0, 10 * SECOND)
    assert day.bid.tolist() == [99, 0]
    assert day.bid_quantity.tolist() == [5, 0]
    assert day.ask.tolist() == [101, 102]
    assert day.trade_time_ns.tolist() == [5 * SECOND, 9 * SECOND]
    assert day.trade_side.tolist() == [-1, -1]
    assert day.depth is None


def test_lives_of_orders_that_rested_come_from_entry_cancel_and_first_fill(tmp_path: Path) -> None:
    day = Observations.from_run(write_run(tmp_path, ["A", "B"]), "A")

    assert day.order_time_ns is not None
    assert day.order_time_ns.tolist() == [SECOND, 2 * SECOND]
    assert day.cancel_life_ns is not None
    assert day.cancel_life_ns.tolist() == [3 * SECOND]
    assert day.fill_life_ns is not None
    assert day.fill_life_ns.tolist() == [3 * SECOND]
    assert day.fill_time_ns is not None
    assert day.fill_time_ns.tolist() == [5 * SECOND]


def test_a_run_without_orders_has_no_lives(tmp_path: Path) -> None:
    day = Observations.from_run(write_run(tmp_path, ["A"], orders=False))

    assert day.order_time_ns is day.cancel_life_ns is day.fill_life_ns is None


@pytest.mark.parametrize(
    ("symbols", "market", "reason"), [(["A", "B"], None, "say which"), (["A"], "C", "no market C")]
)
def test_a_market_that_is_not_named_or_not_there_is_refused(
    symbols: list[str], market: str | None, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=reason):
        Observations.from_run(write_run(tmp_path, symbols), market)


@pytest.mark.parametrize("name", ["manifest.json", "book.parquet", "trades.parquet"])
@pytest.mark.parametrize("text", [None, "no such thing"])
def test_a_file_that_is_missing_or_something_else_is_named(
    name: str, text: str | None, tmp_path: Path
) -> None:
    file = write_run(tmp_path, ["A"]) / name
    file.unlink()
    if text is not None:
        file.write_text(text)

    with pytest.raises(UsageError, match=name):
        Observations.from_run(tmp_path)


def messages(*rows: tuple[Kind, int, int, int, int]) -> np.ndarray:
    """Build messages from kind, order, size, price and side, a second apart."""
    at = [
        (OPEN + number * SECOND, order, size, price, kind, side)
        for number, (kind, order, size, price, side) in enumerate(rows)
    ]
    return np.array(at, lobster.MESSAGE)


def test_a_recorded_day_tells_sides_lives_and_changes_of_the_best() -> None:
    day = Observations.from_lobster(
        messages(
            (Kind.NEW, 1, 10, 99, 1),
            (Kind.NEW, 2, 10, 101, -1),
            (Kind.NEW, 3, 5, 98, 1),
            (Kind.EXECUTE, 2, 4, 101, -1),
            (Kind.EXECUTE_HIDDEN, 0, 4, 100, 1),
            (Kind.DELETE, 3, 5, 98, 1),
            (Kind.EXECUTE, 2, 6, 101, -1),
        ),
        np.array(
            [
                ((lobster.NO_ASK,), (0,), (99,), (10,)),
                ((101,), (10,), (99,), (10,)),
                ((101,), (10,), (99,), (10,)),
                ((101,), (6,), (99,), (10,)),
                ((101,), (6,), (99,), (10,)),
                ((101,), (6,), (99,), (10,)),
                ((lobster.NO_ASK,), (0,), (99,), (10,)),
            ],
            lobster.book_dtype(1),
        ),
        name="made",
    )

    assert ((day.quote_time_ns - OPEN) // SECOND).tolist() == [0, 1, 3, 6]
    assert day.ask.tolist() == [0, 101, 101, 0]
    assert day.trade_side.tolist() == [1, 0, 1]
    assert day.trade_quantity.tolist() == [4, 4, 6]
    assert day.cancel_life_ns is not None
    assert day.cancel_life_ns.tolist() == [3 * SECOND]
    assert day.fill_life_ns is not None
    assert day.fill_life_ns.tolist() == [2 * SECOND]


def test_a_record_of_another_length_is_refused() -> None:
    with pytest.raises(UsageError, match="do not belong together"):
        Observations.from_lobster(np.empty(2, lobster.MESSAGE), np.empty(1, lobster.book_dtype(1)))


def made() -> Observations:
    day = quoted(OPEN + SECOND * np.array([0, 100, 200]), np.array([100, 110, 120]))
    time_ns = OPEN + SECOND * np.array([50, 150, 250])
    day = traded(day, time_ns, np.array([1, -1, 1], np.int8), np.array([1, 2, 3]))
    return replace(day, order_time_ns=time_ns, cancel_life_ns=np.array([7, 8]))


def test_a_stretch_opens_with_the_quote_that_stood() -> None:
    part = made().between(OPEN + 120 * SECOND, OPEN + 240 * SECOND)

    assert part.quote_time_ns.tolist() == [OPEN + 120 * SECOND, OPEN + 200 * SECOND]
    assert part.bid.tolist() == [109, 119]
    assert part.trade_quantity.tolist() == [2]
    assert part.order_time_ns is not None
    assert len(part.order_time_ns) == 1
    assert part.cancel_life_ns is None


def test_a_stretch_before_the_first_quote_has_none() -> None:
    late = replace(made(), open_ns=OPEN - 500 * SECOND)

    assert len(late.between(OPEN - 500 * SECOND, OPEN - 400 * SECOND).quote_time_ns) == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda day: replace(day, close_ns=day.open_ns), "closes at or before"),
        (lambda day: replace(day, close_ns=day.open_ns + 10**18), "longer than"),
        (lambda day: replace(day, bid=day.bid[1:]), "columns of the quotes"),
        (lambda day: replace(day, trade_side=day.trade_side[1:]), "columns of the trades"),
        (lambda day: replace(day, trade_time_ns=day.trade_time_ns[::-1]), "times of the trades go back"),
        (lambda day: replace(day, order_time_ns=day.trade_time_ns[::-1]), "times of the orders go back"),
        (lambda day: replace(day, cancel_time_ns=day.trade_time_ns), "columns of the cancels"),
        (lambda day: replace(day, fill_time_ns=day.trade_time_ns[::-1]), "times of the fills go back"),
        (lambda day: replace(day, depth=np.ones((2, 3))), "shape"),
    ],
)
def test_columns_that_do_not_belong_together_are_refused(
    change: Callable[[Observations], Observations], reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        change(made())
