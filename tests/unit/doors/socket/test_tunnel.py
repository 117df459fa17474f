"""The way of a WebSocket to the lab: what gets through, how fast, and how it ends. The test itself is the lab."""

import json
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import replace
from random import Random
from time import time

import pytest

from crossbook.doors.http.proxies import Proxies
from crossbook.doors.socket import SocketPace
from crossbook.doors.socket.following import Frames
from crossbook.doors.socket.tunnel import EARLY_BYTES_MAX
from crossbook.venue.principal import Principal, Role
from crossbook.venue.refusals import BUSY, Refused
from crossbook.venue.settings import LimitSettings
from tests.unit.doors.socket import stage as stages
from tests.unit.doors.socket.lab_stage import TOKEN, Line, StandInLab, connected, unmasked, with_lab
from tests.unit.doors.socket.stage import (
    CLOSE,
    COOKIE,
    PING,
    PONG,
    TEXT,
    Client,
    Closed,
    Stage,
    masked,
    opened,
)

LOOPS = ["uvloop", "asyncio"]
BOSS = Principal(user_id="u9", username="boss", account=9, role=Role.ADMIN, session="token:9")
KEY = {"X-API-Key": "boss-key"}
HERE = "http://venue"


@pytest.fixture(autouse=True)
def _boss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(stages.HOLDERS, "boss-key", BOSS)


def none_left(stage: Stage) -> None:
    """Wait until nothing is counted any more."""
    stage.until(lambda: not stage.server.server_state.connections)
    assert stage.call(lambda: stage.door.connections) == 0
    assert stage.call(lambda: dict(stage.door._addresses)) == {}
    assert stage.call(lambda: stage.door._signed_in) == {}
    assert stage.counted[-1:] in ([], [0])


# What gets through


@pytest.mark.parametrize("loop", LOOPS)
def test_the_lab_gets_what_the_handshake_needs_and_nothing_of_who_sent_it(loop: str) -> None:
    secret = {
        "X-API-Key": "anna-key",
        "Cookie": f"{COOKIE}=anna-token",
        "Origin": "http://evil.test",
        "X-Forwarded-For": "10.1.2.3",
        "Sec-WebSocket-Extensions": "permessage-deflate",
        "Sec-WebSocket-Protocol": "chat",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    with with_lab(loop=loop) as (stage, lab):
        client, line = connected(stage, lab, "/ws/lab?channels=trade,kline:1m", headers=secret)
        port = line.socket.getsockname()[1]
        assert line.head.decode().split("\r\n") == [
            "GET /ws?channels=trade%2Ckline%3A1m HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        ]
        client.close()
        assert line.over()
        none_left(stage)


@pytest.mark.parametrize(
    ("headers", "steers"),
    [
        ({}, False),
        ({"X-API-Key": "anna-key"}, False),
        ({"Cookie": f"{COOKIE}=boss-token"}, False),
        ({"Cookie": f"{COOKIE}=boss-token", "Origin": "http://evil.test"}, False),
        ({"Cookie": f"{COOKIE}=boss-token", "Origin": "null"}, False),
        ({"Cookie": f"{COOKIE}=anna-token", "Origin": HERE}, False),
        ({"Cookie": f"{COOKIE}=nobodys-token", "Origin": HERE}, False),
        ({"Cookie": f"{COOKIE}=boss-token", "Origin": HERE}, True),
        ({"X-API-Key": "boss-key", "Origin": "http://evil.test"}, True),
        ({"Authorization": "Bearer boss-token"}, True),
    ],
)
def test_an_administrator_steers_and_a_foreign_page_with_his_cookie_only_watches(
    headers: dict[str, str], steers: bool
) -> None:
    with with_lab() as (stage, lab):
        client, line = connected(stage, lab, headers=headers)
        assert (f"\r\nAuthorization: Bearer {TOKEN}\r\n".encode() in line.head) is steers
        assert line.head.lower().count(b"authorization") == steers
        client.close()


def test_a_wrong_credential_is_refused_and_the_lab_hears_nothing_of_it() -> None:
    with with_lab() as (stage, lab):
        for headers in ({"X-API-Key": "wrong"}, {"Authorization": f"Bearer {TOKEN}"}):
            with stage.client("/ws/lab", headers=headers) as client:
                assert (client.status, client.body["code"]) == (401, "not_signed_in")
        assert lab.asked == 0
        none_left(stage)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ws/lab?channels=a&channels=b", 400),
        ("/ws/lab?channels=", 400),
        ("/ws/lab?channels=%0d%0aX:1", 400),
        ("/ws/lab?channels=a%20b", 400),
        ("/ws/lab?channels=" + "a" * 1_025, 400),
        ("/ws/lab?resume=1", 400),
        (f"/ws/lab?token={TOKEN}", 400),
        ("/ws/lab/other", 404),
        ("/ws/labs", 404),
        ("/ws/l%61b", 404),
    ],
)
def test_any_other_address_leads_nowhere(path: str, status: int) -> None:
    with with_lab() as (stage, lab):
        with stage.client(path) as client:
            assert client.status == status
        assert lab.asked == 0
        none_left(stage)


