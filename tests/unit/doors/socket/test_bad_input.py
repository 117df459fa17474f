"""Bytes that no client should send: each has a named refusal, and changes nothing for anybody else."""

import json
import os
import random
import struct
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from crossbook.doors.socket import SocketPace
from crossbook.venue.settings import LimitSettings
from tests.unit.doors.socket.stage import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    Client,
    Closed,
    Stage,
    masked,
    opened,
    order,
)

CONTINUATION = 0


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with opened() as stage:
        yield stage


@pytest.fixture
def client(stage: Stage) -> Iterator[Client]:
    """A connection; another one, which is open all the time, must notice nothing."""
    placed = len(stage.desk.open)
    with stage.trader("bert-key") as other, stage.trader() as client:
        yield client
        assert other.ask({"op": "ping", "id": 1})["id"] == 1
        assert len(stage.desk.open) == placed


PLACE = '{"op":"place","id":1,"ticker":"FUN","side":"buy","price":100.5,"quantity":'


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (b"", None),
        (b"\0", None),
        (b"ping", None),
        (b"null", None),
        (b"[]", None),
        (b'"op"', None),
        (b"{}", None),
        (b"\xef\xbb\xbf" + b'{"op":"ping"}', None),
        (b'{"op":"ping"}\0', None),
        (b'{"op":"ping"} {"op":"ping"}', None),
        (b'{"op":"dance","id":1}', 1),
        (b'{"op":7,"id":1}', 1),
        (b'{"op":"ping","id":1,"colour":"red"}', 1),
        (b'{"op":"ping","id":true}', None),
        (b'{"op":"ping","id":1.5}', None),
        (b'{"op":"ping","id":9007199254740992}', None),
        (b'{"op":"ping","id":"%b"}' % (b"x" * 65), None),
        (b'{"op":"ping","id":{}}', None),
        (b'{"op":"ping","timestamp":1e400,"id":1}', 1),
        (b'{"op":"ping","timestamp":NaN}', None),
        (b'{"op":"ping","id":1,"id":2}', 2),
        (b'{"op":"ping","id":1,"i\\u0064":2}', 2),
        (b'{"op":"subscribe","channels":["prices"],"resume":{"prices":1,"prices":2}}', None),
        (b'{"op":"subscribe","channels":[]}', None),
        (b'{"op":"subscribe","channels":[""]}', None),
        (b'{"op":"subscribe","channels":["%b"]}' % (b"x" * 65), None),
        (b'{"op":"subscribe","channels":"prices"}', None),
        (b'{"op":"subscribe","channels":["prices"],"resume":{"prices":-1}}', None),
        (b'{"op":"subscribe","channels":[%b"prices"]}' % (b'"prices",' * 256), None),
        (b"[" * 16_000, None),
        (b'{"op":"ping","id":' + b"[" * 16_000, None),
        (b'{"op":"cancel","id":1}', 1),
        (b'{"op":"cancel","id":1,"order_id":1}', 1),
        (b'{"op":"cancel","order_id":"1"}', None),
        (b'{"op":"replace","id":1,"order_id":"1","side":"sell"}', 1),
        (b'{"op":"session","id":1,"cancel_on_disconnect":1}', 1),
        (b'{"op":"auth","id":1,"token":""}', 1),
        (b'{"op":"auth","id":1,"token":"%b"}' % (b"x" * 5_000), 1),
        ((PLACE + '10,"quantity":10}').encode(), 1),
        ((PLACE + '10,"quantity" :10}').encode(), 1),
        ((PLACE + "true}").encode(), 1),
        ((PLACE + "NaN}").encode(), None),
        ((PLACE + "1e400}").encode(), 1),
        ((PLACE + "1e999999999}").encode(), 1),
        ((PLACE + '"NaN"}').encode(), 1),
        ((PLACE + '"1e5"}').encode(), 1),
        ((PLACE + "9223372036854775808}").encode(), 1),
        ((PLACE + "-" + "9" * 400 + "}").encode(), 1),
        ((PLACE + "[]}").encode(), 1),
        ((PLACE + "}").encode(), None),
        ((PLACE + '1,"expires_at":9223372036854775808}').encode(), 1),
        ((PLACE + '1,"post_only":1}').encode(), 1),
        ((PLACE + '1,"type":"peg"}').encode(), 1),
        ((PLACE + '1,"client_order_id":"<script>"}').encode(), 1),
        ((PLACE + '1,"client_order_id":"\\u001b[31m"}').encode(), 1),
        (PLACE.replace("100.5", "Infinity").encode() + b"1}", None),
        (PLACE.replace("100.5", "1e4000").encode() + b"1}", 1),
        (PLACE.replace("100.5", '"100.5\\u0000"').encode() + b"1}", 1),
        (PLACE.replace('"side":"buy",', "").encode() + b"1}", 1),
        (PLACE.replace('"id":1,', "").encode() + b"1}", None),
    ],
)
def test_a_malformed_message_is_refused_by_name(client: Client, payload: bytes, name: int | None) -> None:
    refused = client.ask(payload)
    assert (refused["id"], refused["ok"], refused["error"]["code"]) == (name, False, "malformed")
    assert 0 < len(refused["error"]["detail"]) <= 300
    assert client.ask({"op": "ping", "id": 2})["id"] == 2


