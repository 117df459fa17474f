"""The channels: snapshots, increments, gaps, resuming, and who may hear what."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from crossbook.core import CommandKind
from crossbook.venue.principal import Principal
from crossbook.venue.refusals import Refused
from crossbook.venue.requests import PlaceOrder
from crossbook.venue.sequencer import record
from crossbook.venue.settings import VenueSettings
from crossbook.venue.trading import Trading
from tests.live_trading import CountingJournal, Listener, open_account, open_trading

LOOSE = {"orders_per_second": 1e6, "order_burst": 10**6}


def run(case: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(case(), 60))


def frames(listener: Listener, channel: str | None = None) -> list[dict[str, Any]]:
    return [json.loads(frame) for name, frame, _ in listener.frames if channel in (None, name)]


async def place(trading: Trading, who: Principal, side: Any, price: str, quantity: int = 1) -> Any:
    request = PlaceOrder(ticker="FUN", side=side, price=Decimal(price), quantity=quantity)
    return json.loads(bytes(await trading.desk.placed(who, request)))


def test_a_trade_is_told_in_an_envelope_with_its_keys_bare_beside() -> None:
    async def case() -> None:
        trading, _, _ = await open_trading()
        who, other = await open_account(trading, lots=10), await open_account(trading)
        listener = Listener()
        trading.feeds.subscribe(listener, "trades:FUN", None, history=False)
        assert listener.frames == []
        await place(trading, who, "sell", "100.25", 3)
        await place(trading, other, "buy", "100.25", 3)
        (frame,) = frames(listener)
        assert frame["data"] == {key: frame[key] for key in frame["data"]}
        assert (frame["type"], frame["ticker"], frame["price"], frame["quantity"], frame["side"]) == (
            "trade", "FUN", 100.25, 3, "buy",
        )  # fmt: skip
        assert frame["trade_id"] == str(frame["sequence"])

    run(case)


def test_prices_come_as_a_map_of_tickers_beside_the_envelope() -> None:
    async def case() -> None:
        trading, _, _ = await open_trading()
        listener = Listener()
        trading.feeds.subscribe(listener, "prices", None)
        (frame,) = frames(listener)
        assert frame["type"] == "prices"
        assert frame["FUN"]["current_price"] == frame["data"]["FUN"]["current_price"] == 100
        assert set(frame["data"]) == {"FUN", "MEME", "YOLO", "HODL", "PUMP"}
        trading.feeds.tick_prices()
        listener.frames.clear()
        trading.feeds.tick_prices()
        assert listener.frames == []
        await place(trading, await open_account(trading), "buy", "99.99")
        trading.feeds.tick_prices()
        assert frames(listener)[-1]["FUN"]["best_bid"] == 99.99

    run(case)


def test_the_order_book_speaks_at_once_then_every_half_second_and_tells_the_end_of_a_burst() -> None:
    async def case() -> None:
        trading, _, clock = await open_trading()
        who = await open_account(trading)
        listener = Listener()
        trading.feeds.subscribe(listener, "orderbook:FUN", None)
        assert frames(listener)[0]["bids"] == []
        now = clock.now_ns
        for cents in range(20):
            await place(trading, who, "buy", f"99.{cents:02}")
            trading.feeds.tick_books(now + cents * 50_000_000)
        trading.feeds.tick_books(now + 2_000_000_000)
        trading.feeds.tick_books(now + 4_000_000_000)
        told = frames(listener)
        assert len(told) == 1 + 2 + 1
        assert told[-1]["bids"][0] == {"price": 99.19, "quantity": 1}
        assert len(told[-1]["data"]["bids"]) == 20

    run(case)


def test_a_book_kept_from_snapshot_and_increments_equals_the_exchanges_for_who_comes_at_any_time() -> None:
    async def case() -> None:
        settings = VenueSettings.model_validate({"limits": LOOSE, "feeds": {"book_levels": 1000}})
        trading, _, _ = await open_trading(settings)
        who, other = (
            await open_account(trading, cash=10**9, lots=10**5),
            await open_account(trading, cash=10**9, lots=10**5),
        )
        listeners: list[tuple[Listener, dict[str, Any]]] = []
        draw = random.Random(7)
        for step in range(400):
            if step % 40 == 0:
                listener = Listener()
                trading.feeds.subscribe(listener, "book:FUN", None)
                listeners.append((listener, {"bids": {}, "asks": {}, "last": 0, "used": 0}))
            trader = draw.choice((who, other))
            side = draw.choice(("buy", "sell"))
            await place(trading, trader, side, f"{100 + draw.randint(-50, 50) / 100:.2f}", draw.randint(1, 9))
            if draw.random() < 0.3:
                trading.feeds.tick_books(step)
        trading.feeds.tick_books(10**6)
        exact = trading.books.look(1, 1000)
        for listener, book in listeners:
            for frame in frames(listener):
                assert frame.get("snapshot", False) or frame["previous"] == book["last"]
                book["last"] = frame["sequence"]
                for side in ("bids", "asks"):
                    if frame.get("snapshot"):
                        book[side] = {}
                    for price, quantity in frame["data"][side]:
                        if quantity:
                            book[side][round(price * 100)] = quantity
                        else:
                            del book[side][round(price * 100)]
            assert book["bids"] == exact.bids
            assert book["asks"] == exact.asks

    run(case)


def test_who_comes_back_gets_what_he_missed_or_a_snapshot() -> None:
    async def case() -> None:
        settings = VenueSettings.model_validate({"limits": LOOSE, "feeds": {"kept_messages": 5}})
        trading, _, _ = await open_trading(settings)
        who, other = await open_account(trading, lots=1000), await open_account(trading)
        first = Listener()
        trading.feeds.subscribe(first, "trades:FUN", None, history=False)

        async def trade() -> None:
            await place(trading, who, "sell", "100")
            await place(trading, other, "buy", "100")

        for _ in range(3):
            await trade()
        seen = frames(first)[0]["sequence"]
        back = Listener()
        trading.feeds.subscribe(back, "trades:FUN", None, seen)
        assert frames(back) == frames(first)[1:]
        for _ in range(6):
            await trade()
        late = Listener()
        trading.feeds.subscribe(late, "trades:FUN", None, seen)
        (snapshot,) = frames(late)
        assert snapshot["snapshot"]
        assert snapshot["sequence"] == frames(first)[-1]["sequence"]
        assert len(snapshot["data"]["trades"]) == 9
        sequences = [frame["sequence"] for frame in frames(first)]
        assert [frame["previous"] for frame in frames(first)][1:] == sequences[:-1]

    run(case)


def test_an_owner_hears_of_his_own_orders_in_an_unbroken_row_and_others_do_not() -> None:
    async def case() -> None:
        trading, _, _ = await open_trading()
        who, other = await open_account(trading, lots=100), await open_account(trading)
        mine, theirs = Listener(), Listener()
        trading.feeds.subscribe(mine, "account", who)
        trading.feeds.subscribe(theirs, "account", other)
        placed = await place(trading, who, "sell", "100", 5)
        await place(trading, other, "buy", "100", 2)
        await trading.desk.cancelled(who, placed["order_id"])
        trading.feeds.tick_balances()
        told = frames(mine)
        assert [frame["type"] for frame in told] == ["account", "order", "fill", "order", "balance"]
        assert [frame["previous"] for frame in told][1:] == [frame["sequence"] for frame in told][:-1]
        fill = told[2]["data"]
        assert (fill["fill"]["liquidity"], fill["fill"]["quantity"], fill["order"]["filled_quantity"]) == (
            "maker",
            2,
            2,
        )
        assert told[3]["data"]["order"]["status"] == "cancelled"
        assert told[3]["data"]["order"]["reason"] == "by_owner"
        assert told[4]["data"]["balance"]["cash"] == 10_200
        assert [frame["type"] for frame in frames(theirs)] == ["account", "order", "fill", "balance"]
        again = Listener()
        trading.feeds.subscribe(again, "account", who, told[1]["sequence"])
        assert frames(again) == told[2:]

    run(case)


@pytest.mark.parametrize("name", ["nothing", "trades:", "trades:NOPE", "prices:FUN", "", "account:1", "book"])
def test_an_unknown_channel_is_refused(name: str) -> None:
    async def case() -> None:
        trading, _, _ = await open_trading()
        with pytest.raises(Refused) as refused:
            trading.feeds.subscribe(Listener(), name, None)
        assert refused.value.status == 404

    run(case)


def test_nobody_hears_of_an_account_without_signing_in() -> None:
    async def case() -> None:
        trading, _, _ = await open_trading()
        with pytest.raises(Refused) as refused:
            trading.feeds.subscribe(Listener(), "account", None)
        assert refused.value.status == 401

    run(case)


def test_who_leaves_hears_nothing_more() -> None:
    async def case() -> None:
        trading, _, _ = await open_trading()
        who = await open_account(trading)
        listener = Listener()
        for name in ("prices", "book:FUN", "account"):
            trading.feeds.subscribe(listener, name, who)
        trading.feeds.unsubscribe(listener, "book:FUN", who)
        trading.feeds.leave(listener)
        listener.frames.clear()
        await place(trading, who, "buy", "99")
        trading.feeds.tick_prices()
        trading.feeds.tick_books(10**18)
        trading.feeds.tick_balances()
        assert listener.frames == []

    run(case)


def test_who_leaves_before_his_snapshot_is_safe_hears_nothing() -> None:
    async def case() -> None:
        trading, journal, _ = await open_trading(journal=CountingJournal(safe_at_once=False))
        gone, stays = Listener(), Listener()
        trading.sequencer.add(record(CommandKind.OPEN_ACCOUNT, 0), lambda _: None)
        for channel in ("prices", "book:FUN", "orderbook:FUN"):
            trading.feeds.subscribe(gone, channel, None)
            trading.feeds.subscribe(stays, channel, None)
        assert gone.frames == stays.frames == []
        trading.feeds.leave(gone)
        await asyncio.sleep(0)
        journal.make_safe()
        while len(stays.frames) < 3:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.001)
        assert gone.frames == []
        assert all(gone not in channel.listeners for channel in trading.feeds._channels.values())

    run(case)
