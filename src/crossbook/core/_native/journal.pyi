"""The journal of an exchange: written and recovered, followed while it grows, looked at, verified and repaired.

A journal is a directory. The commands in it, carried out from the first, give the exchange again, with the same hashes.
"""

from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from crossbook.core._native import Exchange
from crossbook.core.words import AccountModel

__all__ = [
    "Follower",
    "Journal",
    "JournalFacts",
    "Recovered",
    "Repaired",
    "SnapshotFacts",
    "inspect",
    "repair",
    "verify",
]

@final
class Recovered:
    """What was found when a journal was opened."""

    created: Final[bool]
    """Whether there was no journal, and an empty one was begun."""
    commands: Final[int]
    """Commands that the journal holds; the number of the last one."""
    sequence: Final[int]
    """Sequence number of the last event."""
    replayed: Final[int]
    """Commands that were carried out again, those after the snapshot."""
    snapshot_sequence: Final[int]
    """The last event before the snapshot that recovery began with; 0 where it began at the beginning."""
    snapshots_unusable: Final[int]
    """Snapshots that were passed over, because they are damaged or of another history."""
    cut_bytes: Final[int]
    """Bytes of a last batch that was never complete, and never acknowledged; they were cut off."""

@final
class SnapshotFacts:
    """A snapshot in a journal."""

    file: Final[str]
    """Its name in the directory."""
    bytes: Final[int]
    sequence: Final[int]
    """The last event before it."""
    commands: Final[int]
    """The last command before it."""

@final
class JournalFacts:
    """What is in a journal."""

    directory: Final[str]
    segments: Final[int]
    """Files that hold the commands."""
    bytes: Final[int]
    """Bytes of the segments."""
    batches: Final[int]
    commands: Final[int]
    """The number of the last command."""
    notes: Final[int]
    torn_bytes: Final[int]
    """Bytes after the last complete batch: a batch that was being written, and is cut off when the journal is opened."""
    damage: Final[str | None]
    """The file, the byte and what is wrong there, as one line; `None` where every byte reads."""
    snapshots: Final[list[SnapshotFacts]]
    """Those that read, by rising number of the last event."""
    snapshots_unusable: Final[list[str]]
    """Names of snapshots that are damaged or newer than the journal; they are passed over."""
    foreign: Final[list[str]]
    """Names of files that are not the journal's; they are left alone."""

@final
class Repaired:
    """What a repair did."""

    lost_bytes: Final[int]
    """Bytes that are no part of the journal any more."""
    put_aside: Final[list[str]]
    """Names of the files, in the same directory, that they are kept in."""
    facts: Final[JournalFacts]
    """What is left."""

