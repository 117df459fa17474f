"""What the tests of sign-in stand on: a small store in a real SQLite file, a clock, and accounts."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crossbook.venue.principal import Role
from crossbook.venue.refusals import BUSY, NAME_TAKEN, Refused
from crossbook.venue.settings import LimitSettings, VenueSettings
from crossbook.venue.sign_in import Gate, Kept, KeptKey, KeptSession, Passwords

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (user_id TEXT PRIMARY KEY, username TEXT NOT NULL, name_key TEXT UNIQUE NOT NULL,
    password_hash TEXT, role TEXT NOT NULL, disabled INTEGER NOT NULL DEFAULT 0, created_ns INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS keys (key_id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users, key_hash TEXT UNIQUE
    NOT NULL, label TEXT NOT NULL, created_ns INTEGER NOT NULL, revoked_ns INTEGER);
CREATE TABLE IF NOT EXISTS sessions (session TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users, created_ns INTEGER
    NOT NULL, expires_s INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ended (jti TEXT PRIMARY KEY, expires_s INTEGER NOT NULL);
"""
ADDRESS = "192.0.2.1"
PASSWORD = "secret123"  # noqa: S105 - everybody's in these tests
START_NS = 1_700_000_000_000_000_000
SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Row:
    user_id: str
    username: str
    password_hash: str | None = field(repr=False)
    role: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class KeyRow:
    key_id: str
    user_id: str
    key_hash: str = field(repr=False)
    label: str
    created_ns: int


