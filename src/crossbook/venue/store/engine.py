"""Connections to either database, set so that both keep the same promises.

SQLite: a write-ahead log, foreign keys on, a wait instead of an error while another process writes. A transaction
that will write says so when it begins, with the execution option `writes`: it then waits for its turn at once, where
one that only found out later would fail. PostgreSQL: time limits on connecting and on every statement.
"""

from typing import Any, Final, Literal, TypeAlias

import sqlalchemy as sa
from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

Synchronous: TypeAlias = Literal["FULL", "NORMAL"]
"""Whether a transaction is on the disk when it is done, or soon after; it is whole or absent either way."""

BUSY_TIMEOUT_MS: Final = 10_000
CONNECT_TIMEOUT_S: Final = 10.0
STATEMENT_TIMEOUT_S: Final = 120.0
CONNECTIONS: Final = 8
"""Connections of one process."""
_LOG_BYTES_KEPT: Final = 64 << 20
"""The write-ahead log of SQLite shrinks to this once it is written back."""


def make_engine(url: URL, synchronous: Synchronous) -> AsyncEngine:
    """Return an engine for an address of `address_of`. It connects when it is first used."""
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, pool_size=CONNECTIONS, max_overflow=0)
        _prepare_sqlite(engine, synchronous)
        return engine
    settings = {"application_name": "crossbook", "timezone": "UTC"}
    if synchronous == "NORMAL":
        settings["synchronous_commit"] = "off"
    return create_async_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": STATEMENT_TIMEOUT_S,
            "server_settings": settings,
        },
    )


def writing(engine: AsyncEngine) -> AsyncEngine:
    """Return the engine as one whose transactions write; it shares the connections."""
    return engine.execution_options(writes=True)


def _prepare_sqlite(engine: AsyncEngine, synchronous: Synchronous) -> None:
    def connected(connection: Any, _record: object) -> None:
        # The driver's own idea of when a transaction begins is switched off: `begun` says it.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            f"synchronous = {synchronous}",
            "foreign_keys = ON",
            f"journal_size_limit = {_LOG_BYTES_KEPT}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begun(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)
