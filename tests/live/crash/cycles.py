"""Many kills of one venue while it is traded on."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from tests.live.crash.compare import (
    Candles,
    check_all,
    check_audit,
    check_candles_agree,
    check_repeats,
    closed_candles,
)
from tests.live.crash.killed import Killed, check_database, check_journal, environment
from tests.live.crash.trader import Trader
from tests.live.crash.warm import Warm

WHEN: Final = ("trading", "trading", "trading", "trading", "opening", "closing")
"""When a kill comes, each as likely as it stands here."""
TRADING_S: Final = 0.3
OPENING_S: Final = 0.6
CLOSING_S: Final = 0.4
WHOLE_EVERY: Final = 10
"""After so many kills every order of every account is compared; after the others what a restart could change."""


@dataclass(slots=True)
class Tally:
    """What became of it all."""

    kills: dict[str, int] = field(default_factory=dict)
    orders: int = 0
    repeats: int = 0
    asked_again: int = 0
    seconds: float = 0.0
    starts_s: list[float] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        starts = sorted(self.starts_s) or [0.0]
        return (
            f"{sum(self.kills.values())} kills ({', '.join(f'{count} {when}' for when, count in self.kills.items())}) "
            f"in {self.seconds:.0f} s; starts {starts[len(starts) // 2]:.2f} s median, {starts[-1]:.2f} s at most; "
            f"{self.orders} orders compared, {self.repeats} sent twice, {self.asked_again} asked again after a loss"
        )


@asynccontextmanager
async def traders_of(
    venue: Killed, count: int, seed: int, pause_s: float = 0.01, *, hands: int = 3, rest_every: int | None = 3
) -> AsyncIterator[list[Trader]]:
    """Prepare a venue's directory, and give traders who trade as soon as it is open; one in `rest_every`, if any, over REST."""
    names = [f"trader{number}" for number in range(count)]
    keys = await venue.prepare(names)
    traders = [
        Trader(
            name,
            keys[name],
            venue.url,
            rest=rest_every is not None and number % rest_every == rest_every - 1,
            seed=seed * 1_000 + number,
            pause_s=pause_s,
            hands=hands,
        )
        for number, name in enumerate(names)
    ]
    tasks = [asyncio.create_task(trader.run(), name=trader.name) for trader in traders]
    try:
        yield traders
        for task in tasks:
            assert not task.done(), task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def rest(traders: list[Trader]) -> None:
    """Have everybody rest, with every request answered."""
    async with asyncio.timeout(60):
        await asyncio.gather(*(trader.rest_now() for trader in traders))


def go_on(traders: list[Trader]) -> None:
    """Have everybody trade."""
    for trader in traders:
        trader.trading.set()


async def cycles(
    venue: Killed,
    count: int,
    *,
    seed: int,
    accounts: int = 4,
    warm: bool = True,
    when: tuple[str, ...] = WHEN,
) -> Tally:
    """Kill a venue so often, at moments drawn from a seed, and compare after each start.

    Raises:
        AssertionError: Something that was acknowledged is not there, or something is there twice.
    """
    draw = random.Random(seed)
    tally, began = Tally(), monotonic()
    alone = "--no-bots" in venue.words
    candles: Candles = {}
    async with AsyncExitStack() as stack:
        if warm:
            venue.warm = await Warm.ready(environment(PYTHONPATH=os.pathsep.join(sys.path)))
            stack.push_async_callback(venue.warm.close)
        traders = await stack.enter_async_context(traders_of(venue, accounts, seed))
        stack.push_async_callback(venue.kill)
        for number in range(1, count + 1):
            moment = draw.choice(when)
            tally.kills[moment] = tally.kills.get(moment, 0) + 1
            if moment == "opening":
                await venue.launch()
                await asyncio.sleep(draw.uniform(0, OPENING_S))
                await venue.kill()
                continue
            await venue.start()
            await rest(traders)
            now = await closed_candles(traders[0])
            check_candles_agree(candles, now)
            candles = now
            if number % WHOLE_EVERY == 0:
                await check_all(traders, alone=alone)
                tally.repeats += await check_repeats(traders, 3)
            go_on(traders)
            await asyncio.sleep(draw.uniform(0, TRADING_S))
            if moment == "closing":
                venue.signal(signal.SIGTERM)
                await asyncio.sleep(draw.uniform(0, CLOSING_S))
            await venue.kill()
        await venue.start()
        await rest(traders)
        check_candles_agree(candles, await closed_candles(traders[0]))
        tally.orders = await check_all(traders, alone=alone)
        tally.repeats += await check_repeats(traders, 20)
        await check_audit(venue)
        assert await venue.stop() == 0, venue.log
        tally.asked_again = sum(trader.asked_again for trader in traders)
    check_journal(venue)
    tally.rows = await check_database(venue, str(venue.folder / "scratch.sqlite3"))
    tally.starts_s, tally.seconds = list(venue.starts_s), monotonic() - began
    return tally
