"""What goes between a simulation's process and its server: packets over a socket pair.

From the simulation: a length and a kind, then either a turn, or JSON. A turn is a table of entries and, one behind the
other, the WebSocket frames that they tell of, ready to be sent. To the simulation: JSON, a line each.

Both sides are of one version and started by one another, so nothing here is checked that only a defect could get wrong.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

_HEAD: Final = struct.Struct("<IBxxx")
_TURN: Final = struct.Struct("<I?xxx")
_ENTRY: Final = struct.Struct("<HH?xxxII")
HEAD_BYTES: Final = _HEAD.size
TURN: Final = 1
JSON: Final = 2
LINE_BYTES_MAX: Final = 4 << 20
"""Of a line to the simulation: a run file and a little more."""
PACKET_BYTES_MAX: Final = 1 << 30
_SHORT_HEAD: Final = 2
_LONG_HEADS: Final = {126: 4, 127: 10}
"""Bytes before the payload of a frame, by its second byte."""


class Entry(NamedTuple):
    """Messages of one channel that follow one another in a turn."""

    channel: int
    """As `channels.CHANNELS` has it."""
    key: int
    """Where a newer message replaces an older one: the same key; the number of the market, zero where there is none."""
    kept: bool
    """Whether each of them must reach everybody."""
    messages: int
    size: int
    """Bytes of their frames together."""


class Turn(NamedTuple):
    """What a simulation tells at once."""

    patient: bool
    """Whether it waits for readers: it goes as fast as it goes."""
    entries: list[Entry]
    frames: bytes
    """Of all entries, in their order."""

    def parts(self) -> Iterator[tuple[Entry, bytes]]:
        """Yield each entry with its frames."""
        start = 0
        for entry in self.entries:
            end = start + entry.size
            yield entry, self.frames[start:end]
            start = end


class Told(msgspec.Struct, frozen=True):
    """What a simulation answers, or reports of itself."""

    ticket: int
    """Of what was asked; zero for what nobody asked for."""
    body: msgspec.Raw


class Asked(msgspec.Struct, frozen=True):
    """What a simulation is asked to do."""

    ticket: int
    what: str
    body: msgspec.Raw = msgspec.Raw(b"null")


_told: Final = msgspec.json.Decoder(Told)
_asked: Final = msgspec.json.Decoder(Asked)


def pack_turn(entries: Iterable[Entry], frames: bytes, *, patient: bool) -> bytes:
    """Return a turn as a packet."""
    table = b"".join(_ENTRY.pack(*entry) for entry in entries)
    count = len(table) // _ENTRY.size
    size = _TURN.size + len(table) + len(frames)
    return b"".join((_HEAD.pack(size, TURN), _TURN.pack(count, patient), table, frames))


def pack_told(told: Told) -> bytes:
    """Return an answer as a packet."""
    body = msgspec.json.encode(told)
    return _HEAD.pack(len(body), JSON) + body


def pack_asked(asked: Asked) -> bytes:
    """Return what is asked as a line."""
    return msgspec.json.encode(asked) + b"\n"


def payload_of(frame: bytes) -> bytes:
    """Return what a server's frame carries."""
    # RFC 6455, section 5.2: beyond 125 bytes two or eight more say the length, and any of them may look like text.
    return frame[_LONG_HEADS.get(frame[1], _SHORT_HEAD) :]


def read_asked(line: bytes) -> Asked:
    """Read a line."""
    return _asked.decode(line)


def _read_turn(body: bytes) -> Turn:
    count, patient = _TURN.unpack_from(body)
    end = _TURN.size + count * _ENTRY.size
    entries = [Entry(*fields) for fields in _ENTRY.iter_unpack(body[_TURN.size : end])]
    return Turn(patient, entries, body[end:])


class Unpacker:
    """Reads packets from bytes as they come."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def take(self, data: bytes) -> Iterator[Turn | Told]:
        """Yield the packets that are whole by now."""
        waiting = self._waiting
        waiting += data
        start = 0
        while len(waiting) - start >= HEAD_BYTES:
            size, kind = _HEAD.unpack_from(waiting, start)
            end = start + HEAD_BYTES + size
            if len(waiting) < end:
                break
            body = bytes(waiting[start + HEAD_BYTES : end])
            packet = _read_turn(body) if kind == TURN else _told.decode(body)
            start = end
            yield packet
        del waiting[:start]