@pytest.mark.parametrize("payload", [b"\xff", b'{"op":"ping","id":"\xed\xa0\x80"}', b'{"op":"pi\xc0\x80ng"}'])
def test_bytes_that_are_not_text_end_the_connection(client: Client, payload: bytes) -> None:
    client.send(payload)
    assert client.end()[1] == 1007


def test_a_message_of_the_largest_size_is_read(client: Client) -> None:
    message = json.dumps({"op": "ping", "id": 1}).encode()
    assert client.ask(message + b" " * (16_384 - len(message)))["id"] == 1


def test_a_byte_more_ends_the_connection(client: Client) -> None:
    client.send(b'{"op":"ping"}' + b" " * (16_385 - 13))
    assert client.end()[1] == 1009


def test_fragments_are_joined(client: Client) -> None:
    message = json.dumps({"op": "ping", "id": "grüße"}, ensure_ascii=False).encode()
    parts = [message[place : place + 1] for place in range(len(message))]
    client.send(parts[0], fin=False)
    for place, part in enumerate(parts[1:-1]):
        client.send(part, CONTINUATION, fin=False)
        if place == 3:
            client.send(b"between", PING)
            assert client.frame() == (PONG, b"between")
    client.send(b"", CONTINUATION, fin=False)
    client.send(parts[-1], CONTINUATION)
    assert client.json()["id"] == "grüße"
    client.send({"op": "ping", "id": 1})
    assert client.json()["id"] == 1


def test_fragments_are_limited_together(client: Client) -> None:
    client.send(b" " * 16_000, fin=False)
    client.send(b" " * 384, CONTINUATION, fin=False)
    client.send(b" ", CONTINUATION, fin=False)
    goodbye, code = client.end()
    assert (goodbye["code"], code) == ("too_large", 1009)


@pytest.mark.parametrize("begin", [b'{"op":"ping"', b""])
def test_a_new_message_may_not_begin_within_another(client: Client, begin: bytes) -> None:
    client.send(begin, fin=False)
    client.send({"op": "ping"})
    assert client.end()[1] == 1002


def test_a_fragment_needs_a_beginning(client: Client) -> None:
    client.send(b"{}", CONTINUATION)
    assert client.end()[1] == 1002


def test_binary_messages_are_refused(client: Client) -> None:
    client.send({"op": "ping"}, BINARY)
    assert client.end()[1] == 1003


@pytest.mark.parametrize("rsv", [1, 2, 4])
def test_reserved_bits_are_refused(client: Client, rsv: int) -> None:
    client.send(order(), rsv=rsv)
    assert client.end()[1] == 1002


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\x81\x02{}", id="not masked"),
        pytest.param(masked(b"", 3), id="reserved opcode"),
        pytest.param(masked(b"", 11), id="reserved control opcode"),
        pytest.param(masked(b"", PING, fin=False), id="fragmented ping"),
        pytest.param(masked(b"x" * 126, PING), id="long ping"),
        pytest.param(masked(b"\x03", CLOSE), id="half a close code"),
        pytest.param(masked(struct.pack(">H", 999), CLOSE), id="close code too small"),
        pytest.param(masked(struct.pack(">H", 1005), CLOSE), id="reserved close code"),
        pytest.param(masked(struct.pack(">H", 5_000), CLOSE), id="close code too large"),
        pytest.param(b"\x81\xfe\x00\x02aaaa{}", id="length not minimal"),
    ],
)
def test_what_breaks_the_protocol_ends_the_connection(client: Client, raw: bytes) -> None:
    client.socket.sendall(raw)
    assert client.end()[1] == 1002


def test_a_close_reason_that_is_not_text_is_refused(client: Client) -> None:
    client.send(struct.pack(">H", 1000) + b"\xff", CLOSE)
    assert client.end()[1] == 1007


@pytest.mark.parametrize("length", [2**31, 2**62, 2**63, 2**64 - 1])
def test_an_absurd_length_ends_the_connection(client: Client, length: int) -> None:
    client.socket.sendall(b"\x81\xff" + struct.pack(">Q", length) + b"mask")
    assert client.end()[1] in (1002, 1009)


