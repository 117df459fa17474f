"""The part of the benchmark that measures a live venue's feeds: to many clients, and beside one who does not read."""

import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from live.figures import spread
from live.house import (
    SETTINGS,
    Prepared,
    Running,
    bare_feed,
    client,
    load,
    prepared,
    processor_s,
    venue_of,
    watching,
)
from live.load import Plan
from live.watch import Watch
from rows import Row

FOLLOWERS: Final = 200
CROWD: Final = 1_000
HERTZ: Final = 20
BATCH: Final = 64
"""Orders under way at once where frames leave in batches."""
TAKERS: Final = 4
"""Sessions that trade there: one alone would send faster than it may."""
TURNS: Final = 2
CONNECTED_S: Final = 1.0
"""Until a client that was started trades."""
SECONDS: Final = 1.5
CROWD_SECONDS: Final = 3.0
TARGETS: Final = {1: 300_000.0, BATCH: 1_500_000.0}
MARK: Final = '{"type":"trade"'
BOOK_MARK: Final = '{"type":"book"'
CROWD_RATE: Final = 200.0


def rows() -> list[Row]:
    """Measure."""
    with (
        prepared(2) as house,
        venue_of(house.directory, SETTINGS, "--no-bots", "--durability", "memory") as venue,
    ):
        slow = _slow_reader(venue, house)
        crowd = _crowd(venue, house)
        # What stands from the slow reader's scene is enough for all that follows.
        found = [_fan_out(venue, house, batch) for batch in TARGETS]
    return [*found, crowd, *slow]


def _fan_out(venue: Running, house: Prepared, in_flight: int) -> Row:
    own, base, busy, frame_bytes = [], [], [], 1
    takers = TAKERS if in_flight > 1 else 1
    followed = Watch(
        port=venue.port, sessions=FOLLOWERS, channels=("trades:FUN",), mark=MARK, seconds=SECONDS
    )
    plan = Plan(
        port=venue.port,
        keys=house.keys[:1],
        sessions=takers,
        window=in_flight // takers,
        takes=True,
        private=False,
        seconds=SECONDS + 0.5,
    )
    with watching(asdict(followed)) as begin:
        for _ in range(TURNS):
            trading = threading.Thread(target=lambda: busy.append(_busy(load(plan))))
            trading.start()
            time.sleep(CONNECTED_S)
            seen = begin()()
            trading.join()
            own.append(seen["frames"] / seen["seconds"])
            busy.append(busy.pop() + _busy(seen))
            frame_bytes = max(frame_bytes, seen["bytes"] // max(1, seen["frames"]))
    together = in_flight // 2 if in_flight > 1 else 1
    with bare_feed(FOLLOWERS, frame_bytes, together) as server:
        plain = Watch(port=server.port, sessions=FOLLOWERS, plain=True, mark=MARK, seconds=1.0)
        with watching(asdict(plain)) as begin:
            for _ in range(TURNS):
                seen = begin()()
                base.append(seen["frames"] / seen["seconds"])
    way = "one trade at a time" if in_flight == 1 else f"{in_flight} orders in flight"
    return Row(
        name=f"Fan-out to {FOLLOWERS} clients, {way}",
        unit="frames/s",
        figure=spread(own)[0],
        baseline=spread(base)[0],
        baseline_name="os.write of one" if in_flight == 1 else f"os.write of {together} at once",
        target=TARGETS[in_flight],
        note=f"{frame_bytes} bytes a frame; each is a trade that is carried out meanwhile; clients {max(busy):.0%} busy",
    )


def _busy(tally: Mapping[str, Any]) -> float:
    return float(tally["busy_s"] / tally["seconds"])


def _crowd(venue: Running, house: Prepared) -> Row:
    """Return what part of a core a thousand followers of a book take, that is told twenty times a second."""
    followed = Watch(
        port=venue.port,
        sessions=CROWD,
        channels=("book:FUN",),
        mark=BOOK_MARK,
        seconds=CROWD_SECONDS,
        sweep_s=0.04,
    )
    plan = Plan(
        port=venue.port,
        keys=house.keys[:1],
        window=16,
        rate=CROWD_RATE,
        private=False,
        seconds=CROWD_SECONDS + 2.0,
    )
    with watching(asdict(followed)) as begin:
        trading = threading.Thread(target=load, args=(plan,))
        trading.start()
        time.sleep(CONNECTED_S)
        before = processor_s(venue.pid)
        seen = begin()()
        share = (processor_s(venue.pid) - before) / seen["seconds"]
        trading.join()
    return Row(
        name=f"A venue with {CROWD:,} followers of a book, told {HERTZ} times a second",
        unit="% of a core",
        figure=100 * share,
        target=50.0,
        higher_is_better=False,
        note=f"{seen['frames'] / seen['seconds'] / CROWD:.1f} frames a second each, at {CROWD_RATE:g} orders/s; "
        f"clients {_busy(seen):.0%} busy",
    )


def _slow_reader(venue: Running, house: Prepared) -> list[Row]:
    """Return what a client who never reads does to the others."""
    scene = {"port": venue.port, "pid": venue.pid, "keys": house.keys}
    alone = client("live.slow", {**scene, "stuck": 0, "seconds": 2.0})
    beside = client("live.slow", {**scene, "stuck": 1})
    name = "One client of 20 never reads, 1,000 trades/s"
    cut_s = beside["cut_s"]
    return [
        Row(
            name=f"{name}, p99 of the others",
            unit="us",
            figure=beside["latency_us"]["p99"],
            baseline=alone["latency_us"]["p99"],
            baseline_name="all of them read",
            higher_is_better=False,
            note=f"from the order to the frame; p50 {beside['latency_us']['p50']:,.0f} us, "
            f"{alone['latency_us']['p50']:,.0f} us where all read; {beside['trades']:,} trades",
        ),
        Row(
            name=f"{name}, frames that the others lost",
            figure=float(beside["lost"]),
            target=0.0,
            higher_is_better=False,
        ),
        Row(
            name=f"{name}, until it is cut off",
            unit="s",
            figure=cut_s,
            higher_is_better=False,
            note="from the first trade; what both kernels hold must fill first"
            if cut_s
            else "it was not cut off while this was measured",
        ),
    ]
