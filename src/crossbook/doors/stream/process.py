"""A simulation in a process of its own: `python -m crossbook.doors.stream.process DESCRIPTOR`.

It has a link to the server that started it, and ends when that is gone: however the server went, the simulation is
written to its directory.
"""

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Final

import psutil

from crossbook.doors.stream.stage import Stage

YOUNG_OBJECTS_MAX: Final = 50_000
"""New objects after which the garbage collector looks for cycles among them."""
SWITCH_S: Final = 0.0005
"""How long the thread that writes to disk may keep the interpreter from the one that simulates."""
GOODBYE_S: Final = 600.0
"""How long a simulation may take to write its directory when it is ended."""


class Process:
    """A simulation's process, seen from the server.

    Args:
        link: Its end of the link, which it takes over.
    """

    def __init__(self, link: socket.socket) -> None:
        with link:
            words = [sys.executable, "-P", "-m", __name__, str(link.fileno())]
            self._process: Final = subprocess.Popen(  # noqa: S603 - this program itself
                words,
                pass_fds=[link.fileno()],
                stdin=subprocess.DEVNULL,
                # An interrupt at the terminal is for the server, which ends the simulation in order.
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    async def ended(self) -> None:
        """Wait until it is gone."""
        try:
            await asyncio.to_thread(self._process.wait, GOODBYE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            await asyncio.to_thread(self._process.wait)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()


def serve(descriptor: int) -> None:
    """Be a simulation's process."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # The server decides when it ends; a supervisor's request to end goes to all of a service.
        signal.signal(number, signal.SIG_IGN)
    me = psutil.Process()
    sys.setswitchinterval(SWITCH_S)
    stage = Stage(
        socket.socket(fileno=descriptor),
        clock_ns=time.monotonic_ns,
        wall_us=lambda: time.time_ns() // 1_000,
        memory=lambda: int(me.memory_info().rss),
    )
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX)
    stage.serve()
    # Threads of libraries have nothing left to do.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
