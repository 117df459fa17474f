"""The past as people ask for it: orders, trades, candles and equity from the database.

The keeper is a moment behind. Each look waits, within a bound, until it has written what was known when it began, so
that who places an order and then asks for his orders finds it there.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from crossbook.core import EndReason, OrderType
from crossbook.venue.answers import CandleView, FillView, OrderView, PlacedOrder, StatusName, TradeView
from crossbook.venue.orders import LIFE_NAMES, NS_PER_MS, SIDE_NAMES, TYPE_NAMES, average_price, order_number
from crossbook.venue.principal import Principal
from crossbook.venue.refusals import NOT_FOUND, Refused, no_such_order
from crossbook.venue.store import FillRow, OrderRow, OrderStatus, Store, TradeRow
from crossbook.venue.trading import Trading

IntervalName: TypeAlias = Literal["1s", "1m", "5m", "15m", "1h", "1d"]
INTERVALS_S: Final[dict[IntervalName, int]] = {
    "1s": 1, "1m": 60, "5m": 300, "15m": 900, "1h": 3_600, "1d": 86_400,
}  # fmt: skip
CANDLES_MAX: Final = 1_000
_STATUS_NAMES: Final[dict[OrderStatus, StatusName]] = {
    OrderStatus.OPEN: "open",
    OrderStatus.PARTIAL: "partial",
    OrderStatus.FILLED: "filled",
    OrderStatus.CANCELLED: "cancelled",
    OrderStatus.EXPIRED: "expired",
}
_STATUS_OF_NAME: Final = {name: status for status, name in _STATUS_NAMES.items()}
_PRICED: Final = (OrderType.LIMIT, OrderType.STOP_LIMIT)


class Past:
    """Ask for the past.

    Args:
        trading: The names of things.
        store: The database.
        written: Waits until the database holds what is known now, or long enough.
    """

    def __init__(self, trading: Trading, store: Store, written: Callable[[], Awaitable[None]]) -> None:
        self._trading = trading
        self._history = store.history
        self._written = written

    async def orders(
        self, who: Principal, status: StatusName | None, ticker: str | None, limit: int, offset: int
    ) -> tuple[int, list[OrderView]]:
        """Return the orders of an account as they stood after an event, newest first, and which event it was."""
        instrument = self._number(ticker)
        await self._written()
        async with self._history.snapshot() as history:
            rows = await history.orders(
                who.account,
                status=() if status is None else (_STATUS_OF_NAME[status],),
                instrument=instrument,
                limit=limit,
                offset=offset,
            )
        return history.sequence, [order_view(self._trading, row) for row in rows]

    async def order(self, who: Principal, order_id: str) -> OrderView:
        """Return an order of an account.

        Raises:
            Refused: 404: it has no such order.
        """
        number = order_number(order_id)
        await self._written()
        row = await self._history.order(number)
        if row is None or row.account != who.account:
            raise no_such_order()
        return order_view(self._trading, row)

    async def trades(
        self, who: Principal, ticker: str | None, limit: int, offset: int
    ) -> tuple[int, list[FillView]]:
        """Return the trades of an account up to an event, newest first, and which event it is."""
        instrument = self._number(ticker)
        await self._written()
        async with self._history.snapshot() as history:
            rows = await history.trades(who.account, instrument=instrument, limit=limit, offset=offset)
        return history.sequence, [past_fill(self._trading, row) for row in rows]

    async def tape(self, ticker: str, limit: int) -> Sequence[TradeView | msgspec.Raw]:
        """Return the newest trades of a market, newest first, each as it is or as JSON."""
        listed = self._trading.listed(ticker)
        tape = self._trading.markets[listed.number].tape
        if limit <= len(tape) or len(tape) < (tape.maxlen or 0):
            return [msgspec.Raw(tape[-place]) for place in range(1, min(limit, len(tape)) + 1)]
        await self._written()
        return [trade_view(self._trading, row) for row in await self._history.tape(listed.number, limit)]

    async def candles(
        self, ticker: str, interval: IntervalName, start_ms: int | None, end_ms: int | None
    ) -> tuple[int, list[CandleView]]:
        """Return the newest candles that begin from `start_ms` on and before `end_ms`, oldest first, and an event.

        Every trade up to that event is in them, and none after it.
        """
        listed = self._trading.listed(ticker)
        await self._written()
        async with self._history.snapshot() as history:
            rows = await history.candles(
                listed.number,
                INTERVALS_S[interval],
                start_s=None if start_ms is None else -(-start_ms // 1_000),
                end_s=None if end_ms is None else -(-end_ms // 1_000),
                limit=CANDLES_MAX,
            )
        price, quantity = listed.price.number, listed.quantity.number
        return history.sequence, [
            CandleView(
                timestamp=row.start_s * 1_000,
                open=price(row.open),
                high=price(row.high),
                low=price(row.low),
                close=price(row.close),
                volume=quantity(row.volume),
            )
            for row in rows
        ]

    async def equity(
        self, who: Principal, start_ms: int | None, end_ms: int | None, limit: int
    ) -> list[tuple[int, float]]:
        """Return when an account was worth what, oldest first."""
        await self._written()
        rows = await self._history.equity(
            who.account,
            start_ns=None if start_ms is None else start_ms * NS_PER_MS,
            end_ns=None if end_ms is None else end_ms * NS_PER_MS,
            limit=limit,
        )
        return [(row.time_ns // NS_PER_MS, float(self._trading.cash.number(row.equity))) for row in rows]

    async def worths(
        self, user_ids: Sequence[str], start_ms: int, end_ms: int, points: int
    ) -> dict[str, list[tuple[int, float]]]:
        """Return when some users were worth what: of each at most so many points, oldest first.

        The first is the oldest that there is in the span, whatever it is; the others lie evenly between the oldest of anybody
        and the end. It does not wait for the keeper, which writes such points down once a minute or so.
        """
        accounts = {
            account: user_id
            for user_id in user_ids
            if (account := self._trading.accounts.of_user(user_id)) is not None
        }
        firsts = await self._history.first_equity(accounts, start_ms * NS_PER_MS)
        begin_ns = min((row.time_ns for row in firsts), default=start_ms * NS_PER_MS)
        step_ns = max(1, (end_ms * NS_PER_MS - begin_ns) // (points - 1))
        until_ns = [end_ms * NS_PER_MS - step_ns * number for number in reversed(range(points - 1))]
        found: dict[str, dict[int, float]] = {user_id: {} for user_id in user_ids}
        cash = self._trading.cash.number
        for row in (*firsts, *await self._history.sampled_equity(accounts, until_ns)):
            found[accounts[row.account]][row.time_ns // NS_PER_MS] = float(cash(row.equity))
        return {user_id: list(worths.items()) for user_id, worths in found.items()}

    async def first_answer(self, order_id: int) -> PlacedOrder:
        """Return what was answered to an order when it was placed.

        Raises:
            Refused: 503: the database does not have it yet.
        """
        row = await self._history.order(order_id)
        if row is None:
            raise Refused(NOT_FOUND, "the first answer cannot be found now: try again", 503)
        listed = self._trading.instruments.numbered(row.instrument)
        trades = await self._history.first_trades(row)
        return PlacedOrder(
            order_id=str(row.order_id),
            client_order_id=row.client_order_id,
            ticker=listed.ticker,
            side=SIDE_NAMES[row.side],
            price=listed.price.number(row.first_price) if row.order_type in _PRICED else None,
            quantity=listed.quantity.number(row.first_quantity),
            filled_quantity=listed.quantity.number(row.first_filled),
            status=_STATUS_NAMES[row.first_status],
            trades=[trade_view(self._trading, trade) for trade in trades],
        )

    def _number(self, ticker: str | None) -> int | None:
        return None if ticker is None else self._trading.listed(ticker).number


def trade_view(trading: Trading, row: TradeRow) -> TradeView:
    """Return a trade of the database as everybody sees it."""
    listed = trading.instruments.numbered(row.instrument)
    return TradeView(
        trade_id=str(row.sequence),
        ticker=listed.ticker,
        price=listed.price.number(row.price),
        quantity=listed.quantity.number(row.quantity),
        buyer_id=trading.accounts.user_id(row.buyer),
        seller_id=trading.accounts.user_id(row.seller),
        side="auction" if row.side > 1 else SIDE_NAMES[row.side],
        timestamp=row.time_ns // NS_PER_MS,
    )


def past_fill(trading: Trading, row: FillRow) -> FillView:
    """Return a trade of the database as one of its parties sees it."""
    trade = trade_view(trading, row.trade)
    return FillView(
        trade_id=trade.trade_id,
        order_id=str(row.order_id),
        client_order_id=row.client_order_id,
        ticker=trade.ticker,
        side=SIDE_NAMES[row.side],
        price=trade.price,
        quantity=trade.quantity,
        fee=trading.cash.number(row.fee),
        liquidity="taker" if row.took else "maker",
        buyer_id=trade.buyer_id,
        seller_id=trade.seller_id,
        timestamp=trade.timestamp,
    )


def order_view(trading: Trading, row: OrderRow) -> OrderView:
    """Return an order of the database as its owner sees it."""
    listed = trading.instruments.numbered(row.instrument)
    price, quantity = listed.price.number, listed.quantity.number
    return OrderView(
        order_id=str(row.order_id),
        client_order_id=row.client_order_id,
        ticker=listed.ticker,
        side=SIDE_NAMES[row.side],
        type=TYPE_NAMES[row.order_type],
        time_in_force=LIFE_NAMES[row.time_in_force],
        price=price(row.price) if row.order_type in _PRICED else None,
        stop_price=None if row.stop_price is None else price(row.stop_price),
        quantity=quantity(row.quantity),
        filled_quantity=quantity(row.filled),
        average_price=average_price(listed, row.worth, row.filled),
        status=_STATUS_NAMES[row.status],
        reason=None if row.reason is None else EndReason(row.reason).name.lower(),
        created_at=row.created_ns // NS_PER_MS,
        updated_at=row.updated_ns // NS_PER_MS,
    )
