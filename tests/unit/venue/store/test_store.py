import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from crossbook.core import ConfigError, TransientError
from crossbook.venue.refusals import Refused
from crossbook.venue.store import KeyRow, SessionRow, Store, UserRow, migrations
from crossbook.venue.store.address import address_of, shown
from crossbook.venue.store.engine import make_engine
from crossbook.venue.store.migrate import NEWEST
from crossbook.venue.store.tables import METADATA

HASH = "$argon2id$made"


async def _user(store: Store, name: str, number: str | None = None) -> UserRow:
    return await store.users.create(
        user_id=number or f"id-{name}", username=name, password_hash=HASH, role="trader", created_ns=5
    )


@pytest.mark.parametrize(
    ("text", "driver", "database"),
    [
        ("crossbook.sqlite3", "sqlite+aiosqlite", "crossbook.sqlite3"),
        ("/var/lib/c.sqlite3", "sqlite+aiosqlite", "/var/lib/c.sqlite3"),
        ("sqlite:///relative.db", "sqlite+aiosqlite", "relative.db"),
        ("sqlite:////absolute.db", "sqlite+aiosqlite", "/absolute.db"),
        ("postgresql://me:secret@db/name", "postgresql+asyncpg", "name"),
        ("postgres://me@db:5433/name", "postgresql+asyncpg", "name"),
        ("postgresql+asyncpg://me@db/name", "postgresql+asyncpg", "name"),
    ],
)
def test_an_address_is_taken_as_people_write_it(text: str, driver: str, database: str) -> None:
    url = address_of(text)
    assert (url.drivername, url.database) == (driver, database)


@pytest.mark.parametrize(
    "text",
    ["", "  ", ":memory:", "sqlite://", "sqlite:///:memory:", "mysql://me@db/name", "postgresql+psycopg://db/name", "://",
     "postgresql://db:port/name"],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        address_of(text)
    assert "\n" not in str(caught.value)


def test_an_address_that_is_shown_has_no_password() -> None:
    assert "secret" not in shown(address_of("postgres://me:secret@db/name"))


async def _differences(url: str) -> tuple[list[str], list[Any]]:
    engine = make_engine(address_of(url), "FULL")
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_compare)
    finally:
        await engine.dispose()


def _compare(connection: sa.Connection) -> tuple[list[str], list[Any]]:
    options = {"compare_type": True, "target_metadata": METADATA}
    context = MigrationContext.configure(connection, opts=options)
    return sa.inspect(connection).get_table_names(), compare_metadata(context, METADATA)


def test_migrations_make_exactly_the_tables_of_the_code(database_url: str) -> None:
    async def case() -> None:
        await (await Store.open(database_url)).close()
        tables, differences = await _differences(database_url)
        assert set(tables) == {*METADATA.tables, "alembic_version"}
        assert differences == []

    asyncio.run(case())


def test_the_newest_revision_is_the_one_that_a_start_looks_for() -> None:
    directory = str(Path(migrations.__file__).parent)
    assert ScriptDirectory(directory).get_current_head() == NEWEST


