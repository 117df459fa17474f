import asyncio
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossbook.core import EventKind, Follower, Side
from crossbook.venue.keeper import SupersededError, rebuild
from crossbook.venue.keeper.candles import INTERVALS_S
from crossbook.venue.notes import CLIENT_ORDER
from crossbook.venue.store import OrderStatus, Store
from crossbook.venue.store.projection import Row
from crossbook.venue.store.tables import ORDERS
from tests.unit.venue.keeper.flow import ACCOUNTS, START_NS, Flow
from tests.unit.venue.keeper.plain import candles_of, orders_of, trades_of
from tests.unit.venue.keeper.projecting import EQUITY_SECONDS, TABLES, project, projector_on
from tests.unit.venue.keeper.recorded import RecordedJournal

COLUMNS = list(ORDERS.columns.keys())


def _journal(directory: Path, seed: int, commands: int) -> RecordedJournal:
    journal = RecordedJournal(directory / "journal")
    flow = Flow(journal, seed)
    flow.open_market()
    flow.run(commands)
    journal.close()
    return journal


def test_rows_are_what_a_plain_reading_of_all_events_says(database_url: str, tmp_path: Path) -> None:
    journal = _journal(tmp_path, 1, 3_000)
    tables = asyncio.run(project(database_url, journal.directory))
    events = journal.all_events()
    plain = orders_of(events)
    assert len(tables["orders"]) == len(plain)
    for row in tables["orders"]:
        stored = dict(zip(COLUMNS, row, strict=True))
        expected = plain[int(stored["order_id"])]  # type: ignore[call-overload]
        assert {name: stored[name] for name in expected} == expected
    assert tables["trades"] == trades_of(events)
    assert {OrderStatus(row[COLUMNS.index("status")]) for row in tables["orders"]} == set(OrderStatus)  # type: ignore[arg-type]


def test_open_orders_are_those_of_the_exchange(database_url: str, tmp_path: Path) -> None:
    async def case() -> None:
        journal = _journal(tmp_path, 2, 2_000)
        await project(database_url, journal.directory)
        async with await Store.open(database_url) as store:
            for account in range(1, ACCOUNTS + 1):
                live = {order.id: order for order in journal.exchange.open_orders(account)}
                rows = await store.history.orders(
                    account, status=(OrderStatus.OPEN, OrderStatus.PARTIAL), limit=10_000
                )
                assert [row.order_id for row in rows] == sorted(live, reverse=True)
                for row in rows:
                    order = live[row.order_id]
                    assert (row.price, row.quantity, row.open, row.instrument, row.side) == (
                        order.price, order.quantity, order.open, order.instrument, order.side,
                    )  # fmt: skip

    asyncio.run(case())


def test_candles_are_those_of_the_trades(database_url: str, tmp_path: Path) -> None:
    journal = _journal(tmp_path, 3, 2_000)
    stops = random.Random(3).sample(range(1, journal.exchange.commands), 25)
    tables = asyncio.run(project(database_url, journal.directory, sorted(stops)))
    trades = trades_of(journal.all_events())
    for interval_s in INTERVALS_S:
        stored = {(row[0], row[2]): list(row[3:]) for row in tables["candles"] if row[1] == interval_s}
        assert stored == candles_of(trades, interval_s)


def test_equity_is_that_of_the_exchange_when_each_period_began(sqlite_url: str, tmp_path: Path) -> None:
    journal = _journal(tmp_path, 4, 1_500)
    tables = asyncio.run(project(sqlite_url, journal.directory))
    follower = Follower.open(str(journal.directory))
    expected: list[tuple[int, int, int, int]] = []
    traded: set[int] = set()
    unsampled: set[int] = set()
    first: list[int] = []
    period_ns = EQUITY_SECONDS * 1_000_000_000
    last = 0
    while True:
        before = {account: follower.exchange.account(account) for account in traded | unsampled}
        events, _ = follower.step(1)
        if not len(events):
            break
        boundary = int(events["time_ns"][0]) // period_ns
        if boundary > last:
            last = boundary
            sampled = {account: held for account, held in before.items() if held.equity or account in traded}
            expected.extend(
                (account, boundary * period_ns, held.equity, held.cash + held.escrow)
                for account, held in sampled.items()
            )
            first += sorted(sampled.keys() - traded)
            unsampled -= sampled.keys()
        unsampled.update(events[events["kind"] == EventKind.ACCOUNT_OPENED]["account"].tolist())
        trades = events[events["kind"] == 12]
        traded.update(trades["account"].tolist(), trades["counterparty"].tolist())
    assert len(expected) > 50
    assert first, "somebody who had not traded yet has a first sample"
    assert tables["equity"] == sorted(expected)


