"""What was streamed can be made again, hash for hash, whatever was done to it and however it ended."""

import signal
from pathlib import Path

import psutil
import pytest

from crossbook.lab.config import RunFile
from crossbook.lab.run import Plan
from crossbook.settings import load
from tests.live.stream.serving import COIN, Streaming, Watching, streaming, until, written
from tests.small_runs import crossbook, hashes_of, made, manifest_of

pytestmark = pytest.mark.slow


def steer_a_lot(steering: Watching) -> int:
    """Do something of every kind; return how many interventions it makes."""
    done = [
        steering.agents("create", "mm", agent_type="market_maker", config={"order_size": 0.001}),
        steering.agents("create", "crowd", agent_type="noise", count=500, config={"max_size": 0.0005}),
        steering.control("speed", 20),
        steering.control("news", {"jump": -40.5, "text": "🐋 1e5"}),
        steering.control("shock", {"side": "sell", "size": 0.003, "seconds": 2}),
    ]
    steering.until(lambda one: one["type"] == "simulation" and one["state"] == "running")
    done += [
        steering.control("pause"),
        steering.control("step", 137),
        steering.agents("update", "mm", config={"spread": 0.0003}),
        steering.control("step", {"seconds": 2.5}),
        steering.control("shock", {"side": "buy", "size": 0.001}),
        steering.agents("delete", "noise"),
    ]
    assert [answer["success"] for answer in done] == [True] * len(done), done
    return 7


def test_left_alone_it_is_the_run_of_the_command(tmp_path: Path) -> None:
    file = written(tmp_path)
    with streaming(tmp_path, "--config", file, "--speed", 0, "--duration", "90s", "--seed", 7) as server:
        assert server.ended() == 0
        plain = made(file, "--set", "seed=7", "--set", "day.close=10:01:30")
        (streamed,) = set(server.runs.iterdir()) - {plain}
        assert hashes_of(streamed) == hashes_of(plain)
        assert server.hashes_said() == {
            "state": hashes_of(plain)[1]["main"],
            "event": hashes_of(plain)[0]["main"],
        }
        assert manifest_of(streamed)["status"] == "complete"


def test_what_was_steered_is_verified_and_its_run_file_makes_the_same_run(tmp_path: Path) -> None:
    file = written(tmp_path)
    with streaming(tmp_path, "--config", file, "--speed", 5) as server:
        with server.steer() as steering:
            interventions = steer_a_lot(steering)
            assert steering.control("speed", 0)["success"]
            assert steering.control("resume")["success"]
            ended = steering.state("ended")
        assert server.ended() == 0
        assert ended["hashes"]["main"] == server.hashes_said()
        streamed = server.run
    assert manifest_of(streamed)["status"] == "complete"
    assert manifest_of(streamed)["interventions"] == interventions
    assert crossbook("verify", streamed) == 0
    again = made(streamed / "config.yaml")
    assert hashes_of(again) == hashes_of(streamed)


def test_one_that_is_killed_leaves_a_run_file_that_makes_the_same_beginning(tmp_path: Path) -> None:
    scripted = [{"time": "10:04:59", "do": "news", "symbol": "BTC/USD", "jump_ticks": 3, "text": "1e5"}]
    file = written(tmp_path, interventions=scripted)
    with streaming(tmp_path, "--config", file, "--speed", 5) as server:
        with server.steer() as steering, server.watch("/?channels=simulation,trade") as watching:
            interventions = steer_a_lot(steering)
            assert steering.control("pause")["success"]
            paused = watching.until(
                lambda one: one.get("state") == "paused" and one["steps"] == _newest_steps(steering)
            )
            server.stage.send_signal(signal.SIGKILL)
            # Who watches is told, by a number that was not there before.
            failed = watching.state("failed")
            assert failed["sequence"] > paused["sequence"]
            assert failed["reason"]
        assert server.ended() == 1
        assert "the simulation failed" in server.said()
        run = load(server.run / "config.yaml", RunFile).settings
        driver = Plan.of(run, tmp_path).driver()
        driver.run(steps=paused["steps"], interventions=interventions)
        fresh = {
            name: {"state": f"{state:016x}", "event": f"{events:016x}"}
            for name, state, events in driver.simulation.hashes()
        }
        assert fresh == paused["hashes"]
        # And it goes on to its end.
        driver.run()
        assert len(driver.made) == interventions + 1


def _newest_steps(steering: Watching) -> int:
    """Ask for the state by pausing what is paused."""
    steering.client.send({"type": "control", "action": "pause"})
    state = steering.until(lambda one: one["type"] == "simulation")
    return int(state["steps"])


def test_when_its_server_is_killed_the_run_is_written(tmp_path: Path) -> None:
    file = written(tmp_path, day=COIN["day"] | {"close": "20:00"})
    with streaming(tmp_path, "--config", file, "--speed", 0) as server:
        with server.steer() as steering:
            assert steering.control("news", {"jump": 5})["success"]
            steering.until(lambda one: one.get("trades", 0) > 20)
            stage = server.stage
            server.signal(signal.SIGKILL)
            server.ended()
        until(lambda: not stage.is_running() or stage.status() == psutil.STATUS_ZOMBIE)
        manifest = manifest_of(server.run)
        assert (manifest["status"], manifest["interventions"]) == ("partial", 1)
        assert crossbook("verify", server.run) == 0


def test_asked_to_stop_it_writes_its_directory_and_tells_its_hashes(tmp_path: Path) -> None:
    file = written(tmp_path, day=COIN["day"] | {"close": "20:00"})
    with streaming(tmp_path, "--config", file, "--speed", 50) as server:
        with server.watch() as watching:
            watching.until(lambda one: one.get("trades", 0) > 20)
            server.signal(signal.SIGINT)
            ended = watching.state("ended")
            goodbye, code = watching.client.end()
            assert (goodbye["code"], code) == ("closing", 1012)
        assert server.ended() == 0
        check_whole(server)
        assert server.hashes_said() == ended["hashes"]["main"]
        assert crossbook("verify", server.run) == 0


def check_whole(server: Streaming) -> None:
    """See that a directory has all that a run leaves, and nothing half done."""
    names = {path.name for path in server.run.iterdir()}
    assert {"config.yaml", "manifest.json", "metrics.json", "trades.parquet", "orders.parquet"} <= names
    assert not {name for name in names if name.startswith(".")}
