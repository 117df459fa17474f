"""Answers that wrap a list: a name for what it holds, so that more can stand beside it one day."""

import msgspec

from crossbook.doors.http.venue_face import IntervalName
from crossbook.venue.answers import (
    CandleView,
    FillView,
    LeaderView,
    Number,
    OrderView,
    TickerView,
    TradeView,
)


class OrdersPage(msgspec.Struct, frozen=True):
    """Own orders, newest first."""

    orders: list[OrderView]


class FillsPage(msgspec.Struct, frozen=True):
    """Own trades, newest first."""

    trades: list[FillView]


class TapePage(msgspec.Struct, frozen=True):
    """The trades of a market, newest first."""

    ticker: str
    trades: list[TradeView]


class TickersPage(msgspec.Struct, frozen=True):
    """All markets at a glance."""

    tickers: dict[str, TickerView]


class CandlesPage(msgspec.Struct, frozen=True):
    """The candles of a market, oldest first."""

    ticker: str
    interval: IntervalName
    candles: list[CandleView]


class LeaderboardPage(msgspec.Struct, frozen=True):
    """The best accounts, best first."""

    leaderboard: list[LeaderView]
    own: LeaderView | None
    """The caller's line, however far down; none where nobody is signed in, or he is no trader."""


class WorthsPage(msgspec.Struct, frozen=True):
    """What the best accounts and the caller's were worth over time."""

    history: dict[str, list[list[Number]]]
    """By user id pairs of when, in milliseconds since 1970, and how much; oldest first."""


class EquityPoint(msgspec.Struct, frozen=True):
    """What an account was worth."""

    timestamp: int
    total_value: Number


class EquityPage(msgspec.Struct, frozen=True):
    """An equity curve, oldest first."""

    equity: list[EquityPoint]
