import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from crossbook.client import BlockingStream, Refused, State, Unavailable
from crossbook.core import UsageError
from tests.small_venue import SmallVenue


@contextmanager
def venue() -> Iterator[SmallVenue]:
    """Run a small venue in a loop and a thread of its own."""
    loop, small = asyncio.new_event_loop(), SmallVenue()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(small.open(), loop).result(60)
    try:
        yield small
    finally:
        asyncio.run_coroutine_threadsafe(small.close(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.close()


def test_a_script_trades_and_reads_messages_without_an_event_loop() -> None:
    with venue() as small, BlockingStream(small.url, api_key="key-a") as stream:
        messages = stream.messages("account", within_s=5)
        assert next(messages).snapshot
        placed = stream.place("FUN", "buy", 2, "99.5")
        assert next(messages).plain["order"]["order_id"] == placed.order_id
        assert stream.replace(placed.order_id, quantity=3).quantity == 3
        assert stream.cancel(placed.order_id).status == "cancelled"
        assert stream.cancel_all().cancelled == 0
        with pytest.raises(Refused):
            stream.cancel(placed.order_id)
        assert stream.state is State.LIVE
        assert stream.counters.messages > 0


def test_an_iterator_ends_when_nothing_comes_in_time() -> None:
    with venue() as small, BlockingStream(small.url) as stream:
        assert len(list(stream.messages("book:FUN", within_s=0.1))) == 1


def test_a_stream_that_is_not_open_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="with"):
        BlockingStream().cancel("1")


def test_a_venue_that_is_not_there_leaves_no_thread() -> None:
    with venue() as small:
        url = small.url
    before = threading.active_count()
    with pytest.raises(Unavailable), BlockingStream(url, within_s=0.1):
        pass
    assert threading.active_count() == before
