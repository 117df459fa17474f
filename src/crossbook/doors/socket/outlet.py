"""What goes out to one client, and what happens when it does not read.

While the client reads, all that is delivered to it in one turn of the loop leaves in one system call. Once the
kernel takes no more for it, nothing else is handed to the transport and nothing more is read of it: messages that must
not be lost wait in a queue with two bounds, others are replaced by newer ones of their channel, and increments, which
mean nothing after a gap, are dropped and the whole channel sent anew when the client reads again. At a bound the client
is disconnected. So a client that never reads costs the others nothing but its bounded queue.
"""

import asyncio
import os
import sys
from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from picows import WSCloseCode, WSListener, WSTransport

from crossbook.doors.socket.frames import goodbye
from crossbook.venue.settings import LimitSettings

CORKED_FRAMES: Final = 8_192
"""Messages for one client that may wait for the end of a turn of the loop, which are as many as the commands that one
turn of the sequencer carries out. The bytes are shared with the other clients until then."""
CLOSE_SECONDS: Final = 0.9
"""How long a client may take to answer a close; then the connection is cut."""
INCREMENTS: Final = "book:"
"""Channels whose messages are increments: one that is left out makes those after it worthless."""
SLOW_READER: Final = "slow_reader"


class Cork:
    """Collects the clients that have something to send, and sends it all at the end of the turn."""

    __slots__ = ("_loop", "_waiting")

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[Outlet] = []

    def add(self, outlet: "Outlet") -> None:
        """Flush an outlet at the end of the turn."""
        if not self._waiting:
            if self._loop is None:
                self._loop = asyncio.get_running_loop()
            self._loop.call_soon(self._flush)
        self._waiting.append(outlet)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for outlet in waiting:
            outlet.flush()


