"""A LOBSTER day as a script or a tape of single orders.

The day is replayed through the core once, with all that `crossbook.lab.replay` does to follow the record, and what
was done is written down. So a simulation that carries it out has, with nobody else in it, the recorded best bid and ask
after every row.

Assumes what `crossbook.lab.replay` assumes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossbook.core import SCRIPT_ROW, TAPE_ROW, RowFlag
from crossbook.core.simulation import Simulation
from crossbook.data.lobster import Kind, Rows
from crossbook.lab.recorded.log import LoggedMarket
from crossbook.lab.recorded.tape import Tape, TapeSettings
from crossbook.lab.replay import Replay, Summary
from crossbook.lab.replay.difference import Levels
from crossbook.lab.replay.market import price_range


class _Compiler(Replay):
    """A replay whose market writes down what it does, by rows of the record."""

    def __init__(self, messages: Rows, record: Rows | None) -> None:
        super().__init__(messages, record)
        self.log = LoggedMarket.for_prices(*price_range(messages, record))
        self.market = self.log

    def _enter_known(self, row: int, time_ns: int, before: dict[int, Levels] | None) -> None:
        self.log.row = row
        super()._enter_known(row, time_ns, before)

    def _carry_out(
        self, row: int, kind: Kind, order_id: int, side: int, price: int, size: int, time_ns: int
    ) -> None:
        if kind is Kind.EXECUTE_HIDDEN:
            self.log.trade_hidden(side, price, size, time_ns)
        super()._carry_out(row, kind, order_id, side, price, size, time_ns)


@dataclass(frozen=True, slots=True)
class Day:
    """A recorded day, ready to be attached."""

    script: NDArray[np.void]
    """Array of `SCRIPT_ROW`; times in nanoseconds after midnight, prices in 1/10,000 of a dollar, lots in shares."""
    orders: NDArray[np.void]
    """The same as an array of `TAPE_ROW`."""
    script_rows_done: NDArray[np.int64]
    """How many rows of the script are done after each message."""
    order_rows_done: NDArray[np.int64]
    lowest: int
    """The lowest price, in 1/10,000 of a dollar: the market must allow it."""
    highest: int
    summary: Summary
    """What the replay found."""

    @property
    def start_ns(self) -> int:
        """Time of the first message. Continuous trading must begin before."""
        return int(self.script["time_ns"][0])

    @property
    def end_ns(self) -> int:
        """Time of the last message."""
        return int(self.script["time_ns"][-1])

    @property
    def lineage(self) -> dict[str, Any]:
        """What a run's manifest says of it."""
        summary = self.summary
        return {
            "format": "lobster",
            "messages": summary.messages,
            "script_rows": len(self.script),
            "tape_rows": len(self.orders),
            "rows_compared": summary.rows_compared,
            "rows_equal": summary.rows_equal,
            "corrections": summary.corrections,
            "out_of_turn": summary.out_of_turn,
            "state_hash": f"{summary.state_hash:016x}",
            "event_hash": f"{summary.event_hash:016x}",
        }

    def attach_script(self, simulation: Simulation, market: int = 0) -> None:
        """Let the recorded orders be carried out on a market's real book: what agents do has its effect.

        Raises:
            UsageError: The market is not there, has a recording, or no group of three agents `recorded`.
        """
        simulation.attach_script(market, self.script)

    def tape(self) -> Tape:
        """Return the day as a tape: agents trade beside it, at their exact place, and change nothing."""
        return Tape(self.orders, TapeSettings(), self.lowest, self.highest, self.lineage)


def day_of(messages: Rows, record: Rows | None = None) -> Day:
    """Compile a LOBSTER day.

    Args:
        messages: The day, as an array of `crossbook.data.lobster.MESSAGE`.
        record: The book after each message. Without it, orders that the messages do not announce are missing.

    Raises:
        UsageError: What `Replay` refuses.
    """
    compiler = _Compiler(messages, record)
    _exhaust(compiler.run())
    log = compiler.log
    lowest, highest = price_range(messages, record)
    script = _array(
        log.script, SCRIPT_ROW, ("time_ns", "price", "lots", "reference", "kind", "account", "side")
    )
    columns = ("exchange_ns", "price", "quantity", "reference", "kind", "side")
    orders = _array(log.tape, TAPE_ROW, columns)
    orders["local_ns"] = orders["exchange_ns"]
    of_row = np.array(log.tape_rows, np.int64)
    is_last = np.append(of_row[1:] != of_row[:-1], True) if len(of_row) else np.empty(0, np.bool_)
    orders["flags"] = np.where(is_last, RowFlag.LAST, 0)
    rows = np.arange(len(messages))
    return Day(
        script,
        orders,
        np.searchsorted(np.array(log.script_rows, np.int64), rows, side="right"),
        np.searchsorted(of_row, rows, side="right"),
        lowest,
        highest,
        compiler.summary,
    )


def _exhaust(progress: Iterator[int]) -> None:
    for _ in progress:
        pass


def _array(entries: list[Any], dtype: np.dtype[np.void], columns: tuple[str, ...]) -> NDArray[np.void]:
    array = np.zeros(len(entries), dtype)
    table = np.array(entries, np.int64).reshape(-1, len(columns))
    for place, column in enumerate(columns):
        array[column] = table[:, place]
    return array
