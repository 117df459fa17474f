"""What is wrong with a command line is one line and an exit status, and a simulated day needs no more memory than an hour."""

import socket
from pathlib import Path
from typing import Any

import pytest

from tests.live.stream.serving import COIN, command, streaming, written
from tests.small_runs import crossbook, manifest_of

pytestmark = pytest.mark.slow

WRONG: dict[str, tuple[list[str], list[str]]] = {
    "preset": (["--preset", "nothing"], ["nothing"]),
    "config": (["--config", "nothing.yaml"], ["nothing.yaml"]),
    "both": (["--preset", "default", "--config", "coin.yaml"], ["--preset", "--config"]),
    "flag": (["--config", "coin.yaml", "--nothing"], ["--nothing"]),
    "speed": (["--config", "coin.yaml", "--speed", "-1"], ["--speed"]),
    "speed that is none": (["--config", "coin.yaml", "--speed", "nan"], ["--speed"]),
    "speed without end": (["--config", "coin.yaml", "--speed", "inf"], ["--speed"]),
    "duration": (["--config", "coin.yaml", "--duration", "soon"], ["--duration"]),
    "no duration": (["--config", "coin.yaml", "--duration", "0s"], ["--duration"]),
    "duration of ages": (["--config", "coin.yaml", "--duration", "99999999d"], ["--duration"]),
    "price": (["--config", "coin.yaml", "--initial-price", "cheap"], ["--initial-price"]),
    "seed": (["--config", "coin.yaml", "--seed", "-1"], ["seed"]),
    "set": (["--config", "coin.yaml", "--set", "agents.makers.params.spread=wide"], ["spread"]),
    "count of nobody": (["--config", "coin.yaml", "--whales", "3"], ["whales"]),
    "day": (["--config", "coin.yaml", "--date", "yesterday"], ["--date"]),
    "memory": (["--config", "coin.yaml", "--memory-limit", "1"], ["--memory-limit"]),
}
WRONG_LATER: dict[str, tuple[list[str], list[str]]] = {
    "price off the grid": (
        ["--config", "coin.yaml", "--port", "0", "--initial-price", "1.23"],
        ["initial_price"],
    ),
    "port": (["--config", "coin.yaml", "--port", "70000"], ["port"]),
    "out": (["--config", "coin.yaml", "--port", "0", "--out", "coin.yaml"], ["coin.yaml"]),
}
"""What is found out by who listens, and by the simulation's own process."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("ends")
    written(found)
    return found


def check(status: int, said: str, names: list[str]) -> None:
    assert status == 2, said
    lines = said.strip().splitlines()
    assert len(lines) == 1, said
    assert all(name in lines[0] for name in names), said
    assert "pydantic" not in lines[0]


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_in_one_line(
    folder: Path, case: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words, names = WRONG[case]
    monkeypatch.chdir(folder)
    # Nothing of it may go as far as to serve.
    monkeypatch.setattr("crossbook.cli.stream.kept_token", None)
    check(crossbook("stream", "--no-report", *words), capsys.readouterr().err, names)


@pytest.mark.parametrize("case", WRONG_LATER)
def test_what_is_found_to_be_wrong_later_is_named_in_one_line(folder: Path, case: str) -> None:
    words, names = WRONG_LATER[case]
    done = command("stream", "--no-report", *words, folder=folder)
    check(done.returncode, done.stderr, names)


def test_a_port_in_use_is_told(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = command("stream", "--config", "coin.yaml", "--port", port, folder=folder)
    assert done.returncode == 3
    (line,) = done.stderr.strip().splitlines()
    assert port in line


DAY: dict[str, Any] = COIN | {
    "name": "day",
    "day": {"start": "00:00", "open": "00:00", "close": "1d"},
    "agents": {
        "makers": {
            "kind": "symmetric_maker",
            "count": 1,
            "params": {"interval_ns": "5s", "spread": 0.0004, "lots": 50_000, "position_lots": 2_000_000},
        },
        "noise": {
            "kind": "noise",
            "count": 5,
            "params": {"interval_ns": "4s", "aggressive": 0.5, "distance_ticks": 60.0, "life_ns": "10s"},
        },
    },
}
"""A light day, in which a quarter of a million things are recorded all the same."""


def test_a_simulated_day_takes_no_more_memory_as_it_goes_on(tmp_path: Path) -> None:
    file = written(tmp_path, DAY)
    with streaming(tmp_path, "--config", file, "--speed", 0, "--paused", "--stay") as server:
        stage = server.stage
        with server.steer("/?channels=simulation,market_data") as steering:
            began = steering.state("paused")["began"]
            assert steering.control("resume")["success"]
            seen: list[tuple[int, int]] = []
            while (state := steering.next()).get("state") not in ("ending", "ended", "failed"):
                if "timestamp" in state:
                    seen.append((state["timestamp"] - began, stage.memory_info().rss))
            half = [rss for at, rss in seen if at > 43_200_000_000]
            assert len(half) > 10
            # A part that waits to be written, more or less, is not counted.
            assert max(half) < half[0] + (48 << 20), [(at // 10**6, rss >> 20) for at, rss in seen[::10]]
            if state["state"] == "ending":
                state = steering.state("ended")
            assert state["trades"] > 10_000
            assert manifest_of(server.run)["status"] == "complete"
