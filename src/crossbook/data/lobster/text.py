"""Tables of integers out of text files: exact, in blocks, within bounds, and never through a float.

A file is plain or gzip-compressed, with lines that end in LF or CRLF, with or without a byte-order mark, a header
row and a last line end. A block is read twice at most: fast, all cells at once; and, where that finds anything
unusual, slowly, line by line. The slow reading is the rule of what is accepted, and names what is wrong; the fast one
only takes what the slow one would take.
"""

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

import numpy as np
from numpy.typing import NDArray

from crossbook.core.errors import UsageError
from crossbook.data.errors import DataError

BLOCK_BYTES: Final = 1 << 21
"""Text that is read at once."""
LINE_BYTES_MAX: Final = 1 << 16
"""Longest line."""
TEXT_BYTES_MAX: Final = 64 << 30
"""Longest file, after decompression: what is longer is no trading day."""
FRACTION_DIGITS: Final = 9
"""Decimal places of a time: nanoseconds."""

_FAST_DIGITS_MAX: Final = 18
_INTEGER = re.compile(rb"-?[0-9]{1,30}")
_DECIMAL = re.compile(rb"(-?)([0-9]{1,30})(?:\.([0-9]{1,30}))?")
_COMMA, _NEWLINE, _MINUS, _DOT, _ZERO = b",\n-.0"

Table = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file, and the number of the first."""

    first_line: int
    text: bytes


def blocks(path: Path, block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
    """Yield the lines of a file after its header, in blocks that end with a line.

    Raises:
        UsageError: Where the file cannot be read.
        DataError: Where it is damaged or passes a bound.
    """
    try:
        with _opened(path) as file:
            yield from _cut(path, file, block_bytes)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(path, 0, f"the compressed file is damaged: {error}") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path, "rb")) if packed else path.open("rb")


def _cut(path: Path, file: IO[bytes], block_bytes: int) -> Iterator[Block]:
    rest, line, total = b"", 1, 0
    while piece := file.read(block_bytes):
        if not total:
            piece = piece.removeprefix(b"\xef\xbb\xbf")
        total += len(piece)
        if total > TEXT_BYTES_MAX:
            raise DataError(path, 0, f"longer than {TEXT_BYTES_MAX} bytes of text")
        end = piece.rfind(b"\n") + 1
        text, rest = (rest + piece[:end], piece[end:]) if end else (b"", rest + piece)
        if len(rest) > LINE_BYTES_MAX:
            raise DataError(path, line + text.count(b"\n"), f"a line longer than {LINE_BYTES_MAX} bytes")
        if text:
            yield from _without_header(Block(line, text))
            line += text.count(b"\n")
    if rest:
        yield from _without_header(Block(line, rest + b"\n"))


def _without_header(block: Block) -> Iterator[Block]:
    text, line = block.text.replace(b"\r\n", b"\n"), block.first_line
    if line == 1 and text[:1].isalpha():
        line, text = 2, text[text.index(b"\n") + 1 :]
    if text:
        yield Block(line, text)


def parse(path: Path, block: Block, columns: Sequence[str], *, decimal_first: bool) -> Table:
    """Read a block as a table of integers; the first column may be a decimal that counts in 10**-9.

    Shape: (lines, columns).

    Raises:
        DataError: At the first line that does not fit.
    """
    table = _parse_fast(block.text, len(columns), decimal_first=decimal_first)
    return _parse_slowly(path, block, columns, decimal_first=decimal_first) if table is None else table


def _parse_fast(text: bytes, columns: int, *, decimal_first: bool) -> Table | None:
    """Read all cells at once, or return `None` where anything is unusual."""
    data = np.frombuffer(text, np.uint8)
    is_end = (data == _COMMA) | (data == _NEWLINE)
    ends = np.flatnonzero(is_end)
    if len(ends) % columns:
        return None
    starts = np.concatenate([np.zeros(1, ends.dtype), ends[:-1] + 1])
    kinds = data[ends].reshape(-1, columns)
    if (kinds[:, -1] != _NEWLINE).any() or (kinds[:, :-1] != _COMMA).any():
        return None
    table = np.empty(kinds.shape, np.int64)
    for column in range(columns):
        start, end = starts[column::columns], ends[column::columns]
        values = _decimals(data, start, end) if column == 0 and decimal_first else _integers(data, start, end)
        if values is None:
            return None
        table[:, column] = values
    return table


def _decimals(data: NDArray[np.uint8], starts: NDArray[np.intp], ends: NDArray[np.intp]) -> Table | None:
    dots = np.flatnonzero(data == _DOT)
    if len(dots) != len(starts) or (dots <= starts).any() or (dots >= ends).any():
        return None
    places = ends - dots - 1
    if (data[starts] == _MINUS).any() or places.max(initial=0) > FRACTION_DIGITS:
        return None
    whole, fraction = _integers(data, starts, dots), _integers(data, dots + 1, ends)
    if whole is None or fraction is None or whole.max(initial=0) >= 10**FRACTION_DIGITS or fraction.min() < 0:
        return None
    return whole * 10**FRACTION_DIGITS + fraction * 10 ** (FRACTION_DIGITS - places)


def _integers(data: NDArray[np.uint8], starts: NDArray[np.intp], ends: NDArray[np.intp]) -> Table | None:
    negative = data[starts] == _MINUS
    lengths = ends - starts - negative
    longest = lengths.max(initial=1)
    if lengths.min(initial=1) < 1 or longest > _FAST_DIGITS_MAX:
        return None
    values = np.zeros(len(starts), np.int64)
    for place in range(longest):
        inside = lengths > place
        digits = data[np.where(inside, ends - 1 - place, 0)] - np.uint8(_ZERO)
        if (digits[inside] > 9).any():
            return None
        values += np.where(inside, digits, 0).astype(np.int64) * 10**place
    return np.where(negative, -values, values)


def _parse_slowly(path: Path, block: Block, columns: Sequence[str], *, decimal_first: bool) -> Table:
    """Read line by line, and say where and what the first wrong cell is."""
    rows: list[list[int]] = []
    for number, line in enumerate(block.text.split(b"\n")[:-1], block.first_line):
        cells = line.split(b",")
        if len(cells) != len(columns):
            raise DataError(
                path, number, f"expected {len(columns)} columns, found {len(cells)}: {_shown(line)}"
            )
        row: list[int] = []
        for position, (cell, column) in enumerate(zip(cells, columns, strict=True)):
            try:
                row.append(_decimal(cell) if decimal_first and position == 0 else _integer(cell))
            except ValueError as error:
                raise DataError(path, number, f"{column} {error}: {_shown(cell)}") from None
        rows.append(row)
    return np.array(rows, np.int64).reshape(-1, len(columns))


def _integer(cell: bytes) -> int:
    if not _INTEGER.fullmatch(cell):
        raise ValueError("is not a whole number")
    return _bounded(int(cell))


def _decimal(cell: bytes) -> int:
    match = _DECIMAL.fullmatch(cell)
    if match is None:
        raise ValueError("is not a decimal number")
    sign, whole, fraction = match.groups(default=b"")
    fraction = fraction.rstrip(b"0")
    if len(fraction) > FRACTION_DIGITS:
        raise ValueError("is finer than a nanosecond")
    return _bounded(int(sign + whole + fraction.ljust(FRACTION_DIGITS, b"0")))


def _bounded(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise ValueError("does not fit 64 bits")
    return value


def _shown(text: bytes) -> str:
    """Return a piece of a file that is safe to print: short, and without control characters."""
    return repr(text[:60].decode("utf-8", "backslashreplace"))
