"""What users may be called.

A name is ASCII letters, digits, dots, dashes and underscores alone. So no name holds markup, an escape sequence or a
sign that turns the direction of text, and no two look alike by their alphabet. Names that differ by case alone are
the same name.
"""

import re
from typing import Final

from crossbook.venue.refusals import MALFORMED, NAME_TAKEN, Refused

NAME_LENGTH_MIN: Final = 3
NAME_LENGTH_MAX: Final = 32
HOUSE_NAME_LENGTH_MAX: Final = 64
"""Bots of the house are called after themselves and their instrument."""

_CHARACTERS: Final = re.compile(r"[A-Za-z0-9_.-]+")
_RESERVED: Final = frozenset(
    {"admin", "administrator", "anonymous", "crossbook", "exchange", "issuer", "nobody", "root", "system"}
)
_RESERVED_START: Final = "house"


def name_key(username: str) -> str:
    """Return what is the same for all spellings of a name, and empty for what can be nobody's name."""
    if len(username) > HOUSE_NAME_LENGTH_MAX or _CHARACTERS.fullmatch(username) is None:
        return ""
    return username.lower()


def check_name(username: str) -> None:
    """Check that somebody may be called so.

    Raises:
        Refused: `malformed`, 422: it is no name. The text does not repeat it.
    """
    if not NAME_LENGTH_MIN <= len(username) <= NAME_LENGTH_MAX or not name_key(username):
        raise Refused(
            MALFORMED,
            f"a user name has {NAME_LENGTH_MIN} to {NAME_LENGTH_MAX} letters (a-z, A-Z), digits, dots, dashes "
            "and underscores",
            422,
        )


def check_free_to_take(username: str) -> None:
    """Check that a name is not one that only administration gives.

    Raises:
        Refused: `name_taken`, 409.
    """
    key = name_key(username)
    if key in _RESERVED or key.startswith(_RESERVED_START):
        raise Refused(NAME_TAKEN, "this user name is reserved", 409)


def check_house_name(username: str) -> None:
    """Check that a bot of the house may be called so.

    Raises:
        Refused: `malformed`, 422: it is no such name.
    """
    if not name_key(username).startswith(_RESERVED_START):
        raise Refused(
            MALFORMED,
            f"a bot's name begins with {_RESERVED_START!r} and has at most {HOUSE_NAME_LENGTH_MAX} letters, "
            "digits, dots, dashes and underscores",
            422,
        )
