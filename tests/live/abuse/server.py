"""The server as it ships, in a process of its own, for tests that do their worst to it.

Nothing is patched and nothing is reached but by its sockets and its files. What a test may rely on afterwards is asked by
`Server.sound`: the process lives, takes orders, and everything adds up.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.unit.doors.socket.stage import Client

PROGRAM = "from crossbook.cli.main import main; main()"
PASSWORD = "a-password-of-tests-4711"  # noqa: S105 - of users that exist in tests alone
START_S = 60.0
WAIT_S = 30.0
"""The longest that a test waits for something that must happen; far beyond what it takes."""
HOST = "127.0.0.1"
OTHER_HOST = "127.0.0.2"
"""Another address of this machine, from which another client comes."""
STEWARD_HOST = "127.0.0.3"
"""From there comes who asks how the venue is, whatever the limits of the others."""
LOOSE: dict[str, Any] = {
    "orders_per_second": 1e6,
    "order_burst": 1_000_000,
    "requests_per_second": 1e6,
    "request_burst": 1_000_000,
    "failed_logins_per_minute": 1_000_000,
    "registrations_per_minute": 1_000_000,
}
"""Limits that no test reaches by accident."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user with all that proves who he is."""

    user_id: str
    username: str
    api_key: str = field(repr=False)
    token: str = field(repr=False)

    @property
    def key(self) -> dict[str, str]:
        return {"x-api-key": self.api_key}

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


class Server:
    """A venue in a process, with a directory of its own.

    Args:
        folder: Where its data, its settings and all that it says are kept.
        settings: What its file of settings says; limits are added to loose ones.
    """

    def __init__(self, folder: Path, settings: dict[str, Any] | None = None) -> None:
        if not sys.platform.startswith("linux"):
            pytest.skip("only Linux lets clients come from any address of 127.0.0.0/8")
        given = dict(settings or {})
        given["limits"] = {**LOOSE, **given.get("limits", {})}
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.port = 0
        self._settings = given
        self._process: subprocess.Popen[bytes] | None = None
        self._boss: dict[str, str] = {}
        self._people = 0
        self.http = httpx.Client(timeout=WAIT_S)
        steward = httpx.HTTPTransport(local_address=STEWARD_HOST)
        self._steward = httpx.Client(timeout=WAIT_S, transport=steward)

    # The process

    def start(self) -> None:
        """Start, and wait until it takes orders."""
        (self.folder / "venue.yaml").write_text(json.dumps(self._settings))
        words = ("up", "--no-bots", "--port", "0", "--data-dir", str(self.data), "--config", "venue.yaml")
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *words],
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
            )
        deadline = time.monotonic() + START_S
        while (found := re.search(r"http://127\.0\.0\.1:(\d+)", self.said())) is None:
            assert self.alive, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)
        self.port = int(found[1])
        self.http.base_url = self._steward.base_url = httpx.URL(self.url)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def said(self) -> str:
        """Return all that the process wrote so far."""
        return self.log.read_text(errors="replace")

    def stop(self) -> None:
        """Stop in good order, and by force where that does not help."""
        self.http.close()
        self._steward.close()
        if self._process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.alive:
                self._process.send_signal(number)
                try:
                    self._process.wait(WAIT_S)
                except subprocess.TimeoutExpired:
                    continue

    # What tests ask

    def register(self, name: str = "user", http: httpx.Client | None = None) -> Person:
        """Register a user; a number makes the name his alone."""
        self._people += 1
        wanted = {"username": f"{name}{self._people}", "password": PASSWORD}
        answer = (http or self.http).post("/api/register", json=wanted)
        assert answer.status_code == 200, answer.text
        made = answer.json()
        return Person(made["user_id"], made["username"], made["api_key"], made["jwt_token"])

    @property
    def boss(self) -> dict[str, str]:
        """The header of the administrator, whose password is in a file of the data directory; a key outlives a log-out."""
        if not self._boss:
            password = (self.data / "admin.password").read_text().strip()
            answer = self._steward.post("/api/login", json={"username": "admin", "password": password})
            assert answer.status_code == 200, answer.text
            bearer = {"authorization": f"Bearer {answer.json()['jwt_token']}"}
            key = self._steward.post("/api/keys", json={"label": "tests"}, headers=bearer)
            self._boss = {"x-api-key": key.json()["api_key"]}
        return self._boss

    def place(self, who: Person, **changes: Any) -> dict[str, Any]:
        """Place an order that must be taken."""
        wanted = {"ticker": "FUN", "side": "buy", "price": 50, "quantity": 1, **changes}
        answer = self.http.post("/api/orders", json=wanted, headers=who.key)
        assert answer.status_code == 200, answer.text
        placed: dict[str, Any] = answer.json()
        return placed

    def open_orders(self, who: Person) -> list[dict[str, Any]]:
        with self.connect("/ws/account", headers=who.key) as client:
            orders: list[dict[str, Any]] = client.json()["data"]["orders"]
            return orders

    def status(self) -> dict[str, Any]:
        answer = self._steward.get("/api/admin/status", headers=self.boss)
        status: dict[str, Any] = answer.json()
        return status

    def audit(self) -> str:
        """Have everything computed anew; return the hash of the state."""
        answer = self._steward.post("/api/admin/audit", headers=self.boss)
        assert answer.status_code == 200, answer.text
        state: str = answer.json()["state_hash"]
        return state

    def sound(self) -> str:
        """Assert that the process lives, takes orders and adds up; return the hash of the state."""
        assert self.alive, self.said()
        assert self._steward.get("/api/ready").status_code == 200
        state = self.audit()
        assert '"level": "error"' not in self.said(), self.said()
        assert "Traceback" not in self.said(), self.said()
        return state

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Assert that what is done meanwhile changes no state."""
        before = self.sound()
        yield
        assert self.sound() == before

    # Connections

    def connect(self, path: str = "/ws", **options: Any) -> Client:
        """Open a WebSocket."""
        return Client(self.port, path, **options)

    def trader(self, who: Person | None = None) -> Client:
        """Open a WebSocket that is signed in, and read the greeting."""
        client = self.connect(headers=who.key if who else None)
        assert client.status == 101, client.body
        assert client.json()["type"] == "hello"
        return client

    def raw(self, host: str = HOST) -> socket.socket:
        """Open a connection from an address."""
        return socket.create_connection((HOST, self.port), WAIT_S, source_address=(host, 0))

    def talk(self, sent: bytes) -> bytes:
        """Send bytes and return all that comes until the server closes."""
        with self.raw() as connection:
            try:
                connection.sendall(sent)
                return b"".join(iter(lambda: connection.recv(1 << 16), b""))
            except ConnectionError:
                return b""

    @contextmanager
    def elsewhere(self) -> Iterator[httpx.Client]:
        """Yield a client that comes from another address."""
        transport = httpx.HTTPTransport(local_address=OTHER_HOST)
        with httpx.Client(base_url=self.url, transport=transport, timeout=WAIT_S) as client:
            yield client


@contextmanager
def serving(folder: Path, settings: dict[str, Any] | None = None) -> Iterator[Server]:
    """Run a server for a while; at the end it must be as sound as at the beginning."""
    server = Server(folder, settings)
    try:
        server.start()
        yield server
        server.sound()
    finally:
        server.stop()


def until(true: Any) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)
