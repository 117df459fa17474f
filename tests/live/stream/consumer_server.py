"""A real `crossbook stream` to watch, what it says over HTTP, and a wire to it that can be cut."""

import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[3]
CONSUMERS = ROOT / "examples" / "consumers"
PROGRAM = "from crossbook.cli.main import main; main()"
PATIENCE_S = 60.0
CHUNK = 1 << 16


def until(look: Callable[[], Any]) -> Any:
    """Return what is seen once there is something."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, f"it stays {found!r}"
        time.sleep(0.02)
    return found


class Live:
    """A simulation that runs.

    Args:
        http: Asks it.
        folder: Of its token.
    """

    def __init__(self, http: httpx.Client, folder: Path) -> None:
        self.address = http.base_url.netloc.decode()
        self.url = f"ws://{self.address}"
        self.token_file = folder / "state" / "crossbook" / "control.token"
        self._http = http

    def get(self, route: str, **query: Any) -> Any:
        answer = self._http.get(f"/{route}", params=query).raise_for_status()
        return json.loads(answer.text, parse_float=Decimal)

    def trades(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("trades", symbol="BTC/USD", limit=1_000)["trades"]
        return found

    def simulation(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("simulation")
        return found

    def steer(self, *messages: dict[str, Any]) -> None:
        words = (json.dumps(message) for message in messages)
        done = run("steer.py", "--url", self.url, "--token-file", str(self.token_file), *words)
        assert done.returncode == 0, done.stdout + done.stderr

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let nothing change."""
        self.steer({"type": "control", "action": "pause"})
        try:
            yield
        finally:
            self.steer({"type": "control", "action": "resume"})


def run(program: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run an example in Python to its end."""
    command = [sys.executable, str(CONSUMERS / program), *words]
    environment = {**os.environ, **variables}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


@contextmanager
def live(folder: Path) -> Iterator[Live]:
    """Run a simulation at twenty times the speed of the clock."""
    words = ["--port", "0", "--speed", "20", "--seed", "3", "--out", str(folder / "runs"), "--no-report"]
    said, wrong = folder / "stdout", folder / "stderr"
    with said.open("w") as out, wrong.open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "stream", *words],
            cwd=ROOT,
            env={**os.environ, "XDG_STATE_HOME": str(folder / "state"), "NO_COLOR": "1"},
            stdout=out,
            stderr=err,
        )
    try:

        def address() -> str | None:
            assert process.poll() is None, wrong.read_text()
            found = re.search(r"ws://(\S+)", said.read_text())
            return found[1] if found else None

        with httpx.Client(base_url=f"http://{until(address)}/api/lab", trust_env=False) as http:
            server = Live(http, folder)
            until(lambda: len(server.trades()) > 50)
            yield server
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE_S)
        finally:
            process.kill()
    assert process.returncode == 0, wrong.read_text()


class Wire:
    """Carries connections to a server, until it is cut; then it refuses them, until it is mended.

    Args:
        address: Of the server.
    """

    def __init__(self, address: str) -> None:
        there = urllib.parse.urlsplit(f"//{address}")
        self._there = (there.hostname or "", there.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self._listener.getsockname()[1]}"
        self._whole = True
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def cut(self) -> None:
        self._whole = False
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._ends.clear()

    def mend(self) -> None:
        self._whole = True

    def close(self) -> None:
        # Closing alone does not wake a thread that accepts.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self.cut()
        for thread in self._threads:
            thread.join(PATIENCE_S)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            if not self._whole:
                here.close()
                continue
            there = socket.create_connection(self._there)
            self._ends += [here, there]
            there_and_back = threading.Thread(target=_carry, args=(here, there))
            self._threads.append(there_and_back)
            there_and_back.start()


def _carry(here: socket.socket, there: socket.socket) -> None:
    """Carry both ways until either end is closed, then close both."""
    others = {here: there, there: here}
    with here, there, contextlib.suppress(OSError):
        while True:
            for source in select.select([here, there], [], [])[0]:
                data = source.recv(CHUNK)
                if not data:
                    return
                others[source].sendall(data)


@contextmanager
def wire(server: Live) -> Iterator[Wire]:
    """Give a wire to a server."""
    carrying = Wire(server.address)
    try:
        yield carrying
    finally:
        carrying.close()
