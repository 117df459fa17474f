"""Messages of a stream one by one, for readers that wait for the next."""

import asyncio
from collections import deque
from types import TracebackType
from typing import Self

from crossbook.client.errors import UNREACHABLE, Unavailable
from crossbook.client.line import Line
from crossbook.client.status import State
from crossbook.client.wire import Frame
from crossbook.core import UsageError


class Messages:
    """The messages of some channels, kept until they are read: an asynchronous iterator and context manager.

    A reader that is slower than the market by more than `most` messages is told so by `Unavailable` with the code
    `overflow`; what he had not read is gone, the channels begin anew, and he may read on.
    """

    def __init__(self, line: Line, channels: tuple[str, ...], most: int) -> None:
        """Follow channels of a line; see `Stream.messages`."""
        if not channels or most < 1:
            raise UsageError("messages need at least one channel, and room for one message")
        self._line = line
        self._channels = channels
        self._most = most
        self._kept: deque[Frame] = deque()
        self._overflown = False
        self._more = asyncio.Event()
        line.watch(self._changed)
        line.listen(channels, self._take)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Follow the channels no more."""
        self._line.ignore(self._channels, self._take)
        self._line.unwatch(self._changed)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Frame:
        while not self._kept:
            if self._overflown:
                # Only now: while he does not read, a snapshot would be as old as what was dropped.
                self._overflown = False
                for channel in self._channels:
                    self._line.refresh(channel)
                raise Unavailable("overflow", f"more than {self._most} messages were not read in time")
            if self._line.state is State.CLOSED:
                if self._line.failure is not None:
                    raise self._line.failure
                raise StopAsyncIteration
            self._more.clear()
            await self._more.wait()
        return self._kept.popleft()

    async def next(self, within_s: float | None = None) -> Frame:
        """Return the next message.

        Raises:
            Unavailable: None came in that time, the stream ended, or too many were not read in time.
        """
        try:
            async with asyncio.timeout(within_s):
                return await anext(self)
        except StopAsyncIteration:
            raise Unavailable(UNREACHABLE, "the stream is closed") from None
        except TimeoutError:
            raise Unavailable("silent", f"no message came in {within_s} s") from None

    def _take(self, frame: Frame) -> None:
        if self._overflown:
            return
        if len(self._kept) < self._most:
            self._kept.append(frame)
        else:
            self._line.counters.overflows += 1
            self._kept.clear()
            self._overflown = True
        self._more.set()

    def _changed(self, state: State) -> None:
        if state is State.CLOSED:
            self._more.set()
