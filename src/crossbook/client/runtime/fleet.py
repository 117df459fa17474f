"""Many traders in one process: each with an account and a connection of its own, all with one public feed."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from decimal import Decimal
from types import TracebackType
from typing import Final, Self

from crossbook.client.line import StreamSettings
from crossbook.client.runtime.feed import PublicFeed
from crossbook.client.runtime.runner import Runner
from crossbook.client.stream import Stream
from crossbook.core import CrossbookError, UsageError

TRADERS_MAX: Final = 1_000
"""Traders of a fleet."""
STARTING_MAX: Final = 16
"""Traders that begin at once; the others wait, so that a venue is not run over."""

_log = logging.getLogger("crossbook.client.runtime")


class Fleet:
    """Traders that share a process and its public feed.

    Args:
        url: The address of the venue.
        cash_step: The venue's unit of cash.
        settings: How the streams wait.
    """

    def __init__(
        self, url: str, *, cash_step: Decimal | str = "0.01", settings: StreamSettings | None = None
    ) -> None:
        self.public = Stream(url, settings=settings)
        """The stream of the public feed; nobody is signed in on it."""
        self.feed = PublicFeed(self.public, url, cash_step=cash_step)
        self.runners: list[Runner] = []
        self._url = url
        self._settings = settings

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def add(
        self,
        trader: object,
        symbols: Iterable[str],
        *,
        name: str,
        api_key: str | None = None,
        token: str | None = None,
        seed: int = 0,
        oracle: Callable[[str], float] | None = None,
    ) -> Runner:
        """Add a trader, before the fleet starts.

        Raises:
            UsageError: The fleet is full, or the name is taken.
            ConfigError: As `Runner`.
        """
        if len(self.runners) >= TRADERS_MAX:
            raise UsageError(f"a fleet has at most {TRADERS_MAX} traders")
        if any(runner.name == name for runner in self.runners):
            raise UsageError(f"two traders are called {name}: their random numbers would be the same")
        stream = Stream(self._url, api_key=api_key, token=token, settings=self._settings)
        runner = Runner(trader, stream, symbols, name=name, seed=seed, feed=self.feed, oracle=oracle)
        self.runners.append(runner)
        return runner

    async def start(self, within_s: float | None = None) -> None:
        """Start all traders. One that cannot is logged, and the others start.

        Args:
            within_s: How long to try to reach the venue; for ever when left out.

        Raises:
            CrossbookError: The venue cannot be reached in that time, or no trader could start.
        """
        await self.public.start(within_s)
        room = asyncio.Semaphore(STARTING_MAX)

        async def begin(runner: Runner) -> CrossbookError | None:
            async with room:
                try:
                    await runner.start(within_s)
                except CrossbookError as error:
                    runner.failure = error
                    runner.ended.set()
                    _log.error("%s could not start: %s", runner.name, error)
                    return error
                return None

        errors = await asyncio.gather(*(begin(runner) for runner in self.runners))
        failed = [error for error in errors if error is not None]
        if failed and len(failed) == len(self.runners):
            raise failed[0]

    async def run(self, until: asyncio.Event, within_s: float | None = None) -> None:
        """Start, trade until the event is set or no trader is left, and stop.

        Args:
            until: What ends the fleet.
            within_s: As `start`.

        Raises:
            CrossbookError: As `start`.
        """
        try:
            stopped = asyncio.create_task(until.wait())
            started = asyncio.create_task(self.start(within_s))
            everybody = asyncio.create_task(self._all_ended(started))
            try:
                await asyncio.wait({stopped, everybody}, return_when=asyncio.FIRST_COMPLETED)
                if everybody.done():
                    everybody.result()
            finally:
                tasks = (stopped, started, everybody)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            await self.stop()

    async def _all_ended(self, started: "asyncio.Task[None]") -> None:
        await started
        for runner in self.runners:
            await runner.ended.wait()

    async def stop(self) -> None:
        """Stop all traders: `on_stop`, their orders cancelled, their streams closed."""
        await asyncio.gather(*(runner.stop() for runner in self.runners))
        await self.public.stop()
