"""The columns of a day out of what a run left in its folder, and out of a recorded day.

Assumes of a run that its tables are in order of time, and that a price that is missing is null. Refuses a folder
without manifest, trades or book, and a market that is not in it.
"""

import json
from pathlib import Path
from typing import Any, Final, Required, TypedDict

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crossbook.core import UsageError
from crossbook.data.lobster import Kind, Rows

SESSION_OPEN_NS: Final = 34_200 * 10**9
"""9:30, when the continuous session of United States stocks begins; LOBSTER, "Output structure"."""
SESSION_CLOSE_NS: Final = 57_600 * 10**9
"""16:00, when it ends."""

_Integers = NDArray[np.int64]


class Columns(TypedDict, total=False):
    """The columns of `Observations`."""

    quote_time_ns: Required[_Integers]
    bid: Required[_Integers]
    bid_quantity: Required[_Integers]
    ask: Required[_Integers]
    ask_quantity: Required[_Integers]
    trade_time_ns: Required[_Integers]
    trade_price: Required[_Integers]
    trade_quantity: Required[_Integers]
    trade_side: Required[NDArray[np.int8]]
    order_time_ns: _Integers
    cancel_life_ns: _Integers
    cancel_time_ns: _Integers
    fill_life_ns: _Integers
    fill_time_ns: _Integers


class Day(Columns):
    """The columns with the name and the session of the day."""

    name: Required[str]
    open_ns: Required[int]
    close_ns: Required[int]


def run_columns(folder: Path, market: str | None) -> Day:
    """Return the day of one market of a run.

    Raises:
        UsageError: Where a file or the market is not there, or does not hold what it should.
    """
    manifest = _manifest(folder / "manifest.json")
    market = _market(folder, manifest, market)
    book = _table(
        folder / "book.parquet", market, ["time_ns", "bid", "bid_quantity", "ask", "ask_quantity"]
    ).fill_null(0)
    trades = _table(
        folder / "trades.parquet", market, ["time_ns", "price", "quantity", "side", "maker_order"]
    )
    day = Day(
        name=f"{folder.name} {market}",
        open_ns=manifest["open_ns"],
        close_ns=manifest["close_ns"],
        quote_time_ns=_integers(book["time_ns"]),
        bid=np.where(book["bid_quantity"] > 0, _integers(book["bid"]), 0),
        bid_quantity=_integers(book["bid_quantity"]),
        ask=np.where(book["ask_quantity"] > 0, _integers(book["ask"]), 0),
        ask_quantity=_integers(book["ask_quantity"]),
        trade_time_ns=_integers(trades["time_ns"]),
        trade_price=_integers(trades["price"]),
        trade_quantity=_integers(trades["quantity"]),
        trade_side=trades["side"].cast(pl.Int8).to_numpy(),
    )
    path = folder / "orders.parquet"
    if path.exists():
        day.update(_orders(_table(path, market, ["time_ns", "event", "order_id"]), trades))  # type: ignore[typeddict-item]
    return day


def _orders(orders: pl.DataFrame, trades: pl.DataFrame) -> dict[str, _Integers]:
    """Return entries and lives of the orders that rested; a market order's remainder never did."""
    first = pl.col("time_ns").first()
    booked = orders.filter(pl.col("event") == "booked").group_by("order_id", maintain_order=True).agg(first)
    cancelled = (
        orders.filter(pl.col("event") == "cancelled").group_by("order_id", maintain_order=True).agg(first)
    )
    filled = trades.rename({"maker_order": "order_id"}).group_by("order_id", maintain_order=True).agg(first)
    columns = {"order_time_ns": _integers(booked["time_ns"])}
    for what, ended in (("cancel", cancelled), ("fill", filled)):
        both = ended.join(booked, on="order_id", how="inner", suffix="_booked").sort(
            "time_ns", maintain_order=True
        )
        columns[f"{what}_time_ns"] = _integers(both["time_ns"])
        columns[f"{what}_life_ns"] = _integers(both["time_ns"] - both["time_ns_booked"])
    return columns