def test_a_database_of_the_first_version_gets_what_it_lacks_and_keeps_what_it_has(database_url: str) -> None:
    def make_first(connection: sa.Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    async def case() -> None:
        engine = make_engine(address_of(database_url), "FULL")
        async with engine.begin() as connection:
            await connection.run_sync(make_first)
            await connection.execute(
                sa.text("INSERT INTO users VALUES ('u', 'ada', 'ada', NULL, 'trader', NULL, 1, :no)"),
                {"no": False},
            )
        await engine.dispose()
        async with await Store.open(database_url) as store:
            assert [user.username for user in await store.users.all()] == ["ada"]
            await store.sessions.begin(SessionRow("s", "u", 1, 2, "", ""), now_s=1)
        tables, differences = await _differences(database_url)
        assert set(tables) == {*METADATA.tables, "alembic_version"}
        assert differences == []

    asyncio.run(case())


def test_sessions_are_kept_until_they_end_or_expire(database_url: str) -> None:
    async def case() -> None:
        async with await Store.open(database_url) as store:
            for number in (1, 2):
                await store.users.create(
                    user_id=f"u{number}",
                    username=f"user{number}",
                    password_hash=None,
                    role="trader",
                    created_ns=1,
                )
            rows = [
                SessionRow(f"s{number}", f"u{number % 2 + 1}", number, 100 + number, "::1", "Mozilla 🦊")
                for number in range(6)
            ]
            for row in rows:
                await store.sessions.begin(row, now_s=1)
            assert await store.sessions.live(now_s=0) == rows
            assert await store.sessions.live(now_s=103) == rows[4:]
            await store.sessions.forget("u1", ["s0", "s1"])
            assert await store.sessions.live(now_s=0) == rows[1:], "another's stays"
            await store.sessions.forget("u2", None)
            assert await store.sessions.live(now_s=0) == [rows[2], rows[4]]
            await store.sessions.begin(SessionRow("s9", "u1", 9, 200, "", ""), now_s=103)
            assert [row.session for row in await store.sessions.live(now_s=0)] == ["s4", "s9"]

    asyncio.run(case())


def test_two_processes_may_open_a_new_database_at_once(database_url: str) -> None:
    async def case() -> None:
        stores = await asyncio.gather(*(Store.open(database_url) for _ in range(4)))
        for store in stores:
            assert await store.users.all() == []
            await store.close()

    asyncio.run(case())


def test_a_database_of_a_newer_version_is_refused_in_one_line(database_url: str) -> None:
    async def case() -> None:
        await (await Store.open(database_url)).close()
        engine = make_engine(address_of(database_url), "FULL")
        async with engine.begin() as connection:
            await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        await engine.dispose()
        with pytest.raises(ConfigError, match="newer Crossbook: it has the tables 9999"):
            await Store.open(database_url)

    asyncio.run(case())


def test_a_database_that_does_not_answer_is_told_in_one_line(tmp_path: Path) -> None:
    async def case() -> None:
        with pytest.raises(TransientError) as caught:
            await Store.open(f"sqlite:///{tmp_path}/missing/file.sqlite3")
        assert "\n" not in str(caught.value)
        with pytest.raises(TransientError) as caught:
            await Store.open("postgresql://me:secret@127.0.0.1:1/name")
        assert "secret" not in str(caught.value)

    asyncio.run(case())


def test_sqlite_is_set_as_promised(sqlite_url: str) -> None:
    async def case() -> None:
        for synchronous, number in (("FULL", 2), ("NORMAL", 1)):
            engine = make_engine(address_of(sqlite_url), synchronous)  # type: ignore[arg-type]
            async with engine.connect() as connection:
                for pragma, expected in (
                    ("journal_mode", "wal"), ("synchronous", number), ("foreign_keys", 1), ("busy_timeout", 10_000),
                ):  # fmt: skip
                    row = (await connection.exec_driver_sql(f"PRAGMA {pragma}")).one()
                    assert row[0] == expected
            await engine.dispose()

    asyncio.run(case())


def test_users_are_found_by_number_and_by_name_in_any_case(database_url: str) -> None:
    async def case() -> None:
        async with await Store.open(database_url) as store:
            user = await _user(store, "Ada")
            await store.users.set_account(user.user_id, 7)
            await store.users.set_password(user.user_id, "other")
            await store.users.set_role(user.user_id, "admin")
            await store.users.set_disabled(user.user_id, disabled=True)
            found = await store.users.by_name("aDA")
            assert found == UserRow("id-Ada", "Ada", "other", "admin", 7, 5, disabled=True)
            await store.users.set_disabled(user.user_id, disabled=False)
            again = await store.users.by_id("id-Ada")
            assert again is not None
            assert not again.disabled
            assert await store.users.by_name("Bob") is None
            assert await store.users.by_id("nobody") is None
            await store.users.create(
                user_id="h", username="maker", password_hash=None, role="house", created_ns=6
            )
            assert [each.user_id for each in await store.users.all()] == ["h", "id-Ada"]

    asyncio.run(case())


def test_of_two_who_take_a_name_at_once_one_gets_it(database_url: str) -> None:
    async def case() -> None:
        async with await Store.open(database_url) as store:
            names = ["Ada", "ada", "ADA", "aDa"]
            taken = await asyncio.gather(
                *(_user(store, name, f"n{number}") for number, name in enumerate(names)),
                return_exceptions=True,
            )
            refused = [each for each in taken if isinstance(each, Refused)]
            assert sum(isinstance(each, UserRow) for each in taken) == 1
            assert [(each.code, each.status) for each in refused] == [("name_taken", 409)] * 3
            assert len(await store.users.all()) == 1

    asyncio.run(case())


def test_a_number_of_a_user_that_is_used_twice_is_our_defect_and_no_refusal(database_url: str) -> None:
    async def case() -> None:
        async with await Store.open(database_url) as store:
            await _user(store, "Ada", "n")
            with pytest.raises(sa.exc.IntegrityError):
                await _user(store, "Bob", "n")

    asyncio.run(case())


def test_keys_are_listed_revoked_and_rotated_by_their_owner_alone(database_url: str) -> None:
    async def case() -> None:
        async with await Store.open(database_url) as store:
            ada, bob = await _user(store, "Ada"), await _user(store, "Bob")
            first = KeyRow("k1", ada.user_id, "h1", "laptop", 10)
            await store.keys.create(first)
            await store.keys.create(KeyRow("k2", ada.user_id, "h2", "server", 20))
            await store.keys.create(KeyRow("k3", bob.user_id, "h3", "", 30))
            assert [key.key_id for key in await store.keys.list(ada.user_id)] == ["k2", "k1"]
            assert not await store.keys.revoke(bob.user_id, "k1", 40)
            assert await store.keys.revoke(ada.user_id, "k1", 41)
            assert not await store.keys.revoke(ada.user_id, "k1", 42)
            fresh = KeyRow("k4", ada.user_id, "h4", "server", 50)
            assert not await store.keys.rotate(ada.user_id, "k1", fresh)
            assert await store.keys.rotate(ada.user_id, "k2", fresh)
            await store.keys.touch({"k4": 60, "k3": 61, "gone": 62})
            live = await store.keys.all_live()
            assert [(key.key_id, key.last_used_ns) for key in live] == [("k3", 61), ("k4", 60)]
            listed = {key.key_id: key.revoked_ns for key in await store.keys.list(ada.user_id)}
            assert listed == {"k4": None, "k2": 50, "k1": 41}

    asyncio.run(case())


def test_a_key_belongs_to_somebody_and_its_hash_is_its_own(database_url: str) -> None:
    async def case() -> None:
        async with await Store.open(database_url) as store:
            ada = await _user(store, "Ada")
            with pytest.raises(sa.exc.IntegrityError):
                await store.keys.create(KeyRow("k1", "nobody", "h1", "", 10))
            await store.keys.create(KeyRow("k1", ada.user_id, "h1", "", 10))
            with pytest.raises(sa.exc.IntegrityError):
                await store.keys.create(KeyRow("k2", ada.user_id, "h1", "", 10))

    asyncio.run(case())


def test_ended_tokens_are_kept_until_they_expire(database_url: str) -> None:
    async def case() -> None:
        async with await Store.open(database_url) as store:
            await store.tokens.end("a", 100, now_s=50)
            await store.tokens.end("a", 100, now_s=50)
            await store.tokens.end("b", 200, now_s=50)
            assert await store.tokens.ended(now_s=60) == {"a": 100, "b": 200}
            assert await store.tokens.ended(now_s=100) == {"b": 200}
            await store.tokens.end("c", 300, now_s=250)
            assert await store.tokens.ended(now_s=0) == {"c": 300}

    asyncio.run(case())
