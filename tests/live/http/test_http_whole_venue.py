"""The HTTP door before a whole venue: journal, keeper and database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from crossbook.doors.http.server import make_door
from crossbook.venue.settings import VenueSettings
from crossbook.venue.venue import Venue
from tests.loops import looped

pytestmark = pytest.mark.slow

ACME = {"ticker": "ACME", "initial_price": 40, "name": "Acme", "maker_fee_ppm": -50, "taker_fee_ppm": 300}


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