@pytest.mark.parametrize(
    "payload", [b"", struct.pack(">H", 1000), struct.pack(">H", 4_321) + "tschüß".encode()]
)
def test_a_client_may_close(client: Client, payload: bytes) -> None:
    client.send(order(1, ticker="NONE"))
    client.send(payload, CLOSE)
    assert client.json()["id"] == 1
    with pytest.raises(Closed) as closed:
        client.frame()
    assert closed.value.code == 1000
    with pytest.raises(Closed):
        client.frame()


def test_an_order_that_comes_with_garbage_is_not_placed(client: Client) -> None:
    client.socket.sendall(masked(order()) + b"\x00\x00\x00\x00")
    assert client.end()[1] == 1002


def test_an_order_behind_a_close_is_not_placed(client: Client) -> None:
    client.socket.sendall(masked(struct.pack(">H", 1000), CLOSE) + masked(order()))
    assert client.end()[1] in (1000, 1002)


@pytest.mark.parametrize("cut", [1, 3, 6, 20])
def test_a_client_may_vanish_in_the_middle_of_a_frame(stage: Stage, client: Client, cut: int) -> None:
    inside = stage.call(lambda: stage.door.connections)
    client.socket.sendall(masked(order())[:cut])
    client.socket.setsockopt(1, 13, struct.pack("ii", 1, 0))
    client.close()
    stage.until(lambda: stage.door.connections == inside - 1)


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_hurt_nobody(stage: Stage, client: Client, seed: int) -> None:
    draw = random.Random(seed)
    try:
        for _ in range(20):
            client.socket.sendall(draw.randbytes(draw.randrange(1, 3_000)))
        client.socket.shutdown(1)
        client.end()
    except OSError:
        pass


@pytest.mark.parametrize("seed", range(20))
def test_a_frame_with_a_changed_byte_hurts_nobody(client: Client, seed: int) -> None:
    draw = random.Random(seed)
    frame = bytearray(masked({"op": "cancel", "id": 1, "order_id": "none"}))
    frame[draw.randrange(len(frame))] ^= 1 << draw.randrange(8)
    client.socket.sendall(bytes(frame) + os.urandom(8))
    client.socket.shutdown(1)
    client.end()


def test_a_flood_of_pings_ends_the_connection(stage: Stage, client: Client) -> None:
    client.socket.sendall(masked(b"", PING) * 100)
    frames, code = client.rest()
    assert code == 1008
    assert 1 <= sum(kind == PONG for kind, _ in frames) < 60
    assert json.loads(frames[-1][1])["code"] == "rate_limited"


def test_messages_over_the_rate_are_refused_and_a_flood_ends_the_connection() -> None:
    pace = SocketPace(messages_per_second=1, message_burst=10)
    with opened(pace=pace) as stage, stage.trader() as client, stage.trader() as other:
        replies = [client.ask({"op": "ping", "id": name}) for name in range(15)]
        assert [reply["type"] for reply in replies[:10]] == ["pong"] * 10
        assert replies[14]["error"]["code"] == "rate_limited"
        client.socket.sendall(masked({"op": "ping"}) * 30)
        goodbye, code = client.end()
        assert (goodbye["code"], code) == ("rate_limited", 1008)
        assert other.ask({"op": "ping", "id": 1})["type"] == "pong"


def test_empty_fragments_count_as_messages() -> None:
    pace = SocketPace(messages_per_second=1, message_burst=10)
    with opened(pace=pace) as stage, stage.trader() as client:
        client.send(b"", fin=False)
        client.socket.sendall(masked(b"", CONTINUATION, fin=False) * 50)
        assert client.end()[1] == 1008


def test_subscriptions_are_limited() -> None:
    with opened(LimitSettings(subscriptions=2)) as stage, stage.client() as client:
        client.json()
        assert client.ask({"op": "subscribe", "channels": ["news", "prices"]})["ok"]
        refused = client.ask({"op": "subscribe", "id": 1, "channels": ["trades:FUN"]})
        assert (refused["id"], refused["error"]["code"]) == (1, "too_many_subscriptions")
        assert client.ask({"op": "subscribe", "channels": ["prices"]})["ok"]
        assert client.ask({"op": "unsubscribe", "channels": ["prices"]})["ok"]
        assert client.ask({"op": "subscribe", "channels": ["trades:FUN"]})["ok"]


def test_a_flood_of_messages_fills_no_large_buffer() -> None:
    flood = masked({"op": "ping"}) * 30_000
    with opened(pace=SocketPace(message_burst=1_000_000)) as stage, stage.trader() as client:
        connections: set[Any] = stage.server.server_state.connections
        (protocol,) = stage.call(lambda: list(connections))
        sending = threading.Thread(target=client.socket.sendall, args=(flood,))
        sending.start()
        for _ in range(30_000):
            client.json()
        sending.join()
        assert stage.call(lambda: len(protocol.get_buffer(-1))) < 1 << 18