def test_without_a_lab_there_is_no_such_channel() -> None:
    with opened() as stage, stage.client("/ws/lab") as client:
        assert client.status == 404


def test_the_root_path_of_a_proxy_may_stand_before_the_path() -> None:
    with with_lab(root_path="/market") as (stage, lab):
        for path in ("/market/ws/lab", "/ws/lab", "/ws/lab/"):
            client, line = connected(stage, lab, path)
            assert line.head.startswith(b"GET /ws HTTP/1.1\r\n")
            client.close()


@pytest.mark.parametrize("loop", LOOPS)
def test_bytes_pass_both_ways_and_those_behind_the_head_are_not_lost(loop: str) -> None:
    early = masked(b"early") + masked(b"", PING)
    with with_lab(loop=loop) as (stage, lab):
        client, line = connected(stage, lab, behind=early)
        assert [line.frame(), line.frame()] == [(TEXT, b"early"), (PING, b"")]
        random = Random(7)
        said = [random.randbytes(random.choice([0, 1, 125, 126, 65_535, 65_536, 200_000])) for _ in range(30)]
        for payload in said:
            line.say(payload)
            assert client.frame() == (TEXT, payload)
            client.send(payload)
            assert line.frame() == (TEXT, payload)
        client.close()
        none_left(stage)


def test_what_comes_while_the_lab_begins_waits_within_a_bound() -> None:
    with with_lab() as (stage, lab):
        lab.began.clear()
        with Client(stage.port, upgrade=False) as client:
            client.socket.sendall(
                b"GET /ws/lab HTTP/1.1\r\nHost: v\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
                + masked(b"one")
            )
            stage.until(lambda: stage.door.connections == 1)
            (tunnel,) = stage.door._tunnels
            flood = threading.Thread(target=swallow, args=(client.socket, bytes(8 << 20)))
            flood.start()
            stage.until(lambda: lab.asked == 1)
            assert stage.call(lambda: len(tunnel._early)) <= EARLY_BYTES_MAX
            lab.began.set()
            line = lab.line()
            line.accept()
            assert line.frame() == (TEXT, b"one")
            line.close()
            flood.join(60)
        none_left(stage)


def swallow(connection: socket.socket, data: bytes) -> None:
    with suppress(OSError):
        connection.sendall(data)


# Refusals


def test_a_refusal_of_the_labs_gets_through() -> None:
    body = b'{"detail":"there is no channel","code":"not_found"}'
    with with_lab() as (stage, lab), Client(stage.port, upgrade=False) as client:
        asking = threading.Thread(target=client.upgrade, args=("/ws/lab?channels=x", KEY))
        asking.start()
        line = lab.line()
        line.socket.sendall(
            b"HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
            b"connection: close\r\n\r\n%b" % (len(body), body)
        )
        line.close()
        asking.join(60)
        assert (client.status, client.body["code"]) == (404, "not_found")
        none_left(stage)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_lab_that_is_away_is_told_of_with_a_status(loop: str) -> None:
    with with_lab(loop=loop) as (stage, lab):
        lab.refusal = Refused(BUSY, "the lab does not begin", 503)
        with stage.client("/ws/lab") as client:
            assert (client.status, client.body) == (503, {"detail": "the lab does not begin", "code": "busy"})
        lab.refusal = None
        with Client(stage.port, upgrade=False) as client:
            asking = threading.Thread(target=client.upgrade, args=("/ws/lab", KEY))
            asking.start()
            lab.line().close()
            asking.join(60)
            assert (client.status, client.body["code"]) == (503, "busy")
        lab.close()
        with stage.client("/ws/lab") as client:
            assert (client.status, client.body["code"]) == (503, "busy")
        none_left(stage)


