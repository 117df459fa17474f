"""The verdicts of the benchmark: a wrong one would make a false claim."""

import json

import pytest
from rows import Row, not_measured, rows_from_json


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (Row(name="rate", figure=30.0, target=30.0), "met"),
        (Row(name="rate", figure=29.9, target=30.0), "missed"),
        (Row(name="time", figure=110.0, target=110.0, higher_is_better=False), "met"),
        (Row(name="time", figure=111.0, target=110.0, higher_is_better=False), "missed"),
        (Row(name="ratio", figure=8.0, baseline=2.0, target=4.0, target_of="ratio"), "met"),
        (Row(name="ratio", figure=7.9, baseline=2.0, target=4.0, target_of="ratio"), "missed"),
        (
            Row(
                name="ratio of times",
                figure=2.0,
                baseline=8.0,
                target=4.0,
                target_of="ratio",
                higher_is_better=False,
            ),
            "met",
        ),
        (
            Row(
                name="ratio of times",
                figure=8.0,
                baseline=2.0,
                target=4.0,
                target_of="ratio",
                higher_is_better=False,
            ),
            "missed",
        ),
        (Row(name="no baseline", figure=8.0, target=4.0, target_of="ratio"), "not measured"),
        (Row(name="no target", figure=8.0), "no target"),
        (Row(name="no figure", target=1.0), "not measured"),
    ],
    ids=lambda value: value.name if isinstance(value, Row) else value,
)
def test_a_target_is_met_only_when_it_is_reached(row: Row, verdict: str) -> None:
    assert row.verdict == verdict


def test_a_ratio_says_how_many_times_better_whichever_way_better_lies() -> None:
    assert Row(name="rate", figure=30.0, baseline=10.0).ratio == 3.0
    assert Row(name="time", figure=10.0, baseline=30.0, higher_is_better=False).ratio == 3.0


def test_rows_are_read_after_what_a_program_prints_before_them() -> None:
    text = 'warming up\n[{"name": "rate", "figure": 1.5, "unit": "M/s"}]\n'

    assert rows_from_json(text) == [Row(name="rate", figure=1.5, unit="M/s")]


@pytest.mark.parametrize(
    "text",
    ["", "no rows", '[{"figure": 1.0}]', '[{"name": "x", "figures": 1.0}]', "[1]", "[{"],
    ids=["nothing", "no array", "no name", "unknown field", "no object", "cut off"],
)
def test_what_is_not_rows_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        rows_from_json(text)


def test_a_part_that_is_not_measured_is_a_row_that_says_why() -> None:
    (row,) = not_measured("python_core", "does not exist yet")

    assert row.verdict == "not measured"
    assert json.loads(json.dumps(row.as_json()))["note"] == "does not exist yet"
