"""A day in equal buckets of time: what the charts are drawn from.

A book stands from its change until the next one, so what is said of it in a bucket is weighted by how long it stood,
and a book that stood for no time at all is not counted. Until the last bucket ends the last book stands. Crossed and
one-sided books have no mid and no spread.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

BUCKETS_MAX: Final = 2_000
"""Points of one line."""

WIDTHS_NS: Final = (
    *(unit * width for unit in (1_000, 1_000_000) for width in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(1_000_000_000 * width for width in (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600)),
    *(3_600_000_000_000 * width for width in (2, 3, 4, 6, 8, 12, 24, 48, 96, 168)),
)
"""Widths that a person can read, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Equal buckets of time, the first from `start_ns` on."""

    start_ns: int
    width_ns: int
    count: int

    @property
    def end_ns(self) -> int:
        """End of the last bucket."""
        return self.start_ns + self.width_ns * self.count

    @classmethod
    def over(cls, start_ns: int, end_ns: int, most: int) -> "Grid":
        """Return the finest grid of a readable width that covers a time in at most so many buckets."""
        for width in WIDTHS_NS:
            first = start_ns // width * width
            count = max(1, -(-(end_ns - first) // width))
            if count <= most:
                return cls(first, width, count)
        width = -(-max(1, end_ns - start_ns) // most)
        return cls(start_ns, width, most)

    def frame(self) -> pl.DataFrame:
        """Return one row per bucket."""
        return pl.DataFrame({"bucket": pl.int_range(self.count, dtype=pl.Int64, eager=True)})

    def bucket_of(self, column: str) -> pl.Expr:
        """Return the bucket that a time is in; the end of the day belongs to the last one."""
        return ((pl.col(column) - self.start_ns) // self.width_ns).clip(0, self.count - 1)


def book_buckets(book: pl.DataFrame, grid: Grid, end_ns: int) -> pl.DataFrame:
    """Return one market's best prices by bucket.

    Args:
        book: Changes of the best prices, by time.
        grid: The buckets.
        end_ns: When the last book ceased to stand.

    Returns:
        For each bucket: bucket, mid_low, mid_high, mid_last (ticks), spread (ticks), bid_depth, ask_depth (lots).
    """
    columns = ["time_ns", "bid", "bid_quantity", "ask", "ask_quantity"]
    changes = book.select(columns)
    edges = pl.DataFrame(
        {"time_ns": grid.start_ns + pl.int_range(grid.count, dtype=pl.Int64, eager=True) * grid.width_ns}
    )
    edges = edges.set_sorted("time_ns").join_asof(changes.set_sorted("time_ns"), on="time_ns")
    stood = (
        pl.concat([changes, edges.select(columns)])
        .sort("time_ns", maintain_order=True)
        .with_columns(
            (pl.col("time_ns").shift(-1, fill_value=end_ns) - pl.col("time_ns")).alias("held"),
            grid.bucket_of("time_ns").alias("bucket"),
        )
        .filter((pl.col("held") > 0) & (pl.col("time_ns") < end_ns))
    )
    open_book = pl.col("ask") > pl.col("bid")
    held = pl.col("held").cast(pl.Float64)
    priced = stood.with_columns(
        pl.when(open_book).then((pl.col("bid") + pl.col("ask")) / 2).alias("mid"),
        pl.when(open_book).then(pl.col("ask") - pl.col("bid")).alias("spread"),
        # A side on which nobody stands has a quantity of none, not an unknown one.
        *(
            pl.when(pl.col(side).is_not_null())
            .then(pl.col(f"{side}_quantity"))
            .otherwise(0)
            .alias(f"{side}_depth")
            for side in ("bid", "ask")
        ),
    )
    known = held.filter(pl.col("spread").is_not_null()).sum()
    buckets = priced.group_by("bucket").agg(
        pl.col("mid").min().alias("mid_low"),
        pl.col("mid").max().alias("mid_high"),
        pl.col("mid").drop_nulls().last().alias("mid_last"),
        pl.when(known > 0).then((pl.col("spread") * held).sum() / known).alias("spread"),
        *(((pl.col(name) * held).sum() / held.sum()).alias(name) for name in ("bid_depth", "ask_depth")),
    )
    return grid.frame().join(buckets, on="bucket", how="left", maintain_order="left")


def trade_buckets(trades: pl.DataFrame, grid: Grid) -> pl.DataFrame:
    """Return one market's trades by bucket.

    Returns:
        For each bucket: bucket, vwap (ticks), bought, sold, crossed (lots, by who began the trade: a buyer, a seller,
        nobody as in an auction).
    """
    quantity = pl.col("quantity")
    buckets = (
        trades.filter(quantity > 0)
        .with_columns(grid.bucket_of("time_ns").alias("bucket"))
        .group_by("bucket")
        .agg(
            ((pl.col("price") * quantity.cast(pl.Float64)).sum() / quantity.sum()).alias("vwap"),
            quantity.filter(pl.col("side") > 0).sum().alias("bought"),
            quantity.filter(pl.col("side") < 0).sum().alias("sold"),
            quantity.filter(pl.col("side") == 0).sum().alias("crossed"),
        )
    )
    return grid.frame().join(buckets, on="bucket", how="left", maintain_order="left")


def last_buckets(values: pl.DataFrame, column: str, grid: Grid) -> pl.DataFrame:
    """Return the last value of a column in each bucket, and nothing in a bucket that has none."""
    buckets = (
        values.with_columns(grid.bucket_of("time_ns").alias("bucket"))
        .group_by("bucket", maintain_order=True)
        .agg(pl.col(column).last())
    )
    return grid.frame().join(buckets, on="bucket", how="left", maintain_order="left")