class Table:
    def __init__(self, path: Path) -> None:
        self._path = path

    async def run(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Run a statement in a transaction of its own, after whatever else is ready to run."""
        await asyncio.sleep(0)
        with contextlib.closing(sqlite3.connect(self._path)) as connection, connection:
            # No test cuts the power, so nothing waits for the disk.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA foreign_keys = ON")
            return connection.execute(statement, values).fetchall()


class Users(Table):
    async def create(
        self, *, user_id: str, username: str, password_hash: str | None, role: str, created_ns: int
    ) -> Row:
        try:
            await self.run(
                "INSERT INTO users VALUES (?, ?, ?, ?, ?, 0, ?)",
                user_id,
                username,
                username.casefold(),
                password_hash,
                str(role),
                created_ns,
            )
        except sqlite3.IntegrityError:
            raise Refused(NAME_TAKEN, "this user name is taken", 409) from None
        return Row(user_id, username, password_hash, role, disabled=False)

    async def by_name(self, username: str) -> Row | None:
        rows = await self._rows("WHERE name_key = ?", username.casefold())
        return rows[0] if rows else None

    async def all(self) -> Sequence[Row]:
        return await self._rows("")

    async def set_password(self, user_id: str, password_hash: str) -> None:
        await self.run("UPDATE users SET password_hash = ? WHERE user_id = ?", password_hash, user_id)

    async def set_role(self, user_id: str, role: str) -> None:
        await self.run("UPDATE users SET role = ? WHERE user_id = ?", str(role), user_id)

    async def set_disabled(self, user_id: str, *, disabled: bool) -> None:
        await self.run("UPDATE users SET disabled = ? WHERE user_id = ?", disabled, user_id)

    async def _rows(self, where: str, *values: object) -> list[Row]:
        found = await self.run(
            f"SELECT user_id, username, password_hash, role, disabled FROM users {where}",  # noqa: S608
            *values,
        )
        return [
            Row(str(i), str(n), None if h is None else str(h), str(r), bool(d)) for i, n, h, r, d in found
        ]


class Keys(Table):
    async def create(self, key: KeptKey) -> None:
        await self.run(
            "INSERT INTO keys VALUES (?, ?, ?, ?, ?, NULL)",
            key.key_id,
            key.user_id,
            key.key_hash,
            key.label,
            key.created_ns,
        )

    async def revoke(self, user_id: str, key_id: str, revoked_ns: int) -> bool:
        revoked = await self.run(
            "UPDATE keys SET revoked_ns = ? WHERE key_id = ? AND user_id = ? AND revoked_ns IS NULL RETURNING 1",
            revoked_ns,
            key_id,
            user_id,
        )
        return bool(revoked)

    async def rotate(self, user_id: str, key_id: str, fresh: KeptKey) -> bool:
        if not await self.revoke(user_id, key_id, fresh.created_ns):
            return False
        await self.create(fresh)
        return True

    async def all_live(self) -> Sequence[KeptKey]:
        rows = await self.run(
            "SELECT key_id, user_id, key_hash, label, created_ns FROM keys WHERE revoked_ns IS NULL"
        )
        return [KeyRow(str(i), str(u), str(h), str(n), int(str(c))) for i, u, h, n, c in rows]


class Tokens(Table):
    async def end(self, jti: str, expires_s: int, *, now_s: int) -> None:
        await self.run("DELETE FROM ended WHERE expires_s <= ?", now_s)
        await self.run("INSERT OR IGNORE INTO ended VALUES (?, ?)", jti, expires_s)

    async def ended(self, *, now_s: int) -> Mapping[str, int]:
        rows = await self.run("SELECT jti, expires_s FROM ended WHERE expires_s > ?", now_s)
        return {str(jti): int(str(expires_s)) for jti, expires_s in rows}


@dataclass(frozen=True, slots=True)
class SessionRow:
    session: str
    user_id: str
    created_ns: int
    expires_s: int
    address: str
    agent: str


class Sessions(Table):
    async def begin(self, session: KeptSession, *, now_s: int) -> None:
        await self.run("DELETE FROM sessions WHERE expires_s <= ?", now_s)
        await self.run(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
            session.session,
            session.user_id,
            session.created_ns,
            session.expires_s,
            session.address,
            session.agent,
        )

    async def forget(self, user_id: str, sessions: Sequence[str] | None) -> None:
        if sessions is None:
            await self.run("DELETE FROM sessions WHERE user_id = ?", user_id)
            return
        for session in sessions:
            await self.run("DELETE FROM sessions WHERE user_id = ? AND session = ?", user_id, session)

    async def live(self, *, now_s: int) -> Sequence[SessionRow]:
        rows = await self.run("SELECT * FROM sessions WHERE expires_s > ?", now_s)
        return [SessionRow(*row) for row in rows]  # type: ignore[arg-type]


class Small:
    """A store in a file of its own, quick to make."""

    def __init__(self, path: Path) -> None:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.executescript(SCHEMA)
        self.users = Users(path)
        self.keys = Keys(path)
        self.tokens = Tokens(path)
        self.sessions = Sessions(path)


class Clock:
    def __init__(self) -> None:
        self.now_ns = START_NS

    def __call__(self) -> int:
        return self.now_ns

    def forward(self, seconds: float) -> None:
        self.now_ns += int(seconds * SECOND_NS)


class Ledger:
    """The accounts, which outlive a gate; it can be made to refuse, and to lose an answer."""

    def __init__(self) -> None:
        self.accounts: dict[str, int] = {}
        self.roles: dict[str, Role] = {}
        self.calls = 0
        self.refuses = False

    def account_of(self, user_id: str) -> int | None:
        return self.accounts.get(user_id)

    async def open(self, user_id: str, username: str, role: Role) -> int:
        self.calls += 1
        await asyncio.sleep(0)
        if self.refuses:
            raise Refused(BUSY, "the venue is busy", 503)
        assert user_id not in self.accounts, "an account was opened twice"
        self.accounts[user_id] = len(self.accounts) + 1
        self.roles[user_id] = role
        return self.accounts[user_id]


class CountingPasswords(Passwords):
    """Cheap hashes, counted; RFC 9106 allows no cheaper."""

    def __init__(self, memory_kib: int = 8, iterations: int = 1) -> None:
        super().__init__(memory_kib, iterations)
        self.verified: list[str] = []
        self.hashed = 0

    def hash(self, password: str) -> str:
        self.hashed += 1
        return super().hash(password)

    def matches(self, kept: str, password: str) -> bool:
        self.verified.append(kept)
        return super().matches(kept, password)


class Kit:
    """A data directory with all that stands in it, in which gates can be opened one after the other."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.path = directory / "kept.sqlite3"
        self.kept: Kept = Small(self.path)
        self.clock = Clock()
        self.ledger = Ledger()
        self.passwords = CountingPasswords()
        self.limits = LimitSettings()
        self.ended: list[str] = []

    @contextlib.asynccontextmanager
    async def store(self) -> AsyncIterator[None]:
        """Open the store for as long as the context lasts."""
        yield

    @contextlib.asynccontextmanager
    async def gate(self) -> AsyncIterator[Gate]:
        """Open the store and a gate for as long as the context lasts."""
        async with self.store(), self._gate() as gate:
            yield gate

    @contextlib.asynccontextmanager
    async def _gate(self) -> AsyncIterator[Gate]:
        gate = Gate(
            self.kept,
            self.directory,
            VenueSettings(limits=self.limits),
            account_of=self.ledger.account_of,
            open_account=self.ledger.open,
            clock_ns=self.clock,
            passwords=self.passwords,
        )
        gate.on_ended(self.ended.append)
        await gate.start()
        try:
            yield gate
        finally:
            await gate.close()

    def run(self, test: Callable[[Gate], Awaitable[None]]) -> None:
        """Run a test with one gate."""

        async def main() -> None:
            async with asyncio.timeout(30), self.gate() as gate:
                await test(gate)

        asyncio.run(main())
