"""`crossbook realism`: runs and recorded days, one line for each mistake."""

import json
from pathlib import Path

import pytest

from crossbook.cli import main as command_line

OWN = Path("examples/data/OWN_2025-01-02_34200000_57600000_message_5.csv.gz")
ROOT = Path(__file__).resolve().parents[2]


def test_a_recorded_day_is_measured_beside_another(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert command_line.run(["realism", str(OWN), "--beside", str(OWN), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)["facts"]
    assert len(facts) == 23
    assert all(fact["value"] == fact["reference_value"] for fact in facts)


@pytest.mark.parametrize(
    ("content", "name", "complaint"),
    [
        (None, "nothing", "crossbook: nothing: there is no such run under runs\n"),
        ("x", "day.csv", "is neither a run nor a LOBSTER message file"),
        (
            "x",
            "A_2012-06-21_1_2_message_1.csv",
            "the book file beside it is missing: A_2012-06-21_1_2_orderbook_1.csv",
        ),
    ],
)
def test_what_is_neither_a_run_nor_a_day_is_one_line_and_status_two(
    content: str | None,
    name: str,
    complaint: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path(name).write_text(content)
    assert command_line.run(["realism", name]) == 2
    shown = capsys.readouterr()
    assert complaint in shown.err
    assert (shown.out, shown.err.count("\n")) == ("", 1)
