"""Tokens that were ended before they expired, because somebody signed out."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from crossbook.venue.store.engine import writing
from crossbook.venue.store.tables import ENDED_TOKENS

ENDED_TOKENS_MAX: Final = 1_000_000
"""Ended tokens that are read back at a start: the ones that would live longest."""

_T = ENDED_TOKENS.c


class Tokens:
    """The table `ended_tokens`. One that has expired is of no use any more and is dropped."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reads = engine
        self._writes = writing(engine)

    async def end(self, jti: str, expires_s: int, *, now_s: int) -> None:
        """Write down that a token is ended, and drop those that have expired by now."""
        async with self._writes.begin() as connection:
            await connection.execute(ENDED_TOKENS.delete().where(_T.expires_s <= now_s))
        try:
            async with self._writes.begin() as connection:
                await connection.execute(ENDED_TOKENS.insert().values(jti=jti, expires_s=expires_s))
        except IntegrityError:
            return  # It was ended before, which is what was asked.

    async def ended(self, *, now_s: int) -> dict[str, int]:
        """Return the ended tokens that have not expired: when each will, in seconds since 1970."""
        query = (
            sa.select(_T.jti, _T.expires_s)
            .where(_T.expires_s > now_s)
            .order_by(_T.expires_s.desc())
            .limit(ENDED_TOKENS_MAX)
        )
        async with self._reads.begin() as connection:
            rows = await connection.execute(query)
            return {row.jti: row.expires_s for row in rows}
