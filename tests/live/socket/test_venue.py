"""A whole venue over WebSocket: what traders do, and what they are told."""

from collections.abc import Iterator
from typing import Any

import pytest

from crossbook.venue.settings import FeedSettings, LimitSettings, VenueSettings
from tests.live.socket.exchange import Exchange, exchange
from tests.unit.doors.socket.stage import Client, order

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    settings = VenueSettings(
        durability="memory",
        feeds=FeedSettings(prices_ms=10, book_ms=10, orderbook_ms=50),
        limits=LimitSettings(orders_per_second=10_000, order_burst=20_000),
    )
    with exchange(tmp_path_factory.mktemp("venue"), settings) as opened:
        yield opened


def until(client: Client, channel: str, condition: Any) -> dict[str, Any]:
    """Read until a message of a channel is as wanted."""
    while True:
        message: dict[str, Any] = client.json()
        if message.get("channel") == channel and condition(message):
            return message


def follow(client: Client, *channels: str) -> dict[str, dict[str, Any]]:
    """Subscribe, and return the snapshots, which may come before the reply or after it."""
    client.send({"op": "subscribe", "id": "follow", "channels": list(channels)})
    snapshots: dict[str, dict[str, Any]] = {}
    replied = False
    while len(snapshots) < len(channels) or not replied:
        message = client.json()
        if message["type"] == "reply":
            assert message["ok"]
            replied = True
        elif message.get("snapshot"):
            snapshots[message["channel"]] = message
    return snapshots


def test_traders_meet_and_are_told_of_it(venue: Exchange) -> None:
    anna, bert = venue.register("anna"), venue.register("bert")
    with (
        venue.client(anna) as buyer,
        venue.client(anna) as told_buyer,
        venue.client(bert) as seller,
        venue.client() as public,
    ):
        follow(told_buyer, "account")
        follow(public, "trades:FUN", "book:FUN", "orderbook:FUN", "prices")
        bought = buyer.ask(order(1, price=90.25, quantity=10, client_order_id="first"))
        assert bought["data"]["status"] == "open"
        again = buyer.ask(order(2, price=90.25, quantity=10, client_order_id="first"))
        assert again["data"] == bought["data"]
        told = until(told_buyer, "account", lambda message: message["type"] == "order")
        assert told["data"]["order"]["order_id"] == bought["data"]["order_id"]
        change = until(public, "book:FUN", lambda message: message["data"]["bids"])
        assert [90.25, 10] in [
            list(row.values()) if isinstance(row, dict) else row for row in change["data"]["bids"]
        ]
        refused = seller.ask(order(3, side="sell", price=90.25, quantity=1))
        assert (refused["id"], refused["error"]["code"]) == (3, "insufficient_position")
        assert seller.ask({"op": "cancel", "id": 4, "order_id": bought["data"]["order_id"]})["error"][
            "code"
        ] == ("unknown_order")
        changed = buyer.ask({"op": "replace", "id": 5, "order_id": bought["data"]["order_id"], "quantity": 4})
        assert changed["data"]["quantity"] == 4
        assert buyer.ask({"op": "cancel_all", "id": 6})["data"]["cancelled"] == 1


def test_orders_of_a_lost_connection_are_cancelled(venue: Exchange) -> None:
    carl = venue.register("carl")
    with venue.client(carl) as lost, venue.client(carl) as kept:
        follow(kept, "account")
        kept.ask(order(0, price=50))
        assert lost.ask({"op": "session", "cancel_on_disconnect": True})["ok"]
        for name in range(20):
            assert lost.ask(order(name, price=60, quantity=1))["ok"]
        lost.close()
        ended: set[str] = set()
        while len(ended) < 20:
            told = until(kept, "account", lambda message: message["type"] == "order")["data"]["order"]
            if told["status"] == "cancelled":
                ended.add(told["order_id"])
        assert kept.ask({"op": "cancel_all", "id": 1})["data"]["cancelled"] == 1


def test_signing_out_closes_the_connections(venue: Exchange) -> None:
    dora = venue.register("dora")
    with venue.client(dora) as by_key, venue.client() as by_token:
        assert by_token.ask({"op": "auth", "token": dora.jwt_token})["ok"]
        who = venue.venue.gate.by_token(dora.jwt_token)
        venue.do(lambda: venue.venue.gate.sign_out(who))
        assert by_token.end()[1] == 1008
        assert by_key.ask({"op": "ping"})["type"] == "pong"
        key = venue.venue.gate.by_api_key(dora.api_key)
        venue.do(lambda: venue.venue.gate.sign_out_everywhere(key))


def test_a_client_that_comes_back_misses_nothing(venue: Exchange) -> None:
    emil = venue.register("emil")
    with venue.client(emil) as client:
        seen = follow(client, "account")["account"]["sequence"]
    with venue.client(emil) as client:
        for name in range(10):
            client.ask(order(name, price=40, quantity=1))
    with venue.client(emil) as client:
        client.send({"op": "subscribe", "channels": ["account"], "resume": {"account": seen}})
        orders = 0
        while orders < 10:
            message = client.json()
            if message["type"] == "reply":
                continue
            assert message["previous"] == seen
            seen = message["sequence"]
            orders += message["type"] == "order"


def test_many_orders_in_flight_are_all_answered_in_their_order(venue: Exchange) -> None:
    fred = venue.register("fred")
    with venue.client(fred) as client:
        for name in range(2_000):
            client.send(order(name, price=1, quantity=1, time_in_force="IOC"))
        assert [client.json()["id"] for _ in range(2_000)] == list(range(2_000))


def test_a_connection_of_one_channel_hears_the_newest_prices(venue: Exchange) -> None:
    with venue.client(path="/ws/prices") as client:
        prices = client.json()
        assert prices["FUN"]["current_price"] == prices["data"]["FUN"]["current_price"] == 100
        assert venue.venue.figures.connections >= 1
