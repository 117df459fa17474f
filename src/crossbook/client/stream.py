"""The stream of a venue: its channels and its order entry on one connection that comes back by itself."""

from decimal import Decimal
from time import perf_counter
from typing import Any, TypeVar, Unpack

import msgspec

from crossbook.client.book import KeptBook
from crossbook.client.calls import order_fields, replace_fields
from crossbook.client.decimals import Amount
from crossbook.client.line import Line, StreamSettings
from crossbook.client.messages import Messages
from crossbook.client.models import CancelledAll, CancelledOrder, OrderView, PlacedOrder, SideName
from crossbook.client.options import OrderOptions

__all__ = ["Stream", "StreamSettings"]

T = TypeVar("T")


class Stream(Line):
    """Follow the channels of a venue, and trade on the same connection.

    It belongs to the event loop in which it is started. Handlers are called in that loop, one message at a time, and
    must not wait. `async with` starts and stops it.

    Args:
        url: The address of the venue, beginning with `http`.
        api_key: An API key of the account; nobody is signed in without one.
        token: A session's token in its place.
        settings: How it waits.

    Raises:
        UsageError: The address is none, or both a key and a token are given.
    """

    def messages(self, *channels: str, most: int = 1_024) -> Messages:
        """Return an iterator over the messages of channels, which keeps at most so many that are not yet read."""
        return Messages(self, channels, most)

    def book(self, ticker: str) -> KeptBook[Decimal]:
        """Follow the book of a market from now on, and return it as it is kept."""
        kept = KeptBook[Decimal](_same, _same)
        self.listen([f"book:{ticker}"], kept.take)
        return kept

    async def place(
        self,
        ticker: str,
        side: SideName,
        quantity: Amount,
        price: Amount | None = None,
        **options: Unpack[OrderOptions],
    ) -> PlacedOrder:
        """Place an order; see `crossbook.client.options.OrderOptions`.

        Raises:
            Refused: The venue refused it.
            Unavailable: No answer came in time; sent again with its client order id it has one effect.
        """
        fields = order_fields(ticker, side, quantity, price, **options)
        return await self._asked("place", fields, PlacedOrder)

    async def cancel(self, order_id: str) -> CancelledOrder:
        """Cancel an order; errors as of `place`."""
        return await self._asked("cancel", {"order_id": order_id}, CancelledOrder)

    async def replace(
        self,
        order_id: str,
        *,
        price: Amount | None = None,
        quantity: Amount | None = None,
        stop_price: Amount | None = None,
    ) -> OrderView:
        """Change an order; errors as of `place`."""
        fields = {"order_id": order_id, **replace_fields(price, quantity, stop_price)}
        return await self._asked("replace", fields, OrderView)

    async def cancel_all(self, ticker: str | None = None) -> CancelledAll:
        """Cancel all orders, of one ticker or of all; errors as of `place`."""
        return await self._asked("cancel_all", {"ticker": ticker}, CancelledAll, again=False)

    async def cancel_on_disconnect(self, *, wanted: bool = True) -> None:
        """Choose whether the venue cancels this connection's orders when it breaks."""
        await self._asked("session", {"cancel_on_disconnect": wanted}, object, again=False)

    async def _asked(self, op: str, fields: dict[str, Any], kind: type[T], *, again: bool = True) -> T:
        """Wait for the stream and for the answer, together no longer than the settings say."""
        began = perf_counter()
        await self.live(self.settings.answer_s)
        left_s = self.settings.answer_s - (perf_counter() - began)
        data = await self._answer(lambda reply: self.submit(op, fields, reply, again=again), op, left_s)
        return msgspec.json.decode(data, type=kind)


def _same(value: Decimal) -> Decimal:
    return value