def test_names_accounts_instruments_and_news_come_from_notes(database_url: str, tmp_path: Path) -> None:
    async def case() -> None:
        journal = _journal(tmp_path, 5, 800)
        await project(database_url, journal.directory)
        async with await Store.open(database_url) as store:
            instruments = await store.history.instruments()
            assert [(each.number, each.ticker, each.price_step) for each in instruments] == [
                (1, "T1", "0.01"), (2, "T2", "0.01"),
            ]  # fmt: skip
            accounts = await store.history.accounts()
            assert [(each.account, each.user_id, each.username, each.role) for each in accounts] == [
                (number, f"u{number}", f"user {number}", "trader") for number in range(1, ACCOUNTS + 1)
            ]
            told = [payload for _, payload in journal.notes if payload[:1] == b"n"]
            assert len(await store.history.news(1_000)) == len(told)
            named = 0
            for command, payload in journal.notes:
                if payload[:1] != CLIENT_ORDER:
                    continue
                accepted = [each for each in journal.events[command - 1] if each["kind"] == 10]
                if accepted:
                    named += 1
                    row = await store.history.by_client_id(int(accepted[0]["account"]), payload[1:].decode())
                    assert row is not None
                    assert row.order_id == accepted[0]["order_id"]
            assert named > 50

    asyncio.run(case())


def test_the_first_answer_can_be_given_again_whatever_came_after(database_url: str, tmp_path: Path) -> None:
    async def case() -> None:
        journal = _journal(tmp_path, 6, 700)
        await project(database_url, journal.directory)
        checked = 0
        async with await Store.open(database_url) as store:
            for events in journal.events:
                for accepted in events[events["kind"] == 10]:
                    number = int(accepted["order_id"])
                    trades = [
                        int(each["sequence"])
                        for each in events[events["kind"] == 12]
                        if number in (each["order_id"], each["counter_id"])
                    ]
                    order = await store.history.order(number)
                    assert order is not None
                    again = await store.history.first_trades(order)
                    assert [trade.sequence for trade in again] == trades
                    assert sum(trade.quantity for trade in again) == order.first_filled
                    then = orders_of(events, number)[number]
                    assert (order.first_status, order.first_price, order.first_quantity) == (
                        then["status"], then["price"], then["quantity"],
                    )  # fmt: skip
                    checked += 1
        assert checked > 200

    asyncio.run(case())


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), data=st.data())
def test_wherever_it_is_cut_into_steps_the_rows_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, seed: int, data: st.DataObject
) -> None:
    directory = tmp_path_factory.mktemp("cut")
    journal = _journal(directory, seed, 200)
    whole = asyncio.run(project(f"sqlite:///{directory}/whole.sqlite3", journal.directory))
    numbers = st.lists(st.integers(1, journal.exchange.commands), max_size=20)
    stops = sorted(data.draw(numbers))
    assert asyncio.run(project(f"sqlite:///{directory}/cut.sqlite3", journal.directory, stops)) == whole


def test_begun_again_after_every_stop_the_rows_are_the_same(database_url: str, tmp_path: Path) -> None:
    async def case() -> None:
        journal = _journal(tmp_path, 7, 1_000)
        whole = await project(f"sqlite:///{tmp_path}/whole.sqlite3", journal.directory)
        for until in (1, 2, 17, 100, 101, 555, journal.exchange.commands):
            async with projector_on(database_url, journal.directory) as (projector, _):
                await projector.resume()
                while await projector.step(until):
                    pass
                assert projector.progress.command == until
        assert await project(database_url, journal.directory) == whole

    asyncio.run(case())


