"""The venue's database: opened, brought up to date, and what is asked of it."""

from typing import Self

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from crossbook.core import TransientError
from crossbook.venue.store.address import address_of, shown
from crossbook.venue.store.engine import Synchronous, make_engine, writing
from crossbook.venue.store.history import History
from crossbook.venue.store.keys import Keys
from crossbook.venue.store.migrate import migrate
from crossbook.venue.store.projection import Projection
from crossbook.venue.store.tokens import Tokens
from crossbook.venue.store.users import Users


class Store:
    """An open database.

    `users`, `keys` and `tokens` are the venue's own; `history` reads what the keeper projects, and `projection` is
    what the keeper writes with. Every query has a bound on the rows that it returns.
    """

    def __init__(self, engine: AsyncEngine, address: str) -> None:
        self.address = address
        """Where it is, without a password."""
        self.users = Users(engine)
        self.keys = Keys(engine)
        self.tokens = Tokens(engine)
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
        engine = make_engine(address, synchronous)
        try:
            async with writing(engine).begin() as connection:
                await connection.run_sync(migrate, shown(address))
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


def _cause(error: DBAPIError | OSError) -> str:
    """Return the driver's own words on one line, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(str(cause).split()) or type(cause).__name__
