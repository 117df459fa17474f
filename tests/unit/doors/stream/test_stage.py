"""What is asked of a simulation is done at once, or named and not done; and whatever was done, the run can be made again."""

import shutil
import socket
import threading
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crossbook.doors.stream.channels import NUMBERS
from crossbook.doors.stream.hub import EVERYTHING, Hub
from crossbook.doors.stream.link import Asked, Entry, Told, Unpacker, pack_asked
from crossbook.doors.stream.stage import Stage
from crossbook.doors.stream.wanted import Start
from crossbook.lab.live.candles import FRAMES
from crossbook.lab.run.verify import verify
from tests.small_runs import crossbook, hashes_of, manifest_of
from tests.unit.doors.stream.contract import Contract
from tests.unit.doors.stream.playing import COIN, EPOCH_S, MS, Playing, messages_of, plain_run

SHOCK = {"side": "buy", "size": 0.0005}


def verified(playing: Playing) -> bool:
    return verify(playing.folder).equal


def heard(playing: Playing) -> Contract:
    contract = Contract(("1s", "5s", "1m", "1M"))
    for message in playing.all:
        contract.hear(message)
    contract.end(playing.now_us)
    return contract


# Left alone


def test_left_alone_it_is_the_run_of_the_command(tmp_path: Path) -> None:
    playing = Playing(tmp_path, speed=0)
    while playing.state["state"] == "running":
        playing.turn()
    assert playing.state["state"] == "ended"
    assert playing.state["hashes"] == {
        "main": {"state": hashes_of(playing.folder)[1]["main"], "event": hashes_of(playing.folder)[0]["main"]}
    }
    before = set((tmp_path / "runs").iterdir())
    words = ("run", tmp_path / "coin.yaml", "--out", tmp_path / "runs", "--no-report")
    assert crossbook(*words) == 0
    (plain,) = set((tmp_path / "runs").iterdir()) - before
    assert hashes_of(playing.folder) == hashes_of(plain)
    assert manifest_of(playing.folder)["status"] == "complete"


@pytest.mark.parametrize("speed", [0.5, 1.0, 10.0, 1e6])
def test_simulated_time_goes_at_its_speed(tmp_path: Path, speed: float) -> None:
    playing = Playing(tmp_path, speed=speed)
    playing.play(2, 20)
    gone = playing.now_us - playing.state["began"]
    if speed < 1e6:
        assert gone == 2_000_000 * speed
    else:
        assert gone > 50_000_000


# Time


def test_it_stands_while_it_is_paused_and_steps_so_far_as_it_is_told(tmp_path: Path) -> None:
    playing = Playing(tmp_path)
    playing.play(1, 50)
    assert playing.control("step") == {"success": False, "error": "step: pause first"}
    assert playing.control("pause") == {"success": True}
    paused = playing.state
    assert paused["state"] == "paused"
    playing.play(5, 100)
    assert [playing.state[name] for name in ("timestamp", "steps", "hashes")] == [
        paused[name] for name in ("timestamp", "steps", "hashes")
    ]
    assert playing.control("step")["success"]
    assert playing.state["steps"] == paused["steps"] + 1
    assert playing.control("step", 99)["success"]
    assert playing.state["steps"] == paused["steps"] + 100
    before = playing.now_us
    assert playing.control("step", {"seconds": 1.5})["success"]
    assert playing.now_us == before + 1_500_000
    assert playing.state["hashes"] != paused["hashes"]
    assert playing.control("resume")["success"]
    playing.play(1, 50)
    # What was stepped is not waited for, and what was slept through is not made up for.
    assert playing.now_us == before + 2_500_000
    heard(playing)


def test_the_speed_changes_at_once(tmp_path: Path) -> None:
    playing = Playing(tmp_path)
    playing.play(1, 50)
    assert playing.control("speed", 100)["success"]
    assert playing.state["speed"] == 100
    before = playing.now_us
    playing.play(0.5, 50)
    assert playing.now_us == before + 50_000_000
    playing.control("speed", 0)
    assert playing.turns[-1].patient
    playing.control("speed", 1)
    assert not playing.turns[-1].patient