def test_connections_to_the_lab_count_as_others_do_and_have_a_bound_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("crossbook.doors.socket.door.LAB_CONNECTIONS_PER_ADDRESS_MAX", 2)
    monkeypatch.setattr("crossbook.doors.socket.door.LAB_CONNECTIONS_MAX", 3)
    limits = LimitSettings(connections_per_address=3)
    with with_lab(limits, proxies=Proxies(["127.0.0.1"])) as (stage, lab):
        anna, bert = ({"X-Forwarded-For": f"10.0.0.{number}"} for number in (1, 2))
        first, second = (connected(stage, lab, headers=anna)[0] for _ in range(2))
        with stage.client("/ws/lab", headers=anna) as refused:
            assert (refused.status, refused.body["code"]) == (429, "rate_limited")
        trading = stage.client("/ws", headers=anna)
        assert trading.status == 101
        with stage.client("/ws", headers=anna) as refused:
            assert refused.status == 429
        third = connected(stage, lab, headers=bert)[0]
        with stage.client("/ws/lab", headers=bert) as refused:
            assert (refused.status, refused.body["code"]) == (503, "busy")
        assert stage.call(lambda: stage.door.connections) == 4
        assert stage.counted[-1] == 4
        first.close()
        stage.until(lambda: stage.door.connections == 3)
        again = connected(stage, lab, headers=anna)[0]
        for client in (second, third, again, trading):
            client.close()
        none_left(stage)


# Who does not read


@pytest.mark.parametrize("loop", LOOPS)
def test_who_does_not_read_is_not_read_for_and_loses_nothing(loop: str) -> None:
    frames, size = 400, 60_000
    with with_lab(loop=loop) as (stage, lab):
        client, line = connected(stage, lab, receive_buffer=4_096)
        (tunnel,) = stage.call(lambda: list(stage.door._tunnels))
        sent = 0

        def say() -> None:
            nonlocal sent
            for number in range(frames):
                line.say(struct.pack(">I", number) + bytes(size))
                sent += 1

        saying = threading.Thread(target=say)
        saying.start()
        stage.until(lambda: bool(tunnel._stalls))
        saying.join(0.3)
        assert saying.is_alive()
        assert sent * size < 16 << 20, "most of it waits with who says it"
        assert tunnel._near is not None
        assert stage.call(tunnel._near.get_write_buffer_size) < 1 << 20
        for number in range(frames):
            kind, payload = client.frame()
            assert (kind, payload[:4]) == (TEXT, struct.pack(">I", number))
        saying.join(60)
        stage.until(lambda: not tunnel._stalls)
        client.send(b"still here")
        assert line.frame() == (TEXT, b"still here")
        client.close()
        none_left(stage)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_lab_that_does_not_read_holds_the_client_back(loop: str) -> None:
    frames, size = 300, 60_000
    with with_lab(loop=loop) as (stage, lab):
        client, line = connected(stage, lab)
        (tunnel,) = stage.call(lambda: list(stage.door._tunnels))
        words = masked(bytes(size))
        sending = threading.Thread(target=client.socket.sendall, args=(words * frames,))
        sending.start()
        stage.until(lambda: bool(tunnel._stalls))
        assert sending.is_alive()
        assert tunnel._far is not None
        assert stage.call(tunnel._far.get_write_buffer_size) < 1 << 20
        assert line.take(len(words) * frames) == words * frames
        sending.join(60)
        client.close()
        none_left(stage)


