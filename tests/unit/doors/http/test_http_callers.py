"""Who may do what: every route that the document lists, with everybody who might ask."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from crossbook.core import ConfigError
from crossbook.doors.http.door import DoorOptions
from crossbook.doors.http.proxies import Proxies
from tests.http_venue import PASSWORD, StandingVenue, administrator, client_of, open_venue, registered
from tests.loops import looped

Line = tuple[str, str, dict[str, Any]]
METHODS = {"get", "post", "put", "patch", "delete"}
ORDER = {"ticker": "FUN", "side": "buy", "price": 99.5, "quantity": 10}
STOPS = "/api/admin/shutdown"
ENDS = {
    ("POST", STOPS),
    ("POST", "/api/logout"),
    ("POST", "/api/session"),
    ("DELETE", "/api/session"),
    ("DELETE", "/api/sessions"),
}
"""What ends the sessions of those who ask, or makes a cookie of a token alone; it is asked in tests of its own."""
NOBODY = {"anonymous", "liar", "forger", "stale browser"}


def lines(document: dict[str, Any]) -> Iterator[Line]:
    """Yield every route as method, path with its example in place, and operation."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert method in METHODS
            whole = path
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    example = parameter.get("example") or parameter["schema"]["examples"][0]
                    whole = whole.replace("{" + parameter["name"] + "}", str(example))
            yield method.upper(), whole, operation


def body_of(operation: dict[str, Any]) -> Any:
    """Return the first example of a route's body."""
    if "requestBody" not in operation:
        return None
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    return next(iter(examples.values()))["value"]


async def document_of(client: httpx.AsyncClient) -> dict[str, Any]:
    document: dict[str, Any] = (await client.get("/openapi.json")).json()
    return document


def is_private(operation: dict[str, Any]) -> bool:
    return bool(operation.get("security")) and {} not in operation["security"]


async def ask(client: httpx.AsyncClient, line: Line, headers: dict[str, str]) -> httpx.Response:
    method, path, operation = line
    return await client.request(method, path, json=body_of(operation), headers=headers)


async def people(venue: StandingVenue) -> dict[str, dict[str, str]]:
    ada = await venue.gate.register("cookie-ada", PASSWORD, "198.51.100.7")
    name, page = venue.gate.cookie_name, "http://venue.test"
    return {
        "browser": {"cookie": f"{name}={ada.jwt_token}", "origin": page},
        "foreign page": {"cookie": f"{name}={ada.jwt_token}", "origin": "http://evil.test"},
        "stale browser": {"cookie": f"{name}={ada.jwt_token}x", "origin": page},
        "owner": await registered(venue, "owner"),
        "other": await registered(venue, "other"),
        "anonymous": {},
        "admin": await administrator(venue),
        "liar": {"x-api-key": "ms_" + "A" * 43},
        "forger": {"authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJvd25lciJ9."},
    }


@looped
async def test_each_route_is_open_to_those_that_it_says_and_to_nobody_else(tmp_path: Path) -> None:
    wrong: list[tuple[str, str, str, int]] = []
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        callers = await people(venue)
        table = list(lines(await document_of(client)))
        for line in table:
            method, path, operation = line
            if (method, path) in ENDS:
                continue
            for name, headers in callers.items():
                status = (await ask(client, line, headers)).status_code
                foreign = name == "foreign page" and method != "GET"
                needs_admin = path.startswith("/api/admin")
                if is_private(operation) and name in NOBODY:
                    fits = status == 401
                elif (needs_admin and name != "admin") or (foreign and is_private(operation)):
                    fits = status == 403
                else:
                    fits = status not in {401, 403} or name in {"liar", "forger"}
                if not fits or str(status) not in operation["responses"]:
                    wrong.append((name, method, path, status))

    assert wrong == []
    assert len(table) > 30


