"""The cookie of browsers: who it signs in, from which pages, and for how long."""

import time
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from crossbook.doors.http.cookies import SessionCookie, check_origin
from crossbook.doors.http.door import DoorOptions
from crossbook.doors.http.proxies import Proxies
from crossbook.doors.http.server import make_door
from crossbook.venue.principal import Role
from crossbook.venue.refusals import Refused
from crossbook.venue.sign_in.tokens import LIFETIME_S, Tokens
from tests.http_venue import PASSWORD, StandingVenue, client_of, open_venue, registered
from tests.loops import looped

HERE = {"origin": "http://venue.test"}
ORDER = {"ticker": "FUN", "side": "buy", "price": 99.5, "quantity": 10}


async def token_of(venue: StandingVenue, username: str = "ada") -> str:
    """Register a user; return a token of his."""
    return (await venue.gate.register(username, PASSWORD, "198.51.100.7")).jwt_token


def handed_out(answer: httpx.Response) -> "Morsel[str]":
    """Return the one cookie that an answer sets."""
    (text,) = answer.headers.get_list("set-cookie")
    (morsel,) = SimpleCookie(text).values()
    return morsel


async def begin(client: httpx.AsyncClient, token: str, **headers: str) -> httpx.Response:
    """Sign a browser in with a token; the client keeps the cookie."""
    return await client.post("/api/session", headers={"authorization": f"Bearer {token}", **headers})


@looped
async def test_a_browser_is_signed_in_by_a_cookie_that_no_script_reads(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        token = await token_of(venue)
        begun = await begin(client, token)
        me = await client.get("/api/me")
        placed = await client.post("/api/orders", json=ORDER, headers=HERE)
        held = await client.get("/api/portfolio")
        other = await client.post("/api/keys", json={"label": "x"}, headers=HERE)

    cookie = handed_out(begun)
    assert begun.json() == me.json()
    assert set(begun.json()) == {"user_id", "username", "role"}
    assert (cookie.key, cookie.value) == (venue.gate.cookie_name, token)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "strict", "/")
    assert not cookie["secure"]
    assert LIFETIME_S - 60 < int(cookie["max-age"]) <= LIFETIME_S
    assert [answer.status_code for answer in (begun, me, placed, held, other)] == [200] * 5
    assert "set-cookie" not in me.headers


@looped
async def test_only_a_token_that_stands_in_the_header_becomes_a_cookie(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        key = (await registered(venue, "bob"))["x-api-key"]
        answers = [
            await client.post("/api/session", headers=headers)
            for headers in (
                {"x-api-key": key},
                {"authorization": f"Bearer {key}"},
                {},
                {"authorization": "Bearer x.y.z"},
            )
        ]
        await begin(client, await token_of(venue))
        again = await client.post("/api/session", headers=HERE)

    assert [answer.status_code for answer in answers] == [403, 403, 401, 401]
    assert again.status_code == 403
    assert not any("set-cookie" in answer.headers for answer in (*answers, again))


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/logout"), ("DELETE", "/api/session")], ids=["logout", "session"]
)
@looped
async def test_signing_out_ends_the_session_and_takes_the_cookie_back(
    tmp_path: Path, method: str, path: str
) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        token = await token_of(venue)
        await begin(client, token)
        out = await client.request(method, path, headers=HERE)
        kept = dict(client.cookies)
        after = await client.get("/api/me", headers={"authorization": f"Bearer {token}"})

    assert (out.status_code, handed_out(out)["max-age"], kept) == (200, "0", {})
    assert after.status_code == 401


