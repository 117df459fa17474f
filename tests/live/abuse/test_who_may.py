"""Who may do what, asked of the server as it ships: every route, every kind of caller, both doors, and secrets that stay."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live.abuse.server import PASSWORD, Person, Server, until
from tests.unit.doors.socket.stage import Client, order

pytestmark = pytest.mark.slow

DATABASE_PASSWORD = "planted-database-password-9c1d"  # noqa: S105 - of a database that there is not
ENDS = {"/api/admin/shutdown", "/api/logout", "/api/session", "/api/sessions"}
MISSING = {
    "order_id": "999999999",
    "session_id": "0" * 32,
    "key_id": "AAAAAAAA",
    "username": "nobody-of-that-name",
    "ticker": "NONE",
}
Line = tuple[str, str, dict[str, Any]]


def lines(venue: Server) -> Iterator[Line]:
    """Yield every route of the document: method, path with its parameters open, operation."""
    for path, operations in venue.http.get("/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            yield method.upper(), path, operation


def body_of(operation: dict[str, Any]) -> Any:
    if "requestBody" not in operation:
        return None
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    return next(iter(examples.values()))["value"]


def told(answer: httpx.Response) -> tuple[int, bytes]:
    return answer.status_code, answer.content


def test_every_route_is_open_to_those_that_it_says_and_to_nobody_else(venue: Server) -> None:
    callers = {"trader": venue.register().key, "anonymous": {}, "admin": venue.boss}
    wrong, asked = [], 0
    for method, path, operation in lines(venue):
        if path in ENDS:
            continue
        private = bool(operation.get("security")) and {} not in operation["security"]
        where = path
        for name, value in MISSING.items():
            where = where.replace("{" + name + "}", value)
        for name, headers in callers.items():
            answer = venue.http.request(method, where, json=body_of(operation), headers=headers)
            asked += 1
            if private and name == "anonymous":
                fits = answer.status_code == 401
            elif path.startswith("/api/admin") and name != "admin":
                fits = answer.status_code == 403
            else:
                fits = answer.status_code not in {401, 403} or path == "/api/login"
            if not fits or answer.status_code >= 500:
                wrong.append((name, method, path, answer.status_code))
    assert wrong == []
    assert asked > 90


def test_what_is_anothers_answers_exactly_like_what_is_missing(venue: Server) -> None:
    owner, other = venue.register(), venue.register()
    mine = {
        "order_id": venue.place(owner)["order_id"],
        "key_id": venue.http.post("/api/keys", json={"label": "x"}, headers=owner.key).json()["key_id"],
        "session_id": venue.http.get("/api/sessions", headers=owner.key).json()["sessions"][0]["session_id"],
    }
    compared = 0
    with venue.unchanged():
        for method, path, operation in lines(venue):
            for name, number in mine.items():
                if "{" + name + "}" not in path:
                    continue
                for headers in (other.key, other.bearer, venue.boss, {}):
                    answers = [
                        venue.http.request(
                            method,
                            path.replace("{" + name + "}", one),
                            json=body_of(operation),
                            headers=headers,
                        )
                        for one in (number, MISSING[name])
                    ]
                    assert told(answers[0]) == told(answers[1]), (method, path)
                    assert answers[0].status_code == (404 if headers else 401)
                    compared += 1
        with venue.trader(other) as client:
            for message in ({"op": "cancel"}, {"op": "replace", "price": 49}):
                replies = [
                    client.ask({**message, "id": 1, "order_id": one})
                    for one in (mine["order_id"], MISSING["order_id"])
                ]
                assert replies[0] == replies[1]
                assert replies[0]["error"]["code"] == "unknown_order"
    assert compared >= 20
    assert venue.http.get(f"/api/orders/{mine['order_id']}", headers=owner.key).json()["status"] == "open"


def test_cancel_all_and_the_private_channel_reach_nobody_else(venue: Server) -> None:
    owner, other = venue.register(), venue.register()
    venue.place(owner)
    with venue.connect("/ws/account", headers=other.key) as listening:
        assert listening.json()["data"]["orders"] == []
        assert venue.http.delete("/api/orders", headers=other.key).json()["cancelled"] == 0
        venue.place(owner, price=51)
        venue.place(other, price=40)
        heard = listening.json()
        assert heard["data"]["order"]["price"] == 40
    assert len(venue.open_orders(owner)) == 2


# Tokens


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def signed(header: object, claims: object, secret: bytes, hash_name: str = "sha256") -> str:
    text = f"{part(header)}.{part(claims)}"
    signature = hmac.digest(secret, text.encode(), hash_name)
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def claims_of(token: str) -> dict[str, Any]:
    text = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return claims


def secret_of(venue: Server) -> bytes:
    """Return what the server signs with: to forge tokens that are wrong in one thing alone."""
    (file,) = [path for path in venue.data.iterdir() if "jwt" in path.name or "secret" in path.name]
    assert file.stat().st_mode & 0o077 == 0
    return file.read_bytes()


def forgeries(venue: Server, person: Person) -> dict[str, str]:
    secret, claims = secret_of(venue), claims_of(person.token)
    header, now_s = {"alg": "HS256", "typ": "JWT"}, int(time.time())
    return {
        "alg none": f"{part({'alg': 'none'})}.{part(claims)}.",
        "alg None": f"{part({'alg': 'None'})}.{part(claims)}.",
        "alg none, signed": signed({"alg": "none"}, claims, secret),
        "HS512 with our secret": signed({"alg": "HS512"}, claims, secret, "sha512"),
        "RS256": signed({"alg": "RS256"}, claims, secret),
        "an empty signature": person.token.rpartition(".")[0] + ".",
        "no signature": person.token.rpartition(".")[0],
        "another secret": signed(header, claims, b"x" * 32),
        "an empty secret": signed(header, claims, b""),
        "the secret's hash": signed(header, claims, hashlib.sha256(secret).digest()),
        "another's name": signed(header, {**claims, "sub": "admin"}, b"x" * 32),
        "no expiry": signed(header, {name: claims[name] for name in claims if name != "exp"}, secret),
        "an expiry that is over": signed(header, {**claims, "exp": now_s - 1}, secret),
        "an expiry in a hundred years": signed(header, {**claims, "exp": now_s + 3_153_600_000}, secret),
        "an expiry beyond all": signed(header, {**claims, "exp": 10**30}, secret),
        "an expiry as text": signed(header, {**claims, "exp": str(claims["exp"])}, secret),
        "another issuer": signed(header, {**claims, "iss": "somebody"}, secret),
        "no issuer": signed(header, {name: claims[name] for name in claims if name != "iss"}, secret),
        "a user that there is not": signed(header, {**claims, "sub": "nobody"}, secret),
        "a dot": ".",
        "a kilobyte and more": person.token + "A" * 4_000,
    }


def test_forged_tokens_open_neither_door(venue: Server) -> None:
    person = venue.register()
    secret = secret_of(venue)
    claims = claims_of(person.token)
    ours = signed({"alg": "HS256", "typ": "JWT"}, claims, secret)
    good = venue.http.get("/api/me", headers={"authorization": f"Bearer {ours}"})
    assert good.status_code == 200, "the forger knows the form, so each forgery is wrong in one thing alone"
    with venue.unchanged():
        for name, token in forgeries(venue, person).items():
            headers = {"authorization": f"Bearer {token}"}
            answer = venue.http.post("/api/orders", json={}, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), name
            with venue.connect(headers={"Authorization": headers["authorization"]}) as client:
                assert (client.status, client.body["code"]) == (401, "not_signed_in"), name
            with venue.trader() as client:
                reply = client.ask({"op": "auth", "id": 1, "token": token})
                assert not reply["ok"], name
                assert reply["error"]["code"] in {"not_signed_in", "malformed"}, name


def test_a_token_of_a_megabyte_costs_nobody_anything(venue: Server) -> None:
    person = venue.register()
    head = b"GET /api/me HTTP/1.1\r\nhost: v\r\nauthorization: Bearer " + b"A" * 1_000_000 + b"\r\n\r\n"
    with venue.unchanged(), venue.trader(person) as other:
        answer = venue.talk(head)
        # Where the server closes with bytes unread, the system may take the answer back.
        assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
        upgrade = head.replace(b"/api/me", b"/ws").replace(
            b"host: v\r\n", b"host: v\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
        )
        answer = venue.talk(upgrade)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
        with venue.trader() as client:
            client.send({"op": "auth", "id": 1, "token": "A" * 1_000_000})
            assert client.end()[1] in {1009, None}
        assert other.ask({"op": "ping", "id": 1})["id"] == 1


# The end of a sign-in


def cookie_of(answer: httpx.Response) -> str:
    """Return the name of the cookie that an answer sets."""
    name: str = answer.headers["set-cookie"].partition("=")[0]
    return name


def test_a_browser_trades_by_its_cookie_and_a_foreign_page_does_not(venue: Server) -> None:
    person = venue.register()
    with httpx.Client(base_url=venue.url) as browser:
        name = cookie_of(browser.post("/api/session", headers=person.bearer))
        place = f"127.0.0.1:{venue.port}"
        ours = {"Cookie": f"{name}={person.token}", "Origin": venue.url, "Host": place}
        foreign = {**ours, "Origin": "http://127.0.0.1:1"}
        wanted = {"ticker": "FUN", "side": "buy", "price": 50, "quantity": 1}
        with venue.unchanged():
            refused = browser.post("/api/orders", json=wanted, headers={"origin": foreign["Origin"]})
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
            assert browser.post("/api/orders", json=wanted).status_code == 403
            with venue.connect("/ws/account", headers=foreign) as client:
                assert client.status == 403
        placed = browser.post("/api/orders", json=wanted, headers={"origin": venue.url})
        assert placed.status_code == 200
        with venue.connect("/ws/account", headers=ours) as client:
            assert len(client.json()["data"]["orders"]) == 1
            assert browser.delete("/api/session", headers={"origin": venue.url}).status_code == 200
            goodbye, code = client.end()
            assert (goodbye["code"], code) == ("session_over", 1008)
        assert not browser.cookies
    assert venue.http.get("/api/me", headers=ours).status_code == 401
    assert venue.http.get("/api/leaderboard", headers=ours).status_code == 200


def ended(client: Client) -> int | None:
    return client.end()[1]


def test_log_out_closes_the_sockets_of_that_session_and_no_other(venue: Server) -> None:
    person = venue.register()
    again = venue.http.post("/api/login", json={"username": person.username, "password": PASSWORD}).json()
    second = {"Authorization": f"Bearer {again['jwt_token']}"}
    first = {"Authorization": f"Bearer {person.token}"}
    with (
        venue.connect(headers=first) as one,
        venue.connect("/ws/account", headers=first) as private,
        venue.connect(headers=second) as other,
        venue.trader(person) as keyed,
    ):
        assert venue.http.post("/api/logout", headers=person.bearer).status_code == 200
        assert [ended(one), ended(private)] == [1008, 1008]
        for client in (other, keyed):
            assert client.ask(order(1, price=40, time_in_force="IOC"))["ok"]
    assert venue.http.get("/api/me", headers=person.bearer).status_code == 401
    with venue.connect(headers=first) as refused:
        assert refused.status == 401


def test_a_key_that_is_revoked_or_rotated_closes_its_sockets_and_no_other(venue: Server) -> None:
    person = venue.register()
    made = [venue.http.post("/api/keys", json={"label": "x"}, headers=person.bearer).json() for _ in range(2)]
    with (
        venue.connect(headers={"X-API-Key": made[0]["api_key"]}) as revoked,
        venue.connect(headers={"X-API-Key": made[1]["api_key"]}) as rotated,
        venue.trader(person) as other,
    ):
        path = f"/api/keys/{made[0]['key_id']}"
        assert venue.http.delete(path, headers=person.bearer).status_code == 200
        path = f"/api/keys/{made[1]['key_id']}/rotate"
        assert venue.http.post(path, headers=person.bearer).status_code == 200
        assert [ended(revoked), ended(rotated)] == [1008, 1008]
        assert other.ask({"op": "ping", "id": 1})["id"] == 1
    for key in made:
        answer = venue.http.get("/api/portfolio", headers={"x-api-key": key["api_key"]})
        assert answer.status_code == 401


def test_a_user_who_is_shut_out_is_out_at_once_everywhere(venue: Server) -> None:
    person = venue.register()
    path = f"/api/admin/users/{person.username}"
    with venue.trader(person) as client:
        assert venue.http.patch(path, json={"disabled": True}, headers=venue.boss).status_code == 200
        assert ended(client) == 1008
    for headers in (person.key, person.bearer):
        assert venue.http.get("/api/portfolio", headers=headers).status_code == 401
    log_in = {"username": person.username, "password": PASSWORD}
    shut_out = [
        venue.http.post("/api/login", json={**log_in, "password": word}).status_code
        for word in (PASSWORD, "wrong-password")
    ]
    assert shut_out == [403, 401], "who does not know the password is not told that the user is shut out"
    assert venue.http.patch(path, json={"disabled": False}, headers=venue.boss).status_code == 200
    assert venue.http.post("/api/login", json=log_in).status_code == 200


# Secrets


def test_planted_secrets_stay_where_they_were_put(venue: Server, tmp_path: Path) -> None:
    """No password, key or token is in any file, in any log line, in any answer but the one that hands it out."""
    password = "planted-password-5e0a77"  # noqa: S105 - planted
    wanted = {"username": "planted", "password": password}
    made = venue.http.post("/api/register", json=wanted).json()
    signed_in = venue.http.post("/api/login", json=wanted).json()
    bearer = {"authorization": f"Bearer {signed_in['jwt_token']}"}
    key = venue.http.post("/api/keys", json={"label": "planted"}, headers=bearer).json()
    begun = venue.http.post("/api/session", headers=bearer)
    secrets = [password, made["api_key"], made["jwt_token"], signed_in["jwt_token"], key["api_key"]]
    said = [
        venue.http.post("/api/register", json=wanted),
        venue.http.post("/api/login", json={**wanted, "password": password + "x"}),
        venue.http.post("/api/login", json={**wanted, "colour": password}),
        venue.http.post("/api/login", content=json.dumps(wanted)[:-1]),
        venue.http.get("/api/portfolio", params={"api_key": made["api_key"]}, headers=bearer),
        venue.http.get(f"/api/{made['jwt_token']}"),
        venue.http.get(f"/api/orders/{made['api_key']}", headers=bearer),
        venue.http.post("/api/orders", json={"ticker": password}, headers=bearer),
        venue.http.delete(f"/api/keys/{made['api_key']}", headers=bearer),
        venue.http.get("/api/me", headers={"authorization": f"Basic {made['api_key']}"}),
        venue.http.get("/api/keys", headers=bearer),
        venue.http.get("/api/admin/users", headers=venue.boss),
        venue.http.get("/metrics"),
    ]
    page = {"cookie": f"{cookie_of(begun)}={signed_in['jwt_token']}", "origin": venue.url}
    said += [
        venue.http.get("/api/me", headers=page),
        venue.http.post("/api/orders", json={}, headers={**page, "origin": "http://evil.test"}),
        venue.http.get("/api/me", headers={"cookie": page["cookie"] + "x"}),
    ]
    with venue.connect(headers={**page, "origin": "http://evil.test"}) as foreign:
        assert foreign.status == 403
    with venue.connect("/ws?api_key=" + made["api_key"]) as refused:
        assert refused.status == 400
        bodies = [answer.content for answer in said] + [json.dumps(refused.body).encode()]
    with venue.trader() as client:
        client.send({"op": "auth", "id": 1, "api_key": made["api_key"] + "x"})
        bodies += [payload for _, payload in client.rest()[0]]
    venue.http.post("/api/logout", headers=bearer)
    venue.http.delete(f"/api/keys/{key['key_id']}", headers=venue.boss)
    until(lambda: venue.status()["keeper_lag"] == 0)
    files = {path: path.read_bytes() for path in venue.data.rglob("*") if path.is_file()}
    assert len(files) >= 4
    places = {str(path): content for path, content in files.items()}
    places["the log"] = venue.log.read_bytes()
    places |= {f"answer {number}": body for number, body in enumerate(bodies)}
    # The address that holds a secret is the client's own doing, and is echoed nowhere either.
    found = [
        (place, number)
        for number, secret in enumerate(secrets)
        for place, content in places.items()
        if secret.encode() in content
    ]
    assert found == []
    admin = (venue.data / "admin.password").read_bytes().strip()
    owners = [path.name for path, content in files.items() if admin in content]
    assert owners == ["admin.password"]
    signing = secret_of(venue)
    assert sum(signing in content for content in places.values()) == 1
    for name in ("admin.password",):
        assert (venue.data / name).stat().st_mode & 0o077 == 0


def test_the_password_of_a_database_is_never_said(venue: Server, tmp_path: Path) -> None:
    """A database that does not answer ends the start with a line that names it without its password."""
    url = f"postgresql+asyncpg://crossbook:{DATABASE_PASSWORD}@127.0.0.1:9/crossbook"
    refused = Server(tmp_path, {"database_url": url})
    with pytest.raises(AssertionError):
        refused.start()
    refused.stop()
    assert refused.said().strip()
    assert DATABASE_PASSWORD not in refused.said()
    assert "Traceback" not in refused.said()
    for path in (tmp_path / "data").rglob("*"):
        assert not path.is_file() or DATABASE_PASSWORD.encode() not in path.read_bytes()
