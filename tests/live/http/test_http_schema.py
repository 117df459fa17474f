"""Schemathesis over every route of the document: no status from 500 on, and no answer that the document does not know."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from crossbook.doors.http.server import listening
from tests.every_route import operations_of, problems_of
from tests.http_venue import StandingVenue, administrator, open_venue, registered

pytestmark = pytest.mark.slow

EXAMPLES = 15
"""Requests for each route and caller."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


@dataclass
class Served:
    url: str
    callers: dict[str, dict[str, str]]
    venue: StandingVenue
    loop: asyncio.AbstractEventLoop


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a venue from a thread of its own, because Schemathesis waits for its answers."""
    directory = tmp_path_factory.mktemp("venue")
    ready = threading.Event()
    found: list[Served] = []
    ends: list[asyncio.Event] = []

    async def serve() -> None:
        ends.append(asyncio.Event())
        async with open_venue(directory) as venue, listening(venue, "127.0.0.1", 0) as server:
            callers = {
                "trader": await registered(venue, "trader1"),
                "admin": await administrator(venue),
                "nobody": {},
            }
            found.append(
                Served(f"http://{server.host}:{server.port}", callers, venue, asyncio.get_running_loop())
            )
            ready.set()
            await ends[0].wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(60)
    yield found[0]
    found[0].loop.call_soon_threadsafe(ends[0].set)
    thread.join(30)


@pytest.mark.parametrize("caller", ["trader", "admin", "nobody"])
def test_every_route_answers_as_the_document_says(served: Served, caller: str) -> None:
    found = httpx.get(f"{served.url}/openapi.json").json()
    operations = operations_of(found)

    def ask(case: Any) -> None:
        case.call_and_validate(base_url=served.url, headers=served.callers[caller], checks=CHECKS)

    problems = problems_of(operations, ask, examples=EXAMPLES)

    assert len(operations) == sum(len(methods) for methods in found["paths"].values())
    assert problems == []
    served.venue.trading.sequencer.exchange.check()
