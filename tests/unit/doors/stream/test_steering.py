"""Whatever is done to a simulation, in whatever order, what it tells holds and the run can be made again."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.small_runs import manifest_of
from tests.unit.doors.stream.contract import Contract
from tests.unit.doors.stream.playing import COIN, TWO, Playing
from tests.unit.doors.stream.test_stage import verified

AGENTS = st.sampled_from(["makers", "noise", "takers", "a", "b", "c", "shock 1", "1,5"])
CONFIGS = st.sampled_from(
    [
        ("market_maker", {"order_size": 0.001, "spread": 0.001}),
        ("market_maker", {}),
        ("noise", {"max_size": 0.002, "trade_probability": 0.5}),
        ("taker", {"order_size": 0.001}),
        ("taker", {"interval_ns": "1s"}),
        ("whale", {}),
        ("trend_follower", {"order_size": 0.0001}),
        ("high_frequency", {"levels": 2, "order_size": 0.0001}),
        ("informed", {"order_size": 0.001}),
        ("taker", {"order_size": -1}),
    ]
)
CHANGES = st.sampled_from(
    [{"wakeup_interval_us": 50_000}, {"interval_ns": 10**8}, {"order_size": 0.0002}, {"nothing": 1}]
)


class Steering(RuleBasedStateMachine):
    """People steer a simulation as they like; at the end it is made again."""

    @initialize(two=st.booleans(), seed=st.integers(0, 2**32), speed=st.sampled_from([0, 1, 20]))
    def begins(self, two: bool, seed: int, speed: float) -> None:
        self.place = Path(tempfile.mkdtemp())
        plain = TWO if two else COIN
        self.playing = Playing(self.place, plain | {"seed": seed}, speed=speed)
        assert self.playing.began["success"]
        self.symbols = list(plain["markets"])
        self.made = 0

    @property
    def over(self) -> bool:
        return self.playing.state["state"] in ("ended", "failed")

    def _did(self, answer: dict[str, Any]) -> None:
        if answer["success"]:
            self.made += 1
        else:
            assert answer["error"]
            assert "\n" not in answer["error"]

    @rule(milliseconds=st.sampled_from([0, 1, 30, 400]), times=st.integers(1, 4))
    def time_goes_on(self, milliseconds: int, times: int) -> None:
        for _ in range(times):
            self.playing.turn(milliseconds)

    @rule(action=st.sampled_from(["pause", "pause", "resume"]))
    def stands_or_goes(self, action: str) -> None:
        assert self.playing.control(action)["success"] != self.over

    @rule(value=st.one_of(st.integers(1, 300), st.sampled_from([{"seconds": 0.7}, {"seconds": 1e-9}])))
    def steps(self, value: Any) -> None:
        paused = self.playing.state["state"] == "paused"
        assert self.playing.control("step", value)["success"] == paused

    @rule(speed=st.sampled_from([0, 0.1, 1, 50]))
    def other_speed(self, speed: float) -> None:
        assert self.playing.control("speed", speed)["success"] != self.over

    @rule(name=AGENTS, what=CONFIGS, count=st.sampled_from([1, 1, 7]))
    def somebody_comes(self, name: str, what: tuple[str, dict[str, Any]], count: int) -> None:
        kind, config = what
        self._did(self.playing.agents("create", name, agent_type=kind, config=config, count=count))

    @rule(name=AGENTS, config=CHANGES)
    def somebody_changes(self, name: str, config: dict[str, Any]) -> None:
        self._did(self.playing.agents("update", name, config=config))

    @rule(name=AGENTS)
    def somebody_goes(self, name: str) -> None:
        self._did(self.playing.agents("delete", name))

    @rule(symbol=st.integers(0, 1), jump=st.sampled_from([-5, 0.01, 3]), text=st.text(max_size=5))
    def news_breaks(self, symbol: int, jump: float, text: str) -> None:
        name = self.symbols[symbol % len(self.symbols)]
        self._did(self.playing.control("news", {"symbol": name, "jump": jump, "text": text}))

    @rule(symbol=st.integers(0, 1), side=st.sampled_from(["buy", "sell"]), seconds=st.sampled_from([0, 2.5]))
    def shocks(self, symbol: int, side: str, seconds: float) -> None:
        name = self.symbols[symbol % len(self.symbols)]
        shock = {"symbol": name, "side": side, "size": 1 if len(self.symbols) > 1 else 0.0003}
        self._did(self.playing.control("shock", {**shock, "seconds": seconds}))

    @precondition(lambda self: hasattr(self, "playing"))
    @invariant()
    def it_never_fails(self) -> None:
        assert self.playing.state["state"] != "failed", self.playing.state["reason"]

    def teardown(self) -> None:
        if not hasattr(self, "playing"):
            return
        if not self.over:
            assert self.playing.control("end")["success"]
        assert manifest_of(self.playing.folder)["interventions"] == self.made
        assert verified(self.playing)
        check = Contract(("1s", "1m"))
        for message in self.playing.all:
            check.hear(message)
        shutil.rmtree(self.place)


Steering.TestCase.settings = settings(
    max_examples=10,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestSteering = Steering.TestCase
