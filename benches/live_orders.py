"""The part of the benchmark that sends orders to a live venue over WebSockets, and over HTTP.

Venue and bare server run on the same core one after the other, loaded by the same client; `benches/README.md` says how one
knows that the client is not what is measured. Every run is short, and the best of three counts on both sides.
"""

import http.client
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from live.figures import percentiles_us
from live.house import SETTINGS, Prepared, Running, bare, load, prepared, venue_of
from live.load import Plan
from live.turns import SECONDS, Shape, Turns, alike, rate_rows
from rows import Row

WINDOW: Final = 8
SOCKETS: Final = (
    Shape("socket", 1),
    Shape("socket", 1, WINDOW),
    Shape("socket", 50),
    Shape("socket", 50, WINDOW),
)
REQUESTS: Final = (Shape("request", 1), Shape("request", 50))
FULL: Final = SOCKETS[-1]
RATE: Final = 2_000.0
RATE_SECONDS: Final = 4.0
SYNCS: Final = 500
SYNC_BYTES: Final = 160
"""Of a command with its frame, about."""
SOCKET_TARGETS: Final = {"memory": 100_000.0, "durable": 50_000.0}
BARE_RATIOS: Final = {"socket": 0.5, "request": 0.4}
P99_TARGET_US: Final = 1_000.0
REQUEST_TARGET: Final = 20_000.0
ADDED_TARGET_US: Final = 60.0


def rows() -> list[Row]:
    """Measure both doors in both durabilities."""
    found: list[Row] = []
    with prepared() as house:
        with venue_of(house.directory, SETTINGS, "--no-bots", "--durability", "memory") as venue:
            socket_bytes, request_bytes = _answer_bytes(venue, house)
            own = {"memory": alike((*SOCKETS, *REQUESTS), venue, house.keys)}
            named = alike((FULL,), venue, house.keys, names=True)[FULL]
        with venue_of(house.directory, SETTINGS, "--no-bots", "--durability", "durable") as venue:
            # Before the floods: after them the keeper has the disk for a while.
            paced = _paced(venue, house)
            own["durable"] = alike((*SOCKETS, *REQUESTS), venue, house.keys)
        with bare(socket_bytes, request_bytes) as server:
            base = alike((*SOCKETS, *REQUESTS), server, house.keys, private=False)
    for durability, turns in own.items():
        found += _socket_rows(durability, turns, base)
    found += rate_rows(f"WebSocket, memory, {FULL.words()}, with client order ids", named, base[FULL])
    found += paced
    for durability, turns in own.items():
        found += _request_rows(durability, turns, base)
    return found


def _socket_rows(durability: str, own: dict[Shape, Turns], base: dict[Shape, Turns]) -> list[Row]:
    found = []
    for shape in SOCKETS:
        name = f"WebSocket, {durability}, {shape.words()}"
        target = SOCKET_TARGETS[durability] if shape is FULL else None
        ratio = BARE_RATIOS["socket"] if shape is FULL and durability == "memory" else None
        found += rate_rows(name, own[shape], base[shape], target=target, ratio=ratio)
        # How long an order takes is asked where nobody makes his own orders queue.
        if shape.window == 1:
            limit = P99_TARGET_US if shape.sessions == 50 and durability == "memory" else None
            found.append(_latency_row(name, "p99", own[shape], base[shape], limit))
    return found


def _request_rows(durability: str, own: dict[Shape, Turns], base: dict[Shape, Turns]) -> list[Row]:
    found = []
    for shape in REQUESTS:
        name = f"REST, {durability}, {shape.words()}"
        full = shape.sessions > 1 and durability == "memory"
        found += rate_rows(
            name,
            own[shape],
            base[shape],
            target=REQUEST_TARGET if full else None,
            ratio=BARE_RATIOS["request"] if full else None,
        )
        if shape.sessions == 1 and durability == "memory":
            mine, bare_us = own[shape].latency_us("p50")[0], base[shape].latency_us("p50")[0]
            found.append(
                Row(
                    name=f"{name}, what the venue adds at p50",
                    unit="us",
                    figure=mine - bare_us,
                    target=ADDED_TARGET_US,
                    higher_is_better=False,
                    note=f"{mine:,.0f} us, and {bare_us:,.0f} us bare; the best of the runs on both sides",
                )
            )
    return found


