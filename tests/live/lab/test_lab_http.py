"""The lab over real HTTP: what is made, what is refused, who hangs up, and how it ends."""

import asyncio
import json
import os
import re
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request

from crossbook.doors.lab import answers
from crossbook.doors.lab import workshop as workshops
from crossbook.doors.lab.answers import PAGE_HEADERS
from crossbook.doors.lab.bodies import BODY_BYTES_MAX
from crossbook.doors.lab.router import Places, lab_routes
from crossbook.doors.lab.turns import WAITING_MAX
from crossbook.doors.lab.workshop import Workshop
from crossbook.lab.run import verify_all
from crossbook.venue.refusals import NOT_SIGNED_IN, Refused
from tests.loops import looped
from tests.small_runs import SMALL, made, manifest_of

TOKEN = {"authorization": "Bearer right"}
BATCH: dict[str, Any] = {
    "agents": [{"type": "market_maker", "count": 2}, {"type": "noise", "count": 20}],
    "duration_seconds": 30,
    "seed": 7,
}
LONG: dict[str, Any] = {**BATCH, "duration_seconds": 30 * 86_400}
LONG_RUN = SMALL.replace('{open: "10:00", close: "10:01"}', '{open: "00:00", close: "23:59"}').replace(
    "interval_ns: 1s", "interval_ns: 1ms"
)
WITHIN_S = 30.0


async def guard(request: Request) -> None:
    if request.headers.get("authorization") != TOKEN["authorization"]:
        raise Refused(NOT_SIGNED_IN, "this needs the token", 401)


@dataclass
class Lab:
    client: httpx.AsyncClient
    workshop: Workshop
    runs: Path
    port: int


@asynccontextmanager
async def open_lab(tmp_path: Path) -> AsyncIterator[Lab]:
    """Serve the lab on a port of its own."""
    presets = tmp_path / "presets"
    presets.mkdir()
    (presets / "small.yaml").write_text(f"description: A small one\n{SMALL}")
    (presets / "long.yaml").write_text(LONG_RUN)
    runs = tmp_path / "runs"
    async with lab_routes(Places(runs, presets), guard) as (router, workshop):
        application = FastAPI(redirect_slashes=False)
        application.include_router(router)
        server = uvicorn.Server(
            uvicorn.Config(
                application, host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=3
            )
        )
        serving = asyncio.create_task(server.serve())
        await until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        limits = httpx.Limits(max_connections=None)
        client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers=TOKEN, timeout=WITHIN_S, limits=limits
        )
        try:
            async with client:
                yield Lab(client, workshop, runs, port)
        finally:
            workshop.stop()
            server.should_exit = True
            await serving


async def lines_of(lab: Lab, path: str, body: object) -> list[dict[str, Any]]:
    """Post something and return all the lines of the answer."""
    answer = await lab.client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line, parse_float=Decimal) for line in answer.text.splitlines()]


async def until(condition: Any) -> None:
    """Wait for something that happens by itself."""
    end = monotonic() + WITHIN_S
    while not condition():
        assert monotonic() < end
        await asyncio.sleep(0.01)


