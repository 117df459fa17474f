"""The rows of the database as they are handed out: integers, and texts where the table has texts.

The fields of each class stand in the order of its table's columns.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Protocol

AUCTION_SIDE: Final = 2
"""The `side` of a trade in which nobody took, because it was made in an auction."""


class OrderStatus(IntEnum):
    """Where an order stands."""

    OPEN = 0
    """Nothing of it has traded."""
    PARTIAL = 1
    """Some of it has traded, and some is open."""
    FILLED = 2
    """All of it has traded."""
    CANCELLED = 3
    """The rest of it was cancelled, or taken off it by self-trade prevention."""
    EXPIRED = 4
    """Its time was over."""


@dataclass(frozen=True, slots=True)
class UserRow:
    """Somebody who is registered."""

    user_id: str
    username: str
    password_hash: str | None = field(repr=False)
    """None for the house, which cannot sign in."""
    role: str
    account: int | None
    """In the core; none until it is opened."""
    created_ns: int
    disabled: bool = False
    """Shut out until an administrator lets him in again."""


class NewKey(Protocol):
    """An API key as it is added."""

    @property
    def key_id(self) -> str: ...  # noqa: D102 - as of `KeyRow`, like the others
    @property
    def user_id(self) -> str: ...  # noqa: D102
    @property
    def key_hash(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def created_ns(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An API key. The key itself is not kept."""

    key_id: str
    user_id: str
    key_hash: str = field(repr=False)
    label: str
    created_ns: int
    last_used_ns: int | None = None
    revoked_ns: int | None = None


class NewSession(Protocol):
    """A session as it is added."""

    @property
    def session(self) -> str: ...  # noqa: D102 - as of `SessionRow`, like the others
    @property
    def user_id(self) -> str: ...  # noqa: D102
    @property
    def created_ns(self) -> int: ...  # noqa: D102
    @property
    def expires_s(self) -> int: ...  # noqa: D102
    @property
    def address(self) -> str: ...  # noqa: D102
    @property
    def agent(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session that a token was handed out for."""

    session: str
    """The token's `jti`."""
    user_id: str
    created_ns: int
    expires_s: int
    address: str
    agent: str
    """What its client said of itself."""


@dataclass(frozen=True, slots=True)
class InstrumentRow:
    """How an instrument is called and written; the steps are decimals."""

    number: int
    ticker: str
    name: str
    price_step: str
    quantity_step: str
    cash_step: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """Whose an account is."""

    account: int
    user_id: str | None
    username: str | None
    role: str | None
    traded_ns: int | None
    """When it first traded."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order with what became of it.

    Units: prices in ticks, quantities in lots, fees in cash units, `worth` in ticks times lots.
    """

    order_id: int
    account: int
    instrument: int
    side: int
    order_type: int
    time_in_force: int
    flags: int
    """The bits `POST_ONLY`, `REDUCE_ONLY` and `FORCED` of `EventFlag`."""
    display: int
    """Lots that show of an iceberg order; zero for all."""
    price: int
    """The limit or the protection price."""
    stop_price: int | None
    expires_ns: int | None
    quantity: int
    """All of it; a replace changes it."""
    filled: int
    open: int
    """Less than `quantity - filled` once self-trade prevention took lots off it, and zero once it has ended."""
    worth: int
    """The sum of price times quantity over its fills: divided by `filled`, the average price."""
    fees: int
    """Below zero where rebates were paid."""
    status: OrderStatus
    reason: int | None
    """Why it ended before it was filled, as an `EndReason`."""
    client_order_id: str | None
    command: int
    """The number of the command that placed it."""
    sequence: int
    """The event that took it."""
    first_sequence: int
    """Its last event of the command that placed it: its trades of the first answer lie between the two."""
    first_filled: int
    """What that command filled, left it as, and asked for: what the first answer said."""
    first_status: OrderStatus
    first_price: int
    first_quantity: int
    created_ns: int
    triggered_ns: int | None
    """When a stop order woke."""
    updated_ns: int


@dataclass(frozen=True, slots=True)
class TradeRow:
    """A trade.

    Units: price in ticks, quantity in lots, fees in cash units.
    """

    sequence: int
    """The trade's number: that of its event."""
    time_ns: int
    instrument: int
    price: int
    quantity: int
    side: int
    """The taker's, or `AUCTION_SIDE`."""
    taker_order: int
    """In an auction the buyer's, as is `taker_account`."""
    maker_order: int
    taker_account: int
    maker_account: int
    taker_fee: int
    maker_fee: int
    command: int

    @property
    def buyer(self) -> int:
        """The account that bought."""
        return self.maker_account if self.side == 1 else self.taker_account

    @property
    def seller(self) -> int:
        """The account that sold."""
        return self.taker_account if self.side == 1 else self.maker_account


@dataclass(frozen=True, slots=True)
class FillRow:
    """A trade as one of its two parties sees it."""

    trade: TradeRow
    as_taker: bool
    """Whether this party is the trade's taker. In an auction, where nobody takes, whether it bought."""
    client_order_id: str | None
    """The party's own name of its order."""

    @property
    def took(self) -> bool:
        """Whether the party took what stood in the book."""
        return self.as_taker and self.trade.side != AUCTION_SIDE

    @property
    def order_id(self) -> int:
        """The party's order."""
        return self.trade.taker_order if self.as_taker else self.trade.maker_order

    @property
    def fee(self) -> int:
        """What the party paid, in cash units; below zero for a rebate."""
        return self.trade.taker_fee if self.as_taker else self.trade.maker_fee

    @property
    def side(self) -> int:
        """The party's side: 0 bought, 1 sold."""
        taker_sold = self.trade.side == 1
        return int(taker_sold == self.as_taker)


@dataclass(frozen=True, slots=True)
class CandleRow:
    """A candle; prices in ticks, volume in lots."""

    instrument: int
    interval_s: int
    start_s: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    trades: int


@dataclass(frozen=True, slots=True)
class EquityRow:
    """What an account was worth at a time, in cash units."""

    account: int
    time_ns: int
    equity: int
    cash: int
    """What is in escrow counted in."""


@dataclass(frozen=True, slots=True)
class NewsRow:
    """News that were told to everybody."""

    time_ns: int
    digest: str
    text: str
    ticker: str | None
    impact: float | None


@dataclass(frozen=True, slots=True)
class DayRow:
    """The trading of an instrument since a time: prices in ticks, volume in lots."""

    instrument: int
    before: int | None
    """The last price before that time."""
    first: int | None
    """The first price since; none where nothing traded, as in the next two."""
    high: int | None
    low: int | None
    volume: int
    trades: int


@dataclass(frozen=True, slots=True)
class ClientOrderId:
    """An owner's name of an order."""

    account: int
    client_order_id: str
    order_id: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the journal is projected."""

    sequence: int = 0
    command: int = 0
    event_hash: str = ""
    """Sixteen hexadecimal digits; empty before the first event."""
    equity_ns: int = 0
