"""Bring the database up to the journal's end before the venue opens, in the venue's own process.

The keeper could do it, but whoever starts the venue would wait until another process has come up, and after a crash
most often for a handful of commands.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from crossbook.venue.keeper.projector import Projector, SupersededError
from crossbook.venue.store import Progress
from crossbook.venue.store.projection import Projection

ATTEMPTS: Final = 20
AGAIN_S: Final = 0.1
"""The keeper of a venue that was killed finishes the step that it is at; then it ends."""

_log = logging.getLogger(__name__)


async def catch_up(
    projection: Projection,
    journal: str,
    commands: int,
    told: Callable[[Progress], None] = lambda _: None,
    *,
    equity_seconds: int,
) -> Progress:
    """Project everything up to a command.

    Args:
        projection: The database's side.
        journal: The journal's directory.
        commands: The last command that may be projected.
        told: Called after each step with how far it is.
        equity_seconds: How often the equity of accounts is written down.

    Returns:
        How far the database is.

    Raises:
        SupersededError: Where somebody else goes on writing into the database.
        CrossbookError: Where the journal cannot be followed.
    """
    attempts = 0
    while True:
        projector = Projector(projection, journal, equity_seconds=equity_seconds, stopping=asyncio.Event())
        try:
            await projector.resume()
            while await projector.step(commands):
                told(projector.progress)
        except SupersededError:
            attempts += 1
            if attempts == ATTEMPTS:
                raise
            _log.info("another keeper is still at work")
            await asyncio.sleep(AGAIN_S)
        else:
            return projector.progress
