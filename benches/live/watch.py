"""Clients that follow channels, in a process of its own: they read in sweeps, and count what came.

A sweep reads all sockets once and then rests, so that many frames cost one system call and the reader is never what is
measured. Between sweeps frames lie in the kernel, which has room for them.
"""

import json
import os
import socket
import sys
import time
from dataclasses import asdict, dataclass

from live.load import PATIENCE_S, READ_BYTES, connect, upgrade

GO = "go"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What the clients shall follow."""

    port: int
    sessions: int
    mark: str
    """What every frame that counts begins with."""
    channels: tuple[str, ...] = ()
    plain: bool = False
    """Whether the server speaks no WebSocket and sends at once."""
    seconds: float = 2.0
    sweep_s: float = 0.01
    core: int = 0


@dataclass(slots=True)
class Seen:
    """What was counted."""

    frames: int = 0
    bytes: int = 0
    seconds: float = 0.0
    busy_s: float = 0.0
    closed: int = 0
    """Connections that ended."""


def count(watch: Watch, sockets: list[socket.socket]) -> Seen:
    """Read in sweeps; the time begins with the first frame."""
    seen, mark = Seen(), watch.mark.encode()
    tails = dict.fromkeys(sockets, b"")
    overlap = len(mark) - 1
    for one in sockets:
        one.settimeout(0)
    opened = begin = time.perf_counter()
    busy = time.process_time()
    while (now := time.perf_counter()) - begin < watch.seconds:
        if not seen.frames and now - opened < PATIENCE_S:
            begin, busy = now, time.process_time()
        for one in tuple(sockets):
            try:
                data = one.recv(READ_BYTES * 4)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if not data:
                seen.closed += 1
                sockets.remove(one)
                continue
            seen.bytes += len(data)
            data = tails[one] + data
            seen.frames += data.count(mark)
            tails[one] = data[-overlap:]
        time.sleep(max(0.0, now + watch.sweep_s - time.perf_counter()))
    seen.seconds = time.perf_counter() - begin
    seen.busy_s = time.process_time() - busy
    return seen


def main() -> None:
    """Read a plan, connect, say so; at each word count anew, and print what was seen."""
    watch = Watch(**json.loads(sys.stdin.readline()))
    os.sched_setaffinity(0, {watch.core})
    sockets = [
        connect(watch.port) if watch.plain else upgrade(watch.port, None, list(watch.channels))
        for _ in range(watch.sessions)
    ]
    print("ready", flush=True)
    while sys.stdin.readline().strip() == GO:
        print(json.dumps(asdict(count(watch, sockets))), flush=True)


if __name__ == "__main__":
    main()
