"""Turns at what only some may do at once: first come, first served, and no more wait than a bound."""

import asyncio
from collections import deque
from types import TracebackType
from typing import Final, Self

from crossbook.venue.refusals import CLOSING, RATE_LIMITED, Refused

WAITING_MAX: Final = 100


class Turns:
    """Lets some in at once, and others wait.

    Args:
        at_once: How many are let in.
        weight_max: How much those that are in may weigh together.
        waiting_max: How many may wait.
    """

    def __init__(self, at_once: int, weight_max: int = 1 << 62, waiting_max: int = WAITING_MAX) -> None:
        self._at_once: Final = at_once
        self._weight_max: Final = weight_max
        self._waiting_max: Final = waiting_max
        self._waiting: deque[Turn] = deque()
        self._inside = 0
        self._weight = 0
        self._closed = False

    def take(self, weight: int = 0) -> "Turn":
        """Stand in line; leave it by the context of what is returned.

        Args:
            weight: At most what may be in at once.

        Raises:
            Refused: Too many wait already, or nobody is let in any more.
        """
        if self._closed:
            raise Refused(CLOSING, "the server stops", 503)
        turn = Turn(self, weight)
        self._waiting.append(turn)
        self._let_in()
        if len(self._waiting) > self._waiting_max:
            self._waiting.pop()
            raise Refused(RATE_LIMITED, f"{self._waiting_max} others wait already: try again later", 429)
        return turn

    def close(self) -> None:
        """Let nobody in any more; those who wait are sent away."""
        self._closed = True
        for turn in self._waiting:
            turn.send_away()
        self._waiting.clear()

    def leave(self, turn: "Turn") -> None:
        """Make room."""
        if turn in self._waiting:
            self._waiting.remove(turn)
        elif turn.is_in:
            self._inside -= 1
            self._weight -= turn.weight
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self._inside < self._at_once:
            first = self._waiting[0]
            if self._weight + first.weight > self._weight_max:
                return
            self._waiting.popleft()
            self._inside += 1
            self._weight += first.weight
            first.let_in()


class Turn:
    """A place in line."""

    def __init__(self, turns: Turns, weight: int) -> None:
        self.weight: Final = weight
        self._turns: Final = turns
        self._came: Final[asyncio.Future[bool]] = asyncio.get_running_loop().create_future()
        self._left = False
        self._kept = False

    @property
    def is_in(self) -> bool:
        """Whether it was let in."""
        return self._came.done() and self._came.result()

    async def wait(self, seconds: float) -> bool:
        """Wait to be let in, but not for longer than so; return whether it was.

        Raises:
            Refused: Nobody is let in any more.
        """
        await asyncio.wait({self._came}, timeout=seconds)
        if self._came.done() and not self._came.result():
            raise Refused(CLOSING, "the server stops", 503)
        return self._came.done()

    def let_in(self) -> None:
        """Say that its turn has come."""
        self._came.set_result(True)

    def send_away(self) -> None:
        """Say that its turn will not come."""
        self._came.set_result(False)

    def leave(self) -> None:
        """Leave the line, or make room; once is enough."""
        if not self._left:
            self._left = True
            self._turns.leave(self)

    def keep(self) -> None:
        """Hold on to it beyond the end of who took it: somebody else leaves."""
        self._kept = True

    def leave_unless_kept(self) -> None:
        """Leave, if nobody else does."""
        if not self._kept:
            self.leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.leave()
