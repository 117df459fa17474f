"""A real Chromium, driven over its own protocol: no driver to install, and every complaint of a page is kept."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--window-size=1440,900",
)
PATIENCE_S = 60.0


class Page:
    """A page that is open, and what it complained of."""

    def __init__(self, wire: ClientConnection) -> None:
        self.complaints: list[str] = []
        self._wire = wire
        self._number = 0
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        self._wire.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = json.loads(self._wire.recv(PATIENCE_S))
            if message.get("id") == self._number:
                assert "error" not in message, message
                return dict(message["result"])
            self._hear(message)

    def open(self, url: str, theme: str = "dark") -> None:
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self.ask("Emulation.setEmulatedMedia", features=features)
        self.ask("Page.navigate", url=url)

    def value(self, script: str) -> Any:
        """Return what a piece of script says, as JSON has it."""
        found = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, script: str) -> Any:
        """Return what a piece of script says once that is true."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := self.value(script)):
            assert time.monotonic() < deadline, f"{script} stays {found!r}; complaints: {self.complaints}"
            time.sleep(0.05)
        return found

    def _hear(self, message: dict[str, Any]) -> None:
        told = message.get("params", {})
        if message["method"] == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(told["exceptionDetails"]))
        elif message["method"] == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.complaints.append(told["entry"]["text"])
        elif message["method"] == "Runtime.consoleAPICalled" and told["type"] == "error":
            self.complaints.append(json.dumps(told["args"]))


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """Open a browser that keeps what it writes in a folder."""
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("there is no Chromium")
    port_file = folder / "DevToolsActivePort"
    process = subprocess.Popen(
        [program, *ARGUMENTS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not port_file.exists() or len(lines := port_file.read_text().splitlines()) < 2:
            assert process.poll() is None, "the browser ended"
            assert time.monotonic() < deadline, "the browser does not start"
            time.sleep(0.05)
        port, path = lines
        with connect(f"ws://127.0.0.1:{port}{path}", proxy=None) as wire:
            wire.send(json.dumps({"id": 1, "method": "Target.getTargets"}))
            targets = json.loads(wire.recv(PATIENCE_S))["result"]["targetInfos"]
        page = next(one["targetId"] for one in targets if one["type"] == "page")
        with connect(f"ws://127.0.0.1:{port}/devtools/page/{page}", proxy=None, max_size=None) as wire:
            yield Page(wire)
    finally:
        process.terminate()
        try:
            process.wait(10)
        finally:
            process.kill()
