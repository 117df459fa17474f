"""Where a live simulation runs: a loop that advances it, tells of it, and does what is asked.

It knows its server only as the other end of a link. When that end is gone, the simulation ends and is written to its
directory, so that nothing that happened is lost. Time is the caller's: two clocks come in, one that never goes back and
one that says what time it is.
"""

import select
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from crossbook.core import CrossbookError
from crossbook.doors.stream.link import LINE_BYTES_MAX, Asked, Told, pack_told, read_asked
from crossbook.doors.stream.showing import Showing
from crossbook.doors.stream.wanted import Start
from crossbook.lab.config import RunFile
from crossbook.lab.run import Plan

RECEIVE_BYTES: Final = 1 << 16


class GoneError(Exception):
    """The server is gone."""


class Inbox:
    """What is asked, as it comes over the link."""

    def __init__(self, link: socket.socket) -> None:
        self._link: Final = link
        self._waiting = bytearray()

    def receive(self, timeout_s: float | None) -> Iterator[Asked]:
        """Yield what is asked by now; where that is nothing, wait so long for something, or for ever.

        Raises:
            GoneError: The server is gone.
        """
        while select.select([self._link], [], [], timeout_s)[0]:
            timeout_s = 0
            data = self._link.recv(RECEIVE_BYTES)
            if not data:
                raise GoneError
            self._waiting += data
            if len(self._waiting) > LINE_BYTES_MAX:
                raise GoneError
            *lines, rest = self._waiting.split(b"\n")
            self._waiting = bytearray(rest)
            yield from map(read_asked, map(bytes, lines))


class Stage:
    """One simulation, from the word to begin to its end.

    Args:
        link: To the server.
        clock_ns: A clock that never goes back.
        wall_us: What time it is, in microseconds since 1970.
        memory: How many bytes this process has.
        plan: Makes the plan of a run; for those who have traders of their own.
    """

    def __init__(
        self,
        link: socket.socket,
        *,
        clock_ns: Callable[[], int],
        wall_us: Callable[[], int],
        memory: Callable[[], int],
        plan: Callable[[RunFile, Path, tuple[Path, ...]], Plan] = Plan.of,
    ) -> None:
        self._link: Final = link
        self._inbox: Final = Inbox(link)
        self._clock_ns: Final = clock_ns
        self._wall_us: Final = wall_us
        self._memory: Final = memory
        self._plan: Final = plan
        self._show: Showing | None = None

    def serve(self) -> None:
        """Do what is asked until the simulation is over and the server gone."""
        try:
            while True:
                show = self._show
                for asked in self._inbox.receive(None if show is None else show.wait_s()):
                    self._answer(asked)
                if self._show is not None:
                    self._show.turn()
        except (GoneError, BrokenPipeError, ConnectionResetError):
            if self._show is not None:
                self._show.leave()

    def _answer(self, asked: Asked) -> None:
        if asked.what == "start":
            try:
                self._show = Showing(
                    msgspec.json.decode(asked.body, type=Start),
                    self._send,
                    (self._clock_ns, self._wall_us, self._memory),
                    self._plan,
                )
            except CrossbookError as error:
                self._tell(asked.ticket, {"success": False, "error": str(error)})
                return
            self._show.begin()
            self._tell(asked.ticket, {"success": True})
            return
        if self._show is None:
            self._tell(asked.ticket, {"success": False, "error": "nothing was started"})
            return
        answer = self._show.answer(asked)
        if answer is not None:
            self._tell(asked.ticket, answer)

    def _tell(self, ticket: int, body: object) -> None:
        self._send(pack_told(Told(ticket, msgspec.Raw(msgspec.json.encode(body)))))

    def _send(self, packet: bytes) -> None:
        self._link.sendall(packet)
