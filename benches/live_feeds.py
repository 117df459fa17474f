"""The part of the benchmark that measures a live venue's feeds: to many clients, and beside one who does not read."""

import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
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
LATE_S: Final = 0.3
"""How long the followers still read when nobody trades any more."""
SECONDS: Final = 1.5
CROWD_SECONDS: Final = 3.0
TRADE_RATES: Final = (2_000, 4_000, 5_000, 6_000, 7_000, 8_000, 10_000)
TOGETHER: Final = 32
"""Frames of the baseline's writes."""
WHOLE: Final = 0.97
"""What part of all frames must come for a rate to count."""
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
        found = [_fan_out(venue, house), _fan_out_in_batches(venue, house)]
    return [*found, crowd, *slow]


def _fan_out(venue: Running, house: Prepared) -> Row:
    """Return how many frames a second of the venue's core sends where each trade waits for the one before."""
    told = [_told(venue, _takers(venue, house, sessions=1)) for _ in range(TURNS)]
    return Row(
        name=f"Fan-out to {FOLLOWERS} clients, one trade at a time",
        unit="frames/s",
        figure=spread([one.frames / one.venue_s for one in told])[0],
        baseline=_bare(told[0].frame_bytes, 1),
        baseline_name="os.write of one",
        target=300_000.0,
        note=f"of the venue's core, the trades included; {told[0].frame_bytes} bytes a frame; {told[0].words}",
    )


def _fan_out_in_batches(venue: Running, house: Prepared) -> Row:
    """Return how many frames leave where as many trades are made as all clients can still be told of."""
    best, kept_up, lost = Told(), 0, 0
    for rate in TRADE_RATES:
        plan = _takers(venue, house, sessions=TAKERS, window=BATCH // TAKERS, rate=float(rate))
        told = _told(venue, plan)
        lost = told.closed
        if lost or told.frames < WHOLE * rate * SECONDS * FOLLOWERS:
            break
        best, kept_up = told, rate
    end = f"at the next rate {lost} are cut off" if lost else "at the next rate not all of it comes"
    return Row(
        name=f"Fan-out to {FOLLOWERS} clients, in batches",
        unit="frames/s",
        figure=best.frames / SECONDS,
        baseline=_bare(best.frame_bytes, TOGETHER),
        baseline_name=f"os.write of {TOGETHER} at once",
        target=1_500_000.0,
        note=f"{kept_up:,} trades/s, {end}; {best.frame_bytes} bytes a frame; {best.words}",
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What the followers saw of a stretch of trades."""

    frames: int = 0
    frame_bytes: int = 1
    closed: int = 0
    venue_s: float = 1.0
    """Processor time of the venue."""
    busy: float = 0.0

    @property
    def words(self) -> str:
        """How busy both sides were."""
        return f"venue {self.venue_s / SECONDS:.0%} busy, clients {self.busy:.0%}"


def _takers(venue: Running, house: Prepared, **given: Any) -> Plan:
    plan = Plan(port=venue.port, keys=house.keys[:1], takes=True, private=False, **given)
    return replace(plan, seconds=SECONDS, warm_up_s=0.0)


def _told(venue: Running, plan: Plan) -> Told:
    """Trade, and return what the followers saw."""
    followed = Watch(
        port=venue.port, sessions=FOLLOWERS, channels=("trades:FUN",), mark=MARK, seconds=SECONDS + LATE_S
    )
    with watching(asdict(followed)) as begin:
        counted = begin()
        before = processor_s(venue.pid)
        load(plan)
        seen = counted()
        venue_s = processor_s(venue.pid) - before
    frame_bytes = seen["bytes"] // max(1, seen["frames"])
    return Told(seen["frames"], frame_bytes, seen["closed"], venue_s, _busy(seen))


def _bare(frame_bytes: int, together: int) -> float:
    """Return how many frames a bare loop of writes sends."""
    own = []
    with bare_feed(FOLLOWERS, frame_bytes, together) as server:
        plain = Watch(port=server.port, sessions=FOLLOWERS, plain=True, mark=MARK, seconds=1.0)
        with watching(asdict(plain)) as begin:
            for _ in range(TURNS):
                seen = begin()()
                own.append(seen["frames"] / seen["seconds"])
    return spread(own)[0]


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
