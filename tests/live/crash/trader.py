"""A trader who writes down every answer, and asks again until there is one."""

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol, TypeVar

import msgspec

from crossbook.client import AsyncClient, Stream, StreamSettings
from crossbook.client.errors import Refused, Unavailable
from crossbook.client.models import (
    CancelledOrder,
    FillView,
    OrderView,
    PlacedOrder,
    SideName,
)
from crossbook.client.wire import Frame
from tests.live.crash.killed import PRICES, TICKERS

T = TypeVar("T")

AGAIN_S = 0.02
QUICK = StreamSettings(connect_s=5.0, answer_s=3.0, heartbeat_s=2.0, first_wait_s=0.01, longest_wait_s=0.15)
RECENT = 50
KEPT_OPEN = 20
"""Open orders beyond which a trader cancels rather than places."""


class Desk(Protocol):
    """What orders go through: a stream, or the REST interface."""

    async def place(
        self, ticker: str, side: SideName, quantity: int, price: str, **options: Any
    ) -> PlacedOrder:
        """Place an order."""

    async def cancel(self, order_id: str) -> CancelledOrder:
        """Cancel an order."""

    async def replace(self, order_id: str, *, price: str, quantity: int) -> OrderView:
        """Change an order."""


@dataclass(slots=True)
class Written:
    """What a trader knows of one of his orders."""

    ticker: str
    side: SideName
    quantity: int
    price: str
    options: dict[str, Any]
    answer: PlacedOrder | None = None
    refused: str | None = None
    changed: OrderView | None = None
    """The answer to the last change, where none that went unanswered came after it."""
    unsure: bool = False
    """Whether a cancel or a change went unanswered, so that it may or may not have happened."""
    cancelled: bool = False
    """Whether a cancel was acknowledged."""


class _Told(msgspec.Struct):
    fill: FillView


@dataclass
class Trader:
    """A trader with his account of what was acknowledged.

    Args:
        name: Of the user.
        key: The API key.
        url: Of the venue.
        rest: Whether orders go over REST rather than over the stream.
        seed: Of what he does.
        pause_s: From one request of one of his hands to the next, if that was answered by then.
        hands: Requests that he has under way at once.
    """

    name: str
    key: str
    url: str
    rest: bool
    seed: int
    pause_s: float = 0.0
    hands: int = 3
    orders: dict[str, Written] = field(default_factory=dict)
    fills: dict[tuple[str, str], list[FillView]] = field(default_factory=dict)
    """Fills as often as the account's channel told of them, by trade and order."""
    recent: deque[Written] = field(default_factory=lambda: deque(maxlen=RECENT))
    """The newest orders, of which some are cancelled or changed."""
    trading: asyncio.Event = field(default_factory=asyncio.Event)
    """Unset while he shall rest."""
    busy: int = 0
    """Requests under way."""
    answered: int = 0
    asked_again: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.client = AsyncClient(self.url, api_key=self.key, timeout_s=3.0, patience_s=0.5)
        self.stream = Stream(self.url, api_key=self.key, settings=QUICK)
        self.stream.listen(["account"], self._hear)
        self.trading.set()

    @property
    def desk(self) -> Desk:
        """What his orders go through."""
        return self.client if self.rest else self.stream  # type: ignore[return-value]

    async def run(self) -> None:
        """Trade until this is cancelled."""
        async with self.client, self.stream, asyncio.TaskGroup() as hands:
            for _ in range(self.hands):
                hands.create_task(self._trade())

    async def rest_now(self) -> None:
        """Rest, once every request has its answer."""
        self.trading.clear()
        while self.busy:  # noqa: ASYNC110 - the hands are many
            await asyncio.sleep(0.005)

    async def repeat(self, name: str) -> PlacedOrder:
        """Send an order again that was answered."""
        order = self.orders[name]
        return await self._until_answered(
            lambda: self.desk.place(
                order.ticker, order.side, order.quantity, order.price, client_order_id=name, **order.options
            )
        )

    async def _trade(self) -> None:
        while True:
            await self.trading.wait()
            self.busy += 1
            began = monotonic()
            try:
                await self._act()
            finally:
                self.busy -= 1
            await asyncio.sleep(max(0.0, began + self.pause_s - monotonic()))

    async def _act(self) -> None:
        known = [order for order in self.recent if _may_be_open(order)]
        draw = self.random.random()
        if known and (draw < 0.15 or len(known) > KEPT_OPEN):
            await self._cancel(self.random.choice(known))
        elif known and draw < 0.25:
            await self._change(self.random.choice(known))
        else:
            await self._place()

    async def _place(self) -> None:
        ticker = self.random.choice(TICKERS)
        side: SideName = self.random.choice(("buy", "sell"))
        cents = PRICES[ticker] + self.random.randint(-8, 8)
        options = self.random.choice(({}, {}, {}, {"time_in_force": "IOC"}, {"post_only": True}))
        order = Written(ticker, side, self.random.randint(1, 6), f"{cents / 100:.2f}", dict(options))
        name = f"{self.name}-{len(self.orders)}"
        self.orders[name] = order
        self.recent.append(order)
        try:
            order.answer = await self.repeat(name)
        except Refused as refused:
            order.refused = refused.code

    async def _cancel(self, order: Written) -> None:
        assert order.answer is not None
        # While it is under way anything may become of it.
        sure, order.unsure = order.unsure, True
        with contextlib.suppress(Unavailable):
            try:
                done = await self.desk.cancel(order.answer.order_id)
            except Refused:
                # It has ended, by a trade or by the cancel whose answer was lost.
                return
            assert done.order_id == order.answer.order_id
            self.answered += 1
            order.cancelled, order.unsure = True, sure

    async def _change(self, order: Written) -> None:
        assert order.answer is not None
        cents = PRICES[order.ticker] + self.random.randint(-8, 8)
        sure, order.unsure = order.unsure, True
        with contextlib.suppress(Unavailable):
            try:
                changed = await self.desk.replace(
                    order.answer.order_id, price=f"{cents / 100:.2f}", quantity=self.random.randint(1, 8)
                )
            except Refused:
                return
            self.answered += 1
            order.changed, order.unsure = changed, sure

    async def _until_answered(self, ask: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                answer = await ask()
            except Unavailable:
                self.asked_again += 1
                await asyncio.sleep(AGAIN_S)
            else:
                self.answered += 1
                return answer

    def _hear(self, frame: Frame) -> None:
        if frame.type == "fill":
            fill = msgspec.json.decode(frame.data, type=_Told).fill
            self.fills.setdefault((fill.trade_id, fill.order_id), []).append(fill)


def _may_be_open(order: Written) -> bool:
    return order.answer is not None and order.answer.status in {"open", "partial"} and not order.cancelled
