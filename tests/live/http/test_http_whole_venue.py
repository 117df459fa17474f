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
from crossbook.venue.venue import Venue
from tests.loops import looped

pytestmark = pytest.mark.slow

ACME = {"ticker": "ACME", "initial_price": 40, "name": "Acme", "maker_fee_ppm": -50, "taker_fee_ppm": 300}

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


@pytest.mark.parametrize("hours", ["0", "721", "-1", "1.5", "x", ""])
@looped
async def test_a_past_of_no_such_length_is_refused(tmp_path: Path, hours: str) -> None:
    async with opened(tmp_path) as (_, client):
        assert (await client.get(f"/api/leaderboard/history?hours={hours}")).status_code == 422
