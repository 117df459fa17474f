"""What is done to a run while it runs: in its file or by hand, it makes the same run again."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import TypeAdapter

from crossbook.core import ConfigError
from crossbook.lab.config import RunFile
from crossbook.lab.config.interventions import AnyIntervention
from crossbook.lab.run import Plan, find
from crossbook.lab.run.driver import REACHED, Driver
from crossbook.settings import load
from tests.small_runs import crossbook, hashes_of, made, manifest_of, small

SECOND = 10**9
OPEN = 10 * 3_600 * SECOND
ANY: TypeAdapter[AnyIntervention] = TypeAdapter(AnyIntervention)
TAKERS = {"kind": "taker", "count": 5, "params": {"interval_ns": "1s"}}
STEERED: list[dict[str, Any]] = [
    {"time": "10:00:10", "do": "news", "symbol": "ACME", "jump_ticks": -50},
    {"time": "10:00:20", "do": "enter", "name": "late", "agents": TAKERS},
    {"time": "10:00:20", "do": "change", "name": "noise", "params": {"interval_ns": "200ms"}},
    {"time": "10:00:40", "do": "leave", "name": "late"},
]


def plan_of(file: Path) -> Plan:
    return Plan.of(load(file, RunFile).settings, file.parent)


def test_what_a_file_asks_for_is_done_and_can_be_verified(tmp_path: Path) -> None:
    plain, steered = made(small(tmp_path)), made(small(tmp_path, interventions=STEERED))
    assert hashes_of(plain) != hashes_of(steered)
    assert made_again(tmp_path) == hashes_of(steered)
    assert crossbook("verify", steered) == 0
    manifest = manifest_of(steered)
    assert manifest["interventions"] == 4
    assert [(row["group"], row["count"]) for row in manifest["agents"]] == [
        ("maker", 2),
        ("noise", 20),
        ("late", 5),
    ]
    assert all(claim["holds"] for claim in manifest["conservation"])

    late = pl.read_parquet(steered / "orders.parquet").filter(pl.col("agent") >= 22)["time_ns"] - OPEN
    assert 20 * SECOND < late.min() < 24 * SECOND  # type: ignore[operator]
    assert late.max() <= 40 * SECOND  # type: ignore[operator]
    sent = pl.read_parquet(steered / "orders.parquet").filter(
        (pl.col("event") == "accepted") & pl.col("agent").is_between(2, 21)
    )
    before, after = (
        len(sent.filter((sent["time_ns"] - OPEN > begin) & (sent["time_ns"] - OPEN < begin + 18 * SECOND)))
        for begin in (0, 22 * SECOND)
    )
    assert after > 3 * before


def made_again(folder: Path) -> tuple[Any, Any]:
    return hashes_of(made(folder / "small.yaml"))


def test_who_comes_in_after_the_last_step_is_in_the_hashes_too(tmp_path: Path) -> None:
    late = {"time": "10:00:59.999999999", "do": "enter", "name": "late", "agents": TAKERS}
    run, without = made(small(tmp_path, interventions=[late])), made(small(tmp_path))
    # Nothing but that they begin.
    assert manifest_of(run)["steps"] == manifest_of(without)["steps"] + TAKERS["count"]
    assert hashes_of(run) != hashes_of(without)
    assert crossbook("verify", run) == 0


TRADER = """\
from pathlib import Path
from crossbook.agents import Trader
class Guest(Trader):
    def __init__(self, said: str, lots: int = 1) -> None:
        self.said, self.lots = Path(said), lots
    def on_start(self, ctx) -> None:
        ctx.timer("go", 1_000_000_000)
    def on_timer(self, ctx, name: str) -> None:
        ctx.timer("go", 1_000_000_000)
        ctx.buy(self.lots)
    def on_stop(self, ctx) -> None:
        self.said.write_text(f"{ctx.now} {ctx.position}")
