"""The requests that the exchange promises to answer, one by one."""

from pathlib import Path

import pytest

from crossbook.doors.http.door import DoorOptions
from tests.http_venue import PASSWORD, administrator, client_of, open_venue, registered
from tests.loops import looped

ORDER = {"ticker": "FUN", "side": "buy", "price": 99.5, "quantity": 10}


@looped
async def test_registration_answers_with_a_key_and_a_token_that_both_open(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        made = await client.post("/api/register", json={"username": "ada", "password": PASSWORD})
        again = await client.post("/api/register", json={"username": "Ada", "password": PASSWORD})
        body = made.json()
        by_key = await client.get("/api/me", headers={"x-api-key": body["api_key"]})
        by_token = await client.get("/api/me", headers={"authorization": f"Bearer {body['jwt_token']}"})
        by_bearer_key = await client.get("/api/me", headers={"authorization": f"bearer {body['api_key']}"})

    assert made.status_code == 200
    assert set(body) == {"user_id", "username", "api_key", "jwt_token", "cash"}
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")
    assert by_key.json() == by_token.json() == by_bearer_key.json()
    assert by_key.json()["username"] == "ada"


@looped
async def test_log_in_and_log_out(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        await registered(venue, "ada")
        wrong = await client.post("/api/login", json={"username": "ada", "password": "not the password"})
        unknown = await client.post("/api/login", json={"username": "eve", "password": "not the password"})
        right = await client.post("/api/login", json={"username": "ada", "password": PASSWORD})
        token = {"authorization": f"Bearer {right.json()['jwt_token']}"}
        before = await client.get("/api/me", headers=token)
        out = await client.post("/api/logout", headers=token)
        after = await client.get("/api/me", headers=token)

    assert set(right.json()) == {"user_id", "username", "jwt_token"}
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)
    assert wrong.status_code == 401
    assert (before.status_code, out.status_code, after.status_code) == (200, 200, 401)
    assert after.headers["www-authenticate"].startswith("Bearer")


@looped
async def test_an_order_is_placed_seen_changed_and_cancelled(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        client.headers.update(await registered(venue, "ada"))
        placed = (await client.post("/api/orders", json={**ORDER, "client_order_id": "a:1"})).json()
        number = placed["order_id"]
        again = (await client.post("/api/orders", json={**ORDER, "client_order_id": "a:1"})).json()
        listed = (await client.get("/api/orders?status=open&ticker=FUN&limit=10&offset=0")).json()["orders"]
        shown = (await client.get(f"/api/orders/{number}")).json()
        held = (await client.get("/api/portfolio")).json()
        changed = (await client.patch(f"/api/orders/{number}", json={"price": "99.75", "quantity": 4})).json()
        cancelled = (await client.delete(f"/api/orders/{number}")).json()
        gone = await client.delete(f"/api/orders/{number}")

    assert placed == again
    assert placed["status"] == "open"
    assert placed["trades"] == []
    assert listed == [shown]
    assert (held["cash"], held["escrowed_cash"], held["buying_power"]) == (9_005, 995, 9_005)
    assert (changed["price"], changed["quantity"], changed["order_id"]) == (99.75, 4, number)
    assert (cancelled["order_id"], cancelled["status"]) == (number, "cancelled")
    assert gone.status_code == 404


@looped
async def test_two_orders_that_meet_trade_and_show_on_the_tape(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        ada, bob = await registered(venue, "ada"), await registered(venue, "bob")
        await client.post("/api/orders", json={**ORDER, "side": "sell", "quantity": 4}, headers=bob)
        met = (await client.post("/api/orders", json=ORDER, headers=ada)).json()
        tape = (await client.get("/api/market/FUN/trades?limit=5")).json()
        market = (await client.get("/api/market/FUN")).json()
        book = (await client.get("/api/market/FUN/orderbook?depth=1")).json()
        tickers = (await client.get("/api/market/tickers")).json()["tickers"]
        leaders = (await client.get("/api/leaderboard")).json()["leaderboard"]

    (trade,) = met["trades"]
    assert (met["status"], met["filled_quantity"]) == ("partial", 4)
    assert (trade["price"], trade["quantity"], trade["side"]) == (99.5, 4, "buy")
    assert tape == {"ticker": "FUN", "trades": [trade]}
    assert (market["current_price"], market["best_bid"], market["bid_depth"]) == (99.5, 99.5, 6)
    assert book["bids"] == [{"price": 99.5, "quantity": 6}]
    assert tickers["FUN"]["current_price"] == 99.5
    assert {leader["username"] for leader in leaders} == {"ada", "bob"}


@looped
async def test_instruments_tell_what_stays_the_same_of_them(tmp_path: Path) -> None:
    listed = {"ticker": "MOON", "name": "Moon Shot", "initial_price": "10.000", "price_step": "0.005"}
    costs = {"maker_fee_ppm": -100, "taker_fee_ppm": 500, "protection_ppm": 20_000}
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        boss = await administrator(venue)
        new = {**listed, **costs, "quantity_step": "2"}
        made = await client.post("/api/admin/instruments", json=new, headers=boss)
        page = (await client.get("/api/instruments")).json()

    assert made.status_code == 200, made.text
    assert page["cash_step"] == 0.01
    assert [one["ticker"] for one in page["instruments"]] == ["FUN", "MEME", "YOLO", "HODL", "PUMP", "MOON"]
    facts = {"ticker": "MOON", "name": "Moon Shot", "price_step": 0.005, "quantity_step": 2}
    assert page["instruments"][-1] == {**facts, **costs}


@looped
async def test_a_past_of_the_leaderboard_of_no_such_length_is_refused(tmp_path: Path) -> None:
    lengths = ("0", "721", "-1", "1.5", "x", "", "1&hours=2")
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        statuses = [
            (await client.get(f"/api/leaderboard/history?hours={hours}")).status_code
            for hours in (*lengths, "1", "720")
        ]

    assert statuses == [422] * len(lengths) + [200, 200]


@looped
async def test_cancel_all_ends_the_orders_of_one_ticker_or_of_all(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        client.headers.update(await registered(venue, "ada"))
        for ticker in ("FUN", "FUN", "PUMP"):
            await client.post("/api/orders", json={**ORDER, "ticker": ticker, "price": 1})
        some = (await client.delete("/api/orders?ticker=FUN")).json()
        rest = (await client.delete("/api/orders")).json()

    assert (some["cancelled"], rest["cancelled"]) == (2, 1)


@looped
async def test_candles_trades_and_equity_have_their_names(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        client.headers.update(await registered(venue, "ada"))
        candles = await client.get("/api/market/FUN/history?interval=5m&start=0&end=2026-01-31T09:30:00Z")
        trades = await client.get("/api/trades?ticker=FUN&limit=3&offset=1")
        equity = await client.get("/api/portfolio/history?start=2026-01-01")

    assert candles.json() == {"ticker": "FUN", "interval": "5m", "candles": []}
    assert trades.json() == {"trades": []}
    assert equity.json() == {"equity": [{"timestamp": 1_700_000_000_000, "total_value": 10_000}]}


@looped
async def test_keys_are_made_listed_rotated_and_revoked(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        client.headers.update(await registered(venue, "ada"))
        made = (await client.post("/api/keys", json={"label": "laptop"})).json()
        listed = (await client.get("/api/keys")).json()["keys"]
        turned = (await client.post(f"/api/keys/{made['key_id']}/rotate")).json()
        old = await client.get("/api/me", headers={"x-api-key": made["api_key"]})
        revoked = await client.delete(f"/api/keys/{turned['key_id']}")
        new = await client.get("/api/me", headers={"x-api-key": turned["api_key"]})

    assert [key["label"] for key in listed] == ["registration", "laptop"]
    assert not any("api_key" in key for key in listed)
    assert (old.status_code, revoked.status_code, new.status_code) == (401, 200, 401)


@looped
async def test_every_answer_says_its_sequence_and_orders_how_safe_they_are(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        client.headers.update(await registered(venue, "ada"))
        placed = await client.post("/api/orders", json=ORDER)
        health = await client.get("/api/health")
        missing = await client.get("/api/nothing")

        assert placed.headers["x-durability"] == "memory"
        assert {answer.headers["x-sequence"] for answer in (placed, health, missing)} == {str(venue.sequence)}
        assert {answer.headers["x-content-type-options"] for answer in (placed, health, missing)} == {
            "nosniff"
        }


@looped
async def test_a_venue_that_takes_no_orders_says_so_and_stays_healthy(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        ready = await client.get("/api/ready")
        venue.not_ready = "the disk is full"
        not_ready = await client.get("/api/ready")
        health = await client.get("/api/health")

    assert (ready.status_code, not_ready.status_code, health.json()["status"]) == (200, 503, "ok")
    assert not_ready.json()["detail"] == "the disk is full"
    assert not_ready.headers["retry-after"] == "1"


@looped
async def test_an_administrator_operates_the_venue(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        ada = await registered(venue, "ada")
        boss = await administrator(venue)
        halted = await client.post("/api/admin/instruments/FUN/halt", headers=boss)
        refused = await client.post("/api/orders", json=ORDER, headers=ada)
        await client.post("/api/admin/instruments/FUN/resume", headers=boss)
        band = await client.put(
            "/api/admin/instruments/FUN/band", json={"low": "99", "high": 101}, headers=boss
        )
        outside = await client.post("/api/orders", json={**ORDER, "price": 98}, headers=ada)
        new = {"ticker": "MOON", "initial_price": "10.00"}
        listed = await client.post("/api/admin/instruments", json=new, headers=boss)
        twice = await client.post("/api/admin/instruments", json=new, headers=boss)
        news = {"text": "Fun has a new hit", "ticker": "FUN", "impact": 0.05}
        told = await client.post("/api/admin/news", json=news, headers=boss)
        seen = (await client.get("/api/news")).json()["news"]
        audit = await client.post("/api/admin/audit", headers=boss)
        status = (await client.get("/api/admin/status", headers=boss)).json()
        stopped = await client.post("/api/admin/shutdown", headers=boss)

        assert venue.stop_requested.is_set()

    assert [answer.status_code for answer in (halted, band, listed, told, audit, stopped)] == [200] * 6
    assert refused.json()["code"] == "phase_forbids"
    assert outside.json()["code"] == "price_outside_band"
    assert (twice.status_code, twice.json()["code"]) == (422, "malformed")
    assert [(line["text"], line["ticker"]) for line in seen] == [("Fun has a new hit", "FUN")]
    assert "impact" not in seen[0]
    assert status["status"] == "ready"


@looped
async def test_an_administrator_changes_users(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        ada, boss = await registered(venue, "ada"), await administrator(venue)
        page = (await client.get("/api/admin/users?limit=1&offset=1", headers=boss)).json()
        await client.patch("/api/admin/users/ada", json={"disabled": True}, headers=boss)
        shut_out = await client.get("/api/me", headers=ada)
        await client.patch("/api/admin/users/ada", json={"disabled": False, "role": "admin"}, headers=boss)
        let_in = await client.get("/api/me", headers=ada)
        nothing = await client.patch("/api/admin/users/ada", json={}, headers=boss)
        nobody = await client.patch("/api/admin/users/eve", json={"disabled": True}, headers=boss)
        made = await client.post(
            "/api/admin/users", json={"username": "issuer", "password": PASSWORD}, headers=boss
        )

    assert (len(page["users"]), page["total"]) == (1, 3)
    assert (shut_out.status_code, let_in.json()["role"]) == (401, "admin")
    assert (nothing.status_code, nobody.status_code, made.json()["username"]) == (422, 404, "issuer")


@looped
async def test_the_documentation_needs_no_other_server(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        front = await client.get("/")
        docs = await client.get("/docs")
        parts = [
            await client.get(f"/docs/{name}")
            for name in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js")
        ]
        missing = await client.get("/docs/../server.py")

    assert "://" not in docs.text + front.text
    assert "default-src 'none'" in docs.headers["content-security-policy"]
    assert [part.status_code for part in parts] == [200, 200, 200]
    assert {part.headers["cache-control"] for part in parts} == {"public, max-age=86400"}
    assert missing.status_code == 404


@looped
async def test_under_a_sub_path_the_venue_is_reached_with_and_without_it(tmp_path: Path) -> None:
    options = DoorOptions(root_path="/market")
    async with open_venue(tmp_path) as venue, client_of(venue, options) as client:
        answers = [
            await client.get(path)
            for path in ("/market/api/health", "/api/health", "/market/api/market/tickers", "/market/docs")
        ]
        document = (await client.get("/market/openapi.json")).json()
        beside = await client.get("/marketing")

    assert [answer.status_code for answer in answers] == [200] * 4
    assert document["servers"] == [{"url": "/market"}]
    assert beside.status_code == 404


@pytest.mark.parametrize("path", ["/api/orders", "/api/market/tickers", "/api/health", "/api/keys", "/docs"])
@looped
async def test_what_can_be_got_can_be_asked_for_its_head(tmp_path: Path, path: str) -> None:
    async with open_venue(tmp_path) as venue, client_of(venue) as client:
        client.headers.update(await registered(venue, "ada"))
        whole = await client.get(path)
        head = await client.head(path)

    assert (whole.status_code, head.status_code) == (200, 200)
    assert head.headers["content-type"] == whole.headers["content-type"]
