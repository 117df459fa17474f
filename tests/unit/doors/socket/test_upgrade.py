"""What is upgraded, and what is refused before it is."""

import pytest

from crossbook.doors.http.proxies import Proxies
from crossbook.venue.settings import LimitSettings
from tests.unit.doors.socket.stage import ANNA, BERT, COOKIE, Client, masked, opened

LOOPS = ("uvloop", "asyncio")


@pytest.mark.parametrize("loop", LOOPS)
def test_a_client_is_greeted(loop: str) -> None:
    with opened(loop=loop) as stage, stage.client() as client:
        assert client.status == 101
        greeting = client.json()
        assert greeting == {
            "type": "hello",
            "venue": "crossbook",
            "durability": "memory",
            "sequence": 7,
            "epoch": 1_700_000_000_000,
            "protocol": 1,
        }
        assert client.ask({"op": "ping", "id": 1}) == {"type": "pong", "id": 1} | {
            key: value
            for key, value in client.ask({"op": "ping", "id": 1}).items()
            if key not in ("type", "id")
        }


@pytest.mark.parametrize("loop", LOOPS)
def test_messages_in_the_packet_of_the_upgrade_are_not_lost(loop: str) -> None:
    behind = masked({"op": "ping", "id": 1}) + masked({"op": "ping", "id": 2})
    with (
        opened(loop=loop) as stage,
        stage.client(behind=behind + masked({"op": "ping", "id": 3})[:5]) as client,
    ):
        assert client.json()["type"] == "hello"
        assert [client.json()["id"] for _ in range(2)] == [1, 2]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_large_packet_behind_the_upgrade_is_not_lost(loop: str) -> None:
    message = {"op": "ping", "id": 1, "timestamp": 5}
    with opened(loop=loop) as stage, stage.client(behind=masked(message) * 200) as client:
        assert client.json()["type"] == "hello"
        assert [client.json()["timestamp"] for _ in range(200)] == [5] * 200


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/wss", {}, 404, "not_found"),
        ("/", {}, 404, "not_found"),
        ("/api/orders", {}, 404, "not_found"),
        ("/ws/nothing", {}, 404, "not_found"),
        ("/ws/trades:NONE", {}, 404, "not_found"),
        ("/ws/" + "x" * 65, {}, 404, "not_found"),
        ("/ws/%ff", {}, 400, "bad_request"),
        ("/ws?token=abc", {}, 400, "bad_request"),
        ("/ws?API_KEY=abc", {}, 400, "bad_request"),
        ("/ws/prices?access_token=", {}, 400, "bad_request"),
        ("/ws?resume=1", {}, 400, "bad_request"),
        ("/ws/prices?resume=-1", {}, 400, "bad_request"),
        ("/ws/prices?resume=99999999999999999999999", {}, 400, "bad_request"),
        ("/ws/prices?colour=red", {}, 400, "bad_request"),
        ("/ws", {"Sec-WebSocket-Version": "12"}, 426, "bad_request"),
        ("/ws", {"Sec-WebSocket-Version": ""}, 426, "bad_request"),
        ("/ws", {"Sec-WebSocket-Key": "short"}, 400, "bad_request"),
        ("/ws", {"Sec-WebSocket-Key": ""}, 400, "bad_request"),
        (
            "/ws",
            {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==, AAAAAAAAAAAAAAAAAAAAAA=="},
            400,
            "bad_request",
        ),
        ("/ws", {"X-API-Key": "wrong"}, 401, "not_signed_in"),
        ("/ws", {"Authorization": "Bearer wrong"}, 401, "not_signed_in"),
        ("/ws/account", {"Authorization": "Bearer wrong"}, 401, "not_signed_in"),
        ("/ws", {"Authorization": "Basic YTpi"}, 401, "not_signed_in"),
        ("/ws", {"Authorization": "Bearer anna-token", "X-API-Key": "bert-key"}, 401, "not_signed_in"),
        ("/ws", {"X-API-Key": "k" * 5_000}, 401, "not_signed_in"),
        ("/ws", {"X-Long": "x" * 20_000}, 431, "head_too_large"),
    ],
)
def test_a_bad_request_is_refused_with_a_status(
    path: str, headers: dict[str, str], status: int, code: str
) -> None:
    with opened() as stage, stage.client(path, headers=headers) as client:
        assert (client.status, client.body["code"]) == (status, code)
        assert client.body["detail"]
        assert "abc" not in client.body["detail"]
        stage.until(lambda: not stage.server.server_state.connections)
        assert stage.call(lambda: stage.door.connections) == 0


def test_other_requests_are_still_the_applications() -> None:
    with opened() as stage, Client(stage.port, upgrade=False) as client:
        client.socket.sendall(b"GET / HTTP/1.1\r\nHost: venue\r\n\r\n")
        client.read_head()
        assert (client.status, client.body) == (200, b"page")
        client.socket.sendall(b"nonsense\r\n\r\n")
        client._data = b""
        client.read_head()
        assert client.status == 400


@pytest.mark.parametrize(
    "header",
    [{"X-API-Key": "anna-key"}, {"Authorization": "bearer anna-token"}, {"Authorization": "Bearer ms_anna"}],
)
def test_a_header_signs_in(header: dict[str, str]) -> None:
    with opened() as stage, stage.client("/ws/account", headers=header) as client:
        assert client.json()["channel"] == "account"


