"""One server for each module of tests, which must be sound after each of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.live.abuse.server import Server, serving


@pytest.fixture(scope="module")
def venue(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server with the settings of the module, where it has any."""
    settings: dict[str, Any] = getattr(request.module, "SETTINGS", {})
    with serving(tmp_path_factory.mktemp("venue"), settings) as server:
        yield server


@pytest.fixture(autouse=True)
def _sound_afterwards(venue: Server) -> Iterator[None]:
    yield
    venue.sound()
