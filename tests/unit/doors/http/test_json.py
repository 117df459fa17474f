from decimal import Decimal

import msgspec
import pytest

from crossbook.doors.json import StrictDecoder
from crossbook.venue.refusals import Refused
from crossbook.venue.requests import PlaceOrder

ORDERS: StrictDecoder[PlaceOrder] = StrictDecoder(PlaceOrder)
GOOD = '"ticker":"FUN","side":"buy"'


class Watch(msgspec.Struct, tag_field="op", tag="watch", forbid_unknown_fields=True):
    channels: list[str]
    resume: dict[str, int] = {}


class Ping(msgspec.Struct, tag_field="op", tag="ping", forbid_unknown_fields=True):
    timestamp: int | None = None


SAYINGS: StrictDecoder[Watch | Ping] = StrictDecoder(Watch | Ping)

BAD_BYTES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "truncated"),
    "half a message": (b'{"ticker":"FU', "truncated"),
    "a byte order mark": (b"\xef\xbb\xbf{" + GOOD.encode() + b',"quantity":1}', "malformed"),
    "a NUL between": (b"{\0" + GOOD.encode() + b',"quantity":1}', "malformed"),
    "not UTF-8": (b'{"ticker":"\xff","side":"buy","quantity":1}', "UTF-8"),
    "half a surrogate pair": (b'{"ticker":"\\ud800","side":"buy","quantity":1}', "surrogate"),
    "UTF-16": (("{" + GOOD + ',"quantity":1}').encode("utf-16"), "malformed"),
    "a second message behind": (b"{" + GOOD.encode() + b',"quantity":1}{}', "trailing"),
    "an array": (b"[]", "expected `object`"),
    "null": (b"null", "expected `object`"),
    "arrays 100,000 deep": (b"[" * 100_000, "expected `object`"),
    "objects 100,000 deep": (b'{"quantity":' * 100_000, "quantity"),
}

BAD_MEMBERS: dict[str, tuple[str, str]] = {
    "a name twice": (GOOD + ',"quantity":1,"side":"sell"', "side: the name stands twice"),
    "a name twice, once in escapes": (
        GOOD + ',"quantity":1,"s\\u0069de":"sell"',
        "side: the name stands twice",
    ),
    "a name twice beside colons in a text": (
        GOOD + ',"quantity":1,"quantity":1,"client_order_id":"a:b"',
        "quantity: the name stands twice",
    ),
    "NaN": (GOOD + ',"quantity":NaN', "malformed"),
    "minus infinity": (GOOD + ',"quantity":-Infinity', "malformed"),
    "NaN in quotes": (GOOD + ',"quantity":1,"price":"NaN"', "price: expected a plain decimal"),
    "infinity in quotes": (GOOD + ',"quantity":1,"price":"Infinity"', "price: expected a plain decimal"),
    "spaces in quotes": (GOOD + ',"quantity":1,"price":" 1"', "price: expected a plain decimal"),
    "underscores in quotes": (GOOD + ',"quantity":1,"price":"1_0"', "price: expected a plain decimal"),
    "Arabic digits": (GOOD + ',"quantity":1,"price":"\u0661"', "price: expected a plain decimal"),
    "a hexadecimal": (GOOD + ',"quantity":1,"price":"0x10"', "price: invalid decimal"),
    "1e400": (GOOD + ',"quantity":1e400', "quantity: the number has more digits"),
    "a price of 1e-400": (GOOD + ',"quantity":1,"price":1e-400', "price: the number has more digits"),
    "an absurd exponent": (GOOD + ',"quantity":1,"price":1e999999999', "price: the number has more digits"),
    "4,000 digits": (GOOD + ',"quantity":1,"price":' + "1" * 4_000, "price: the number has more digits"),
    "6,000 digits": (GOOD + ',"quantity":' + "1" * 6_000, "quantity: integer value out of range"),
    "2 to the 63": (GOOD + ',"quantity":9223372036854775808', "quantity: the number does not fit 64 bits"),
    "a time of 2 to the 63": (
        GOOD + ',"quantity":1,"expires_at":9223372036854775808',
        "expires_at: the number does not fit 64 bits",
    ),
    "true for an integer": (GOOD + ',"quantity":true', "quantity: expected"),
    "a float for an integer": (GOOD + ',"quantity":1,"expires_at":1.0', "expires_at: expected"),
    "1 for a boolean": (GOOD + ',"quantity":1,"post_only":1', "post_only: expected"),
    "an object for a number": (GOOD + ',"quantity":{}', "quantity: expected"),
    "null for a number": (GOOD + ',"quantity":null', "quantity: expected"),
    "a missing field": (GOOD, "object missing required field `quantity`"),
    "an unknown field": (GOOD + ',"quantity":1,"prize":1', "object contains unknown field `prize`"),
    "an unknown side": ('"ticker":"FUN","side":"hold","quantity":1', "side: invalid enum value"),
    "an empty ticker": ('"ticker":"","side":"buy","quantity":1', "ticker: expected"),
    "a leading zero": (GOOD + ',"quantity":01', "malformed"),
}


