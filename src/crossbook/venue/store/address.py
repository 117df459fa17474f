"""Where a database is: a path or a URL as people write them, made into what SQLAlchemy wants.

`crossbook.sqlite3`, `/var/lib/crossbook.sqlite3`, `sqlite:///relative.sqlite3`, `postgresql://user:word@host/name`
and `postgres://…` are taken. No message ever shows a password.
"""

from importlib.util import find_spec

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from crossbook.core import ConfigError

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}


def address_of(text: str) -> URL:
    """Return the address of a database.

    Raises:
        ConfigError: Where it is none, or of a kind that is not known or whose driver is not installed.
    """
    if "://" not in text:
        if not text.strip() or text.startswith(":"):
            raise ConfigError("a database is a path or a URL such as postgresql://user@host/name")
        return URL.create("sqlite+aiosqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise ConfigError("the URL of the database cannot be read") from error
    driver = _DRIVERS.get(url.get_backend_name())
    if driver is None or url.drivername not in {url.get_backend_name(), driver}:
        raise ConfigError(f"no database of the kind {url.drivername} is known, only sqlite and postgresql")
    url = url.set(drivername=driver)
    if driver.startswith("sqlite") and (not url.database or url.database == ":memory:"):
        raise ConfigError("a SQLite database needs a path, such as sqlite:///crossbook.sqlite3")
    if driver.startswith("postgresql") and find_spec("asyncpg") is None:
        raise ConfigError("PostgreSQL needs the package asyncpg: install crossbook[postgres]")
    return url


def shown(url: URL) -> str:
    """Return an address that may be shown: without its password, and a file as its path."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql").render_as_string(hide_password=True)
