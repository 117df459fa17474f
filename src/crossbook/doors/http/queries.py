"""Query strings: which fields a route takes, and how they are read. An unknown or repeated one is refused."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, TypeAlias
from urllib.parse import parse_qsl

import msgspec

from crossbook.doors.http.venue_face import IntervalName
from crossbook.doors.json import malformed
from crossbook.venue.answers import StatusName
from crossbook.venue.requests import Ticker
from crossbook.venue.store.history import OFFSET_MAX

QUERY_FIELDS_MAX: Final = 16
QUERY_BYTES_MAX: Final = 2_048
DEPTH_MAX: Final = 1_000
"""Levels of a book that one request may ask for."""
HOURS_MAX: Final = 720
"""Of the leaderboard's past that one request may ask for: thirty days."""
INSTANT_MS_MAX: Final = 253_402_300_799_999
"""The end of the year 9999."""

Limit: TypeAlias = Annotated[
    int, msgspec.Meta(ge=1, description="Rows at most; the venue's `page_rows` is the longest page.")
]
Offset: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=OFFSET_MAX, description="Rows to leave out first.")]
Instant: TypeAlias = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=40,
        description="Milliseconds since 1970, or ISO 8601; UTC where it names no zone.",
    ),
]


class _Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all queries."""


class OrdersQuery(_Query, frozen=True):
    """Which own orders."""

    status: StatusName | None = None
    ticker: Ticker | None = None
    limit: Limit = 100
    offset: Offset = 0


class FillsQuery(_Query, frozen=True):
    """Which own trades."""

    ticker: Ticker | None = None
    limit: Limit = 100
    offset: Offset = 0


class CancelQuery(_Query, frozen=True):
    """Which orders to cancel."""

    ticker: Ticker | None = None


class TapeQuery(_Query, frozen=True):
    """How much of the tape."""

    limit: Limit = 100


class BookQuery(_Query, frozen=True):
    """How much of a book."""

    depth: Annotated[int, msgspec.Meta(ge=1, le=DEPTH_MAX, description="Levels of each side.")] = 20


class CandleQuery(_Query, frozen=True):
    """Which candles."""

    interval: IntervalName = "1m"
    start: Instant | None = None
    end: Instant | None = None


class EquityQuery(_Query, frozen=True):
    """Which part of the equity curve."""

    start: Instant | None = None
    end: Instant | None = None
    limit: Limit = 1_000


class WorthsQuery(_Query, frozen=True):
    """How much of the past of the leaderboard."""

    hours: Annotated[int, msgspec.Meta(ge=1, le=HOURS_MAX, description="Until now.")] = 24


_WHOLE_NUMBERS: Final = frozenset({"limit", "offset", "depth", "hours"})


def read_query(text: bytes, kind: type[msgspec.Struct], page_rows: int) -> Any:
    """Read a query string.

    Args:
        text: What follows the question mark, not empty.
        kind: The struct whose fields it may set.
        page_rows: The longest page.

    Raises:
        Refused: A field is unknown, stands twice, or is not what it should be.
    """
    if len(text) > QUERY_BYTES_MAX:
        raise malformed(f"the query is longer than {QUERY_BYTES_MAX} bytes")
    try:
        pairs = parse_qsl(
            text.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=QUERY_FIELDS_MAX,
        )
    except ValueError:
        raise malformed("the query cannot be read") from None
    fields = dict(pairs)
    for name in _WHOLE_NUMBERS & fields.keys():
        if not (fields[name].isascii() and fields[name].isdigit()):
            raise malformed(f"{name}: expected a whole number, zero or above")
    if len(fields) != len(pairs):
        raise malformed("a field of the query stands twice")
    try:
        query = msgspec.convert(fields, kind, strict=False)
    except msgspec.ValidationError as error:
        raise malformed(f"query: {error}") from None
    if getattr(query, "limit", 0) > page_rows:
        raise malformed(f"limit: a page has at most {page_rows} rows")
    return query


def instant_ms(name: str, text: str | None) -> int | None:
    """Read an instant, in milliseconds since 1970.

    Raises:
        Refused: It is none.
    """
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 15:
        value = int(text)
    else:
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            # By a division of whole microseconds, because a float of seconds is not exact.
            value = (moment - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)
        except (ValueError, OverflowError):
            raise malformed(
                f"{name}: expected milliseconds since 1970, or a time such as 2026-01-31T09:30:00Z"
            ) from None
    if not 0 <= value <= INSTANT_MS_MAX:
        raise malformed(f"{name}: the time lies outside of what can be asked for")
    return value
