"""Each limit, hit: who goes over it is told so, and nobody else notices."""

import threading

import httpx
import pytest

from tests.live.abuse.server import OTHER_HOST, PASSWORD, Server, until
from tests.unit.doors.socket.stage import PING, Client, masked, order

pytestmark = pytest.mark.slow

SETTINGS = {
    "limits": {
        "orders_per_second": 0.01,
        "order_burst": 12,
        "open_orders": 8,
        "connections_per_address": 12,
        "subscriptions": 4,
        "message_bytes": 2_048,
        "page_rows": 5,
        "failed_logins_per_minute": 10,
        "order_quantity": 1_000,
    }
}

FLOOD = 20_000
"""Messages, twice as many as a connection may send at once, and no more than are refused before it is ended."""


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_orders_of_an_account_over_its_rate_are_refused_on_both_doors_together(venue: Server) -> None:
    one, other = venue.register(), venue.register()
    wanted = {"ticker": "FUN", "side": "buy", "price": 50, "quantity": 1, "time_in_force": "IOC"}
    for _ in range(6):
        assert venue.http.post("/api/orders", json=wanted, headers=one.key).status_code == 200
    with venue.trader(one) as client:
        replies = [client.ask(order(name, price=50, time_in_force="IOC")) for name in range(10)]
    told = [reply["ok"] or reply["error"]["code"] for reply in replies]
    assert told == [True] * 6 + ["rate_limited"] * 4
    refused = venue.http.post("/api/orders", json=wanted, headers=one.key)
    assert code_of(refused) == (429, "rate_limited")
    assert venue.http.post("/api/orders", json=wanted, headers=other.key).status_code == 200
    assert venue.http.get("/api/portfolio", headers=one.key).status_code == 200


def test_open_orders_of_an_account_are_bounded(venue: Server) -> None:
    one, other = venue.register(), venue.register()
    wanted = {"ticker": "FUN", "side": "buy", "price": 1, "quantity": 1}
    answers = [venue.http.post("/api/orders", json=wanted, headers=one.key) for _ in range(9)]
    assert [answer.status_code for answer in answers] == [200] * 8 + [400]
    assert answers[-1].json()["code"] == "too_many_open_orders"
    assert len(venue.open_orders(one)) == 8
    assert venue.http.post("/api/orders", json=wanted, headers=other.key).status_code == 200
    assert venue.http.delete("/api/orders", headers=one.key).json()["cancelled"] == 8
    assert venue.http.post("/api/orders", json=wanted, headers=one.key).status_code == 200


def test_an_order_beyond_the_largest_quantity_is_refused(venue: Server) -> None:
    one = venue.register()
    with venue.unchanged():
        wanted = {"ticker": "PUMP", "side": "buy", "price": "0.01", "quantity": 1_001}
        refused = venue.http.post("/api/orders", json=wanted, headers=one.key)
        assert code_of(refused) == (400, "order_above_limit")
    assert venue.place(one, price="0.01", quantity=1_000)["status"] == "open"


def test_connections_of_an_address_are_bounded_and_another_address_comes_in(venue: Server) -> None:
    fresh: list[Client] = []
    try:
        while not fresh or fresh[-1].status == 101:
            fresh.append(venue.connect())
            assert len(fresh) <= SETTINGS["limits"]["connections_per_address"] + 1
        assert fresh[-1].status == 429
        assert fresh[-1].body["code"] == "rate_limited"
        elsewhere = Client(venue.port, upgrade=False)
        elsewhere.close()
        elsewhere.socket = venue.raw(OTHER_HOST)
        elsewhere.upgrade("/ws", {})
        assert elsewhere.status == 101
        assert elsewhere.json()["type"] == "hello"
        elsewhere.close()
        assert fresh[0].json()["type"] == "hello"
        assert fresh[0].ask({"op": "ping", "id": 1})["id"] == 1
    finally:
        for client in fresh:
            client.close()
    until(lambda: venue.status()["connections"] == 0)
    with venue.trader() as client:
        assert client.ask({"op": "ping", "id": 2})["id"] == 2


