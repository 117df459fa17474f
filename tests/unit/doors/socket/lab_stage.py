"""A lab whose connections a test takes by hand, behind a WebSocket door of a venue."""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from crossbook.doors.http.lab_process import Reached
from crossbook.venue.settings import LimitSettings
from tests.unit.doors.socket.stage import TEXT, Client, Stage, opened

if TYPE_CHECKING:
    from crossbook.venue.refusals import Refused

TOKEN = "the-token-of-the-lab"  # noqa: S105 - of a lab that is a test
ACCEPTED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
    b"Sec-WebSocket-Accept: x\r\n\r\n"
)


class Line:
    """A connection as the lab has it."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        connection.settimeout(60)
        self.head = b""
        self._data = b""
        while b"\r\n\r\n" not in self._data:
            self._data += connection.recv(1 << 16)
        self.head, _, self._data = self._data.partition(b"\r\n\r\n")

    def accept(self) -> None:
        self.socket.sendall(ACCEPTED)

    def take(self, size: int) -> bytes:
        while len(self._data) < size:
            more = self.socket.recv(1 << 16)
            assert more, "the venue hung up"
            self._data += more
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def frame(self) -> tuple[int, bytes]:
        """Read a frame of a client's."""
        first, second = self.take(2)
        assert second & 0x80
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack(">H", self.take(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", self.take(8))
        mask = self.take(4)
        return first & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.take(size)))

    def say(self, payload: bytes, kind: int = TEXT) -> None:
        self.socket.sendall(unmasked(payload, kind))

    def over(self) -> bool:
        """Whether the venue closes without another word."""
        try:
            return self._data == b"" and self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def close(self) -> None:
        self.socket.close()


def unmasked(payload: bytes, kind: int = TEXT) -> bytes:
    size = len(payload)
    head = bytes([0x80 | kind])
    if size < 126:
        return head + bytes([size]) + payload
    short = size < 1 << 16
    return head + (struct.pack(">BH", 126, size) if short else struct.pack(">BQ", 127, size)) + payload


class StandInLab:
    """A lab whose connections the test takes by hand."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(60)
        self.refusal: Refused | None = None
        self.began = threading.Event()
        self.began.set()
        self.asked = 0
        self.ends: list[Line | Client] = []

    async def reach(self) -> Reached:
        self.asked += 1
        if self.refusal is not None:
            raise self.refusal
        while not self.began.is_set():  # noqa: ASYNC110 - another thread sets it
            await asyncio.sleep(0.005)
        return Reached(self._listener.getsockname()[1], TOKEN)

    def line(self) -> Line:
        line = Line(self._listener.accept()[0])
        self.ends.append(line)
        return line

    def close(self) -> None:
        self._listener.close()
        for end in self.ends:
            end.close()


@contextmanager
def with_lab(limits: LimitSettings | None = None, **options: Any) -> Iterator[tuple[Stage, StandInLab]]:
    lab = StandInLab()
    try:
        with opened(limits or LimitSettings(), lab=lab, **options) as stage:
            yield stage, lab
    finally:
        lab.close()


def connected(stage: Stage, lab: StandInLab, path: str = "/ws/lab", **options: Any) -> tuple[Client, Line]:
    """Return both ends of a connection that the lab has taken."""
    client = Client(stage.port, upgrade=False, receive_buffer=options.pop("receive_buffer", None))
    lab.ends.append(client)
    asking = threading.Thread(
        target=client.upgrade, args=(path, options.pop("headers", {}), options.pop("behind", b""))
    )
    asking.start()
    line = lab.line()
    line.accept()
    asking.join(60)
    assert client.status == 101
    return client, line
