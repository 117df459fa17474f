"""Twenty clients that follow the trades, one of whom never reads, in a process that also makes the trades by the clock.

The n-th order that takes makes the n-th trade, so the time from the one to the other is known for each reader.
"""

import json
import os
import select
import socket
import sys
import time
from dataclasses import asdict, dataclass, field

from live.figures import percentiles_us
from live.load import READ_BYTES, upgrade
from live.wire import TakeScript, plenty

CHANNEL = "trades:FUN"
MARK = b'{"type":"trade"'
SMALL_BYTES = 4_096
"""What the kernel shall hold for the client that never reads."""
LAST_WORDS_S = 0.5
LOOK_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What happens."""

    port: int
    pid: int
    """The venue's process, whose open files tell when it let go of a connection."""
    keys: list[str]
    stuck: int
    """How many never read."""
    sessions: int = 20
    rate: float = 1_000.0
    seconds: float = 4.0
    core: int = 0


@dataclass(slots=True)
class Told:
    """What was seen."""

    trades: int = 0
    lost: int = 0
    """Frames that a client who reads did not get."""
    cut_s: float | None = None
    """Time from the first trade until the client that never reads was cut off."""
    busy_s: float = 0.0
    latency_us: dict[str, float] = field(default_factory=dict)


def play(scene: Scene) -> Told:
    """Make trades by the clock and see who hears of them when."""
    told = Told()
    maker = upgrade(scene.port, scene.keys[1], [])
    maker.sendall(plenty())
    taker = upgrade(scene.port, scene.keys[0], [])
    followers = [upgrade(scene.port, None, [CHANNEL]) for _ in range(scene.sessions)]
    poll = select.epoll()
    poll.register(taker.fileno(), select.EPOLLIN)
    by_number = {one.fileno(): one for one in (taker, *followers)}
    stuck = {one.fileno() for one in followers[: scene.stuck]}
    for one in followers:
        if one.fileno() in stuck:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BYTES)
        else:
            poll.register(one.fileno(), select.EPOLLIN)
    heard = dict.fromkeys(by_number, 0)
    tails = dict.fromkeys(by_number, b"")
    order = TakeScript(1).next(0, b"")
    sent_ns: list[int] = []
    times_ns: list[int] = []
    busy, start = time.process_time(), time.perf_counter()
    end = start + scene.seconds
    files, look_s = _files(scene.pid), start
    while (now := time.perf_counter()) < end + LAST_WORDS_S:
        if told.cut_s is None and now >= look_s:
            # A client with a full window hears nothing of its end.
            look_s += LOOK_S
            told.cut_s = now - start if _files(scene.pid) < files else None
        while now < end and len(sent_ns) < (now - start) * scene.rate:
            sent_ns.append(time.perf_counter_ns())
            taker.send(order)
        due = start + (len(sent_ns) + 1) / scene.rate if now < end else end + LAST_WORDS_S
        if not select.select([poll.fileno()], [], [], max(0.0, due - time.perf_counter()))[0]:
            continue
        for number, events in poll.poll(0):
            data = by_number[number].recv(READ_BYTES)
            at = time.perf_counter_ns()
            if not data or events & ~select.EPOLLIN:
                raise ConnectionError("the venue ended the connection of a client who reads")
            if by_number[number] is taker:
                continue
            data = tails[number] + data
            for _ in range(data.count(MARK)):
                times_ns.append(at - sent_ns[heard[number]])
                heard[number] += 1
            tails[number] = data[-(len(MARK) - 1) :]
    told.busy_s = time.process_time() - busy
    told.trades = len(sent_ns)
    readers = [one.fileno() for one in followers if one.fileno() not in stuck]
    told.lost = sum(len(sent_ns) - heard[number] for number in readers)
    told.latency_us = percentiles_us(times_ns)
    return told


def _files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - a number is all that is wanted


def main() -> None:
    """Read a scene, play it, and print what was seen."""
    scene = Scene(**json.load(sys.stdin))
    os.sched_setaffinity(0, {scene.core})
    json.dump(asdict(play(scene)), sys.stdout)


if __name__ == "__main__":
    main()
