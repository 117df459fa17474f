"""From one simulation to all who watch it: everybody gets the same messages, in the same order, with the same numbers.

Who reads gets a turn as it came, in one write and without a copy of his own. Who follows some channels only shares what
he gets with all who follow the same. What waits for a slow reader is the affair of his own connection.
"""

from collections.abc import Callable
from typing import Final, Protocol

from crossbook.doors.stream.channels import CHANNELS
from crossbook.doors.stream.link import Entry, Turn

EVERYTHING: Final = frozenset(range(len(CHANNELS)))
Place = tuple[int, int]
"""Channel and key."""


class Watcher(Protocol):
    """Somebody who watches."""

    @property
    def followed(self) -> frozenset[int]:
        """The channels that he follows."""

    @property
    def reads(self) -> bool:
        """Whether he has read all that he was sent."""

    def tell(self, frames: bytes, messages: int) -> None:
        """Send messages to somebody who reads."""

    def hold(self, entry: Entry, frames: bytes) -> None:
        """Keep messages for somebody who does not read, as far as they must be kept."""


class Hub:
    """Who watches, and what everybody is told who comes.

    Args:
        watched: Called when it changes how many watch, or what they follow.
    """

    def __init__(self, watched: Callable[[], None]) -> None:
        self._watched: Final = watched
        self._inside: set[Watcher] = set()
        self._newest: dict[Place, bytes] = {}
        """Of channels in which only the newest counts."""

    @property
    def consumers(self) -> int:
        """How many watch."""
        return len(self._inside)

    @property
    def followed(self) -> frozenset[int]:
        """The channels that somebody follows."""
        return frozenset().union(*(watcher.followed for watcher in self._inside))

    def enter(self, watcher: Watcher) -> None:
        """Let somebody in, and tell him the newest of what he follows."""
        self._inside.add(watcher)
        self.renew(watcher)

    def leave(self, watcher: Watcher) -> None:
        """Let somebody go."""
        if watcher in self._inside:
            self._inside.discard(watcher)
            self._watched()

    def renew(self, watcher: Watcher) -> None:
        """Tell somebody the newest of what he follows now."""
        if watcher not in self._inside:
            return
        self._watched()
        # Of several markets in the order in which it was told, so that the numbers of a channel rise.
        for (channel, key), frame in sorted(self._newest.items(), key=_channel):
            if channel in watcher.followed:
                if watcher.reads:
                    watcher.tell(frame, 1)
                else:
                    watcher.hold(Entry(channel, key, kept=False, messages=1, size=len(frame)), frame)

    def forget(self) -> None:
        """Forget what was newest: another simulation begins."""
        self._newest.clear()

    def newest(self, channel: str) -> bytes | None:
        """Return the frame of the newest message of a channel, of the first market; none where there was none."""
        return self._newest.get((CHANNELS.index(channel), 0))

    def tell(self, turn: Turn) -> None:
        """Tell everybody what a simulation tells at once."""
        parts = list(turn.parts())
        self._remember(parts)
        made: dict[frozenset[int], tuple[bytes, int]] = {}
        for watcher in tuple(self._inside):
            if not watcher.reads:
                for entry, frames in parts:
                    if entry.channel in watcher.followed:
                        watcher.hold(entry, frames)
                continue
            followed = watcher.followed
            if followed not in made:
                made[followed] = _chosen(turn, parts, followed)
            frames, messages = made[followed]
            if messages:
                watcher.tell(frames, messages)

    def _remember(self, parts: list[tuple[Entry, bytes]]) -> None:
        for entry, frames in parts:
            place = (entry.channel, entry.key)
            # A candle that has closed is no longer open, and what is newer stands behind what is older.
            self._newest.pop(place, None)
            if not entry.kept:
                self._newest[place] = frames


def _chosen(turn: Turn, parts: list[tuple[Entry, bytes]], followed: frozenset[int]) -> tuple[bytes, int]:
    """Return the messages of a turn that belong to some channels, and how many they are."""
    if len(followed) == len(EVERYTHING) or all(entry.channel in followed for entry in turn.entries):
        return turn.frames, sum(entry.messages for entry in turn.entries)
    mine = [part for part in parts if part[0].channel in followed]
    return b"".join(frames for _, frames in mine), sum(entry.messages for entry, _ in mine)


def _channel(item: tuple[Place, bytes]) -> int:
    return item[0][0]