HERE = "http://venue"


def cookie(key: str = "anna-token") -> dict[str, str]:
    """Return the header by which a browser is signed in."""
    return {"Cookie": f"other=1; {COOKIE}={key}"}


def test_a_cookie_signs_in_a_page_of_ours() -> None:
    with opened() as stage, stage.client("/ws/account", headers={**cookie(), "Origin": HERE}) as client:
        assert client.json()["channel"] == "account"
        assert stage.call(lambda: {session.who for session in stage.door._inside}) == {ANNA}


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "http://venue:8080", "http://venue.evil.test", "null", ""]
)
def test_a_foreign_page_opens_nothing_with_its_visitors_cookie(origin: str) -> None:
    for path in ("/ws", "/ws/prices", "/ws/account"):
        headers = {**cookie(), "Origin": origin}
        with opened() as stage, stage.client(path, headers=headers) as client:
            assert (client.status, client.body["code"]) == (403, "forbidden")
            assert stage.call(lambda: stage.door.connections) == 0


def test_a_cookie_that_is_over_is_nobody() -> None:
    for text in ("nobodys-token", "", "a" * 5_000):
        with opened() as stage, stage.client(headers={**cookie(text), "Origin": HERE}) as client:
            assert client.json()["type"] == "hello"
            assert stage.call(lambda: {session.who for session in stage.door._inside}) == {None}


def test_without_the_cookie_any_page_may_see_what_is_public() -> None:
    headers = {"Origin": "http://evil.test", "Cookie": "other=anna-token"}
    with opened() as stage, stage.client("/ws/prices", headers=headers) as client:
        assert client.json()["channel"] == "prices"


def test_a_header_counts_and_the_cookie_beside_it_does_not() -> None:
    with opened() as stage:
        for origin in ("", "http://evil.test"):
            headers = {**cookie(), "X-API-Key": "bert-key", "Origin": origin}
            with stage.client("/ws/account", headers=headers) as client:
                assert client.json()["channel"] == "account"
                assert stage.call(lambda: {session.who for session in stage.door._inside}) == {BERT}
            stage.until(lambda: stage.door.connections == 0)
        with stage.client(headers={**cookie(), "X-API-Key": "wrong", "Origin": HERE}) as client:
            assert client.status == 401


def test_behind_a_trusted_proxy_the_page_is_the_one_that_people_see() -> None:
    shown = {**cookie(), "Origin": "https://shown.test", "X-Forwarded-Host": "shown.test"}
    for proxies, status in ((Proxies(["127.0.0.1"]), 101), (Proxies(), 403)):
        with opened(proxies=proxies) as stage, stage.client(headers=shown) as client:
            assert client.status == status


def test_the_root_path_of_a_proxy_may_stand_before_the_path() -> None:
    with opened(root_path="/exchange") as stage:
        for path in ("/exchange/ws", "/ws"):
            with stage.client(path) as client:
                assert client.json()["type"] == "hello"
        with stage.client("/exchangews") as client:
            assert client.status == 404


def test_connections_of_an_address_are_limited_and_others_come_in() -> None:
    with opened(LimitSettings(connections_per_address=2), proxies=Proxies(["127.0.0.1"])) as stage:
        anna = {"X-Forwarded-For": "10.0.0.1, 127.0.0.1"}
        with stage.client(headers=anna) as first, stage.client(headers=anna) as second:
            assert (first.status, second.status) == (101, 101)
            with stage.client(headers=anna) as third:
                assert (third.status, third.body["code"]) == (429, "rate_limited")
            with stage.client(headers={"X-Forwarded-For": "10.0.0.2"}) as other:
                assert other.status == 101
            first.close()
            stage.until(lambda: stage.door.connections == 1)
            with stage.client(headers=anna) as third:
                assert third.status == 101
                assert second.ask({"op": "ping"})["type"] == "pong"


def test_a_forwarded_address_counts_only_from_a_trusted_proxy() -> None:
    with (
        opened(LimitSettings(connections_per_address=1), proxies=Proxies(["10.9.9.9"])) as stage,
        stage.client(headers={"X-Forwarded-For": "10.0.0.1"}) as first,
        stage.client(headers={"X-Forwarded-For": "10.0.0.2"}) as second,
    ):
        assert (first.status, second.status) == (101, 429)


def test_connections_in_all_are_limited() -> None:
    with opened(LimitSettings(connections=1)) as stage, stage.client() as first:
        assert first.status == 101
        with stage.client() as second:
            assert (second.status, second.body["code"]) == (503, "busy")
        assert first.json()["type"] == "hello"


@pytest.mark.parametrize("loop", LOOPS)
def test_a_venue_that_stops_says_goodbye(loop: str) -> None:
    with opened(loop=loop) as stage:
        clients = [stage.client(), stage.client("/ws/prices")]
        clients[0].json()
    for client in clients:
        goodbye, code = client.end()
        assert (goodbye["code"], code) == ("closing", 1012)
        client.close()


def test_a_connection_that_sends_no_request_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crossbook.doors.http.protocol.WHOLE_REQUEST_S", 0.05)
    with opened() as stage, Client(stage.port, upgrade=False) as client:
        client.socket.sendall(b"GET /ws HTTP/1.1\r\nHost: ve")
        client.read_head()
        assert client.status == 408