@looped
async def test_a_log_out_by_header_leaves_the_cookie_of_another_session(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        token = await token_of(venue)
        other = (await venue.gate.login("ada", PASSWORD, "198.51.100.7")).jwt_token
        await begin(client, token)
        out = await client.post("/api/logout", headers={"authorization": f"Bearer {other}"})
        me = await client.get("/api/me")

    assert (out.status_code, me.status_code) == (200, 200)
    assert "set-cookie" not in out.headers


def stale(venue: StandingVenue, good: str) -> dict[str, str]:
    """Return what a browser may still have as its cookie, by why it is nothing worth."""
    secret = venue.gate._sessions._tokens._secret
    user = venue.gate.by_token(good).user_id
    past_ns = time.time_ns() - (LIFETIME_S + 1) * 10**9
    return {
        "expired": Tokens(secret).issue(user, past_ns),
        "of another venue": Tokens(b"x" * 32).issue(user, time.time_ns()),
        "of nobody": Tokens(secret).issue("nobody", time.time_ns()),
        "garbage": "a.b.c",
        "empty": "",
        "beyond ASCII": "\xff",
        "long": "A" * 15_000,
    }


@looped
async def test_a_cookie_that_is_over_is_nobody_on_public_routes_and_refused_on_private_ones(
    tmp_path: Path,
) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        token = await token_of(venue)
        cases = stale(venue, token)
        await venue.gate.sign_out(venue.gate.by_token(token))
        told = {}
        for name, text in {**cases, "ended": token}.items():
            cookie = {"cookie": f"{venue.gate.cookie_name}={text}".encode("latin-1")}
            public = [
                (await client.get(path, headers=cast("Any", cookie))).status_code
                for path in ("/api/market/tickers", "/api/leaderboard", "/api/health", "/")
            ]
            private = [
                await client.request(method, path, headers=cast("Any", cookie))
                for method, path in (("GET", "/api/me"), ("GET", "/api/portfolio"), ("DELETE", "/api/orders"))
            ]
            cleared = await client.delete("/api/session", headers=cast("Any", cookie))
            codes = {(answer.status_code, answer.json()["code"]) for answer in private}
            told[name] = (set(public), codes, cleared.status_code, handed_out(cleared)["max-age"])

    assert told == dict.fromkeys(told, ({200}, {(401, "not_signed_in")}, 200, "0"))
    assert len(told) == 8


@looped
async def test_a_header_counts_and_the_cookie_beside_it_does_not(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        await begin(client, await token_of(venue, "ada"))
        bob = await registered(venue, "bob")
        by_key = await client.get("/api/me", headers=bob)
        without_origin = await client.delete("/api/orders", headers=bob)
        wrong = await client.get("/api/me", headers={"authorization": "Bearer x.y.z"})
        public = await client.get("/api/market/tickers", headers={"x-api-key": "ms_" + "A" * 43})

    assert by_key.json()["username"] == "bob"
    assert [answer.status_code for answer in (without_origin, wrong, public)] == [200, 401, 401]


FOREIGN = {
    "no origin": {},
    "another host": {"origin": "http://evil.test"},
    "another port": {"origin": "http://venue.test:8080"},
    "a longer host": {"origin": "http://venue.test.evil.test"},
    "no page": {"origin": "null"},
    "another scheme": {"origin": "ftp://venue.test"},
    "no scheme": {"origin": "venue.test"},
    "nothing": {"origin": ""},
    "with a path": {"origin": "http://venue.test/x"},
    "with a user": {"origin": "http://a@venue.test"},
    "a forwarded host of nobody's": {"origin": "http://evil.test", "x-forwarded-host": "evil.test"},
}


@pytest.mark.parametrize("case", FOREIGN)
@looped
async def test_what_a_foreign_page_sends_changes_nothing(tmp_path: Path, case: str) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        token = await token_of(venue)
        await begin(client, token)
        before = venue.state_hash
        answers = [
            await client.request(method, path, json=body, headers=FOREIGN[case])
            for method, path, body in (
                ("POST", "/api/orders", ORDER),
                ("DELETE", "/api/orders", None),
                ("POST", "/api/keys", {"label": "evil"}),
                ("POST", "/api/logout", None),
                ("DELETE", "/api/session", None),
                ("POST", "/api/admin/shutdown", None),
            )
        ]
        seen = await client.get("/api/me", headers=FOREIGN[case])

        assert venue.state_hash == before
        assert len(venue.gate.keys.list(venue.gate.by_token(token))) == 1

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "forbidden")}
    assert all("set-cookie" not in answer.headers for answer in answers)
    # What only looks can be sent from anywhere: the answer is readable to our own pages alone.
    assert seen.status_code == 200
    assert "access-control-allow-origin" not in seen.headers


@looped
async def test_an_origin_that_may_use_the_api_may_not_use_a_visitors_cookie(tmp_path: Path) -> None:
    options = DoorOptions(allowed_origins=("https://a.example",))
    async with open_venue(tmp_path) as venue, client_of(venue, options) as client:
        await begin(client, await token_of(venue))
        refused = await client.delete("/api/orders", headers={"origin": "https://a.example"})
        seen = await client.get("/api/me", headers={"origin": "https://a.example"})

    assert refused.status_code == 403
    assert "access-control-allow-credentials" not in seen.headers


