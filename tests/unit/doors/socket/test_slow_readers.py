"""What happens to a client that does not read, and what does not happen to the others."""

import asyncio
import json
import selectors
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from crossbook.doors.socket.session import Session
from crossbook.venue.settings import LimitSettings
from tests.unit.doors.socket.stage import Client, Stage, masked, opened, order

SMALL_BUFFER = 4_096


def listening(stage: Stage, *channels: str, receive_buffer: int | None = None) -> Client:
    """Return a client that listens to channels and has read all that was sent."""
    client = stage.trader(receive_buffer=receive_buffer)
    client.send({"op": "subscribe", "channels": channels})
    for _ in channels:
        assert client.json()["snapshot"]
    assert client.json()["ok"]
    return client


def session_of(stage: Stage) -> Session:
    (session,) = stage.door._inside
    return session


def stuff(stage: Stage) -> Session:
    """Send the only client so much in one turn that the kernel does not take it."""
    session = session_of(stage)
    stage.say("news", times=100, padding=10_000)
    stage.until(lambda: session.waits_to_send)
    return session


@contextmanager
def reading(clients: list[Client]) -> Iterator[Counter[int]]:
    """Read from clients in another thread and count what each of them is told."""
    heard: Counter[int] = Counter()
    over = threading.Event()

    def read() -> None:
        with selectors.DefaultSelector() as ready:
            for number, client in enumerate(clients):
                ready.register(client.socket, selectors.EVENT_READ, number)
            while not over.is_set():
                for key, _ in ready.select(0.02):
                    client = clients[key.data]
                    client._more()
                    while len(client._data) > 4 and len(client._data) >= 4 + (
                        size := int.from_bytes(client._data[2:4])
                    ):
                        number = json.loads(client._data[4 : 4 + size])["sequence"]
                        assert number == heard[key.data] + 1
                        heard[key.data] = number
                        client._data = client._data[4 + size :]

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield heard
    finally:
        over.set()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_one_that_never_reads_among_twenty_is_disconnected_and_the_others_lose_nothing(loop: str) -> None:
    with opened(loop=loop) as stage:
        clients = [listening(stage, "news") for _ in range(19)]
        slow = listening(stage, "news", receive_buffer=SMALL_BUFFER)
        gone_after = 0

        async def say_a_thousand_a_second() -> None:
            nonlocal gone_after
            for said in range(2_000):
                stage.feeds.say("news", kept=True, padding=400)
                if not gone_after and stage.door.connections == 19:
                    gone_after = said
                await asyncio.sleep(0.001)

        with reading(clients) as heard:
            asyncio.run_coroutine_threadsafe(say_a_thousand_a_second(), stage._loop).result(60)
            stage.until(lambda: min(heard[number] for number in range(19)) == 2_000)
        assert 256 < gone_after < 2_000
        stage.until(lambda: len(stage.server.server_state.connections) == 19)
        assert slow.rest()[1] in (None, 1008)
        for client in [*clients, slow]:
            client.close()


@pytest.mark.parametrize(
    ("limits", "padding"), [(LimitSettings(), 0), (LimitSettings(queued_bytes=100_000), 5_000)]
)
def test_a_bound_disconnects_with_a_reason(limits: LimitSettings, padding: int) -> None:
    with opened(limits) as stage, listening(stage, "news", receive_buffer=SMALL_BUFFER) as client:
        session = stuff(stage)
        for _ in range(300):
            stage.say("news", padding=padding)
            assert stage.call(lambda: session.waits) <= limits.queued_messages
            if stage.call(lambda: stage.door.connections) == 0:
                break
        goodbye, code = client.end()
        assert (goodbye["code"], code) == ("slow_reader", 1008)


