"""A simulation inside of a program: the thread that it lives in, and a reader of its messages."""

import asyncio
import socket
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec
import psutil

from crossbook.core import UsageError
from crossbook.doors.stream.link import Entry
from crossbook.doors.stream.stage import Stage
from crossbook.lab.config import RunFile
from crossbook.lab.run import Plan

WAITING_MAX: Final = 10_000
"""Messages that wait for who reads them here; then the reader is told that he is too slow."""

PlanOf: TypeAlias = Callable[[RunFile, Path, tuple[Path, ...]], Plan]
"""Makes the plan of a run, from its file, the file's folder and the files that it was read from."""


class SimulationThread:
    """A simulation in a thread of this process.

    Args:
        link: Its end of the link, which it takes over.
        plan: Makes the plan of its run.
    """

    def __init__(self, link: socket.socket, plan: PlanOf) -> None:
        me = psutil.Process()
        stage = Stage(
            link,
            clock_ns=time.monotonic_ns,
            wall_us=lambda: time.time_ns() // 1_000,
            memory=lambda: int(me.memory_info().rss),
            plan=plan,
        )

        def work() -> None:
            with link:
                stage.serve()

        self._thread: Final = threading.Thread(target=work, name="simulation", daemon=True)
        self._thread.start()

    async def ended(self) -> None:
        """Wait until it is over."""
        await asyncio.to_thread(self._thread.join)

    def kill(self) -> None:
        """Do nothing: a thread ends by itself or not at all."""


class Reader:
    """Somebody in this process who watches.

    Args:
        followed: The channels that he follows.
    """

    def __init__(self, followed: frozenset[int]) -> None:
        self.followed = followed
        self.reads = True
        self._waiting: deque[bytes] = deque()
        self._lost = False
        self._came = asyncio.Event()

    def tell(self, frames: bytes, messages: int) -> None:
        """Take messages."""
        if len(self._waiting) + messages > WAITING_MAX:
            self._lost = True
        else:
            self._waiting.extend(texts_of(frames))
        self._came.set()

    def hold(self, entry: Entry, frames: bytes) -> None:
        """Take messages: whoever is in this process always reads."""
        self.tell(frames, entry.messages)

    async def take(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what has come, waiting for something.

        Raises:
            UsageError: More came than may wait.
        """
        await self._came.wait()
        self._came.clear()
        while self._waiting:
            yield msgspec.json.decode(self._waiting.popleft())
        if self._lost:
            raise UsageError(f"more than {WAITING_MAX:,} messages wait to be read")


def texts_of(frames: bytes) -> list[bytes]:
    """Return the texts of WebSocket frames that stand one behind the other (RFC 6455, section 5.2)."""
    found, start = [], 0
    while start < len(frames):
        size = frames[start + 1] & 0x7F
        start += 2
        if size >= 126:
            wide = 2 if size == 126 else 8
            size = int.from_bytes(frames[start : start + wide], "big")
            start += wide
        found.append(frames[start : start + size])
        start += size
    return found