PROXY = "10.0.0.1"
ORIGINS = [
    # origin, scheme of the request, headers beside it, allowed
    ("http://venue.test", "http", {}, True),
    ("http://venue.test:80", "http", {}, True),
    ("HTTP://VENUE.test", "http", {}, True),
    ("https://venue.test", "https", {}, True),
    ("https://venue.test", "http", {}, True),
    ("http://venue.test", "https", {}, False),
    ("http://venue.test", "http", {"x-forwarded-proto": "https"}, False),
    ("https://venue.test", "http", {"x-forwarded-proto": "https"}, True),
    ("http://127.0.0.1:8000", "http", {"host": "127.0.0.1:8000"}, True),
    ("http://127.0.0.1:8001", "http", {"host": "127.0.0.1:8000"}, False),
    ("http://localhost:8000", "http", {"host": "127.0.0.1:8000"}, False),
    ("http://[::1]:8000", "http", {"host": "[::1]:8000"}, True),
    ("https://shown.test", "http", {"x-forwarded-host": "shown.test"}, True),
    ("https://shown.test", "http", {"x-forwarded-host": "evil.test, shown.test"}, True),
    ("https://evil.test", "http", {"x-forwarded-host": "evil.test, shown.test"}, False),
    ("https://shown.test:8443", "http", {"x-forwarded-host": "shown.test"}, False),
    ("http://venue.test", "http", {"host": ""}, False),
]


@pytest.mark.parametrize(("origin", "scheme", "beside", "allowed"), ORIGINS)
def test_a_page_is_ours_where_its_host_and_port_are_those_that_it_asks(
    origin: str, scheme: str, beside: dict[str, str], allowed: bool
) -> None:
    headers = {"host": "venue.test", "origin": origin, **beside}
    scope = {"client": (PROXY, 1), "scheme": scheme}
    raw = {name.encode(): value.encode() for name, value in headers.items()}

    if allowed:
        check_origin(Proxies([PROXY]), scope, raw)
    else:
        with pytest.raises(Refused) as refused:
            check_origin(Proxies([PROXY]), scope, raw)
        assert (refused.value.code, refused.value.status) == ("forbidden", 403)


@looped
async def test_where_the_browser_came_by_https_the_cookie_goes_no_other_way(tmp_path: Path) -> None:
    said = {"x-forwarded-proto": "https"}
    async with open_venue(tmp_path) as venue:
        token = await token_of(venue)
        secure = []
        for trusted, headers in (((), said), (("198.51.100.7",), said), (("198.51.100.7",), {})):
            async with client_of(venue, DoorOptions(trusted_proxies=trusted)) as client:
                secure.append(bool(handed_out(await begin(client, token, **headers))["secure"]))
        transport = httpx.ASGITransport(cast("Any", make_door(venue)))
        async with httpx.AsyncClient(transport=transport, base_url="https://venue.test") as client:
            secure.append(bool(handed_out(await begin(client, token))["secure"]))
            out = await client.delete("/api/session", headers={"origin": "https://venue.test"})

    assert secure == [False, True, False, True]
    assert handed_out(out)["secure"]


@looped
async def test_two_venues_on_one_host_do_not_take_each_others_cookie_away(tmp_path: Path) -> None:
    jar = httpx.Cookies()
    names, statuses = [], []
    for place in ("one", "other", "one"):
        directory = tmp_path / place
        directory.mkdir(exist_ok=True)
        async with open_venue(directory) as venue, client_of(venue) as client:
            client.cookies = jar
            names.append(venue.gate.cookie_name)
            if len(names) < 3:
                await begin(client, await token_of(venue, f"user-{place}"))
                jar = client.cookies
            statuses.append((await client.get("/api/me")).status_code)

    assert names[0] == names[2] != names[1]
    assert all(name.startswith("crossbook_") and len(name) == 18 for name in names)
    assert set(jar) == set(names)
    assert statuses == [200, 200, 200]


