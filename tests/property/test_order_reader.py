"""What the quick reader of orders and cancels reads, the reader of all messages reads alike; the rest it leaves alone."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.core import CommandKind
from crossbook.doors.socket.messages import Cancel, Place, Reader
from crossbook.venue.desk import _new_order
from crossbook.venue.instruments import Instruments, Listed, Scale
from crossbook.venue.orders import order_number
from crossbook.venue.refusals import Refused
from crossbook.venue.sequencer import record

ACCOUNT = 7
READER = Reader()
INSTRUMENTS = Instruments()
INSTRUMENTS.add(Listed(1, "FUN", "Fun", Scale("0.01"), Scale("1")))
INSTRUMENTS.add(Listed(2, "COIN", "Coin", Scale("0.25"), Scale("0.001")))

ORDER = {"op": '"place"', "id": "1", "ticker": '"FUN"', "side": '"buy"', "quantity": "10", "price": "99.50"}
Raw = tuple[str, str]
"""A member's name and its value as text."""


def quick(message: bytes) -> tuple[Any, ...] | None:
    return INSTRUMENTS.reader.read(message, ACCOUNT)


def slow(message: bytes) -> tuple[Any, ...] | None:
    try:
        asked = READER.read(message)
        if isinstance(asked, Cancel):
            number = order_number(asked.order_id)
            command = record(CommandKind.CANCEL, ACCOUNT, order_id=number)
            return command, asked.id, asked.timestamp, None, number
        if not isinstance(asked, Place):
            return None
        command = _new_order(ACCOUNT, INSTRUMENTS.listed(asked.ticker), asked)
    except Refused:
        return None
    return command, asked.id, asked.timestamp, asked.client_order_id, 0


def text(members: list[Raw], gap: str = "") -> bytes:
    inside = f",{gap}".join(f'{gap}"{name}"{gap}:{gap}{value}{gap}' for name, value in members)
    return f"{gap}{{{inside}}}{gap}".encode()


numbers = st.one_of(
    st.integers(-5, 2**70).map(str),
    st.decimals(-5, 1000, places=2).map(str),
    st.decimals(0, 10, places=4).map(str),
    st.sampled_from(["1e3", "1E-2", "01", "1.", ".5", "-0", "0", "0.0", "+1", "1.50", "--1", "1-1", "1.2.3", "NaN", "Infinity", "1" * 70, f"1.{'0' * 50}", "9007199254740991", "9007199254740992", "9223372036854775807", "true", "null", '"1.25"', '"abc"', "[1]", "{}"]),
)  # fmt: skip
words = st.sampled_from(
    ["buy", "sell", "limit", "market", "stop", "GTC", "DAY", "IOC", "FOK", "GTD", "cancel_oldest", "decrement", "FUN", "COIN", "NONE", "place", "cancel", "12", "", "a b", "mine-1", "x" * 64, "x" * 65, "caf\u00e9", "a\u0000b", 'q"q', "back\\slash"]
).map(json.dumps)  # fmt: skip
anything = st.one_of(numbers, words, st.sampled_from(["true", "false", "null", "tru", "[]", "{}"]))
names = st.sampled_from(
    ["op", "id", "order_id", "timestamp", "ticker", "side", "quantity", "price", "type", "time_in_force", "stop_price", "display_quantity", "expires_at", "post_only", "reduce_only", "self_trade_prevention", "client_order_id", "stray"]
)  # fmt: skip
GOOD: dict[str, st.SearchStrategy[str]] = {
    "op": st.just('"place"'),
    "id": st.one_of(st.integers(-(2**53), 2**53).map(str), st.just('"seven"')),
    "ticker": st.sampled_from(['"FUN"', '"COIN"']),
    "side": st.sampled_from(['"buy"', '"sell"']),
    "quantity": st.integers(1, 10**6).map(str),
    "price": st.decimals(Decimal("0.01"), 1000, places=2).map(str),
    "type": st.sampled_from(['"limit"', '"market"', '"stop"']),
    "time_in_force": st.sampled_from(['"GTC"', '"DAY"', '"IOC"', '"FOK"', '"GTD"']),
    "self_trade_prevention": st.sampled_from(['"cancel_newest"', '"cancel_both"']),
    "post_only": st.sampled_from(["true", "false"]),
    "reduce_only": st.sampled_from(["true", "false"]),
    "client_order_id": st.sampled_from(['"mine-1"', '"a.b:c/d_e"']),
    "timestamp": st.one_of(st.integers(0, 2**53 - 1).map(str), st.just("1.5")),
}


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    chosen = draw(st.sets(st.sampled_from(sorted(GOOD)), min_size=4)) | {
        "op",
        "id",
        "ticker",
        "side",
        "quantity",
    }
    members = [(name, draw(GOOD[name])) for name in draw(st.permutations(sorted(chosen)))]
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(members)))
        odd = draw(names), draw(anything)
        members[place : place + draw(st.integers(0, 1))] = [odd]
    message = text(members, draw(st.sampled_from(["", " ", "\n\t", "\u00a0"])))
    cut = draw(st.one_of(st.none(), st.integers(0, len(message))))
    if cut is None:
        return message
    return (
        message[:cut] + draw(st.sampled_from([b"", b" ", b"}", b",", b"\x00", b"\xff", b'"'])) + message[cut:]
    )


@given(messages())
def test_what_is_read_quickly_is_read_alike(message: bytes) -> None:
    found = quick(message)
    assert found is None or found == slow(message)


@given(st.binary(max_size=80))
def test_bytes_of_any_kind_are_left_alone(message: bytes) -> None:
    assert quick(message) is None


@pytest.mark.parametrize(
    "message",
    [
        b'{"op":"place","id":1,"ticker":"FUN","side":"buy","quantity":10,"price":100.25}',
        b'{"op":"cancel","id":3,"order_id":"42"}',
        b'{"order_id":"007","timestamp":5,"id":"a","op":"cancel"}',
        b'{"op":"place","id":"a","ticker":"COIN","side":"sell","quantity":3,"type":"market","timestamp":17}',
        b' { "op" : "place" , "id" : -1 , "ticker" : "FUN" , "side" : "sell" , "quantity" : 1 , "price" : 5 } ',
        text(
            [("post_only", "true"), ("reduce_only", "false"), ("client_order_id", '"mine-1"'), *ORDER.items()]
        ),
        text([*ORDER.items(), ("time_in_force", '"DAY"'), ("self_trade_prevention", '"decrement"')]),
    ],
)
def test_ordinary_orders_are_read_quickly(message: bytes) -> None:
    found = quick(message)
    assert found is not None
    assert found == slow(message)


def test_each_member_once_and_all_of_them() -> None:
    order = {
        "op": '"place"',
        "id": "1",
        "ticker": '"FUN"',
        "side": '"buy"',
        "quantity": "10",
        "price": "100.25",
    }
    members = list(order.items())
    assert quick(text(members)) is not None
    for name in ("op", "id", "ticker", "side", "quantity"):
        assert quick(text([member for member in members if member[0] != name])) is None
    for member in members:
        assert quick(text([*members, member])) is None
