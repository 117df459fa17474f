"""Whole tables, read in pages: no query returns more rows than a named maximum, and all are of one moment."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

PAGE_ROWS: Final = 10_000
"""Rows that one query returns where all of a table are wanted."""


async def read_all(
    reads: AsyncEngine, query: sa.Select[Any], *keys: sa.ColumnElement[Any]
) -> list[tuple[Any, ...]]:
    """Return every row of a query, read in pages of one transaction.

    Args:
        reads: Reads it.
        query: Without an order and a limit of its own.
        keys: Columns among those of the query which together tell its rows apart; it is sorted by them.
    """
    key = keys[0] if len(keys) == 1 else sa.tuple_(*keys)
    ordered = query.order_by(*keys).limit(PAGE_ROWS)
    found: list[Any] = []
    async with reads.begin() as connection:
        while True:
            page = (await connection.execute(ordered)).all()
            found.extend(page)
            if len(page) < PAGE_ROWS:
                return found
            last = [page[-1]._mapping[column] for column in keys]  # noqa: SLF001 - its public name
            ordered = query.where(key > (last[0] if len(last) == 1 else sa.tuple_(*last)))
            ordered = ordered.order_by(*keys).limit(PAGE_ROWS)
