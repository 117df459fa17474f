"""`crossbook replay` of a journal, and `crossbook admin journal`."""

import json
from pathlib import Path
from random import Random

import pytest

from crossbook.cli import main as command_line
from crossbook.core import Journal
from crossbook.core.journal import inspect
from tests.journal_flow import drive, hashes, open_market, take_snapshot

Live = tuple[Path, tuple[int, int, int, int]]


@pytest.fixture
def live(tmp_path: Path) -> Live:
    """A venue's data directory after a session, and the hashes of the live exchange."""
    journal = Journal.open(str(tmp_path / "data" / "journal"))
    random = Random(7)
    open_market(journal.exchange)
    for turn in range(20):
        journal.note(b"a note")
        drive(journal.exchange, random, 20)
        journal.commit()
        if turn % 8 == 4:
            take_snapshot(journal)
    expected = hashes(journal.exchange)
    journal.close()
    return tmp_path / "data", expected


def damage(data: Path) -> Path:
    """Flip a bit in the middle of a journal's first segment."""
    segment = min((data / "journal").glob("segment-*"))
    spoilt = bytearray(segment.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    segment.write_bytes(spoilt)
    return segment


@pytest.mark.parametrize("inside", ["", "journal"])
def test_a_replay_of_a_journal_has_the_hashes_of_the_live_session(
    live: Live, inside: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data, (commands, sequence, state_hash, event_hash) = live

    assert command_line.run(["replay", str(data / inside), "--verify-snapshots", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["state_hash"], told["event_hash"]) == (f"{state_hash:016x}", f"{event_hash:016x}")
    assert (told["commands"], told["events"], told["notes"]) == (commands, sequence, 20)
    assert (told["snapshots_equal"], told["snapshots_different"]) == (2, [])
    assert 0 < told["trades"] < sequence
    assert 0 < told["refusals"] < commands


def test_a_replay_prints_its_hashes(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    data, (_, _, state_hash, event_hash) = live

    assert command_line.run(["replay", str(data)]) == 0

    out = capsys.readouterr().out
    assert f"state hash {state_hash:016x}" in out
    assert f"event hash {event_hash:016x}" in out


@pytest.mark.parametrize("command", [["replay"], ["admin", "journal", "verify"]])
def test_a_damaged_journal_is_one_line_that_names_the_file_and_the_byte(
    live: Live, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    segment = damage(live[0])

    assert command_line.run([*command, str(live[0])]) == 1

    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert f"{segment.name} is damaged at byte" in shown.err
    assert "crossbook admin journal repair" in shown.err


@pytest.mark.parametrize("command", ["inspect", "verify"])
def test_the_facts_of_a_sound_journal_are_told(
    live: Live, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data, (commands, _, _, _) = live

    assert command_line.run(["admin", "journal", command, str(data)]) == 0
    assert "Every byte reads." in capsys.readouterr().out
    assert command_line.run(["admin", "journal", command, str(data), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["commands"], told["notes"], told["damage"], told["torn_bytes"]) == (commands, 20, None, 0)
    assert len(told["snapshots"]) == 2


def test_a_damaged_journal_can_be_looked_at_and_is_repaired_once_that_is_agreed_to(
    live: Live, capsys: pytest.CaptureFixture[str]
) -> None:
    data, _ = live
    segment = damage(data)
    content = segment.read_bytes()

    assert command_line.run(["admin", "journal", "inspect", str(data)]) == 0
    assert "is damaged at byte" in capsys.readouterr().out
    assert command_line.run(["admin", "journal", "repair", str(data)]) == 1
    assert segment.read_bytes() == content
    assert command_line.run(["admin", "journal", "repair", str(data), "--yes"]) == 0
    assert "Every byte reads." in capsys.readouterr().out

    assert inspect(str(data / "journal")).damage is None
    Journal.open(str(data / "journal")).close()


@pytest.mark.parametrize(
    "words",
    [
        ["replay", "{data}", "--book", "x.csv"],
        ["replay", "{data}/journal/lock", "--verify-snapshots"],
        ["replay", "{empty}"],
        ["admin", "journal", "inspect", "{empty}"],
        ["admin", "journal", "verify", "{empty}/missing"],
        ["admin", "journal", "repair", "{empty}"],
    ],
)
def test_a_mistake_is_one_line_and_status_two(
    live: Live, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    given = [word.format(data=live[0], empty=tmp_path / "empty") for word in words]

    assert command_line.run(given) == 2

    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1
    assert shown.err.startswith("crossbook: ")


@pytest.mark.parametrize(
    "words", [["admin", "--help"], ["admin", "journal", "--help"], ["admin", "journal", "repair", "--help"]]
)
def test_every_group_of_commands_has_its_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.run(words) == 0
    assert "journal" in capsys.readouterr().out