@pytest.mark.parametrize("loop", LOOPS)
def test_who_never_reads_is_cut(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crossbook.doors.socket.tunnel.STALLED_S", 0.2)
    with with_lab(loop=loop) as (stage, lab):
        client, line = connected(stage, lab, receive_buffer=4_096)
        other, others_line = connected(stage, lab)
        with pytest.raises(ConnectionError):
            line.socket.sendall(unmasked(bytes(64 << 20)))
        stage.until(lambda: stage.door.connections == 1)
        others_line.say(b"on it goes")
        assert other.frame() == (TEXT, b"on it goes")
        other.close()
        none_left(stage)
        client.close()


# Ends


@pytest.mark.parametrize("loop", LOOPS)
def test_who_hangs_up_is_hung_up_for_both_ways(loop: str) -> None:
    with with_lab(loop=loop) as (stage, lab):
        client, line = connected(stage, lab)
        client.close()
        assert line.over()
        none_left(stage)
        client, line = connected(stage, lab, headers=KEY)
        line.say(b"the last word" * 10_000)
        line.say(struct.pack(">H", 1000), CLOSE)
        line.close()
        assert client.frame() == (TEXT, b"the last word" * 10_000)
        with pytest.raises(Closed) as closed:
            client.frame()
        assert closed.value.code == 1000
        none_left(stage)


def answer_pings(line: Line, *, before: bytes = b"") -> threading.Thread:
    """Be the lab until the venue pings, then say something and answer."""

    def run() -> None:
        while (frame := line.frame())[0] != PING:
            pass
        line.socket.sendall(before)
        line.say(frame[1], PONG)
        line.say(b"what came too late")

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("loop", LOOPS)
def test_who_signs_out_is_told_goodbye_behind_a_whole_frame_and_watchers_stay(loop: str) -> None:
    with with_lab(loop=loop) as (stage, lab):
        client, line = connected(stage, lab, headers=KEY)
        keyed = stage.trader()
        watcher, watched = connected(stage, lab)
        whole = unmasked(b"x" * 50_000)
        # What stands under way is said to its end first.
        line.socket.sendall(whole[:20_000])
        answering = answer_pings(line, before=whole[20_000:])
        stage.call(lambda: stage.door.ended("token:9"))
        frames, code = client.rest()
        assert frames[0] == (TEXT, b"x" * 50_000)
        assert [json.loads(payload)["code"] for _, payload in frames[1:]] == ["session_over"]
        assert code == 1008
        client.send(struct.pack(">H", 1000), CLOSE)
        assert client.socket.recv(1) == b""
        answering.join(60)
        watched.say(b"on it goes")
        assert watcher.frame() == (TEXT, b"on it goes")
        assert keyed.ask({"op": "ping"})["type"] == "pong"
        for one in (watcher, keyed):
            one.close()
        none_left(stage)


def test_nothing_gets_through_once_the_sign_in_has_ended() -> None:
    with with_lab() as (stage, lab):
        client, line = connected(stage, lab, headers=KEY)
        client.send(b"before")
        assert line.frame() == (TEXT, b"before")
        stage.call(lambda: stage.door.ended("user:u9"))
        client.send(b"after")
        assert line.frame()[0] == PING
        assert line.over()
        client.close()
        none_left(stage)


@pytest.mark.parametrize("answers", [False, True])
def test_where_no_goodbye_can_be_said_the_connection_is_cut(answers: bool) -> None:
    with with_lab() as (stage, lab):
        client, line = connected(stage, lab, headers=KEY)
        if answers:
            # In the middle of a client's frame nothing can be asked of the lab.
            client.socket.sendall(masked(b"x" * 100)[:50])
            assert line.take(50)
        stage.call(lambda: stage.door.ended("token:9"))
        assert client.rest() == ([], None)
        none_left(stage)


def test_a_token_that_ends_by_itself_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    soon = replace(BOSS, expires_s=int(time()) + 1)
    monkeypatch.setitem(stages.HOLDERS, "boss-key", soon)
    with with_lab(pace=SocketPace(tick_seconds=0.05)) as (stage, lab):
        client, line = connected(stage, lab, headers=KEY)
        answering = answer_pings(line)
        goodbye, code = client.end()
        assert (goodbye["code"], code) == ("session_over", 1008)
        answering.join(60)
        client.close()
        none_left(stage)


def test_who_is_no_administrator_any_more_steers_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crossbook.doors.socket.tunnel.RECHECK_S", 0.0)
    with with_lab() as (stage, lab):
        client, line = connected(stage, lab, headers=KEY)
        client.send(b"as an administrator")
        assert line.frame() == (TEXT, b"as an administrator")
        monkeypatch.setitem(stages.HOLDERS, "boss-key", replace(BOSS, role=Role.TRADER))
        client.send(b"as a trader")
        kind, nonce = line.frame()
        assert kind == PING
        line.say(nonce, PONG)
        goodbye, code = client.end()
        assert (goodbye["code"], code) == ("session_over", 1008)
        client.close()
        none_left(stage)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_venue_that_stops_says_goodbye_also_to_who_still_waits(loop: str) -> None:
    lab = StandInLab()
    with opened(lab=lab, loop=loop) as stage:
        client, line = connected(stage, lab)
        answering = answer_pings(line)
        lab.began.clear()
        waiting = Client(stage.port, upgrade=False)
        asking = threading.Thread(target=waiting.upgrade, args=("/ws/lab", {}))
        asking.start()
        stage.until(lambda: stage.door.connections == 2)
    goodbye, code = client.end()
    assert (goodbye["code"], code) == ("closing", 1012)
    asking.join(60)
    assert (waiting.status, waiting.body["code"]) == (503, "closing")
    answering.join(60)
    waiting.close()
    lab.close()


def test_frames_are_followed_whatever_pieces_they_come_in() -> None:
    random = Random(11)
    for _ in range(50):
        stream, edges, closed = b"", {0}, None
        for _ in range(random.randint(1, 12)):
            kind = random.choice([TEXT, PING, PONG, CLOSE])
            stream += masked(bytes(random.choice([0, 1, 125, 126, 300, 65_536])), kind)
            edges.add(len(stream))
            if kind == CLOSE and closed is None:
                closed = len(stream)
        frames, at = Frames(), 0
        while at < len(stream):
            step = random.choice([1, 2, 3, 7, 100, 70_000])
            frames.take(stream[at : at + step])
            at = min(at + step, len(stream))
            assert frames.between == (at in edges)
            if closed is not None and at >= closed:
                assert frames.closed
        assert frames.closed == (closed is not None)
