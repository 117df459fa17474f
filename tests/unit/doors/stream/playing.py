"""A stage without a process and without time: what is asked is answered at once, clocks stand unless a test turns them.

Everything that the stage sends is read as the server would read it, and kept channel by channel.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, cast

import msgspec

from crossbook.doors.stream.asks import read_ask
from crossbook.doors.stream.channels import CHANNELS
from crossbook.doors.stream.hub import EVERYTHING
from crossbook.doors.stream.link import Asked, Told, Turn, Unpacker, pack_asked, read_asked
from crossbook.doors.stream.stage import Stage
from crossbook.doors.stream.telling import Telling
from crossbook.doors.stream.wanted import Start
from crossbook.lab.config import RunFile
from crossbook.settings import load

MS = 1_000_000
SECOND = 1_000 * MS
EPOCH_S = 1_795_305_600
"""2026-11-22."""

COIN: dict[str, Any] = {
    "name": "coin",
    "seed": 5,
    "day": {"open": "10:00", "close": "10:05"},
    "markets": {"BTC/USD": {"initial_price": 50_000.0, "price_step": 0.1, "lot_size": 0.00001}},
    "agents": {
        "makers": {
            "kind": "symmetric_maker",
            "count": 2,
            "params": {"interval_ns": "500ms", "spread": 0.0004, "lots": 50_000, "position_lots": 2_000_000},
        },
        "noise": {
            "kind": "noise",
            "count": 20,
            "params": {"interval_ns": "1s", "aggressive": 0.4, "distance_ticks": 60.0, "life_ns": "10s"},
        },
        "takers": {"kind": "taker", "count": 5, "params": {"interval_ns": "1s"}},
    },
}
"""A market of a coin in which something happens every second."""

TWO: dict[str, Any] = COIN | {
    "name": "two",
    "markets": {
        "AAA": {"initial_price": 100.0, "price_step": 0.01},
        "BBB": {"initial_price": 50.0, "price_step": 0.01},
    },
    "agents": {
        "makers": {
            "kind": "adaptive_maker",
            "count": 2,
            "params": {
                "interval_ns": "500ms",
                "levels": 3,
                "spacing": 0.5,
                "share": 0.0,
                "least_lots": 50,
                "first_window": 4.0,
            },
        },
        "takers": {"kind": "taker", "count": 6, "params": {"interval_ns": "1s"}},
    },
}
"""Two markets."""


def plain_run(folder: Path, plain: dict[str, Any]) -> dict[str, Any]:
    """Return a run as `crossbook stream` hands it to the stage; its file is left in the folder."""
    path = folder / f"{plain['name']}.yaml"
    path.write_text(json.dumps(plain))
    return load(path, RunFile).settings.model_dump(mode="json", exclude_none=True)


def messages_of(frames: bytes) -> Iterator[dict[str, Any]]:
    """Yield the messages of frames; their numbers as the digits that were written."""
    start = 0
    while start < len(frames):
        assert frames[start] == 0x81
        size, at = frames[start + 1], start + 2
        if size == 126:
            size, at = int.from_bytes(frames[at : at + 2]), at + 2
        elif size == 127:
            size, at = int.from_bytes(frames[at : at + 8]), at + 8
        yield json.loads(frames[at : at + size], parse_float=Decimal)
        start = at + size
    assert start == len(frames)


class _Link:
    """The stage's end of the link: takes what is sent."""

    def __init__(self) -> None:
        self.sent = bytearray()

    def sendall(self, packet: bytes) -> None:
        self.sent += packet


