"""The document of the routes: complete, with examples that hold, and the same as the reference page."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crossbook.core import UsageError
from crossbook.doors.http.looking import LOOKING_ROUTES
from crossbook.doors.http.routes import Route, RouteTable
from crossbook.doors.http.trading import TRADING_ROUTES
from crossbook.doors.json import StrictDecoder
from tests.http_venue import client_of, open_venue
from tests.loops import looped

PAGE = Path(__file__).resolve().parents[4] / "docs" / "reference" / "rest.md"
ROUTES = (*TRADING_ROUTES, *LOOKING_ROUTES)


async def documented(directory: Path) -> dict[str, Any]:
    async with open_venue(directory) as venue, client_of(venue) as client:
        answer: dict[str, Any] = (await client.get("/openapi.json")).json()
        return answer


@looped
async def test_every_route_has_an_example_of_its_answer_and_of_its_body(tmp_path: Path) -> None:
    document = await documented(tmp_path)
    without = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            (content,) = operation["responses"]["200"]["content"].values()
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if "example" not in content or not operation["summary"] or (body and not body.get("examples")):
                without.append((method, path))

    assert without == []


@looped
async def test_every_reference_of_the_document_leads_somewhere(tmp_path: Path) -> None:
    document = await documented(tmp_path)
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))

    assert names <= document["components"]["schemas"].keys()
    assert {"PlaceOrder", "PlacedOrder", "Refusal"} <= names


@looped
async def test_the_reference_page_names_every_route_and_no_other(tmp_path: Path) -> None:
    document = await documented(tmp_path)
    routes = {
        f"{method.upper()} {path}" for path, operations in document["paths"].items() for method in operations
    }

    assert set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /[^`]+)`", PAGE.read_text())) == routes


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_the_examples_of_a_fast_route_are_what_it_reads_and_answers(route: Route) -> None:
    answer = msgspec.convert(route.answer_example, route.answer)
    assert msgspec.to_builtins(answer) == route.answer_example

    for example in route.request_examples.values():
        assert route.request is not None
        StrictDecoder[msgspec.Struct](route.request).decode(msgspec.json.encode(example))


def test_a_table_with_one_route_twice_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="POST /api/orders stands twice"):
        RouteTable((TRADING_ROUTES[0], TRADING_ROUTES[0]))
