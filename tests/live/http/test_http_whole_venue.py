"""The HTTP door before a whole venue: journal, keeper and database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from crossbook.doors.http.server import make_door
from crossbook.venue.principal import Role
from crossbook.venue.settings import VenueSettings
from crossbook.venue.store.projection import Step
from crossbook.venue.venue import Venue
from tests.loops import looped

pytestmark = pytest.mark.slow

ACME = {"ticker": "ACME", "initial_price": 40, "name": "Acme", "maker_fee_ppm": -50, "taker_fee_ppm": 300}

FAST = {"orders_per_second": 1e6, "order_burst": 10**6, "requests_per_second": 1e6, "request_burst": 10**6}
ORDER = {"ticker": "ACME", "side": "buy", "price": 1, "quantity": 1}


@asynccontextmanager
async def opened(directory: Path, **settings: Any) -> AsyncIterator[tuple[Venue, httpx.AsyncClient]]:
    """Open a venue, and a client of its door."""
    chosen = VenueSettings.model_validate({"durability": "memory", "instruments": [ACME], **settings})
    venue = await Venue.open(directory, chosen)
    try:
        transport = httpx.ASGITransport(cast("Any", make_door(venue)), client=("198.51.100.7", 40_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://venue.test") as client:
            yield venue, client
    finally:
        await venue.stop()


@looped
async def test_the_fees_of_an_instrument_are_those_it_was_listed_with_whatever_the_settings_say_later(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as (_, client):
        before = (await client.get("/api/instruments")).json()
    later = {**ACME, "maker_fee_ppm": 0, "taker_fee_ppm": 9_000, "name": "Another"}
    async with opened(tmp_path, instruments=[later]) as (_, client):
        after = (await client.get("/api/instruments")).json()

    assert before == after
    assert (after["instruments"][0]["maker_fee_ppm"], after["instruments"][0]["taker_fee_ppm"]) == (-50, 300)


async def person(client: httpx.AsyncClient, username: str) -> tuple[str, dict[str, str]]:
    """Register somebody; return his user id, and the header that says who he is."""
    wanted = {"username": username, "password": "correct horse battery staple"}
    made = (await client.post("/api/register", json=wanted)).json()
    return made["user_id"], {"x-api-key": made["api_key"]}


async def give_lots(venue: Venue, username: str) -> None:
    """Give somebody enough of the instrument to sell."""
    (account,) = [holder.account for holder in venue.trading.accounts if holder.username == username]
    number = venue.trading.listed("ACME").number
    await venue.sequencer.carry_out("deposit", account=account, amount=100_000, instrument=number)


@looped
async def test_everybody_sees_his_own_line_of_the_leaderboard_and_its_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossbook.venue.looks.LEADERS_MAX", 2)
    async with opened(tmp_path, equity_seconds=1) as (venue, client):
        people = [await person(client, f"user{number}") for number in range(4)]
        first = (await client.get("/api/leaderboard", headers=people[0][1])).json()
        last = (await client.get("/api/leaderboard", headers=people[3][1])).json()
        nobody = (await client.get("/api/leaderboard")).json()
        await venue.gate.administration.create("boss", "correct horse battery staple", Role.ADMIN)
        token = (await venue.gate.login("boss", "correct horse battery staple", "")).jwt_token
        boss = (await client.get("/api/leaderboard", headers={"authorization": f"Bearer {token}"})).json()

        async with asyncio.timeout(30):
            while True:
                await client.post("/api/orders", json=ORDER, headers=people[0][1])
                page = await client.get("/api/leaderboard/history?hours=1", headers=people[3][1])
                history = page.json()["history"]
                if len(history[people[3][0]]) > 1:
                    break
                await asyncio.sleep(0.1)
        public = (await client.get("/api/leaderboard/history")).json()["history"]

    assert [leader["rank"] for leader in first["leaderboard"]] == [1, 2]
    assert first["own"] == first["leaderboard"][0]
    assert (last["own"]["rank"], last["own"]["user_id"]) == (4, people[3][0])
    assert nobody["own"] is None
    assert boss["own"] is None
    assert history.keys() == {people[0][0], people[1][0], people[3][0]}
    assert public.keys() == {people[0][0], people[1][0]}
    for curve in history.values():
        assert [value for _, value in curve] == [10_000] * len(curve)
        assert sorted(curve) == curve
        assert len(curve) <= 48


@looped
async def test_candles_and_own_orders_hold_exactly_what_their_sequence_says_while_the_market_trades(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, limits=FAST) as (venue, client):
        (_, maker), (_, taker) = [await person(client, name) for name in ("maker", "taker")]
        await give_lots(venue, "maker")
        over = False

        async def trade() -> None:
            while not over:
                for who, side in ((maker, "sell"), (taker, "buy")):
                    await client.post("/api/orders", json={**ORDER, "side": side}, headers=who)
                await asyncio.sleep(0.005)

        trading = asyncio.create_task(trade())
        looks = []
        for _ in range(15):
            for path in ("/api/market/ACME/history?interval=1d", "/api/trades?limit=1000"):
                answer = await client.get(path, headers=taker)
                looks.append((path, int(answer.headers["x-sequence"]), answer.json()))
        over = True
        await trading
        every = (await client.get("/api/trades?limit=1000", headers=taker)).json()["trades"]
        orders = await client.get("/api/orders?status=filled&limit=1000", headers=taker)

    numbers = [int(trade["trade_id"]) for trade in every]
    assert len(numbers) > 50
    for path, sequence, page in looks:
        known = [number for number in numbers if number <= sequence]
        if "history" in path:
            assert sum(candle["volume"] for candle in page["candles"]) == len(known)
        else:
            assert [int(trade["trade_id"]) for trade in page["trades"]] == known
    assert len({sequence for _, sequence, _ in looks}) > 10
    assert len(orders.json()["orders"]) == len(numbers)
    assert int(orders.headers["x-sequence"]) >= max(numbers)


@looped
async def test_with_an_end_alone_the_newest_candles_before_it_come_so_that_one_can_scroll_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossbook.venue.past.CANDLES_MAX", 3)
    async with opened(tmp_path) as (venue, client):
        listed = venue.trading.listed("ACME")
        candles = [(listed.number, 60, 60 * minute, 1, 1, 1, 1, 1, 1) for minute in range(8)]
        before = await venue.store.projection.progress()
        assert await venue.store.projection.write(Step(candles=candles, reached=before), before)
        pages, end = [], "480000"
        while True:
            page = (await client.get(f"/api/market/ACME/history?interval=1m&end={end}")).json()["candles"]
            if not page:
                break
            pages.append([candle["timestamp"] // 60_000 for candle in page])
            end = str(page[0]["timestamp"])

    assert pages == [[5, 6, 7], [2, 3, 4], [0, 1]]
