import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from crossbook.client import Frame, KeptBook, Refused, State, Stream, StreamSettings, Unavailable
from crossbook.core import UsageError
from tests.small_venue import SmallVenue, until, venue

QUICK = StreamSettings(first_wait_s=0.01, longest_wait_s=0.05, heartbeat_s=5.0, answer_s=5.0)


def stream(small: SmallVenue, user: str | None = "a", settings: StreamSettings = QUICK) -> Stream:
    return Stream(small.url, api_key=f"key-{user}" if user else None, settings=settings)


def run(work: Callable[[], Any]) -> None:
    asyncio.run(work())


def test_an_order_that_is_placed_is_answered_and_seen_on_the_account() -> None:
    async def work() -> None:
        async with venue() as small, stream(small) as own, own.messages("account") as messages:
            first = await messages.next(5)
            assert first.snapshot
            assert first.plain["orders"] == []

            placed = await own.place("FUN", "buy", 3, "99.50", client_order_id="mine")

            assert placed.status == "open"
            assert (placed.quantity, placed.price) == (Decimal(3), Decimal("99.5"))
            told = await messages.next(5)
            assert told.plain["order"]["client_order_id"] == "mine"
            changed = await own.replace(placed.order_id, price="99.75")
            assert changed.price == Decimal("99.75")
            assert (await own.cancel(placed.order_id)).status == "cancelled"
            assert (await own.cancel_all()).cancelled == 0
            assert own.counters.round_trip_s() is not None

    run(work)


def test_a_refusal_carries_the_code_of_the_venue() -> None:
    async def work() -> None:
        async with venue() as small, stream(small) as own:
            with pytest.raises(Refused) as refused:
                await own.place("FUN", "buy", 501, 1)
            assert refused.value.code == "quantity_too_large"
            with pytest.raises(Refused, match="unknown_order"):
                await own.cancel("77")

    run(work)


def test_a_key_that_the_venue_does_not_know_ends_the_stream() -> None:
    async def work() -> None:
        async with venue() as small:
            own = Stream(small.url, api_key="wrong", settings=QUICK)
            with pytest.raises(Refused, match="not_signed_in"):
                await own.start(30)
            assert own.state is State.CLOSED

    run(work)


def test_a_venue_that_is_not_there_is_tried_as_long_as_was_asked() -> None:
    async def work() -> None:
        async with venue() as small:
            url = small.url
        own = Stream(url, settings=QUICK)
        with pytest.raises(Unavailable, match="unreachable"):
            await own.start(0.2)
        assert own.counters.reconnects > 0

    run(work)


def test_a_stream_comes_back_after_the_venue_and_misses_and_repeats_nothing() -> None:
    async def work() -> None:
        async with venue() as small, stream(small, None) as public, stream(small) as own:
            seen: list[int] = []
            public.listen(
                ["trades:FUN"], lambda frame: None if frame.snapshot else seen.append(frame.sequence)
            )
            book = public.book("FUN")
            await until(lambda: book.complete)
            small.place("b", {"ticker": "FUN", "side": "sell", "price": 100.0, "quantity": 50})
            await own.place("FUN", "buy", 1, 100)
            await until(lambda: len(seen) == 1)
            await small.close()
            # Who is away misses this.
            for _ in range(3):
                small.place("c", {"ticker": "FUN", "side": "buy", "price": 100.0, "quantity": 1})
            await small.open()
            await public.live(5)
            await own.live(5)
            await own.place("FUN", "buy", 1, 100)
            await until(lambda: len(seen) == 5)
            assert seen == [sequence for _, sequence, _ in small.channels["trades:FUN"].kept]
            await until(lambda: book.best_ask == (Decimal("100.0"), Decimal(45)))
            assert (public.counters.reconnects >= 1, public.counters.gaps) == (True, 0)

    run(work)


def test_after_a_restart_that_forgot_everything_a_snapshot_takes_the_place_of_what_is_missing() -> None:
    async def work() -> None:
        async with venue() as small, stream(small, None) as public:
            book = public.book("FUN")
            await until(lambda: book.complete)
            small.place("b", {"ticker": "FUN", "side": "sell", "price": 100.0, "quantity": 50})
            await until(lambda: book.best_ask)
            await small.close()
            small.cancel("b", "1")
            small.place("b", {"ticker": "FUN", "side": "buy", "price": 98.0, "quantity": 5})
            for channel in small.channels.values():
                channel.kept.clear()
            await small.open()
            await until(lambda: book.best_bid == (Decimal(98), Decimal(5)))
            assert book.asks() == []

    run(work)


