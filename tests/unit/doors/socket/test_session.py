"""What is said on a connection, and what is answered."""

import time
from collections.abc import Iterator

import pytest

from tests.unit.doors.socket.stage import Stage, opened, order


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with opened() as stage:
        yield stage


def test_an_order_is_answered_with_its_id(stage: Stage) -> None:
    with stage.trader() as client:
        for name in (7, "seven", "s" * 64, -(2**53) + 1, 0):
            reply = client.ask(order(name))
            assert (reply["type"], reply["id"], reply["ok"]) == ("reply", name, True)
            assert (reply["data"]["status"], reply["data"]["price"]) == ("open", 100.5)
            assert set(reply) == {"type", "id", "ok", "data"}


def test_an_order_is_changed_and_cancelled(stage: Stage) -> None:
    with stage.trader() as client:
        order_id = client.ask(order())["data"]["order_id"]
        changed = client.ask({"op": "replace", "id": 2, "order_id": order_id, "price": 99.5, "quantity": 3})
        assert (changed["data"]["price"], changed["data"]["quantity"]) == (99.5, 3)
        assert client.ask({"op": "cancel", "id": 3, "order_id": order_id})["data"]["status"] == "cancelled"
        again = client.ask({"op": "cancel", "id": 4, "order_id": order_id})
        assert (again["ok"], again["error"]["code"]) == (False, "unknown_order")
        client.ask(order())
        assert client.ask({"op": "cancel_all", "id": 5, "ticker": "FUN"})["data"]["cancelled"] >= 1
        assert client.ask({"op": "cancel_all", "id": 6})["data"]["cancelled"] == 0


def test_a_refused_order_leaves_the_connection_as_it_is(stage: Stage) -> None:
    with stage.trader() as client:
        refused = client.ask(order(1, ticker="NONE"))
        assert refused == {
            "type": "reply",
            "id": 1,
            "ok": False,
            "error": {"detail": "there is no instrument 'NONE'", "code": "unknown_ticker"},
        }
        assert client.ask(order(2))["ok"]


@pytest.mark.parametrize("ticker", ["DEFECT", "BROKEN"])
def test_a_defect_of_ours_is_answered_and_hurts_nobody(stage: Stage, ticker: str) -> None:
    with stage.trader() as client, stage.trader("bert-key") as other:
        refused = client.ask(order(5, ticker=ticker))
        assert (refused["id"], refused["error"]["code"]) == (5, "internal")
        assert client.ask(order(6))["ok"]
        assert other.ask(order(7))["ok"]


@pytest.mark.parametrize(
    "message",
    [
        order(1),
        {"op": "cancel", "id": 1, "order_id": "1"},
        {"op": "cancel_all", "id": 1},
        {"op": "replace", "id": 1, "order_id": "1", "quantity": 1},
        {"op": "session", "id": 1, "cancel_on_disconnect": True},
        {"op": "subscribe", "id": 1, "channels": ["account"]},
    ],
)
def test_what_needs_a_sign_in_is_refused_without_one(stage: Stage, message: dict[str, object]) -> None:
    with stage.client() as client:
        client.json()
        assert client.ask(message)["error"]["code"] == "not_signed_in"
        assert client.ask({"op": "auth", "api_key": "anna-key"})["data"] == {
            "user_id": "u1",
            "username": "anna",
        }
        assert client.ask(message).get("error", {}).get("code") != "not_signed_in"


def test_a_bad_credential_ends_the_connection(stage: Stage) -> None:
    for path in ("/ws", "/ws/account"):
        with stage.client(path) as client:
            if path == "/ws":
                client.json()
            assert (
                client.ask({"op": "auth", "id": 1, "token": "nonsense"})["error"]["code"] == "not_signed_in"
            )
            goodbye, code = client.end()
            assert (goodbye["code"], code) == ("not_signed_in", 1008)


def test_a_connection_keeps_its_account(stage: Stage) -> None:
    with stage.trader() as client:
        assert client.ask({"op": "auth", "api_key": "bert-key"})["error"]["code"] == "forbidden"
        assert client.ask({"op": "auth", "token": "anna-token"})["ok"]
        assert client.ask({"op": "auth", "token": "a", "api_key": "b"})["error"]["code"] == "malformed"
        assert client.ask({"op": "auth"})["error"]["code"] == "malformed"


def test_times_are_told_to_those_who_send_theirs(stage: Stage) -> None:
    with stage.trader() as client:
        before = time.time_ns() // 1_000
        for message in (
            order(1),
            order(1, ticker="NONE"),
            {"op": "ping", "id": 1},
            {"op": "unsubscribe", "channels": ["news"]},
        ):
            reply = client.ask(message | {"timestamp": 12.5})
            assert reply["timestamp"] == 12.5
            assert before <= reply["received_us"] <= reply["sent_us"] <= time.time_ns() // 1_000


