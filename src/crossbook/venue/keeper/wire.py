"""What the venue and its keeper say to one another: JSON, a line each.

The venue first says what to do (`Setup`), then how far it may be done (`Until`), again and again. The keeper says how
far it is (`Done`). An end of the venue's lines means that the venue is gone. The URL may hold a password, which is
why it comes this way: arguments and environments of processes can be read by others.
"""

import msgspec


class Setup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to project."""

    journal: str
    """The journal's directory."""
    database: str
    """The database's URL."""
    equity_seconds: int


class Until(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far the journal is safe to project."""

    until: int
    """A number of a command."""


class Done(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far it is projected."""

    sequence: int
    """The last event."""
    commands: int
    """The last command."""