def test_nothing_more_is_read_of_one_that_does_not_read() -> None:
    with opened() as stage, listening(stage, "news", receive_buffer=SMALL_BUFFER) as client:
        session = stuff(stage)
        sent = 10_000
        orders = b"".join(masked(order(name)) for name in range(sent))
        sending = threading.Thread(target=client.socket.sendall, args=(orders,))
        sending.start()
        sending.join(0.3)
        assert stage.call(lambda: len(stage.desk.open)) < sent
        assert stage.call(lambda: session.waits) < 2_000
        for _ in range(100):
            assert client.json()["channel"] == "news"
        assert [client.json()["id"] for _ in range(sent)] == list(range(sent))
        sending.join()


def test_a_client_that_hangs_up_without_reading_is_noticed() -> None:
    with opened() as stage, listening(stage, "news", receive_buffer=SMALL_BUFFER) as client:
        stuff(stage)
        client.close()
        stage.until(lambda: stage.door.connections == 0)


def test_answers_that_wait_are_bounded_in_bytes() -> None:
    limits = LimitSettings(queued_bytes=10_000)
    with opened(limits) as stage, listening(stage, "news", receive_buffer=SMALL_BUFFER) as client:
        stage.desk.silent = True
        for name in range(300):
            client.send(order(name))
        stage.until(lambda: len(stage.desk.unanswered) == 300)
        session = stuff(stage)
        stage.call(lambda: [answer() for answer in stage.desk.unanswered])
        assert session.waits == 0
        assert client.end()[0]["code"] == "slow_reader"


def test_one_that_does_not_even_read_the_goodbye_is_cut() -> None:
    with opened() as stage, listening(stage, "news", receive_buffer=SMALL_BUFFER) as client:
        stuff(stage)
        stage.say("news", times=300)
        assert stage.call(lambda: stage.door.connections) == 0
        stage.until(lambda: not stage.server.server_state.connections)
        assert client.rest()[1] is None


def test_prices_conflate_to_the_newest_and_nothing_else_is_lost() -> None:
    with (
        opened() as stage,
        listening(stage, "news", "prices", "orderbook:FUN", receive_buffer=SMALL_BUFFER) as client,
    ):
        session = stuff(stage)
        for _ in range(50):
            stage.say("prices", kept=False, times=20)
            stage.say("orderbook:FUN", kept=False, times=20)
        stage.say("news")
        assert stage.call(lambda: session.waits) == 3
        heard = [client.json() for _ in range(103)]
        assert [frame["sequence"] for frame in heard if frame["channel"] == "news"] == list(range(1, 102))
        assert [frame["sequence"] for frame in heard[101:]] == [1_000, 1_000]
        stage.say("prices", kept=False)
        assert client.json()["sequence"] == 1_001


def test_a_book_with_a_gap_begins_anew() -> None:
    with opened() as stage, listening(stage, "news", "book:FUN", receive_buffer=SMALL_BUFFER) as client:
        session = stuff(stage)
        stage.say("book:FUN", kept=False, times=5_000)
        assert stage.call(lambda: session.waits) == 1
        for _ in range(100):
            assert client.json()["channel"] == "news"
        snapshot = client.json()
        assert (snapshot["channel"], snapshot["snapshot"], snapshot["sequence"]) == ("book:FUN", True, 5_000)
        stage.say("book:FUN", kept=False)
        assert client.json()["previous"] == 5_000


def test_what_was_left_is_not_told_when_the_client_reads_again() -> None:
    with (
        opened() as stage,
        listening(stage, "news", "prices", "book:FUN", receive_buffer=SMALL_BUFFER) as client,
    ):
        session = stuff(stage)
        stage.say("prices", kept=False)
        stage.say("book:FUN", kept=False)
        stage.call(lambda: session.unfollow("prices"))
        stage.call(lambda: session.unfollow("book:FUN"))
        assert stage.call(lambda: session.waits) == 0
        for _ in range(100):
            client.json()
        assert client.ask({"op": "unsubscribe", "channels": ["prices"]})["data"] == {"channels": ["news"]}


def test_a_burst_in_one_turn_reaches_one_that_reads() -> None:
    with opened() as stage, listening(stage, "news") as client:
        stage.say("news", times=5_000)
        assert [client.json()["sequence"] for _ in range(5_000)] == list(range(1, 5_001))