def test_what_the_machine_cannot_make_up_for_is_forgotten(tmp_path: Path) -> None:
    playing = Playing(tmp_path)
    playing.play(1, 50)
    before = playing.now_us
    playing.turn(3_600_000)
    playing.play(1, 50)
    assert before < playing.now_us < before + 2_000_000


def test_it_begins_paused_where_that_is_wanted(tmp_path: Path) -> None:
    playing = Playing(tmp_path, paused=True)
    assert playing.state["state"] == "paused"
    playing.play(1, 100)
    assert playing.state["steps"] == 0


# What is done to it


def test_everybody_is_told_at_once_who_is_there(tmp_path: Path) -> None:
    playing = Playing(tmp_path)
    playing.turn()
    assert playing.agents("create", "mm", agent_type="market_maker", config={"spread": 0.001})["success"]
    assert playing.heard["agent_configs"][-1]["configs"][-1] == {
        "agent_id": "mm",
        "agent_type": "market_maker",
        "count": 1,
        "spread": Decimal("0.001"),
    }
    assert playing.agents("update", "mm", config={"spread": 0.002})["success"]
    assert playing.heard["agent_configs"][-1]["configs"][-1]["spread"] == Decimal("0.002")
    assert playing.agents("delete", "mm")["success"]
    names = [row["agent_id"] for row in playing.heard["agent_configs"][-1]["configs"]]
    assert names == ["makers", "noise", "takers"]
    playing.control("end")
    assert verified(playing)


FIRST: list[dict[str, Any]] = [
    {"type": "agent_command", "action": "create", "agent_id": "mm", "agent_type": "market_maker"},
    {"type": "agent_command", "action": "update", "agent_id": "noise", "config": {"aggressive": 0.9}},
    {"type": "agent_command", "action": "delete", "agent_id": "noise"},
    {"type": "control", "action": "news", "value": {"jump": 100}},
    {"type": "control", "action": "shock", "value": SHOCK},
]


@pytest.mark.parametrize("later", [0, 2])
@pytest.mark.parametrize("message", FIRST, ids=lambda message: str(message["action"]))
def test_what_is_done_before_the_first_step_is_made_again(
    tmp_path: Path, message: dict[str, Any], later: float
) -> None:
    playing = Playing(tmp_path, paused=True)
    assert playing.say(**message)["success"]
    playing.control("resume")
    playing.play(later, 50)
    playing.control("end")
    assert verified(playing)


def test_what_is_done_is_done_at_its_moment_and_is_in_the_run_file(tmp_path: Path) -> None:
    playing = Playing(tmp_path)
    playing.play(1, 50)
    before = playing.state["trades"]
    assert playing.control("shock", {"side": "sell", "size": 0.002, "seconds": 3})["success"]
    playing.play(5, 50)
    shocks = [one for one in playing.heard["trade"] if one["seller"] == "shock 1"]
    assert shocks
    assert {one["side"] for one in shocks} == {"sell"}
    assert min(one["timestamp"] for one in shocks) >= (EPOCH_S + 36_001) * 1_000_000
    assert playing.control("news", {"jump": 100, "text": "up"})["success"]
    playing.play(1, 50)
    assert playing.state["trades"] > before
    playing.to_the_end()
    assert manifest_of(playing.folder)["interventions"] == 2
    assert verified(playing)
    heard(playing)


def test_what_those_gained_who_left_is_not_forgotten(tmp_path: Path) -> None:
    playing = Playing(tmp_path, speed=5.0)
    playing.play(4, 50)
    playing.agents("delete", "noise")
    playing.play(4, 50)
    for message in playing.heard["agent_stats"]:
        assert sum(row["pnl"] for row in message["agents"]) == 0
    rows = {row["agent_id"]: row["left"] for row in playing.heard["agent_stats"][-1]["agents"]}
    assert rows == {"makers": False, "noise": True, "takers": False}


