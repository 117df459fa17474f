"""From events to rows: what becomes of orders, trades, candles and accounts. No SQL and no clock in here.

The reducer keeps every open order; all else flows through it. Whole commands go in, in their order, in pieces of any
size: the rows at the end are the same. Columns of events are read as the reference page of events tells them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final, TypeAlias, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from crossbook.core import NO_PRICE, EventFlag, EventKind, UsageError
from crossbook.venue.keeper.candles import CandleKey, add_trade, roll_up
from crossbook.venue.keeper.news import news_row
from crossbook.venue.notes import ACCOUNT, CLIENT_ORDER, INSTRUMENT, NEWS, AccountNote, InstrumentNote
from crossbook.venue.store.projection import CHANGING, Row, Step
from crossbook.venue.store.rows import AUCTION_SIDE, OrderStatus, Progress
from crossbook.venue.store.tables import ORDERS

Events: TypeAlias = NDArray[np.void]
Note: TypeAlias = tuple[int, bytes]
"""The number of the command that it stands before, and its bytes."""

_Note = TypeVar("_Note", AccountNote, InstrumentNote)

_OPEN, _PARTIAL, _FILLED, _CANCELLED, _EXPIRED = map(int, OrderStatus)
_KEPT_FLAGS: Final = int(EventFlag.POST_ONLY | EventFlag.REDUCE_ONLY | EventFlag.FORCED)
_AUCTION: Final = int(EventFlag.AUCTION)
_FORCED: Final = int(EventFlag.FORCED)


@dataclass(slots=True)
class OrderState:
    """An order on its way, in the columns of the table `orders`."""

    order_id: int
    account: int
    instrument: int
    side: int
    order_type: int
    time_in_force: int
    flags: int
    display: int
    price: int
    stop_price: int | None
    expires_ns: int | None
    quantity: int
    filled: int
    open: int
    worth: int
    fees: int
    status: int
    reason: int | None
    client_order_id: str | None
    command: int
    sequence: int
    first_sequence: int
    first_filled: int
    first_status: int
    first_price: int
    first_quantity: int
    created_ns: int
    triggered_ns: int | None
    updated_ns: int


_whole_row: Callable[[OrderState], Row] = attrgetter(*ORDERS.columns.keys())
_changed_row: Callable[[OrderState], Row] = attrgetter(*CHANGING, "order_id")


@dataclass(slots=True)
class Changes:
    """What a step of the journal changed, as it is gathered."""

    orders: dict[int, OrderState] = field(default_factory=dict)
    changed: dict[int, OrderState] = field(default_factory=dict)
    trades: list[Row] = field(default_factory=list)
    candles: dict[CandleKey, list[int]] = field(default_factory=dict)
    """Of one second each; the longer ones follow from them."""
    accounts: list[Row] = field(default_factory=list)
    first_trades: list[Row] = field(default_factory=list)
    instruments: list[Row] = field(default_factory=list)
    equity: list[Row] = field(default_factory=list)
    news: list[Row] = field(default_factory=list)

    def step(self, reached: Progress) -> Step:
        """Return the rows as the database takes them."""
        return Step(
            instruments=self.instruments,
            accounts=self.accounts,
            first_trades=self.first_trades,
            orders=list(map(_whole_row, self.orders.values())),
            changes=list(map(_changed_row, self.changed.values())),
            trades=self.trades,
            candles=roll_up(self.candles),
            equity=self.equity,
            news=self.news,
            reached=reached,
        )


class Reducer:
    """Turns events and notes into rows.

    Args:
        open_orders: The open orders where the reduction begins, as rows of the table.
        traded: The accounts that have traded before.
        unsampled: The accounts of whose equity there is no sample yet.
    """

    def __init__(
        self, open_orders: Iterable[Row] = (), traded: Iterable[int] = (), unsampled: Iterable[int] = ()
    ) -> None:
        restored = (OrderState(*row) for row in open_orders)  # type: ignore[arg-type]
        self._open = {order.order_id: order for order in restored}
        self.traded = set(traded)
        """Every account that has ever traded."""
        self.unsampled = set(unsampled)
        """Every account of whose equity there is no sample yet."""
        self._notes: dict[int, list[bytes]] = {}
        self._command = 0
        self._changes = Changes()
        self._handlers: dict[int, Callable[[Any], None]] = {
            EventKind.ACCEPTED: self._accepted,
            EventKind.TRADE: self._trade,
            EventKind.CANCELLED: self._cancelled,
            EventKind.EXPIRED: self._expired,
            EventKind.REPLACED: self._replaced,
            EventKind.TRIGGERED: self._triggered,
            EventKind.REDUCED: self._reduced,
            EventKind.ACCOUNT_OPENED: self._account_opened,
            EventKind.LISTED: self._listed,
        }
        self._told = np.zeros(256, np.bool_)
        self._told[list(self._handlers)] = True

    @property
    def open_count(self) -> int:
        """How many orders are open."""
        return len(self._open)

    def take_notes(self, notes: Sequence[Note]) -> None:
        """Take the notes of commands whose events come next.

        Raises:
            UsageError: Where a note cannot be read.
        """
        # What is over is dropped. A note may come a step before its command.
        self._notes = {command: kept for command, kept in self._notes.items() if command > self._command}
        for command, payload in notes:
            if payload[:1] == NEWS:
                self._changes.news.append(news_row(payload))
            else:
                self._notes.setdefault(command, []).append(payload)

    def reduce(self, events: Events) -> None:
        """Take the events of whole commands."""
        if not len(events):
            return
        self._command = int(events["command"][-1])
        handlers = self._handlers
        for row in events[self._told[events["kind"]]].tolist():
            handlers[row[13]](row)

    def sample(self, rows: Iterable[Row]) -> None:
        """Take samples of equity, between two commands."""
        for row in rows:
            self._changes.equity.append(row)
            self.unsampled.discard(row[0])

    def finish(self) -> Changes:
        """Return what changed since the last call."""
        changes, self._changes = self._changes, Changes()
        return changes

    def _accepted(self, row: Any) -> None:
        (sequence, time_ns, command, order_id, _, price, quantity, display, stop_price, expiry,
         account, _, instrument, _, side, kind, flags) = row  # fmt: skip
        order = OrderState(
            order_id, account, instrument, side, kind >> 4, kind & 15, flags & _KEPT_FLAGS, display, price,
            None if stop_price == NO_PRICE else stop_price, expiry or None,
            quantity, 0, quantity, 0, 0, _OPEN, None,
            # Orders that close a position by force come with commands of others, and have no name.
            None if flags & _FORCED else self._name_of(command),
            command, sequence, sequence, 0, _OPEN, price, quantity, time_ns, None, time_ns,
        )  # fmt: skip
        self._open[order_id] = order
        self._changes.orders[order_id] = order

    def _trade(self, row: Any) -> None:
        (sequence, time_ns, command, taker_id, maker_id, price, lots, _, taker_fee, maker_fee,
         taker, maker, instrument, _, side, _, flags) = row  # fmt: skip
        changes = self._changes
        side = AUCTION_SIDE if flags & _AUCTION else side
        changes.trades.append(
            (sequence, time_ns, instrument, price, lots, side, taker_id, maker_id, taker, maker, taker_fee, maker_fee, command)
        )  # fmt: skip
        add_trade(changes.candles, instrument, time_ns, price, lots)
        for order_id, account, fee in ((taker_id, taker, taker_fee), (maker_id, maker, maker_fee)):
            if account not in self.traded:
                self.traded.add(account)
                changes.first_trades.append((time_ns, account))
            order = self._open[order_id]
            order.filled += lots
            order.open -= lots
            order.worth += price * lots
            order.fees += fee
            if order.open:
                order.status = _PARTIAL
            elif order.filled == order.quantity:
                order.status = _FILLED
            else:
                # Self-trade prevention took lots off it before, and that was the reason it then bore.
                order.status = _CANCELLED
            self._touch(order, row)

    def _cancelled(self, row: Any) -> None:
        self._end(row, _CANCELLED)

    def _expired(self, row: Any) -> None:
        self._end(row, _EXPIRED)

    def _end(self, row: Any, status: int) -> None:
        order = self._open[row[3]]
        order.open = 0
        order.status = status
        order.reason = row[15]
        self._touch(order, row)

    def _replaced(self, row: Any) -> None:
        order = self._open[row[3]]
        # What is filled, or was taken off it, stays as it is.
        order.quantity += row[6] - order.open
        order.open = row[6]
        order.price = row[5]
        if row[8] != NO_PRICE:
            order.stop_price = row[8]
        self._touch(order, row)

    def _triggered(self, row: Any) -> None:
        order = self._open[row[3]]
        order.triggered_ns = row[1]
        self._touch(order, row)

    def _reduced(self, row: Any) -> None:
        order = self._open[row[3]]
        order.open -= row[6]
        order.reason = row[15]
        self._touch(order, row)

    def _touch(self, order: OrderState, row: Any) -> None:
        """Note that an event changed an order."""
        order.updated_ns = row[1]
        if order.command == row[2]:
            order.first_sequence = row[0]
            order.first_filled = order.filled
            order.first_status = order.status
        elif order.order_id not in self._changes.orders:
            self._changes.changed[order.order_id] = order
        if not order.open:
            del self._open[order.order_id]

    def _account_opened(self, row: Any) -> None:
        self.unsampled.add(row[10])
        payload = self._note(row[2], ACCOUNT)
        if payload is None:
            self._changes.accounts.append((row[10], None, None, None, None))
            return
        note = _decoded(payload, AccountNote)
        self._changes.accounts.append((row[10], note.user_id, note.username, note.role, None))

    def _listed(self, row: Any) -> None:
        payload = self._note(row[2], INSTRUMENT)
        number = row[12]
        if payload is None:
            self._changes.instruments.append((number, f"#{number}", "", "1", "1", "1"))
            return
        note = _decoded(payload, InstrumentNote)
        self._changes.instruments.append(
            (number, note.ticker, note.name, note.price_step, note.quantity_step, note.cash_step)
        )

    def _name_of(self, command: int) -> str | None:
        payload = self._note(command, CLIENT_ORDER)
        return None if payload is None else payload[1:].decode()

    def _note(self, command: int, kind: bytes) -> bytes | None:
        for payload in self._notes.get(command, ()):
            if payload[:1] == kind:
                return payload
        return None


def _decoded(payload: bytes, kind: type[_Note]) -> _Note:
    try:
        return msgspec.json.decode(payload[1:], type=kind)
    except msgspec.MsgspecError as error:
        raise UsageError(f"the journal holds a note that is no {kind.__name__}: {error}") from error