"""


def test_a_trader_in_python_comes_and_goes(tmp_path: Path) -> None:
    (tmp_path / "guests.py").write_text(TRADER)
    guest = {"kind": "guests:Guest", "params": {"said": str(tmp_path / "said"), "lots": 2}}
    doing = [
        {"time": "10:00:05", "do": "enter", "name": "guest", "agents": guest},
        {"time": "10:00:35.5", "do": "leave", "name": "guest"},
    ]
    run = made(small(tmp_path, interventions=doing))
    assert (tmp_path / "said").read_text() == f"{OPEN + 35 * SECOND + SECOND // 2} 60"
    assert manifest_of(run)["agents"][-1] == {
        "group": "guest",
        "kind": "guests:Guest",
        "first": 22,
        "count": 1,
    }
    assert crossbook("verify", run) == 0


@pytest.mark.parametrize(
    ("doing", "why"),
    [
        ([{"time": "09:00", "do": "leave", "name": "noise"}], "interventions.0.time: must be within the day"),
        (
            [
                {"time": "10:00:30", "do": "leave", "name": "noise"},
                {"time": "10:00:20", "do": "leave", "name": "maker"},
            ],
            "interventions.1.time: must be within the day, and not before",
        ),
        (
            [{"time": "10:00:20", "do": "leave", "name": "nobody"}],
            'interventions.0.name: there is no group "nobody"',
        ),
        (
            [{"time": "10:00:20", "do": "enter", "name": "noise", "agents": TAKERS}],
            'interventions.0.name: there was a group "noise"',
        ),
        (
            [
                {"time": "10:00:20", "do": "leave", "name": "noise"},
                {"time": "10:00:20", "do": "enter", "name": "noise", "agents": TAKERS},
            ],
            'there was a group "noise", and has left',
        ),
        (
            [{"time": "10:00:20", "do": "enter", "name": "x", "agents": TAKERS | {"count": 0}}],
            "interventions.0.agents.count: nobody",
        ),
        (
            [{"time": "10:00:20", "do": "enter", "name": "x", "agents": TAKERS | {"markets": ["B"]}}],
            'interventions.0.agents.markets: there is no market "B"',
        ),
        (
            [{"time": "10:00:20", "do": "change", "name": "noise", "params": {"aggressive": 2}}],
            "interventions.0.params.aggressive: Input should be less than or equal to 1",
        ),
        (
            [{"time": "10:00:20", "do": "change", "name": "noise", "params": {"speed": 2}}],
            "interventions.0.params.speed: Extra inputs are not permitted",
        ),
        (
            [{"time": "10:00:20", "do": "news", "symbol": "B", "jump_ticks": 1}],
            'interventions.0.symbol: there is no market "B"',
        ),
    ],
)
def test_what_cannot_be_done_is_told_before_the_run(
    tmp_path: Path, doing: list[dict[str, Any]], why: str
) -> None:
    file = small(tmp_path, interventions=doing)
    with pytest.raises(ConfigError) as told:
        plan_of(file)
    assert why in str(told.value)


def test_a_run_that_is_steered_by_hand_is_the_run_of_a_file_that_says_so(tmp_path: Path) -> None:
    plan = plan_of(small(tmp_path))
    driver: Driver = plan.driver()
    simulation = driver.simulation
    record: list[dict[str, Any]] = []

    def do(**what: Any) -> None:
        # Where a time was reached, all steps until then were made; how many is no matter.
        steps = None if reached else simulation.counts()[0]
        given = {"time": simulation.now, "steps": steps, **what}
        driver.intervene(ANY.validate_python(given), "now")
        record.append(given)

    reached = simulation.advance(until_ns=OPEN + 9 * SECOND + 123_457) == REACHED
    assert reached
    do(do="news", symbol="ACME", jump_ticks=-40)
    # Somebody pauses, makes single steps, and acts in the middle of a moment.
    for turn in range(5):
        reached = simulation.advance(steps=turn + 1) == REACHED
        assert not reached
        do(
            do="enter",
            name=f"block-{turn}",
            agents={"kind": "block", "params": {"buy": turn % 2 == 0, "lots": 60}},
        )
    reached = simulation.advance(until_ns=OPEN + 30 * SECOND) == REACHED
    do(do="change", name="noise", params={"interval_ns": "100ms"})
    do(do="leave", name="maker")
    with pytest.raises(ConfigError, match="there is no group"):
        do(do="leave", name="maker")
    simulation.advance()
    by_hand = {name: (state, events) for name, state, events in simulation.hashes()}["main"]

    written = made(small(tmp_path, "written.yaml", interventions=record))
    assert hashes_of(written) == ({"main": f"{by_hand[1]:016x}"}, {"main": f"{by_hand[0]:016x}"})


def test_who_does_not_take_his_parameters_does_not_come_in(tmp_path: Path) -> None:
    (tmp_path / "guests2.py").write_text(TRADER)
    driver = plan_of(small(tmp_path)).driver()
    guest = {"kind": "guests2:Guest", "params": {"sound": "no"}}
    with pytest.raises(ConfigError):
        driver.intervene(
            ANY.validate_python({"time": 0, "do": "enter", "name": "guest", "agents": guest}), "now"
        )
    assert [group[0] for group in driver.simulation.groups()] == ["maker", "noise"]
    assert list(driver.steering.groups) == ["maker", "noise"]


def test_money_that_the_venue_refuses_lets_nobody_in(tmp_path: Path) -> None:
    driver = plan_of(small(tmp_path)).driver()
    rich = TAKERS | {"count": 2, "cash": 1 << 62}
    with pytest.raises(
        ConfigError, match=r"^now: agents\.rich: the account's cash could pass what the core carries$"
    ):
        driver.intervene(
            ANY.validate_python({"time": 0, "do": "enter", "name": "rich", "agents": rich}), "now"
        )
    assert "rich" not in driver.steering.every


@pytest.mark.parametrize("steps", [None, 700])
def test_what_the_venue_refuses_in_the_middle_ends_the_run_there_and_it_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], steps: int | None
) -> None:
    rich: dict[str, Any] = {"time": "10:00:30", "steps": steps, "do": "enter", "name": "rich"}
    rich["agents"] = TAKERS | {"cash": 1 << 62}
    doing = [STEERED[0], rich, {"time": "10:00:40", "do": "leave", "name": "noise"}]
    file, runs = small(tmp_path, interventions=doing), tmp_path / "runs"
    whole = made(small(tmp_path, "whole.yaml", interventions=doing[:1]))

    assert crossbook("run", file, "--out", runs, "--set", "name=broken") == 2

    said = "interventions.1: agents.rich: the account's cash could pass what the core carries"
    complaint = capsys.readouterr().err.strip()
    assert "\n" not in complaint
    assert complaint.startswith(f"crossbook: {file}:")
    assert complaint.endswith(said)
    run = find("broken", runs)
    manifest = manifest_of(run)
    assert (manifest["status"], manifest["reason"], manifest["interventions"]) == ("partial", said, 1)
    assert all(claim["holds"] for claim in manifest["conservation"])
    assert [row["group"] for row in manifest["agents"]] == ["maker", "noise"]
    for name in ("trades", "orders", "book"):
        rows, every = pl.read_parquet(run / f"{name}.parquet"), pl.read_parquet(whole / f"{name}.parquet")
        assert len(rows) > 50
        assert rows.equals(every[: len(rows)])
    assert said in (run / "report.html").read_text().replace("&#x27;", "'")
    assert crossbook("verify", run) == 0


@pytest.mark.slow
def test_a_refusal_in_an_ensemble_is_the_same_line_and_every_run_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rich = {"time": "10:00:30", "do": "enter", "name": "rich", "agents": TAKERS | {"cash": 1 << 62}}
    file = small(tmp_path, interventions=[rich])

    assert crossbook("run", file, "--out", tmp_path / "runs", "--seeds", "2") == 2

    assert f"{file}:" in (error := capsys.readouterr().err)
    assert "interventions.0: agents.rich: the account's cash" in error
    ensemble = find("last", tmp_path / "runs")
    assert [member["status"] for member in manifest_of(ensemble)["members"]] == ["partial", "partial"]


def test_a_guest_whose_parameters_are_wrong_ends_the_run_where_it_was_to_come(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "guests3.py").write_text(TRADER)
    guest = {"kind": "guests3:Guest", "params": {"sound": "no"}}
    doing = [{"time": "10:00:05", "do": "enter", "name": "guest", "agents": guest}]

    assert crossbook("run", small(tmp_path, interventions=doing), "--out", tmp_path / "runs") == 2

    assert "interventions.0.agents.params: " in capsys.readouterr().err
    assert manifest_of(find("last", tmp_path / "runs"))["status"] == "partial"
