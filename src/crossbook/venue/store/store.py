"""The venue's database: opened, brought up to date, and what is asked of it."""

import asyncio
from pathlib import Path
from time import monotonic
from typing import Final, Self

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from crossbook.core import TransientError
from crossbook.venue.store.address import address_of, shown
from crossbook.venue.store.engine import BUSY_TIMEOUT_MS, Synchronous, make_engine, writing
from crossbook.venue.store.history import History
from crossbook.venue.store.keys import Keys
from crossbook.venue.store.migrate import migrate
from crossbook.venue.store.projection import Projection
from crossbook.venue.store.sessions import Sessions
from crossbook.venue.store.tokens import Tokens
from crossbook.venue.store.users import Users

OPEN_AGAIN_S: Final = 0.02


class Store:
    """An open database.

    `users`, `keys`, `tokens` and `sessions` are the venue's own; `history` reads what the keeper projects, and `projection` is
    what the keeper writes with. Every query has a bound on the rows that it returns.
    """

    def __init__(self, engine: AsyncEngine, address: str) -> None:
        self.address = address
        """Where it is, without a password."""
        self.users = Users(engine)
        self.keys = Keys(engine)
        self.tokens = Tokens(engine)
        self.sessions = Sessions(engine)
        self.history = History(engine)
        self.projection = Projection(engine)
        self._engine = engine

    @classmethod
    async def open(cls, url: str, *, synchronous: Synchronous = "FULL") -> Self:
        """Open a database and bring its tables up to date.

        Args:
            url: A path, or a URL of SQLite or PostgreSQL.
            synchronous: `FULL` where what is written must survive a power loss; `NORMAL` where losing the newest
                transactions does no harm.

        Raises:
            ConfigError: Where the address cannot be, or the database is newer than this program.
            TransientError: Where the database does not answer.
        """
        address = address_of(url)
        _check_directory(address)
        engine = make_engine(address, synchronous)
        try:
            await _bring_up_to_date(engine, shown(address))
        except (DBAPIError, OSError) as error:
            await engine.dispose()
            raise TransientError(
                f"the database {shown(address)} cannot be opened: {_cause(error)}"
            ) from error
        except BaseException:
            await engine.dispose()
            raise
        return cls(engine, shown(address))

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def _bring_up_to_date(engine: AsyncEngine, address: str) -> None:
    deadline_s = monotonic() + BUSY_TIMEOUT_MS / 1_000
    while True:
        try:
            async with writing(engine).begin() as connection:
                await connection.run_sync(migrate, address)
        except OperationalError as error:
            # A new file of SQLite gets its write-ahead log from whoever opens it first. A second one is told at once
            # that the file is locked; it does not wait as it does everywhere else.
            if "locked" not in str(error.orig) or monotonic() > deadline_s:
                raise
            await asyncio.sleep(OPEN_AGAIN_S)
        else:
            return


def _check_directory(address: URL) -> None:
    """See that a file of SQLite has a directory to lie in, before a thread is started that would find none.

    Raises:
        TransientError: It has none.
    """
    file = address.database
    if address.get_backend_name() == "sqlite" and file and not Path(file).absolute().parent.is_dir():
        raise TransientError(f"the database {shown(address)} cannot be opened: there is no such directory")


def _cause(error: DBAPIError | OSError) -> str:
    """Return the driver's own words on one line, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(str(cause).split()) or type(cause).__name__
