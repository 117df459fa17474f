"""`crossbook run` when somebody fails or interrupts it, and what is asked of runs afterwards."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, get_args

import polars as pl
import pytest
import yaml
from pydantic import BaseModel

from crossbook.lab.config import RunFile
from crossbook.lab.run import find
from tests.small_runs import SMALL, crossbook, hashes_of, made, manifest_of, only, small, started

FAILS = """\
from crossbook.agents import Trader
class Fails(Trader):
    def __init__(self, where: str = "nowhere") -> None:
        self.where, self.looks = where, 0
    def on_start(self, ctx) -> None:
        ctx.timer("look", 1_000_000_000)
    def on_timer(self, ctx, name: str) -> None:
        self.looks += 1
        ctx.timer("look", 1_000_000_000)
        ctx.buy(1)
        if self.where == "timer" and self.looks == 30:
            self.divide()
    def divide(self) -> None:
        raise ArithmeticError("no [bold]price[/bold] today")
    def on_stop(self, ctx) -> None:
        if self.where == "stop":
            self.divide()
"""


def failing(folder: Path, where: str) -> Path:
    (folder / "fails.py").write_text(FAILS)
    others = yaml.safe_load(SMALL)["agents"]
    return small(
        folder, agents={"mine": {"kind": "fails:Fails", "count": 2, "params": {"where": where}}, **others}
    )


@pytest.mark.parametrize(("where", "at"), [("timer", "10:00:30"), ("stop", "10:01:00")])
def test_a_trader_that_raises_is_shown_its_own_traceback_and_the_run_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str, at: str
) -> None:
    runs = tmp_path / "runs"
    whole = made(failing(tmp_path, "nowhere"))

    assert crossbook("run", failing(tmp_path, where), "--out", runs, "--set", "name=broken") == 1
    shown = capsys.readouterr()
    run = find("broken", runs)

    said = f"mine-1 raised ArithmeticError at {at}: no [bold]price[/bold] today"
    assert shown.err.strip() == f"crossbook: {said}"
    trace = (run / "traceback.txt").read_text()
    assert trace.strip() in shown.out
    assert trace.count('File "') == 2
    assert str(tmp_path / "fails.py") in trace
    assert "self.divide()" in trace
    assert "src/crossbook" not in trace
    manifest = manifest_of(run)
    assert (manifest["status"], manifest["reason"]) == ("partial", said)
    assert all(claim["holds"] for claim in manifest["conservation"])
    groups = json.loads((run / "metrics.json").read_text())["agents"]
    for rows in (groups, manifest["agents"]):
        assert {row["group"]: row["kind"] for row in rows}["mine"] == "fails:Fails"
    assert (run / "report.html").exists()
    for name in ("trades", "orders", "book"):
        rows, every = pl.read_parquet(run / f"{name}.parquet"), pl.read_parquet(whole / f"{name}.parquet")
        assert len(rows) > 100
        assert rows.equals(every[: len(rows)])
    assert crossbook("verify", run) == 0


@pytest.mark.slow
def test_a_trader_that_raises_in_an_ensemble_fails_it_and_all_runs_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = failing(tmp_path, "timer")
    assert crossbook("run", file, "--out", tmp_path / "runs", "--seeds", "2") == 1

    assert "crossbook: mine-1 raised ArithmeticError at 10:00:30" in capsys.readouterr().err
    ensemble = find("last", tmp_path / "runs")
    manifest = manifest_of(ensemble)
    assert manifest["status"] == "partial"
    assert [member["status"] for member in manifest["members"]] == ["partial", "partial"]
    assert (ensemble / "seed-3" / "traceback.txt").exists()
    assert crossbook("verify", ensemble) == 0


def alive(group: int) -> list[str]:
    """Return the processes of a group that still run."""
    shown = subprocess.run(
        ["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    rows = [line.split(maxsplit=2) for line in shown]
    return [" ".join(row) for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


def interrupted(process: "subprocess.Popen[str]", begun: Path, pattern: str, *, whole_group: bool) -> str:
    """Interrupt a run once a file is there; return what it printed. It must end by itself, and leave nobody behind."""
    try:
        while not list(begun.glob(pattern)):
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        time.sleep(0.5)
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
        out, error = process.communicate(timeout=120)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    assert process.returncode == 130, error
    assert "Traceback" not in error
    for _ in range(100):
        if not alive(process.pid):
            break
        time.sleep(0.05)
    assert alive(process.pid) == []
    return out


LONG = {"open": "00:00", "close": 300 * 86_400 * 10**9}


@pytest.mark.slow
def test_an_interrupted_run_is_kept_as_far_as_it_went(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    file = small(tmp_path, day=LONG, fundamental_step_ns="60s")
    process = started("run", file, "--out", runs)

    out = interrupted(process, runs, "*", whole_group=True)

    assert "partial: interrupted at " in out
    run = only(runs)
    manifest = manifest_of(run)
    assert manifest["status"] == "partial"
    assert manifest["reason"].startswith("interrupted at ")
    assert all(claim["holds"] for claim in manifest["conservation"])
    for name in ("trades", "orders", "fills", "book"):
        assert (pl.read_parquet(run / f"{name}.parquet")["time_ns"] <= manifest["stopped_ns"]).all()
    assert (run / "report.html").exists()
    assert crossbook("verify", run) == 0


@pytest.mark.slow
@pytest.mark.parametrize("whole_group", [True, False])
def test_an_interrupted_ensemble_keeps_what_was_made_and_leaves_nobody_behind(
    tmp_path: Path, whole_group: bool
) -> None:
    runs = tmp_path / "runs"
    file = small(tmp_path, day=LONG, fundamental_step_ns="60s")
    process = started("run", file, "--out", runs, "--seeds", 9, "--workers", 2)

    interrupted(process, runs, "*/seed-*", whole_group=whole_group)

    ensemble = only(runs)
    manifest = manifest_of(ensemble)
    assert (manifest["status"], manifest["reason"]) == ("partial", "interrupted")
    assert 0 < len(manifest["members"]) < 9
    assert {member["folder"] for member in manifest["members"]} == {
        path.name for path in ensemble.glob("seed-*")
    }
    assert all(member["status"] == "partial" for member in manifest["members"])
    assert crossbook("verify", ensemble / str(manifest["members"][0]["folder"])) == 0


def test_verify_finds_a_run_equal_and_a_changed_hash_different(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, runs = made(small(tmp_path)), tmp_path / "runs"
    capsys.readouterr()
    assert crossbook("verify", "--runs", runs) == 0
    assert capsys.readouterr().out.startswith("equal ")

    small(tmp_path, seed=4)
    assert crossbook("verify", "last", "--runs", runs) == 0
    assert "small.yaml changed since or is gone" in " ".join(capsys.readouterr().out.split())

    manifest = manifest_of(run)
    manifest["event_hash"]["main"] = "0" * 16
    (run / "manifest.json").write_text(json.dumps(manifest))
    assert crossbook("verify", "last", "--runs", runs) == 3
    out = capsys.readouterr().out
    assert out.startswith("DIFFERENT ")
    assert f"event hash of main: {'0' * 16}, now " in " ".join(out.split())


@pytest.mark.parametrize("command", ["verify", "report"])
def test_a_run_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert crossbook(command, "gone", "--runs", tmp_path) == 2
    assert capsys.readouterr().err == f"crossbook: gone: there is no such run under {tmp_path}\n"


JUNK: list[Any] = [
    [], 7, {}, {"format": 1}, {"format": 1, "name": "x", "status": "complete", "started": "", "members": 3},
    {"format": 1, "name": "x", "status": "complete", "started": "", "seed": 1, "events": "many",
     "wall_seconds": None, "event_hash": []},
]  # fmt: skip


def test_runs_lists_runs_and_passes_over_what_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = tmp_path / "runs"
    assert crossbook("runs", runs) == 0
    assert "There are no runs under" in capsys.readouterr().out
    run = made(small(tmp_path))
    for number, junk in enumerate(JUNK):
        (runs / f"junk-{number}").mkdir()
        (runs / f"junk-{number}" / "manifest.json").write_text(json.dumps(junk))
    (runs / "bytes").mkdir()
    (runs / "bytes" / "manifest.json").write_bytes(b"\xff\xfe\0")
    (runs / "deep").mkdir()
    (runs / "deep" / "manifest.json").write_text("[" * 100_000)
    (runs / "folder" / "manifest.json").mkdir(parents=True)
    (runs / "file").write_text("")
    capsys.readouterr()

    assert crossbook("runs", runs) == 0
    out = capsys.readouterr().out
    assert "junk" not in out
    assert out.count("complete") == 1
    assert find("last", runs) == run


def test_report_writes_the_page_of_one_run_and_compares_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, runs = small(tmp_path), tmp_path / "runs"
    one, two = made(file, "--set", "name=one"), made(file, "--set", "name=two", "--seed", "9")

    assert crossbook("report", "one", "--runs", runs) == 0
    assert (one / "report.html").stat().st_size > 1_000
    assert crossbook("report", "one", "two", "--runs", runs) == 0
    assert (two / "comparison.html").stat().st_size > 1_000
    assert crossbook("report", one, two, "--out", tmp_path / "page.html") == 0
    assert str(tmp_path / "page.html") in capsys.readouterr().out.replace("\n", "")
    assert hashes_of(one) != hashes_of(two)


def keys_of(model: type[BaseModel]) -> set[str]:
    """Return every key that a run file may have, of parts within parts too."""
    waiting, seen = [model], set()
    while waiting:
        part = waiting.pop()
        if part not in seen:
            seen.add(part)
            for field in part.model_fields.values():
                waiting += models_in(field.annotation)
    return {key for part in seen for key in part.model_fields}


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in models_in(inner)]


def test_the_schema_knows_every_key_and_names_what_it_refers_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert crossbook("schema") == 0
    schema = json.loads(capsys.readouterr().out)
    assert crossbook("schema", "--out", tmp_path / "run.schema.json") == 0
    assert json.loads((tmp_path / "run.schema.json").read_text()) == schema

    assert schema["$schema"].startswith("https://json-schema.org/")
    keys, references = set(), set()

    def look(part: Any) -> None:
        if isinstance(part, list):
            for member in part:
                look(member)
        if isinstance(part, dict):
            keys.update(part.get("properties", {}))
            if isinstance(part.get("$ref"), str):
                references.add(part["$ref"])
            for member in part.values():
                look(member)

    look(schema)
    assert references <= {f"#/$defs/{name}" for name in schema["$defs"]}
    assert keys >= keys_of(RunFile)
    assert {"extends", "templates", "template"} <= keys
    assert set(schema["properties"]) >= {
        "name",
        "day",
        "markets",
        "venues",
        "agents",
        "record",
        "recorded",
        "news",
    }
