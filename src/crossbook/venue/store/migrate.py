"""Bring a database to the tables of this version; refuse one that a newer version made.

The steps are Alembic's and stand in `migrations`. All that are missing run in one transaction, so a database has the
old tables or the new ones, and of two processes that start at once the second finds the work done.
"""

import importlib.resources

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from crossbook.core import ConfigError

_LOCK_NUMBER = 0x63726F7373626F6F
"""The advisory lock of PostgreSQL that only migrations take: `crossboo` as bytes."""


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
    with importlib.resources.as_file(importlib.resources.files(__package__) / "migrations") as directory:
        config = Config()
        config.set_main_option("script_location", str(directory).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        script = ScriptDirectory.from_config(config)
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is not None and not _knows(script, revision):
            newest = script.get_current_head()
            raise ConfigError(
                f"the database {shown} was made by a newer Crossbook: it has the tables {revision}, and this "
                f"version knows them up to {newest}"
            )
        command.upgrade(config, "head")


def _knows(script: ScriptDirectory, revision: str) -> bool:
    try:
        return script.get_revision(revision) is not None
    except CommandError:
        return False
