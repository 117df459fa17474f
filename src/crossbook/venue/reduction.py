"""From the core's events to what the venue tells: answers, trades, and messages to the owners of orders.

A batch of commands has made events; one walk over those that matter finds what became of each command, keeps the open
orders up to date, and collects what is to be told once the batch is safe. Nothing is told from here.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crossbook.core import EventFlag, EventKind, TimeInForce
from crossbook.venue.accounts import Accounts
from crossbook.venue.answers import FillView, OrderView, TradeView
from crossbook.venue.instruments import Instruments, Listed, Scale
from crossbook.venue.orders import NS_PER_MS, SIDE_NAMES, LiveOrder, Orders
from crossbook.venue.works import Placing, Work

_TOLD: Final = np.zeros(256, dtype=np.bool_)
_TOLD[
    [
        EventKind.REJECTED,
        EventKind.ACCEPTED,
        EventKind.TRADE,
        EventKind.CANCELLED,
        EventKind.EXPIRED,
        EventKind.REPLACED,
        EventKind.TRIGGERED,
        EventKind.REDUCED,
        EventKind.MASS_CANCELLED,
        EventKind.PHASE_CHANGED,
        EventKind.LISTED,
        EventKind.BAND_SET,
        EventKind.UNCROSSED,
        EventKind.SETTLED,
    ]
] = True
_REJECTED, _ACCEPTED, _TRADE = int(EventKind.REJECTED), int(EventKind.ACCEPTED), int(EventKind.TRADE)
_AUCTION: Final = int(EventFlag.AUCTION)
_GOOD_TILL_DATE: Final = int(TimeInForce.GOOD_TILL_DATE)


@dataclass(frozen=True, slots=True)
class Traded:
    """A trade, to be told to everybody."""

    sequence: int
    time_ns: int
    listed: Listed
    price: int
    lots: int
    view: TradeView


@dataclass(frozen=True, slots=True)
class Told:
    """A message to the owner of an account."""

    account: int
    order: OrderView
    fill: FillView | None = None


@dataclass(frozen=True, slots=True)
class Phased:
    """An instrument that moved to another phase."""

    sequence: int
    number: int
    phase: int


@dataclass(slots=True)
class Reduced:
    """What a batch came to."""

    sequence: int = 0
    """That of its last event."""
    trades: list[Traded] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    phases: list[Phased] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)
    """The numbers of the instruments whose book may look different."""
    expiries: list[int] = field(default_factory=list)
    """When orders that are good till a date end, in nanoseconds."""
    accepted: int = 0
    rejected: dict[int, int] = field(default_factory=dict)
    """How many commands were refused, by `RejectCode`."""

    def take(self, later: "Reduced") -> None:
        """Take over what commands right after these came to."""
        self.sequence = later.sequence or self.sequence
        self.trades += later.trades
        self.told += later.told
        self.phases += later.phases
        self.changed |= later.changed
        self.expiries += later.expiries
        self.accepted += later.accepted
        for code, count in later.rejected.items():
            self.rejected[code] = self.rejected.get(code, 0) + count


class Reducer:
    """Read batches of events.

    Args:
        instruments: What is listed.
        accounts: Who holds which account.
        orders: The open orders, kept up to date from here and from nowhere else.
        cash: The unit of cash.
        followed: The accounts whose owners listen; the others are told nothing.
    """

    def __init__(
        self,
        instruments: Instruments,
        accounts: Accounts,
        orders: Orders,
        cash: Scale,
        followed: Container[int],
    ) -> None:
        self._instruments = instruments
        self._accounts = accounts
        self._orders = orders
        self._cash = cash
        self._followed = followed

    def reduce(self, events: NDArray[np.void], works: list[Work], first: int) -> Reduced:
        """Read the events of a batch.

        Args:
            events: Array of `EVENT`.
            works: The work of each command.
            first: The number of the first command.
        """
        out = Reduced()
        if not len(events):
            return out
        out.sequence = int(events["sequence"][-1])
        count = len(works)
        for row in events[_TOLD[events["kind"]]].tolist():
            index = row[2] - first
            work = works[index] if 0 <= index < count else None
            kind = row[13]
            if kind == _ACCEPTED:
                self._accept(row, work, out)
            elif kind == _TRADE:
                self._trade(row, work, out)
            elif kind == _REJECTED:
                out.rejected[row[15]] = out.rejected.get(row[15], 0) + 1
                if work is not None:
                    work.refused = row[15]
            else:
                self._other(kind, row, work, out)
        return out

    def _accept(self, row: tuple[Any, ...], work: Work | None, out: Reduced) -> None:
        _, time_ns, _, order_id, _, price, quantity, _, stop_price, expires_ns = row[:10]
        account, instrument, side, reason = row[10], row[12], row[14], row[15]
        order = LiveOrder(
            order_id=order_id,
            account=account,
            listed=self._instruments.numbered(instrument),
            side=side,
            order_type=reason >> 4,
            time_in_force=reason & 15,
            price=price,
            stop_price=stop_price,
            quantity=quantity,
            expires_ns=expires_ns,
            client_order_id=work.name if isinstance(work, Placing) else None,
            created_ns=time_ns,
            updated_ns=time_ns,
        )
        self._orders.add(order)
        out.accepted += 1
        out.changed.add(instrument)
        if order.time_in_force == _GOOD_TILL_DATE:
            out.expiries.append(expires_ns)
        if work is not None:
            work.changed(order)
        if account in self._followed:
            out.told.append(Told(account, order.view()))

    def _trade(self, row: tuple[Any, ...], work: Work | None, out: Reduced) -> None:
        sequence, time_ns, _, taker_id, maker_id, price, lots, _, taker_fee, maker_fee = row[:10]
        taker_account, maker_account, instrument, side = row[10], row[11], row[12], row[14]
        listed = self._instruments.numbered(instrument)
        buyer, seller = (maker_account, taker_account) if side else (taker_account, maker_account)
        view = TradeView(
            trade_id=str(sequence),
            ticker=listed.ticker,
            price=listed.price.number(price),
            quantity=listed.quantity.number(lots),
            buyer_id=self._accounts.user_id(buyer),
            seller_id=self._accounts.user_id(seller),
            side="auction" if row[16] & _AUCTION else SIDE_NAMES[side],
            timestamp=time_ns // NS_PER_MS,
        )
        out.changed.add(instrument)
        out.trades.append(Traded(sequence, time_ns, listed, price, lots, view))
        self._fill(self._orders.find(taker_id), view, taker_fee, "taker", (price, lots, time_ns), out)
        if work is not None and work.order_id == taker_id:
            work.traded(view, lots)
        self._fill(self._orders.find(maker_id), view, maker_fee, "maker", (price, lots, time_ns), out)

    def _fill(
        self,
        order: LiveOrder | None,
        trade: TradeView,
        fee: int,
        liquidity: Any,
        facts: tuple[int, int, int],
        out: Reduced,
    ) -> None:
        if order is None:
            return
        price, lots, time_ns = facts
        if order.fill(price, lots, time_ns):
            self._orders.remove(order)
        if order.account in self._followed:
            out.told.append(
                Told(
                    order.account,
                    order.view(),
                    fill_view(order, trade, self._cash.number(fee), liquidity),
                )
            )

    def _other(self, kind: int, row: tuple[Any, ...], work: Work | None, out: Reduced) -> None:
        sequence, order_id, quantity, instrument = row[0], row[3], row[6], row[12]
        if instrument:
            out.changed.add(instrument)
        if kind == EventKind.PHASE_CHANGED:
            out.phases.append(Phased(sequence, instrument, row[15]))
        elif kind == EventKind.MASS_CANCELLED and work is not None:
            work.result = quantity
        order = self._orders.find(order_id)
        if order is None:
            return
        _change(order, kind, row)
        if order.ended:
            self._orders.remove(order)
        # Orders of others may end in the same command, because their time is over by then.
        if work is not None and work.order_id == order_id:
            work.changed(order)
        if order.account in self._followed:
            out.told.append(Told(order.account, order.view()))


def _change(order: LiveOrder, kind: int, row: tuple[Any, ...]) -> None:
    """Take note of what an event did to an order, other than a trade."""
    time_ns, quantity, reason = row[1], row[6], row[15]
    order.updated_ns = time_ns
    if kind == EventKind.CANCELLED:
        order.end("cancelled", reason, time_ns)
    elif kind == EventKind.EXPIRED:
        order.end("expired", reason, time_ns)
    elif kind == EventKind.REPLACED:
        order.price, order.stop_price, order.quantity = row[5], row[8], order.filled + quantity
    elif kind == EventKind.REDUCED:
        order.quantity -= quantity


def fill_view(order: LiveOrder, trade: TradeView, fee: int | float, liquidity: Any) -> FillView:
    """Return a trade as the owner of one of its two orders sees it."""
    return FillView(
        trade_id=trade.trade_id,
        order_id=str(order.order_id),
        client_order_id=order.client_order_id,
        ticker=trade.ticker,
        side=SIDE_NAMES[order.side],
        price=trade.price,
        quantity=trade.quantity,
        fee=fee,
        liquidity=liquidity,
        buyer_id=trade.buyer_id,
        seller_id=trade.seller_id,
        timestamp=trade.timestamp,
    )