def test_rebuilt_it_is_row_for_row_what_it_was_and_users_stay(database_url: str, tmp_path: Path) -> None:
    async def case() -> None:
        journal = _journal(tmp_path, 8, 1_500)
        before = await project(database_url, journal.directory, [300, 301, 900])
        async with await Store.open(database_url) as store:
            await store.users.create(
                user_id="u", username="Ada", password_hash=None, role="trader", created_ns=1
            )
        told: list[int] = []
        reached = await rebuild(
            str(journal.directory),
            database_url,
            lambda progress: told.append(progress.command),
            equity_seconds=EQUITY_SECONDS,
        )
        assert told[-1] == reached.command == journal.exchange.commands
        async with await Store.open(database_url) as store:
            assert {table: await store.projection.dump(table) for table in TABLES} == before
            assert len(await store.users.all()) == 1

    asyncio.run(case())


def test_a_journal_that_lost_its_end_is_projected_anew(database_url: str, tmp_path: Path) -> None:
    async def case() -> None:
        longer = _journal(tmp_path / "a", 9, 800)
        await project(database_url, longer.directory)
        shorter = _journal(tmp_path / "b", 9, 300)
        expected = await project(f"sqlite:///{tmp_path}/expected.sqlite3", shorter.directory)
        assert await project(database_url, shorter.directory) == expected

    asyncio.run(case())


def test_a_journal_that_lost_its_end_and_went_on_otherwise_is_projected_anew(
    database_url: str, tmp_path: Path
) -> None:
    async def case() -> None:
        first = _journal(tmp_path / "a", 10, 300)
        await project(database_url, first.directory)
        other = _journal(tmp_path / "b", 11, 900)
        expected = await project(f"sqlite:///{tmp_path}/expected.sqlite3", other.directory)
        assert await project(database_url, other.directory) == expected

    asyncio.run(case())


def test_a_keeper_that_begins_while_the_last_one_ends_does_not_begin_anew(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def case() -> None:
        journal = _journal(tmp_path, 11, 500)
        async with (
            projector_on(database_url, journal.directory) as (last, _),
            projector_on(database_url, journal.directory) as (fresh, store),
        ):
            await last.resume()
            await last.step(100)
            read = store.projection.open_orders
            steps = iter([200, 300])

            async def read_late() -> list[Row]:
                """The last one makes a step between two looks of the fresh one, and then another."""
                if (until := next(steps, None)) is not None:
                    await last.step(until)
                return await read()

            async def never() -> None:
                raise AssertionError("it begins anew")

            monkeypatch.setattr(store.projection, "open_orders", read_late)
            monkeypatch.setattr(fresh, "begin_anew", never)
            await fresh.resume()
            assert fresh.progress == last.progress
            assert fresh.progress.command == 300
            assert await fresh.step(400)
            with pytest.raises(SupersededError):
                await last.step(350)

    asyncio.run(case())


def test_of_two_keepers_one_writes_and_the_other_stops(database_url: str, tmp_path: Path) -> None:
    async def case() -> None:
        journal = _journal(tmp_path, 12, 600)
        whole = await project(f"sqlite:///{tmp_path}/whole.sqlite3", journal.directory)
        async with (
            projector_on(database_url, journal.directory) as (first, _),
            projector_on(database_url, journal.directory) as (second, _),
        ):
            await first.resume()
            await second.resume()
            await first.step(100)
            # Exactly the same step again writes nothing and does no harm.
            await second.step(100)
            await first.step(200)
            with pytest.raises(SupersededError):
                await second.step(150)
        assert await project(database_url, journal.directory) == whole

    asyncio.run(case())


def test_a_name_that_its_owner_used_before_does_not_stop_the_projection(
    database_url: str, tmp_path: Path
) -> None:
    async def case() -> None:
        journal = RecordedJournal(tmp_path / "journal")
        Flow(journal, 13).open_market()
        numbers = []
        for second in range(3):
            journal.note(CLIENT_ORDER + b"twice")
            events = journal.command(
                "new_order", account=1, instrument=1, side=Side.BUY, quantity=1, price=50,
                time_ns=START_NS + 10**12 + second,
            )  # fmt: skip
            numbers.append(int(events["order_id"][0]))
        last = journal.exchange.commands
        journal.close()
        await project(database_url, journal.directory, [last - 2])
        async with await Store.open(database_url) as store:
            named = [
                order.client_order_id
                for number in numbers
                if (order := await store.history.order(number)) is not None
            ]
            assert named == ["twice", None, None]

    asyncio.run(case())
