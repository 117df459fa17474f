"""What a server and the process that makes a run say to each other, a line of JSON each.

What the process says is handed on as it is to who asked for the run.
"""

import msgspec


class Job(msgspec.Struct, frozen=True):
    """What is to be made."""

    config: str
    """The run file as JSON, with nothing left to be filled in."""
    runs: str
    """The folder of all runs."""
    seeds: int | None
    """How many seeds, from the run file's on; none for one run by itself."""


class Told(msgspec.Struct, frozen=True, tag_field="type", tag="progress"):
    """How far a run is."""

    progress: float
    done: int
    of: int
    timestamp: int | None
    """Simulated time in microseconds since 1970; none for several seeds, as the next two."""
    steps: int | None
    trades: int | None


class Made(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="type", tag="final"):
    """That a run was made."""

    run: str
    """The name of its directory."""
    status: str
    event_hash: dict[str, str] | None = None
    reason: str | None = None
    members: int | None = None


class Failed(msgspec.Struct, frozen=True, tag_field="type", tag="error"):
    """That a run could not be made."""

    error: str
