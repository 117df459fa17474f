"""Reading LOBSTER files: arrays of messages and of book rows, checked row by row.

A block is parsed (`text`), then checked as a whole; the first row that cannot be is named with its line. Nothing is
repaired and nothing is left out.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbook.data.errors import DataError
from crossbook.data.lobster import text
from crossbook.data.lobster.rows import (
    BOOK_COLUMNS,
    DAY_NS,
    LEVELS_MAX,
    MESSAGE,
    MESSAGE_COLUMNS,
    NO_ASK,
    NO_BID,
    Kind,
    Rows,
    book_dtype,
)

PRICE_MAX: Final = 2**40
"""Highest price, in 1/10,000 of a dollar: the highest that the core takes."""
SIZE_MAX: Final = 2**40 - 1
"""Largest size, in shares: the largest order that the core takes."""


def iterate_messages(path: Path) -> Iterator[Rows]:
    """Yield the messages of a file in blocks of some ten thousand, in constant memory.

    Shape: (rows,) of `MESSAGE` each.

    Raises:
        DataError: At the first row that cannot be, once the rows before its block were yielded.
        UsageError: Where the file cannot be read.
    """
    last_ns = 0
    for block in text.blocks(path):
        table = text.parse(path, block, MESSAGE_COLUMNS, decimal_first=True)
        rows = np.empty(len(table), MESSAGE)
        _check_messages(path, block.first_line, table, last_ns)
        for column, name in enumerate(("time_ns", "kind", "order_id", "size", "price", "side")):
            rows[name] = table[:, column]
        last_ns = int(rows["time_ns"][-1])
        yield rows


def read_messages(path: Path) -> Rows:
    """Return all messages of a file; a file without rows gives an empty array.

    Shape: (rows,) of `MESSAGE`.
    """
    return np.concatenate([np.empty(0, MESSAGE), *iterate_messages(path)])


def _check_messages(path: Path, first_line: int, table: text.Table, last_ns: int) -> None:
    time_ns, kind, order_id, size, price, side = table.T
    order = kind <= Kind.EXECUTE
    halt = kind == Kind.HALT
    before = np.concatenate([[last_ns], time_ns[:-1]])
    _refuse(
        path,
        first_line,
        [
            ((time_ns < 0) | (time_ns >= DAY_NS), "the time is not within the day"),
            (time_ns < before, "the time goes back"),
            ((kind < min(Kind)) | (kind > max(Kind)), "the type is none of 1 to 7"),
            ((side != 1) & (side != -1), "the direction is neither 1 nor -1"),
            (order & (order_id < 1), "an order has a number above zero"),
            (order_id < 0, "the order id is below zero"),
            (~halt & ((size < 1) | (size > SIZE_MAX)), f"the size is not from 1 to {SIZE_MAX}"),
            (halt & (size < 0), "the size is below zero"),
            (~halt & ((price < 1) | (price > PRICE_MAX)), f"the price is not from 1 to {PRICE_MAX}"),
            (halt & (np.abs(price) > 1), "the price of a halt is none of -1, 0 and 1"),
        ],
    )


def iterate_book(path: Path, levels: int | None = None) -> Iterator[Rows]:
    """Yield the rows of a book file in blocks, in constant memory.

    Args:
        path: The file.
        levels: How many price levels it must have; any number where left out.

    Shape: (rows,) of `book_dtype(levels)` each.

    Raises:
        DataError: At the first row that cannot be, once the rows before its block were yielded.
        UsageError: Where the file cannot be read.
    """
    for block in text.blocks(path):
        if levels is None:
            levels = _levels(path, block)
        columns = [f"{name} {level}" for level in range(1, levels + 1) for name in BOOK_COLUMNS]
        table = text.parse(path, block, columns, decimal_first=False)
        cells = table.reshape(len(table), levels, len(BOOK_COLUMNS))
        _check_book(path, block.first_line, cells)
        rows = np.empty(len(table), book_dtype(levels))
        for column, name in enumerate(rows.dtype.names or ()):
            rows[name] = cells[:, :, column]
        yield rows


def read_book(path: Path, levels: int | None = None) -> Rows:
    """Return all rows of a book file.

    Shape: (rows,) of `book_dtype(levels)`; one level where the file is empty and none was named.
    """
    blocks = list(iterate_book(path, levels))
    return np.concatenate(blocks) if blocks else np.empty(0, book_dtype(levels or 1))


def _levels(path: Path, block: text.Block) -> int:
    cells = block.text[: block.text.index(b"\n")].count(b",") + 1
    if cells % len(BOOK_COLUMNS) or cells > LEVELS_MAX * len(BOOK_COLUMNS):
        reason = f"expected four columns for each of at most {LEVELS_MAX} levels, found {cells}"
        raise DataError(path, block.first_line, reason)
    return cells // len(BOOK_COLUMNS)


def _check_book(path: Path, first_line: int, cells: NDArray[np.int64]) -> None:
    ask, ask_size, bid, bid_size = np.moveaxis(cells, 2, 0)
    no_ask, no_bid = ask == NO_ASK, bid == NO_BID
    asks_rise = (np.diff(ask) > 0) | no_ask[:, 1:]
    bids_fall = (np.diff(bid) < 0) | no_bid[:, 1:]
    _refuse(
        path,
        first_line,
        [
            (((ask_size < 0) | (bid_size < 0)).any(axis=1), "a size is below zero"),
            (((ask_size == 0) != no_ask).any(axis=1), f"an ask has no size, or an empty level not {NO_ASK}"),
            (((bid_size == 0) != no_bid).any(axis=1), f"a bid has no size, or an empty level not {NO_BID}"),
            (~asks_rise.all(axis=1), "the asks do not rise from level to level"),
            (~bids_fall.all(axis=1), "the bids do not fall from level to level"),
        ],
    )


def _refuse(path: Path, first_line: int, rules: list[tuple[NDArray[np.bool_], str]]) -> None:
    """Raise for the first row that breaks a rule, and of its rules the first."""
    broken = [(int(np.argmax(wrong)), reason) for wrong, reason in rules if wrong.any()]
    if broken:
        row, reason = min(broken, key=lambda found: found[0])
        raise DataError(path, first_line + row, reason)
