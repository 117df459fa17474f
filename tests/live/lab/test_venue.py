"""The lab inside a real exchange: who may what, what is watched, what dies, and how it ends."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.live.abuse.server import PASSWORD, Person, Server, serving, until
from tests.unit.doors.socket.stage import Client

pytestmark = pytest.mark.slow

PRESETS = Path(__file__).resolve().parents[3] / "configs" / "stream"
START = {"preset": "default", "speed": 2}
WAIT_S = 90.0
GROWN_BYTES_MAX = 48 << 20
"""What the exchange's process may grow by while a watcher never reads."""


def lab_settings(folder: Path, **changes: Any) -> dict[str, Any]:
    return {"lab": {"presets": str(PRESETS), "runs": str(folder / "runs"), **changes}}


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("venue")
    with serving(folder, lab_settings(folder)) as server:
        yield server


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    """Run a venue that the test may harm."""
    server = Server(tmp_path, lab_settings(tmp_path))
    try:
        server.start()
        server.http.timeout = httpx.Timeout(WAIT_S)
        yield server
    finally:
        server.stop()


def eventually(true: Any) -> None:
    deadline = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def lab_of(venue: Server) -> psutil.Process | None:
    """Return the lab's process, if there is one."""
    for child in psutil.Process(venue.pid).children():
        if "crossbook.cli.lab:lab" in child.cmdline():
            return child
    return None


@contextmanager
def admin_browser(venue: Server) -> Iterator[httpx.Client]:
    """Yield a browser in which an administrator is signed in."""
    password = (venue.data / "admin.password").read_text().strip()
    signed_in = venue.http.post("/api/login", json={"username": "admin", "password": password}).json()
    with httpx.Client(base_url=venue.url, timeout=WAIT_S) as browser:
        browser.post("/api/session", headers={"authorization": f"Bearer {signed_in['jwt_token']}"})
        yield browser


