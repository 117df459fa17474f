"""Run files that are sent: they stand alone, are of a bearable size, and their errors keep their lines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from crossbook.core import ConfigError
from crossbook.doors.lab import disk
from crossbook.doors.lab.posted import Presets, plan_run
from crossbook.venue.refusals import Refused
from tests.small_runs import SMALL


def small(**changes: Any) -> str:
    return yaml.safe_dump(yaml.safe_load(SMALL) | changes)


def plan(config: str | None = None, *, folder: Path = Path("presets"), **more: Any) -> Any:
    return plan_run(Presets(folder), Path("runs"), config=config, **more)


def test_a_posted_run_is_the_run_of_the_same_file() -> None:
    sent = plan(SMALL, seed=9, changes={"agents.noise.count": 30, "description": "ünï: '\"\n\t=😀"})

    assert (sent.run.seed, sent.run.agents["noise"].count) == (9, 30)
    assert sent.run.description == "ünï: '\"\n\t=😀"
    assert sent.sources == ()


def test_an_error_keeps_its_line() -> None:
    with pytest.raises(ConfigError, match=r"^config:3: day\.opne: .*did you mean \"open\"") as caught:
        plan(SMALL.replace("open:", "opne:"))
    assert "\n" not in str(caught.value)


def test_an_error_that_only_the_whole_shows_keeps_its_line_too() -> None:
    with pytest.raises(ConfigError, match=r"^config:\d+: markets\.ACME\.initial_price: must be from"):
        plan(SMALL.replace("initial_price: 100.00", "initial_price: 100.00, max_price: 50.00"))


GROUP: dict[str, Any] = {"kind": "os:system", "params": {"command": "true"}}
JITTER: dict[str, Any] = {"feed": {"jitter": {"file": "/etc/passwd"}}}
NOISE: dict[str, Any] = {"kind": "noise"}
DEPENDENT: dict[str, dict[str, Any]] = {
    "traders in Python": {"agents": {"mine": GROUP}},
    "traders in Python that come in": {
        "interventions": [{"time": "10:00:30", "do": "enter", "name": "new", "agents": GROUP}]
    },
    "recorded flow": {"recorded": {"ACME": {"kind": "binance", "file": "/etc/passwd"}}},
    "a file of jitter": {"latencies": {"far": JITTER}},
    "a file of jitter in a group": {"agents": {"n": NOISE | {"latency": JITTER}}},
    "a file of jitter of who comes in": {
        "interventions": [
            {"time": "10:00:30", "do": "enter", "name": "new", "agents": NOISE | {"latency": JITTER}}
        ]
    },
    "a file of the fundamental": {
        "markets": {"ACME": {"initial_price": 1, "fundamental": {"kind": "file", "file": "/etc/passwd"}}}
    },
    "another run file": {"extends": "quickstart"},
    "another run file by its path": {"extends": ["/etc/passwd"]},
}


@pytest.mark.parametrize("case", DEPENDENT)
def test_a_posted_run_file_stands_alone(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a file was opened, or a module looked for")

    monkeypatch.setattr(Path, "open", opened)
    monkeypatch.setattr(Path, "read_text", opened)
    monkeypatch.setattr("importlib.import_module", opened)
    with pytest.raises(ConfigError, match=r"names no|extends no file"):
        plan(small(**DEPENDENT[case]))


def test_nothing_that_is_set_makes_a_preset_depend_on_others(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)

    for changes in ({"agents.noise": GROUP}, {"agents.noise.kind": "os:system"}, {"extends": "x"}):
        with pytest.raises(ConfigError):
            plan(folder=tmp_path, preset="small", changes=changes)


TOO_LARGE: dict[str, tuple[dict[str, Any], str]] = {
    "agents": ({"agents.noise.count": 1_000_001}, "agents: 1,000,003 agents in all"),
    "days": (
        {"day": {"start": 0, "open": 0, "close": 2_678_400_000_000_001}},
        "day: must be at most 31 days",
    ),
    "samples": ({"record.samples": 10_001}, "record.samples: 10,001 samples"),
    "points": ({"fundamental_step_ns": 1_000}, "fundamental_step_ns: 60,000,000 points"),
    "what agents keep": (
        {"agents.noise": {"kind": "momentum", "count": 10_000, "params": {"interval_ns": 9, "long": 4_000}}},
        "agents: 40,0",
    ),
    "what makers have standing": (
        {"agents.maker.count": 200_000, "agents.maker.params.levels": 100},
        "agents: 40,",
    ),
}


@pytest.mark.parametrize("case", TOO_LARGE)
def test_the_size_of_a_run_is_bounded(case: str) -> None:
    changes, told = TOO_LARGE[case]

    with pytest.raises(ConfigError) as caught:
        plan(SMALL, changes=changes)
    assert told in str(caught.value)


def bomb() -> str:
    lines = ['a0: &a0 ["x", "x"]']
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return "\n".join(lines)


HOSTILE: dict[str, Callable[[], str]] = {
    "a bomb of aliases": bomb,
    "a tag": lambda: "name: !!python/object/apply:os.system ['true']",
    "a map in a map in a map": lambda: "{a: " * 100 + "}" * 100,
    "no YAML": lambda: "a: [",
    "nothing": lambda: "",
    "a list": lambda: "- a",
    "a NUL": lambda: "name: a\0b",
    "infinity": lambda: SMALL.replace("100.00", ".inf"),
    "a number without end": lambda: SMALL.replace("seed: 3", "seed: " + "9" * 100_000),
    "two documents": lambda: f"{SMALL}\n---\n{SMALL}",
    "a key twice": lambda: f"{SMALL}\nseed: 4\n",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_no_run_file_is_refused_in_one_line(case: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plan(HOSTILE[case]())
    assert str(caught.value).startswith("config")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "changes",
    [{"": 1}, {"a=b": 1}, {"agents.noise.count": "many"}, {"agents.nois.count": 1}, {"seed.x": 1}],
)
def test_what_is_set_is_held_to_the_same_rules(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        plan(SMALL, changes=changes)
    assert not str(caught.value).startswith("--")


def test_one_of_preset_and_config_is_needed() -> None:
    for config, preset in ((None, None), (SMALL, "small")):
        with pytest.raises(ConfigError, match="one of preset and config is needed, and not both"):
            plan(config, preset=preset)


def test_presets_are_those_in_the_folder_and_no_others(tmp_path: Path) -> None:
    folder = tmp_path / "presets"
    folder.mkdir()
    (tmp_path / "outside.yaml").write_text(SMALL)
    (folder / "small.yaml").write_text(f"description: >\n  Small,\n  and quick.\n{SMALL}")
    (folder / "broken.yaml").write_text("a: [")
    (folder / "notes.txt").write_text("no preset")
    presets = Presets(folder)

    (told,) = presets.every()

    assert (told.name, told.description) == ("small", "Small, and quick.")
    assert told.config.startswith("description")
    for name in ("../outside", "outside", "/etc/passwd", "small.yaml", ""):
        with pytest.raises(Refused) as caught:
            presets.path(name)
        assert caught.value.status == 404


def test_a_preset_that_changes_is_read_again(tmp_path: Path) -> None:
    presets = Presets(tmp_path)
    assert presets.every() == []
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    first = presets.every()
    path.write_text(f"description: another\n{SMALL}")

    assert [one.description for one in (*first, *presets.every())] == ["", "another"]


def test_no_run_begins_where_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk.check_disk(tmp_path / "not" / "there")
    monkeypatch.setattr(disk, "DISK_FREE_BYTES_MIN", 1 << 62)

    with pytest.raises(ConfigError, match="the disk has less than"):
        disk.check_disk(tmp_path)
