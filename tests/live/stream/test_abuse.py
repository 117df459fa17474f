"""Consumers at their worst: each is answered or shown out for a named reason, and the simulation is as it was.

It is paused all the while, so that its hashes tell whether anything touched it.
"""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psutil
import pytest

from tests.live.stream.serving import Streaming, Watching, streaming, until, written
from tests.unit.doors.socket.stage import BINARY, PING, PONG, TEXT, Client, Closed, masked
from tests.unit.doors.stream.test_asks import BAD
from tests.unit.doors.stream.test_stage import REFUSED

pytestmark = pytest.mark.slow

MESSAGE_BYTES_MAX = 64 * 1_024
PER_ADDRESS = 512
IN_ALL = 1_024
PAUSE: dict[str, Any] = {"type": "control", "action": "pause"}
CREATE: dict[str, Any] = {
    "type": "agent_command",
    "action": "create",
    "agent_id": "intruder",
    "agent_type": "taker",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Streaming]:
    folder = tmp_path_factory.mktemp("abuse")
    with streaming(folder, "--config", written(folder), "--speed", 20, "--stay") as found:
        with found.steer() as steering:
            steering.until(lambda one: one.get("trades", 0) > 20)
            assert steering.control("pause")["success"]
        yield found


def looked_at(server: Streaming) -> dict[str, Any]:
    """Return what nobody may have changed."""
    with server.watch("/?channels=simulation,agent_configs") as watching:
        state = watching.until(lambda one: one["type"] == "simulation")
        configs = watching.until(lambda one: one["type"] == "agent_configs")
    assert state["state"] == "paused"
    found = {name: state[name] for name in ("timestamp", "steps", "hashes", "trades", "speed", "run")}
    return found | {"configs": configs["configs"], "file": (server.run / "config.yaml").read_bytes()}


@pytest.fixture(autouse=True)
def _unchanged(server: Streaming) -> Iterator[None]:
    before = looked_at(server)
    yield
    assert looked_at(server) == before
    assert server.process.poll() is None
    assert "Traceback" not in server.said()
    with server.steer() as steering:
        assert steering.control("pause")["success"]


def ended(watching: Watching) -> tuple[str | None, int | None]:
    goodbye, code = watching.client.end()
    return goodbye and goodbye["code"], code


FRAMES: dict[str, tuple[bytes, set[tuple[str | None, int | None]]]] = {
    "binary": (masked(b"{}", BINARY), {("protocol_error", 1003)}),
    "a byte too long": (
        masked(b"x" * (MESSAGE_BYTES_MAX + 1)),
        {("too_large", 1009), (None, 1009), (None, None)},
    ),
    "fragments too long together": (
        masked(b"x" * 40_000, TEXT, fin=False) + masked(b"x" * 40_000, 0),
        {("too_large", 1009)},
    ),
    "a fragment of nothing": (masked(b"{}", 0), {("protocol_error", 1002)}),
    "a beginning in the middle": (
        masked(b"{", TEXT, fin=False) + masked(b"{}", TEXT),
        {("protocol_error", 1002)},
    ),
    "bad UTF-8": (masked(b'{"type":"p\xff"}'), {("malformed", 1007)}),
    "an extension": (masked(b"{}", rsv=4), {("protocol_error", 1002)}),
    "an unknown kind of frame": (
        masked(b"", 11),
        {("protocol_error", 1002), (None, 1002), (None, None)},
    ),
    "a frame without a mask": (b"\x81\x02{}", {("protocol_error", 1002), (None, 1002), (None, None)}),
    "a reserved close": (masked(struct.pack(">H", 1005), 8), {(None, 1002), (None, None)}),
}


@pytest.mark.parametrize("case", FRAMES)
def test_what_is_no_message_ends_the_connection(server: Streaming, case: str) -> None:
    sent, wanted = FRAMES[case]
    with server.watch("/?channels=simulation") as watching:
        watching.client.socket.sendall(sent)
        assert ended(watching) in wanted


def test_messages_in_pieces_are_messages(server: Streaming) -> None:
    with server.watch("/?channels=news") as watching:
        text = b'{"type":"ping","id":"in pieces"}'
        for at, byte in enumerate(text):
            watching.client.send(bytes([byte]), TEXT if at == 0 else 0, fin=at == len(text) - 1)
        assert watching.until(lambda one: one["type"] == "pong")["id"] == "in pieces"
        for byte in masked(text):
            watching.client.socket.sendall(bytes([byte]))
        assert watching.until(lambda one: one["type"] == "pong")["id"] == "in pieces"


