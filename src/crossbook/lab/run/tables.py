"""What is recorded of a run, as tables on disk.

Rows come from the kernel in arrays, a chunk at a time. Chunks are kept in memory until they pass a bound, then go to
disk as parts; at the end each table is one Parquet file. So a run of any length needs a bounded memory.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crossbook.core import EventFlag, EventKind

ROWS_IN_MEMORY_MAX: Final = 2_000_000
"""Rows of one table that are kept before a part is written."""

Rows = NDArray[np.void]

_SIDES: Final = np.array([1, -1], dtype=np.int8)
_NO_SIDE: Final = 255
_KINDS: Final = [kind.name.lower() for kind in EventKind]
_KIND_NAMES: Final = pl.Series("event", _KINDS, dtype=pl.Enum(_KINDS))
_NUMBERS: Final = np.array([kind.value for kind in EventKind])
_ORDER_EVENTS: Final = np.array(
    [
        kind.value
        for kind in (
            EventKind.REJECTED,
            EventKind.ACCEPTED,
            EventKind.BOOKED,
            EventKind.CANCELLED,
            EventKind.EXPIRED,
            EventKind.REPLACED,
            EventKind.REFRESHED,
            EventKind.TRIGGERED,
            EventKind.REDUCED,
            EventKind.LIQUIDATION,
        )
    ],
    dtype=np.uint8,
)


def _signs(side: NDArray[np.uint8]) -> NDArray[np.int8]:
    """Return 1 for buys, -1 for sells, 0 where there is no side."""
    signs: NDArray[np.int8] = np.where(side == _NO_SIDE, 0, _SIDES[np.minimum(side, 1)])
    return signs.astype(np.int8)


class Table:
    """One table that grows."""

    def __init__(self, folder: Path, name: str, rows_max: int | None = None) -> None:
        self._folder = folder
        self._name = name
        self._rows_max = ROWS_IN_MEMORY_MAX if rows_max is None else rows_max
        self._frames: list[pl.DataFrame] = []
        self._waiting = 0
        self._parts: list[Path] = []
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Add rows; the first call decides the columns."""
        if frame.is_empty() and self._frames:
            return
        self._frames.append(frame)
        self._waiting += len(frame)
        self.rows += len(frame)
        if self._waiting > self._rows_max:
            part = self._folder / f".{self._name}.part{len(self._parts)}.parquet"
            pl.concat(self._frames).write_parquet(part)
            self._parts.append(part)
            self._frames, self._waiting = [frame.clear()], 0

    def finish(self, *, csv: bool, names: Mapping[str, list[str]] | None = None) -> None:
        """Write the table as one file and remove its parts.

        Args:
            csv: Whether to write it as CSV too.
            names: Columns of names of which all are known only now.
        """
        if not self._frames:
            return
        path = self._folder / f"{self._name}.parquet"
        known = [pl.col(column).cast(pl.Enum(among)) for column, among in (names or {}).items()]
        rest = pl.concat(self._frames).with_columns(known)
        if self._parts:
            parts = [pl.scan_parquet(part).with_columns(known) for part in self._parts]
            pl.concat([*parts, rest.lazy()]).sink_parquet(path)
            for part in self._parts:
                part.unlink()
        else:
            rest.write_parquet(path)
        if csv:
            pl.scan_parquet(path).sink_csv(path.with_suffix(".csv"))


@dataclass(frozen=True, slots=True)
class Taken:
    """What was recorded for a while."""

    events: list[Rows]
    """Events of each venue, as `EVENT`; empty where they are not kept."""
    quotes: Rows | None
    """Changes of the best prices, as `QUOTE`; none where they are not kept."""
    samples: Rows | None
    """Samples of depth and profit, as `SAMPLE`; none where there are none."""

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        others = (part for part in (self.quotes, self.samples) if part is not None)
        return sum(map(len, self.events)) + sum(map(len, others))


