"""JSON from outside, read without mercy: one meaning for each message, or a refusal that names the field.

`msgspec` already refuses bytes that are not UTF-8, a byte order mark, NaN, trailing bytes, unknown and missing
fields, and `true` or `1.0` where an integer belongs. Here the rest is refused: a name that stands twice in one
object, numbers beyond 64 bits or with more digits than any price has, and decimals in quotes that are not plain
digits. Every refusal is a `Refused` with the code `malformed`.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar, get_args

import msgspec

from crossbook.venue.refusals import MALFORMED, Refused

_Message = TypeVar("_Message")

DECIMAL_DIGITS_MAX: Final = 40
"""Digits of a number before its point, and zeros after it: nothing with more is a price or a quantity."""
INTEGER_MAX: Final = 2**63 - 1
DETAIL_LENGTH_MAX: Final = 300
"""Characters of a refusal's words; what was sent is quoted no further."""

_PLAIN_DECIMAL: Final = re.compile(rb'"-?[0-9]{1,40}(\.[0-9]{1,40})?"')
_WHERE: Final = re.compile(r" - at `\$\.?(?P<where>[^`]*)`$")
_QUOTE: Final = ord('"')

_members: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def malformed(detail: str) -> Refused:
    """Return the refusal of a message that has no meaning."""
    return Refused(MALFORMED, detail[:DETAIL_LENGTH_MAX], 422)


class StrictDecoder(Generic[_Message]):
    """Reads messages of one kind.

    Args:
        kind: A `msgspec.Struct`, or a union of tagged ones.
    """

    __slots__ = ("_decode", "_numbers")

    def __init__(self, kind: Any) -> None:
        self._decode: Final[Callable[[bytes | bytearray], _Message]] = msgspec.json.Decoder(kind).decode
        self._numbers: Final = {
            struct: _number_fields(struct) for struct in (get_args(kind) or (kind,)) if struct is not None
        }

    def decode(self, body: bytes | bytearray) -> _Message:
        """Read one message.

        Args:
            body: All of it, UTF-8.

        Raises:
            Refused: It is malformed; the words name the field where there is one.
        """
        try:
            message = self._decode(body)
            members = _members.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise malformed(_words(error)) from None
        # Every member has a colon, so as many members as colons leaves no room for a second one of a name.
        if len(members) != body.count(b":"):
            _refuse_twice(body)
        names, values = self._numbers[message.__class__]
        if names:
            _check_numbers(names, values(message), members)
        return message


def check_json(body: bytes | bytearray) -> None:
    """See that a body is JSON with one meaning, whatever it says.

    Raises:
        Refused: It is not.
    """
    try:
        msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise malformed(_words(error)) from None
    _refuse_twice(body)


def _number_fields(struct: Any) -> tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]:
    """Return the names of a struct's numeric fields, and what takes their values from a message."""
    fields = msgspec.structs.fields(struct)
    names = tuple(field.encode_name for field in fields if _is_number(field.type))
    attributes = [field.name for field in fields if _is_number(field.type)]
    if len(attributes) > 1:
        return names, attrgetter(*attributes)
    return names, lambda message: tuple(getattr(message, name) for name in attributes)


def _is_number(kind: Any) -> bool:
    """Say whether a field can hold a number that has no bound of its own."""
    return kind in (int, Decimal) or any(_is_number(part) for part in get_args(kind))


def _check_numbers(
    names: tuple[str, ...], values: tuple[object, ...], members: dict[str, msgspec.Raw]
) -> None:
    """Refuse numbers that nothing in the venue could carry.

    Raises:
        Refused: One is such.
    """
    for name, value in zip(names, values, strict=True):
        if value is None:
            continue
        if isinstance(value, Decimal):
            raw = members.get(name)
            if raw is not None and bytes(raw)[0] == _QUOTE and _PLAIN_DECIMAL.fullmatch(bytes(raw)) is None:
                raise malformed(f"{name}: expected a plain decimal such as 100.25")
            if not -DECIMAL_DIGITS_MAX <= value.adjusted() <= DECIMAL_DIGITS_MAX:
                raise malformed(f"{name}: the number has more digits than can be carried")
        elif isinstance(value, int) and not -INTEGER_MAX <= value <= INTEGER_MAX:
            raise malformed(f"{name}: the number does not fit 64 bits")


def _refuse_twice(body: bytes | bytearray) -> None:
    """Look member by member for a name that stands twice in one object; the message is known to be JSON.

    Raises:
        Refused: There is one.
    """

    def once(members: list[tuple[str, object]]) -> None:
        seen: set[str] = set()
        for name, _ in members:
            if name in seen:
                raise malformed(f"{name}: the name stands twice")
            seen.add(name)

    try:
        # The integers were read once already; their digits are not multiplied out again.
        json.loads(body, object_pairs_hook=once, parse_int=len, parse_float=len)
    except RecursionError:
        raise malformed("the message is nested too deeply") from None


def _words(error: Exception) -> str:
    """Return what is wrong as a person would say it, the field first."""
    if isinstance(error, UnicodeDecodeError):
        return "the message is not UTF-8"
    if isinstance(error, RecursionError):
        return "the message is nested too deeply"
    text = str(error)
    found = _WHERE.search(text)
    if found is None:
        return text[:1].lower() + text[1:] if text.startswith(("Object", "Expected", "Input")) else text
    return f"{found['where']}: {text[:1].lower()}{text[1 : found.start()]}"
