"""Work that is carried out whole, whatever becomes of who asked for it.

What is kept and what is in memory must not part because a client hung up between the two.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

import structlog

from crossbook.venue.refusals import BUSY, Refused

Result = TypeVar("Result")

_log = structlog.get_logger("crossbook.venue.sign_in")

UNDER_WAY_MAX: Final = 1_024
"""Pieces of work at the same time; more are refused as busy."""


class WholeWork:
    """Tasks that a caller waits for but does not take with him when he is cancelled."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[Any]] = set()
        self._once: dict[str, asyncio.Task[None]] = {}
        self._last: dict[str, asyncio.Task[Any]] = {}

    async def do(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Carry out work and return its result.

        Raises:
            Refused: `busy`, 503: too much is under way.
        """
        return await asyncio.shield(self._begin(work))

    async def once(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Carry out work, or wait for the same work where it is under way.

        Raises:
            Refused: `busy`, 503: too much is under way.
        """
        task = self._once.get(name)
        if task is None:
            task = self._begin(work)
            self._once[name] = task
            task.add_done_callback(lambda _: self._once.pop(name))
        await asyncio.shield(task)

    async def in_turn(self, name: str, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Carry out work after all earlier work of the same name, so that what is kept is what came last.

        Raises:
            Refused: `busy`, 503: too much is under way.
        """
        before = self._last.get(name)

        async def after() -> Result:
            if before is not None:
                await asyncio.wait([before])
            return await work()

        task = self._begin(after)
        self._last[name] = task
        task.add_done_callback(lambda _: self._last.pop(name) if self._last[name] is task else None)
        return await asyncio.shield(task)

    async def finish(self) -> None:
        """Wait for all that is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    def _begin(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> asyncio.Task[Result]:
        if len(self._under_way) >= UNDER_WAY_MAX:
            raise Refused(BUSY, "too much is under way; try again in a moment", 503)
        task = asyncio.get_running_loop().create_task(work())
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            error = task.exception()
            if error is not None and not isinstance(error, Refused):
                # Whoever waits for it gets the error itself; perhaps nobody does any more.
                _log.error("work failed", error=type(error).__name__)
