"""What is recorded of a live run goes to compressed files on disk, and out of memory, by a thread of its own.

The simulation hands over what a stretch recorded and goes on. Nothing is dropped: where the disk is slower than the
simulation, the simulation waits.
"""

import queue
import threading
from typing import Final

import numpy as np

from crossbook.core import TransientError
from crossbook.lab.run.tables import Rows, Tables, Taken

ROWS_AT_ONCE: Final = 20_000
"""Recorded rows that are gathered before they are handed over."""
WAITING_MAX: Final = 8
"""Handed over and not yet taken in."""


class Archive:
    """Takes what is recorded into the tables of a run.

    Args:
        tables: Nobody else adds to them before `close`.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables: Final = tables
        self._gathered: list[Taken] = []
        self._rows = 0
        self._begun = False
        """Whether the tables have their columns, which come with the first that is handed over, be it of no rows."""
        self._queue: Final[queue.Queue[list[Taken] | None]] = queue.Queue(WAITING_MAX)
        self._error: Exception | None = None
        self._thread: Final = threading.Thread(target=self._work, name="archive", daemon=True)
        self._thread.start()

    def add(self, taken: Taken) -> None:
        """Keep what was recorded.

        Raises:
            TransientError: The disk failed.
        """
        if not taken.rows and self._begun:
            # Most turns of a quiet market record nothing; what is gathered is bounded by rows alone.
            return
        self._begun = True
        self._gathered.append(taken)
        self._rows += taken.rows
        if self._rows >= ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Hand over what was gathered, and wait where too much waits already.

        Raises:
            TransientError: The disk failed.
        """
        self._complain()
        if self._gathered:
            self._queue.put(self._gathered)
            self._gathered, self._rows = [], 0

    def close(self) -> None:
        """Wait until everything is taken in.

        Raises:
            TransientError: The disk failed.
        """
        if self._gathered and self._error is None:
            self._queue.put(self._gathered)
            self._gathered, self._rows = [], 0
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        self._complain()

    def _complain(self) -> None:
        if self._error is not None:
            raise TransientError(f"what is recorded cannot be written: {self._error}") from self._error

    def _work(self) -> None:
        while (gathered := self._queue.get()) is not None:
            if self._error is not None:
                continue
            try:
                self._tables.add(together(gathered))
            except Exception as error:  # noqa: BLE001 - whoever adds next is told
                self._error = error


def together(parts: list[Taken]) -> Taken:
    """Return what several stretches recorded as if it were one."""
    if len(parts) == 1:
        return parts[0]
    return Taken(
        events=[np.concatenate(rows) for rows in zip(*(part.events for part in parts), strict=True)],
        quotes=_joined([part.quotes for part in parts]),
        samples=_joined([part.samples for part in parts]),
    )


def _joined(parts: list[Rows | None]) -> Rows | None:
    there = [part for part in parts if part is not None]
    return np.concatenate(there) if there else None
