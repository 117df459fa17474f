"""`crossbook stream` as it ships, in processes of its own, for tests that watch, steer and do their worst to it.

Nothing is patched and nothing is reached but by its sockets, its files and signals.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil

from tests.small_runs import PROGRAM
from tests.unit.doors.socket.stage import TEXT, Client
from tests.unit.doors.stream.playing import COIN

START_S = 60.0
WAIT_S = 60.0
"""The longest that a test waits for something that must happen; far beyond what it takes."""
ANSWERS = {"agent_response", "control_response", "auth_response", "subscribed", "pong", "error", "goodbye"}

__all__ = ["COIN", "WAIT_S", "Streaming", "Watching", "streaming", "until", "written"]


def written(folder: Path, plain: dict[str, Any] = COIN, **changes: Any) -> Path:
    """Write a run file."""
    path = folder / f"{plain['name']}.yaml"
    path.write_text(json.dumps(plain | {"record": {"realism": False}} | changes))
    return path


class Watching:
    """A consumer that reads when it is asked to, and can send anything."""

    def __init__(self, client: Client) -> None:
        self.client = client
        assert client.status == 101, client.body
        self.hello = self.next()
        assert self.hello["type"] == "hello"

    def next(self) -> dict[str, Any]:
        """Read a message, its numbers as they were written."""
        kind, payload = self.client.frame()
        assert kind == TEXT
        message: dict[str, Any] = json.loads(payload, parse_float=Decimal)
        return message

    def until(self, true: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Read on to a message."""
        while not true(message := self.next()):
            pass
        return message

    def state(self, name: str) -> dict[str, Any]:
        """Read on until the simulation is in a state."""
        return self.until(lambda one: one["type"] == "simulation" and one["state"] == name)

    def ask(self, message: bytes | dict[str, Any]) -> dict[str, Any]:
        """Send a message and return the answer to it."""
        self.client.send(message)
        return self.until(lambda one: one["type"] in ANSWERS)

    def control(self, action: str, value: Any = None) -> dict[str, Any]:
        return self.ask({"type": "control", "action": action} | ({} if value is None else {"value": value}))

    def agents(self, action: str, agent_id: str, **fields: Any) -> dict[str, Any]:
        return self.ask({"type": "agent_command", "action": action, "agent_id": agent_id, **fields})

    def __enter__(self) -> "Watching":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()


class Streaming:
    """A server with a directory of its own.

    Args:
        folder: Where its token, its runs and all that it says are kept.
        words: Options of the command.
    """

    def __init__(self, folder: Path, *words: object) -> None:
        self.folder = folder
        self.runs = folder / "runs"
        self.log = folder / "server.log"
        self.words = [str(word) for word in words]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*PROGRAM, "stream", "--port", "0", "--no-report", "--out", str(self.runs), *self.words],
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "XDG_STATE_HOME": str(folder / "state"), "NO_COLOR": "1"},
            )
        until(lambda: "Control" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        (port,) = re.findall(r"ws://127\.0\.0\.1:(\d+)", self.said())
        self.port = int(port)
        kept = folder / "state" / "crossbook" / "control.token"
        self.token = kept.read_text().strip() if kept.exists() else ""

    def said(self) -> str:
        """Return all that the process wrote so far."""
        return self.log.read_text(errors="replace")

    @property
    def run(self) -> Path:
        """The directory of its only run."""
        (found,) = self.runs.iterdir()
        return found

    @property
    def stage(self) -> psutil.Process:
        """The process in which the simulation is."""
        (found,) = psutil.Process(self.process.pid).children()
        return found

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def watch(self, path: str = "/", **options: Any) -> Watching:
        """Connect without rights."""
        return Watching(Client(self.port, path, **options))

    def steer(self, path: str = "/?channels=simulation") -> Watching:
        """Connect with the token."""
        watching = self.watch(path, headers=self.bearer)
        assert watching.hello["control"] is True
        return watching

    def refused(self, path: str = "/", **options: Any) -> Client:
        """Connect where that is refused."""
        client = Client(self.port, path, **options)
        client.close()
        assert client.status != 101
        return client

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ended(self) -> int:
        """Wait for its end, and return its exit status."""
        return self.process.wait(WAIT_S)

    def hashes_said(self) -> dict[str, str]:
        """Return the hashes that were printed at the end."""
        (found,) = re.findall(r"state hash ([0-9a-f]{16}) +event hash ([0-9a-f]{16}) +main", self.said())
        return {"state": found[0], "event": found[1]}

    def stop(self) -> None:
        """Stop it by force where it is still there, and its simulation with it."""
        processes = [psutil.Process(self.process.pid)] if self.process.poll() is None else []
        processes += [child for one in processes for child in one.children()]
        for one in processes:
            one.kill()
        self.process.wait()


@contextmanager
def streaming(folder: Path, *words: object, sound: bool = True) -> Iterator[Streaming]:
    """Run a server for a while."""
    server = Streaming(folder, *words)
    try:
        yield server
        if sound:
            assert "Traceback" not in server.said(), server.said()
    finally:
        server.stop()


def command(*words: object, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the command line to its end in a process of its own."""
    return subprocess.run(
        [*PROGRAM, *map(str, words)],
        check=False,
        cwd=folder,
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=WAIT_S,
        env={**os.environ, "XDG_STATE_HOME": str(folder / "state"), "NO_COLOR": "1"},
    )


def until(true: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + START_S
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


if not sys.platform.startswith("linux"):
    raise ImportError("processes are looked into by the ways of Linux")
