"""LOBSTER files in and out: the messages of a trading day, and the book after each of them.

Source: lobsterdata.com. Prices are in 1/10,000 of a dollar, sizes in shares, times in nanoseconds after midnight.
"""

from crossbook.data.errors import DataError
from crossbook.data.lobster.events import EventsToMessages, books_of
from crossbook.data.lobster.names import FileName, book_file_for, parse_name
from crossbook.data.lobster.reader import iterate_book, iterate_messages, read_book, read_messages
from crossbook.data.lobster.rows import MESSAGE, NO_ASK, NO_BID, Kind, Rows, book_dtype
from crossbook.data.lobster.writer import BookWriter, MessageWriter, format_time

__all__ = [
    "MESSAGE",
    "NO_ASK",
    "NO_BID",
    "BookWriter",
    "DataError",
    "EventsToMessages",
    "FileName",
    "Kind",
    "MessageWriter",
    "Rows",
    "book_dtype",
    "book_file_for",
    "books_of",
    "format_time",
    "iterate_book",
    "iterate_messages",
    "parse_name",
    "read_book",
    "read_messages",
]
