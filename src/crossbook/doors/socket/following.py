"""Following the frames of a WebSocket that passes through, without reading what they say."""

from typing import Final

CLOSE: Final = 8
"""The kind of a frame that closes."""


class Frames:
    """Follows a client's stream from frame to frame (RFC 6455, section 5.2), whatever pieces it comes in."""

    __slots__ = ("_head", "_left", "closed")

    def __init__(self) -> None:
        self._head: Final = bytearray()
        self._left = 0
        self.closed = False
        """Whether the client has said that it closes."""

    @property
    def between(self) -> bool:
        """Whether all that came are whole frames."""
        return not self._head and not self._left

    def take(self, data: bytes) -> None:
        """Follow some more of the stream."""
        at, end, head = 0, len(data), self._head
        while at < end:
            if self._left:
                step = min(self._left, end - at)
                self._left -= step
                at += step
                continue
            part = data[at : at + _head_bytes(head) - len(head)]
            head += part
            at += len(part)
            if len(head) >= 2 and len(head) == _head_bytes(head):
                self._left = _payload_bytes(head)
                self.closed = self.closed or head[0] & 0x0F == CLOSE
                head.clear()


def _head_bytes(head: bytearray) -> int:
    """Return how long a frame's head is, as far as is known."""
    if len(head) < 2:
        return 2
    return 2 + {126: 2, 127: 8}.get(head[1] & 0x7F, 0) + (4 if head[1] & 0x80 else 0)


def _payload_bytes(head: bytearray) -> int:
    short = head[1] & 0x7F
    return int.from_bytes(head[2 : {126: 4, 127: 10}[short]], "big") if short > 125 else short
