"""How many requests each fast route has answered, and how: counted with one addition in a table."""

from collections.abc import Iterator
from typing import Final

from crossbook.doors.http.routes import RouteTable

OTHER_ROUTES: Final = "other"
"""The name under which everything counts that no fast route answers."""


class RequestsSeen:
    """Counts by route and status.

    Args:
        table: The fast routes.
    """

    __slots__ = ("_counts", "_names")

    def __init__(self, table: RouteTable) -> None:
        self._names: Final = [(route.method, route.path) for route in table.routes]
        self._counts: Final[dict[tuple[int, int], int]] = {}

    def count(self, number: int, status: int) -> None:
        """Count a request.

        Args:
            number: That of its route; below zero for one that is not in the table.
            status: What it was answered with. There are few, so the table stays small.
        """
        key = (number, status)
        self._counts[key] = self._counts.get(key, 0) + 1

    def __iter__(self) -> Iterator[tuple[str, str, int, int]]:
        """Yield method, path, status and count."""
        for (number, status), count in list(self._counts.items()):
            method, path = self._names[number] if number >= 0 else ("", OTHER_ROUTES)
            yield method, path, status, count
