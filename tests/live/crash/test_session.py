"""What a venue with its bots did replays in the lab to the same state, wherever that is."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from crossbook.core.journal import Follower
from tests.live.crash.compare import SAME, check_audit, check_replay
from tests.live.crash.killed import Killed, check_journal

SECONDS = 20.0
LOOKS = 10
ELSEWHERE = (
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Chatham", "LANG": "tr_TR.UTF-8"},
    {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "C"},
)


def state_of(follower: Follower) -> dict[str, Any]:
    exchange = follower.exchange
    hashes = (f"{exchange.state_hash():016x}", f"{exchange.event_hash():016x}")
    return dict(zip(SAME, (exchange.commands, *hashes), strict=True))


@pytest.mark.slow
def test_a_session_with_bots_replays_to_the_state_that_lived(tmp_path: Path) -> None:
    async def case() -> None:
        venue = Killed(tmp_path, words=(), settings={"house": {"load": 3}})
        await venue.prepare([])
        try:
            await venue.start()
            lived = []
            for _ in range(LOOKS):
                await asyncio.sleep(SECONDS / LOOKS)
                lived.append(await check_audit(venue))
            await venue.kill()
            # What the bots left is cancelled before the doors open, so this adds to the same journal.
            venue.words = ("--no-bots",)
            await venue.start()
            end = await check_audit(venue)
            assert await venue.stop() == 0, venue.log
        finally:
            await venue.kill()
        check_journal(venue)
        assert lived[0]["commands"] < lived[-1]["commands"] < end["commands"]
        follower = Follower.open(str(venue.journal))
        for live in [*lived, end]:
            while follower.exchange.commands < live["commands"]:
                follower.step(4_096, live["commands"])
            assert state_of(follower) == {name: live[name] for name in SAME}
        # After the last look the clock may have come to when an order would have expired, which is a command too.
        known = -1
        while known != follower.exchange.commands:
            known = follower.exchange.commands
            follower.step()
        whole = state_of(follower)
        for variables in ELSEWHERE:
            replayed = await check_replay(venue, whole, **variables)
            print(f"{replayed['commands']:,} commands, {replayed['trades']:,} trades")  # noqa: T201

    asyncio.run(case())