@looped
async def test_twelve_batches_at_once_have_the_same_answer_as_one(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        alone = await lab.client.post("/api/simulation/run", json=BATCH)
        together = await asyncio.gather(
            *(lab.client.post("/api/simulation/run", json=BATCH) for _ in range(12))
        )

    last = {answer.text.splitlines()[-1] for answer in (alone, *together)}
    assert len(last) == 1
    final = json.loads(last.pop(), parse_float=Decimal)
    assert final["type"] == "final"
    assert (final["seed"], final["total_trades"]) == (7, len(final["trades"]))
    assert sum(agent["pnl"] for agent in final["agent_stats"]) == 0
    assert all(trade["buy_order_id"] != trade["sell_order_id"] for trade in final["trades"])
    assert not lab.runs.exists(), "a batch simulation leaves nothing behind"


@looped
async def test_progress_comes_while_a_batch_is_made(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        lines = await lines_of(lab, "/api/simulation/run", {**BATCH, "duration_seconds": 20_000})

    kinds = Counter(line["type"] for line in lines)
    assert kinds["final"] == 1
    assert kinds["progress"] > 1
    parts = [line["progress"] for line in lines[:-1]]
    assert parts == sorted(parts)
    assert lines[-2]["trades"] <= lines[-1]["total_trades"]


@looped
async def test_who_hangs_up_ends_his_batch_and_makes_room(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        turns = lab.workshop._batch_turns
        for _ in range(2):
            async with lab.client.stream("POST", "/api/simulation/run", json=LONG) as answer:
                # Whoever drops the iterator hangs up.
                lines = answer.aiter_lines()
                await anext(lines)
                assert turns._inside == 1
            await until(lambda: turns._inside == 0)

        # All threads are free again.
        assert (await lines_of(lab, "/api/simulation/run", BATCH))[-1]["type"] == "final"


@pytest.mark.slow
@looped
async def test_who_does_not_read_makes_room_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "SLOW_READER_S", 0.2)
    # Its answer is larger than what the sockets on both sides take.
    body = json.dumps({**BATCH, "duration_seconds": 30_000}).encode()
    head = b"POST /api/simulation/run HTTP/1.1\r\nhost: lab\r\nauthorization: Bearer right\r\n"
    async with open_lab(tmp_path) as lab:
        turns = lab.workshop._batch_turns
        small = socket.create_connection(("127.0.0.1", lab.port))
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        _, writer = await asyncio.open_connection(sock=small, limit=1_024)
        writer.write(head + b"content-length: %d\r\n\r\n%b" % (len(body), body))
        await until(lambda: turns._inside == 1)
        # Nothing is read, and the connection is open all the time.
        await until(lambda: turns._inside == 0)
        writer.transport.abort()


@pytest.mark.slow
@looped
async def test_others_wait_and_too_many_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshops, "BATCHES_AT_ONCE", 1)
    async with open_lab(tmp_path) as lab:
        async with lab.client.stream("POST", "/api/simulation/run", json=LONG) as first:
            lines_of_first = first.aiter_lines()
            await anext(lines_of_first)
            waiting = [
                asyncio.create_task(lab.client.post("/api/simulation/run", json=BATCH))
                for _ in range(WAITING_MAX)
            ]
            await until(lambda: len(lab.workshop._batch_turns._waiting) == WAITING_MAX)
            refused = await lab.client.post("/api/simulation/run", json=BATCH)
            waiting[0].cancel()
        served = await asyncio.gather(*waiting[1:20])
        for task in waiting[20:]:
            task.cancel()
        await until(lambda: lab.workshop._batch_turns._inside == 0)

    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["retry-after"]
    lines = served[0].text.splitlines()
    assert json.loads(lines[0]) | {"current_price": 0} == {
        "type": "progress",
        "progress": 0,
        "timestamp": 1_767_225_600_000_000,
        "trades": 0,
        "current_price": 0,
        "bid_price": None,
        "ask_price": None,
    }
    assert {answer.text.splitlines()[-1] for answer in served} == {lines[-1]}


@pytest.mark.slow
@looped
async def test_a_server_that_stops_tells_those_who_wait(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        begun = [asyncio.create_task(lines_of(lab, "/api/simulation/run", LONG)) for _ in range(14)]
        run = asyncio.create_task(lines_of(lab, "/api/lab/runs", {"preset": "long"}))
        await until(
            lambda: lab.workshop._batch_turns._inside == 12 and len(lab.workshop._batch_turns._waiting) == 2
        )
        await until(lambda: lab.runs.exists() and any(lab.runs.iterdir()))
        lab.workshop.stop()
        batches, made_run = await asyncio.gather(asyncio.gather(*begun), run)
        late = await lab.client.post("/api/simulation/run", json=BATCH)

    assert {json.dumps(lines[-1]) for lines in batches} == {'{"type": "error", "error": "the server stops"}'}
    assert (made_run[-1]["type"], made_run[-1]["status"]) == ("final", "partial")
    assert made_run[-1]["reason"].startswith("interrupted at")
    assert (late.status_code, late.json()["code"]) == (503, "closing")
    assert manifest_of(lab.runs / made_run[-1]["run"])["status"] == "partial"


@pytest.mark.slow
@looped
async def test_a_run_that_is_made_is_in_the_list_and_its_page_opens(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        wanted = {"preset": "small", "seed": 11, "set": {"agents.noise.count": 25}}
        lines = await lines_of(lab, "/api/lab/runs", wanted)
        final = lines[-1]
        (listed,) = (await lab.client.get("/api/lab/runs")).json()["runs"]
        told = (await lab.client.get(f"/api/lab/runs/{final['run']}")).json()
        page = await lab.client.get(f"/api/lab/runs/{final['run']}/report")

    assert {line["type"] for line in lines[:-1]} == {"progress"}
    assert lines[-2]["progress"] == 1
    assert lines[-2]["trades"] == told["metrics"]["markets"]["ACME"]["trades"]
    assert (final["type"], final["status"]) == ("final", "complete")
    assert listed | {"wall_seconds": 0, "started": ""} == {
        "run": final["run"],
        "name": "small",
        "status": "complete",
        "started": "",
        "seed": 11,
        "mode": "simulate",
        "simulated_seconds": 60.0,
        "wall_seconds": 0,
        "events": told["manifest"]["events"],
        "interventions": 0,
        "event_hash": final["event_hash"],
        "members": None,
        "seeds": None,
    }
    assert "folder" not in told["manifest"]
    assert str(tmp_path) not in json.dumps(told)
    assert [group["count"] for group in told["manifest"]["agents"]] == [2, 25]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for name, value in PAGE_HEADERS.items():
        assert page.headers[name] == value
    assert b"small" in page.content
    assert verify_all(lab.runs / final["run"])[0].equal


@pytest.mark.slow
@looped
async def test_several_seeds_are_made_together(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        lines = await lines_of(lab, "/api/lab/runs", {"config": SMALL, "seeds": 2})
        (listed,) = (await lab.client.get("/api/lab/runs")).json()["runs"]
        told = (await lab.client.get(f"/api/lab/runs/{lines[-1]['run']}")).json()
        page = await lab.client.get(f"/api/lab/runs/{lines[-1]['run']}/report")

    assert (lines[-1]["status"], lines[-1]["members"], listed["members"]) == ("complete", 2, 2)
    members = told["manifest"]["members"]
    assert [member["seed"] for member in members] == listed["seeds"] == [3, 4]
    singly = [
        json.loads((lab.runs / listed["run"] / one["folder"] / "manifest.json").read_text())
        for one in members
    ]
    for key in ("events", "simulated_seconds", "interventions"):
        assert listed[key] == sum(one[key] for one in singly)
    assert listed["mode"] == "simulate"
    assert b"2 seeds side by side" in page.content


@pytest.mark.slow
@looped
async def test_who_hangs_up_ends_his_run_which_is_kept_as_far_as_it_went(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        async with lab.client.stream("POST", "/api/lab/runs", json={"preset": "long"}) as answer:
            async for line in answer.aiter_lines():
                if json.loads(line)["progress"] > 0:
                    break
        await until(lambda: lab.workshop._run_turns._inside == 0)
        (listed,) = (await lab.client.get("/api/lab/runs")).json()["runs"]

    assert listed["status"] == "partial"
    assert not lab.workshop._endings


@pytest.mark.slow
@looped
async def test_a_process_that_dies_is_told_of(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = []
    async with (
        open_lab(tmp_path) as lab,
        lab.client.stream("POST", "/api/lab/runs", json={"preset": "long"}) as answer,
    ):
        async for line in answer.aiter_lines():
            lines.append(json.loads(line))
            if lines[-1].get("progress", 0) > 0:
                for pid in children_of(os.getpid()):
                    os.kill(pid, 9)

    assert lines[-1] == {
        "type": "error",
        "error": "the run's process died, perhaps for want of memory",
    }


def children_of(parent: int) -> list[int]:
    """Return the processes that make runs for this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            status, command = path.read_text(), path.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if int(status.rpartition(")")[2].split()[1]) == parent and b"crossbook.doors.lab.making" in command:
            found.append(int(path.parent.name))
    return found


@pytest.mark.slow
@looped
async def test_runs_are_compared_side_by_side(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        runs = [
            (await lines_of(lab, "/api/lab/runs", {"preset": "small", "seed": seed}))[-1]["run"]
            for seed in (1, 2)
        ]
        page = await lab.client.get("/api/lab/compare", params={"run": runs})
        alone = await lab.client.get("/api/lab/compare", params={"run": runs[:1]})
        many = await lab.client.get("/api/lab/compare", params={"run": runs * 6})
        unknown = await lab.client.get("/api/lab/compare", params={"run": [runs[0], "nothing"]})

    assert page.status_code == 200
    assert page.text.count("seed 1") >= 1
    assert "seed 2" in page.text
    assert page.headers["content-security-policy"] == PAGE_HEADERS["content-security-policy"]
    assert [answer.status_code for answer in (alone, many, unknown)] == [422, 400, 404]


@looped
async def test_a_run_without_a_page_gets_one_that_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_text(SMALL)
    folder = made(tmp_path / "run.yaml")
    async with open_lab(tmp_path) as lab:
        page = await lab.client.get(f"/api/lab/runs/{folder.name}/report")

    assert page.status_code == 200
    assert "small" in page.text
    assert not (folder / "report.html").exists()


@looped
async def test_no_name_leads_out_of_the_folder_of_runs(tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_text(SMALL)
    folder = made(tmp_path / "run.yaml")
    outside = tmp_path / "outside"
    folder.rename(outside)
    (tmp_path / "secret.html").write_text("secret")
    runs = folder.parent
    (runs / "linked").symlink_to(outside)
    inside = runs / "inside"
    inside.mkdir()
    (inside / "manifest.json").write_bytes((outside / "manifest.json").read_bytes())
    (inside / "report.html").symlink_to(tmp_path / "secret.html")
    (inside / "metrics.json").symlink_to(tmp_path / "secret.html")
    names = [
        "..",
        ".",
        "../outside",
        "..%2foutside",
        "%2e%2e%2foutside",
        "..%5coutside",
        "%2e%2e",
        "linked",
        "inside%2f..%2f..%2foutside",
        "outside%00",
        "x" * 300,
        "",
        ".hidden",
        "%F0%9F%92%A3",
    ]
    async with open_lab(tmp_path) as lab:
        listed = (await lab.client.get("/api/lab/runs")).json()["runs"]
        addresses = [f"runs/{name}{tail}" for name in names for tail in ("", "/report")]
        addresses += [f"compare?run={name}&run=inside" for name in names]
        replies = [await raw(lab, f"GET /api/lab/{address} HTTP/1.1") for address in addresses]
        page = await lab.client.get("/api/lab/runs/inside/report")
        told = await lab.client.get("/api/lab/runs/inside")

    assert [run["run"] for run in listed] == ["inside"]
    assert {status_of(reply) for reply in replies} <= {400, 404, 200}
    for reply in replies:
        # The list answers where nothing is left of a name.
        assert status_of(reply) != 200 or b'"run":"inside"' in reply
        assert b"secret" not in reply
        assert b"state_hash" not in reply
    assert (page.status_code, told.status_code) == (404, 404)


async def raw(lab: Lab, line: str) -> bytes:
    """Send a request as it is, and return all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", lab.port)
    writer.write(f"{line}\r\nhost: lab\r\nconnection: close\r\n\r\n".encode())
    told = await reader.read()
    writer.close()
    return told


def status_of(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.1 (\d{3})", answer)
    assert found is not None
    return int(found[1])


RUNS, BATCHES = "/api/lab/runs", "/api/simulation/run"
BAD: list[tuple[str, str | bytes, int, str]] = [
    (BATCHES, "", 400, "malformed"),
    (BATCHES, "{", 400, "malformed"),
    (BATCHES, "[]", 400, "malformed"),
    (BATCHES, b"\xff\xfe", 400, "malformed"),
    (BATCHES, b'{"agents":[{"type":"\xff"}],"duration_seconds":1}', 400, "malformed"),
    (BATCHES, "{}", 400, "malformed"),
    (BATCHES, '{"agents":[],"duration_seconds":1}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"noise"}],"duration_seconds":"1e3"}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"noise"}],"duration_seconds":NaN}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"noise"}],"duration_seconds":1e400}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"noise"}],"duration_seconds":-1}', 422, "invalid"),
    (BATCHES, '{"agents":[{"type":"noise"}],"duration_seconds":true}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"noise"}],"duration_seconds":1,"seed":1.0}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"noise"}],"duration_seconds":1,"seed":-1}', 400, "malformed"),
    (
        BATCHES,
        '{"agents":[{"type":"noise"}],"duration_seconds":1,"seed":9223372036854775808}',
        400,
        "malformed",
    ),
    (BATCHES, '{"agents":[{"type":"noise"}],"duration_seconds":1,"seed":1,"seed":2}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"noise"}],"duration_seconds":1,"speed":1}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"noise","count":1.5}],"duration_seconds":1}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"noise","count":0}],"duration_seconds":1}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"noise","count":2000000}],"duration_seconds":1}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"noise","id":"x"}],"duration_seconds":1}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"nose"}],"duration_seconds":1}', 422, "invalid"),
    (BATCHES, '{"agents":[{"type":"noise","params":{"max_size":0}}],"duration_seconds":1}', 422, "invalid"),
    (
        BATCHES,
        '{"agents":[{"type":"noise","params":{"max_size":1e400}}],"duration_seconds":1}',
        400,
        "malformed",
    ),
    (BATCHES, '{"agents":[{"type":"noise","params":{"a":1,"a":2}}],"duration_seconds":1}', 400, "malformed"),
    (BATCHES, '{"agents":[{"type":"noise","params":{"max_size":[1]}}],"duration_seconds":1}', 422, "invalid"),
    (BATCHES, '{"agents":[{"type":"os:system","params":{}}],"duration_seconds":1}', 422, "invalid"),
    (BATCHES, '{"agents":[{"type":"noise"}],"duration_seconds":1,"initial_price":0}', 422, "invalid"),
    (
        BATCHES,
        '{"agents":[{"type":"noise","params":'
        + '{"a":' * 2_000
        + "1"
        + "}" * 2_000
        + '}],"duration_seconds":1}',
        400,
        "malformed",
    ),
    (BATCHES, '{"agents":[],"duration_seconds":1}' + " " * BODY_BYTES_MAX, 413, "too_large"),
    (f"{BATCHES}?speed=1", json.dumps(BATCH), 400, "malformed"),
    (RUNS, "{}", 422, "invalid"),
    (RUNS, '{"preset":"nothing"}', 404, "not_found"),
    (RUNS, '{"preset":"../presets/small"}', 404, "not_found"),
    (RUNS, '{"preset":"small","config":"a: 1"}', 422, "invalid"),
    (RUNS, '{"preset":"small","seeds":0}', 400, "malformed"),
    (RUNS, '{"preset":"small","seeds":100000}', 400, "malformed"),
    (RUNS, '{"preset":"small","seed":9223372036854775807,"seeds":2}', 422, "invalid"),
    (RUNS, '{"preset":"small","set":{"agents.nose.count":1}}', 422, "invalid"),
    (RUNS, '{"preset":"small","set":{"a=b":1}}', 422, "invalid"),
    (RUNS, '{"preset":"small","set":[]}', 400, "malformed"),
    (RUNS, '{"config":"a: ["}', 422, "invalid"),
    (RUNS, '{"config":5}', 400, "malformed"),
    (RUNS, json.dumps({"config": SMALL + "correlation: [[1, 2], [3]]\n"}), 422, "invalid"),
    (RUNS, json.dumps({"config": SMALL.replace("noise\n", "m:C\n")}), 422, "invalid"),
    (RUNS, json.dumps({"config": f"extends: small\n{SMALL}"}), 422, "invalid"),
]


@looped
async def test_whatever_cannot_be_is_refused_in_one_clear_line(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        headers = {"content-type": "application/json"}
        for path, body, status, code in BAD:
            answer = await lab.client.post(path, content=body, headers=headers)
            told = answer.json()
            assert (answer.status_code, told["code"]) == (status, code), (path, body[:200], told)
            assert told["detail"]
            assert told["detail"].isprintable()
            assert set(told) == {"detail", "code"}
            assert answer.headers["content-type"] == "application/json"
        no_json = await lab.client.post(BATCHES, content="{}", headers={"content-type": "text/plain"})
        queries = [
            await lab.client.get(f"/api/lab/{path}")
            for path in (
                "runs?limit=0",
                "runs?limit=1001",
                "runs?limit=x",
                "runs?limit=1&limit=2",
                "agents?a=1",
            )
        ]
        assert lab.workshop._batch_turns._inside == lab.workshop._run_turns._inside == 0

    assert no_json.status_code == 415
    assert {(answer.status_code, answer.json()["code"]) for answer in queries} == {(400, "malformed")}
    assert not lab.runs.exists()


@looped
async def test_only_who_may_change_anything_makes_anything(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        lab.client.headers.pop("authorization")
        refused = [await lab.client.post(path, content=b"x" * 100) for path in (RUNS, BATCHES)]
        looks = [await lab.client.get(f"/api/lab/{path}") for path in ("presets", "agents", "schema", "runs")]

    for answer in refused:
        assert answer.status_code == 401
        assert answer.json() == {"detail": "this needs the token", "code": "not_signed_in"}
        assert answer.headers["www-authenticate"]
    assert [look.status_code for look in looks] == [200] * 4


@looped
async def test_presets_and_types_of_agents_are_told(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        presets = (await lab.client.get("/api/lab/presets")).json()["presets"]
        types = (await lab.client.get("/api/lab/agents")).json()["agent_types"]
        schema = (await lab.client.get("/api/lab/schema")).json()

    assert [preset["name"] for preset in presets] == ["long", "small"]
    assert (presets[1]["description"], presets[1]["config"][-len(SMALL) :]) == ("A small one", SMALL)
    assert types[0]["agent_type"] == "market_maker"
    assert set(types[0]) == {"agent_type", "title", "description", "classic", "parameters"}
    assert types[0]["parameters"]["properties"]["spread"]["default"] == 0.001
    assert "agents" in schema["properties"]
