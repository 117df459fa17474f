"""Consumers of a live simulation's stream, in a process of its own, and how late what they hear is.

Some are listened to: each is read the moment it has something, and the newest `made_us` of what came is compared with the clock.
The others only drain: they are read in sweeps and counted. A process that listened to all would be what is measured.
"""

import json
import os
import select
import socket
import sys
import time
from dataclasses import asdict, dataclass, field

from live.load import READ_BYTES, upgrade_to
from live.wire import frame

GO = "go"
MADE = b'"made_us":'
CLOSED = b"}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """What is to be listened to."""

    port: int
    consumers: int
    """In all."""
    listened: int = 1
    """How many of them are listened to: the first one, and others evenly among the rest."""
    seconds: float = 3.0
    quiet: str = "/?channels=news"
    """Where all connect first, so that the first ones have nothing to read while the last ones come."""
    channels: tuple[str, ...] = (
        "simulation",
        "agent_configs",
        "market_data",
        "trade",
        "orderbook",
        "agent_stats",
        "news",
        "kline",
    )
    """What they follow once all are there; nothing for a server that only sends."""
    sweep_s: float = 0.01


@dataclass(slots=True)
class Heard:
    """What was heard."""

    bytes: int = 0
    trades: int = 0
    """At the first consumer."""
    closed: int = 0
    seconds: float = 0.0
    busy_s: float = 0.0
    late_us: list[int] = field(default_factory=list)
    """Of each read of one that is listened to: from before the simulation made what it tells, until it was read."""


def hear(listen: Listen, sockets: list[socket.socket]) -> Heard:
    """Read for a while."""
    heard = Heard()
    poll = select.epoll()
    by_descriptor = {one.fileno(): one for one in sockets}
    apart = max(1, len(sockets) // max(1, listen.listened))
    listened = set(list(by_descriptor)[::apart][: listen.listened])
    for descriptor in listened:
        poll.register(descriptor, select.EPOLLIN)
    drained = [one for one in sockets if one.fileno() not in listened]
    first = sockets[0].fileno()
    buffer = bytearray(READ_BYTES * 8)
    begin, busy = time.perf_counter(), time.process_time()
    end = begin + listen.seconds
    sweep = begin
    while (now := time.perf_counter()) < end:
        wait_s = max(0.0, min(end, sweep if drained else end) - now)
        for descriptor, _ in poll.poll(wait_s):
            size = _read(by_descriptor[descriptor], buffer)
            if size < 0:
                continue
            clock_us = time.time_ns() // 1_000
            if size == 0:
                poll.unregister(descriptor)
                heard.closed += 1
                continue
            heard.bytes += size
            if descriptor == first:
                heard.trades += buffer.count(b'"type":"trade"', 0, size)
            found = buffer.rfind(MADE, 0, size)
            tail = buffer.find(CLOSED, found, size)
            if found >= 0 and tail >= 0:
                heard.late_us.append(clock_us - int(buffer[found + len(MADE) : tail]))
        if drained and time.perf_counter() >= sweep:
            sweep = time.perf_counter() + listen.sweep_s
            for one in tuple(drained):
                size = _read(one, buffer)
                if size == 0:
                    drained.remove(one)
                    heard.closed += 1
                elif size > 0:
                    heard.bytes += size
    heard.seconds = time.perf_counter() - begin
    heard.busy_s = time.process_time() - busy
    return heard


def _read(one: socket.socket, buffer: bytearray) -> int:
    """Return how many bytes came; zero at the end, below zero where nothing is there."""
    try:
        return one.recv_into(buffer)
    except BlockingIOError:
        return -1
    except OSError:
        return 0


def main() -> None:
    """Read a plan, connect, say so; at each word listen, and print what was heard."""
    listen = Listen(**json.loads(sys.stdin.readline()))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    sockets = [upgrade_to(listen.port, listen.quiet) for _ in range(listen.consumers)]
    if listen.channels:
        ask = frame(json.dumps({"type": "subscribe", "channels": listen.channels}).encode())
        for one in sockets:
            one.sendall(ask)
    for one in sockets:
        one.settimeout(0)
    print("ready", flush=True)
    while sys.stdin.readline().strip() == GO:
        print(json.dumps(asdict(hear(listen, sockets))), flush=True)


if __name__ == "__main__":
    main()
