"""What the order desk answers, and what is shown of the market: the shapes that every door encodes.

Prices and quantities are numbers as people write them. Numbers of orders and trades are texts of digits, so that no
reader loses any. Times are milliseconds since 1970.
"""

from typing import Literal, TypeAlias

import msgspec

Number: TypeAlias = int | float
StatusName: TypeAlias = Literal["open", "partial", "filled", "cancelled", "expired"]


class TradeView(msgspec.Struct, frozen=True, kw_only=True):
    """A trade as everybody sees it."""

    trade_id: str
    ticker: str
    price: Number
    quantity: Number
    buyer_id: str
    seller_id: str
    side: Literal["buy", "sell", "auction"]
    """The side of the order that came second."""
    timestamp: int


class PlacedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a new order at once."""

    order_id: str
    client_order_id: str | None
    ticker: str
    side: Literal["buy", "sell"]
    price: Number | None
    quantity: Number
    filled_quantity: Number
    status: StatusName
    """`cancelled` where the rest of it is gone: an IOC order that filled in part is not `filled`."""
    trades: list[TradeView]


class OrderView(msgspec.Struct, frozen=True, kw_only=True):
    """An order as its owner sees it."""

    order_id: str
    client_order_id: str | None
    ticker: str
    side: Literal["buy", "sell"]
    type: Literal["limit", "market", "stop", "stop_limit"]
    time_in_force: Literal["GTC", "DAY", "IOC", "FOK", "GTD"]
    price: Number | None
    stop_price: Number | None
    quantity: Number
    filled_quantity: Number
    average_price: Number | None
    status: StatusName
    reason: str | None
    """Why it ended, as a word of `EndReason`."""
    created_at: int
    updated_at: int


class FillView(msgspec.Struct, frozen=True, kw_only=True):
    """A trade as one of its two parties sees it."""

    trade_id: str
    order_id: str
    client_order_id: str | None
    ticker: str
    side: Literal["buy", "sell"]
    price: Number
    quantity: Number
    fee: Number
    liquidity: Literal["maker", "taker"]
    buyer_id: str
    seller_id: str
    timestamp: int


class CancelledOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a cancel."""

    order_id: str
    status: StatusName
    message: str


class CancelledAll(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a cancel of all orders."""

    cancelled: int
    message: str


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why something was not done."""

    detail: str
    """In words that can be shown to a person."""
    code: str
    """The stable name of the reason, such as `insufficient_cash`."""


class LevelView(msgspec.Struct, frozen=True, kw_only=True):
    """A price level of the book."""

    price: Number
    quantity: Number


class BookView(msgspec.Struct, frozen=True, kw_only=True):
    """The best levels of a book, best first."""

    ticker: str
    sequence: int
    bids: list[LevelView]
    asks: list[LevelView]


class TickerView(msgspec.Struct, frozen=True, kw_only=True):
    """A market at a glance."""

    current_price: Number
    best_bid: Number | None
    best_ask: Number | None
    change_24h: Number
    """As a part of the price a day ago."""
    volume_24h: Number
    high_24h: Number | None
    low_24h: Number | None
    phase: str


class MarketView(msgspec.Struct, frozen=True, kw_only=True):
    """A market with the lots that stand on both sides of its book."""

    ticker: str
    current_price: Number
    best_bid: Number | None
    best_ask: Number | None
    bid_depth: Number
    ask_depth: Number
    change_24h: Number
    volume_24h: Number
    high_24h: Number | None
    low_24h: Number | None
    phase: str
    price_step: Number
    quantity_step: Number


class InstrumentView(msgspec.Struct, frozen=True, kw_only=True):
    """What stays the same of an instrument: how it is written, and what trading in it costs."""

    ticker: str
    name: str
    price_step: Number
    """The smallest difference of two prices."""
    quantity_step: Number
    """The smallest quantity."""
    maker_fee_ppm: int
    """Of the traded worth, in parts per million; below zero a rebate."""
    taker_fee_ppm: int
    protection_ppm: int
    """How far from the best opposite price a market order may go, in parts per million."""


class InstrumentsView(msgspec.Struct, frozen=True, kw_only=True):
    """All instruments, in the order in which they were listed."""

    instruments: list[InstrumentView]
    cash_step: Number
    """The unit of cash. A fee is a whole number of them, rounded toward zero."""


class CandleView(msgspec.Struct, frozen=True, kw_only=True):
    """A candle; `timestamp` is when it begins."""

    timestamp: int
    open: Number
    high: Number
    low: Number
    close: Number
    volume: Number


class HoldingView(msgspec.Struct, frozen=True, kw_only=True):
    """What an account holds of an instrument."""

    ticker: str
    quantity: Number
    locked: Number
    """Of it, set aside for open sell orders."""
    current_price: Number
    value: Number
    average_cost: Number | None
    realized_pnl: Number
    unrealized_pnl: Number
    fees: Number


class PortfolioView(msgspec.Struct, frozen=True, kw_only=True):
    """An account as its owner sees it; what is in escrow still counts as his."""

    user_id: str
    username: str
    cash: Number
    """Free cash, that is without what is in escrow for open orders."""
    escrowed_cash: Number
    buying_power: Number
    holdings: list[HoldingView]
    total_value: Number


class LeaderView(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the leaderboard."""

    rank: int
    user_id: str
    username: str
    cash: Number
    holdings: dict[str, Number]
    total_value: Number
