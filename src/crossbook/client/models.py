"""What a venue answers, as a client reads it: the same fields as the venue writes, with exact decimals for numbers.

Unknown fields are ignored, so that a newer venue does not break an older client. Times are milliseconds since 1970.
"""

from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

StatusName: TypeAlias = Literal["open", "partial", "filled", "cancelled", "expired"]
SideName: TypeAlias = Literal["buy", "sell"]
TypeName: TypeAlias = Literal["limit", "market", "stop", "stop_limit"]
LifeName: TypeAlias = Literal["GTC", "DAY", "IOC", "FOK", "GTD"]
SelfTradeName: TypeAlias = Literal["cancel_newest", "cancel_oldest", "cancel_both", "decrement"]
Interval: TypeAlias = Literal["1s", "1m", "5m", "15m", "1h", "1d"]


class TradeView(msgspec.Struct, frozen=True, kw_only=True):
    """A trade as everybody sees it."""

    trade_id: str
    ticker: str
    price: Decimal
    quantity: Decimal
    buyer_id: str
    seller_id: str
    side: Literal["buy", "sell", "auction"] = "auction"
    """The side of the order that came second."""
    timestamp: int = 0


class PlacedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a new order at once."""

    order_id: str
    client_order_id: str | None = None
    ticker: str
    side: SideName
    price: Decimal | None = None
    quantity: Decimal
    filled_quantity: Decimal
    status: StatusName
    """`cancelled` where the rest of it is gone: an IOC order that filled in part is not `filled`."""
    trades: list[TradeView]


class OrderView(msgspec.Struct, frozen=True, kw_only=True):
    """An order as its owner sees it."""

    order_id: str
    client_order_id: str | None = None
    ticker: str
    side: SideName
    type: TypeName = "limit"
    time_in_force: LifeName = "GTC"
    price: Decimal | None = None
    stop_price: Decimal | None = None
    quantity: Decimal
    filled_quantity: Decimal
    average_price: Decimal | None = None
    status: StatusName
    reason: str | None = None
    """Why it ended, as a word of `EndReason`."""
    created_at: int = 0
    updated_at: int = 0


class FillView(msgspec.Struct, frozen=True, kw_only=True):
    """A trade as one of its two parties sees it."""

    trade_id: str
    order_id: str
    client_order_id: str | None = None
    ticker: str
    side: SideName
    price: Decimal
    quantity: Decimal
    fee: Decimal = Decimal(0)
    liquidity: Literal["maker", "taker"]
    buyer_id: str = ""
    seller_id: str = ""
    timestamp: int = 0


class CancelledOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a cancel."""

    order_id: str
    status: StatusName
    message: str = ""


class CancelledAll(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a cancel of all orders."""

    cancelled: int
    message: str = ""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why something was not done."""

    detail: str
    """In words that can be shown to a person."""
    code: str
    """The stable name of the reason, such as `insufficient_cash`."""


class LevelView(msgspec.Struct, frozen=True, kw_only=True):
    """A price level of the book."""

    price: Decimal
    quantity: Decimal


class BookView(msgspec.Struct, frozen=True, kw_only=True):
    """The best levels of a book, best first."""

    ticker: str
    sequence: int = 0
    bids: list[LevelView]
    asks: list[LevelView]


class TickerView(msgspec.Struct, frozen=True, kw_only=True):
    """A market at a glance."""

    current_price: Decimal
    best_bid: Decimal | None = None
    best_ask: Decimal | None = None
    change_24h: Decimal = Decimal(0)
    """As a part of the price a day ago."""
    volume_24h: Decimal = Decimal(0)
    high_24h: Decimal | None = None
    low_24h: Decimal | None = None
    phase: str = "continuous"


class MarketView(msgspec.Struct, frozen=True, kw_only=True):
    """A market with the lots that stand on both sides of its book."""

    ticker: str
    current_price: Decimal
    best_bid: Decimal | None = None
    best_ask: Decimal | None = None
    bid_depth: Decimal = Decimal(0)
    ask_depth: Decimal = Decimal(0)
    change_24h: Decimal = Decimal(0)
    volume_24h: Decimal = Decimal(0)
    high_24h: Decimal | None = None
    low_24h: Decimal | None = None
    phase: str = "continuous"
    price_step: Decimal = Decimal("0.01")
    quantity_step: Decimal = Decimal(1)


class InstrumentView(msgspec.Struct, frozen=True, kw_only=True):
    """What stays the same of an instrument: how it is written, and what trading in it costs."""

    ticker: str
    name: str = ""
    price_step: Decimal = Decimal("0.01")
    quantity_step: Decimal = Decimal(1)
    maker_fee_ppm: int = 0
    """Of the traded worth, in parts per million; below zero a rebate."""
    taker_fee_ppm: int = 0
    protection_ppm: int = 0
    """How far from the best opposite price a market order may go."""


class InstrumentsView(msgspec.Struct, frozen=True, kw_only=True):
    """All instruments, in the order in which they were listed."""

    instruments: list[InstrumentView]
    cash_step: Decimal = Decimal("0.01")
    """The unit of cash. A fee is a whole number of them, rounded toward zero."""


class CandleView(msgspec.Struct, frozen=True, kw_only=True):
    """A candle; `timestamp` is when it begins."""

    timestamp: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class HoldingView(msgspec.Struct, frozen=True, kw_only=True):
    """What an account holds of an instrument."""

    ticker: str
    quantity: Decimal
    locked: Decimal = Decimal(0)
    """Of it, set aside for open sell orders."""
    current_price: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    average_cost: Decimal | None = None
    realized_pnl: Decimal = Decimal(0)
    unrealized_pnl: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)


class PortfolioView(msgspec.Struct, frozen=True, kw_only=True):
    """An account as its owner sees it; what is in escrow still counts as his."""

    user_id: str
    username: str
    cash: Decimal
    """Free cash, that is without what is in escrow for open orders."""
    escrowed_cash: Decimal = Decimal(0)
    buying_power: Decimal = Decimal(0)
    holdings: list[HoldingView]
    total_value: Decimal


class LeaderView(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the leaderboard."""

    rank: int = 0
    user_id: str
    username: str
    cash: Decimal
    holdings: dict[str, Decimal]
    total_value: Decimal


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """A new user; `api_key` is shown this once."""

    user_id: str
    username: str
    api_key: str
    jwt_token: str
    cash: Decimal

    def __repr__(self) -> str:
        """Show who it is, and none of the secrets: answers end up in logs."""
        return f"Registered(user_id={self.user_id!r}, username={self.username!r}, cash={self.cash})"


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A user who signed in with his password."""

    user_id: str
    username: str
    jwt_token: str

    def __repr__(self) -> str:
        """Show who it is, and not the token."""
        return f"SignedIn(user_id={self.user_id!r}, username={self.username!r})"


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    user_id: str
    username: str
    role: str


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """An API key as its owner sees it in his list."""

    key_id: str
    label: str
    prefix: str
    created_at: int


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """An API key that was just made; `api_key` is shown this once."""

    key_id: str
    label: str
    prefix: str
    created_at: int
    api_key: str

    def __repr__(self) -> str:
        """Show which key it is, and not the key."""
        return f"NewKey(key_id={self.key_id!r}, label={self.label!r})"


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """It is done."""

    message: str
