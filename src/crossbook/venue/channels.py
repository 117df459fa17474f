"""A channel: its listeners, its numbers, and the frames of it that can be had again.

A frame is a WebSocket frame of complete JSON, ready for the socket and shared by all listeners. It carries its `sequence`
and that of the frame before, so that a listener sees a gap.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import msgspec

from crossbook.core import framed, framed_message, framed_owned
from crossbook.venue.answers import BookView, TickerView
from crossbook.venue.reduction import Owned

encode: Final = msgspec.json.Encoder().encode


class Subscriber(Protocol):
    """Who listens."""

    def deliver(self, channel: str, frame: bytes, *, kept: bool, messages: int = 1) -> None:
        """Take messages as WebSocket frames; one that is not `kept` may be replaced by a newer one of its channel."""


@dataclass(slots=True)
class Channel:
    """A channel, its listeners, and the frames that can be had again."""

    name: str
    kind: str
    kept: bool
    frames: deque[tuple[int, int, bytes]]
    """Previous sequence, sequence, and WebSocket frame; the newest last."""
    last: int = 0
    listeners: dict[Subscriber, None] = field(default_factory=dict)
    joining: set[Subscriber] = field(default_factory=set)
    """Who waits for a snapshot that is not safe to tell yet."""

    def send(self, sequence: int, frame: bytes) -> None:
        """Send a frame to everybody who listens."""
        self.frames.append((self.last, sequence, frame))
        self.last = sequence
        name, kept = self.name, self.kept
        for listener in tuple(self.listeners):
            listener.deliver(name, frame, kept=kept)

    def tell(self, messages: list[Owned]) -> None:
        """Send what an owner is told to whoever of his listens, numbered one by one."""
        frames, all_of_them = framed_owned(self.name, self.last, messages)
        self.frames += frames
        self.last += len(frames)
        for listener in tuple(self.listeners):
            listener.deliver(self.name, all_of_them, kept=True, messages=len(frames))

    def tell_balance(self, balance: Any) -> None:
        """Send an owner his balance."""
        number = self.last + 1
        self.send(
            number, framed_message("balance", self.name, number, self.last, encode({"balance": balance}))
        )

    def tell_all(self, kind: str, sequence: int, data: bytes) -> None:
        """Send a message whose data stand in an envelope and bare beside it, for both kinds of clients."""
        frame = b'{"type":"%b","channel":"%b","sequence":%d,"previous":%d,"data":%b,%b' % (
            kind.encode(), self.name.encode(), sequence, self.last, data, data[1:],
        )  # fmt: skip
        self.send(sequence, framed(frame))

    def say(self, frame: bytes) -> None:
        """Send a frame that tells everything anew, so that nobody needs the ones before."""
        name = self.name
        for listener in tuple(self.listeners):
            listener.deliver(name, frame, kept=False)

    def leave(self, client: Subscriber) -> None:
        """Let somebody listen no longer, or not begin to."""
        self.listeners.pop(client, None)
        self.joining.discard(client)

    def missed(self, sequence: int) -> list[bytes] | None:
        """Return the frames after one that a listener saw, or none where they are not all kept any more."""
        if sequence == self.last:
            return []
        found = [frame for previous, own, frame in self.frames if own > sequence]
        if not found or not any(previous == sequence for previous, _, _ in self.frames):
            return None
        return found

    def snapshot(self, content: "Content") -> bytes:
        """Return the frame with which it begins for somebody."""
        return framed(
            b'{"type":"%b","channel":"%b","sequence":%d,"previous":0,"snapshot":true,"data":%b}'
            % (content.kind.encode(), self.name.encode(), self.last, encode(content.data))
        )


@dataclass(frozen=True, slots=True)
class Content:
    """What a snapshot says; its sequence is that of the channel when it is said."""

    kind: str
    data: dict[str, Any]


def prices_frame(seen: tuple[int, dict[str, TickerView]]) -> bytes:
    """Return the frame of all prices: in an envelope, and bare beside it."""
    sequence, tickers = seen
    data = encode(tickers)
    return framed(
        b'{"type":"prices","channel":"prices","sequence":%d,"previous":0,"snapshot":true,"data":%b%b'
        % (sequence, data, b"," + data[1:] if tickers else b"}")
    )


def table_frame(name: str, book: BookView) -> bytes:
    """Return the frame of a book: in an envelope, and bare beside it."""
    data = encode(book)
    return framed(
        b'{"type":"orderbook","channel":"%b","previous":0,"snapshot":true,"data":%b,%b'
        % (name.encode(), data, data[1:])
    )