@pytest.mark.parametrize("case", BAD_BYTES)
def test_bytes_without_one_meaning_are_refused(case: str) -> None:
    body, words = BAD_BYTES[case]

    with pytest.raises(Refused) as refused:
        ORDERS.decode(body)

    assert (refused.value.code, refused.value.status) == ("malformed", 422)
    assert words in refused.value.detail


@pytest.mark.parametrize("case", BAD_MEMBERS)
def test_an_order_with_a_bad_field_is_refused_with_the_fields_name(case: str) -> None:
    members, words = BAD_MEMBERS[case]

    with pytest.raises(Refused) as refused:
        ORDERS.decode(("{" + members + "}").encode())

    assert (refused.value.code, refused.value.status) == ("malformed", 422)
    assert words in refused.value.detail


@pytest.mark.parametrize(
    ("written", "price"),
    [
        ("0.29", "0.29"),
        ('"0.29"', "0.29"),
        ("100", "100"),
        ("-1.5", "-1.5"),
        ("1e2", "100"),
        ('"100.250"', "100.25"),
    ],
)
def test_a_decimal_keeps_its_digits(written: str, price: str) -> None:
    order = ORDERS.decode(f'{{{GOOD},"quantity":2,"price":{written}}}'.encode())

    assert order.price == Decimal(price)
    assert order.quantity == 2


def test_quantities_around_two_to_the_fifty_third_stay_exact() -> None:
    for quantity in (2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1):
        assert ORDERS.decode(f'{{{GOOD},"quantity":{quantity}}}'.encode()).quantity == quantity


def test_colons_in_texts_and_defaults_that_are_written_out_are_no_duplicates() -> None:
    order = ORDERS.decode(
        f'{{{GOOD}, "quantity": 2, "type": "limit", "post_only": false, "client_order_id": "a:b:c"}}'.encode()
    )

    assert order.client_order_id == "a:b:c"


def test_a_nested_message_may_name_the_same_in_different_objects() -> None:
    said = SAYINGS.decode(b'{"op":"watch","channels":["trades:FUN"],"resume":{"op":1,"channels":2}}')

    assert said == Watch(channels=["trades:FUN"], resume={"op": 1, "channels": 2})


@pytest.mark.parametrize(
    "body",
    [
        b'{"op":"watch","channels":[],"resume":{"a":1,"a":1}}',
        b'{"op":"ping","op":"ping"}',
        b'{"op":"ping","timestamp":18446744073709551616}',
        b'{"op":"shout"}',
        b'{"op":"watch","channels":' + b"[" * 100_000,
    ],
)
def test_a_tagged_message_is_held_to_the_same(body: bytes) -> None:
    with pytest.raises(Refused, match=r"."):
        SAYINGS.decode(body)


def test_the_words_of_a_refusal_are_bounded() -> None:
    with pytest.raises(Refused) as refused:
        ORDERS.decode(b'{"' + b"x" * 10_000 + b'":1}')

    assert len(refused.value.detail) <= 300
