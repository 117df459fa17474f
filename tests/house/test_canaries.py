"""The deliberate bugs of the matching core and of the journal: each has a test that must catch it, and does."""

import re
import subprocess
import sys
from pathlib import Path

import canary
import pytest

ROOT = Path(__file__).resolve().parents[2]

CRATES = {"exchange": (canary.GUARDS, 20), "journal": (canary.JOURNAL_GUARDS, 4)}
"""The bugs of each crate with their guards, and how many there are more than."""


@pytest.mark.parametrize("crate", CRATES)
def test_every_bug_of_a_crate_has_a_test_that_must_catch_it(crate: str) -> None:
    guards, fewest = CRATES[crate]
    bugs = (ROOT / "rust" / crate / "src" / "canary.rs").read_text()
    named = re.findall(r'^    (\w+) = "(\w+)";$', bugs, re.MULTILINE)

    assert len(named) > fewest
    assert [name for _, name in named] == list(guards)
    assert {guard.crate for guard in guards.values()} == {crate}
    assert all(re.sub(r"(?<!^)([A-Z])", r"_\1", bug).lower() == name for bug, name in named)


@pytest.mark.parametrize(
    ("said", "status", "verdict"),
    [
        ("running 1 test\ntest a::b ... ok\n", 0, "passed"),
        ("running 1 test\ntest a::b ... FAILED\n", 101, "failed"),
        ("running 0 tests\n", 0, "did not run as one test (status 0, ran [])"),
        ("running 1 test\ntest a::c ... FAILED\n", 101, "did not run as one test (status 101, ran ['a::c'])"),
        ("running 1 test\n", -6, "did not run as one test (status -6, ran [])"),
        ("test a::b ... ok\n", 101, "did not run as one test (status 101, ran ['a::b'])"),
    ],
)
def test_a_bug_counts_as_caught_only_if_its_one_test_ran_and_failed(
    said: str, status: int, verdict: str
) -> None:
    assert canary.verdict(said, "a::b", status) == verdict


def test_a_name_that_is_no_bug_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "canary.py", "no_such_bug"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2
    assert "no_such_bug" in done.stderr


@pytest.mark.slow
def test_every_bug_of_the_core_is_caught(capsys: pytest.CaptureFixture[str]) -> None:
    status = canary.main([])

    table = capsys.readouterr().out
    with capsys.disabled():
        sys.stdout.write(f"\n{table}")
    assert status == 0, table
