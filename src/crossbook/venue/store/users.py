"""Who is registered."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from crossbook.venue.refusals import NAME_TAKEN, Refused
from crossbook.venue.store.engine import writing
from crossbook.venue.store.pages import read_all
from crossbook.venue.store.rows import UserRow
from crossbook.venue.store.tables import USERS

_COLUMNS = [column for column in USERS.columns if column.name != "name_key"]


class Users:
    """The table `users`. Names are unique without regard to case."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reads = engine
        self._writes = writing(engine)

    async def create(
        self, *, user_id: str, username: str, password_hash: str | None, role: str, created_ns: int
    ) -> UserRow:
        """Add somebody who has no account in the core yet.

        Raises:
            Refused: `name_taken` where somebody has the name already.
        """
        row = UserRow(user_id, username, password_hash, role, None, created_ns)
        try:
            async with self._writes.begin() as connection:
                await connection.execute(
                    USERS.insert().values(
                        user_id=user_id,
                        username=username,
                        name_key=username.casefold(),
                        password_hash=password_hash,
                        role=role,
                        created_ns=created_ns,
                        disabled=False,
                    )
                )
        except IntegrityError as error:
            if await self.by_name(username) is None:
                raise
            raise Refused(NAME_TAKEN, f"the name {username} is taken", 409) from error
        return row

    async def by_name(self, username: str) -> UserRow | None:
        """Return who has a name, in whatever case it is written."""
        return await self._one(USERS.c.name_key == username.casefold())

    async def by_id(self, user_id: str) -> UserRow | None:
        """Return who has a number."""
        return await self._one(USERS.c.user_id == user_id)

    async def set_account(self, user_id: str, account: int) -> None:
        """Write down the account that was opened for somebody."""
        await self._set(user_id, account=account)

    async def set_password(self, user_id: str, password_hash: str) -> None:
        """Write down a new hash of somebody's password."""
        await self._set(user_id, password_hash=password_hash)

    async def set_role(self, user_id: str, role: str) -> None:
        """Change what somebody may do."""
        await self._set(user_id, role=role)

    async def set_disabled(self, user_id: str, *, disabled: bool) -> None:
        """Shut somebody out, or let him in again."""
        await self._set(user_id, disabled=disabled)

    async def all(self) -> list[UserRow]:
        """Return everybody by number, read in pages."""
        found = await read_all(self._reads, sa.select(*_COLUMNS), USERS.c.user_id)
        return [UserRow(*row) for row in found]

    async def _set(self, user_id: str, **values: object) -> None:
        async with self._writes.begin() as connection:
            await connection.execute(USERS.update().where(USERS.c.user_id == user_id).values(values))

    async def _one(self, condition: sa.ColumnElement[bool]) -> UserRow | None:
        async with self._reads.begin() as connection:
            row = (await connection.execute(sa.select(*_COLUMNS).where(condition))).one_or_none()
        return None if row is None else UserRow(*row)
