"""The tests of the live exchange notice what they are there to notice."""

from pathlib import Path

import pytest

from tests.live.canaries.planted import BUGS, Bug, noticed


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught_by_its_test(bug: Bug, tmp_path: Path) -> None:
    asleep, awake = tmp_path / "asleep", tmp_path / "awake"
    asleep.mkdir()
    awake.mkdir()
    bug.guard(**bug.arguments(asleep))

    assert noticed(bug, awake)


def test_every_bug_has_a_name_of_its_own() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS)
