"""A journal as text, and a follower of it: what the native ones do, plainly enough to be seen to be right.

A line is a note, `["note", hex]`, or a command, `["command", method, arguments]`, of `Exchange`. It has no checksums
and no snapshots: a follower that opens at a sequence carries out everything up to it again.
"""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from crossbook.core import EVENT, AccountModel, Exchange, Reject, UsageError
from crossbook.venue.keeper.child import main
from crossbook.venue.keeper.reduce import Events, Note

FILE = "journal.jsonl"


def carry_out(exchange: Exchange, method: str, arguments: dict[str, Any]) -> Events:
    """Give an exchange a command; return its events."""
    with contextlib.suppress(Reject):
        getattr(exchange, method)(**arguments)
    return exchange.events().copy()


def model_of(directory: Path) -> AccountModel:
    """Return the account model of a journal."""
    path = directory / "model"
    return AccountModel(int(path.read_text())) if path.exists() else AccountModel.CASH


class StandInJournal:
    """A journal with its exchange, open for writing."""

    def __init__(self, directory: Path, model: AccountModel = AccountModel.CASH) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "model").write_text(str(int(model)))
        self.exchange = Exchange(model)
        self.events: list[Events] = []
        self.notes: list[Note] = []
        self._file = (directory / FILE).open("a")

    def note(self, payload: bytes) -> None:
        """Write a note before the next command."""
        self.notes.append((self.exchange.commands + 1, payload))
        self._file.write(json.dumps(["note", payload.hex()]) + "\n")

    def command(self, method: str, **arguments: Any) -> Events:
        """Carry out a command and write it down; return its events."""
        plain = {name: value if isinstance(value, bool) else int(value) for name, value in arguments.items()}
        self._file.write(json.dumps(["command", method, plain]) + "\n")
        events = carry_out(self.exchange, method, plain)
        self.events.append(events)
        return events

    def commit(self) -> int:
        """Make what was written readable; return the number of commands."""
        self._file.flush()
        return self.exchange.commands

    def all_events(self) -> Events:
        """Return every event so far."""
        return np.concatenate(self.events) if self.events else np.zeros(0, EVENT)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class StandInFollower:
    """Follows a `StandInJournal`."""

    def __init__(self, directory: Path) -> None:
        self.exchange = Exchange(model_of(directory))
        self._file = (directory / FILE).open()

    @staticmethod
    def open(directory: str, *, sequence: int = 0) -> "StandInFollower":
        """Open at an event sequence."""
        follower = StandInFollower(Path(directory))
        while follower.exchange.sequence < sequence:
            events, notes = follower.step(1)
            if not len(events) and not notes:
                raise UsageError(f"the journal ends before event {sequence}")
        if follower.exchange.sequence != sequence:
            raise UsageError(f"no command ends at event {sequence}")
        return follower

    def step(self, limit: int = 4096, until: int | None = None) -> tuple[Events, list[Note]]:
        """Carry out up to `limit` more commands."""
        events: list[Events] = []
        notes: list[Note] = []
        while len(events) < limit and (until is None or self.exchange.commands < until):
            place = self._file.tell()
            line = self._file.readline()
            if not line.endswith("\n"):
                self._file.seek(place)
                break
            kind, first, *rest = json.loads(line)
            if kind == "note":
                notes.append((self.exchange.commands + 1, bytes.fromhex(first)))
            else:
                events.append(carry_out(self.exchange, first, rest[0]))
        return (np.concatenate(events) if events else np.zeros(0, EVENT)), notes

    def __del__(self) -> None:
        self._file.close()


if __name__ == "__main__":
    sys.exit(main(StandInFollower.open))
