"""Writing LOBSTER files, so that other tools can read our own runs.

Rows go into a file beside the target, which takes the target's name only once everything is on disk: a run that ends
early leaves no half file that looks whole. Times are written as LOBSTER writes them, without zeros at their end.
"""

import gzip
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self, cast

import numpy as np

from crossbook.core.errors import UsageError
from crossbook.data.lobster.rows import BOOK_COLUMNS, MESSAGE, NANOSECONDS_PER_SECOND, Rows

HEADER: Final = "Time,Type,OrderID,Size,Price,Direction"


class _Writer:
    """Lines into a file that gets its name at the end; `.gz` compresses."""

    def __init__(self, path: Path, header: str | None) -> None:
        self._path = path
        self._partial = path.with_name(f"{path.name}.partial")
        try:
            # The time of writing and the name stay out of the compressed file: equal rows, equal bytes.
            self._raw = self._partial.open("wb")
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror or error}") from None
        packed = path.suffix == ".gz"
        self._file: IO[bytes] = (
            cast("IO[bytes]", gzip.GzipFile("", "wb", 6, self._raw, mtime=0)) if packed else self._raw
        )
        if header:
            self._file.write(f"{header}\n".encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the file its name, or remove it where the rows did not come to their end."""
        if self._file is not self._raw:
            self._file.close()
        self._raw.flush()
        os.fsync(self._raw.fileno())
        self._raw.close()
        if kind is None:
            self._partial.replace(self._path)
        else:
            self._partial.unlink()

    def _lines(self, lines: list[str]) -> None:
        if lines:
            self._file.write(("\n".join(lines) + "\n").encode())


class MessageWriter(_Writer):
    """A message file in the making; use it in a `with` block.

    Args:
        path: The file; it is compressed where its name ends in `.gz`.
        header: Write a header row, which LOBSTER's own files do not have.

    Raises:
        UsageError: Where the file cannot be made.
    """

    def __init__(self, path: Path, *, header: bool = False) -> None:
        super().__init__(path, HEADER if header else None)

    def write(self, rows: Rows) -> None:
        """Append messages.

        Shape: (rows,) of `MESSAGE`.
        """
        if rows.dtype != MESSAGE:
            raise UsageError("the rows must be an array of crossbook.data.lobster.MESSAGE")
        names = ("time_ns", "kind", "order_id", "size", "price", "side")
        columns = [rows[name].tolist() for name in names]
        self._lines(
            [
                f"{format_time(time_ns)},{kind},{order_id},{size},{price},{side}"
                for time_ns, kind, order_id, size, price, side in zip(*columns, strict=True)
            ]
        )


class BookWriter(_Writer):
    """A book file in the making; use it in a `with` block. Arguments and errors as of `MessageWriter`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, None)

    def write(self, rows: Rows) -> None:
        """Append book rows.

        Shape: (rows,) of a `book_dtype`.
        """
        names = [name.replace(" ", "_") for name in BOOK_COLUMNS]
        if list(rows.dtype.names or ()) != names:
            raise UsageError("the rows must be an array of a crossbook.data.lobster.book_dtype")
        cells = np.stack([rows[name] for name in names], axis=2).reshape(len(rows), -1)
        self._lines([",".join(map(str, row)) for row in cells.tolist()])


def format_time(time_ns: int) -> str:
    """Write nanoseconds after midnight as seconds: `34200.01746`, and `34200.0` on the second."""
    seconds, nanoseconds = divmod(time_ns, NANOSECONDS_PER_SECOND)
    return f"{seconds}.{nanoseconds:09d}".rstrip("0") if nanoseconds else f"{seconds}.0"