REFUSED: list[dict[str, Any]] = [
    {"type": "control", "action": "step"},
    {"type": "control", "action": "speed"},
    {"type": "control", "action": "speed", "value": -1},
    {"type": "control", "action": "speed", "value": 1e7},
    {"type": "control", "action": "pause", "value": 1},
    {"type": "control", "action": "news", "value": {"jump": 1, "symbol": "ETH"}},
    {"type": "control", "action": "news", "value": {"jump": 1e40}},
    {"type": "control", "action": "shock", "value": {**SHOCK, "size": 0}},
    {"type": "control", "action": "shock", "value": {**SHOCK, "size": 1e20}},
    {"type": "control", "action": "shock", "value": {**SHOCK, "symbol": "ETH"}},
    {"type": "agent_command", "action": "create", "agent_id": "a"},
    {"type": "agent_command", "action": "create", "agent_id": "a", "agent_type": "nobody"},
    {"type": "agent_command", "action": "create", "agent_id": "a", "agent_type": "os:system"},
    {"type": "agent_command", "action": "create", "agent_id": "noise", "agent_type": "taker"},
    {
        "type": "agent_command",
        "action": "create",
        "agent_id": "a",
        "agent_type": "market_maker",
        "config": {"spread": 2},
    },
    {
        "type": "agent_command",
        "action": "create",
        "agent_id": "a",
        "agent_type": "market_maker",
        "config": {"order_size": "1e-9\nx"},
    },
    {
        "type": "agent_command",
        "action": "create",
        "agent_id": "a",
        "agent_type": "market_maker",
        "config": {"line\nbreak": 1},
    },
    {"type": "agent_command", "action": "create", "agent_id": "a", "agent_type": "taker", "count": 100_001},
    {"type": "agent_command", "action": "create", "agent_id": "a", "agent_type": "taker", "markets": ["x"]},
    {"type": "agent_command", "action": "update", "agent_id": "nobody", "config": {"x": 1}},
    {"type": "agent_command", "action": "update", "agent_id": "noise"},
    {"type": "agent_command", "action": "update", "agent_id": "noise", "config": {"interval_ns": -1}},
    {"type": "agent_command", "action": "update", "agent_id": "noise", "config": {"x": 1}},
    {"type": "agent_command", "action": "update", "agent_id": "noise", "config": {"x": 1}, "count": 3},
    {"type": "agent_command", "action": "delete", "agent_id": "nobody"},
    {"type": "agent_command", "action": "delete", "agent_id": "noise", "config": {}},
    {"type": "agent_command", "action": "delete", "agent_id": "noise", "agent_type": "noise"},
]


def test_what_is_refused_is_named_in_one_line_and_changes_nothing(tmp_path: Path) -> None:
    playing = Playing(tmp_path)
    playing.play(1, 50)
    playing.control("pause")
    before = playing.state
    config = (playing.folder / "config.yaml").read_text()
    # A step would be taken while it is paused.
    for message in REFUSED[1:]:
        answer = playing.say(**message)
        assert answer["success"] is False, message
        assert answer["error"].strip(), message
        assert "\n" not in answer["error"]
    playing.control("pause")
    after = playing.state
    assert {key: after[key] for key in ("hashes", "steps", "timestamp")} == {
        key: before[key] for key in ("hashes", "steps", "timestamp")
    }
    assert (playing.folder / "config.yaml").read_text() == config
    assert len(playing.heard["agent_configs"]) == 1
    playing.control("resume")
    assert playing.say(**REFUSED[0])["success"] is False


def test_when_it_is_over_nothing_is_done_any_more(tmp_path: Path) -> None:
    playing = Playing(tmp_path)
    playing.play(1, 50)
    assert playing.control("end")["success"]
    assert playing.state["state"] == "ended"
    assert playing.state["reason"].startswith("ended by hand after 1.000 simulated seconds")
    count = len(playing.all)
    for action in ("pause", "resume", "step", "end"):
        assert playing.control(action) == {"success": False, "error": "the simulation is over"}
    assert playing.agents("delete", "noise")["error"] == "the simulation is over"
    playing.play(1, 100)
    assert len(playing.all) == count
    # The past is there still.
    assert len(playing.ask("trades", {"symbol": None, "limit": 9_999})["found"]) == playing.state["trades"]
    assert manifest_of(playing.folder)["status"] == "partial"
    assert verified(playing)


