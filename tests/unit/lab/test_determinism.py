"""One run file and one seed give one market: whatever the process, the number of workers, and who only looks on."""

import copy
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from crossbook.agents import methods_of
from crossbook.core.simulation import Context, Simulation
from crossbook.lab.config import RunFile
from crossbook.lab.run import Plan, find
from crossbook.lab.run.driver import Driver
from crossbook.settings import load
from tests.recorded import ROOT
from tests.small_runs import crossbook, hashes_of, made, manifest_of, small, started

CONFIGS = sorted(
    path for path in (ROOT / "configs").glob("*.yaml") if "recorded" not in yaml.safe_load(path.read_text())
)
TEN_MINUTES_NS = 600 * 10**9


@pytest.mark.slow
def test_the_number_of_workers_changes_no_seed_and_each_is_the_single_run(tmp_path: Path) -> None:
    file, runs = small(tmp_path), tmp_path / "runs"
    ensembles = []
    for workers in (1, 2):
        assert crossbook("run", file, "--out", runs, "--seeds", 3, "--workers", workers) == 0
        ensembles.append(find("last", runs))
    one, two = (manifest_of(ensemble)["members"] for ensemble in ensembles)
    assert [member["seed"] for member in one] == [3, 4, 5]
    assert one == two
    assert len({str(member["event_hash"]) for member in one}) == 3
    for member in one:
        single = made(file, "--seed", member["seed"])
        assert hashes_of(single) == (member["event_hash"], member["state_hash"])
        assert manifest_of(single)["seed"] == member["seed"]
    assert crossbook("verify", ensembles[0]) == 0


TRADER = """\
from crossbook.agents import Trader
class Draws(Trader):
    def on_start(self, ctx) -> None:
        ctx.timer("look", 1_000_000_000)
    def on_timer(self, ctx, name: str) -> None:
        ctx.timer("look", ctx.rng.wait(1e9))
        (ctx.buy if ctx.rng.chance(0.5) else ctx.sell)(ctx.rng.integer(1, 5))
"""
AROUND = [
    {"PYTHONHASHSEED": "0"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata"},
    {"PYTHONHASHSEED": "random", "TZ": "UTC", "LANG": "C", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "7", "TZ": "America/New_York", "LANG": "de_DE.UTF-8", "POLARS_MAX_THREADS": "1"},
]


@pytest.mark.slow
def test_hash_seed_time_zone_and_language_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "draws.py").write_text(TRADER)
    mine = {"mine": {"kind": "draws:Draws", "count": 3}}
    agents = {**mine, **yaml.safe_load(small(tmp_path).read_text())["agents"]}
    file = small(tmp_path, agents=agents)
    there = hashes_of(made(file))
    for number, env in enumerate(AROUND):
        runs = tmp_path / f"runs-{number}"
        process = started("run", file, "--out", runs, "--no-report", env=env)
        _, error = process.communicate(timeout=60)
        assert process.returncode == 0, error
        assert hashes_of(find("last", runs)) == there, env


def shortened(path: Path) -> RunFile:
    run = load(path, RunFile).settings
    first = run.day.open if run.day.pre_open is None else run.day.pre_open
    end = (run.day.start if run.day.start is not None else first) + TEN_MINUTES_NS
    end = max(end, run.day.open + TEN_MINUTES_NS // 2)
    if end >= run.day.close:
        return run
    auction = None if run.day.closing_auction is None else end - TEN_MINUTES_NS // 10
    return run.model_copy(
        update={"day": run.day.model_copy(update={"close": end, "closing_auction": auction})}
    )


@pytest.mark.parametrize("path", CONFIGS, ids=[path.stem for path in CONFIGS])
def test_every_run_file_that_ships_runs_twice_alike(path: Path) -> None:
    plan = Plan.of(shortened(path), path.parent)
    seen = []
    for _ in range(2):
        driver = plan.driver()
        driver.run()
        assert all(holds for _, holds, _ in driver.simulation.audit())
        seen.append((driver.simulation.hashes(), driver.simulation.counts(), driver.simulation.profits()))
    assert seen[0] == seen[1]
    assert seen[0][1][0] > 100
    other = plan.driver(99)
    other.run()
    assert other.simulation.hashes() != seen[0][0]


@pytest.mark.parametrize("last", [True, False])
def test_a_group_that_never_trades_changes_nobodys_trades(tmp_path: Path, last: bool) -> None:
    before = yaml.safe_load(small(tmp_path).read_text())["agents"]
    idle = {"idle": {"kind": "noise", "count": 10, "params": {"from_ns": "12:00", "to_ns": "13:00"}}}
    agents = {**before, **idle} if last else {**idle, **before}
    # Agents draw by their group's name and their place in it, so others may stand before them.
    alone = small(tmp_path, "alone.yaml")
    beside = tmp_path / "beside.yaml"
    plain = yaml.safe_load(alone.read_text()) | {"agents": agents}
    beside.write_text(yaml.safe_dump(plain, sort_keys=False))
    columns = ["time_ns", "price", "quantity", "side"]
    tables = [pl.read_parquet(made(file) / "trades.parquet").select(columns) for file in (alone, beside)]
    assert len(tables[0]) > 100
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("with_trader", [True, False])
def test_a_fork_at_any_step_ends_where_the_run_ends(tmp_path: Path, seed: int, with_trader: bool) -> None:
    (tmp_path / "draws.py").write_text(TRADER)
    agents: dict[str, Any] = yaml.safe_load(small(tmp_path).read_text())["agents"]
    if with_trader:
        agents["mine"] = {"kind": "draws:Draws", "count": 3}
    run = load(small(tmp_path, agents=agents), RunFile).settings
    plan = Plan.of(run, tmp_path)
    whole = plan.driver(seed)
    whole.run()
    steps = whole.simulation.counts()[0]

    driver = plan.driver(seed)
    driver.run(steps=steps * (1 + 2 * seed) // 9)
    fork = forked(driver)
    for simulation in (fork, driver.simulation):
        simulation.advance()
        assert simulation.hashes() == whole.simulation.hashes()
        assert simulation.counts() == whole.simulation.counts()
        assert simulation.profits() == whole.simulation.profits()


def forked(driver: Driver) -> Simulation:
    """Return the fork of a simulation, with copies of its traders in it."""
    fork = driver.simulation.fork()
    for agent, (trader, context) in driver.traders.items():
        there: Context = fork.connect(
            agent, methods_of(copy.deepcopy(trader)), follows_orders=trader.follows_orders, like=context
        )
        assert there.now == context.now
    return fork


def test_the_folder_that_it_is_run_from_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "draws.py").write_text(TRADER)
    file = small(tmp_path, agents={"mine": {"kind": "draws:Draws", "count": 3}})
    there = hashes_of(made(file))
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert crossbook("run", "small.yaml", "--out", "here", "--no-report") == 0
        here = find("last", tmp_path / "here")
        assert hashes_of(here) == there
        assert crossbook("verify", here) == 0
    finally:
        os.chdir(before)
    assert crossbook("verify", here) == 0
