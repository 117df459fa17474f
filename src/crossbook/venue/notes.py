"""Notes in the journal: what the venue must know beside the core's commands.

A note stands before the command that it belongs to, in the same batch, and the core never sees it. The first byte
tells its kind: `c` the owner's name of the order that follows, as text; `a` whose account is opened next; `i` how the
instrument that is listed next is called and written; `n` news, which belong to no command. The last three are JSON.
"""

from typing import Final

import msgspec

CLIENT_ORDER: Final = b"c"
ACCOUNT: Final = b"a"
INSTRUMENT: Final = b"i"
NEWS: Final = b"n"


class AccountNote(msgspec.Struct, frozen=True, kw_only=True):
    """Whose account the next command opens."""

    user_id: str
    username: str
    role: str


class InstrumentNote(msgspec.Struct, frozen=True, kw_only=True):
    """How the instrument that the next command lists is called and written."""

    ticker: str
    name: str
    price_step: str
    quantity_step: str
    cash_step: str


class NewsNote(msgspec.Struct, frozen=True, kw_only=True):
    """News that were told to everybody."""

    time_ns: int
    text: str
    ticker: str | None = None
    impact: float | None = None
    """How far the fundamental moves, as a part of itself."""