def test_subscriptions_of_a_connection_are_bounded(venue: Server) -> None:
    channels = ["prices", "news", "trades:FUN", "book:FUN"]
    with venue.trader() as client, venue.trader() as other:
        assert client.ask({"op": "subscribe", "channels": channels})["ok"]
        refused = client.ask({"op": "subscribe", "channels": ["book:MEME"]})
        assert refused["error"]["code"] == "too_many_subscriptions"
        assert other.ask({"op": "subscribe", "channels": ["book:MEME"]})["ok"]


@pytest.mark.parametrize("path", ["/api/orders", "/api/login", "/api/keys"])
def test_a_body_over_the_limit_is_refused_before_it_is_read(venue: Server, path: str) -> None:
    one = venue.register()
    with venue.unchanged():
        refused = venue.http.post(path, content=b"{" + b" " * 2_048, headers=one.key)
        assert code_of(refused) == (413, "too_large")
        chunks = (b" " * 512 for _ in range(5))
        assert venue.http.post(path, content=chunks, headers=one.key).status_code == 413


def test_a_message_over_the_limit_ends_its_connection_alone(venue: Server) -> None:
    with venue.trader() as client, venue.trader() as other:
        client.send(b'{"op":"ping","id":1}' + b" " * 2_029)
        goodbye, code = client.end()
        assert (code, goodbye is None or goodbye["code"] == "too_large") == (1009, True)
        assert other.ask({"op": "ping", "id": 1})["id"] == 1


@pytest.mark.parametrize("path", ["/api/orders", "/api/trades", "/api/market/FUN/trades", "/api/admin/users"])
def test_a_page_is_no_longer_than_the_limit(venue: Server, path: str) -> None:
    headers = venue.boss if "admin" in path else venue.register().key
    assert venue.http.get(path, params={"limit": 5}, headers=headers).status_code == 200
    assert venue.http.get(path, params={"limit": 6}, headers=headers).status_code == 422
    assert venue.http.get(path, headers=headers).status_code == 200


def test_ten_failed_log_ins_of_a_name_then_429_whoever_asks_and_other_names_come_in(venue: Server) -> None:
    one, other = venue.register(), venue.register()

    def log_in(name: str, password: str, client: httpx.Client) -> tuple[int, str]:
        answer = client.post("/api/login", json={"username": name, "password": password})
        return answer.status_code, answer.json().get("code", "")

    with venue.elsewhere() as elsewhere:
        told = [log_in(one.username, "wrong-password", elsewhere) for _ in range(12)]
        assert told == [(401, "not_signed_in")] * 10 + [(429, "rate_limited")] * 2
        assert log_in(one.username, PASSWORD, elsewhere)[0] == 429
    assert log_in(other.username, PASSWORD, venue.http)[0] == 200
    assert venue.http.get("/api/me", headers=one.bearer).status_code == 200


def test_an_unknown_name_and_a_wrong_password_answer_alike(venue: Server) -> None:
    one = venue.register()
    answers = [
        venue.http.post("/api/login", json={"username": name, "password": "wrong-password"})
        for name in (one.username, "nobody-at-all")
    ]
    assert answers[0].status_code == answers[1].status_code == 401
    assert answers[0].content == answers[1].content


def test_a_flood_of_pings_ends_its_connection_alone(venue: Server) -> None:
    with venue.trader() as client, venue.trader() as other:
        client.socket.sendall(masked(b"", PING) * 200)
        goodbye, code = client.end()
        assert (goodbye["code"], code) == ("rate_limited", 1008)
        assert other.ask({"op": "ping", "id": 1})["id"] == 1


def test_of_a_flood_of_messages_each_is_answered_or_refused_and_another_is_answered(venue: Server) -> None:
    flood = masked({"op": "ping"}) * FLOOD
    with venue.trader() as client, venue.trader() as other:
        sending = threading.Thread(target=client.socket.sendall, args=(flood,))
        sending.start()
        told = [client.json() for _ in range(FLOOD // 2)]
        assert other.ask({"op": "ping", "id": 1})["id"] == 1
        told += [client.json() for _ in range(FLOOD - FLOOD // 2)]
        sending.join()
        codes = {message.get("error", {}).get("code", message["type"]) for message in told}
        assert "pong" in codes
        assert codes <= {"pong", "rate_limited"}