@looped
async def test_only_an_administrator_stops_the_venue(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        callers = await people(venue)
        statuses = {
            name: (await client.post(STOPS, headers=headers)).status_code
            for name, headers in callers.items()
            if name != "admin"
        }

        assert not venue.stop_requested.is_set()

    assert statuses == {
        "owner": 403,
        "other": 403,
        "anonymous": 401,
        "liar": 401,
        "forger": 401,
        "browser": 403,
        "foreign page": 403,
        "stale browser": 401,
    }


@looped
async def test_anothers_order_and_key_answer_exactly_like_missing_ones(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        callers = await people(venue)
        owner = callers["owner"]
        placed = (await client.post("/api/orders", json=ORDER, headers=owner)).json()
        key = (await client.post("/api/keys", json={"label": "mine"}, headers=owner)).json()
        (session,) = (await client.get("/api/sessions", headers=owner)).json()["sessions"]
        asked = {
            ("GET", "/api/orders/{}"): (placed["order_id"], "999999", None),
            ("DELETE", "/api/orders/{}"): (placed["order_id"], "999999", None),
            ("PATCH", "/api/orders/{}"): (placed["order_id"], "999999", {"quantity": 5}),
            ("DELETE", "/api/keys/{}"): (key["key_id"], "AAAAAAAA", None),
            ("DELETE", "/api/sessions/{}"): (session["session_id"], "0" * 32, None),
            ("POST", "/api/keys/{}/rotate"): (key["key_id"], "AAAAAAAA", None),
        }
        before = venue.state_hash
        for (method, path), (his, missing, body) in asked.items():
            for name in ("other", "admin"):
                answers = [
                    await client.request(method, path.format(number), json=body, headers=callers[name])
                    for number in (his, missing)
                ]
                assert answers[0].status_code == answers[1].status_code == 404, (method, path, name)
                assert answers[0].content == answers[1].content, (method, path, name)

        # The refused commands were not even tried.
        assert venue.state_hash == before
        assert (await client.get(f"/api/orders/{placed['order_id']}", headers=owner)).status_code == 200


BAD_HEADERS = {
    "a token of a megabyte": [("authorization", "Bearer " + "A" * 1_000_000)],
    "a token that is no token": [("authorization", "Bearer x")],
    "no scheme": [("authorization", "ms_" + "A" * 43)],
    "another scheme": [("authorization", "Basic YWRhOmFkYQ==")],
    "an empty bearer": [("authorization", "Bearer ")],
    "an empty key": [("x-api-key", "")],
    "a key beyond ASCII": [("x-api-key", b"ms_\xff\xfe")],
}


@pytest.mark.parametrize("case", BAD_HEADERS)
@looped
async def test_a_header_that_proves_nothing_is_refused(tmp_path: Path, case: str) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        answer = await client.get("/api/portfolio", headers=BAD_HEADERS[case])  # type: ignore[arg-type]
        public = await client.get("/api/market/tickers", headers=BAD_HEADERS[case])  # type: ignore[arg-type]

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert public.status_code == 401


@looped
async def test_two_headers_count_only_where_they_name_one_user(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        ada, eve = await registered(venue, "ada"), await registered(venue, "eve")
        boss = await administrator(venue)
        same = await client.get("/api/me", headers={**ada, "authorization": f"Bearer {ada['x-api-key']}"})
        different = await client.get("/api/me", headers={**ada, **boss})
        twice = await client.get("/api/me", headers=[*ada.items(), *eve.items()])

    assert (same.status_code, different.status_code, twice.status_code) == (200, 401, 401)


@looped
async def test_a_secret_in_the_address_opens_nothing(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        key = (await registered(venue, "ada"))["x-api-key"]
        statuses = [
            (await client.get("/api/portfolio", params={name: key})).status_code
            for name in ("api_key", "token", "x-api-key", "authorization")
        ]

    assert statuses == [401] * 4


@looped
async def test_an_address_over_its_rate_is_refused_and_others_are_not(tmp_path: Path) -> None:
    async with open_venue(tmp_path, requests_per_second=0.001, request_burst=3) as venue:
        async with client_of(venue) as client:
            statuses = [
                (await client.get(path)).status_code
                for path in (
                    "/api/health",
                    "/api/market/tickers",
                    "/api/nothing",
                    "/api/market/tickers",
                    "/docs",
                )
            ]
            refused = await client.get("/api/market/tickers")
        async with client_of(venue) as door, client_of(venue, address="203.0.113.9") as other:
            assert (await door.get("/api/health")).status_code == 200, "another door counts anew"
            assert (await other.get("/api/health")).status_code == 200

    assert statuses == [200, 200, 404, 429, 429]
    assert refused.json()["code"] == "rate_limited"
    assert int(refused.headers["retry-after"]) > 1


@looped
async def test_an_account_over_its_rate_of_orders_is_refused_and_others_are_not(tmp_path: Path) -> None:
    async with (
        open_venue(tmp_path, orders_per_second=0.001, order_burst=2) as venue,
        client_of(venue) as client,
    ):
        ada, eve = await registered(venue, "ada"), await registered(venue, "eve")
        statuses = [(await client.post("/api/orders", json=ORDER, headers=ada)).status_code for _ in range(3)]
        other = await client.post("/api/orders", json=ORDER, headers=eve)
        reading = await client.get("/api/portfolio", headers=ada)

    assert statuses == [200, 200, 429]
    assert (other.status_code, reading.status_code) == (200, 200)


FORWARDED = [
    ((), "198.51.100.7", "203.0.113.1", "198.51.100.7"),
    (("198.51.100.0/24",), "198.51.100.7", "203.0.113.1", "203.0.113.1"),
    (("198.51.100.7",), "198.51.100.7", "10.9.9.9, 203.0.113.1", "203.0.113.1"),
    (("198.51.100.7", "10.0.0.0/8"), "198.51.100.7", "203.0.113.1, 10.1.1.1", "203.0.113.1"),
    (("198.51.100.7",), "192.0.2.1", "203.0.113.1", "192.0.2.1"),
    (("198.51.100.7",), "198.51.100.7", "not an address", "198.51.100.7"),
    (("198.51.100.7",), "198.51.100.7", "", "198.51.100.7"),
    (("::1",), "::1", "2001:db8::1", "2001:db8::1"),
]


@pytest.mark.parametrize(("trusted", "peer", "said", "address"), FORWARDED)
def test_a_forwarded_address_counts_as_far_as_proxies_are_trusted(
    trusted: tuple[str, ...], peer: str, said: str, address: str
) -> None:
    headers = {b"x-forwarded-for": said.encode()} if said else {}

    assert Proxies(trusted).address({"client": (peer, 1)}, headers) == address


def test_a_proxy_that_is_no_address_is_a_mistake_of_the_operator() -> None:
    with pytest.raises(ConfigError, match=r"trusted proxy 'proxy\.example'"):
        Proxies(["proxy.example"])


@pytest.mark.parametrize("root", ["market", "/market/", "/"])
def test_a_root_path_that_is_none_is_a_mistake_of_the_operator(root: str) -> None:
    with pytest.raises(ConfigError, match="root path"):
        DoorOptions(root_path=root)


@looped
async def test_other_origins_are_let_in_only_where_they_are_named(tmp_path: Path) -> None:
    asking = {"origin": "https://a.example", "access-control-request-method": "POST"}
    async with open_venue(tmp_path) as venue:
        async with client_of(venue) as client:
            closed = await client.options("/api/orders", headers=asking)
            plain = await client.get("/api/health", headers=asking)
        async with client_of(venue, DoorOptions(allowed_origins=("https://a.example",))) as client:
            preflights = [
                await client.options(path, headers=asking) for path in ("/api/orders", "/api/login")
            ]
            stranger = await client.options("/api/orders", headers={**asking, "origin": "https://b.example"})
            answers = [await client.get(path, headers=asking) for path in ("/api/health", "/api/leaderboard")]

    assert closed.status_code == 405
    assert "access-control-allow-origin" not in plain.headers
    assert [answer.status_code for answer in preflights] == [204, 204]
    assert {answer.headers["access-control-allow-origin"] for answer in (*preflights, *answers)} == {
        "https://a.example"
    }
    assert "access-control-allow-origin" not in stranger.headers
