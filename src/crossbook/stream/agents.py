"""Agents of a simulation that is made in Python: the classic ones by their parameters, and one's own as coroutines.

The classic agents run natively; an object of theirs is only what they are told. An agent of one's own is called at each of
its wakeups with what it can see, and answers with orders.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal, Self, TypeAlias

Number: TypeAlias = Decimal | int | str
"""An exact decimal; a float is taken as the digits that it is written with."""
Side: TypeAlias = Literal["buy", "sell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassicAgent:
    """What all classic agents have. Sizes and positions are in units of what is traded, shares parts of the price."""

    kind: ClassVar[str]
    """The agent type, as the stream calls it."""
    exact: ClassVar[frozenset[str]] = frozenset({"order_size", "max_position", "max_size"})
    """Parameters that are exact decimals; the others are shares and probabilities."""

    agent_id: str
    wakeup_interval_us: int | None = None
    """Microseconds between two wakeups; the simulation's when left out."""
    count: int = 1
    """How many of them there are, steered as one."""

    def config(self, wakeup_interval_us: int) -> dict[str, Any]:
        """Return the parameters as the stream has them.

        Args:
            wakeup_interval_us: Where the agent has none of its own.
        """
        own = {name: getattr(self, name) for name in self._names()}
        wakeup = self.wakeup_interval_us or wakeup_interval_us
        plain = {
            name: plain_number(value) if name in self.exact else float(value)
            for name, value in own.items()
            if value is not None
        }
        return {**plain, "wakeup_interval_us": wakeup}

    @classmethod
    def _names(cls) -> list[str]:
        shared = ClassicAgent.__dataclass_fields__
        return [name for name in cls.__dataclass_fields__ if name not in shared]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketMakerAgent(ClassicAgent):
    """Quotes a bid and an ask at the same distance from the middle."""

    kind = "market_maker"

    spread: float | Decimal | None = None
    order_size: Number | None = None
    max_position: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseTraderAgent(ClassicAgent):
    """Buys or sells at random, without a reason."""

    kind = "noise"

    trade_probability: float | None = None
    max_size: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InformedTraderAgent(ClassicAgent):
    """Knows the value, and takes quotes that are wrong."""

    kind = "informed"

    bias_probability: float | None = None
    bias_strength: float | None = None
    order_size: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents(ClassicAgent):
    """Agents of any type that the stream knows, classic or native, by its name."""

    agent_type: str
    params: dict[str, Any] = field(default_factory=dict)

    def config(self, wakeup_interval_us: int) -> dict[str, Any]:  # noqa: ARG002 - native kinds have other words for it
        """Return the parameters as they were given."""
        wakeup = {} if self.wakeup_interval_us is None else {"wakeup_interval_us": self.wakeup_interval_us}
        return {**self.params, **wakeup}


@dataclass(frozen=True, slots=True)
class MarketData:
    """The market as an agent sees it at its wakeup."""

    symbol: str
    timestamp: int
    """Simulated time in microseconds since 1970."""
    last_price: Decimal | None
    """None before the first trade."""
    bid_price: Decimal | None
    ask_price: Decimal | None
    bid_size: Decimal
    ask_size: Decimal
    volume: Decimal
    """Traded so far."""

    @property
    def mid_price(self) -> Decimal | None:
        """The middle of the best prices; none where a side is empty."""
        if self.bid_price is None or self.ask_price is None:
            return None
        return (self.bid_price + self.ask_price) / 2


@dataclass(frozen=True, slots=True)
class OrderBook:
    """The best ten levels of each side, each a price and what stands there, the best first."""

    bids: tuple[tuple[Decimal, Decimal], ...]
    asks: tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Order:
    """An order to send. Prices are put on the market's step away from the other side."""

    side: Side
    size: Decimal
    price: Decimal | None = None
    """A market order where there is none."""
    post_only: bool = False
    immediate_or_cancel: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """A cancel to send: of one order, or of all."""

    order: int | None = None
    """The number under which `open_orders` has it; all where there is none."""


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order of the agent's own that stands."""

    order: int
    side: Side
    price: Decimal | None
    size: Decimal
    """What is open of it."""


class AsyncAgent(ABC):
    """An agent of one's own.

    Simulated time stands still while it thinks, so whatever it awaits, such as the answer of a model, comes at once in
    the simulation; the server goes on meanwhile.
    """

    agent_id: str
    wakeup_interval_us: int | None = None
    """Microseconds between two wakeups; the simulation's when left out."""

    position: Decimal = Decimal(0)
    """What it holds, before each call; below zero is short."""
    balance: Decimal = Decimal(0)
    """Its cash."""
    open_orders: Sequence[OpenOrder] = ()
    """Its orders that stand."""

    made_with: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})
    """The arguments of its constructor, for the run file: `crossbook verify` makes it anew."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Make it, and remember with what."""
        made = super().__new__(cls)
        made.made_with = (args, kwargs)
        return made

    def __init__(self, agent_id: str) -> None:
        self.agent_id = agent_id

    @abstractmethod
    async def generate_orders(
        self, market_data: MarketData, order_book: OrderBook
    ) -> Sequence[Order | Cancel]:
        """Answer to a wakeup.

        Args:
            market_data: The market now.
            order_book: Its book.
        """


def plain_number(value: Any) -> Any:
    """Return a decimal as text, which is exact everywhere, and anything else as it is."""
    return format(value, "f") if isinstance(value, Decimal) else value