class Tables:
    """All tables of a run.

    Args:
        folder: Where they go.
        markets: As the simulation tells them.
        groups: The names of the groups in their order; those that come in later are added to it.
        rows_max: Rows of each table that are kept in memory; `ROWS_IN_MEMORY_MAX` when left out.
    """

    def __init__(
        self,
        folder: Path,
        markets: Iterable[tuple[str, str, int, str, int, int]],
        groups: list[str],
        rows_max: int | None = None,
    ) -> None:
        self.folder = folder
        self.groups = groups
        self._names: list[str] = []
        self._by_instrument: dict[int, dict[int, int]] = {}
        for number, (name, _, _, _, venue, instrument) in enumerate(markets):
            self._names.append(name)
            self._by_instrument.setdefault(venue, {})[instrument] = number
        self._market_names = pl.Series("market", self._names, dtype=pl.Enum(self._names))
        self.trades = Table(folder, "trades", rows_max)
        self.orders = Table(folder, "orders", rows_max)
        self.fills = Table(folder, "fills", rows_max)
        self.book = Table(folder, "book", rows_max)
        self.depth = Table(folder, "depth", rows_max)
        self.equity = Table(folder, "equity", rows_max)

    def add(self, taken: Taken) -> None:
        """Add what was recorded."""
        for venue, events in enumerate(taken.events):
            self.add_events(venue, events)
        if taken.quotes is not None:
            self.add_quotes(taken.quotes)
        if taken.samples is not None:
            self.add_samples(taken.samples)

    def add_events(self, venue: int, events: Rows) -> None:
        """Add the events of a venue."""
        numbers = self._by_instrument.get(venue, {})
        lookup = np.full(max(numbers, default=0) + 1, 0, dtype=np.uint32)
        for instrument, number in numbers.items():
            lookup[instrument] = number
        events = events[(events["instrument"] > 0) & (events["instrument"] < len(lookup))]
        market = self._market(lookup[events["instrument"]])
        kind = events["kind"]
        self._add_trades(events[kind == EventKind.TRADE], market.filter(pl.Series(kind == EventKind.TRADE)))
        chosen = np.isin(kind, _ORDER_EVENTS)
        self._add_orders(events[chosen], market.filter(pl.Series(chosen)))

    def _market(self, numbers: NDArray[Any]) -> pl.Series:
        return self._market_names.gather(np.ascontiguousarray(numbers))

    def _add_trades(self, trades: Rows, market: pl.Series) -> None:
        auction = (trades["flags"] & EventFlag.AUCTION) != 0
        taker_side = _signs(trades["side"])
        shared = {"time_ns": trades["time_ns"], "market": market}
        self.trades.add(
            pl.DataFrame(
                {
                    **shared,
                    "price": trades["price"],
                    "quantity": trades["quantity"].astype(np.int64),
                    "side": np.where(auction, 0, taker_side).astype(np.int8),
                    "taker": trades["account"] - 1,
                    "maker": trades["counterparty"] - 1,
                    "taker_order": trades["order_id"],
                    "maker_order": trades["counter_id"],
                    "taker_fee": trades["amount"],
                    "maker_fee": trades["amount_2"],
                }
            )
        )
        sequence = np.repeat(trades["sequence"], 2)
        both: dict[str, Any] = {}
        for name, taker, maker in (
            ("agent", trades["account"] - 1, trades["counterparty"] - 1),
            ("order_id", trades["order_id"], trades["counter_id"]),
            ("side", taker_side, -taker_side),
            ("fee", trades["amount"], trades["amount_2"]),
        ):
            column = np.empty(len(sequence), dtype=taker.dtype)
            column[0::2], column[1::2] = taker, maker
            both[name] = column
        self.fills.add(
            pl.DataFrame(
                {
                    "time_ns": np.repeat(trades["time_ns"], 2),
                    "market": market.gather(np.repeat(np.arange(len(trades)), 2)),
                    **both,
                    "price": np.repeat(trades["price"], 2),
                    "quantity": np.repeat(trades["quantity"].astype(np.int64), 2),
                    "maker": np.tile([False, True], len(trades)),
                }
            )
        )

    def _add_orders(self, events: Rows, market: pl.Series) -> None:
        names = _KIND_NAMES.gather(np.searchsorted(_NUMBERS, events["kind"]))
        self.orders.add(
            pl.DataFrame(
                {
                    "time_ns": events["time_ns"],
                    "market": market,
                    "event": names,
                    "order_id": events["order_id"],
                    "agent": events["account"] - 1,
                    "side": _signs(events["side"]),
                    "price": events["price"],
                    "quantity": events["quantity"].astype(np.int64),
                    "remaining": events["remaining"].astype(np.int64),
                    "reason": events["reason"],
                }
            )
        )

    def add_quotes(self, quotes: Rows) -> None:
        """Add changes of best prices; an empty side has no price."""
        columns: dict[str, Any] = {"time_ns": quotes["time_ns"], "market": self._market(quotes["market"])}
        for side in ("bid", "ask"):
            there = quotes[f"{side}_quantity"] > 0
            price = pl.Series(quotes[side])
            columns[side] = price.set(pl.Series(~there), None) if len(price) else price
            columns[f"{side}_quantity"] = quotes[f"{side}_quantity"].astype(np.int64)
        self.book.add(pl.DataFrame(columns))

    def add_samples(self, samples: Rows) -> None:
        """Add samples of depth, and of profit and loss."""
        levels = samples[samples["kind"] < 2]
        self.depth.add(
            pl.DataFrame(
                {
                    "time_ns": levels["time_ns"],
                    "market": self._market(levels["subject"]),
                    "side": np.where(levels["kind"] == 0, 1, -1).astype(np.int8),
                    "level": levels["level"] + 1,
                    "price": levels["value"],
                    "quantity": levels["quantity"].astype(np.int64),
                }
            )
        )
        profits = samples[samples["kind"] == 2]
        names = pl.Series("group", self.groups, dtype=pl.String)
        group = names.gather(np.ascontiguousarray(profits["subject"]))
        self.equity.add(
            pl.DataFrame(
                {
                    "time_ns": profits["time_ns"],
                    "group": group,
                    "pnl": profits["value"],
                }
            )
        )

    def finish(self, *, csv: bool) -> None:
        """Write every table that has anything to tell."""
        for table in (self.trades, self.orders, self.fills, self.book, self.depth):
            table.finish(csv=csv)
        self.equity.finish(csv=csv, names={"group": self.groups})