class Playing:
    """A simulation on a stage.

    Args:
        folder: Where the run's directory and its file go.
        plain: The run file.
        start: More of `Start`.
    """

    def __init__(self, folder: Path, plain: dict[str, Any] = COIN, **start: Any) -> None:
        self.clock_ns = 77 * SECOND
        self.memory = 1
        self._link = _Link()
        self._unpacker = Unpacker()
        self._tickets = count(1)
        self.turns: list[Turn] = []
        """All that was told."""
        self.heard: dict[str, list[dict[str, Any]]] = defaultdict(list)
        """All messages of each channel, in their order; those of candles under their frames."""
        self.all: list[dict[str, Any]] = []
        """All messages in their order."""
        self.stage = Stage(
            cast("Any", self._link),
            clock_ns=lambda: self.clock_ns,
            wall_us=lambda: EPOCH_S * 1_000_000 + self.clock_ns // 1_000,
            memory=lambda: self.memory,
        )
        options: dict[str, Any] = {"speed": 1.0, "epoch_s": EPOCH_S, "report": False}
        options |= {"out": str(folder / "runs")} | start
        begin = Start(run=plain_run(folder, plain), folder=str(folder), **options)
        self.began = self.ask("start", begin)
        if self.began["success"]:
            self.watch(EVERYTHING)

    @property
    def telling(self) -> Telling:
        """What is told of it."""
        assert self.stage._show is not None
        return self.stage._show._telling

    @property
    def folder(self) -> Path:
        """The directory of the run."""
        assert self.stage._show is not None
        return self.stage._show._run.folder

    @property
    def state(self) -> dict[str, Any]:
        """The newest `simulation` message."""
        return self.heard["simulation"][-1]

    @property
    def now_us(self) -> int:
        """Simulated time in microseconds since 1970."""
        assert self.stage._show is not None
        return EPOCH_S * 1_000_000 + self.stage._show._run.now_ns // 1_000

    def watch(self, channels: frozenset[int]) -> None:
        """Say what is followed."""
        self._pass_on("watchers", {"consumers": min(1, len(channels)), "channels": sorted(channels)}, 0)

    def ask(self, what: str, body: Any) -> dict[str, Any]:
        """Ask as the server does, and return the answer."""
        ticket = next(self._tickets)
        self._pass_on(what, body, ticket)
        (answer,) = [told for told in self._hear() if told.ticket == ticket]
        return cast("dict[str, Any]", msgspec.json.decode(answer.body))

    def say(self, **message: Any) -> dict[str, Any]:
        """Ask as a consumer who may steer does."""
        ask = read_ask(json.dumps(message).encode())
        return self.ask("control" if message["type"] == "control" else "agent", ask)

    def control(self, action: str, value: Any = None) -> dict[str, Any]:
        return self.say(type="control", action=action, **({} if value is None else {"value": value}))

    def agents(self, action: str, agent_id: str, **fields: Any) -> dict[str, Any]:
        return self.say(type="agent_command", action=action, agent_id=agent_id, **fields)

    def turn(self, milliseconds: float = 10) -> None:
        """Let the clock go on, and the simulation take its turn."""
        self.clock_ns += round(milliseconds * MS)
        assert self.stage._show is not None
        self.stage._show.turn()
        self._hear()

    def play(self, seconds: float, milliseconds: float = 10) -> None:
        """Go on for so long on the clock."""
        for _ in range(round(seconds * 1_000 / milliseconds)):
            self.turn(milliseconds)

    def to_the_end(self) -> None:
        """Go on until the simulation is over."""
        self.control("speed", 0)
        while self.state["state"] == "running":
            self.turn()

    def hang_up(self) -> None:
        """Do what the stage does when its server is gone."""
        assert self.stage._show is not None
        self.stage._show.leave()

    def _pass_on(self, what: str, body: Any, ticket: int) -> None:
        raw = msgspec.Raw(msgspec.json.encode(body))
        line = pack_asked(Asked(ticket, what, raw))
        assert line.count(b"\n") == 1
        self.stage._answer(read_asked(line))

    def _hear(self) -> list[Told]:
        told: list[Told] = []
        sent, self._link.sent = bytes(self._link.sent), bytearray()
        for packet in self._unpacker.take(sent):
            if isinstance(packet, Told):
                told.append(packet)
                continue
            self.turns.append(packet)
            for entry, frames in packet.parts():
                found = list(messages_of(frames))
                assert len(found) == entry.messages
                self.heard[CHANNELS[entry.channel]] += found
                self.all += found
        return told