def test_those_who_vanish_in_the_middle_of_a_frame_leave_nothing_behind(server: Streaming) -> None:
    before = connections(server)
    for cut in (1, 2, 7, 40):
        watching = server.watch()
        watching.client.socket.sendall(masked(CREATE)[:cut])
        watching.client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        watching.client.close()
    until(lambda: connections(server) <= before)


def connections(server: Streaming) -> int:
    found = psutil.Process(server.process.pid).net_connections("tcp")
    return sum(one.status == psutil.CONN_ESTABLISHED for one in found)


def test_what_cannot_be_understood_is_answered(server: Streaming) -> None:
    with server.steer("/?channels=news") as watching:
        for message in BAD:
            if b"\xff" in message and len(message) < 10:
                # That is no text at all.
                continue
            answer = watching.ask(message)
            if answer["type"] != "error":
                assert answer["type"] in ("agent_response", "control_response", "auth_response"), message
                assert answer["success"] is False
            assert answer["error"].strip()
            assert "\n" not in answer["error"]
            assert answer["type"] != "error" or "success" not in answer
        # It is still there, and still steers.
        assert watching.ask(PAUSE | {"id": "last"})["id"] == "last"


def test_nothing_is_too_deep_to_be_answered(server: Streaming) -> None:
    # What one side of the link just reads, the other may not: at no depth is anybody left without an answer.
    depths = [1, 50, 400, *range(900, 1_010, 2), 3_000, 9_000]
    with server.steer("/?channels=news") as watching:
        for depth in depths:
            if not depth % 40:
                time.sleep(0.1)
            config = b'{"a":' * depth + b"1" + b"}" * depth
            message = (
                b'{"type":"agent_command","action":"create","agent_id":"x","agent_type":"taker","config":%b}'
            )
            answer = watching.ask(message % config)
            assert answer.get("success", False) is False
            assert answer["error"]


def test_commands_that_cannot_be_done_are_refused_by_name(server: Streaming) -> None:
    with server.steer("/?channels=news") as watching:
        for message in REFUSED[1:]:
            answer = watching.ask({**message, "id": 7})
            kind = "control_response" if message["type"] == "control" else "agent_response"
            assert (answer["type"], answer["success"], answer["id"]) == (kind, False, 7), message
            assert answer["action"] == message["action"]
            assert answer.get("agent_id") == message.get("agent_id")
            assert answer["error"].strip()
            assert "\n" not in answer["error"]


def test_who_has_no_right_may_only_look(server: Streaming) -> None:
    with server.watch("/?channels=news") as watching:
        assert watching.hello["control"] is False
        for message in (PAUSE, CREATE, {"type": "control", "action": "end"}):
            answer = watching.ask(message)
            assert answer["success"] is False
            assert "token" in answer["error"]
        assert watching.ask({"type": "auth", "token": server.token})["success"]
        assert watching.ask(PAUSE)["success"]


def test_who_guesses_tokens_is_shown_out(server: Streaming) -> None:
    with server.watch("/?channels=news") as watching:
        answers = [watching.ask({"type": "auth", "token": f"guess {number}"}) for number in range(9)]
        assert all(answer["success"] is False for answer in answers)
        watching.client.send({"type": "auth", "token": "guess 10"})
        assert ended(watching) == ("rate_limited", 1008)


@pytest.mark.parametrize("said", ["Bearer wrong", "Basic x", "Bearer"])
def test_a_wrong_token_at_the_door_is_refused(server: Streaming, said: str) -> None:
    client = server.refused(headers={"Authorization": said})
    assert client.status == 401


def test_a_token_in_the_address_is_refused(server: Streaming) -> None:
    assert server.refused(f"/?token={server.token}").status == 400
    assert server.token not in server.said().replace(f"#token={server.token}", "")


def test_a_foreign_page_with_our_cookie_may_only_look(server: Streaming) -> None:
    cookie = f"crossbook_lab_{server.port}={server.token}"
    host = f"127.0.0.1:{server.port}"
    foreign = {"Cookie": cookie, "Origin": "http://evil.example", "Host": host}
    with server.watch("/?channels=news", headers=foreign) as watching:
        assert watching.hello["control"] is False
        assert watching.ask(PAUSE)["success"] is False
    ours = foreign | {"Origin": f"http://{host}"}
    with server.watch("/?channels=news", headers=ours) as watching:
        assert watching.hello["control"] is True


ADDRESSES = [
    ("/?channels=nothing", 404),
    ("/?channel=trade", 400),
    ("/?channels=trade&channels=news", 400),
    ("/ws/prices", 404),
    ("/../etc/passwd", 404),
    ("/%ff", 400),
]


