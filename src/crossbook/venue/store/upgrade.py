"""The steps of Alembic that bring a database to the tables of this version; `migrate` says when they are needed."""

import importlib.resources

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from crossbook.core import ConfigError


def upgrade(connection: sa.Connection, revision: str | None, shown: str) -> None:
    """Run the steps that follow on a revision.

    Args:
        connection: In a transaction that writes.
        revision: The tables that the database has; none where it is empty.
        shown: The database as it may be named in a message.

    Raises:
        ConfigError: Where the database is newer than this program.
    """
    with importlib.resources.as_file(importlib.resources.files(__package__) / "migrations") as directory:
        config = Config()
        config.set_main_option("script_location", str(directory).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        script = ScriptDirectory.from_config(config)
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
