"""API keys, by their hashes."""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from crossbook.venue.store.engine import writing
from crossbook.venue.store.pages import read_all
from crossbook.venue.store.rows import KeyRow, NewKey
from crossbook.venue.store.tables import API_KEYS

KEYS_LISTED_MAX: Final = 1_000
"""The newest keys of somebody that are listed."""

_K = API_KEYS.c


class Keys:
    """The table `api_keys`. A revoked key stays, so that its owner sees that it was there."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reads = engine
        self._writes = writing(engine)

    async def create(self, key: NewKey) -> None:
        """Add a key."""
        async with self._writes.begin() as connection:
            await connection.execute(_insertion(key))

    async def revoke(self, user_id: str, key_id: str, revoked_ns: int) -> bool:
        """Revoke a key of somebody; return whether it was his and live."""
        async with self._writes.begin() as connection:
            return (await connection.execute(_revocation(user_id, key_id, revoked_ns))).rowcount == 1

    async def rotate(self, user_id: str, key_id: str, fresh: NewKey) -> bool:
        """Revoke a key and add another in its place, both or neither; return whether the old one was his and live."""
        async with self._writes.begin() as connection:
            statement = _revocation(user_id, key_id, fresh.created_ns)
            if (await connection.execute(statement)).rowcount != 1:
                return False
            await connection.execute(_insertion(fresh))
            return True

    async def touch(self, used_ns: Mapping[str, int]) -> None:
        """Write down when keys were last used, by their numbers."""
        if not used_ns:
            return
        statement = (
            API_KEYS.update()
            .where(_K.key_id == sa.bindparam("key"))
            .values(last_used_ns=sa.bindparam("used"))
        )
        async with self._writes.begin() as connection:
            await connection.execute(statement, [{"key": key, "used": used} for key, used in used_ns.items()])

    async def all_live(self) -> list[KeyRow]:
        """Return every key that is not revoked, by number, read in pages."""
        query = sa.select(API_KEYS).where(_K.revoked_ns.is_(None))
        return [KeyRow(*row) for row in await read_all(self._reads, query, _K.key_id)]

    async def list(self, user_id: str) -> list[KeyRow]:
        """Return somebody's keys, newest first, revoked ones too."""
        query = (
            sa.select(API_KEYS)
            .where(_K.user_id == user_id)
            .order_by(_K.created_ns.desc(), _K.key_id.desc())
            .limit(KEYS_LISTED_MAX)
        )
        async with self._reads.begin() as connection:
            return [KeyRow(*row) for row in await connection.execute(query)]


def _insertion(key: NewKey) -> sa.Insert:
    return API_KEYS.insert().values(
        key_id=key.key_id,
        user_id=key.user_id,
        key_hash=key.key_hash,
        label=key.label,
        created_ns=key.created_ns,
    )


def _revocation(user_id: str, key_id: str, revoked_ns: int) -> sa.Update:
    live = (_K.key_id == key_id) & (_K.user_id == user_id) & _K.revoked_ns.is_(None)
    return API_KEYS.update().where(live).values(revoked_ns=revoked_ns)
