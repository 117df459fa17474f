import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from crossbook.core import UsageError
from crossbook.venue.store import AUCTION_SIDE, FillRow, OrderStatus, Progress, Store, TradeRow
from crossbook.venue.store.history import OFFSET_MAX, ROWS_MAX
from crossbook.venue.store.projection import Row, Step
from crossbook.venue.store.tables import ORDERS

MINUTE_NS = 60_000_000_000
STATUSES = list(OrderStatus)
COLUMNS = list(ORDERS.columns.keys())


def _order(number: int, **columns: Any) -> Row:
    """Return the row of an order: accounts 1 to 3 in turn, two instruments, every status."""
    values: dict[str, Any] = dict.fromkeys(COLUMNS, 0) | {
        "order_id": number,
        "account": number % 3 + 1,
        "instrument": number % 2 + 1,
        "status": STATUSES[number % 5],
        "first_status": OrderStatus.OPEN,
        "reason": None,
        "stop_price": None,
        "expires_ns": None,
        "triggered_ns": None,
        "client_order_id": f"name-{number}" if number % 4 == 0 else None,
    }
    return tuple((values | columns).values())


def _trade(sequence: int, *, taker: int, maker: int, side: int = 0, instrument: int = 1) -> Row:
    return (
        sequence,
        sequence * 10,
        instrument,
        100,
        5,
        side,
        taker * 10,
        maker * 10,
        taker,
        maker,
        3,
        -1,
        sequence,
    )


async def _fill(store: Store) -> None:
    step = Step(
        instruments=[(number, f"T{number}", "", "0.01", "1", "0.01") for number in (1, 2)],
        orders=[_order(number) for number in range(1, 301)],
        trades=[
            _trade(number, taker=number % 3 + 1, maker=(number + 1) % 3 + 1, side=number % 3, instrument=number % 2 + 1)
            for number in range(1, 201)
        ],
        reached=Progress(1, 1, "1", 0),
    )  # fmt: skip
    assert await store.projection.write(step, Progress())


Case = Callable[[Store], Coroutine[Any, Any, None]]


def _with_store(url: str, case: Case) -> None:
    async def run() -> None:
        async with await Store.open(url) as store:
            await _fill(store)
            await case(store)

    asyncio.run(run())


def test_orders_come_newest_first_in_pages_that_join(database_url: str) -> None:
    async def case(store: Store) -> None:
        whole = await store.history.orders(2, limit=1_000)
        assert [row.order_id for row in whole] == [number for number in range(300, 0, -1) if number % 3 == 1]
        pages = [await store.history.orders(2, limit=7, offset=start) for start in range(0, 105, 7)]
        assert [row for page in pages for row in page] == whole
        assert await store.history.orders(2, limit=7, offset=100) == []
        assert await store.history.orders(9) == []

    _with_store(database_url, case)


@pytest.mark.parametrize(
    "status",
    [(), *((each,) for each in OrderStatus), (OrderStatus.OPEN, OrderStatus.PARTIAL),
     (OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.EXPIRED)],
)  # fmt: skip
@pytest.mark.parametrize("instrument", [None, 2])
def test_orders_are_chosen_by_status_and_instrument(
    sqlite_url: str, status: tuple[OrderStatus, ...], instrument: int | None
) -> None:
    async def case(store: Store) -> None:
        rows = await store.history.orders(1, status=status, instrument=instrument, limit=1_000)
        expected = [
            number
            for number in range(300, 0, -1)
            if number % 3 == 0
            and (not status or STATUSES[number % 5] in status)
            and (instrument is None or number % 2 + 1 == instrument)
        ]
        assert [row.order_id for row in rows] == expected
        assert all(isinstance(row.status, OrderStatus) for row in rows)

    _with_store(sqlite_url, case)


def test_an_order_is_found_by_its_number_and_by_its_owners_name(database_url: str) -> None:
    async def case(store: Store) -> None:
        order = await store.history.order(8)
        assert order is not None
        assert order.client_order_id == "name-8"
        assert await store.history.by_client_id(order.account, "name-8") == order
        assert await store.history.by_client_id(order.account + 1, "name-8") is None
        assert await store.history.order(10_000) is None

    _with_store(database_url, case)


