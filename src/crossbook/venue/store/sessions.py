"""Sessions of tokens that were handed out and have not ended."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from crossbook.venue.store.engine import writing
from crossbook.venue.store.pages import read_all
from crossbook.venue.store.rows import NewSession, SessionRow
from crossbook.venue.store.tables import SESSIONS

_S = SESSIONS.c


class Sessions:
    """The table `sessions`. One that has expired is of no use any more and is dropped."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reads = engine
        self._writes = writing(engine)

    async def begin(self, session: NewSession, *, now_s: int) -> None:
        """Write down a session, and drop those that have expired by now."""
        statement = SESSIONS.insert().values(
            session=session.session,
            user_id=session.user_id,
            created_ns=session.created_ns,
            expires_s=session.expires_s,
            address=session.address,
            agent=session.agent,
        )
        async with self._writes.begin() as connection:
            await connection.execute(SESSIONS.delete().where(_S.expires_s <= now_s))
            await connection.execute(statement)

    async def forget(self, user_id: str, sessions: Sequence[str] | None) -> None:
        """Drop some of somebody's sessions, or all of them."""
        condition = _S.user_id == user_id
        if sessions is not None:
            condition &= _S.session.in_(sessions)
        async with self._writes.begin() as connection:
            await connection.execute(SESSIONS.delete().where(condition))

    async def live(self, *, now_s: int) -> list[SessionRow]:
        """Return every session that has not expired, read in pages."""
        query = sa.select(SESSIONS).where(_S.expires_s > now_s)
        return [SessionRow(*row) for row in await read_all(self._reads, query, _S.session)]