def test_channels_are_heard_until_they_are_left(stage: Stage) -> None:
    with stage.trader() as client:
        client.send({"op": "subscribe", "id": 1, "channels": ["trades:FUN", "prices", "prices"]})
        assert [client.json()["channel"] for _ in range(2)] == ["trades:FUN", "prices"]
        assert client.json()["data"] == {"channels": ["prices", "trades:FUN"]}
        stage.say("trades:FUN")
        stage.say("prices", kept=False)
        assert [client.json()["channel"] for _ in range(2)] == ["trades:FUN", "prices"]
        assert client.ask({"op": "unsubscribe", "channels": ["trades:FUN", "news"]})["data"] == {
            "channels": ["prices"]
        }
        stage.say("trades:FUN")
        stage.say("prices", kept=False)
        assert client.json()["channel"] == "prices"


def test_a_channel_that_is_subscribed_again_begins_anew(stage: Stage) -> None:
    with stage.client() as client:
        client.json()
        for _ in range(2):
            client.send({"op": "subscribe", "channels": ["prices"]})
            assert client.json()["snapshot"]
            assert client.json()["ok"]
        stage.say("prices", kept=False)
        stage.say("news")
        assert client.json()["channel"] == "prices"
        assert client.ask({"op": "ping"})["type"] == "pong"


def test_an_unknown_channel_refuses_the_whole_message(stage: Stage) -> None:
    with stage.client() as client:
        client.json()
        refused = client.ask({"op": "subscribe", "id": 1, "channels": ["news", "trades:NONE"]})
        assert (refused["id"], refused["error"]["code"]) == (1, "not_found")
        stage.say("news")
        assert client.ask({"op": "unsubscribe", "channels": ["prices"]})["data"] == {"channels": []}


def test_a_client_resumes_where_it_was(stage: Stage) -> None:
    with stage.client() as client:
        client.json()
        client.send({"op": "subscribe", "channels": ["trades:FUN"]})
        seen = client.json()["sequence"]
        client.json()
    stage.say("trades:FUN", times=5)
    with stage.client() as client:
        client.json()
        client.send({"op": "subscribe", "channels": ["trades:FUN"], "resume": {"trades:FUN": seen}})
        missed = [client.json() for _ in range(5)]
        assert [frame["sequence"] for frame in missed] == list(range(seen + 1, seen + 6))
        assert [frame["previous"] for frame in missed] == list(range(seen, seen + 5))
        assert client.json()["ok"]
        refused = client.ask({"op": "subscribe", "channels": ["news"], "resume": {"prices": 1}})
        assert refused["error"]["code"] == "malformed"
    with stage.client(f"/ws/trades:FUN?resume={seen + 3}") as client:
        assert [client.json()["sequence"] for _ in range(2)] == [seen + 4, seen + 5]


def test_more_than_may_wait_is_replayed_to_who_resumes(stage: Stage) -> None:
    stage.say("news", times=3_000, padding=200)
    with stage.client("/ws/news?resume=0", receive_buffer=4_096) as client:
        numbers = [client.json()["sequence"] for _ in range(3_000)]
        assert numbers == list(range(1, 3_001))


def test_a_connection_of_one_channel_takes_nothing_else(stage: Stage) -> None:
    with stage.client("/ws/trades%3AFUN", headers={"X-API-Key": "anna-key"}) as client:
        assert client.json()["channel"] == "trades:FUN"
        for message in (order(1), {"op": "subscribe", "id": 1, "channels": ["prices"]}):
            assert client.ask(message)["error"]["code"] == "wrong_connection"
        assert client.ask({"op": "ping", "id": 2})["type"] == "pong"


def test_the_private_channel_begins_with_the_sign_in(stage: Stage) -> None:
    with stage.client("/ws/account") as client, stage.client("/ws/account") as other:
        for listener, token in ((client, "anna-token"), (other, "bert-token")):
            listener.send({"op": "auth", "id": 1, "token": token})
            assert listener.json()["ok"]
            assert listener.json()["snapshot"]
        stage.say("account of 1")
        assert client.json()["channel"] == "account"
        assert other.ask({"op": "ping"})["type"] == "pong"


def test_two_connections_of_one_account_both_hear_of_it(stage: Stage) -> None:
    with stage.trader() as first, stage.trader() as second:
        for client in (first, second):
            client.send({"op": "subscribe", "channels": ["account"]})
            assert client.json()["channel"] == "account"
            assert client.json()["ok"]
        stage.say("account of 1", times=2)
        heard = [[client.json()["sequence"] for _ in range(2)] for client in (first, second)]
        assert heard[0] == heard[1]
        order_id = first.ask(order())["data"]["order_id"]
        assert second.ask({"op": "cancel", "id": 1, "order_id": order_id})["ok"]


def test_messages_of_one_turn_arrive_in_their_order(stage: Stage) -> None:
    with stage.trader() as client:
        client.socket.sendall(b"")
        for name in range(500):
            client.send(order(name))
        assert [client.json()["id"] for _ in range(500)] == list(range(500))
