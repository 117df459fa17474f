"""Where recorded market data is, for the tests that need it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def recorded(name: str) -> Path:
    """Return a file of the recorded data beside the checkout, or skip the test and say why."""
    path = ROOT.parent / "shared" / "data" / name
    if not path.exists():
        pytest.skip(f"recorded market data is not here: ../shared/data/{name}")
    return path
