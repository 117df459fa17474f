"""Desk, sequencer and feeds around the real core: what is asked, answered and told."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from crossbook.venue.answers import CancelledOrder, OrderView, PlacedOrder
from crossbook.venue.instruments import Scale
from crossbook.venue.principal import Principal, Role
from crossbook.venue.refusals import Refused
from crossbook.venue.requests import PlaceOrder, ReplaceOrder
from crossbook.venue.settings import VenueSettings
from crossbook.venue.trading import Trading
from tests.live_trading import Clock, CountingJournal, Listener, open_account, open_trading, settle


def run(case: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(case(), 60))


def order(side: Any, price: str | None, quantity: Any = 10, **more: Any) -> PlaceOrder:
    cents = None if price is None else Decimal(price)
    return PlaceOrder(ticker="FUN", side=side, price=cents, quantity=quantity, **more)


async def placed(trading: Trading, who: Principal, wanted: PlaceOrder) -> PlacedOrder:
    return msgspec.json.decode(await trading.desk.placed(who, wanted), type=PlacedOrder)


async def cancelled(trading: Trading, who: Principal, order_id: str) -> CancelledOrder:
    return msgspec.json.decode(await trading.desk.cancelled(who, order_id), type=CancelledOrder)


async def maker_and_taker() -> tuple[Trading, CountingJournal, Clock, Principal, Principal]:
    trading, journal, clock = await open_trading()
    maker = await open_account(trading, cash=10**9, lots=10_000)
    taker = await open_account(trading, cash=1_000_000)
    return trading, journal, clock, maker, taker


def test_an_order_that_rests_trades_and_is_cancelled_is_answered_each_time() -> None:
    async def case() -> None:
        trading, _, _, maker, taker = await maker_and_taker()
        rests = await placed(trading, maker, order("sell", "100.25", 5))
        assert (rests.status, rests.filled_quantity, rests.trades) == ("open", 0, [])
        taken = await placed(trading, taker, order("buy", "100.50", 8))
        assert (taken.status, taken.filled_quantity, taken.price, taken.quantity) == ("partial", 5, 100.5, 8)
        (trade,) = taken.trades
        assert (trade.price, trade.quantity, trade.buyer_id, trade.seller_id) == (
            100.25, 5, taker.user_id, maker.user_id,
        )  # fmt: skip
        held = trading.looks.portfolio(taker.account)
        # The improvement of the five is refunded at once: only three at 100.50 are in escrow.
        assert (held.escrowed_cash, held.cash) == (301.5, 10_000 - 501.25 - 301.5)
        assert held.total_value == held.cash + held.escrowed_cash + held.holdings[0].value
        ended = await cancelled(trading, taker, taken.order_id)
        assert ended.status == "cancelled"
        assert trading.looks.portfolio(taker.account).cash == 10_000 - 501.25
        assert len(trading.teller) == 0

    run(case)


def test_a_partly_filled_immediate_order_is_cancelled_not_filled() -> None:
    async def case() -> None:
        trading, _, _, maker, taker = await maker_and_taker()
        await placed(trading, maker, order("sell", "100", 4))
        answer = await placed(trading, taker, order("buy", "100", 10, time_in_force="IOC"))
        assert (answer.status, answer.filled_quantity, len(answer.trades)) == ("cancelled", 4, 1)

    run(case)


def test_orders_of_one_batch_answer_for_themselves_only() -> None:
    async def case() -> None:
        trading, _, _, maker, taker = await maker_and_taker()
        answers = await asyncio.gather(
            placed(trading, maker, order("sell", "100", 10)),
            placed(trading, taker, order("buy", "100", 10)),
        )
        assert trading.sequencer.counters.sizes[-1] == 2
        assert (answers[0].status, answers[0].filled_quantity, answers[0].trades) == ("open", 0, [])
        assert (answers[1].status, answers[1].filled_quantity) == ("filled", 10)

    run(case)


def test_a_replaced_order_keeps_its_number_and_its_fills() -> None:
    async def case() -> None:
        trading, _, _, maker, taker = await maker_and_taker()
        first = await placed(trading, maker, order("sell", "100", 10))
        await placed(trading, taker, order("buy", "100", 4))
        request = ReplaceOrder(price=Decimal(101), quantity=12)
        changed = msgspec.json.decode(
            await trading.desk.replaced(maker, first.order_id, request), type=OrderView
        )
        assert (changed.order_id, changed.price, changed.quantity, changed.filled_quantity) == (
            first.order_id, 101, 12, 4,
        )  # fmt: skip
        assert (changed.status, changed.average_price) == ("partial", 100)

    run(case)


def test_the_same_client_order_id_has_one_effect_and_gives_the_first_answer() -> None:
    async def case() -> None:
        trading, journal, _, maker, taker = await maker_and_taker()
        await placed(trading, maker, order("sell", "100", 20))
        wanted = order("buy", "100", 5, client_order_id="mine-1")
        together = await asyncio.gather(*(placed(trading, taker, wanted) for _ in range(3)))
        later = await placed(trading, taker, wanted)
        assert len({answer.order_id for answer in [*together, later]}) == 1
        assert all(answer == together[0] for answer in [*together, later])
        assert trading.looks.portfolio(taker.account).holdings[0].quantity == 5
        assert [payload for _, payload in journal.notes if payload.startswith(b"c")] == [b"cmine-1"]
        # Another account may use the same name.
        other = await open_account(trading)
        assert (await placed(trading, other, wanted)).order_id != later.order_id

    run(case)


def test_a_refused_order_does_not_use_up_its_client_order_id() -> None:
    async def case() -> None:
        trading, _, _, _, taker = await maker_and_taker()
        with pytest.raises(Refused, match="not enough free cash"):
            await placed(trading, taker, order("buy", "100", 10_000, client_order_id="x"))
        answer = await placed(trading, taker, order("buy", "1", 1, client_order_id="x"))
        assert answer.status == "open"

    run(case)


def test_a_note_stands_before_the_order_that_it_names_also_inside_a_batch() -> None:
    async def case() -> None:
        trading, journal, _, maker, taker = await maker_and_taker()
        before = trading.sequencer.exchange.commands
        await asyncio.gather(
            placed(trading, maker, order("sell", "100", 1)),
            placed(trading, taker, order("buy", "90", 1, client_order_id="second")),
            placed(trading, taker, order("buy", "91", 1, client_order_id="third")),
        )
        assert journal.notes[-2:] == [(before + 2, b"csecond"), (before + 3, b"cthird")]

    run(case)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (order("buy", "100.001"), "price_off_tick"),
        (order("buy", "0.004"), "price_off_tick"),
        (order("buy", "0"), "price_out_of_range"),
        (order("buy", "-1"), "price_out_of_range"),
        (order("buy", "1e400"), "price_off_tick"),
        (order("buy", "1e-400"), "price_off_tick"),
        (order("buy", "99999999999999999999"), "price_off_tick"),
        (order("buy", "100001"), "price_out_of_range"),
        (order("buy", "NaN"), "price_out_of_range"),
        (order("buy", "100", 0), "quantity_out_of_range"),
        (order("buy", "100", -5), "quantity_out_of_range"),
        (order("buy", "100", 2**63), "quantity_out_of_range"),
        (order("buy", "100", 2**53 + 1), "quantity_too_large"),
        (order("buy", "100", Decimal("1.5")), "quantity_not_whole"),
        (order("buy", "100", Decimal("1.0")), "quantity_not_whole"),
        (order("buy", None), "price_missing"),
        (order("buy", "100", 1_000), "insufficient_cash"),
        (order("sell", "100", 1), "insufficient_position"),
        (order("buy", None, 1, type="market"), "no_liquidity"),
        (order("buy", "100", 1, stop_price=Decimal(90)), "price_not_allowed"),
        (order("buy", "100", 1, time_in_force="GTD"), "expiry_missing"),
        (order("buy", "100", 1, expires_at=2 * 10**12), "expiry_not_allowed"),
        (order("buy", "100", 1, expires_at=2**62), "expires_at_out_of_range"),
        (order("buy", "100", 5, display_quantity=9), "display_out_of_range"),
        (order("buy", "100", 5, time_in_force="IOC", post_only=True), "incompatible"),
        (PlaceOrder(ticker="NOPE", side="buy", price=Decimal(1), quantity=1), "unknown_ticker"),
    ],
)
def test_what_is_wrong_with_an_order_has_a_name_and_changes_nothing(wanted: PlaceOrder, code: str) -> None:
    async def case() -> None:
        trading, _, _, _, taker = await maker_and_taker()
        state = trading.sequencer.exchange.state_hash()
        with pytest.raises(Refused) as refused:
            await placed(trading, taker, wanted)
        assert (refused.value.code, refused.value.status) == (code, 400)
        assert trading.sequencer.exchange.state_hash() == state

    run(case)


def test_a_whole_quantity_may_be_written_as_text() -> None:
    async def case() -> None:
        trading, _, _, _, taker = await maker_and_taker()
        answer = await placed(trading, taker, order("buy", "1", Decimal(3)))
        assert (answer.quantity, answer.status) == (3, "open")

    run(case)


@pytest.mark.parametrize("name", ["999", "0", "-1", "abc", "1" * 30, "\uff11", ""])
def test_anothers_order_and_none_at_all_answer_alike(name: str) -> None:
    async def case() -> None:
        trading, _, _, maker, taker = await maker_and_taker()
        theirs = await placed(trading, maker, order("sell", "100", 1))
        told = []
        for number in (theirs.order_id, name):
            with pytest.raises(Refused) as refused:
                await cancelled(trading, taker, number)
            told.append((refused.value.code, refused.value.detail, refused.value.status))
        assert told[0] == told[1]
        assert told[0][2] == 404

    run(case)


def test_an_account_over_its_rate_is_refused_and_others_are_not() -> None:
    async def case() -> None:
        limits = {"orders_per_second": 1.0, "order_burst": 3}
        trading, _, _ = await open_trading(VenueSettings.model_validate({"limits": limits}))
        one, two = await open_account(trading), await open_account(trading)
        for _ in range(3):
            await placed(trading, one, order("buy", "1", 1))
        with pytest.raises(Refused) as refused:
            await placed(trading, one, order("buy", "1", 1))
        assert refused.value.status == 429
        await placed(trading, two, order("buy", "1", 1))

    run(case)


def test_nothing_is_told_before_it_is_safe() -> None:
    async def case() -> None:
        trading, journal, _, maker, taker = await maker_and_taker()
        listener = Listener()
        trading.feeds.subscribe(listener, "trades:FUN", None, history=False)
        trading.feeds.subscribe(listener, "account", taker)
        listener.frames.clear()
        journal.safe_at_once = False
        answers: list[Any] = []
        trading.desk.place(maker, order("sell", "100", 5), answers.append)
        trading.desk.place(taker, order("buy", "100", 5), answers.append)
        await settle()
        assert (answers, listener.frames, trading.sequencer.waiting) == ([], [], 2)
        assert trading.markets[1].last == 10_000
        journal.make_safe()
        await settle()
        assert [json.loads(bytes(answer))["status"] for answer in answers] == ["open", "filled"]
        assert [json.loads(frame)["type"] for _, frame, _ in listener.frames] == ["trade", "order", "fill"]
        assert trading.sequencer.waiting == 0

    run(case)


def test_where_durability_is_memory_nobody_waits_for_the_disk() -> None:
    async def case() -> None:
        trading, journal, _ = await open_trading(VenueSettings(durability="memory"))
        journal.safe_at_once = False
        who = await asyncio.wait_for(open_account(trading), 5)
        assert (await placed(trading, who, order("buy", "1", 1))).status == "open"

    run(case)


def test_too_many_waiting_commands_are_busy_and_nothing_is_lost() -> None:
    async def case() -> None:
        limits = {"waiting_commands": 4, "orders_per_second": 1e6, "order_burst": 1000}
        trading, journal, _ = await open_trading(VenueSettings.model_validate({"limits": limits}))
        who = await open_account(trading)
        journal.safe_at_once = False
        answers: list[Any] = []
        for _ in range(6):
            trading.desk.place(who, order("buy", "1", 1), answers.append)
        assert [answer.code for answer in answers] == ["busy", "busy"]
        await settle()
        journal.make_safe()
        await settle()
        assert len(answers) == 6
        assert len(msgspec.json.decode(trading.looks.open_orders(who.account))) == 4

    run(case)


def test_a_full_disk_refuses_orders_and_reads_go_on() -> None:
    async def case() -> None:
        trading, journal, _, _, taker = await maker_and_taker()
        journal.accepts = False
        with pytest.raises(Refused) as refused:
            await placed(trading, taker, order("buy", "1", 1))
        assert (refused.value.code, refused.value.status) == ("storage_full", 503)
        assert trading.looks.portfolio(taker.account).cash == 10_000
        journal.accepts = True
        assert (await placed(trading, taker, order("buy", "1", 1))).status == "open"

    run(case)


def test_a_venue_that_stops_takes_no_orders_and_saves_its_state() -> None:
    async def case() -> None:
        trading, journal, _, _, taker = await maker_and_taker()
        await trading.sequencer.stop()
        assert journal.snapshots == 1
        with pytest.raises(Refused, match="stopping"):
            await placed(trading, taker, order("buy", "1", 1))

    run(case)


def test_time_is_stamped_and_never_goes_back() -> None:
    async def case() -> None:
        trading, _, clock, _, taker = await maker_and_taker()
        await placed(trading, taker, order("buy", "1", 1))
        before = trading.sequencer.exchange.clock_ns
        clock.now_ns -= 3_600_000_000_000
        await asyncio.gather(*(placed(trading, taker, order("buy", "1", 1)) for _ in range(3)))
        assert trading.sequencer.exchange.clock_ns == before + 3

    run(case)


def test_the_leaderboard_counts_escrow_and_leaves_the_house_out() -> None:
    async def case() -> None:
        trading, _, _ = await open_trading()
        rich = await open_account(trading, cash=2_000_000, name="rich")
        poor = await open_account(trading, cash=1_000_000, name="poor")
        await open_account(trading, cash=10**12, role=Role.HOUSE)
        await placed(trading, rich, order("buy", "100", 150))
        await open_account(trading, cash=10**12, role=Role.ADMIN)
        ranking = trading.looks.ranking()
        leaders = ranking.leaders
        assert ranking.ranks == {rich.account: 1, poor.account: 2}
        assert [(leader.rank, leader.username, leader.total_value) for leader in leaders] == [
            (1, "rich", 20_000), (2, "poor", 10_000),
        ]  # fmt: skip

    run(case)


@pytest.mark.parametrize(
    ("written", "cents"), [("1e2", 10_000), ("1.0025E+2", 10_025), ("100.250000", 10_025), ("0.29", 29)]
)
def test_a_price_means_the_same_however_it_is_written(written: str, cents: int) -> None:
    assert Scale("0.01").steps(Decimal(written)) == cents