def _latency_row(name: str, which: str, own: Turns, base: Turns, target: float | None) -> Row:
    best, middle = own.latency_us(which)
    return Row(
        name=f"{name}, {which}",
        unit="us",
        figure=best,
        baseline=base.latency_us(which)[0],
        baseline_name="bare",
        target=target,
        higher_is_better=False,
        note=f"median of the runs {middle:,.0f} us",
    )


def _paced(venue: Running, house: Prepared) -> list[Row]:
    """Return how long orders take at a steady rate, beside what a sync of this disk takes meanwhile."""
    directory = venue.directory or Path()
    before = sync_times_ns(directory)
    plan = Plan(port=venue.port, keys=house.keys, sessions=50, window=WINDOW, rate=RATE, seconds=RATE_SECONDS)
    tally = load(plan)
    syncs = percentiles_us([*before, *sync_times_ns(directory)])
    latency = tally["latency_us"]
    name = f"WebSocket, durable, {RATE:,.0f} orders/s by the clock from 50 sessions"
    told = (
        f"{tally['answers'] / tally['seconds']:,.0f} orders/s answered, {tally['skipped']} not sent; p99.9 "
        f"{latency['p999']:,.0f} us; client {tally['busy_s'] / tally['seconds']:.0%} busy"
    )
    return [
        Row(
            name=f"{name}, p50",
            unit="us",
            figure=latency["p50"],
            baseline=2 * syncs["p50"],
            baseline_name="two fdatasyncs",
            target=1.0,
            target_of="ratio",
            higher_is_better=False,
            note=f"{'below' if latency['p50'] < 10_000 else 'above'} 10 ms; one sync p50 {syncs['p50']:,.0f}, p99 "
            f"{syncs['p99']:,.0f} us on the same directory; {told}",
        ),
        Row(
            name=f"{name}, p99",
            unit="us",
            figure=latency["p99"],
            baseline=2 * syncs["p99"],
            baseline_name="two fdatasyncs at p99",
            target=25_000.0,
            higher_is_better=False,
        ),
    ]


def sync_times_ns(directory: Path) -> Sequence[int]:
    """Return how long it takes, time after time, to append as much as an order and to sync it."""
    path, content, found = directory / "sync-probe", os.urandom(SYNC_BYTES), []
    with path.open("wb", buffering=0) as file:
        for _ in range(SYNCS):
            begin = time.perf_counter_ns()
            file.write(content)
            os.fdatasync(file.fileno())
            found.append(time.perf_counter_ns() - begin)
    path.unlink()
    return found


def _answer_bytes(venue: Running, house: Prepared) -> tuple[int, int]:
    """Return how long the venue's answers to orders are on average: frames of the WebSocket, and bodies of HTTP."""
    tally = load(
        Plan(
            port=venue.port,
            keys=house.keys[:1],
            private=False,
            orders_max=900,
            warm_up_s=0.01,
            seconds=SECONDS,
        )
    )
    connection = http.client.HTTPConnection("127.0.0.1", venue.port)
    order = {"ticker": "FUN", "side": "buy", "quantity": 1, "price": 60}
    head = {"x-api-key": house.keys[0], "content-type": "application/json"}
    connection.request("POST", "/api/orders", json.dumps(order), head)
    placed = connection.getresponse().read()
    number = json.loads(placed)["order_id"]
    connection.request("DELETE", f"/api/orders/{number}", headers=head)
    cancelled = connection.getresponse().read()
    connection.close()
    return round(tally["reply_bytes"] / tally["answers"]), (len(placed) + len(cancelled)) // 2
