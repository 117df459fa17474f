"""What the keeper writes: a step of the projection with how far it got, in one transaction.

Rows come as tuples in the order of the table's columns, and go to the driver as they are: the statements are compiled
once, because building each row's parameters anew would take longer than the database does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crossbook.venue.store.engine import writing
from crossbook.venue.store.pages import read_all
from crossbook.venue.store.rows import Progress
from crossbook.venue.store.tables import (
    ACCOUNTS,
    CANDLES,
    EQUITY,
    INSTRUMENTS,
    METADATA,
    NEWS,
    ORDERS,
    PROGRESS,
    PROJECTED,
    TRADES,
)

Row: TypeAlias = tuple[object, ...]

CHANGING: Final = (
    "price",
    "stop_price",
    "quantity",
    "filled",
    "open",
    "worth",
    "fees",
    "status",
    "reason",
    "triggered_ns",
    "updated_ns",
)
"""The columns of an order that a later command may change."""

_CLIENT_ID = list(ORDERS.columns.keys()).index("client_order_id")
_ACCOUNT = list(ORDERS.columns.keys()).index("account")


@dataclass(slots=True)
class Step:
    """The rows of one step, each in the order of its table's columns unless told otherwise."""

    instruments: Sequence[Row] = ()
    accounts: Sequence[Row] = ()
    first_trades: Sequence[Row] = ()
    """When accounts first traded: time, account."""
    orders: Sequence[Row] = ()
    """Orders that are new."""
    changes: Sequence[Row] = ()
    """Orders that were there: the columns of `CHANGING`, then the order's number."""
    trades: Sequence[Row] = ()
    candles: Sequence[Row] = ()
    """What to add to candles."""
    equity: Sequence[Row] = ()
    news: Sequence[Row] = ()
    reached: Progress = field(default_factory=Progress)


class Projection:
    """The keeper's side of the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reads = engine
        self._writes = writing(engine)
        self._statements = _Statements(engine.dialect)

    async def progress(self) -> Progress:
        """Return how far the journal is projected."""
        columns = [column for column in PROGRESS.columns if column.name != "number"]
        async with self._reads.begin() as connection:
            row = (await connection.execute(sa.select(*columns))).one_or_none()
        return Progress() if row is None else Progress(*row)

    async def open_orders(self) -> list[Row]:
        """Return every open order, by account, read in pages."""
        query = sa.select(ORDERS).where(sa.text("status <= 1"))
        found = await read_all(self._reads, query, ORDERS.c.account, ORDERS.c.order_id)
        return [tuple(row) for row in found]

    async def traded(self) -> list[int]:
        """Return every account that has ever traded, read in pages."""
        return await self._accounts(ACCOUNTS.c.traded_ns.is_not(None))

    async def unsampled(self) -> list[int]:
        """Return every account of whose equity there is no sample, read in pages."""
        return await self._accounts(~sa.exists().where(EQUITY.c.account == ACCOUNTS.c.account))

    async def _accounts(self, condition: sa.ColumnElement[bool]) -> list[int]:
        column = ACCOUNTS.c.account
        found = await read_all(self._reads, sa.select(column).where(condition), column)
        return [account for (account,) in found]

    async def write(self, step: Step, before: Progress) -> bool:
        """Write a step, all of it or nothing.

        Args:
            step: The rows, and how far they reach.
            before: How far the projection was when the step was made.

        Returns:
            Whether it was written; it was not where the projection is no longer as far as `before` says.
        """
        try:
            return await self._try_write(step, before)
        except IntegrityError:
            # The venue gives no second order a name that its owner used before. Should a journal hold one all the
            # same, the first order keeps the name: a projection must not stop for ever at one row.
            cleared = await self._without_used_names(step)
            if cleared is None:
                raise
            return await self._try_write(cleared, before)

    async def clear(self) -> None:
        """Empty every table that is projected, and begin again at nothing."""
        async with self._writes.begin() as connection:
            for table in (*PROJECTED, PROGRESS):
                if connection.dialect.name == "postgresql":
                    await connection.execute(sa.text(f"TRUNCATE {table.name}"))
                else:
                    await connection.execute(table.delete())

    async def dump(self, table: str) -> list[Row]:
        """Return a whole table in the order of its primary key: for comparing two databases in tests and audits."""
        wanted = METADATA.tables[table]
        async with self._reads.begin() as connection:
            rows = await connection.execute(sa.select(wanted).order_by(*wanted.primary_key.columns))
            return [tuple(row) for row in rows]

    async def _try_write(self, step: Step, before: Progress) -> bool:
        made = self._statements
        async with self._writes.begin() as connection:
            if not await self._advance(connection, before, step.reached):
                return False
            for statement, rows in (
                (made.instruments, step.instruments),
                (made.accounts, step.accounts),
                (made.first_trades, step.first_trades),
                (made.orders, step.orders),
                (made.changes, step.changes),
                (made.trades, step.trades),
                (made.candles, step.candles),
                (made.equity, step.equity),
                (made.news, step.news),
            ):
                if rows:
                    await connection.exec_driver_sql(statement, list(rows))
        return True

    async def _advance(self, connection: AsyncConnection, before: Progress, after: Progress) -> bool:
        """Move the one row of `progress` on, if it stands where it should."""
        values = {
            "sequence": after.sequence,
            "command": after.command,
            "event_hash": after.event_hash,
            "equity_ns": after.equity_ns,
        }
        stands = (
            (PROGRESS.c.number == 1)
            & (PROGRESS.c.sequence == before.sequence)
            & (PROGRESS.c.command == before.command)
            & (PROGRESS.c.event_hash == before.event_hash)
        )
        moved = await connection.execute(PROGRESS.update().where(stands).values(values))
        if moved.rowcount == 1:
            return True
        if before != Progress():
            return False
        insert = _insert_of(connection.dialect.name)(PROGRESS).values(number=1, **values)
        made = await connection.execute(insert.on_conflict_do_nothing())
        return made.rowcount == 1

    async def _without_used_names(self, step: Step) -> Step | None:
        """Return the step without owners' names that are taken, or `None` where there is no such name."""
        named = [row for row in step.orders if row[_CLIENT_ID] is not None]
        used: set[tuple[object, object]] = set()
        query = sa.select(ORDERS.c.order_id).where(
            ORDERS.c.account == sa.bindparam("owner"), ORDERS.c.client_order_id == sa.bindparam("name")
        )
        async with self._reads.begin() as connection:
            for row in named:
                values = {"owner": row[_ACCOUNT], "name": row[_CLIENT_ID]}
                if (await connection.execute(query, values)).first() is not None:
                    used.add((row[_ACCOUNT], row[_CLIENT_ID]))
        orders: list[Row] = []
        dropped = False
        for row in step.orders:
            name = (row[_ACCOUNT], row[_CLIENT_ID])
            if row[_CLIENT_ID] is not None and name in used:
                dropped = True
                orders.append((*row[:_CLIENT_ID], None, *row[_CLIENT_ID + 1 :]))
            else:
                used.add(name)
                orders.append(row)
        if not dropped:
            return None
        cleared = Step(**{name: getattr(step, name) for name in Step.__slots__})
        cleared.orders = orders
        return cleared