def test_a_gap_is_seen_at_the_next_message_and_filled() -> None:
    async def work() -> None:
        async with venue() as small, stream(small, None) as public:
            book = KeptBook[int](int, int)
            seen: list[int] = []

            def take(frame: Frame) -> None:
                seen.append(frame.sequence)
                book.take(frame)

            public.listen(["book:FUN"], take)
            await until(lambda: seen)
            small.place("b", {"ticker": "FUN", "side": "sell", "price": 101.0, "quantity": 1})
            await until(lambda: book.best_ask)
            small.skip = 1
            small.place("b", {"ticker": "FUN", "side": "sell", "price": 102.0, "quantity": 2})
            small.place("b", {"ticker": "FUN", "side": "sell", "price": 103.0, "quantity": 3})
            await until(lambda: book.asks() == [(101, 1), (102, 2), (103, 3)])
            assert public.counters.gaps == 1
            assert public.counters.reconnects == 0
            assert len(seen) == len(set(seen))

    run(work)


def test_what_comes_twice_is_told_once() -> None:
    async def work() -> None:
        async with venue() as small, stream(small, None) as public:
            small.duplicate = True
            seen: list[int] = []
            public.listen(["book:FUN"], lambda frame: seen.append(frame.sequence))
            await until(lambda: seen)
            for price in (101.0, 102.0, 103.0):
                small.place("b", {"ticker": "FUN", "side": "sell", "price": price, "quantity": 1})
            await until(lambda: public.counters.duplicates == 3)
            assert seen == [0, 1, 2, 3]

    run(work)


def test_an_order_whose_answer_is_lost_has_one_effect_and_is_answered() -> None:
    async def work() -> None:
        async with venue() as small, stream(small) as own:
            small.swallow = 2
            placed = await own.place("FUN", "buy", 3, 99)
            assert placed.status == "open"
            assert len(small.placed) == 1
            assert len([said for said in small.says if said["op"] == "place"]) == 3
            small.swallow = 1
            assert (await own.replace(placed.order_id, price=98)).price == 98

    run(work)


def test_a_cancel_of_everything_whose_answer_is_lost_is_not_sent_again() -> None:
    async def work() -> None:
        async with venue() as small, stream(small) as own:
            small.swallow = 1
            with pytest.raises(Unavailable, match="unanswered"):
                await own.cancel_all()
            assert len([said for said in small.says if said["op"] == "cancel_all"]) == 1

    run(work)


def test_a_venue_that_falls_silent_is_stale_and_then_left() -> None:
    async def work() -> None:
        settings = StreamSettings(first_wait_s=0.01, longest_wait_s=0.05, heartbeat_s=0.05, connect_s=0.2)
        async with venue() as small:
            own = stream(small, "a", settings)
            states: list[State] = []
            own.watch(states.append)
            async with own:
                small.deaf = True
                await until(lambda: State.CONNECTING in states)
                small.deaf = False
                await own.live(5)
            assert states[:3] == [State.LIVE, State.STALE, State.CONNECTING]
            assert states[-1] is State.CLOSED

    run(work)


def test_a_reader_who_is_too_slow_is_told_and_begins_anew() -> None:
    async def work() -> None:
        async with venue() as small, stream(small, None) as public:
            messages = public.messages("book:FUN", most=2)
            await messages.next(5)
            for price in range(101, 111):
                small.place("b", {"ticker": "FUN", "side": "sell", "price": float(price), "quantity": 1})
            await until(lambda: public.counters.overflows)
            with pytest.raises(Unavailable, match="overflow"):
                await messages.next(5)
            again = await messages.next(5)
            assert again.snapshot
            assert len(again.plain["asks"]) == 10

    run(work)


def fail(_: Frame) -> None:
    raise ArithmeticError("on purpose")


def test_a_handler_that_fails_leaves_the_others_and_the_stream_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def work() -> None:
        async with venue() as small, stream(small, None) as public:
            public.listen(["book:FUN"], fail)
            book = public.book("FUN")
            await until(lambda: book.complete)
            assert public.counters.reconnects == 0
        assert caplog.records

    run(work)


def test_requests_wait_for_a_stream_that_is_coming_back_and_for_no_longer_than_was_set() -> None:
    async def work() -> None:
        settings = StreamSettings(first_wait_s=0.01, longest_wait_s=0.05, answer_s=0.3)
        async with venue() as small, stream(small, "a", settings) as own:
            await small.close()
            await until(lambda: own.state is State.CONNECTING)
            with pytest.raises(Unavailable, match="unreachable"):
                await own.place("FUN", "buy", 1, 1)
            await small.open()
            assert (await own.place("FUN", "buy", 1, 1)).status == "open"

    run(work)


def test_a_channel_that_nobody_knows_is_refused_at_once_or_ends_the_stream() -> None:
    async def work() -> None:
        async with venue() as small:
            own = stream(small)
            own.listen(["trades:NONE"], lambda _: None)
            with pytest.raises(Refused, match="not_found"):
                await own.start(30)

    run(work)


@pytest.mark.parametrize(
    "arguments",
    [
        {"url": "ftp://x"},
        {"url": "http://me:secret@x"},
        {"url": "http://x?api_key=1"},
        {"url": "nonsense"},
        {"api_key": "a", "token": "b"},
    ],
)
def test_a_stream_refuses_addresses_and_credentials_that_make_no_sense(arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Stream(**arguments)


def test_a_stream_shows_nobody_its_key() -> None:
    assert "secret" not in repr(Stream(api_key="secret"))