@pytest.mark.parametrize(("path", "status"), ADDRESSES)
def test_addresses_that_there_are_not_are_refused(server: Streaming, path: str, status: int) -> None:
    assert server.refused(path).status == status


@pytest.mark.parametrize("path", ["/", "/ws", "/ws/", "/?channels=", "/ws?channels=trade,kline"])
def test_addresses_of_the_page_are_open(server: Streaming, path: str) -> None:
    with server.watch(path) as watching:
        channels = watching.hello["channels"]
    assert len(channels) == {"/?channels=": 0, "/ws?channels=trade,kline": 22}.get(path, 28)


def test_who_speaks_too_fast_is_refused_and_then_shown_out(server: Streaming) -> None:
    with server.watch("/?channels=news") as watching:
        flood = masked({"type": "ping"}) * 1_000

        def send() -> None:
            try:
                for _ in range(20):
                    watching.client.socket.sendall(flood)
            except OSError:
                return

        sending = threading.Thread(target=send)
        sending.start()
        frames, code = watching.client.rest()
        sending.join()
        texts = [payload for kind, payload in frames if kind == TEXT]
        pongs = sum(text == b'{"type":"pong"}' for text in texts)
        refused = sum(text.startswith(b'{"type":"error"') for text in texts)
        assert 200 <= pongs < 2_000
        assert refused > 0
        assert code in (1008, None)


def test_pings_without_end_are_shown_out(server: Streaming) -> None:
    with server.watch("/?channels=news") as watching:
        watching.client.socket.sendall(masked(b"x", PING) * 50)
        frames, code = watching.client.rest()
        assert sum(kind == PONG for kind, _ in frames) <= 25
        assert code == 1008


def test_ids_are_echoed_whatever_was_wrong(server: Streaming) -> None:
    with server.steer("/?channels=news") as watching:
        for name in ("x" * 64, 0, 1 - 2**53, "🐋"):
            assert watching.ask({"type": "ping", "id": name})["id"] == name
            assert watching.ask({"type": "control", "action": "explode", "id": name})["id"] == name
            assert watching.ask({"type": "subscribe", "channels": ["no"], "id": name})["id"] == name


def test_who_changes_his_mind_hears_the_newest_of_what_he_follows(server: Streaming) -> None:
    with server.watch("/?channels=news") as watching:
        assert watching.ask({"type": "subscribe", "channels": ["orderbook", "kline:1h"]})["channels"] == [
            "orderbook",
            "kline:1h",
        ]
        assert [watching.next()["type"] for _ in range(2)] == ["orderbook", "kline"]
        assert watching.ask({"type": "subscribe", "channels": ["orderbook", "nothing"]})["type"] == "error"
        for _ in range(50):
            watching.client.send({"type": "subscribe", "channels": ["simulation"]})
        assert watching.ask({"type": "ping", "id": 1})["type"] == "subscribed"


def test_people_come_and_go_and_nothing_of_them_stays(server: Streaming) -> None:
    process = psutil.Process(server.process.pid)

    def come_and_go(times: int) -> None:
        for number in range(times):
            watching = server.watch("/" if number % 2 else "/?channels=trade")
            if number % 3 == 0:
                watching.client.send({"type": "subscribe", "channels": ["kline"]})
            watching.client.close()

    come_and_go(20)
    until(lambda: connections(server) == 0)
    before = process.num_fds(), process.num_threads(), process.memory_info().rss
    come_and_go(200)
    until(lambda: connections(server) == 0)
    assert process.num_fds() <= before[0] + 1
    assert process.num_threads() <= before[1] + 1
    assert process.memory_info().rss < before[2] + (32 << 20)


def test_there_is_room_for_so_many_and_no_more(server: Streaming) -> None:
    with ExitStack() as stack:

        def crowd(host: str) -> None:
            for _ in range(PER_ADDRESS):
                client = connected(server, host)
                stack.callback(client.close)
                assert client.status == 101

        crowd("127.0.0.1")
        assert refused_from(server, "127.0.0.1") == 429
        crowd("127.0.0.2")
        assert refused_from(server, "127.0.0.3") == 503
    until(lambda: connections(server) == 0)


def connected(server: Streaming, host: str) -> Client:
    """Connect from an address of this machine."""
    client = Client.__new__(Client)
    client.socket = socket.create_connection(("127.0.0.1", server.port), 60, source_address=(host, 0))
    client._data, client.status, client.head, client.body = b"", 0, "", None
    client.upgrade("/?channels=news", {})
    return client


def refused_from(server: Streaming, host: str) -> int:
    try:
        client = connected(server, host)
    except Closed:
        return 0
    client.close()
    return client.status