def _insert_of(dialect: str) -> Any:
    return postgresql.insert if dialect == "postgresql" else sqlite.insert


class _Statements:
    """The statements as text for the driver, whose parameters come in the order of the rows."""

    def __init__(self, dialect: sa.Dialect) -> None:
        self._dialect = dialect
        insert = _insert_of(dialect.name)
        self.instruments = self._inserted(INSTRUMENTS)
        self.accounts = self._inserted(ACCOUNTS)
        self.orders = self._inserted(ORDERS)
        self.trades = self._inserted(TRADES)
        self.equity = self._inserted(EQUITY)
        self.news = self._text(
            insert(NEWS).values(_bound(NEWS)).on_conflict_do_nothing(), list(NEWS.columns.keys())
        )
        self.first_trades = self._text(
            ACCOUNTS.update()
            .where(ACCOUNTS.c.account == sa.bindparam("whose", type_=sa.BigInteger()))
            .values(traded_ns=sa.bindparam("traded_ns")),
            ["traded_ns", "whose"],
        )
        self.changes = self._text(
            ORDERS.update()
            .where(ORDERS.c.order_id == sa.bindparam("which", type_=sa.BigInteger()))
            .values({name: sa.bindparam(name) for name in CHANGING}),
            [*CHANGING, "which"],
        )
        self.candles = self._candles(insert)

    def _candles(self, insert: Any) -> str:
        adding = insert(CANDLES).values(_bound(CANDLES))
        fresh, kept = adding.excluded, CANDLES.c
        return self._text(
            adding.on_conflict_do_update(
                index_elements=[kept.instrument, kept.interval_s, kept.start_s],
                set_={
                    "high": sa.case((fresh.high > kept.high, fresh.high), else_=kept.high),
                    "low": sa.case((fresh.low < kept.low, fresh.low), else_=kept.low),
                    "close": fresh.close,
                    "volume": kept.volume + fresh.volume,
                    "trades": kept.trades + fresh.trades,
                },
            ),
            list(CANDLES.columns.keys()),
        )

    def _inserted(self, table: sa.Table) -> str:
        return self._text(table.insert().values(_bound(table)), list(table.columns.keys()))

    def _text(self, statement: Any, order: list[str]) -> str:
        compiled = statement.compile(dialect=self._dialect)
        if list(compiled.positiontup) != order:
            raise AssertionError(f"parameters come as {compiled.positiontup}, not as {order}")
        return str(compiled)


def _bound(table: sa.Table) -> dict[str, sa.BindParameter[Any]]:
    return {name: sa.bindparam(name, type_=column.type) for name, column in table.columns.items()}
