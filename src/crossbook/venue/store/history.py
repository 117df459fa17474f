"""What happened, as it is asked for: orders, trades, candles, equity, news.

Everything is as new as the keeper is: a look here may miss the last moments. Each query runs on an index, and returns
no more rows than it was asked for.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crossbook.core import UsageError
from crossbook.venue.store.rows import (
    AccountRow,
    CandleRow,
    ClientOrderId,
    DayRow,
    EquityRow,
    FillRow,
    InstrumentRow,
    NewsRow,
    OrderRow,
    OrderStatus,
    TradeRow,
)
from crossbook.venue.store.tables import (
    ACCOUNTS,
    BIG,
    CANDLES,
    EQUITY,
    INSTRUMENTS,
    NEWS,
    ORDERS,
    PROGRESS,
    TRADES,
)

ROWS_MAX: Final = 10_000
"""The longest page, and the pages in which whole tables are read."""
OFFSET_MAX: Final = 1_000_000
"""How far a page may begin from the newest row."""
INSTRUMENTS_MAX: Final = 10_000
OPEN_CONDITION: Final = "status <= 1"
"""Of open orders. It must read like that of the partial index, or the index is not used."""

_MINUTE_S = 60
_O, _T, _C, _E = ORDERS.c, TRADES.c, CANDLES.c, EQUITY.c
_STATUS_COLUMNS = [list(_O.keys()).index(name) for name in ("status", "first_status")]


class Queries(ABC):
    """Queries on what the keeper projects. Lists of a page are newest first, series in time oldest first."""

    async def orders(
        self,
        account: int,
        *,
        status: Collection[OrderStatus] = (),
        instrument: int | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[OrderRow]:
        """Return orders of an account, newest first.

        Args:
            account: Whose.
            status: Only those that stand so; none for all.
            instrument: Only those in it.
            limit: How many, at most `ROWS_MAX`.
            offset: How many newer ones to leave out, at most `OFFSET_MAX`.
        """
        query = sa.select(ORDERS).where(_O.account == account)
        if status:
            query = query.where(_stands(status))
        if instrument is not None:
            query = query.where(_O.instrument == instrument)
        query = query.order_by(_O.order_id.desc()).limit(_page(limit)).offset(_start(offset))
        return [_order(row) for row in await self._rows(query)]

    async def order(self, order_id: int) -> OrderRow | None:
        """Return an order."""
        rows = await self._rows(sa.select(ORDERS).where(_O.order_id == order_id))
        return _order(rows[0]) if rows else None

    async def by_client_id(self, account: int, client_order_id: str) -> OrderRow | None:
        """Return the order to which its owner gave a name."""
        query = sa.select(ORDERS).where(_O.account == account, _O.client_order_id == client_order_id)
        rows = await self._rows(query)
        return _order(rows[0]) if rows else None

    async def first_trades(self, order: OrderRow) -> list[TradeRow]:
        """Return the trades that an order made in the command that placed it: what the first answer told."""
        query = (
            sa.select(TRADES)
            .where(_T.sequence.between(order.sequence, order.first_sequence))
            .where((_T.taker_order == order.order_id) | (_T.maker_order == order.order_id))
            .order_by(_T.sequence)
            .limit(ROWS_MAX)
        )
        return [TradeRow(*row) for row in await self._rows(query)]

    async def recent_client_ids(self, account: int, limit: int) -> list[ClientOrderId]:
        """Return the newest names that an owner gave to orders, newest first."""
        query = (
            sa.select(_O.account, _O.client_order_id, _O.order_id)
            .where(_O.account == account, _O.client_order_id.is_not(None))
            .order_by(_O.order_id.desc())
            .limit(_page(limit))
        )
        return [ClientOrderId(*row) for row in await self._rows(query)]

    async def open_orders(self) -> list[OrderRow]:
        """Return every open order by number, read in pages."""
        found: list[OrderRow] = []
        query = sa.select(ORDERS).where(sa.text(OPEN_CONDITION)).order_by(_O.account, _O.order_id)
        page = query.limit(ROWS_MAX)
        while True:
            rows = await self._rows(page)
            found.extend(_order(row) for row in rows)
            if len(rows) < ROWS_MAX:
                return sorted(found, key=lambda row: row.order_id)
            last = sa.tuple_(found[-1].account, found[-1].order_id)
            page = query.where(sa.tuple_(_O.account, _O.order_id) > last).limit(ROWS_MAX)

    async def newest_client_ids(self, limit: int) -> list[ClientOrderId]:
        """Return the newest names that owners gave to orders, newest first, of all accounts."""
        query = (
            sa.select(_O.account, _O.client_order_id, _O.order_id)
            .where(_O.client_order_id.is_not(None))
            .order_by(_O.order_id.desc())
            .limit(_page(limit))
        )
        return [ClientOrderId(*row) for row in await self._rows(query)]

    async def open_client_ids(self) -> list[ClientOrderId]:
        """Return the names of every open order that has one, by account, read in pages."""
        found: list[ClientOrderId] = []
        # Orders without a name are left out here: asked for the named ones, the planner would rather read the index
        # of every name that was ever given.
        query = (
            sa.select(_O.account, _O.client_order_id, _O.order_id)
            .where(sa.text(OPEN_CONDITION))
            .order_by(_O.account, _O.order_id)
            .limit(ROWS_MAX)
        )
        page = query
        while True:
            rows = await self._rows(page)
            found.extend(ClientOrderId(*row) for row in rows if row[1] is not None)
            if len(rows) < ROWS_MAX:
                return found
            last = sa.tuple_(rows[-1][0], rows[-1][2])
            page = query.where(sa.tuple_(_O.account, _O.order_id) > last)

    async def trades(
        self, account: int, *, instrument: int | None = None, limit: int = 100, offset: int = 0
    ) -> list[FillRow]:
        """Return trades of an account, newest first, as its owner sees them; arguments as of `orders`."""
        # An OR over two columns would not run on their indexes: each gives its newest rows, and those are merged.
        reach = _page(limit) + _start(offset)
        branches = []
        for party, as_taker in ((_T.taker_account, 1), (_T.maker_account, 0)):
            branch = sa.select(TRADES, sa.literal(as_taker).label("as_taker")).where(party == account)
            if instrument is not None:
                branch = branch.where(_T.instrument == instrument)
            newest = branch.order_by(_T.sequence.desc()).limit(reach).subquery()
            branches.append(sa.select(newest))
        both = sa.union_all(*branches).subquery()
        page = sa.select(both).order_by(both.c.sequence.desc()).limit(limit).offset(offset).subquery()
        own = sa.case((page.c.as_taker == 1, page.c.taker_order), else_=page.c.maker_order)
        query = (
            sa.select(page, _O.client_order_id)
            .join_from(page, ORDERS, _O.order_id == own, isouter=True)
            .order_by(page.c.sequence.desc())
        )
        return [FillRow(TradeRow(*row[:-2]), bool(row[-2]), row[-1]) for row in await self._rows(query)]

    async def tape(self, instrument: int, limit: int = 100, *, offset: int = 0) -> list[TradeRow]:
        """Return the newest trades of an instrument, newest first."""
        query = sa.select(TRADES).where(_T.instrument == instrument).order_by(_T.sequence.desc())
        rows = await self._rows(query.limit(_page(limit)).offset(_start(offset)))
        return [TradeRow(*row) for row in rows]

    async def candles(
        self,
        instrument: int,
        interval_s: int,
        *,
        start_s: int | None = None,
        end_s: int | None = None,
        limit: int = 1_000,
    ) -> list[CandleRow]:
        """Return the newest candles that begin from `start_s` on and before `end_s`, oldest first."""
        query = sa.select(CANDLES).where(_C.instrument == instrument, _C.interval_s == interval_s)
        query = _between(query, _C.start_s, start_s, end_s).order_by(_C.start_s.desc())
        return [CandleRow(*row) for row in reversed(await self._rows(query.limit(_page(limit))))]

    async def equity(
        self, account: int, *, start_ns: int | None = None, end_ns: int | None = None, limit: int = 1_000
    ) -> list[EquityRow]:
        """Return the newest samples of an account's equity from `start_ns` on and before `end_ns`, oldest first."""
        query = _between(sa.select(EQUITY).where(_E.account == account), _E.time_ns, start_ns, end_ns)
        rows = await self._rows(query.order_by(_E.time_ns.desc()).limit(_page(limit)))
        return [EquityRow(*row) for row in reversed(rows)]

    async def first_equity(self, accounts: Collection[int], since_ns: int) -> list[EquityRow]:
        """Return the first sample of each account's equity from a time on, by account."""
        if not accounts:
            return []
        _page(len(accounts))
        whose = _whose(accounts)
        first = _time(sa.func.min, whose, _E.time_ns >= since_ns)
        return await self._samples(sa.select(whose.c.account, first))

    async def sampled_equity(self, accounts: Collection[int], until_ns: Sequence[int]) -> list[EquityRow]:
        """Return the last sample of each account's equity in each of some spans of time, by account and time.

        It is one query, which seeks each sample in the index and reads no others, however long the spans are.

        Args:
            accounts: Whose.
            until_ns: Where each span ends, the earliest first, and the next one begins; the first is as long as the second.
        """
        if not accounts or len(until_ns) < 2:
            return []
        _page(len(accounts) * len(until_ns))
        begins_ns = [2 * until_ns[0] - until_ns[1], *until_ns]
        whose = _whose(accounts)
        spans = (
            sa.values(sa.column("begin_ns", BIG), sa.column("end_ns", BIG))
            .data(list(pairwise(begins_ns)))
            .cte("spans")
        )
        last = _time(sa.func.max, whose, (_E.time_ns > spans.c.begin_ns) & (_E.time_ns <= spans.c.end_ns))
        return await self._samples(sa.select(whose.c.account, last).join_from(whose, spans, sa.true()))

    async def _samples(self, wanted: sa.Select[Any]) -> list[EquityRow]:
        """Return the samples of some accounts at some times, by account and time."""
        found = wanted.subquery()
        query = sa.select(EQUITY).join_from(
            found, EQUITY, (_E.account == found.c.account) & (_E.time_ns == found.c.time_ns)
        )
        return [EquityRow(*row) for row in sorted(await self._rows(query))]

    async def day_statistics(self, since_ns: int) -> list[DayRow]:
        """Return the trading of every instrument since a time, to the minute that begins at it or next after it."""
        start_s = -(-since_ns // (_MINUTE_S * 1_000_000_000)) * _MINUTE_S
        found = []
        for instrument in await self.instruments():
            mine = (_C.instrument == instrument.number) & (_C.interval_s == _MINUTE_S)
            since, until = mine & (_C.start_s >= start_s), mine & (_C.start_s < start_s)
            before = sa.select(_C.close).where(until).order_by(_C.start_s.desc()).limit(1)
            first = sa.select(_C.open).where(since).order_by(_C.start_s).limit(1)
            query = sa.select(
                before.scalar_subquery(),
                first.scalar_subquery(),
                sa.func.max(_C.high),
                sa.func.min(_C.low),
                sa.func.coalesce(sa.func.sum(_C.volume), 0),
                sa.func.coalesce(sa.func.sum(_C.trades), 0),
            ).where(since)
            prior, opened, high, low, volume, trades = (await self._rows(query))[0]
            # PostgreSQL adds large integers up to a decimal.
            day = DayRow(instrument.number, prior, opened, high, low, int(volume), int(trades))
            found.append(day)
        return found

    async def news(self, limit: int = 100) -> list[NewsRow]:
        """Return the newest news, newest first."""
        query = sa.select(NEWS).order_by(NEWS.c.time_ns.desc(), NEWS.c.digest.desc()).limit(_page(limit))
        return [NewsRow(*row) for row in await self._rows(query)]

    async def instruments(self) -> list[InstrumentRow]:
        """Return every instrument by number."""
        query = sa.select(INSTRUMENTS).order_by(INSTRUMENTS.c.number).limit(INSTRUMENTS_MAX)
        return [InstrumentRow(*row) for row in await self._rows(query)]

    async def account(self, account: int) -> AccountRow | None:
        """Return whose an account is."""
        rows = await self._rows(sa.select(ACCOUNTS).where(ACCOUNTS.c.account == account))
        return AccountRow(*rows[0]) if rows else None

    async def accounts(self) -> list[AccountRow]:
        """Return every account by number, read in pages."""
        found: list[AccountRow] = []
        while True:
            last = found[-1].account if found else 0
            query = sa.select(ACCOUNTS).where(ACCOUNTS.c.account > last).order_by(ACCOUNTS.c.account)
            rows = await self._rows(query.limit(ROWS_MAX))
            found.extend(AccountRow(*row) for row in rows)
            if len(rows) < ROWS_MAX:
                return found

    @abstractmethod
    async def _rows(self, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """Return what a query finds."""


class Snapshot(Queries):
    """The history as it was at one moment: everything up to an event, and nothing after it.

    Args:
        connection: In a transaction that sees one state of the database.
        sequence: That event.
    """

    def __init__(self, connection: AsyncConnection, sequence: int) -> None:
        self._connection = connection
        self.sequence: Final = sequence

    async def _rows(self, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self._connection.execute(query)]


class History(Queries):
    """The history as it is, each query for itself."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # A transaction of SQLite sees one state of the database anyway.
        frozen = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self._frozen = engine.execution_options(**frozen)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """Yield the history of one moment, however far the keeper goes meanwhile."""
        async with self._frozen.begin() as connection:
            sequence = (await connection.execute(sa.select(PROGRESS.c.sequence))).scalar_one_or_none()
            yield Snapshot(connection, sequence or 0)

    async def _rows(self, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        async with self._engine.begin() as connection:
            return [tuple(row) for row in await connection.execute(query)]


def _order(row: tuple[Any, ...]) -> OrderRow:
    values = list(row)
    for column in _STATUS_COLUMNS:
        values[column] = OrderStatus(values[column])
    return OrderRow(*values)


def _stands(status: Collection[OrderStatus]) -> sa.ColumnElement[bool]:
    """Return the condition, with its numbers written out so that the partial indexes fit it."""
    wanted = sorted({int(each) for each in status})
    exact = sa.text(f"status IN ({', '.join(map(str, wanted))})")
    if wanted in ([OrderStatus.FILLED], [OrderStatus.EXPIRED]):
        return sa.and_(sa.text(f"status = {wanted[0]}"))
    if wanted[-1] <= OrderStatus.PARTIAL:
        return sa.and_(sa.text(OPEN_CONDITION), exact)
    return sa.and_(exact)


def _between(
    query: sa.Select[Any], column: sa.ColumnElement[int], start: int | None, end: int | None
) -> sa.Select[Any]:
    if start is not None:
        query = query.where(column >= start)
    if end is not None:
        query = query.where(column < end)
    return query


def _page(limit: int) -> int:
    if not 1 <= limit <= ROWS_MAX:
        raise UsageError(f"a page has from 1 to {ROWS_MAX} rows, not {limit}")
    return limit


def _start(offset: int) -> int:
    if not 0 <= offset <= OFFSET_MAX:
        raise UsageError(f"a page begins from 0 to {OFFSET_MAX} rows from the newest, not {offset}")
    return offset


def _whose(accounts: Collection[int]) -> sa.CTE:
    return sa.values(sa.column("account", BIG)).data([(one,) for one in accounts]).cte("whose")


def _time(
    which: Callable[[sa.ColumnElement[int]], sa.ColumnElement[int]],
    whose: sa.CTE,
    when: sa.ColumnElement[bool],
) -> sa.Label[int]:
    """Return the first or last time of a sample of each account, as an expression that seeks it in the index."""
    times = sa.select(which(_E.time_ns)).where(_E.account == whose.c.account, when)
    return times.scalar_subquery().label("time_ns")
