"""More orders than the venue can take: the excess is refused by name, nothing is lost or doubled, and then all is as before."""

import threading
from typing import Any

import pytest

from tests.live.abuse.server import Server
from tests.unit.doors.socket.stage import masked, order

pytestmark = pytest.mark.slow

SETTINGS = {"durability": "durable", "limits": {"waiting_commands": 64, "open_orders": 100_000}}
SESSIONS = 4
FLOOD = 2_500
"""Orders of each session, sent without waiting for any answer."""


def wanted(number: int) -> dict[str, Any]:
    return order(number, price=1, quantity=1, client_order_id=f"order-{number}")


def test_the_excess_of_a_flood_is_refused_and_a_repeat_of_it_places_each_order_once(venue: Server) -> None:
    people = [venue.register() for _ in range(SESSIONS)]
    clients = [venue.trader(person) for person in people]
    told: list[list[dict[str, Any]]] = [[] for _ in people]
    flood = b"".join(masked(wanted(number)) for number in range(FLOOD))

    def read(place: int) -> None:
        told[place] = [clients[place].json() for _ in range(FLOOD)]

    threads = [threading.Thread(target=read, args=(place,)) for place in range(SESSIONS)]
    threads += [threading.Thread(target=client.socket.sendall, args=(flood,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    refused = 0
    for person, client, replies in zip(people, clients, told, strict=True):
        assert [reply["id"] for reply in replies if reply["ok"]] == sorted(
            reply["id"] for reply in replies if reply["ok"]
        )
        assert {reply["id"] for reply in replies} == set(range(FLOOD))
        codes = {reply["error"]["code"] for reply in replies if not reply["ok"]}
        assert codes <= {"busy"}
        taken = {reply["id"]: reply["data"]["order_id"] for reply in replies if reply["ok"]}
        refused += FLOOD - len(taken)
        assert {one["order_id"] for one in venue.open_orders(person)} == set(taken.values())
        # Whoever was refused asks again, and so does one who was not; each order is there once.
        for number in range(0, FLOOD, 100):
            again = client.ask(wanted(number))
            assert again["ok"], "the venue is back to normal"
            assert again["data"]["order_id"] == taken.setdefault(number, again["data"]["order_id"])
        assert {one["order_id"] for one in venue.open_orders(person)} == set(taken.values())
        assert client.ask({"op": "cancel_all", "id": 0})["data"]["cancelled"] == len(taken)
        client.close()
    assert refused > 0
    assert venue.status()["waiting"] == 0
