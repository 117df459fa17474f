"""A stream for scripts without an event loop: the same one, in a thread that belongs to it."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from types import TracebackType
from typing import Any, Final, Self, TypeVar, Unpack

from crossbook.client.decimals import Amount
from crossbook.client.errors import Unavailable
from crossbook.client.line import StreamSettings
from crossbook.client.messages import Messages
from crossbook.client.models import CancelledAll, CancelledOrder, OrderView, PlacedOrder, SideName
from crossbook.client.options import OrderOptions
from crossbook.client.status import Counters, State
from crossbook.client.stream import Stream
from crossbook.client.transport import DEFAULT_URL
from crossbook.client.wire import Frame
from crossbook.core import UsageError

T = TypeVar("T")

STOP_S: Final = 5.0
"""How long the thread may take to end."""


class BlockingStream:
    """Follow channels and trade from plain code. Made and left with `with`.

    Args:
        url: The address of the venue, beginning with `http`.
        api_key: An API key of the account; nobody is signed in without one.
        token: A session's token in its place.
        settings: How it waits.
        within_s: How long to try to reach the venue.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        token: str | None = None,
        settings: StreamSettings | None = None,
        within_s: float = 10.0,
    ) -> None:
        self._stream = Stream(url, api_key=api_key, token=token, settings=settings)
        self._within_s = within_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            Refused: The venue does not let this account in.
            Unavailable: It cannot be reached.
        """
        loop = self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=loop.run_forever, name="crossbook stream", daemon=True)
        self._thread.start()
        try:
            self._wait(self._stream.start(self._within_s))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection and the thread."""
        loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._stream.stop(), loop).result(STOP_S)
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join(STOP_S)
        loop.close()

    @property
    def state(self) -> State:
        """How the stream stands."""
        return self._stream.state

    @property
    def counters(self) -> Counters:
        """What it counts."""
        return self._stream.counters

    def messages(self, *channels: str, most: int = 1_024, within_s: float | None = None) -> Iterator[Frame]:
        """Yield the messages of channels as they come.

        Args:
            channels: Their names.
            most: Messages that are kept until they are read.
            within_s: The longest wait for the next one, after which the iterator ends; for ever when left out.

        Raises:
            Unavailable: More messages were not read than are kept; a new iterator begins with a snapshot.
        """
        messages = self._wait(self._follow(channels, most))
        try:
            while True:
                try:
                    yield self._wait(messages.next(within_s))
                except Unavailable as error:
                    if error.code == "silent" or (
                        self.state is State.CLOSED and self._stream.failure is None
                    ):
                        return
                    raise
        finally:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(messages.close)

    def place(
        self,
        ticker: str,
        side: SideName,
        quantity: Amount,
        price: Amount | None = None,
        **options: Unpack[OrderOptions],
    ) -> PlacedOrder:
        """Place an order; as `Stream.place`, and so are the next ones."""
        return self._wait(self._stream.place(ticker, side, quantity, price, **options))

    def cancel(self, order_id: str) -> CancelledOrder:
        """Cancel an order."""
        return self._wait(self._stream.cancel(order_id))

    def replace(
        self,
        order_id: str,
        *,
        price: Amount | None = None,
        quantity: Amount | None = None,
        stop_price: Amount | None = None,
    ) -> OrderView:
        """Change an order."""
        return self._wait(
            self._stream.replace(order_id, price=price, quantity=quantity, stop_price=stop_price)
        )

    def cancel_all(self, ticker: str | None = None) -> CancelledAll:
        """Cancel all orders, of one ticker or of all."""
        return self._wait(self._stream.cancel_all(ticker))

    async def _follow(self, channels: tuple[str, ...], most: int) -> Messages:
        return self._stream.messages(*channels, most=most)

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Have something done in the thread, and return what came of it."""
        if self._loop is None:
            work.close()
            raise UsageError("the stream is not open: use it in a `with` block")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise
