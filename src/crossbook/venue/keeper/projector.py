"""The projection itself: follows the journal, reduces it to rows, and writes them.

Every step is one transaction that holds rows and progress, so the database always shows the state after some command
of the journal. The progress holds the core's hash over all events too: where the hash of the journal at that place is
another, or the journal ends before it, the database tells of commands that the journal lost. Then it is emptied and
written again, because the journal is the truth.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from crossbook.core import CoreFault, CrossbookError, Exchange, Follower, UsageError
from crossbook.venue.keeper.reduce import Events, Reducer
from crossbook.venue.store.projection import Projection, Row, Step
from crossbook.venue.store.rows import Progress

STEP_COMMANDS: Final = 4_096
"""Commands of one step, which bounds what is held in memory and how long a transaction lasts."""
RETRY_FIRST_S: Final = 0.1
RETRY_MAX_S: Final = 5.0
_NS_A_SECOND: Final = 1_000_000_000
_CASH_MAX: Final = 2**63 - 1
"""What a column holds. Equity is wider in the core; nothing but a test market comes near it."""

_Answer = TypeVar("_Answer")
_log = logging.getLogger(__name__)


class StoppedError(CrossbookError):
    """Say that the keeper was told to stop while it waited for the database."""


class SupersededError(CrossbookError):
    """Say that somebody else projects into the same database."""


@dataclass(slots=True)
class _Place:
    """Where the projection stands in memory."""

    ahead: Follower
    """Gives the events."""
    behind: Follower
    """Stands still at a boundary of time while `ahead` is past it: equity is read from its exchange."""
    reducer: Reducer
    progress: Progress


class Projector:
    """Projects one journal into one database.

    Args:
        projection: The database's side.
        directory: Where the journal is.
        equity_seconds: How often the equity of accounts is written down.
        stopping: Set when waiting for the database shall end.
    """

    def __init__(
        self,
        projection: Projection,
        directory: str,
        *,
        equity_seconds: int,
        stopping: asyncio.Event,
    ) -> None:
        self._projection = projection
        self._directory = directory
        self._period_ns = equity_seconds * _NS_A_SECOND
        self._stopping = stopping
        self._place: _Place | None = None

    @property
    def progress(self) -> Progress:
        """How far the projection is."""
        return Progress() if self._place is None else self._place.progress

    async def resume(self) -> None:
        """Go on where the database ends; begin anew where it does not fit the journal.

        Raises:
            CrossbookError: Where the journal cannot be followed at all.
            StoppedError: Where it was told to stop first.
        """
        progress, reducer = await self._remembered()
        ahead = self._follower_at(progress)
        if ahead is None:
            _log.error(
                "the database tells of event %d, which the journal does not have: all is projected anew",
                progress.sequence,
            )
            await self.begin_anew()
            return
        if reducer.open_count != ahead.exchange.order_count:
            _log.error(
                "the database has %d open orders and the exchange %d: all is projected anew",
                reducer.open_count,
                ahead.exchange.order_count,
            )
            await self.begin_anew()
            return
        behind = Follower.open(self._directory, sequence=progress.sequence)
        self._place = _Place(ahead, behind, reducer, progress)

    async def _remembered(self) -> tuple[Progress, Reducer]:
        """Return how far the database is and what it holds there, both of one moment.

        The keeper of a venue that was killed makes its last step to the end, which takes a while on a busy machine.
        What was read while it wrote is read again.
        """
        while True:
            progress = await self._patiently(self._projection.progress)
            rows = await self._patiently(self._projection.open_orders)
            traded = await self._patiently(self._projection.traded)
            unsampled = await self._patiently(self._projection.unsampled)
            if await self._patiently(self._projection.progress) == progress:
                return progress, Reducer(rows, traded, unsampled)

    async def begin_anew(self) -> None:
        """Empty what is projected, and begin at the first command."""
        ahead, behind = Follower.open(self._directory), Follower.open(self._directory)
        await self._patiently(self._projection.clear)
        self._place = _Place(ahead, behind, Reducer(), Progress())

    async def step(self, until: int | None = None) -> bool:
        """Project what comes next, at most `STEP_COMMANDS` commands.

        Args:
            until: The last command that may be projected.

        Returns:
            Whether there was anything.

        Raises:
            SupersededError: Where another keeper wrote meanwhile.
            StoppedError: Where it was told to stop before the database took the step; nothing of it is kept.
        """
        if self._place is None:
            raise UsageError("a projection is resumed before it steps")
        place = self._place
        events, notes = place.ahead.step(STEP_COMMANDS, until)
        if not len(events) and not notes:
            return False
        place.reducer.take_notes(notes)
        equity_ns = self._reduce(place, events)
        exchange = place.ahead.exchange
        reached = Progress(exchange.sequence, exchange.commands, hash_text(exchange), equity_ns)
        await self._write(place.reducer.finish().step(reached), place.progress)
        place.progress = reached
        return True

    def _follower_at(self, progress: Progress) -> Follower | None:
        """Return a follower at a place that the database remembers, or `None` where the journal has no such place."""
        if progress == Progress():
            return Follower.open(self._directory)
        try:
            follower = Follower.open(self._directory, sequence=progress.sequence)
        except UsageError:
            Follower.open(self._directory)  # Raises where the journal itself is what is wrong.
            return None
        return follower if hash_text(follower.exchange) == progress.event_hash else None

    def _reduce(self, place: _Place, events: Events) -> int:
        """Reduce events, and take a sample of equity before the first command of every new period."""
        equity_ns = place.progress.equity_ns
        start = 0
        for index, boundary_ns in self._boundaries(events, equity_ns):
            place.reducer.reduce(events[start:index])
            if place.reducer.traded or place.reducer.unsampled:
                _catch_up(place.behind, int(events["command"][index]) - 1)
                place.reducer.sample(list(_equity(place.behind.exchange, place.reducer, boundary_ns)))
            start, equity_ns = index, boundary_ns
        place.reducer.reduce(events[start:])
        _catch_up(place.behind, place.ahead.exchange.commands)
        return equity_ns

    def _boundaries(self, events: Events, equity_ns: int) -> Iterator[tuple[int, int]]:
        """Yield where a new period begins among the events, and when it began."""
        if not len(events):
            return
        periods = np.maximum.accumulate(events["time_ns"] // self._period_ns)
        before = np.concatenate(([equity_ns // self._period_ns], periods[:-1]))
        for index in np.flatnonzero(periods > before).tolist():
            yield index, int(periods[index]) * self._period_ns

    async def _write(self, step: Step, before: Progress) -> None:
        async def write() -> bool:
            if await self._projection.write(step, before):
                return True
            # The transaction may have been done while its answer was lost. Rows follow from the journal alone, so
            # whoever wrote exactly this wrote what we would have.
            return await self._projection.progress() == step.reached

        if not await self._patiently(write):
            raise SupersededError("another keeper projects into this database")

    async def _patiently(self, action: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Do something with the database, again and again until it is there."""
        delay_s = RETRY_FIRST_S
        told = False
        while True:
            try:
                answer = await action()
            except (IntegrityError, ProgrammingError, DataError, NotSupportedError):
                raise  # No waiting mends these.
            except (DBAPIError, PoolTimeoutError, OSError, TimeoutError) as error:
                if not told:
                    told = True
                    _log.warning("the database does not answer, the journal waits: %s", _one_line(error))
                await self._wait(delay_s)
                delay_s = min(2 * delay_s, RETRY_MAX_S)
            else:
                if told:
                    _log.warning("the database answers again")
                return answer

    async def _wait(self, delay_s: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), delay_s)
        except TimeoutError:
            return
        raise StoppedError("stopped while the database did not answer")


def hash_text(exchange: Exchange) -> str:
    """Return the hash over all events of an exchange as the database keeps it."""
    return f"{exchange.event_hash():016x}"


def _catch_up(follower: Follower, command: int) -> None:
    """Carry out everything up to a command."""
    while (at := follower.exchange.commands) < command:
        follower.step(STEP_COMMANDS, command)
        if follower.exchange.commands == at:
            raise CoreFault(f"the journal has command {command} no more, which it had a moment ago")


def _equity(exchange: Exchange, reducer: Reducer, time_ns: int) -> Iterator[Row]:
    """Yield samples of every account that has ever traded, and one of each other once it is worth anything."""
    for number in sorted(reducer.traded | reducer.unsampled):
        account = exchange.account(number)
        if not account.equity and number not in reducer.traded:
            continue
        equity = max(-_CASH_MAX, min(_CASH_MAX, account.equity))
        yield number, time_ns, equity, account.cash + account.escrow


def _one_line(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return " ".join(str(cause).split()) or type(cause).__name__
