"""A recorded day through the core, message by message, compared with the record row by row.

For each message: orders that later messages show to be there by now enter (`hindsight`), the message is carried out
(`market`), the book is compared with the record's row (`difference`), and where they differ the core's book is brought
in line with the record, so that one unknown order is counted once and not for the rest of the day. Nothing is brought
in line before it was compared.

Assumes LOBSTER's meaning of a row: the book after the message. Refuses a record with another number of rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from crossbook.core import Reject, UsageError
from crossbook.data.lobster import NO_ASK, NO_BID, Kind, Rows
from crossbook.lab.replay.difference import Cause, Levels, cause_of
from crossbook.lab.replay.hindsight import Hindsight, Unannounced, look_back
from crossbook.lab.replay.market import INSTRUMENT, UNNAMED, RecordedMarket, price_range
from crossbook.lab.replay.summary import FirstDifference, Summary, spread_statistics

PROGRESS_ROWS: Final = 1_000
"""Rows between two reports of progress."""
HALTED, QUOTING, TRADING = -1, 0, 1
"""The price of a halt message."""


@dataclass(slots=True)
class Replay:
    """One day on its way through the core.

    Args:
        messages: The day, as an array of `crossbook.data.lobster.MESSAGE`.
        record: The book after each message, as an array of a `book_dtype`; nothing is compared without it.

    Raises:
        UsageError: Where there are no messages, or the record has another number of rows.
    """

    messages: Rows
    record: Rows | None = None
    summary: Summary = field(default_factory=Summary, init=False)
    market: RecordedMarket = field(init=False)
    _hindsight: Hindsight = field(init=False)
    _waiting: dict[int, list[Unannounced]] = field(default_factory=lambda: {1: [], -1: []}, init=False)
    _levels: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if not len(self.messages):
            raise UsageError("the message file has no rows")
        if self.record is not None:
            if len(self.record) != len(self.messages):
                raise UsageError(
                    f"the book file has {len(self.record)} rows and the message file {len(self.messages)}: "
                    "they do not belong together"
                )
            self._levels = self.record["ask_price"].shape[1]
        self.market = RecordedMarket.for_prices(*price_range(self.messages, self.record))
        self._hindsight = look_back(self.messages)

    def run(self) -> Iterator[int]:
        """Carry out the whole day; yield the number of rows done, now and then.

        The summary is complete once the iterator is exhausted.

        Raises:
            UsageError: At a row whose numbers are larger than the core carries.
        """
        summary, market = self.summary, self.market
        spreads: list[int] = []
        spread_times: list[int] = []
        names = ("time_ns", "kind", "order_id", "size", "price", "side")
        before: dict[int, Levels] | None = None
        records = self._record_rows()
        for row, (time_ns, kind, order_id, size, price, side) in enumerate(
            zip(*(self.messages[name].tolist() for name in names), strict=True)
        ):
            try:
                self._enter_known(row, time_ns, before)
                self._carry_out(row, Kind(kind), order_id, side, price, size, time_ns)
            except Reject as refusal:
                raise UsageError(
                    f"row {row + 1} of the messages is beyond the core: {refusal.reason}"
                ) from None
            record = next(records, None)
            if record is not None:
                self._compare(row, time_ns, record, before)
                before = record
            bid, _, ask, _ = market.exchange.best(INSTRUMENT)
            if bid is not None and ask is not None and ask > bid:  # Crossed books belong to auctions.
                spreads.append(ask - bid)
                spread_times.append(time_ns)
            if (row + 1) % PROGRESS_ROWS == 0:
                yield row + 1
        summary.messages = len(self.messages)
        summary.spread = spread_statistics(spreads, spread_times)
        exchange = market.exchange
        summary.commands, summary.events = exchange.commands, exchange.sequence
        summary.state_hash, summary.event_hash = exchange.state_hash(), exchange.event_hash()
        yield summary.messages

    def _record_rows(self) -> Iterator[dict[int, Levels]]:
        """Yield both sides of each row of the record, empty levels left out."""
        if self.record is None:
            return
        columns = [
            self.record[f"{side}_{what}"].tolist() for side in ("bid", "ask") for what in ("price", "size")
        ]
        for bids, bid_sizes, asks, ask_sizes in zip(*columns, strict=True):
            yield {
                1: [level for level in zip(bids, bid_sizes, strict=True) if level[0] != NO_BID],
                -1: [level for level in zip(asks, ask_sizes, strict=True) if level[0] != NO_ASK],
            }

    def _enter_known(self, row: int, time_ns: int, before: dict[int, Levels] | None) -> None:
        """Enter orders that later messages show to be there: as soon as they would be out of the record's view."""
        for order in self._hindsight.arrivals.get(row, ()):
            self._waiting[order.side].append(order)
        for side, waiting in self._waiting.items():
            if not waiting:
                continue
            worst = before[side][-1][0] if before and before[side] else None
            still: list[Unannounced] = []
            for order in waiting:
                if order.first_named < row:
                    continue
                if worst is None or (worst - order.price) * side > 0:
                    self.market.enter(order.order_id, side, order.price, order.size, time_ns)
                    self.summary.looked_back += 1
                else:
                    still.append(order)
            self._waiting[side] = still

    def _carry_out(
        self, row: int, kind: Kind, order_id: int, side: int, price: int, size: int, time_ns: int
    ) -> None:
        summary, market = self.summary, self.market
        summary.kinds[kind] += 1
        match kind:
            case Kind.NEW:
                self._drop_covered(row, side, price, time_ns)
                market.enter(order_id, side, price, size, time_ns)
            case Kind.REDUCE | Kind.DELETE:
                self._take_off(row, order_id, side, price, size, time_ns)
            case Kind.EXECUTE:
                self._execute(row, order_id, side, price, size, time_ns)
            case Kind.EXECUTE_HIDDEN:
                summary.volume_hidden += size
            case Kind.CROSS:
                summary.volume_cross += size
            case Kind.HALT if price == TRADING:
                market.resume(time_ns)
            case Kind.HALT:
                market.gather(time_ns)

    def _drop_covered(self, row: int, side: int, price: int, time_ns: int) -> None:
        """A better price pushes a level out of view: what the file never names again left while it was there.

        That is an inference, and a good one: of the orders that a file announces and never ends, those few that
        stay to the end of the day are the exception.
        """
        if self.record is None or not self._levels:
            return
        levels = self.market.levels(side, self._levels)
        if len(levels) < self._levels or (price - levels[-1][0]) * side <= 0:
            return
        if any(price == level for level, _ in levels):
            return
        pushed = levels[-1][0]
        for number, at in self.market.queue(side, pushed)[["order_id", "price"]].tolist():
            name = self.market.names.get(number)
            if at == pushed and name is not None and self._hindsight.last_named[name] < row:
                self.market.take_off(number, size=2**62, time_ns=time_ns)

    def _take_off(self, row: int, order_id: int, side: int, price: int, size: int, time_ns: int) -> None:
        number = self.market.orders.get(order_id)
        if number is not None:
            self.market.take_off(number, size, time_ns)
            return
        # The order stands at this price, so some of what is known there without a name is this order's.
        queue = self.market.queue(side, price)
        at_price = queue[queue["price"] == price][["order_id", "quantity"]].tolist()
        if self._shrink(row, at_price, size, time_ns) < size:
            self.summary.absent += 1

    def _shrink(self, row: int, orders: list[tuple[int, int]], size: int, time_ns: int) -> int:
        """Take lots off orders, the least needed first; return how many were taken."""
        left = size
        for number, lots in sorted(orders, key=lambda order: self._needed(row, order[0])):
            if not left:
                break
            left -= self.market.take_off(number, min(left, lots), time_ns)
        return size - left

    def _needed(self, row: int, number: int) -> int:
        """Rank an order by how badly it is needed: unnamed, never named again, named again."""
        name = self.market.names.get(number)
        if name is None:
            return 0
        return 1 if self._hindsight.last_named[name] <= row else 2

    def _execute(self, row: int, order_id: int, side: int, price: int, size: int, time_ns: int) -> None:
        summary, market = self.summary, self.market
        number = market.orders.get(order_id)
        if number is None:
            summary.unplaced += 1
        elif self._is_next(number, side, price, time_ns):
            summary.in_turn += 1
        else:
            # The core would trade with the order before it. The record says otherwise, and is followed.
            summary.out_of_turn += 1
            self._take_off(row, order_id, side, price, size, time_ns)
            return
        fills = market.trade(side, price, size, time_ns)
        traded = sum(fills)
        summary.trades += len(fills)
        summary.volume += traded
        summary.turnover += traded * price
        if traded < size:
            summary.absent += 1

    def _is_next(self, number: int, side: int, price: int, time_ns: int) -> bool:
        """Say whether an order is the next to trade, once unnamed quantity before it was put behind it.

        Where unnamed quantity stands in its queue is told by nothing but the order of the trades.
        """
        for first, at, lots, account in self.market.queue(side, price).tolist():
            if first == number or account != UNNAMED:
                return bool(first == number)
            self.market.take_off(first, lots, time_ns)
            self.market.enter_unnamed(side, at, lots, time_ns)
        return False

    def _compare(
        self, row: int, time_ns: int, record: dict[int, Levels], before: dict[int, Levels] | None
    ) -> None:
        summary, levels = self.summary, self._levels
        ours = {side: self.market.levels(side, levels) for side in (1, -1)}
        causes = [
            cause_of(ours[side], record[side], before[side] if before else None, levels, side)
            for side in (1, -1)
        ]
        summary.rows_compared += 1
        found = [cause for cause in causes if cause is not None]
        if not found:
            summary.rows_equal += 1
            return
        cause = Cause.CONTRADICTION if Cause.CONTRADICTION in found else found[0]
        summary.causes[cause] += 1
        if summary.first_difference is None and cause is not Cause.BEFORE_THE_FILE:
            summary.first_difference = FirstDifference(
                row + 1, time_ns, cause, ours[1], ours[-1], record[1], record[-1]
            )
        for side, cause_of_side in zip((1, -1), causes, strict=True):
            if cause_of_side is not None:
                self._follow(row, side, record[side], time_ns)

    def _follow(self, row: int, side: int, record: Levels, time_ns: int) -> None:
        """Bring a side in line with the record, as deep as the record sees."""
        market = self.market
        wanted = dict(record)
        worst = record[-1][0] if len(record) == self._levels else None
        at_price: dict[int, list[tuple[int, int]]] = {}
        for number, price, lots, _ in market.queue(side, worst).tolist():
            at_price.setdefault(price, []).append((number, lots))
        for price, orders in at_price.items():
            excess = sum(lots for _, lots in orders) - wanted.get(price, 0)
            if excess > 0:
                self._shrink(row, orders, excess, time_ns)
                self.summary.corrections += 1
            if excess < 0:
                market.enter_unnamed(side, price, -excess, time_ns)
                self.summary.corrections += 1
        for price, size in record:
            if price not in at_price:
                market.enter_unnamed(side, price, size, time_ns)
                self.summary.corrections += 1
