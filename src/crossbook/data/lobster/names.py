"""The names of LOBSTER files: `AMZN_2012-06-21_34200000_57600000_message_1.csv`."""

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from crossbook.core.errors import UsageError

_NAME = re.compile(
    r"(?P<symbol>[^_]+)_(?P<day>\d{4}-\d{2}-\d{2})_(?P<start>\d{1,8})_(?P<end>\d{1,8})_"
    r"(?P<content>message|orderbook)_(?P<levels>\d{1,4})\.csv(?P<packed>\.gz)?"
)


@dataclass(frozen=True, slots=True)
class FileName:
    """What the name of a file tells: start and end are milliseconds after midnight."""

    symbol: str
    day: date
    start_ms: int
    end_ms: int
    content: Literal["message", "orderbook"]
    levels: int
    packed: bool = False

    def __str__(self) -> str:
        suffix = ".gz" if self.packed else ""
        return (
            f"{self.symbol}_{self.day.isoformat()}_{self.start_ms}_{self.end_ms}_"
            f"{self.content}_{self.levels}.csv{suffix}"
        )


def parse_name(path: Path) -> FileName:
    """Read what a file's name tells.

    Raises:
        UsageError: Where it is no LOBSTER name.
    """
    match = _NAME.fullmatch(path.name)
    try:
        if match is None:
            raise ValueError  # noqa: TRY301 - one complaint for every way in which a name is wrong
        return FileName(
            symbol=match["symbol"],
            day=date.fromisoformat(match["day"]),
            start_ms=int(match["start"]),
            end_ms=int(match["end"]),
            content="message" if match["content"] == "message" else "orderbook",
            levels=int(match["levels"]),
            packed=bool(match["packed"]),
        )
    except ValueError:
        message = f"{path.name}: not a name such as AMZN_2012-06-21_34200000_57600000_message_1.csv"
        raise UsageError(message) from None


def book_file_for(message_path: Path) -> Path:
    """Return where the book file that belongs to a message file should be.

    Raises:
        UsageError: Where the name is not that of a message file.
    """
    name = parse_name(message_path)
    if name.content != "message":
        raise UsageError(f"{message_path.name}: a message file is wanted, this is the book file")
    return message_path.with_name(str(replace(name, content="orderbook")))
