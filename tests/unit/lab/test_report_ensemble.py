"""The page of an ensemble: its members side by side, and what holds of them together."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from crossbook.core import UsageError
from crossbook.lab.report import write, write_comparison
from crossbook.lab.report.comparison import RUNS_MAX
from tests.unit.lab.made_run import change, make_run
from tests.unit.lab.read_page import Page


def make_ensemble(folder: Path, seeds: int) -> Path:
    folder.mkdir()
    first = make_run(folder / "seed-1", markets=1, quotes=500, trades=100) if seeds else None
    members: list[dict[str, Any]] = []
    for seed in range(1, seeds + 1):
        member = folder / f"seed-{seed}"
        if first is not None and member != first:
            shutil.copytree(first, member)
        change(member / "manifest.json", name="calm-day", seed=seed)
        members.append({"folder": member.name, "seed": seed, "status": "complete"})
    manifest = {"format": 1, "name": "calm-day", "status": "complete", "members": members}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    fact = {"key": "together", "name": "Of all together", "group": "cont", "verdict": "pass", "value": 1.0}
    (folder / "metrics.json").write_text(json.dumps({"realism": [fact]}))
    return folder


def page_of(folder: Path) -> Page:
    return Page(write(folder).read_text(encoding="utf-8"))


def test_members_stand_side_by_side_with_the_realism_of_all_together(tmp_path: Path) -> None:
    page = page_of(make_ensemble(tmp_path / "three", 3))
    assert "calm-day: 3 seeds side by side" in page.text
    assert [line["label"] for line in page.charts["views"][0]["charts"][0]["lines"]] == [
        f"calm-day, seed {seed}" for seed in (1, 2, 3)
    ]
    assert "Of all together" in page.text
    assert "could not be read" not in page.text


def test_of_many_members_the_first_are_shown_and_that_is_said(tmp_path: Path) -> None:
    page = page_of(make_ensemble(tmp_path / "many", RUNS_MAX + 2))
    assert f"calm-day: {RUNS_MAX + 2} seeds side by side" in page.text
    assert f"the first {RUNS_MAX} are shown" in page.text
    assert f"seed {RUNS_MAX}" in page.text
    assert f"seed {RUNS_MAX + 1}" not in page.text


def test_an_ensemble_of_one_has_the_page_of_that_one(tmp_path: Path) -> None:
    page = page_of(make_ensemble(tmp_path / "one", 1))
    assert "side by side" not in page.text
    assert "Conservation" in page.text


@pytest.mark.parametrize("folder", ["../outside", "..", "", ".", "seed-1/../../outside", "link"])
def test_nothing_outside_of_it_is_read(tmp_path: Path, folder: str) -> None:
    make_run(tmp_path / "outside", markets=1, quotes=100, trades=20)
    ensemble = make_ensemble(tmp_path / "two", 2)
    (ensemble / "link").symlink_to(tmp_path / "outside")
    manifest = json.loads((ensemble / "manifest.json").read_text())
    manifest["members"] = [{"folder": folder}, {"folder": folder}]
    (ensemble / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UsageError, match="no run was made"):
        write(ensemble)


def test_an_ensemble_is_not_compared_as_if_it_were_a_run(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", markets=1, quotes=100, trades=20)
    with pytest.raises(UsageError, match="two is an ensemble: compare its members, or see its page"):
        write_comparison([run, make_ensemble(tmp_path / "two", 2)], tmp_path / "page.html")


def test_an_ensemble_without_runs_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="an ensemble of which no run was made"):
        write(make_ensemble(tmp_path / "none", 0))