@final
class Journal:
    """A journal that is open for writing, and the exchange that it writes for.

    A command is carried out first, and kept for the journal in the same call. `commit` hands all that was kept to a
    writer, a thread of its own without Python. A refused command is kept too, as its event is part of the hash.

    Ask `accepts` before carrying out a command: once it is carried out it cannot be taken back. Where the disk is full, or
    the writer is far behind, `accepts` turns false; what was committed waits, is tried again without being asked, and
    becomes `durable` when it is written. Should 256 MiB wait, the methods of the exchange raise `TransientError` and
    carry nothing out.
    """

    @staticmethod
    def open(
        directory: str,
        *,
        model: AccountModel | int | None = None,
        max_order_lots: int | None = None,
        max_position_lots: int | None = None,
        max_open_orders: int | None = None,
        table_seed: int | None = None,
        durability: str = "durable",
        newest_sequence: int | None = None,
        segment_bytes: int | None = None,
    ) -> Journal:
        """Open a directory: recover what it holds, or begin a journal where there is none.

        Args:
            directory: Made where it is missing.
            model: As of `Exchange`, like the next four; what is left out of an old journal is what it was begun with.
            max_order_lots: Largest order of an account without limits of its own.
            max_position_lots: Largest absolute position.
            max_open_orders: Most open orders.
            table_seed: Of a journal that is begun; an old one keeps its own.
            durability: `"durable"`, where a command is safe once the disk has it, or `"memory"`, once the system has.
            newest_sequence: Recover from no snapshot after this event.
            segment_bytes: Size at which a new file is begun, from 4,096; 67,108,864 unless told.

        Raises:
            ConfigError: Where another process has the journal open, or where a setting is not the journal's own.
            CoreFault: Where a command breaks the core, or the core goes another way than it did then.
            JournalDamaged: Where bytes that were safe have changed.
            JournalFailure: Where the disk cannot be read or written.
            UsageError: Where an argument cannot be.
        """

    @property
    def exchange(self) -> Exchange:
        """The exchange; every command that one of its methods carries out is kept for the journal."""

    @property
    def recovered(self) -> Recovered:
        """What was found when the journal was opened."""

    def note(self, payload: bytes, /, ahead: int = 0) -> None:
        """Keep bytes that the core never sees, before a command to come and in the same batch.

        Args:
            payload: At most 65,536 bytes.
            ahead: How many commands come before the one that it belongs to; never fewer than of the note before.

        Raises:
            UsageError: Where it is longer, or the journal is closed.
            TransientError: Where so much waits for the disk that it cannot be kept.
        """

    def commit(self) -> int:
        """Hand everything since the last commit to the writer, as one batch that is written whole or not at all.

        More than 16 MiB are several batches. With nothing to hand over it does nothing.

        Returns:
            The number of the last command, the ticket that `durable` reaches once it is safe.

        Raises:
            JournalFailure: Where the disk failed; nothing is written any more.
            CoreFault: Where the exchange is broken; nothing more of it is written.
        """

    @property
    def durable(self) -> int:
        """The highest ticket that is safe: on the disk, or with `memory` in the system's hands."""

    @property
    def accepts(self) -> bool:
        """Whether a command that is carried out now can be written: the writer keeps up and the disk has room."""

    def fileno(self) -> int:
        """Return a file descriptor that can be read when `durable` or `accepts` has moved, or the disk has failed."""

    def collect(self) -> int:
        """Take back what the file descriptor told, try again what waits, and return `durable`.

        Raises:
            JournalFailure: Where the disk failed: end the process with status 4.
        """

    def snapshot(self) -> None:
        """Commit, and have the writer save the state as it is now, so that recovery can begin with it.

        The state is taken at once, which costs about a tenth of a microsecond for each order, account and position; a
        thread writes it. The newest three are kept. One that cannot be written is given up, see `snapshot_failure`.

        Raises:
            TransientError: While the snapshot before is being written, or the writer is far behind; the commit is made.
            JournalFailure: Where the disk failed.
            CoreFault: Where the exchange is broken.
        """

    @property
    def snapshot_failure(self) -> str | None:
        """Why the last snapshot could not be written; the journal goes on without it."""

    def close(self) -> None:
        """Commit, wait until all is written and synced, and let the directory go; a second call does nothing.

        The exchange can still be looked at and takes no more commands.

        Raises:
            JournalFailure: Where the disk failed, or is still full.
            CoreFault: Where the exchange is broken: what was not committed is not written.
        """

@final
class Follower:
    """A reader of a journal that may still grow, with an exchange of its own. It writes nothing and locks nothing."""

    @staticmethod
    def open(directory: str, *, sequence: int = 0) -> Follower:
        """Restore the newest snapshot not after an event, and carry out what lies between without telling it.

        Args:
            directory: The journal's.
            sequence: The last event that is known already, the last one of a command; 0 for none.

        Raises:
            UsageError: Where there is no journal, where it ends before the event, or where the event is not the last of
                a command.
            CoreFault: Where a command breaks the core, or the core goes another way than it did then.
            JournalDamaged: Where bytes are damaged.
        """

    @property
    def exchange(self) -> Exchange:
        """The exchange as of the last step; it takes no commands of its own."""

    def step(
        self, limit: int = 4096, until: int | None = None
    ) -> tuple[NDArray[np.void], list[tuple[int, bytes]]]:
        """Carry out more commands, without the interpreter's lock; nothing where nothing complete is there yet.

        Args:
            limit: How many at most, from 1 to 1,048,576.
            until: The number of the last command to carry out.

        Returns:
            Their events, as `Exchange.apply` returns them; and the notes, each with the number of the command that
            it stands before.

        Raises:
            CoreFault: Where a command breaks the core, or the core goes another way than it did then.
            JournalDamaged: Where bytes are damaged.
        """

    def agrees(self, sequence: int) -> bool:
        """Return whether the state is, byte for byte, that of the snapshot taken after an event.

        Raises:
            UsageError: Where there is no such snapshot.
        """

def inspect(directory: str) -> JournalFacts:
    """Look through a journal, also one that is being written or is damaged, and change nothing.

    Raises:
        UsageError: Where there is no journal.
    """

def verify(directory: str) -> JournalFacts:
    """Read every byte of a journal and of its snapshots.

    Raises:
        JournalDamaged: At the first byte that is not what was written.
        UsageError: Where there is no journal.
    """

def repair(directory: str) -> Repaired:
    """Cut a damaged journal off before its first damaged batch, after putting aside what is cut; a sound one stays.

    Raises:
        ConfigError: Where another process has the journal open.
        JournalFailure: Where the disk cannot be read or written.
        UsageError: Where there is no journal.
    """