def _manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text())
        open_ns, close_ns = int(manifest["open_ns"]), int(manifest["close_ns"])
        symbols = [str(market.get("market", market["symbol"])) for market in manifest["markets"]]
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: not the manifest of a run: {error!r}") from None
    return {"open_ns": open_ns, "close_ns": close_ns, "symbols": symbols}


def _market(folder: Path, manifest: dict[str, Any], market: str | None) -> str:
    symbols: list[str] = manifest["symbols"]
    if market is None and len(symbols) == 1:
        return symbols[0]
    if market not in symbols:
        what = "say which market" if market is None else f"no market {market}"
        raise UsageError(f"{folder}: {what}; there are {', '.join(symbols) or 'none'}")
    return market


def _table(path: Path, market: str, columns: list[str]) -> pl.DataFrame:
    try:
        return pl.read_parquet(path, columns=["market", *columns]).filter(pl.col("market") == market)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UsageError(f"{path}: {error}") from None


def _integers(column: pl.Series) -> _Integers:
    return column.cast(pl.Int64).to_numpy()


def lobster_columns(messages: Rows, book: Rows) -> Columns:
    """Return the columns of a recorded day.

    Raises:
        UsageError: Where the two have different numbers of rows.
    """
    if len(messages) != len(book):
        raise UsageError(f"{len(book)} book rows and {len(messages)} messages do not belong together")
    time_ns, kind = messages["time_ns"], messages["kind"]
    best = np.stack(
        [book[f"{side}_{what}"][:, 0] for side in ("bid", "ask") for what in ("price", "size")], axis=1
    ).reshape(len(book), 4)
    best[:, :2][best[:, 1] == 0] = 0
    best[:, 2:][best[:, 3] == 0] = 0
    changed = np.ones(len(best), bool)
    changed[1:] = (best[1:] != best[:-1]).any(axis=1)
    quotes = best[changed]
    traded = (kind >= Kind.EXECUTE) & (kind <= Kind.CROSS)
    side = np.where(kind == Kind.EXECUTE, -messages["side"], 0)
    columns = Columns(
        quote_time_ns=time_ns[changed].astype(np.int64),
        bid=quotes[:, 0],
        bid_quantity=quotes[:, 1],
        ask=quotes[:, 2],
        ask_quantity=quotes[:, 3],
        trade_time_ns=time_ns[traded].astype(np.int64),
        trade_price=messages["price"][traded].astype(np.int64),
        trade_quantity=messages["size"][traded].astype(np.int64),
        trade_side=side[traded].astype(np.int8),
        order_time_ns=time_ns[kind == Kind.NEW].astype(np.int64),
    )
    for what, ending in (("cancel", Kind.DELETE), ("fill", Kind.EXECUTE)):
        ended, life_ns = _lives(messages, ending)
        columns[f"{what}_time_ns"] = ended  # type: ignore[literal-required]
        columns[f"{what}_life_ns"] = life_ns  # type: ignore[literal-required]
    return columns


def _lives(messages: Rows, ending: Kind) -> tuple[_Integers, _Integers]:
    """Return when orders that the file announced first met an ending, and how long after their entry."""
    time_ns, kind, order_id = messages["time_ns"], messages["kind"], messages["order_id"]
    entries, ends = np.flatnonzero(kind == Kind.NEW), np.flatnonzero(kind == ending)
    entered, first_entry = np.unique(order_id[entries], return_index=True)
    ended, first_end = np.unique(order_id[ends], return_index=True)
    _, from_entry, from_end = np.intersect1d(entered, ended, assume_unique=True, return_indices=True)
    start, end = entries[first_entry[from_entry]], ends[first_end[from_end]]
    order = np.argsort(end, kind="stable")
    return time_ns[end][order].astype(np.int64), (time_ns[end] - time_ns[start])[order].astype(np.int64)
