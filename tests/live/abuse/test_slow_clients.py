"""Clients that do not read, hardly write, or do nothing at all: they cost themselves their connection and nobody else anything."""

import json
import resource
import selectors
import socket
import struct
import threading
import time
from pathlib import Path

import pytest

from tests.live.abuse.server import PASSWORD, WAIT_S, Server, until
from tests.unit.doors.socket.stage import Client, masked, order

pytestmark = pytest.mark.slow

SETTINGS = {"durability": "memory", "limits": {"connections_per_address": 5_000}}
SMALL_BUFFER = 4_096
ORDERS = 2_000
"""Orders of which everybody who listens is told twice, that they came and that they ended."""
A_SECOND = 1_000
READERS = 19
IDLE = 1_000
IDLE_BYTES_MAX = 200 << 20
DRIPPING = 40
NEVER_CROSSES = {"price": 1, "quantity": 1, "time_in_force": "IOC"}


class Reader(threading.Thread):
    """Reads the private channel to the order named `end`."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client
        self.chain: list[tuple[int, int]] = []
        self.orders: set[str] = set()

    def run(self) -> None:
        while True:
            frame = self._client.json()
            self.chain.append((frame.get("previous", 0), frame["sequence"]))
            told = frame["data"].get("order")
            if told is not None:
                self.orders.add(told["order_id"])
                if told["client_order_id"] == "end":
                    return


def test_one_that_never_reads_among_twenty_is_disconnected_and_the_others_lose_nothing(venue: Server) -> None:
    person = venue.register()
    readers = [Reader(venue.connect("/ws/account", headers=person.key)) for _ in range(READERS)]
    slow = venue.connect("/ws/account", headers=person.key, receive_buffer=SMALL_BUFFER)
    with venue.trader(person) as driver:
        assert venue.status()["connections"] == READERS + 2
        for reader in readers:
            reader.start()
        for number in range(ORDERS):
            driver.send(order(number, **NEVER_CROSSES))
            time.sleep(1 / A_SECOND)
        replies = [driver.json() for _ in range(ORDERS)]
        assert driver.ask(order("end", price=1, quantity=1, client_order_id="end"))["ok"]
        for reader in readers:
            reader.join(WAIT_S)
            assert not reader.is_alive()
        until(lambda: venue.status()["connections"] == READERS + 1)
        assert driver.ask({"op": "cancel_all", "id": 1})["data"]["cancelled"] == 1
    assert [reply["id"] for reply in replies] == list(range(ORDERS))
    placed = {reply["data"]["order_id"] for reply in replies}
    for reader in readers:
        assert placed <= reader.orders
        assert all(
            after[0] == before[1] for before, after in zip(reader.chain, reader.chain[1:], strict=False)
        )
        assert reader.chain[-1] == readers[0].chain[-1]
        reader._client.close()
    goodbye, code = slow.end()
    # Where it reads too late even for the goodbye, it was cut.
    assert (code, goodbye and goodbye["code"]) in {(1008, "slow_reader"), (None, None), (None, "slow_reader")}
    slow.close()


def test_clients_that_vanish_in_the_middle_of_a_frame_leave_nothing_behind(venue: Server) -> None:
    person = venue.register()
    with venue.unchanged():
        for cut in (1, 3, 7, 40):
            client = venue.trader(person)
            client.socket.sendall(masked(order(1, price=1))[:cut])
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
        until(lambda: venue.status()["connections"] == 0)
        assert venue.open_orders(person) == []


HEADS = {
    "a request": b"POST /api/login HTTP/1.1\r\nhost: venue\r\ncontent-length: 100\r\nx-long: " + b"a" * 200,
    "a handshake": b"GET /ws HTTP/1.1\r\nhost: venue\r\nupgrade: websocket\r\nconnection: upgrade\r\nx: "
    + b"a" * 200,
}


@pytest.mark.parametrize("case", HEADS)
def test_those_who_send_a_byte_now_and_then_are_ended_and_the_others_are_answered(
    venue: Server, case: str
) -> None:
    connections = [venue.raw() for _ in range(DRIPPING)]
    open_still = dict.fromkeys(connections, 0)
    deadline = time.monotonic() + WAIT_S
    try:
        with selectors.DefaultSelector() as ready, venue.trader() as other:
            for connection in connections:
                ready.register(connection, selectors.EVENT_READ)
            while open_still:
                assert time.monotonic() < deadline, "a request may take for ever"
                assert other.ask({"op": "ping", "id": 1})["id"] == 1
                assert venue.http.get("/api/market/tickers").status_code == 200
                for connection, sent in tuple(open_still.items()):
                    try:
                        connection.sendall(HEADS[case][sent : sent + 1])
                        open_still[connection] = sent + 1
                    except OSError:
                        del open_still[connection]
                for key, _ in ready.select(1.0):
                    answer = connection_end(key.fileobj)
                    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")
                    ready.unregister(key.fileobj)
                    open_still.pop(key.fileobj, None)  # type: ignore[call-overload]
    finally:
        for connection in connections:
            connection.close()


def connection_end(connection: object) -> bytes:
    assert isinstance(connection, socket.socket)
    try:
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))
    except OSError:
        return b""


def resident(venue: Server) -> int:
    text = Path(f"/proc/{venue.pid}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0]) * 1_024


def test_a_thousand_idle_sessions_take_little_room_and_slow_nobody(venue: Server) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2 * IDLE:
        if hard < 2 * IDLE:
            pytest.skip("too few files may be open here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (2 * IDLE, hard))
    person, before = venue.register(), resident(venue)
    clients: list[Client] = []
    try:
        for _ in range(IDLE):
            clients.append(venue.connect())
            assert clients[-1].status == 101
        for client in clients:
            client.send({"op": "subscribe", "channels": ["prices", "news", "trades:FUN"]})
        assert venue.status()["connections"] == IDLE
        assert resident(venue) - before < IDLE_BYTES_MAX
        with venue.trader(person) as trader:
            replies = [trader.ask(order(number, **NEVER_CROSSES)) for number in range(100)]
        assert all(reply["ok"] for reply in replies)
    finally:
        for client in clients:
            client.close()
    until(lambda: venue.status()["connections"] == 0)


def test_orders_do_not_wait_for_a_burst_of_log_ins(venue: Server) -> None:
    person = venue.register()
    wanted = {"username": person.username, "password": PASSWORD}
    statuses: list[int] = []

    def log_in() -> None:
        statuses.append(venue.http.post("/api/login", json=wanted).status_code)

    threads = [threading.Thread(target=log_in) for _ in range(60)]
    with venue.trader(person) as trader:
        for thread in threads:
            thread.start()
        until(lambda: statuses)
        for number in range(20):
            assert trader.ask(order(number, **NEVER_CROSSES))["ok"]
        done_meanwhile = len(statuses)
    for thread in threads:
        thread.join(WAIT_S)
    assert done_meanwhile < len(threads), "twenty orders were answered before sixty log-ins were"
    assert set(statuses) <= {200, 503}
    assert len(statuses) == len(threads)


def test_what_is_told_is_read_whole_by_one_who_pauses(venue: Server) -> None:
    person = venue.register()
    with venue.connect("/ws/account", headers=person.key) as listening, venue.trader(person) as driver:
        for number in range(100):
            assert driver.ask(order(number, **NEVER_CROSSES))["ok"]
        last = listening.json()["sequence"]
        ended = 0
        while ended < 100:
            frame = json.loads(listening.frame()[1])
            assert frame["previous"] == last
            last = frame["sequence"]
            ended += frame["data"].get("order", {}).get("status") == "cancelled"
