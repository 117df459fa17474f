"""`kill -9` in the middle of two thousand orders a second."""

import asyncio
from pathlib import Path
from time import monotonic

import pytest
import uvloop

from tests.live.crash.compare import check_all, check_audit, check_repeats, check_replay
from tests.live.crash.cycles import go_on, rest, traders_of
from tests.live.crash.killed import Killed, check_database, check_journal

ACCOUNTS = 10
HANDS = 20
PAUSE_S = ACCOUNTS * HANDS / 4_000
"""Of four thousand requests a second half are orders and changes that are carried out: many cancels come too late."""
SECONDS = 3.0


@pytest.mark.slow
def test_a_kill_amid_two_thousand_orders_a_second_loses_nothing_and_replays_to_the_same_state(
    tmp_path: Path,
) -> None:
    async def case() -> None:
        venue = Killed(tmp_path)
        async with traders_of(venue, ACCOUNTS, 3, PAUSE_S, hands=HANDS, rest_every=None) as traders:
            try:
                await venue.start()
                await rest(traders)
                go_on(traders)
                before, began = sum(trader.answered for trader in traders), monotonic()
                await asyncio.sleep(SECONDS)
                rate = (sum(trader.answered for trader in traders) - before) / (monotonic() - began)
                waiting = sum(trader.busy for trader in traders)
                await venue.kill()
                await venue.start()
                await rest(traders)
                compared = await check_all(traders)
                repeated = await check_repeats(traders, 20)
                live = await check_audit(venue)
                assert await venue.stop() == 0, venue.log
            finally:
                await venue.kill()
        check_journal(venue)
        rows = await check_database(venue, str(tmp_path / "scratch.sqlite3"))
        replayed = await check_replay(venue, live)
        print(  # noqa: T201 - what `pytest -s` shows
            f"{rate:,.0f} acknowledgements/s until the kill, {waiting} requests without an answer then; "
            f"{venue.starts_s[1]:.2f} s until the doors were open again; {compared:,} orders compared, {repeated} "
            f"sent twice; {replayed['commands']:,} commands and {replayed['trades']:,} trades replay to state "
            f"{live['state_hash']} and events {live['event_hash']}; {sum(rows.values()):,} rows in SQL agree"
        )

    # The clients must not be what holds them up.
    uvloop.run(case())
