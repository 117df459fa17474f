"""How connections end, and what is done for those that are gone."""

import struct
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from crossbook.doors.socket import SocketPace
from tests.unit.doors.socket.stage import ANNA, BERT, CLOSE, HOLDERS, PING, PONG, Client, opened, order


def test_signing_out_closes_the_connections_of_that_sign_in() -> None:
    with opened() as stage, stage.trader() as first, stage.client("/ws/account") as second:
        second.ask({"op": "auth", "api_key": "anna-key"})
        with stage.trader("bert-key") as other, stage.client() as stranger:
            stranger.json()
            stage.call(lambda: stage.door.ended("key:1"))
            for client in (first, second):
                goodbye, code = client.end()
                assert (goodbye["code"], code) == ("session_over", 1008)
            assert other.ask({"op": "ping", "id": 1})["id"] == 1
            assert stranger.ask({"op": "ping", "id": 1})["id"] == 1
        stage.until(lambda: stage.door.connections == 0)
        assert not stage.door._signed_in
        assert not stage.door._addresses


def test_shutting_somebody_out_closes_all_his_connections() -> None:
    with opened() as stage, stage.trader() as client, stage.trader("bert-key") as other:
        stage.call(lambda: stage.door.ended("user:u1"))
        assert client.end()[1] == 1008
        assert other.ask({"op": "ping"})["type"] == "pong"


def test_the_end_of_a_token_is_the_end_of_its_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [1_000.0]
    monkeypatch.setattr("crossbook.doors.socket.door.time", lambda: now_s[0])
    monkeypatch.setitem(HOLDERS, "over-key", replace(ANNA, session="token:1", expires_s=1_001))
    monkeypatch.setitem(HOLDERS, "lasts-key", replace(BERT, session="token:2", expires_s=1_002))
    headers = {"Authorization": "Bearer over-token"}
    with (
        opened(pace=SocketPace(tick_seconds=0.05)) as stage,
        stage.trader("lasts-key") as other,
        stage.trader() as keyed,
        stage.client() as by_message,
        stage.client(headers=headers) as by_header,
    ):
        assert by_message.json()["type"] == by_header.json()["type"] == "hello"
        assert by_message.ask({"op": "auth", "id": 1, "token": "over-token"})["ok"]
        assert by_header.ask(order())["ok"]
        now_s[0] = 1_001.0
        for client in (by_message, by_header):
            goodbye, code = client.end()
            assert (goodbye["code"], code) == ("session_over", 1008)
        for client in (other, keyed):
            assert client.ask({"op": "ping", "id": 1})["id"] == 1


def _close(client: Client) -> None:
    client.send(struct.pack(">H", 1000), CLOSE)


def _hang_up(client: Client) -> None:
    client.close()


def _crash(client: Client) -> None:
    client.socket.setsockopt(1, 13, struct.pack("ii", 1, 0))
    client.close()


def _break_the_protocol(client: Client) -> None:
    client.socket.sendall(b"\xff\xff\xff\xff")


@pytest.mark.parametrize("end", [_close, _hang_up, _crash, _break_the_protocol])
def test_orders_of_a_connection_are_cancelled_with_it(end: Callable[[Client], None]) -> None:
    with opened() as stage, stage.trader() as client, stage.trader() as other:
        kept = other.ask(order())["data"]["order_id"]
        before = client.ask(order())["data"]["order_id"]
        assert client.ask({"op": "session", "id": 1, "cancel_on_disconnect": True})["data"] == {
            "cancel_on_disconnect": True
        }
        mine = [client.ask(order())["data"]["order_id"] for _ in range(10)]
        client.ask({"op": "cancel", "id": 1, "order_id": mine.pop()})
        stage.desk.busy = 7
        end(client)
        stage.until(lambda: set(stage.desk.open) == {kept, before})
        assert len(stage.desk.cancelled) == 10


def test_orders_stay_where_nothing_else_was_said() -> None:
    with opened() as stage, stage.trader() as client, stage.trader() as other:
        client.ask(order())
        client.ask({"op": "session", "cancel_on_disconnect": True})
        client.ask({"op": "session", "cancel_on_disconnect": False})
        client.close()
        stage.until(lambda: stage.door.connections == 1)
        assert other.ask({"op": "ping"})["type"] == "pong"
        assert len(stage.desk.open) == 1


def test_an_order_that_is_answered_after_its_connection_is_cancelled_too() -> None:
    with opened() as stage, stage.trader() as client:
        client.ask({"op": "session", "cancel_on_disconnect": True})
        stage.desk.silent = True
        client.send(order())
        stage.until(lambda: len(stage.desk.unanswered) == 1)
        _crash(client)
        stage.until(lambda: not stage.server.server_state.connections)
        assert len(stage.desk.open) == 1
        stage.call(stage.desk.unanswered[0])
        assert not stage.desk.open


def test_a_venue_that_stops_cancels_for_those_who_want_it() -> None:
    with opened() as stage:
        client = stage.trader()
        client.ask({"op": "session", "cancel_on_disconnect": True})
        client.ask(order())
    assert client.end()[1] == 1012
    client.close()
    assert not stage.desk.open


def test_ended_orders_are_forgotten() -> None:
    with opened() as stage, stage.trader() as client:
        client.ask({"op": "session", "cancel_on_disconnect": True})
        limit = 2 * stage.door.limits.open_orders
        for name in range(limit):
            client.ask(order(name))
        assert len(stage.desk.open) == limit
        stage.call(stage.desk.open.clear)
        client.ask(order(limit))
        stage.until(lambda: len(next(iter(stage.door._inside)).placed) == 1)


def test_an_idle_client_is_pinged_and_one_that_does_not_answer_is_cut() -> None:
    pace = SocketPace(idle_seconds=0.2, tick_seconds=0.05)
    with opened(pace=pace) as stage, stage.client("/ws/prices") as alive, stage.client("/ws/prices") as dead:
        alive.json()
        start = time.monotonic()
        while time.monotonic() < start + 1.0:
            kind, payload = alive.frame()
            assert kind == PING
            alive.send(payload, PONG)
        stage.until(lambda: stage.door.connections == 1)
        assert dead.rest()[1] is None
        stage.say("prices")
        while alive.frame()[0] == PING:
            pass


def test_one_that_does_not_answer_a_close_is_cut() -> None:
    with opened() as stage, stage.trader() as client:
        stage.call(lambda: stage.door.ended("key:1"))
        stage.until(lambda: not stage.server.server_state.connections)
        assert client.end()[1] == 1008


def test_a_client_that_froze_is_cut_with_all_that_waits_for_it() -> None:
    pace = SocketPace(idle_seconds=0.1, tick_seconds=0.05)
    with opened(pace=pace) as stage, stage.trader(receive_buffer=4_096) as client:
        client.ask({"op": "subscribe", "channels": ["news"]})
        stage.say("news", times=100, padding=10_000)
        client.socket.sendall(b"\xff\xff\xff\xff")
        stage.until(lambda: not stage.server.server_state.connections)
        assert stage.call(lambda: stage.door.connections) == 0


def test_nothing_is_left_of_connections_that_ended() -> None:
    with opened() as stage:
        for _ in range(20):
            with stage.trader() as client:
                client.ask({"op": "subscribe", "channels": ["account", "prices", "news"]})
            stage.until(lambda: stage.door.connections == 0)
        assert not any(stage.feeds.listeners.values())
        assert not stage.door._signed_in
        assert stage.counted == [1, 0] * 20
