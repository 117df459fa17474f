"""Interventions in the report: a row for each, a mark where it was made, and no text that becomes markup."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from crossbook.lab.report import write
from crossbook.lab.report.interventions import SHOWN_MAX
from tests.unit.lab.made_run import HOSTILE, OPEN_NS, change, make_run
from tests.unit.lab.read_page import Page

SECOND = 10**9
TAKER = {"kind": "taker", "count": 5, "params": {"interval_ns": 2 * SECOND, "from_ns": OPEN_NS, "buys": 0.25}}
DONE: list[dict[str, Any]] = [
    {"time": OPEN_NS + 60 * SECOND, "do": "news", "symbol": "ALFA", "jump_ticks": -250.0, "text": "A mine floods"},
    {"time": OPEN_NS + 90 * SECOND, "do": "enter", "name": "late", "agents": TAKER | {"markets": ["XNAS:BETA"]}},
    {"time": OPEN_NS + 90 * SECOND, "do": "change", "name": "noise", "params": {"interval_ns": "5s"}},
    {"time": OPEN_NS + 99_500_000_000, "do": "leave", "name": "late"},
]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A small run of the markets XNAS:ALFA and XNAS:BETA."""
    return make_run(tmp_path / "run", markets=2, quotes=2_000, trades=400)


def page_of(run: Path, done: Any, made: int | None) -> Page:
    (run / "config.yaml").write_text(yaml.safe_dump({"name": "run", "interventions": done}, sort_keys=False))
    if made is not None:
        change(run / "manifest.json", interventions=made)
    return Page(write(run).read_text(encoding="utf-8"))


def marks(page: Page, view: int) -> list[Any]:
    return [
        (mark["number"], mark["at"], mark["kind"])
        for mark in page.charts["views"][view]["charts"][0].get("marks", [])
    ]


def test_each_intervention_has_a_row_with_its_time_what_it_was_and_details(run: Path) -> None:
    text = page_of(run, DONE, 4).text

    assert "#interventions" in Page((run / "report.html").read_text(encoding="utf-8")).loads
    for said in [
        "09:31:00NewsALFA −2.50 USDA mine floods",  # noqa: RUF001
        "09:31:30Agents comelate: 5 agents of kind takerin XNAS:BETA; interval: 2 s, from: 09:30:00, buys: 0.25",
        "09:31:30Parameters changenoiseinterval: 5s",
        "09:31:39.5Agents leavelate",
    ]:
        assert said in text, said
    assert "not made" not in text


def test_marks_are_on_the_prices_that_an_intervention_is_about_and_nowhere_else(run: Path) -> None:
    page = page_of(run, DONE, 4)

    assert marks(page, 0) == [(1, 34_260, "news"), (3, 34_290, "change")]
    assert marks(page, 1) == [(2, 34_290, "enter"), (3, 34_290, "change"), (4, 34_299.5, "leave")]
    every = [chart for view in page.charts["views"] for chart in view["charts"]] + page.charts["shared"]
    assert {chart["key"] for chart in every if "marks" in chart} == {"price"}


def test_what_was_not_made_says_so_and_has_no_mark(run: Path) -> None:
    page = page_of(run, DONE, 2)

    assert page.text.count("not made") == 2
    assert marks(page, 0) == [(1, 34_260, "news")]
    assert marks(page, 1) == [(2, 34_290, "enter")]


@pytest.mark.parametrize("made", [0, None])
def test_a_run_that_nobody_touched_has_no_table_of_it(run: Path, made: int | None) -> None:
    page = page_of(run, [], made)

    assert "interventions" not in page.ids
    assert "#interventions" not in page.loads
    assert marks(page, 0) == []


def test_nothing_that_somebody_wrote_becomes_markup(run: Path) -> None:
    nasty = HOSTILE + "\"'></script><img src=x onerror=alert(1)>"
    done = [
        {"time": OPEN_NS, "do": "news", "symbol": nasty, "jump_ticks": 1.5, "text": nasty},
        {"time": OPEN_NS, "do": "enter", "name": nasty, "agents": {"kind": nasty, "params": {nasty: nasty}}},
        {"time": OPEN_NS, "do": "change", "name": nasty, "params": {nasty: {nasty: [nasty]}}},
        {"time": OPEN_NS, "do": nasty, "name": nasty},
    ]

    page = page_of(run, done, 4)

    text = (run / "report.html").read_text(encoding="utf-8")
    assert "<script>window.planted" not in text
    assert "<img" not in text
    assert len(page.scripts) == 5
    assert page.text.count(HOSTILE) > 8
    assert [kind for _, _, kind in marks(page, 0)] == ["enter", "change", "other"]


@pytest.mark.parametrize(
    "config",
    [
        "interventions: 7",
        "interventions: [7]",
        "interventions: [{time: soon}]",
        "[",
        "x: " * 400,
        "a: &a [*a]",
        "5",
    ],
)
def test_what_cannot_be_understood_is_told_where_something_was_done(run: Path, config: str) -> None:
    (run / "config.yaml").write_text(config)
    change(run / "manifest.json", interventions=3)

    assert "config.yaml does not tell what 3 interventions were." in Page(write(run).read_text()).text

    change(run / "manifest.json", interventions=0)
    assert "Some of the run could not be read." not in Page(write(run).read_text()).text


def test_of_very_many_the_first_are_shown(run: Path) -> None:
    done = [
        {"time": OPEN_NS + number, "do": "leave", "name": f"n{number}"} for number in range(SHOWN_MAX + 5)
    ]

    page = page_of(run, done, len(done))

    assert f"the first {SHOWN_MAX} of {SHOWN_MAX + 5}" in page.text
    assert len(marks(page, 0)) == SHOWN_MAX
    assert page.text.count("Agents leave") == SHOWN_MAX
