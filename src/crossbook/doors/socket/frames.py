"""What leaves the door, as bytes that are ready for the socket: the header of a text frame and its JSON.

A server's frame is not masked, so the same bytes serve every client, and the header is made once for all of them.
"""

from time import time_ns

import msgspec

from crossbook.core import framed, framed_reply
from crossbook.venue.refusals import Refused

_encode = msgspec.json.Encoder().encode


def _tail(timestamp: float | None, received_us: int) -> bytes:
    if timestamp is None:
        return b"}"
    return b',"timestamp":%b,"received_us":%d,"sent_us":%d}' % (_encode(timestamp), received_us, now_us())


def now_us() -> int:
    """Return the time in microseconds since 1970."""
    return time_ns() // 1_000


def reply(
    name: int | str | None, data: object, timestamp: float | None = None, received_us: int = 0
) -> bytes:
    """Say what was answered to a message.

    With the client's `timestamp` come back when the message was read and when this was written, in microseconds
    since 1970: their difference is the venue's share of the way, and the rest is the network's.
    """
    if timestamp is None and name.__class__ is int and data.__class__ is msgspec.Raw:
        return framed_reply(name, bytes(data))
    body = b'{"type":"reply","id":%b,"ok":true,"data":%b' % (_encode(name), _encode(data))
    return framed(body + _tail(timestamp, received_us))


def refusal(
    name: int | str | None, refused: Refused, timestamp: float | None = None, received_us: int = 0
) -> bytes:
    """Say why a message had no effect."""
    error = {"detail": refused.detail, "code": refused.code}
    body = b'{"type":"reply","id":%b,"ok":false,"error":%b' % (_encode(name), _encode(error))
    return framed(body + _tail(timestamp, received_us))


def pong(name: int | str | None, timestamp: float | None, received_us: int) -> bytes:
    """Answer a ping."""
    return framed(b'{"type":"pong","id":%b' % _encode(name) + _tail(timestamp, received_us))


def goodbye(code: str, detail: str) -> bytes:
    """Say why the venue ends the connection."""
    return framed(_encode({"type": "goodbye", "code": code, "detail": detail}))


def hello(venue: str, durability: str, sequence: int, epoch: int) -> bytes:
    """Greet a client."""
    return framed(
        _encode(
            {
                "type": "hello",
                "venue": venue,
                "durability": durability,
                "sequence": sequence,
                "epoch": epoch,
                "protocol": 1,
            }
        )
    )
