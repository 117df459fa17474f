"""The rate of an address: whoever shares it waits, and everybody else does not."""

import pytest

from tests.live.abuse.server import Server

pytestmark = pytest.mark.slow


SETTINGS = {"limits": {"requests_per_second": 40, "request_burst": 80}}


def test_requests_of_an_address_over_its_rate_are_refused_and_another_address_is_answered(
    venue: Server,
) -> None:
    one = venue.register()
    statuses = [venue.http.get("/api/market/tickers").status_code for _ in range(400)]
    with venue.elsewhere() as elsewhere:
        assert elsewhere.get("/api/market/tickers").status_code == 200
        assert elsewhere.get("/api/portfolio", headers=one.key).status_code == 200
    refused = venue.http.get("/api/nothing")
    assert 429 in statuses
    assert set(statuses) <= {200, 429}
    if refused.status_code == 429:
        assert int(refused.headers["retry-after"]) >= 1