class Outlet(WSListener, metaclass=ABCMeta):
    """The outgoing side of a connection; the class of a session adds the incoming one."""

    __slots__ = (
        "_abort",
        "_behind",
        "_cork",
        "_descriptor",
        "_ending",
        "_held",
        "_held_bytes",
        "_held_messages",
        "_limits",
        "_newest",
        "_open",
        "_out",
        "_raw",
        "_ready",
        "_replaying",
        "_socket",
        "_stale",
    )

    _socket: WSTransport
    _raw: asyncio.Transport

    def __init__(self, cork: Cork, limits: LimitSettings) -> None:
        self._cork = cork
        self._limits = limits
        self._out: list[bytes] = []
        """Messages of this turn."""
        self._open = False
        """Whether there is a connection yet. What is delivered before waits for it."""
        self._ready = True
        """Whether what is delivered goes straight to `_out`."""
        self._replaying = False
        self._behind = False
        """Whether the transport holds bytes that the kernel did not take."""
        self._ending = False
        self._descriptor = -1
        self._abort: asyncio.TimerHandle | None = None
        # What waits for a slow client; made only for those.
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._held_messages = 0
        self._newest: dict[str, bytes] = {}
        self._stale: dict[str, None] = {}

    def connect(self, socket: WSTransport) -> None:
        """Take the connection over, once it is upgraded."""
        raw = socket.underlying_transport
        self._socket = socket
        self._raw = raw
        self._open = True
        if socket.is_secure or sys.platform == "win32":
            return
        # The transport says at once when it holds anything at all: the kernel's buffer is the only one.
        raw.set_write_buffer_limits(high=0)
        self._descriptor = raw.get_extra_info("socket").fileno()
        if raw.get_write_buffer_size() > 0:
            # The answer to the upgrade is on its way. The pause was told to the protocol before this one; the end
            # of it is told to this one.
            self._behind = True
            self._ready = False

    def deliver(self, channel: str, frame: bytes, *, kept: bool, messages: int = 1) -> None:
        """Take messages of a channel, ready for the socket and shared by all who get them."""
        if not self._ready:
            self._hold(channel, frame, kept=kept, messages=messages)
            return
        out = self._out
        if not out:
            self._cork.add(self)
        out.append(frame)
        if len(out) >= CORKED_FRAMES:
            self.flush()

    def send(self, frame: bytes) -> None:
        """Send an answer to this client; it has its header and is never dropped.

        Answers that wait are bounded in bytes, and in number by what was read before the client fell behind.
        """
        if not self._ready:
            self._hold_kept(frame, 0)
            return
        out = self._out
        if not out:
            self._cork.add(self)
        out.append(frame)
        if len(out) >= CORKED_FRAMES:
            self.flush()

    def flush(self) -> None:
        """Hand the messages of this turn to the kernel."""
        out = self._out
        if not out or not self._open or self._ending:
            return
        data = out[0] if len(out) == 1 else b"".join(out)
        out.clear()
        if self._socket.is_close_frame_sent:
            return
        if self._descriptor < 0 or self._behind:
            self._raw.write(data)
            return
        try:
            written = os.write(self._descriptor, data)
        except BlockingIOError:
            written = 0
        except OSError:
            self._raw.abort()
            return
        if written < len(data):
            self._raw.write(data[written:])

    def pause_writing(self) -> None:
        """Hold back what comes: the kernel takes no more for this client. Nothing more is read of it either."""
        self._behind = True
        self._ready = self._replaying
        if not (self._ending or self._raw.is_closing()):
            self._raw.pause_reading()

    def resume_writing(self) -> None:
        """Send what was held back, now that the client reads again."""
        self._behind = False
        if self._ending:
            return
        self._ready = True
        self._raw.resume_reading()
        frames = self._held + list(self._newest.values())
        stale = list(self._stale)
        self._held = []
        self._held_bytes = 0
        self._held_messages = 0
        self._newest.clear()
        self._stale.clear()
        for frame in frames:
            self.send(frame)
        for channel in stale:
            self.renew(channel)

    @contextmanager
    def replay(self) -> Iterator[None]:
        """Send whatever is delivered meanwhile, although the client had no turn to read it.

        What a client asks for by subscribing has a bound of its own, the messages that a channel keeps, and may be
        more than may wait for it. It is handed to the transport as a whole.
        """
        self._replaying = True
        self._ready = not self._ending
        try:
            yield
            self.flush()
        finally:
            self._replaying = False
            self._ready = not (self._behind or self._ending)

    @abstractmethod
    def renew(self, channel: str) -> None:
        """Begin a channel anew, because increments of it were dropped."""

    @abstractmethod
    def leave(self) -> None:
        """Leave all that delivers to this client."""

    @property
    def waits(self) -> int:
        """How many messages wait because the client does not read."""
        return len(self._held) + len(self._newest) + len(self._stale)

    def _hold(self, channel: str, frame: bytes, *, kept: bool, messages: int) -> None:
        if self._ending:
            return
        if kept:
            self._hold_kept(frame, messages)
        elif channel.startswith(INCREMENTS):
            self._stale[channel] = None
        else:
            self._newest[channel] = frame

    def _hold_kept(self, frame: bytes, messages: int) -> None:
        if self._ending:
            return
        self._held.append(frame)
        self._held_messages += messages
        self._held_bytes += len(frame)
        limits = self._limits
        if self._held_messages > limits.queued_messages or self._held_bytes > limits.queued_bytes:
            self.end(
                WSCloseCode.POLICY_VIOLATION,
                SLOW_READER,
                f"more than {limits.queued_messages} messages or {limits.queued_bytes} bytes wait to be read",
            )

    def end(self, close: WSCloseCode, code: str, detail: str) -> None:
        """Say goodbye and close. Of what waits nothing is sent any more."""
        if self._ending:
            return
        self.flush()
        self._begin_end()
        if not self._raw.is_closing():
            # The client's own close must be heard.
            self._raw.resume_reading()
        self._raw.write(goodbye(code, detail))
        self._socket.send_close(close, code)
        self._cut_after(self._finish)

    def end_in_turn(self, close: WSCloseCode) -> None:
        """Answer the client's own close."""
        if not self._ending:
            self.flush()
            self._begin_end()
            self._socket.send_close(close)
            self._cut_after(self._raw.abort)
        self._raw.close()

    def disconnected(self) -> None:
        """Forget the connection, which is gone."""
        self._begin_end()
        self._descriptor = -1
        if self._abort is not None:
            self._abort.cancel()
            self._abort = None

    def _begin_end(self) -> None:
        if self._ending:
            return
        self._ending = True
        self._ready = False
        self._out.clear()
        self._held = []
        self._newest.clear()
        self._stale.clear()
        self.leave()

    def _cut_after(self, cut: Callable[[], None]) -> None:
        self._abort = asyncio.get_running_loop().call_later(CLOSE_SECONDS, cut)

    def _finish(self) -> None:
        """End a connection whose client did not answer the close, gently where all of it was sent."""
        if self._raw.get_write_buffer_size() == 0:
            self._raw.close()
            self._cut_after(self._raw.abort)
        else:
            self._raw.abort()
