"""A row that cannot be, with the file and the line where it stands."""

from pathlib import Path

from crossbook.core.errors import UsageError


class DataError(UsageError):
    """Say that a file holds a row that cannot be.

    Attributes:
        path: The file.
        line: The line, counted from 1, a header row included; zero for the file as a whole.
        reason: What is wrong with it.
    """

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason
