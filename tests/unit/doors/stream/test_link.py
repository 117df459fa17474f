"""Packets of the link are read as they were written, in whatever slices they come."""

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.core import framed
from crossbook.doors.stream.link import (
    Asked,
    Entry,
    Told,
    Turn,
    Unpacker,
    pack_asked,
    pack_told,
    pack_turn,
    payload_of,
    read_asked,
)

PARTS = st.lists(
    st.tuples(
        st.integers(0, 2**16 - 1),
        st.integers(0, 2**16 - 1),
        st.booleans(),
        st.integers(0, 2**32 - 1),
        st.binary(max_size=300),
    ),
    max_size=8,
)
TURNS = st.builds(
    lambda patient, parts: Turn(
        patient,
        [Entry(channel, key, kept, messages, len(frames)) for channel, key, kept, messages, frames in parts],
        b"".join(part[4] for part in parts),
    ),
    st.booleans(),
    PARTS,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
TOLD = st.builds(
    lambda ticket, body: Told(ticket, msgspec.Raw(msgspec.json.encode(body))), st.integers(0, 2**31), JSON
)


def packed(packet: Turn | Told) -> bytes:
    if isinstance(packet, Told):
        return pack_told(packet)
    return pack_turn(packet.entries, packet.frames, patient=packet.patient)


def comparable(packet: Turn | Told) -> object:
    return (packet.ticket, bytes(packet.body)) if isinstance(packet, Told) else packet


def slices(whole: bytes, cuts: list[int]) -> Iterator[bytes]:
    at = 0
    for cut in sorted(cut % (len(whole) + 1) for cut in cuts):
        yield whole[at:cut]
        at = cut
    yield whole[at:]


@given(st.lists(TURNS | TOLD, max_size=8), st.lists(st.integers(0, 1 << 20), max_size=12))
def test_packets_come_out_as_they_went_in(packets: list[Turn | Told], cuts: list[int]) -> None:
    unpacker, found = Unpacker(), []
    whole = b"".join(map(packed, packets))
    for data in slices(whole, cuts):
        found += [comparable(packet) for packet in unpacker.take(data)]
    assert found == [comparable(packet) for packet in packets]


def test_packets_come_out_byte_by_byte() -> None:
    turn = Turn(False, [Entry(3, 1, True, 2, 5), Entry(4, 0, False, 1, 3)], b"helloyou")
    told = Told(7, msgspec.Raw(b'{"success":true}'))
    unpacker, found = Unpacker(), []
    for byte in packed(turn) + packed(told) + packed(turn):
        found += [comparable(packet) for packet in unpacker.take(bytes([byte]))]
    assert found == [turn, comparable(told), turn]
    assert [frames for _, frames in turn.parts()] == [b"hello", b"you"]


@given(TURNS)
def test_the_parts_of_a_turn_are_all_of_it(turn: Turn) -> None:
    parts = list(turn.parts())
    assert [entry for entry, _ in parts] == turn.entries
    assert all(len(frames) == entry.size for entry, frames in parts)
    assert b"".join(frames for _, frames in parts) == turn.frames


@given(st.integers(0, 2**31), st.text(max_size=20), JSON)
def test_what_is_asked_is_one_line(ticket: int, what: str, body: object) -> None:
    line = pack_asked(Asked(ticket, what, msgspec.Raw(msgspec.json.encode(body))))
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    asked = read_asked(line)
    assert (asked.ticket, asked.what, msgspec.json.decode(asked.body)) == (ticket, what, body)


@pytest.mark.parametrize(
    "size", [0, 1, 122, 123, 124, 125, 126, 127, 379, 635, 31_491, 65_535, 65_536, 70_000]
)
def test_the_payload_of_a_frame_is_found_whatever_its_length(size: int) -> None:
    # 0x7b, which is {, may stand in the length: 123, 379 and 635 have it.
    payload = (b"{" * size)[:size]
    assert payload_of(framed(payload)) == payload


@given(st.binary(max_size=1_000))
def test_the_payload_of_a_frame_is_what_was_framed(payload: bytes) -> None:
    assert payload_of(framed(payload)) == payload
