"""A fresh data directory for each test of sign-in."""

from pathlib import Path

import pytest

from tests.unit.venue.sign_in.kit import Kit


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit(tmp_path)