def test_only_states_that_are_on_the_page_are_told(tmp_path: Path) -> None:
    playing = Playing(tmp_path)
    playing.control("pause")
    playing.control("resume")
    playing.control("end")
    states = [one["state"] for one in playing.heard["simulation"]]
    assert states == ["running", "paused", "running", "ending", "ended"]


def test_before_it_is_begun_it_answers_and_a_start_that_cannot_be_is_named(tmp_path: Path) -> None:
    plain = COIN | {"agents": {"odd": {"kind": "no_such_module:Trader"}}}
    playing = Playing(tmp_path, plain)
    assert playing.began["success"] is False
    assert "no_such_module" in playing.began["error"]
    assert playing.ask("control", {"type": "control", "action": "pause"}) == {
        "success": False,
        "error": "nothing was started",
    }
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("out", ["file", "file/deeper"])
def test_a_place_where_no_run_can_be_written_is_named(tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_text("")
    playing = Playing(tmp_path, out=str(tmp_path / out))
    assert playing.began["success"] is False
    assert "file" in playing.began["error"]


TRADER = """\
from crossbook.agents import Trader
class Fails(Trader):
    def on_start(self, ctx) -> None:
        ctx.timer("go", 3_000_000_000)
    def on_timer(self, ctx, name: str) -> None:
        raise LookupError("nothing here")
"""


def test_a_trader_that_raises_ends_it_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "fails_on_stage.py").write_text(TRADER)
    agents = COIN["agents"] | {"bad": {"kind": "fails_on_stage:Fails"}}
    playing = Playing(tmp_path, COIN | {"agents": agents})
    playing.play(5, 50)
    assert playing.state["state"] == "failed"
    assert "bad" in playing.state["reason"]
    assert "nothing here" in playing.state["reason"]
    assert manifest_of(playing.folder)["status"] == "partial"
    heard(playing)


def test_a_disk_that_is_gone_ends_it_and_is_told(tmp_path: Path) -> None:
    playing = Playing(tmp_path)
    playing.play(1, 50)
    shutil.rmtree(playing.folder)
    answer = playing.control("news", {"jump": 1})
    assert answer["success"] is False
    assert playing.state["state"] == "failed"
    assert playing.state["reason"]


# Memory


def test_where_memory_is_scarce_it_gives_way_in_its_order_and_goes_on_when_told(tmp_path: Path) -> None:
    playing = Playing(tmp_path, memory_bytes=1_000)
    playing.play(1.5, 50)
    assert playing.state["degraded"] is None
    playing.memory = 1_001
    playing.play(4, 50)
    told = [one["degraded"] for one in playing.heard["simulation"]]
    steps = [step for step, after in pairwise([*told, None]) if step != after]
    assert steps == [None, "history", "books", "paused"]
    moments = {one["degraded"]: one for one in reversed(playing.heard["simulation"])}
    assert moments["paused"]["state"] == "paused"
    assert moments["books"]["state"] == "running"
    assert playing.state["state"] == "paused"
    assert playing.state["reason"].startswith("memory")
    assert playing.state["memory_bytes"] == 1_001
    stood = playing.now_us
    playing.play(2, 50)
    assert playing.now_us == stood
    assert playing.control("resume")["success"]
    assert playing.state["reason"] is None
    before = len(playing.heard["orderbook"])
    playing.play(4, 50)
    assert playing.now_us == stood + 4_000_000
    assert playing.state["state"] == "running"
    assert len(playing.heard["orderbook"]) - before <= 5
    playing.control("end")
    assert verified(playing)
    heard(playing)


# The server


