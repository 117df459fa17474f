"""Schemathesis over every route of the running server, for every role: nothing from 500 on, and nothing undocumented."""

from typing import Any

import pytest
from hypothesis import Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.every_route import operations_of, problems_of
from tests.live.abuse.server import Server

pytestmark = pytest.mark.slow

EXAMPLES = 10
"""Requests for each route and role."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
STOPS = "/api/admin/shutdown"
"""Ends the server, which others of these tests still need; what it does to those who may not is asked elsewhere."""


@pytest.mark.parametrize("role", ["trader", "admin", "nobody"])
def test_every_route_of_a_running_server_answers_as_its_document_says(venue: Server, role: str) -> None:
    headers = {"trader": venue.register().key, "admin": venue.boss, "nobody": {}}[role]
    operations = operations_of(venue.http.get("/openapi.json").json())
    asked = [one for one in operations if not (one.path == STOPS and role == "admin")]

    def ask(case: Any) -> None:
        case.call_and_validate(base_url=venue.url, headers=headers, checks=CHECKS)

    problems = problems_of(asked, ask, examples=EXAMPLES, phases=[Phase.generate])
    assert len(operations) > 30
    assert problems == []


@pytest.mark.parametrize("role", ["trader", "nobody"])
def test_nobody_but_an_administrator_ends_the_server(venue: Server, role: str) -> None:
    headers = {"trader": venue.register().key, "nobody": {}}[role]
    refused = venue.http.post(STOPS, headers=headers)
    assert refused.status_code == {"trader": 403, "nobody": 401}[role]
