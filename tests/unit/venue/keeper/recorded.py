"""A journal that remembers what went into it."""

import contextlib
from pathlib import Path
from typing import Any

import numpy as np

from crossbook.core import EVENT, AccountModel, Journal, Reject
from crossbook.venue.keeper.reduce import Events, Note


class RecordedJournal:
    """A journal, and every event and note of it as the caller saw them."""

    def __init__(self, directory: Path, model: AccountModel = AccountModel.CASH) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self._journal = Journal.open(str(directory), model=model, durability="memory")
        self.exchange = self._journal.exchange
        self.events: list[Events] = []
        """Those of each command."""
        self.notes: list[Note] = []

    def note(self, payload: bytes) -> None:
        """Write a note before the next command."""
        self.notes.append((self.exchange.commands + 1, payload))
        self._journal.note(payload)

    def command(self, method: str, **arguments: Any) -> Events:
        """Carry out a command, be it refused or not; return its events."""
        with contextlib.suppress(Reject):  # A refused one is journalled all the same.
            getattr(self.exchange, method)(**arguments)
        events = self.exchange.events().copy()
        self.events.append(events)
        return events

    def commit(self) -> int:
        """Hand over what was written; return the number of commands."""
        return self._journal.commit()

    def all_events(self) -> Events:
        """Return every event so far."""
        return np.concatenate(self.events) if self.events else np.zeros(0, EVENT)

    def close(self) -> None:
        """Write what is pending."""
        self._journal.close()
