"""Bad input: no crash, no status from 500 on, no change of the state, and a name for what is wrong."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http_venue import client_of, open_venue, registered
from tests.loops import looped

GOOD = {"ticker": "FUN", "side": "buy", "price": 99.5, "quantity": 10}
JSON = {"content-type": "application/json"}


def order(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}


BYTES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"hello",
    "not UTF-8": b'{"ticker":"\xff"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a NUL": b"{\0}",
    "half": b'{"ticker":"FUN"',
    "an array": b"[]",
    "NaN": b'{"ticker":"FUN","side":"buy","price":NaN,"quantity":1}',
    "1e400": b'{"ticker":"FUN","side":"buy","price":1e400,"quantity":1}',
    "a name twice": b'{"ticker":"FUN","side":"buy","price":1,"price":2,"quantity":1}',
    "very deep": b'{"quantity":' * 1_300,
}
CONTROL_BYTES = {
    **{name: body for name, body in BYTES.items() if name != "nothing"},
    "1e400": b'{"username":1e400,"password":"x"}',
    "a name twice": b'{"username":"a","username":"b","password":"x"}',
    "a number for a name": b'{"username":1,"password":"correct horse"}',
    "a field too many": b'{"username":"ada","password":"correct horse","admin":true}',
    "a name of markup": b'{"username":"<script>","password":"correct horse"}',
    "an escape sequence": b'{"username":"\\u001b[31mada","password":"correct horse"}',
    "right to left": '{"username":"\u202eada","password":"correct horse"}'.encode(),
    "half a surrogate": b'{"username":"\\ud800","password":"correct horse"}',
}
# What is asked, and the status and code of the refusal.
ORDERS: dict[str, tuple[dict[str, Any], int, str]] = {
    "true for a quantity": (order(quantity=True), 422, "malformed"),
    "a missing field": (order(quantity=...), 422, "malformed"),
    "an unknown field": (order(size=1), 422, "malformed"),
    "an unknown side": (order(side="hold"), 422, "malformed"),
    "a ticker of 17": (order(ticker="A" * 17), 422, "malformed"),
    "an unknown ticker": (order(ticker="NOPE"), 400, "unknown_ticker"),
    "a ticker with a NUL": (order(ticker="F\0"), 400, "unknown_ticker"),
    "a quantity of zero": (order(quantity=0), 400, "quantity_out_of_range"),
    "a quantity below zero": (order(quantity=-1), 400, ""),
    "half a share": (order(quantity=0.5), 400, ""),
    "2 to the 63 less 1": (order(quantity=2**63 - 1), 400, ""),
    "2 to the 63": (order(quantity=2**63), 422, "malformed"),
    "2 to the 53 and 1": (order(quantity=2**53 + 1), 400, ""),
    "a product that overflows": (order(price=1_000_000_000, quantity=4_000_000_000), 400, ""),
    "half a cent": (order(price=99.505), 400, ""),
    "a price of zero": (order(price=0), 400, ""),
    "a price below zero": (order(price=-1), 400, ""),
    "a price in words": (order(price="much"), 422, "malformed"),
    "a price of 41 digits": (order(price="1" * 41), 422, "malformed"),
    "a limit order without a price": (order(price=...), 400, "price_missing"),
    "a stop without its price": (order(type="stop", price=...), 400, ""),
    "more than one owns": (order(price=99.5, quantity=1_000), 400, "insufficient_cash"),
    "more shares than one owns": (order(side="sell", quantity=101), 400, "insufficient_position"),
    "an end in the past": (order(time_in_force="GTD", expires_at=1), 400, ""),
    "an end beyond all time": (order(time_in_force="GTD", expires_at=2**62), 400, ""),
    "an empty name": (order(client_order_id=""), 422, "malformed"),
    "a name of markup": (order(client_order_id="<b>"), 422, "malformed"),
    "a name of 65": (order(client_order_id="a" * 65), 422, "malformed"),
}
PATHS = [
    "/api/orders/",
    "/api/orders/..",
    "/api/orders/%2e%2e%2fportfolio",
    "/api/orders/1%00",
    "/api/orders/%ff%fe",
    "/api/orders/" + "9" * 5_000,
    "/api/orders/1e3",
    "/api/orders/-1",
    "/api/orders/ 1",
    "/api/orders/\u0661",
    "/api//orders",
    "/api/market//orderbook",
    "/api/market/%3Cscript%3E",
    "/api/market/FUN/orderbook/",
    "/api/market/FUN/../../portfolio",
    "/docs/..%2f..%2f..%2fetc%2fpasswd",
    "/%",
]
QUERIES = [
    "/api/orders?limit=0",
    "/api/orders?limit=1001",
    "/api/orders?limit=-1",
    "/api/orders?limit=ten",
    "/api/orders?limit=1e2",
    "/api/orders?offset=-1",
    "/api/orders?offset=99999999999999999999",
    "/api/orders?status=lost",
    "/api/orders?nothing=1",
    "/api/orders?limit=1&limit=2",
    "/api/orders?limit",
    "/api/orders?%ff=1",
    "/api/orders?" + "&".join(f"a{number}=1" for number in range(20)),
    "/api/orders?ticker=" + "A" * 3_000,
    "/api/portfolio?limit=1",
    "/api/market/FUN/orderbook?depth=0",
    "/api/market/FUN/orderbook?depth=1001",
    "/api/market/FUN/history?interval=2m",
    "/api/market/FUN/history?start=yesterday",
    "/api/market/FUN/history?start=-1",
    "/api/market/FUN/history?end=99999999999999999",
    "/api/market/FUN/history?end=0001-01-01",
    "/api/health?x=1",
]
ORIGIN_TYPES = {
    "a form": "application/x-www-form-urlencoded",
    "plain text": "text/plain",
    "another charset": "application/json; charset=utf-16",
    "nearly JSON": "application/jsonp",
    "nothing": "",
}


async def refusals(
    client: httpx.AsyncClient, path: str, bodies: dict[str, bytes]
) -> dict[str, tuple[int, str]]:
    answers = {
        name: await client.post(path, content=body, headers={**JSON, "content-length": str(len(body))})
        for name, body in bodies.items()
    }
    return {name: (answer.status_code, answer.json()["code"]) for name, answer in answers.items()}


@looped
async def test_bytes_that_are_no_order_are_malformed(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        client.headers.update(await registered(venue, "ada"))
        before = venue.state_hash
        told = await refusals(client, "/api/orders", BYTES)

        assert venue.state_hash == before
    assert told == dict.fromkeys(BYTES, (422, "malformed"))


@looped
async def test_bytes_that_are_no_sign_in_are_malformed(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        before = venue.state_hash
        told = await refusals(client, "/api/register", CONTROL_BYTES)

        assert venue.state_hash == before
    assert told == dict.fromkeys(CONTROL_BYTES, (422, "malformed"))


@looped
async def test_an_order_that_cannot_be_is_refused_by_name_and_changes_nothing(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        client.headers.update(await registered(venue, "ada"))
        told = {}
        held = await client.get("/api/portfolio")
        for name, (body, status, code) in ORDERS.items():
            answer = await client.post("/api/orders", json=body)
            given = answer.json()
            if answer.status_code != status or (code and given["code"] != code) or not given["detail"]:
                told[name] = (answer.status_code, given)

        assert told == {}
        assert (await client.get("/api/portfolio")).content == held.content
        assert (await client.get("/api/orders")).json() == {"orders": []}
        venue.trading.sequencer.exchange.check()


@looped
async def test_paths_that_lead_nowhere_are_not_found(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        client.headers.update(await registered(venue, "ada"))
        answers = {path: await client.get(path) for path in PATHS}

    assert {answer.status_code for answer in answers.values()} <= {200, 404}
    assert [path for path, answer in answers.items() if answer.status_code == 200] == [
        "/api/market/FUN/../../portfolio"
    ], "the client itself shortens this one"
    assert all("detail" in answer.json() for answer in answers.values() if answer.status_code == 404)


@looped
async def test_queries_with_another_meaning_or_none_are_malformed(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        client.headers.update(await registered(venue, "ada"))
        told = {path: await client.get(path) for path in QUERIES}

    wrong = {path: answer.text for path, answer in told.items() if answer.status_code != 422}
    assert wrong == {}
    assert {answer.json()["code"] for answer in told.values()} == {"malformed"}


@pytest.mark.parametrize("path", ["/api/orders", "/api/login"])
@looped
async def test_a_body_of_another_type_is_refused(tmp_path: Path, path: str) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        client.headers.update(await registered(venue, "ada"))
        answers = [
            await client.post(path, content=b"{}", headers={"content-type": kind})
            for kind in ORIGIN_TYPES.values()
        ]
        charset = await client.post(
            path, content=b"{}", headers={"content-type": 'Application/JSON; charset="UTF-8"'}
        )
        none = await client.post(path, content=b"{}")

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (415, "unsupported_media_type")
    ] * len(answers)
    assert (charset.status_code, none.status_code) == (422, 422)


@pytest.mark.parametrize("path", ["/api/orders", "/api/login", "/api/nothing"])
@looped
async def test_a_body_over_the_limit_is_refused_whether_it_says_so_or_not(tmp_path: Path, path: str) -> None:
    async def in_parts() -> Any:
        for _ in range(20):
            yield b" " * 1_000

    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        client.headers.update(await registered(venue, "ada"))
        exact = await client.post(path, content=b" " * 16_384, headers=JSON)
        over = await client.post(path, content=b" " * 16_385, headers=JSON)
        unsaid = await client.post(path, content=in_parts(), headers=JSON)

    assert exact.status_code != 413
    assert [(answer.status_code, answer.json()["code"]) for answer in (over, unsaid)] == [
        (413, "too_large")
    ] * 2
    assert over.headers["connection"] == "close"


@looped
async def test_methods_that_an_address_does_not_take_are_named(tmp_path: Path) -> None:
    asked = {
        ("PUT", "/api/orders"): "DELETE, GET, HEAD, POST",
        ("POST", "/api/market/tickers"): "GET, HEAD",
        ("BREW", "/api/orders/1"): "DELETE, GET, HEAD, PATCH",
        ("PATCH", "/api/keys"): "GET, HEAD, POST",
        ("GET", "/api/login"): "POST",
        ("OPTIONS", "/api/health"): "GET, HEAD",
    }
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        answers = {key: await client.request(*key) for key in asked}

    assert {key: answer.headers.get("allow") for key, answer in answers.items()} == asked
    assert {(answer.status_code, answer.json()["code"]) for answer in answers.values()} == {
        (405, "method_not_allowed")
    }
