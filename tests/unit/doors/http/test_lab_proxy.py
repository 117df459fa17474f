"""The lab's routes under the venue's address: what gets through both ways, and for whom."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from crossbook.doors.http import lab_proxy
from crossbook.doors.http.door import DoorOptions
from crossbook.doors.http.lab_process import Reached
from crossbook.doors.http.lab_proxy import BODY_BYTES_MAX
from crossbook.doors.http.protocol import Connections
from crossbook.doors.http.server import Listening, listening, serving
from crossbook.venue.refusals import BUSY, Refused
from tests.http_venue import StandingVenue, administrator, open_venue, registered
from tests.loops import looped

TOKEN = "the-token-of-the-lab"  # noqa: S105 - of a lab that is a test
REPORT_POLICY = (
    b"default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-scripts"
)
PARTS = 4_000
"""Of an answer that never ends by itself; more than all buffers on its way hold."""


@dataclass
class StandInLab:
    """A lab that answers over real HTTP, and keeps what it is asked."""

    port: int = 0
    refusal: Refused | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    answering: int = 0
    left: int = 0
    """Requests whose client went away."""
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def reach(self) -> Reached:
        if self.refusal is not None:
            raise self.refusal
        return Reached(self.port, TOKEN)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.asked.append(
            {
                "method": scope["method"],
                "path": scope["raw_path"].decode(),
                "query": scope["query_string"].decode(),
                "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
                "body": body,
            }
        )
        self.answering += 1
        try:
            await getattr(self, scope["path"].rpartition("/")[2], self.plain)(receive, send)
        finally:
            self.answering -= 1

    async def plain(self, _receive: Any, send: Any) -> None:
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"11"),
            (b"set-cookie", b"crossbook_lab_1=secret"),
            (b"server", b"a lab"),
            (b"connection", b"x-of-the-connection"),
            (b"x-of-the-connection", b"1"),
            (b"x-sequence", b"999"),
            (b"access-control-allow-origin", b"*"),
            (b"x-its-own", b"2"),
        ]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"plain":1}'})

    async def report(self, _receive: Any, send: Any) -> None:
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-security-policy", REPORT_POLICY),
            (b"x-frame-options", b"SAMEORIGIN"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<html>a report</html>"})

    async def bare(self, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<script>1</script>"})

    async def away(self, _receive: Any, send: Any) -> None:
        headers = [(b"location", b"http://evil.test/"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def lines(self, receive: Any, send: Any) -> None:
        """Say a line, and the next when the test says so."""
        headers = [(b"content-type", b"application/x-ndjson"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"n":1}\n', "more_body": True})
        going = asyncio.create_task(self.go_on.wait())
        leaving = asyncio.create_task(receive())
        await asyncio.wait({going, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if leaving.done():
            self.left += 1
            going.cancel()
            return
        leaving.cancel()
        await send({"type": "http.response.body", "body": b'{"n":2}\n'})

    async def broken(self, _receive: Any, send: Any) -> None:
        """Say half a line, and die."""
        headers = [(b"content-type", b"application/x-ndjson")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"n":1}\n{"n"', "more_body": True})

    async def short(self, _receive: Any, send: Any) -> None:
        """Promise more than is said, and die."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"n":1}', "more_body": True})

    async def endless(self, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        leaving = asyncio.create_task(receive())
        for _ in range(PARTS):
            if leaving.done():
                break
            await send({"type": "http.response.body", "body": bytes(65_536), "more_body": True})
            await asyncio.sleep(0)
        self.left += leaving.done()
        leaving.cancel()


@dataclass
class Served:
    venue: StandingVenue
    at: Listening
    lab: StandInLab
    client: httpx.AsyncClient
    admin: dict[str, str]
    trader: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://{self.at.host}:{self.at.port}"

    def cookie(self, headers: dict[str, str]) -> dict[str, str]:
        """Return the header of a browser in place of one with a token."""
        token = headers["authorization"].removeprefix("Bearer ")
        return {"cookie": f"other=1; {self.venue.gate.cookie_name}={token}"}


@asynccontextmanager
async def open_served(
    tmp_path: Path, options: DoorOptions | None = None, **limits: float
) -> AsyncIterator[Served]:
    """Serve a venue with a lab behind it, both on real sockets."""
    lab = StandInLab()
    async with AsyncExitStack() as stack:
        room = Connections(1_000, 1_000)
        behind = await stack.enter_async_context(serving(cast("Any", lab), "127.0.0.1", 0, room))
        lab.port = behind.port
        venue = await stack.enter_async_context(open_venue(tmp_path, **limits))
        at = await stack.enter_async_context(listening(venue, "127.0.0.1", 0, options=options, lab=lab))
        client = await stack.enter_async_context(
            httpx.AsyncClient(
                base_url=f"http://{at.host}:{at.port}",
                timeout=30,
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            )
        )
        admin, trader = await administrator(venue), await registered(venue, "anna")
        yield Served(venue, at, lab, client, admin, trader)


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - anything may be waited for
            await asyncio.sleep(0.01)


def has_left(lab: StandInLab, number: int) -> bool:
    return lab.left == number


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# What gets through


@looped
async def test_the_lab_sees_nothing_of_who_asks_but_that_an_administrator_may_steer(tmp_path: Path) -> None:
    async with open_served(tmp_path) as served:
        secrets = {
            **served.cookie(served.admin),
            "origin": served.url,
            "referer": f"{served.url}/secret",
            "x-forwarded-for": "10.1.2.3",
            "x-other": "1",
            "te": "trailers",
        }
        callers: list[dict[str, str]] = [
            {},
            served.trader,
            {**served.trader, "x-other": "1"},
            served.admin,
            secrets,
        ]
        for headers in callers:
            answer = await served.client.get("/api/lab/runs?limit=5&limit=%C3%A4", headers=headers)
            assert (answer.status_code, answer.text) == (201, '{"plain":1}')
        posted = await served.client.post(
            "/api/lab/simulation", content=b'{"preset":"default"}', headers={**secrets, "accept": "text/x"}
        )
        assert posted.status_code == 201

    plain = {"host": f"127.0.0.1:{served.lab.port}", "accept-encoding": "identity", "accept": "*/*"}
    steering = {**plain, "authorization": f"Bearer {TOKEN}"}
    assert [one["headers"] for one in served.lab.asked] == [
        plain,
        plain,
        plain,
        steering,
        steering,
        {**steering, "accept": "text/x", "content-length": "20"},
    ]
    assert {(one["path"], one["query"]) for one in served.lab.asked[:-1]} == {
        ("/api/lab/runs", "limit=5&limit=%C3%A4")
    }
    last = served.lab.asked[-1]
    assert (last["method"], last["path"], last["body"]) == (
        "POST",
        "/api/lab/simulation",
        b'{"preset":"default"}',
    )


@looped
async def test_of_an_answer_everything_gets_through_but_what_is_the_connections_and_cookies(
    tmp_path: Path,
) -> None:
    async with open_served(tmp_path) as served:
        plain = await served.client.get("/api/lab/plain")
        report = await served.client.get("/api/lab/runs/a/report")
        head = await served.client.head("/api/lab/runs/a/report")
        bare = await served.client.get("/api/lab/bare")
        away = await served.client.get("/api/lab/away")

    assert plain.headers["x-its-own"] == "2"
    kept_back = {"set-cookie", "server", "x-of-the-connection", "access-control-allow-origin"}
    assert not kept_back & plain.headers.keys()
    assert plain.headers.get_list("x-sequence") == [str(served.venue.sequence)]
    assert len(plain.headers.get_list("date")) == 1
    assert "content-security-policy" not in plain.headers
    assert report.text == "<html>a report</html>"
    assert report.headers.get_list("content-security-policy") == [REPORT_POLICY.decode()]
    assert report.headers.get_list("x-frame-options") == ["SAMEORIGIN"]
    assert report.headers["x-content-type-options"] == "nosniff"
    assert (head.status_code, head.content) == (200, b"")
    # A page that says nothing of itself does nothing in this origin.
    assert "sandbox" in bare.headers["content-security-policy"]
    assert "default-src 'none'" in bare.headers["content-security-policy"]
    assert "script-src" not in bare.headers["content-security-policy"]
    assert away.status_code == 307
    assert len(served.lab.asked) == 5


@looped
async def test_lines_pass_as_they_come(tmp_path: Path) -> None:
    async with (
        open_served(tmp_path) as served,
        served.client.stream("POST", "/api/lab/lines", headers=served.admin) as answer,
    ):
        lines = answer.aiter_lines()
        assert await anext(lines) == '{"n":1}'
        assert not served.lab.go_on.is_set()
        served.lab.go_on.set()
        assert [line async for line in lines] == ['{"n":2}']
        assert answer.headers["x-accel-buffering"] == "no"


@looped
async def test_who_hangs_up_is_gone_for_the_lab_too(tmp_path: Path) -> None:
    async with open_served(tmp_path) as served:
        for number in (1, 2):
            async with served.client.stream("GET", "/api/lab/lines") as answer:
                lines = answer.aiter_lines()
                await anext(lines)
            await until(partial(has_left, served.lab, number))
        assert served.lab.answering == 0


@looped
async def test_a_body_may_be_as_long_as_the_lab_takes_it(tmp_path: Path) -> None:
    async with open_served(tmp_path) as served:
        most = b"x" * BODY_BYTES_MAX
        taken = await served.client.post("/api/simulation/run", content=most, headers=served.admin)
        refused = await served.client.post("/api/simulation/run", content=most + b"x", headers=served.admin)

        async def parts() -> AsyncIterator[bytes]:
            for _ in range(5):
                yield b"x" * 65_536

        chunked = await served.client.post("/api/simulation/run", content=parts(), headers=served.admin)

    assert taken.status_code == 201
    assert refusal(refused) == refusal(chunked) == (413, "too_large")
    assert [one["body"] for one in served.lab.asked] == [most]


# Who may what


CHANGES = [
    ("POST", "/api/lab/simulation"),
    ("DELETE", "/api/lab/simulation"),
    ("POST", "/api/lab/runs"),
    ("POST", "/api/simulation/run"),
    ("PUT", "/api/lab/presets"),
    ("PATCH", "/api/lab/runs/a"),
    ("OPTIONS", "/api/lab/runs"),
]


@looped
async def test_who_is_no_administrator_changes_nothing_and_the_lab_hears_nothing_of_it(
    tmp_path: Path,
) -> None:
    async with open_served(tmp_path) as served:
        cookie = served.cookie(served.admin)
        callers: list[tuple[dict[str, str], int]] = [
            ({}, 401),
            ({"x-api-key": "ms_wrong"}, 401),
            ({"authorization": f"Bearer {TOKEN}"}, 401),
            ({"cookie": f"crossbook_lab_{served.lab.port}={TOKEN}", "origin": served.url}, 401),
            (served.trader, 403),
            (cookie, 403),
            ({**cookie, "origin": "http://evil.test"}, 403),
            ({**cookie, "origin": f"http://127.0.0.1:{served.lab.port}"}, 403),
            ({**cookie, "origin": "null"}, 403),
        ]
        for method, path in CHANGES:
            for headers, status in callers:
                answer = await served.client.request(method, path, content=b"{}", headers=headers)
                assert answer.status_code == status, (method, path, headers)
                assert answer.json()["detail"]
        assert served.lab.asked == []
        key = await served.venue.gate.keys.create(
            served.venue.gate.by_token(served.admin["authorization"][7:]), "x"
        )
        for headers in (served.admin, {"x-api-key": key.api_key}, {**cookie, "origin": served.url}):
            for method, path in CHANGES:
                answer = await served.client.request(method, path, content=b"{}", headers=headers)
                assert answer.status_code == 201
        assert len(served.lab.asked) == 3 * len(CHANGES)
        assert {one["headers"]["authorization"] for one in served.lab.asked} == {f"Bearer {TOKEN}"}


@looped
async def test_a_wrong_credential_is_no_visitor(tmp_path: Path) -> None:
    async with open_served(tmp_path) as served:
        wrong = await served.client.get("/api/lab/runs", headers={"x-api-key": "ms_wrong"})
        over = await served.client.get(
            "/api/lab/runs", headers={"cookie": f"{served.venue.gate.cookie_name}=over"}
        )
    assert refusal(wrong) == (401, "not_signed_in")
    assert over.status_code == 201
    assert "authorization" not in served.lab.asked[0]["headers"]


STRANGE = [
    "/api/lab/",
    "/api/lab",
    "/api/lab/../admin/users",
    "/api/lab/%2e%2e/runs",
    "/api/lab/./runs",
    "/api/lab/runs/..",
    "/api/lab/runs/%2e",
    "/api/lab//runs",
    "/api/lab/runs/",
    "/api/lab/runs/a%00b",
    "/api/lab/runs/a%0d%0ab",
    "/api/lab/runs/a%3fb",
    "/api/lab/runs/a%23b",
    "/api/lab/runs/a%5cb",
    "/api/lab/runs/a%40evil.test",
    "/api/lab/runs/%F0%9F%92%A3",
    "/api/lab/runs/a:b",
    "/api/simulation/run/",
    "/api/simulation",
]


@looped
async def test_only_plain_paths_lead_to_the_lab(tmp_path: Path) -> None:
    async with open_served(tmp_path) as served:
        for target in STRANGE:
            reader, writer = await asyncio.open_connection(served.at.host, served.at.port)
            bearer = served.admin["authorization"]
            writer.write(
                f"GET {target} HTTP/1.1\r\nhost: v\r\nauthorization: {bearer}\r\nconnection: close\r\n\r\n".encode()
            )
            told = await reader.read()
            writer.close()
            assert told.startswith(b"HTTP/1.1 404 "), target
        assert served.lab.asked == []
        good = await served.client.get("/api/lab/runs/20261122T015708-a.b_c-52a8d4b6")
        assert good.status_code == 201


@looped
async def test_nobody_signs_in_to_the_lab_itself(tmp_path: Path) -> None:
    async with open_served(tmp_path) as served:
        for headers in (served.admin, {**served.cookie(served.admin), "origin": served.url}):
            answer = await served.client.post("/api/lab/session", json={"token": TOKEN}, headers=headers)
            assert refusal(answer) == (404, "not_found")
        assert served.lab.asked == []
        assert (await served.client.get("/api/lab/session")).status_code == 201


@looped
async def test_without_a_lab_there_is_nothing_at_its_addresses(tmp_path: Path) -> None:
    async with (
        open_venue(tmp_path) as venue,
        listening(venue, "127.0.0.1", 0) as at,
        httpx.AsyncClient(base_url=f"http://{at.host}:{at.port}") as client,
    ):
        admin = await administrator(venue)
        for method, path in (("GET", "/api/lab/session"), ("POST", "/api/simulation/run")):
            answer = await client.request(method, path, headers=admin)
            assert refusal(answer) == (404, "not_found")


@looped
async def test_other_origins_are_let_in_where_the_settings_name_them(tmp_path: Path) -> None:
    options = DoorOptions(allowed_origins=("https://shown.test",), root_path="/market")
    async with open_served(tmp_path, options) as served:
        asked = await served.client.options("/market/api/lab/runs", headers={"origin": "https://shown.test"})
        answer = await served.client.get("/market/api/lab/runs", headers={"origin": "https://shown.test"})
    assert asked.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "https://shown.test"
    assert [one["path"] for one in served.lab.asked] == ["/api/lab/runs"]


# Limits


@looped
async def test_the_rate_of_an_address_counts(tmp_path: Path) -> None:
    async with open_served(tmp_path, requests_per_second=0.001, request_burst=3) as served:
        answers = [await served.client.get("/api/lab/runs") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert len(served.lab.asked) == 3


@looped
async def test_visitors_who_wait_shut_no_administrator_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_proxy, "ADDRESS_REQUESTS_MAX", 2)
    monkeypatch.setattr(lab_proxy, "VISITORS_REQUESTS_MAX", 3)
    monkeypatch.setattr(lab_proxy, "REQUESTS_MAX", 5)
    options = DoorOptions(trusted_proxies=("127.0.0.1",))
    async with open_served(tmp_path, options) as served:
        anna, bert = ({"x-forwarded-for": f"10.0.0.{number}"} for number in (1, 2))

        def wait(**headers: str) -> "asyncio.Task[httpx.Response]":
            return asyncio.create_task(served.client.get("/api/lab/lines", headers=headers))

        waiting = [wait(**anna), wait(**anna), wait(**bert)]
        await until(lambda: served.lab.answering == 3)
        assert refusal(await served.client.get("/api/lab/runs", headers=anna)) == (429, "rate_limited")
        full = await served.client.get("/api/lab/runs", headers=bert)
        assert refusal(full) == (503, "busy")
        assert full.headers["retry-after"] == "1"
        waiting += [wait(**served.admin), wait(**served.admin)]
        await until(lambda: served.lab.answering == 5)
        assert refusal(await served.client.get("/api/lab/runs", headers=served.admin)) == (503, "busy")
        waiting[0].cancel()
        await until(lambda: served.lab.left == 1)
        assert (await served.client.get("/api/lab/runs", headers=anna)).status_code == 201
        served.lab.go_on.set()
        answers = await asyncio.gather(*waiting[1:])
        assert {answer.status_code for answer in answers} == {200}
        assert (await served.client.get("/api/lab/runs", headers=anna)).status_code == 201


@looped
async def test_who_does_not_read_is_hung_up_on_and_little_is_kept_for_him(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lab_proxy, "SLOW_READER_S", 0.2)
    async with open_served(tmp_path) as served:
        _, writer = await asyncio.open_connection(served.at.host, served.at.port, limit=1_024)
        writer.write(b"GET /api/lab/endless HTTP/1.1\r\nhost: v\r\n\r\n")
        await until(lambda: served.lab.left == 1)
        writer.close()
        assert (await served.client.get("/api/lab/runs")).status_code == 201
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


# A lab that is away, or goes


@looped
async def test_a_lab_that_is_away_is_told_of_clearly(tmp_path: Path) -> None:
    async with open_served(tmp_path) as served:
        served.lab.refusal = Refused(BUSY, "the lab does not begin", 503)
        refused = await served.client.get("/api/lab/runs")
        served.lab.refusal, port = None, served.lab.port
        served.lab.port = 1
        gone = await served.client.get("/api/lab/runs")
        served.lab.port = port
        back = await served.client.get("/api/lab/runs")
        health = await served.client.get("/api/health")
    assert (refused.status_code, refused.json()) == (
        503,
        {"detail": "the lab does not begin", "code": "busy"},
    )
    assert refusal(gone) == (503, "busy")
    assert gone.headers["retry-after"] == "1"
    assert (back.status_code, health.status_code) == (201, 200)


@looped
async def test_an_answer_that_is_cut_short_is_not_taken_for_whole(tmp_path: Path) -> None:
    async with open_served(tmp_path) as served:
        broken = await served.client.get("/api/lab/broken")
        with pytest.raises(httpx.RemoteProtocolError):
            await served.client.get("/api/lab/short")
    assert broken.text.splitlines()[:2] == ['{"n":1}', '{"n"']
    assert json.loads(broken.text.splitlines()[2]) == {
        "type": "error",
        "error": "the lab ended unexpectedly",
    }