def page_headers(browser: httpx.Client, origin: str) -> dict[str, str]:
    """Return the headers with which a browser opens a WebSocket for a page."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    place = str(browser.base_url).rstrip("/").partition("://")[2]
    return {"Host": place, "Origin": origin, "Cookie": cookie}


def next_of(client: Client, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = client.json()
        if message["type"] == kind:
            return message


def steer(client: Client, action: str, value: Any = None) -> dict[str, Any]:
    client.send({"type": "control", "action": action, **({} if value is None else {"value": value})})
    return next_of(client, "control_response")


def manifest_of(runs: Path, run: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((runs / run / "manifest.json").read_text())
    return found


def test_a_venue_that_nobody_asks_for_the_lab_has_no_process_for_it(own: Server) -> None:
    own.place(own.register())
    assert own.http.get("/").status_code == 200
    assert lab_of(own) is None
    assert own.http.get("/api/lab/session").json() == {"control": False}
    lab = lab_of(own)
    assert lab is not None
    assert lab.nice() == psutil.Process(own.pid).nice() + 5
    own.sound()


def test_an_administrator_makes_a_simulation_in_his_browser_and_everybody_watches(venue: Server) -> None:
    venue.http.timeout = httpx.Timeout(WAIT_S)
    visitor, trader = venue.http, venue.register()
    with admin_browser(venue) as browser:
        assert visitor.get("/api/lab/session").json() == {"control": False}
        assert visitor.get("/api/lab/session", headers=trader.key).json() == {"control": False}
        assert browser.get("/api/lab/session").json() == {"control": True}
        refused = visitor.post("/api/lab/simulation", json=START)
        assert refused.status_code == 401
        refused = visitor.post("/api/lab/simulation", json=START, headers=trader.key)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        for origin in ({}, {"origin": "http://evil.test"}, {"origin": "http://127.0.0.1:1"}):
            assert browser.post("/api/lab/simulation", json=START, headers=origin).status_code == 403
        assert visitor.get("/api/lab/simulation").json() == {"state": "idle"}
        assert visitor.get("/api/lab/history").status_code == 404

        ours = {"origin": venue.url}
        begun = browser.post("/api/lab/simulation", json=START, headers=ours)
        assert begun.status_code == 201
        run = begun.json()["run"]
        with (
            Client(venue.port, "/ws/lab", headers=page_headers(browser, venue.url)) as steering,
            Client(venue.port, "/ws/lab", headers=page_headers(browser, "http://evil.test")) as foreign,
            Client(venue.port, "/ws/lab?channels=simulation", headers=trader.key) as traders,
            Client(venue.port, "/ws/lab") as visitors,
        ):
            controls = [next_of(one, "hello")["control"] for one in (steering, foreign, traders, visitors)]
            assert controls == [True, False, False, False]
            for watcher in (foreign, traders, visitors):
                assert not steer(watcher, "pause")["success"]
            assert steer(steering, "speed", 50)["success"]
            for watcher in (steering, foreign, visitors):
                assert next_of(watcher, "trade")["symbol"] == "BTC/USD"
            assert steer(steering, "shock", {"side": "buy", "size": 1, "seconds": 0})["success"]
            assert steer(steering, "pause")["success"]
            eventually(lambda: next_of(traders, "simulation")["state"] == "paused")
        # Whoever comes later sees it from its beginning on.
        past = visitor.get("/api/lab/history").json()
        assert past["profits"][0][0] == begun.json()["began"]
        assert past["groups"][-1] == past["happened"][-1]["agent_id"] == "shock 1"
        assert all(sum(profits) == pytest.approx(0, abs=1e-3) for _, *profits in past["profits"])
        ended = browser.delete("/api/lab/simulation", headers=ours)
        assert ended.json() == {"run": run}

    assert run in [one["run"] for one in visitor.get("/api/lab/runs").json()["runs"]]
    assert visitor.get(f"/api/lab/runs/{run}").json()["manifest"]["interventions"] == 1
    report = visitor.get(f"/api/lab/runs/{run}/report")
    assert report.headers["content-type"] == "text/html; charset=utf-8"
    assert report.headers["x-frame-options"] == "SAMEORIGIN"
    assert "sandbox allow-scripts" in report.headers["content-security-policy"]
    assert "</html>" in report.text
    venue.sound()


def test_a_key_of_an_administrator_makes_batch_runs_and_a_traders_does_not(venue: Server) -> None:
    batch = {"agents": [{"type": "market_maker"}, {"type": "noise", "count": 5}], "duration_seconds": 30}
    trader = venue.register()
    assert venue.http.post("/api/simulation/run", json=batch, headers=trader.key).status_code == 403
    with venue.http.stream(
        "POST", "/api/simulation/run", json=batch, headers=venue.boss, timeout=WAIT_S
    ) as answer:
        lines = [json.loads(line) for line in answer.iter_lines()]
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert (lines[0]["type"], lines[-1]["type"]) == ("progress", "final")
    wrong = venue.http.post("/api/simulation/run", json={**batch, "agents": []}, headers=venue.boss)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "malformed")
    assert venue.http.post("/api/lab/session", json={"token": "x"}, headers=venue.boss).status_code == 404


def test_signing_out_ends_what_was_steered_by_it(venue: Server) -> None:
    with admin_browser(venue) as browser:
        headers = page_headers(browser, venue.url)
        with (
            Client(venue.port, "/ws/lab", headers=headers) as steering,
            Client(venue.port, "/ws/lab") as watching,
        ):
            assert next_of(steering, "hello")["control"]
            assert browser.delete("/api/session", headers={"origin": venue.url}).status_code == 200
            goodbye, code = steering.end()
            assert (goodbye["code"], code) == ("session_over", 1008)
            watching.send({"type": "ping"})
            assert next_of(watching, "pong")
        with Client(venue.port, "/ws/lab", headers=headers) as again:
            assert not next_of(again, "hello")["control"]


def test_who_is_made_a_trader_steers_no_more(venue: Server) -> None:
    made = {"username": "deputy", "password": PASSWORD, "role": "admin"}
    assert venue.http.post("/api/admin/users", json=made, headers=venue.boss).status_code == 200
    signed_in = venue.http.post("/api/login", json={"username": "deputy", "password": PASSWORD}).json()
    bearer = {"Authorization": f"Bearer {signed_in['jwt_token']}"}
    with Client(venue.port, "/ws/lab", headers=bearer) as steering:
        assert next_of(steering, "hello")["control"]
        path = "/api/admin/users/deputy"
        assert venue.http.patch(path, json={"role": "trader"}, headers=venue.boss).status_code == 200
        time.sleep(1.1)
        steering.send({"type": "ping"})
        goodbye, code = steering.end()
        assert (goodbye["code"], code) == ("session_over", 1008)
    assert venue.http.post("/api/lab/simulation", json=START, headers=bearer).status_code == 403


def test_a_watcher_who_never_reads_costs_the_exchange_little_and_the_others_nothing(venue: Server) -> None:
    process = psutil.Process(venue.pid)
    wanted = {"preset": "default", "speed": 0}
    assert venue.http.post("/api/lab/simulation", json=wanted, headers=venue.boss).status_code == 201
    with Client(venue.port, "/ws/lab", receive_buffer=4_096) as deaf, venue.trader() as trading:
        assert deaf.status == 101
        before = process.memory_info().rss
        with Client(venue.port, "/ws/lab?channels=trade") as reading:
            numbers: list[int] = []
            while len(numbers) < 20_000:
                numbers.append(next_of(reading, "trade")["sequence"])
                if len(numbers) % 1_000 == 0:
                    assert trading.ask({"op": "ping", "id": 1})["id"] == 1
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert process.memory_info().rss - before < GROWN_BYTES_MAX
    assert venue.http.delete("/api/lab/simulation", headers=venue.boss, timeout=WAIT_S).status_code == 200


def test_a_lab_that_is_killed_while_it_is_watched_begins_again_and_the_exchange_trades_on(
    own: Server,
) -> None:
    person = own.register()
    begun = own.http.post("/api/lab/simulation", json=START, headers=own.boss)
    assert begun.status_code == 201
    with (
        Client(own.port, "/ws/lab", headers=own.boss) as steering,
        own.trader(person) as trading,
    ):
        assert next_of(steering, "hello")["control"]
        lab = lab_of(own)
        assert lab is not None
        os.kill(lab.pid, signal.SIGKILL)
        assert steering.rest()[1] is None
        assert trading.ask({"op": "ping", "id": 1})["id"] == 1
        own.place(person)
    assert own.http.get("/api/lab/simulation").json() == {"state": "idle"}
    again = lab_of(own)
    assert again is not None
    assert again.pid != lab.pid
    with Client(own.port, "/ws/lab", headers=own.boss) as steering:
        assert next_of(steering, "hello")["control"]
    # What was live is written all the same, by its own process.
    run = begun.json()["run"]
    eventually(lambda: run in [one["run"] for one in own.http.get("/api/lab/runs").json()["runs"]])
    assert own.http.post("/api/lab/simulation", json=START, headers=own.boss).status_code == 201
    assert own.audit()


def begin_and_watch(own: Server) -> tuple[str, Client, list[psutil.Process]]:
    """Begin a simulation; return its name, who watches it, and all processes of the lab."""
    begun = own.http.post("/api/lab/simulation", json=START, headers=own.boss)
    assert begun.status_code == 201
    watcher = Client(own.port, "/ws/lab")
    assert next_of(watcher, "trade")
    lab = lab_of(own)
    assert lab is not None
    processes = [lab, *lab.children(recursive=True)]
    assert len(processes) == 2
    return begun.json()["run"], watcher, processes


def test_a_venue_that_stops_ends_its_lab_in_order(own: Server) -> None:
    run, watcher, processes = begin_and_watch(own)
    os.kill(own.pid, signal.SIGTERM)
    goodbye, code = watcher.end()
    assert (goodbye["code"], code) == ("closing", 1012)
    eventually(lambda: not own.alive)
    assert own._process is not None
    assert own._process.returncode == 0
    eventually(lambda: not any(process.is_running() for process in processes))
    assert manifest_of(own.folder / "runs", run)["status"] in {"complete", "partial"}
    assert "Closed in good order" in own.said()
    assert '"level": "error"' not in own.said()
    assert "Traceback" not in own.said()
    watcher.close()


def test_the_lab_of_a_venue_that_is_killed_ends_too_and_keeps_what_was_live(own: Server) -> None:
    run, watcher, processes = begin_and_watch(own)
    os.kill(own.pid, signal.SIGKILL)
    assert watcher.rest()[1] is None
    eventually(lambda: not any(process.is_running() for process in processes))
    assert manifest_of(own.folder / "runs", run)["status"] in {"complete", "partial"}
    watcher.close()


def test_a_venue_without_a_lab_has_nothing_at_its_addresses(tmp_path: Path) -> None:
    with serving(tmp_path, lab_settings(tmp_path, enabled=False)) as server:
        for method, path in (("GET", "/api/lab/session"), ("POST", "/api/simulation/run")):
            answer = server.http.request(method, path, headers=server.boss)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        with Client(server.port, "/ws/lab", headers=server.boss) as client:
            assert client.status == 404
        assert lab_of(server) is None
        assert "/#/lab" not in server.said()


def test_no_secret_of_the_labs_is_said_or_kept(venue: Server) -> None:
    """The token that steers is in no argument, no variable, no file and no log."""
    assert venue.http.get("/api/lab/session").status_code == 200
    lab = lab_of(venue)
    assert lab is not None
    openly = " ".join(lab.cmdline()) + " ".join(f"{name}={value}" for name, value in lab.environ().items())
    assert "token" not in openly.lower()
    assert "Bearer" not in venue.said()
    until(lambda: venue.status()["keeper_lag"] == 0)
    (connection,) = [one for one in lab.net_connections("tcp") if one.status == psutil.CONN_LISTEN]
    assert connection.laddr.ip == "127.0.0.1"
    with httpx.Client(base_url=f"http://127.0.0.1:{connection.laddr.port}") as straight:
        assert straight.post("/api/lab/simulation", json=START).status_code == 401
        for headers in (venue.boss, {"authorization": f"Bearer {venue.boss['x-api-key']}"}):
            assert straight.post("/api/lab/simulation", json=START, headers=headers).status_code == 401


def test_a_person_is_told_what_he_lacks(venue: Server) -> None:
    person: Person = venue.register()
    answer = venue.http.post("/api/lab/runs", json={"preset": "default"}, headers=person.bearer)
    assert answer.json() == {"detail": "only administrators may do this", "code": "forbidden"}
