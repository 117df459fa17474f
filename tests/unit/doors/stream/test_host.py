"""The server's side of a simulation: begun, heard, asked and ended, whatever becomes of the other side."""

import asyncio
import itertools
import socket
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from crossbook.core import ConfigError
from crossbook.doors.stream import messages
from crossbook.doors.stream.channels import NUMBERS
from crossbook.doors.stream.host import Busy, Host
from crossbook.doors.stream.hub import EVERYTHING, Hub
from crossbook.doors.stream.link import Entry, Unpacker, pack_turn
from crossbook.doors.stream.stage import Stage
from crossbook.doors.stream.wanted import Start
from crossbook.lab.run.verify import verify
from tests.unit.doors.stream.contract import Contract
from tests.unit.doors.stream.playing import COIN, EPOCH_S, MS, messages_of, plain_run


class InThread:
    """A stage in a thread, whose clock goes on by 20 milliseconds whenever it is looked at."""

    def __init__(self, link: socket.socket) -> None:
        ticks = itertools.count(10**12, 20 * MS)
        self._link = link
        self.stage = Stage(
            link, clock_ns=lambda: next(ticks), wall_us=lambda: EPOCH_S * 1_000_000, memory=lambda: 1
        )
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with self._link:
            self.stage.serve()

    async def ended(self) -> None:
        await asyncio.to_thread(self._thread.join, 60)
        assert not self._thread.is_alive()

    def kill(self) -> None:
        self._link.shutdown(socket.SHUT_RDWR)


class Watcher:
    """Keeps all that he hears."""

    followed, reads = EVERYTHING, True

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    def tell(self, frames: bytes, messages: int) -> None:
        self.heard += messages_of(frames)

    def hold(self, entry: Entry, frames: bytes) -> None:
        raise AssertionError("everybody reads")


class Scene:
    """A host, its hub, and where its simulations live."""

    def __init__(self) -> None:
        self.stages: list[InThread] = []
        self.hub = Hub(self._watched)
        self.host = Host(self._launch, self.hub)

    def _launch(self, link: socket.socket) -> InThread:
        self.stages.append(InThread(link))
        return self.stages[-1]

    def _watched(self) -> None:
        self.host.watched()


def played(play: Callable[[Scene], Awaitable[None]]) -> None:
    """Play in a loop; whatever runs at the end is ended."""

    async def playing() -> None:
        scene = Scene()
        try:
            await asyncio.wait_for(play(scene), 60)
        finally:
            await scene.host.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(playing())


def start_of(folder: Path, plain: dict[str, Any] = COIN, **options: Any) -> Start:
    options = {"speed": 5.0, "epoch_s": EPOCH_S, "report": False} | options
    return Start(run=plain_run(folder, plain), folder=str(folder), out=str(folder / "runs"), **options)


async def until(true: Callable[[], object]) -> None:
    while not true():  # noqa: ASYNC110 - anything may be waited for
        await asyncio.sleep(0.005)


def control(action: str) -> dict[str, Any]:
    return {"type": "control", "action": action}


