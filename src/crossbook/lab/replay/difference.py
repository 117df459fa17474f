"""Where the core's book and the record differ, and what that says about orders the messages do not tell of.

A message file of level n tells everything about the n best levels while they are in view, and nothing about deeper
ones. So the two may only differ where a level has just come into view; any other difference contradicts the record or
the core, and is called so.
"""

from enum import StrEnum

Levels = list[tuple[int, int]]
"""Price and size of the best levels of a side, best first; nothing for empty ones."""


class Cause(StrEnum):
    """Why a row differs."""

    BEFORE_THE_FILE = "there before the file begins"
    """The first row: the messages do not say what stood there at the start."""
    SURFACED = "came into view, never announced"
    """The record shows a level on which nothing was known."""
    GONE = "left while out of view"
    """A level that was known is not there any more when it should come into view."""
    GREW = "came into view larger than known"
    """Orders joined the level while it was out of view."""
    SHRANK = "came into view smaller than known"
    """Orders left the level while it was out of view."""
    CONTRADICTION = "contradicts the record"
    """The level was in view all the time: the messages do not lead to the record."""


def cause_of(ours: Levels, record: Levels, before: Levels | None, levels: int, side: int) -> Cause | None:
    """Say why a side differs from the record, or `None` where it does not.

    Args:
        ours: The levels of the core.
        record: The levels of the record after this row.
        before: The record's levels before this row; `None` on the first row.
        levels: How many levels the record shows.
        side: 1 for bids, -1 for asks.
    """
    if ours == record:
        return None
    if before is None:
        return Cause.BEFORE_THE_FILE
    place = next(
        (n for n, (mine, its) in enumerate(zip(ours, record, strict=False)) if mine != its),
        min(len(ours), len(record)),
    )
    mine = ours[place] if place < len(ours) else None
    its = record[place] if place < len(record) else None
    better = its if mine is None or (its is not None and (its[0] - mine[0]) * side > 0) else mine
    # A record with fewer levels than it could show has shown all there was.
    if len(before) < levels or (better is not None and (better[0] - before[-1][0]) * side >= 0):
        return Cause.CONTRADICTION
    if mine is None or its is None or mine[0] != its[0]:
        return Cause.SURFACED if better is its else Cause.GONE
    return Cause.GREW if its[1] > mine[1] else Cause.SHRANK
