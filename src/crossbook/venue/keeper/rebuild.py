"""Project a whole journal anew, in the foreground."""

import asyncio
from collections.abc import Callable

from crossbook.venue.keeper.projector import Projector
from crossbook.venue.store import Progress, Store

EQUITY_SECONDS = 60


async def rebuild(
    journal: str,
    url: str,
    told: Callable[[Progress], None] = lambda _: None,
    *,
    equity_seconds: int = EQUITY_SECONDS,
) -> Progress:
    """Empty every projected table and write it again; users, keys and tokens stay.

    Args:
        journal: The journal's directory.
        url: The database.
        told: Called after each step with how far it is.
        equity_seconds: As the venue has it.

    Returns:
        How far the journal goes.

    Raises:
        ConfigError: Where the database cannot be used.
        SupersededError: Where a venue is running and its keeper writes too.
        CrossbookError: Where the journal cannot be followed.
    """
    async with await Store.open(url, synchronous="NORMAL") as store:
        projector = Projector(
            store.projection,
            journal,
            equity_seconds=equity_seconds,
            stopping=asyncio.Event(),
        )
        await projector.begin_anew()
        while await projector.step():
            told(projector.progress)
        return projector.progress
