"""Bring a database to the tables of this version; refuse one that a newer version made.

The steps are Alembic's and stand in `migrations`. All that are missing run in one transaction, so a database has the
old tables or the new ones, and of two processes that start at once the second finds the work done. Alembic itself is
imported only where there is something to do, which is once in the life of most databases: every start would wait for it.
"""

import importlib
from typing import Final

import sqlalchemy as sa

NEWEST: Final = "0002"
"""The revision of the last step in `migrations`."""
_LOCK_NUMBER = 0x63726F7373626F6F
"""The advisory lock of PostgreSQL that only migrations take: `crossboo` as bytes."""
_REVISION: Final = sa.table("alembic_version", sa.column("version_num"))
"""Where Alembic notes what it has done."""


def migrate(connection: sa.Connection, shown: str) -> None:
    """Run what is missing, inside the caller's transaction.

    Args:
        connection: In a transaction that writes.
        shown: The database as it may be named in a message.

    Raises:
        ConfigError: Where the database is newer than this program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_NUMBER)))
    revision = None
    if sa.inspect(connection).has_table(_REVISION.name):
        revision = connection.execute(sa.select(_REVISION.c.version_num)).scalar_one_or_none()
    if revision != NEWEST:
        importlib.import_module("crossbook.venue.store.upgrade").upgrade(connection, revision, shown)