@looped
async def test_under_a_sub_path_the_cookie_is_sent_there_alone(tmp_path: Path) -> None:
    options = DoorOptions(root_path="/market")
    async with open_venue(tmp_path) as venue, client_of(venue, options) as client:
        headers = {"authorization": f"Bearer {await token_of(venue)}"}
        begun = await client.post("/market/api/session", headers=headers)
        inside = await client.get("/market/api/me")
        outside = await client.get("/api/me")
        out = await client.delete("/market/api/session", headers=HERE)

    assert handed_out(begun)["path"] == handed_out(out)["path"] == "/market"
    assert (inside.status_code, outside.status_code) == (200, 401)


@looped
async def test_one_sees_where_one_is_signed_in_and_ends_one_or_all(tmp_path: Path) -> None:
    log_in = {"username": "ada", "password": PASSWORD}
    fox, phone = {"user-agent": "Fox\t1.0"}, {"user-agent": "Phone " + "x" * 400}
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        made = (await client.post("/api/register", json=log_in, headers=fox)).json()
        other = (await client.post("/api/login", json=log_in, headers=phone)).json()["jwt_token"]
        third = (await client.post("/api/login", json=log_in)).json()["jwt_token"]
        await begin(client, made["jwt_token"])
        listed = (await client.get("/api/sessions")).json()["sessions"]
        (current,) = [one for one in listed if one["current"]]
        missing = await client.delete("/api/sessions/nothing", headers=HERE)
        lost = await client.delete(f"/api/sessions/{listed[1]['session_id']}", headers=HERE)
        kept = dict(client.cookies)
        by_other = await client.get("/api/me", headers={"authorization": f"Bearer {other}"})
        own = await client.delete(f"/api/sessions/{current['session_id']}", headers=HERE)
        without = dict(client.cookies)
        await begin(client, third)
        everywhere = await client.delete("/api/sessions", headers=HERE)
        by_third = await client.get("/api/me", headers={"authorization": f"Bearer {third}"})
        by_key = await client.get("/api/sessions", headers={"x-api-key": made["api_key"]})

    assert [one["agent"][:6] for one in listed[1:]] == ["Phone ", "Fox1.0"]
    assert len(listed[1]["agent"]) == 200
    assert {one["address"] for one in listed} == {"198.51.100.7"}
    assert current["session_id"] == listed[2]["session_id"]
    assert set(current) == {
        "session_id", "created_at", "expires_at", "last_seen_at", "address", "agent", "current",
    }  # fmt: skip
    assert current["created_at"] <= current["last_seen_at"] < current["expires_at"]
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (lost.status_code, by_other.status_code, len(kept)) == (200, 401, 1)
    assert (own.status_code, without) == (200, {})
    assert (everywhere.status_code, by_third.status_code, dict(client.cookies)) == (200, 401, {})
    assert by_key.json() == {"sessions": []}


COOKIES = {
    "a=1; name=token; b=2": "token",
    "name=token": "token",
    'name="token"': "token",
    "name = token": "token",
    "names=other; anothername=other": None,
    "NAME=token": None,
    "token": None,
    "": None,
    "; ; =; ==": None,
    "name=token; " + "x" * 20_000: None,
}


@pytest.mark.parametrize(("text", "token"), COOKIES.items(), ids=range(len(COOKIES)))
def test_the_token_is_found_among_other_cookies(text: str, token: str | None) -> None:
    assert SessionCookie("name").token({b"cookie": text.encode()}) == token


@looped
async def test_a_cookie_counts_what_its_owner_may_do_today(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        await venue.gate.administration.create("boss", PASSWORD, Role.ADMIN)
        token = (await venue.gate.login("boss", PASSWORD, "198.51.100.7")).jwt_token
        await begin(client, token)
        before = await client.post("/api/admin/audit", headers=HERE)
        await venue.gate.administration.set_role("boss", Role.TRADER)
        after = await client.post("/api/admin/audit", headers=HERE)

    assert (before.status_code, after.status_code) == (200, 403)


@looped
async def test_a_page_learns_who_is_signed_in_without_a_refusal(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        nobody = await client.get("/api/session")
        await begin(client, await token_of(venue))
        somebody = await client.get("/api/session")
        await client.delete("/api/session", headers=HERE)
        stale = await client.get("/api/session", headers={"cookie": f"{venue.gate.cookie_name}=stale"})

    assert nobody.json() == {"user": None}
    assert somebody.json()["user"]["username"] == "ada"
    assert stale.status_code == 200
    assert stale.json() == {"user": None}
