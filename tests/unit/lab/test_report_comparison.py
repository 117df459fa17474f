"""Runs side by side, in the terminal and as a page."""

import json
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from crossbook.core import UsageError
from crossbook.lab.report import compare, write_comparison
from tests.unit.lab.made_run import change, make_run
from tests.unit.lab.read_page import Page


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A small run of two markets that a test may spoil."""
    return make_run(tmp_path / "run", markets=2, quotes=2_000, trades=400)


def printed(table: object) -> str:
    console = Console(width=400, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def test_runs_side_by_side_tell_how_far_they_are_from_the_first(run: Path, tmp_path: Path) -> None:
    other = shutil.copytree(run, tmp_path / "other")
    metrics = json.loads((other / "metrics.json").read_text())
    first = json.loads((run / "metrics.json").read_text())["markets"]["XNAS:ALFA"]["trades"]
    metrics["markets"]["XNAS:ALFA"]["trades"] = first * 2
    metrics["markets"].pop("XNAS:BETA")
    (other / "metrics.json").write_text(json.dumps(metrics))
    change(other / "manifest.json", name="[red]other[/red]", seed=8)

    text = printed(compare([run, other]))
    page = Page(write_comparison([run, other], tmp_path / "comparison.html").read_text(encoding="utf-8"))

    for said in ("[red]other[/red]", "calm-day", f"+{first} (+100.0%)", "538454127b096493", "same"):
        assert said in text, said
        assert said in page.text, said
    assert [line["label"] for line in page.charts["views"][0]["charts"][0]["lines"]] == [
        "calm-day",
        "[red]other[/red]",
    ]
    assert (tmp_path / "comparison.html").stat().st_size < 1_500_000


def test_runs_of_one_name_are_told_apart(run: Path, tmp_path: Path) -> None:
    other = shutil.copytree(run, tmp_path / "other")
    third = shutil.copytree(run, tmp_path / "third")
    change(third / "manifest.json", seed=9)

    text = printed(compare([run, other, third]))

    assert "calm-day, seed 7 (1)" in text
    assert "calm-day, seed 7 (2)" in text
    assert "calm-day, seed 9" in text


def test_an_empty_run_can_be_compared(run: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    for folders in ([run, empty], [empty, run], [empty, empty]):
        assert "unknown" in printed(compare(folders))
        page = Page(write_comparison(folders, tmp_path / "comparison.html").read_text(encoding="utf-8"))
        assert "manifest.json is missing." in page.text


@pytest.mark.parametrize("count", [0, 1, 11])
def test_a_comparison_of_too_few_or_too_many_runs_is_refused(run: Path, count: int) -> None:
    with pytest.raises(UsageError, match="2 to 10"):
        compare([run] * count)