def test_owners_names_are_told_the_newest_and_the_open_ones(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def case(store: Store) -> None:
        recent = await store.history.recent_client_ids(1, 3)
        assert [(each.order_id, each.client_order_id) for each in recent] == [
            (300, "name-300"), (288, "name-288"), (276, "name-276"),
        ]  # fmt: skip
        expected = [
            (number % 3 + 1, f"name-{number}", number) for number in range(4, 301, 4) if number % 5 <= 1
        ]
        monkeypatch.setattr("crossbook.venue.store.history.ROWS_MAX", 4)
        found = await store.history.open_client_ids()
        assert [(each.account, each.client_order_id, each.order_id) for each in found] == sorted(
            expected, key=lambda each: (each[0], each[2])
        )

    _with_store(database_url, case)


def test_trades_of_an_account_are_those_in_which_it_took_and_those_in_which_it_made(
    database_url: str,
) -> None:
    async def case(store: Store) -> None:
        whole = await store.history.trades(1, limit=1_000)
        mine = [number for number in range(200, 0, -1) if 1 in (number % 3 + 1, (number + 1) % 3 + 1)]
        assert [fill.trade.sequence for fill in whole] == mine
        assert all(fill.order_id == 10 for fill in whole)
        assert {fill.client_order_id for fill in whole} == {(await _named(store, 10))}
        pages = [await store.history.trades(1, limit=9, offset=start) for start in range(0, 140, 9)]
        assert [fill for page in pages for fill in page] == whole
        second = await store.history.trades(1, instrument=2, limit=1_000)
        assert second == [fill for fill in whole if fill.trade.instrument == 2]

    _with_store(database_url, case)


async def _named(store: Store, number: int) -> str | None:
    order = await store.history.order(number)
    return None if order is None else order.client_order_id


@pytest.mark.parametrize(
    ("side", "taker_side", "buyer", "took"), [(0, 0, 1, True), (1, 1, 2, True), (AUCTION_SIDE, 0, 1, False)]
)
def test_a_fill_is_seen_from_its_own_side(side: int, taker_side: int, buyer: int, took: bool) -> None:
    trade = TradeRow(*_trade(1, taker=1, maker=2, side=side))  # type: ignore[arg-type]
    first, second = FillRow(trade, as_taker=True, client_order_id=None), FillRow(trade, False, None)
    assert (first.side, second.side) == (taker_side, 1 - taker_side)
    assert (first.fee, second.fee, first.order_id, second.order_id) == (3, -1, 10, 20)
    assert (trade.buyer, trade.seller) == (buyer, 3 - buyer)
    assert (first.took, second.took) == (took, False)


def test_the_tape_is_that_of_one_instrument(database_url: str) -> None:
    async def case(store: Store) -> None:
        tape = await store.history.tape(2, 5, offset=1)
        assert [trade.sequence for trade in tape] == [197, 195, 193, 191, 189]

    _with_store(database_url, case)


def test_candles_and_equity_are_the_newest_of_a_span_oldest_first(database_url: str) -> None:
    async def case(store: Store) -> None:
        step = Step(
            candles=[(1, 60, start, 1, 2, 0, 1, 9, 3) for start in range(0, 6_000, 60)],
            equity=[(4, time_ns, time_ns * 2, time_ns) for time_ns in range(100)],
            reached=Progress(2, 2, "2", 0),
        )
        assert await store.projection.write(step, Progress(1, 1, "1", 0))
        candles = await store.history.candles(1, 60, start_s=600, end_s=1_200, limit=3)
        assert [candle.start_s for candle in candles] == [1_020, 1_080, 1_140]
        assert len(await store.history.candles(1, 60)) == 100
        assert await store.history.candles(1, 300) == []
        samples = await store.history.equity(4, start_ns=10, end_ns=20, limit=2)
        assert [(sample.time_ns, sample.equity, sample.cash) for sample in samples] == [
            (18, 36, 18),
            (19, 38, 19),
        ]
        assert len(await store.history.equity(4)) == 100

    _with_store(database_url, case)


def test_a_snapshot_stands_still_while_the_keeper_goes_on(database_url: str) -> None:
    async def case(store: Store) -> None:
        async with store.history.snapshot() as before:
            step = Step(
                trades=[_trade(9_000, taker=1, maker=2)],
                candles=[(1, 60, 0, 1, 2, 0, 1, 9, 3)],
                reached=Progress(9_000, 2, "2", 0),
            )
            assert await store.projection.write(step, Progress(1, 1, "1", 0))
            assert before.sequence == 1
            assert await before.candles(1, 60) == []
            assert all(trade.sequence < 9_000 for trade in await before.tape(1))
        async with store.history.snapshot() as after:
            assert after.sequence == 9_000
            assert len(await after.candles(1, 60)) == 1
            assert (await after.tape(1))[0].sequence == 9_000

    _with_store(database_url, case)


def test_a_snapshot_of_nothing_knows_of_no_event(database_url: str) -> None:
    async def case() -> None:
        async with await Store.open(database_url) as store, store.history.snapshot() as nothing:
            assert (nothing.sequence, await nothing.orders(1)) == (0, [])

    asyncio.run(case())


def test_the_last_sample_of_each_span_is_found_for_each_account(database_url: str) -> None:
    async def case(store: Store) -> None:
        step = Step(
            equity=[
                *((4, time_ns, time_ns * 2, 0) for time_ns in range(0, 100, 3)),
                (5, 41, 7, 0), (5, 60, 8, 0), (6, 5, 9, 0), (6, 90, 1, 0),
            ],
            reached=Progress(2, 2, "2", 0),
        )  # fmt: skip
        assert await store.projection.write(step, Progress(1, 1, "1", 0))
        rows = await store.history.sampled_equity([4, 5, 6, 7], [40, 60, 80])
        assert [(row.account, row.time_ns, row.equity) for row in rows] == [
            (4, 39, 78), (4, 60, 120), (4, 78, 156), (5, 60, 8),
        ]  # fmt: skip
        firsts = await store.history.first_equity([4, 5, 6, 7], 40)
        assert [(row.account, row.time_ns) for row in firsts] == [(4, 42), (5, 41), (6, 90)]
        assert await store.history.first_equity([], 40) == []
        assert await store.history.sampled_equity([], [40, 60]) == []
        assert await store.history.sampled_equity([4], [40]) == []
        with pytest.raises(UsageError):
            await store.history.sampled_equity(range(1_000), range(11))

    _with_store(database_url, case)


def test_an_account_is_unsampled_until_it_has_a_sample(database_url: str) -> None:
    async def case(store: Store) -> None:
        step = Step(
            accounts=[(number, f"u{number}", "", "trader", None) for number in (1, 2, 3)],
            equity=[(2, 50, 1, 1)],
            reached=Progress(2, 2, "2", 0),
        )
        assert await store.projection.write(step, Progress(1, 1, "1", 0))
        assert await store.projection.unsampled() == [1, 3]

    _with_store(database_url, case)


def test_a_candle_that_is_there_grows(database_url: str) -> None:
    async def case(store: Store) -> None:
        for number, candle in enumerate(
            [(10, 12, 9, 11, 5, 2), (11, 11, 7, 8, 3, 1), (8, 20, 8, 9, 1, 1)], 2
        ):
            step = Step(candles=[(1, 60, 60, *candle)], reached=Progress(number, number, str(number), 0))
            before = Progress(number - 1, number - 1, str(number - 1), 0)
            assert await store.projection.write(step, before)
        (row,) = await store.history.candles(1, 60)
        assert (row.open, row.high, row.low, row.close, row.volume, row.trades) == (10, 20, 7, 9, 9, 4)

    _with_store(database_url, case)


def test_a_day_is_summed_up_for_every_instrument(database_url: str) -> None:
    async def case(store: Store) -> None:
        step = Step(
            candles=[
                (1, 60, 0, 50, 60, 40, 55, 10, 2), (1, 60, 60, 56, 70, 56, 61, 4, 1),
                (1, 60, 120, 61, 62, 58, 60, 6, 3), (1, 300, 0, 50, 70, 40, 60, 20, 6),
            ],
            reached=Progress(2, 2, "2", 0),
        )  # fmt: skip
        assert await store.projection.write(step, Progress(1, 1, "1", 0))
        first, second = await store.history.day_statistics(MINUTE_NS - 1)
        assert (first.before, first.first, first.high, first.low, first.volume, first.trades) == (
            55,
            56,
            70,
            56,
            10,
            4,
        )
        assert (second.before, second.first, second.high, second.volume) == (None, None, None, 0)
        (after, _) = await store.history.day_statistics(10 * MINUTE_NS)
        assert (after.before, after.first, after.volume) == (60, None, 0)

    _with_store(database_url, case)


@pytest.mark.parametrize(
    ("limit", "offset"), [(0, 0), (-1, 0), (ROWS_MAX + 1, 0), (1, -1), (1, OFFSET_MAX + 1)]
)
def test_no_page_is_without_bounds(sqlite_url: str, limit: int, offset: int) -> None:
    async def case(store: Store) -> None:
        for asked in (
            store.history.orders(1, limit=limit, offset=offset),
            store.history.trades(1, limit=limit, offset=offset),
            store.history.tape(1, limit, offset=offset),
        ):
            with pytest.raises(UsageError):
                await asked

    _with_store(sqlite_url, case)


def test_a_step_is_written_only_where_the_projection_stands_as_it_says(database_url: str) -> None:
    async def case(store: Store) -> None:
        step = Step(orders=[_order(900)], reached=Progress(5, 5, "5", 0))
        for before in (Progress(), Progress(1, 1, "2", 0), Progress(1, 2, "1", 0), Progress(2, 1, "1", 0)):
            assert not await store.projection.write(step, before)
        assert await store.history.order(900) is None
        assert await store.projection.progress() == Progress(1, 1, "1", 0)
        assert await store.projection.write(step, Progress(1, 1, "1", 0))
        assert await store.projection.progress() == step.reached

    _with_store(database_url, case)


def test_a_step_that_fails_leaves_nothing_behind(database_url: str) -> None:
    async def case(store: Store) -> None:
        step = Step(
            orders=[_order(900)], trades=[_trade(1, taker=1, maker=2)], reached=Progress(5, 5, "5", 0)
        )
        with pytest.raises(sa.exc.IntegrityError):
            await store.projection.write(step, Progress(1, 1, "1", 0))
        assert await store.history.order(900) is None
        assert (await store.projection.progress()).sequence == 1

    _with_store(database_url, case)


def test_every_query_of_history_runs_on_an_index(sqlite_url: str, tmp_path: Path) -> None:
    """No query that may be asked often reads a whole table or sorts one, as SQLite's planner tells."""

    async def case(store: Store) -> None:
        history = store.history
        asked: list[tuple[str, Any]] = []

        def seen(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
            if statement.startswith(("SELECT", "WITH")):
                asked.append((statement, values))

        engine = history._engine.sync_engine
        event.listen(engine, "before_cursor_execute", seen)
        opened = (OrderStatus.OPEN, OrderStatus.PARTIAL)
        for status in ((), opened, (OrderStatus.OPEN,), *((each,) for each in list(OrderStatus)[2:])):
            await history.orders(1, status=status, limit=5)
            await history.orders(1, status=status, instrument=1, limit=5, offset=5)
        order = await history.order(8)
        assert order is not None
        await history.by_client_id(1, "name-8")
        await history.first_trades(order)
        await history.recent_client_ids(1, 5)
        await history.open_client_ids()
        await history.trades(1, limit=5, offset=5)
        await history.trades(1, instrument=1, limit=5)
        await history.tape(1, 5)
        await history.candles(1, 60, start_s=1, end_s=2)
        await history.equity(1, start_ns=1, end_ns=2)
        await history.first_equity([1, 2], 10)
        await history.sampled_equity([1, 2], [10, 20, 30])
        await history.day_statistics(1)
        await history.news(5)
        await history.accounts()
        await store.projection.open_orders()
        await store.users.by_name("a")
        await store.keys.list("a")
        await store.tokens.ended(now_s=1)
        event.remove(engine, "before_cursor_execute", seen)
        assert len(asked) > 25
        async with history._engine.connect() as connection:
            for statement, values in asked:
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(values))
                steps = [str(row[-1]) for row in plan if "instruments" not in str(row[-1])]
                bad = [step for step in steps if _reads_all(step, statement)]
                assert not bad, (statement, steps)

    _with_store(sqlite_url, case)


READ_WHOLE = ("SCAN orders USING INDEX ix_orders_open", "SCAN news USING INDEX", "SCAN anon", "SCAN CONSTANT",
              "SCAN whose", "SCAN spans")  # fmt: skip
"""What is meant to be read whole: every open order, news up to a limit, pages that an index has cut out, and what a query
itself lists."""


def _reads_all(step: str, statement: str) -> bool:
    sorts = "TEMP B-TREE" in step and "UNION ALL" not in statement
    return sorts or (
        step.startswith("SCAN") and not step.startswith(READ_WHOLE) and "CONSTANT ROWS" not in step
    )