def test_it_is_begun_heard_steered_and_ended(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        host, watcher = scene.host, Watcher()
        assert host.state == {"state": "idle"}
        assert host.over.is_set()
        assert await host.ask("control", control("pause")) == {
            "success": False,
            "error": "no simulation runs",
        }
        await host.start(start_of(tmp_path))
        scene.hub.enter(watcher)
        assert not host.over.is_set()
        await until(lambda: host.state["trades"] > 50 and host.state["consumers"] == 1)
        assert await host.ask("control", control("pause")) == {"success": True}
        assert host.state["state"] == "paused"
        with pytest.raises(Busy):
            await host.start(start_of(tmp_path))
        found = (await host.ask("trades", {"symbol": None, "limit": 1_000}))["found"]
        assert len(found) == host.state["trades"]
        await host.end()
        assert host.state["state"] == "ended"
        assert host.over.is_set()
        contract = Contract(("1s",), whole=False)
        for message in watcher.heard:
            contract.hear(message)
        assert watcher.heard[-1]["state"] == "ended"

    played(play)
    (folder,) = (tmp_path / "runs").iterdir()
    assert verify(folder).equal


def test_one_follows_another_and_nothing_of_the_first_is_told_again(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        host = scene.host
        await host.start(start_of(tmp_path))
        first = host.state["run"]
        await host.start(start_of(tmp_path, COIN | {"name": "second"}), replace=True)
        assert host.state["name"] == "second"
        assert host.state["run"] != first
        watcher = Watcher()
        scene.hub.enter(watcher)
        assert {one.get("run") for one in watcher.heard if one["type"] == "simulation"} == {host.state["run"]}
        await scene.stages[0].ended()

    played(play)
    assert len(list((tmp_path / "runs").iterdir())) == 2


def test_one_that_cannot_be_begun_leaves_room_for_another(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        bad = start_of(tmp_path, COIN | {"agents": {"odd": {"kind": "no_such_module:Trader"}}})
        with pytest.raises(ConfigError, match="no_such_module"):
            await scene.host.start(bad)
        assert scene.host.state["state"] == "idle"
        assert scene.host.over.is_set()
        await scene.host.start(start_of(tmp_path))
        assert scene.host.state["state"] == "running"

    played(play)


def test_when_it_dies_all_are_told_and_who_waits_is_answered(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        host, watcher = scene.host, Watcher()
        await host.start(start_of(tmp_path))
        scene.hub.enter(watcher)
        await until(lambda: host.state["trades"] > 5)
        scene.stages[0].kill()
        answers = await asyncio.gather(*(host.ask("control", control("pause")) for _ in range(3)))
        assert all(not answer["success"] and answer["error"] for answer in answers)
        await asyncio.wait_for(host.over.wait(), 30)
        assert host.state["state"] == "failed"
        assert host.state["reason"] == "its process ended unexpectedly"
        told = [one for one in watcher.heard if one["type"] == "simulation"]
        assert told[-1]["state"] == "failed"
        # Even this is numbered, or who drops old numbers never learns of it.
        assert [one["sequence"] for one in told] == sorted({one["sequence"] for one in told})
        await host.start(start_of(tmp_path))
        assert host.state["state"] == "running"

    played(play)


def test_a_state_is_learned_whatever_its_length() -> None:
    hub = Hub(lambda: None)
    host = Host(InThread, hub)
    for padding in range(300):
        # Among these lengths are those that have a brace in the head of their frame.
        body = {"state": "paused", "name": "x" * padding, "more": "y" * 300}
        frame = messages.plain("simulation", 1, body)
        entry = Entry(NUMBERS["simulation"], 0, kept=False, messages=1, size=len(frame))
        (turn,) = Unpacker().take(pack_turn([entry], frame, patient=False))
        host._heard(turn)
        assert host.state == body


def test_a_run_file_of_any_length_of_name_can_be_streamed(tmp_path: Path) -> None:
    # The lengths of the messages of the state go through those that have a brace in their frame's head.
    async def play(scene: Scene) -> None:
        for length in range(1, 60, 7):
            plain = COIN | {"name": "n" * length}
            await scene.host.start(start_of(tmp_path, plain, speed=0), replace=True)
            await until(lambda: scene.host.state["steps"] > 0)
            assert scene.host.state["state"] in ("running", "ending", "ended")

    played(play)


def test_where_it_goes_as_fast_as_it_goes_it_waits_for_readers(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        host = scene.host
        day = {"start": "00:00", "open": "00:00", "close": "7d"}
        await host.start(start_of(tmp_path, COIN | {"day": day}, speed=0))
        scene.hub.enter(Watcher())
        await until(lambda: host.state["trades"] > 100)
        host.wait_for_readers(True)
        stood = -1
        while stood != host.state["steps"]:
            # What it may be ahead of its server is bounded; then it stands.
            stood = host.state["steps"]
            await asyncio.sleep(0.3)
        host.wait_for_readers(False)
        await until(lambda: host.state["steps"] > stood)

    played(play)


def test_at_a_speed_it_waits_for_nobody(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        host = scene.host
        await host.start(start_of(tmp_path))
        host.wait_for_readers(True)
        stood = host.state["steps"]
        await until(lambda: host.state["steps"] > stood + 100)

    played(play)


def test_who_ends_it_is_answered_however_soon_the_server_leaves(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        for number in range(5):
            await scene.host.start(start_of(tmp_path, COIN | {"name": f"run-{number}"}))
            ending = asyncio.create_task(scene.host.ask("control", control("end")))
            await scene.host.over.wait()
            # As the command does: it is over, so all is closed at once.
            await scene.host.close()
            assert await ending == {"success": True}

    played(play)


def test_nothing_is_lost_of_what_was_told_before_the_end(tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        host, watcher = scene.host, Watcher()
        await host.start(start_of(tmp_path, speed=0, paused=True))
        scene.hub.enter(watcher)
        await until(lambda: host.state["consumers"] == 1)
        await host.ask("control", control("resume"))
        await asyncio.wait_for(host.over.wait(), 50)
        trades = [one["sequence"] for one in watcher.heard if one["type"] == "trade"]
        assert trades == list(range(1, host.state["trades"] + 1))
        assert host.state["state"] == "ended"

    played(play)
