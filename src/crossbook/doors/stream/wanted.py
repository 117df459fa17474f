"""What a server asks of a simulation's process, beside what consumers ask."""

from typing import Any

import msgspec


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What simulation to begin."""

    run: dict[str, Any]
    """A run file as plain data."""
    folder: str
    """Where its files and traders are looked for."""
    out: str
    """Where the directory of the run goes."""
    sources: list[str] = []
    """The files that the run file was read from."""
    speed: float = 1.0
    epoch_s: int = 0
    """Seconds from 1970 to the midnight that simulated time counts from."""
    paused: bool = False
    memory_bytes: int = 1 << 30
    """What the process may have."""
    report: bool = True
    """Whether the run's page is written at its end."""
    classic: dict[str, tuple[str, dict[str, Any]]] = {}
    """Groups of the run that are of classic types: the type and its config, by their names."""


class Watchers(msgspec.Struct, frozen=True):
    """Who watches."""

    consumers: int
    channels: list[int]
    """What at least one of them follows."""


class Past(msgspec.Struct, frozen=True):
    """A question after what was."""

    symbol: str | None
    limit: int
    interval: str = ""
