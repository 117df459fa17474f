"""Orders and their answers as bytes: written with as little as can be, and read without decoding them.

The flow keeps every book small for ever: each slot of a client rests an order and cancels it, four times over, and then
takes one lot from the other side. Clients with an even number only buy, those with an odd one only sell, so nobody
meets himself.
"""

import re
import time
from collections.abc import Iterator
from typing import Final, Protocol

STEPS: Final = 9
"""Messages of a round: four orders that rest, each with its cancel, and one that takes."""
TAKE: Final = 8
REST_LOTS: Final = 10
OPENING_BYTES_MAX: Final = 1_024
"""An answer is told apart within so many of its first bytes."""

_REPLY: Final = re.compile(
    rb'\{"type":"reply","id":(\d+),"ok":(?:true,"data":\{"order_id":"(\d+)"|false,"error":[^}]*?"code":"(\w+)")'
)
_HEAD: Final = re.compile(rb"HTTP/1\.1 (\d+) [^\r]*\r\n.*?content-length: (\d+).*?\r\n\r\n", re.DOTALL)
_ORDER: Final = re.compile(rb'"order_id":"(\d+)"')
_CODE: Final = re.compile(rb'"code":"(\w+)"')

Answer = tuple[bytes, bytes, bytes]
"""The slot, the order's number where there is one, and the code of a refusal where it is one."""


def replies(data: bytes) -> tuple[list[Answer], bytes]:
    """Return the answers to orders among frames of a WebSocket, and the bytes that belong to the next ones.

    Frames of channels are passed over. Data may be cut anywhere.
    """
    if data.endswith(b"}"):
        # Nothing of an answer ends so before it was told apart.
        return _REPLY.findall(data), b""
    found: list[Answer] = []
    end = 0
    for match in _REPLY.finditer(data):
        found.append((match[1], match[2] or b"", match[3] or b""))
        end = match.end()
    return found, data[max(end, len(data) - OPENING_BYTES_MAX) :]


def responses(data: bytes) -> tuple[list[Answer], bytes]:
    """Return the answers to orders among HTTP responses, and the bytes of one that is not whole."""
    found: list[Answer] = []
    while head := _HEAD.match(data):
        end = head.end() + int(head[2])
        if len(data) < end:
            break
        body = data[head.end() : end]
        if head[1] == b"200":
            order = _ORDER.search(body)
            found.append((b"0", order[1] if order else b"", b""))
        else:
            code = _CODE.search(body)
            found.append((b"0", b"", code[1] if code else head[1]))
        data = data[end:]
    return found, data


def frame(payload: bytes) -> bytes:
    """Return a client's text frame. Its mask is zero: RFC 6455 asks for one, and this one costs a client nothing."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, 0x80 | size, 0, 0, 0, 0)) + payload
    return bytes((0x81, 0xFE, size >> 8, size & 0xFF, 0, 0, 0, 0)) + payload


class Script(Protocol):
    """What a client says next in each of its slots."""

    def next(self, slot: int, order_id: bytes) -> bytes:
        """Return the message that follows, once the one before is answered; the order's number where it rests."""


class SocketScript:
    """Orders over a WebSocket.

    Args:
        client: The client's number.
        slots: How many orders it has under way.
        names: Whether orders that rest carry a client order id.
    """

    def __init__(self, client: int, slots: int, *, names: bool = False) -> None:
        self._steps = [STEPS - 1] * slots
        self._names = _names(client) if names else None
        self._rest = [_rest(client, slot) for slot in range(slots)]
        self._take = [frame(b'{"op":"place","id":%d,%b}' % (slot, _take(client))) for slot in range(slots)]
        self._framed = [
            frame(b'{"op":"place","id":%d,%b}' % (slot, rest)) for slot, rest in enumerate(self._rest)
        ]

    def next(self, slot: int, order_id: bytes) -> bytes:
        """Return the next frame of a slot."""
        step = (self._steps[slot] + 1) % STEPS
        if step & 1 and not order_id:
            step = (step + 1) % STEPS
        self._steps[slot] = step
        if step == TAKE:
            return self._take[slot]
        if step & 1:
            return frame(b'{"op":"cancel","id":%d,"order_id":"%b"}' % (slot, order_id))
        if self._names is None:
            return self._framed[slot]
        return frame(
            b'{"op":"place","id":%d,%b,"client_order_id":"%b"}' % (slot, self._rest[slot], next(self._names))
        )


class TakeScript:
    """Orders that take one lot each, so that every one of them is a trade while lots stand there.

    Args:
        slots: How many are under way.
    """

    def __init__(self, slots: int) -> None:
        self._frames = [frame(b'{"op":"place","id":%d,%b}' % (slot, _take(0))) for slot in range(slots)]

    def next(self, slot: int, order_id: bytes) -> bytes:  # noqa: ARG002 - nothing is left of the one before
        """Return the next frame of a slot."""
        return self._frames[slot]


class RequestScript:
    """Orders over HTTP, one at a time.

    Args:
        client: The client's number.
        key: Its API key.
    """

    def __init__(self, client: int, key: str) -> None:
        self._step = STEPS - 1
        self._key = key.encode()
        self._rest = self._post(b"{%b}" % _rest(client, 0))
        self._take = self._post(b"{%b}" % _take(client))

    def _post(self, body: bytes) -> bytes:
        return (
            b"POST /api/orders HTTP/1.1\r\nhost: venue\r\nx-api-key: %b\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%b" % (self._key, len(body), body)
        )

    def next(self, slot: int, order_id: bytes) -> bytes:  # noqa: ARG002 - there is one
        """Return the next request."""
        step = (self._step + 1) % STEPS
        if step & 1 and not order_id:
            step = (step + 1) % STEPS
        self._step = step
        if step == TAKE:
            return self._take
        if step & 1:
            return b"DELETE /api/orders/%b HTTP/1.1\r\nhost: venue\r\nx-api-key: %b\r\n\r\n" % (
                order_id,
                self._key,
            )
        return self._rest


def idle_order(number: int) -> bytes:
    """Return the frame of an order that ends at once and changes no book, with a number as its id."""
    return frame(
        b'{"op":"place","id":%d,"ticker":"FUN","side":"buy","quantity":1,"price":50,"time_in_force":"IOC"}'
        % number
    )


def plenty() -> bytes:
    """Return the frame of an order to sell as much as any bench takes."""
    return frame(b'{"op":"place","id":1,"ticker":"FUN","side":"sell","quantity":100000000,"price":101}')


def _names(client: int) -> Iterator[bytes]:
    # A name that was sent before has no effect, and no two runs may share any.
    run = time.time_ns() // 1_000_000
    number = 0
    while True:
        number += 1
        yield b"bench-%d-%d-%d" % (run, client, number)


def _rest(client: int, slot: int) -> bytes:
    """Return the words of an order at one of a hundred prices of its client's side, as wide as orders usually are."""
    ticks = (client * 37 + slot * 11) % 100
    if client % 2:
        return b'"ticker":"FUN","side":"sell","quantity":%d,"price":100.%02d' % (REST_LOTS, ticks)
    return b'"ticker":"FUN","side":"buy","quantity":%d,"price":99.%02d' % (REST_LOTS, ticks)


def _take(client: int) -> bytes:
    if client % 2:
        return b'"ticker":"FUN","side":"sell","quantity":1,"price":98.00,"time_in_force":"IOC"'
    return b'"ticker":"FUN","side":"buy","quantity":1,"price":102.00,"time_in_force":"IOC"'
