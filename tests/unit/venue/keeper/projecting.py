"""Projecting a journal in this process, in steps of a chosen size."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from crossbook.venue.keeper.projector import Projector
from crossbook.venue.store import Store
from crossbook.venue.store.projection import Row

TABLES = ("instruments", "accounts", "orders", "trades", "candles", "equity", "news", "progress")
EQUITY_SECONDS = 5


@asynccontextmanager
async def projector_on(url: str, directory: Path) -> AsyncIterator[tuple[Projector, Store]]:
    """Give a projector that is not resumed yet, and its store."""
    async with await Store.open(url, synchronous="NORMAL") as store:
        projector = Projector(
            store.projection,
            str(directory),
            equity_seconds=EQUITY_SECONDS,
            stopping=asyncio.Event(),
        )
        yield projector, store


async def project(url: str, directory: Path, stops: Iterable[int] = ()) -> dict[str, list[Row]]:
    """Project all of a journal, step by step to each of the commands in `stops`; return every table."""
    async with projector_on(url, directory) as (projector, store):
        await projector.resume()
        for until in itertools.chain(stops, [None]):
            while await projector.step(until):
                pass
        return {table: await store.projection.dump(table) for table in TABLES}
