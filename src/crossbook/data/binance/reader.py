"""Reading a recording: a plain or gzip-compressed file into rows, with every fault named by file and line.

The file is read once, front to back. Decompression is bounded, so that a small file cannot swell without end. The
reading of lines is native; this module knows files, and turns faults into errors.
"""

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from crossbook.core import FeedReader, UsageError, feed_reader
from crossbook.data.binance.recording import Contents, Finding, Recording, as_json
from crossbook.data.errors import DataError

PIECE_BYTES: Final = 1 << 20
"""What is read of a file at once, and what is decompressed at once."""
TEXT_BYTES_MAX: Final = 16 << 30
"""Longest recording, after decompression: it becomes rows of about two thirds of its size in memory."""

_GZIP: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 31
"""What tells zlib to expect a gzip header and the largest window."""
_CUT_OFF: Final = "cut_off"
"""The kind of the one finding that is of the file and not of its text."""


def read(
    path: Path | str,
    *,
    price_step: str = "0.01",
    quantity_step: str = "0.00000001",
    policy: Literal["strict", "repair"] = "strict",
    symbol: str | None = None,
) -> Recording:
    """Read a recording of Binance's combined streams.

    Args:
        path: The file, plain or gzip-compressed.
        price_step: What one tick is worth; a price that is no whole number of ticks is a fault.
        quantity_step: What one lot is worth; the exchange writes eight decimal places, whatever its lot size.
        policy: `strict` raises at the first fault, `repair` counts each and goes on.
        symbol: The instrument to read; the only one of the file where left out.

    Raises:
        DataError: At the first fault under `strict`; for a damaged or endless file always.
        UsageError: Where the file cannot be read or a setting is wrong.
    """
    path = Path(path)
    if policy not in ("strict", "repair"):
        raise UsageError(f"policy must be 'strict' or 'repair', not {policy!r}")
    reader = feed_reader(price_step, quantity_step, repair=policy == "repair", symbol=symbol)
    file = _File(path)
    try:
        for text in file.pieces():
            _refuse(path, reader.push(text))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    except zlib.error as error:
        raise DataError(path, _line(reader), f"the compressed file is damaged: {error}") from None
    if file.cut_off and policy == "strict":
        raise DataError(path, _line(reader), "the compressed file is cut off within this line")
    _refuse(path, reader.finish())
    settings = {
        "price_step": price_step,
        "quantity_step": quantity_step,
        "policy": policy,
        "symbol": symbol,
    }
    return _recording(reader, file, settings)


def _recording(reader: FeedReader, file: "_File", settings: dict[str, Any]) -> Recording:
    said: dict[str, Any] = reader.summary()
    contents = Contents(**said)
    findings = [Finding(*finding) for finding in reader.findings()]
    counts = {kind: count for kind, count in reader.counts().items() if count}
    if file.cut_off:
        counts[_CUT_OFF] = 1
        findings.append(
            Finding(contents.lines, _CUT_OFF, "the compressed file is cut off", "what follows is missing")
        )
    return Recording(
        rows=reader.take(),
        price_step=settings["price_step"],
        quantity_step=settings["quantity_step"],
        contents=contents,
        findings=tuple(findings),
        finding_counts=counts,
        lineage={
            "file": file.path.name,
            "bytes": file.file_bytes,
            "text_bytes": file.text_bytes,
            "sha256": file.digest.hexdigest(),
            "rows": contents.rows,
            "settings": settings,
            **as_json(contents, tuple(findings), counts),
        },
    )


def _refuse(path: Path, fault: tuple[int, str, str] | None) -> None:
    if fault is not None:
        line, _, reason = fault
        raise DataError(path, line, reason)


def _line(reader: FeedReader) -> int:
    """Return the line that is being read."""
    said: dict[str, Any] = reader.summary()
    return int(said["lines"]) + 1


@dataclass(slots=True)
class _File:
    """A file that is read once: its text in pieces, and what a manifest says of its bytes."""

    path: Path
    file_bytes: int = 0
    text_bytes: int = 0
    cut_off: bool = False
    """The compressed text ends before its end."""
    digest: Any = field(default_factory=hashlib.sha256)

    def pieces(self) -> Iterator[bytes]:
        """Yield the text.

        Raises:
            DataError: Where it passes the bound.
            OSError: Where the file cannot be read.
            zlib.error: Where the compressed text is damaged.
        """
        with self.path.open("rb") as file:
            first = file.read(PIECE_BYTES)
            pieces = self._raw(first, iter(lambda: file.read(PIECE_BYTES), b""))
            for text in self._unpacked(pieces) if first.startswith(_GZIP) else pieces:
                self.text_bytes += len(text)
                if self.text_bytes > TEXT_BYTES_MAX:
                    raise DataError(self.path, 0, f"longer than {TEXT_BYTES_MAX} bytes of text")
                yield text

    def _raw(self, first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
        piece = first
        while piece:
            self.file_bytes += len(piece)
            self.digest.update(piece)
            yield piece
            piece = next(others, b"")

    def _unpacked(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the text of one or more gzip members, never more than a piece at once."""
        member = zlib.decompressobj(_GZIP_WINDOW)
        begun = False
        for piece in pieces:
            rest, more = piece, False
            while rest or more:
                if member.eof:
                    member, begun = zlib.decompressobj(_GZIP_WINDOW), False
                    # Members may be padded with zeros.
                    rest = rest if rest.startswith(_GZIP[:1]) else rest.lstrip(b"\0")
                    if not rest:
                        break
                begun = True
                text = member.decompress(rest, PIECE_BYTES)
                if text:
                    yield text
                rest = member.unused_data if member.eof else member.unconsumed_tail
                more = not member.eof and len(text) == PIECE_BYTES
        self.cut_off = begun and not member.eof