def test_who_comes_after_somebody_left_gets_trades_without_a_gap(tmp_path: Path) -> None:
    playing = Playing(tmp_path, speed=10.0)
    playing.watch(frozenset())
    playing.turns.clear()

    class Watcher:
        """Keeps the numbers of trades."""

        followed, reads = EVERYTHING, True

        def __init__(self) -> None:
            self.numbers: list[int] = []

        def tell(self, frames: bytes, messages: int) -> None:
            self.numbers += [one["sequence"] for one in messages_of(frames) if one["type"] == "trade"]

        def hold(self, entry: Entry, frames: bytes) -> None:
            raise AssertionError("everybody reads")

    # The link is slow: what the simulation is told comes later than what it tells.
    said: list[frozenset[int]] = []
    hub = Hub(lambda: said.append(hub.followed))
    first, second = Watcher(), Watcher()
    hub.enter(first)
    playing.watch(said.pop())
    playing.play(1, 50)
    on_its_way, playing.turns = playing.turns, []
    hub.leave(first)
    gone = said.pop()
    hub.enter(second)
    come = said.pop()
    playing.watch(gone)
    playing.play(1, 50)
    playing.watch(come)
    playing.play(1, 50)
    for turn in (*on_its_way, *playing.turns):
        hub.tell(turn)
    assert second.numbers
    assert second.numbers == list(range(second.numbers[0], second.numbers[0] + len(second.numbers)))


def test_who_comes_is_not_shown_a_candle_as_open_whose_time_is_over(tmp_path: Path) -> None:
    playing = Playing(tmp_path, speed=10.0)
    playing.watch(frozenset())
    hub = Hub(lambda: None)
    for _ in range(60):
        playing.turn(50)
        turns, playing.turns = playing.turns, []
        for turn in turns:
            hub.tell(turn)
        shown = [
            one["k"] for frame in FRAMES for one in _newest_of(hub, f"kline:{frame}") if not one["k"]["x"]
        ]
        assert all(candle["T"] * 1_000 + 1_000 > playing.now_us for candle in shown)


def _newest_of(hub: Hub, channel: str) -> list[dict[str, Any]]:
    frame = hub.newest(channel)
    return [] if frame is None else list(messages_of(frame))


def test_when_the_server_is_gone_the_run_is_written(tmp_path: Path) -> None:
    playing = Playing(tmp_path)
    playing.play(2, 50)
    playing.control("shock", SHOCK)
    playing.play(1, 50)
    playing.hang_up()
    manifest = manifest_of(playing.folder)
    assert (manifest["status"], manifest["interventions"]) == ("partial", 1)
    assert verified(playing)


def test_it_serves_over_a_link_until_the_other_end_is_gone(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    ticks = iter(range(10**12, 10**15, MS))
    stage = Stage(theirs, clock_ns=lambda: next(ticks), wall_us=lambda: EPOCH_S * 1_000_000, memory=lambda: 1)
    thread = threading.Thread(target=stage.serve)
    thread.start()
    start = Start(
        run=plain_run(tmp_path, COIN), folder=str(tmp_path), out=str(tmp_path / "runs"), report=False
    )
    watchers = {"consumers": 1, "channels": [NUMBERS["trade"]]}
    asked = [("start", start), ("watchers", watchers), ("trades", {"symbol": None, "limit": 5})]
    with ours:
        ours.settimeout(60)
        for ticket, (what, body) in enumerate(asked, start=1):
            line = pack_asked(Asked(ticket, what, msgspec.Raw(msgspec.json.encode(body))))
            # A line may come in pieces.
            for at in range(0, len(line), 1_000):
                ours.sendall(line[at : at + 1_000])
        told: list[tuple[int, bool]] = []
        unpacker, turns = Unpacker(), 0
        while len(told) < 2 or turns < 5:
            for packet in unpacker.take(ours.recv(1 << 16)):
                if isinstance(packet, Told):
                    told.append((packet.ticket, msgspec.json.decode(packet.body)["success"]))
                else:
                    turns += 1
    thread.join(60)
    assert not thread.is_alive()
    theirs.close()
    assert told == [(1, True), (3, True)]
    (folder,) = (tmp_path / "runs").iterdir()
    assert verify(folder).equal
