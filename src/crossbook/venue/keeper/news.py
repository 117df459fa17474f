"""A note of news as a row."""

from hashlib import blake2b
from typing import Final

import msgspec

from crossbook.core import UsageError
from crossbook.venue.notes import NewsNote
from crossbook.venue.store.projection import Row

_DIGEST_BYTES: Final = 8


def news_row(payload: bytes) -> Row:
    """Return the row of a note.

    News belong to no command, so the journal may be read again from a place before them: the digest is part of the
    row's key, and the same news are kept once.

    Raises:
        UsageError: Where the note cannot be read.
    """
    try:
        note = msgspec.json.decode(payload[1:], type=NewsNote)
    except msgspec.MsgspecError as error:
        raise UsageError(f"the journal holds a note that is no news: {error}") from error
    digest = blake2b(payload, digest_size=_DIGEST_BYTES).hexdigest()
    return (note.time_ns, digest, note.text, note.ticker, note.impact)
