"""The routes of market data, portfolio and leaderboard."""

from time import time_ns
from typing import Final, cast

from crossbook.doors.http.pages import (
    CandlesPage,
    EquityPage,
    EquityPoint,
    LeaderboardPage,
    TapePage,
    TickersPage,
    WorthsPage,
)
from crossbook.doors.http.queries import (
    BookQuery,
    CandleQuery,
    EquityQuery,
    TapeQuery,
    WorthsQuery,
    instant_ms,
)
from crossbook.doors.http.routes import Call, Route
from crossbook.doors.http.trading import TRADE_EXAMPLE
from crossbook.venue.answers import BookView, InstrumentsView, MarketView, PortfolioView, TradeView
from crossbook.venue.orders import NS_PER_MS

MARKET_TAG: Final = "market"
ACCOUNT_TAG: Final = "account"
TICKER_TEXT: Final = "Such as FUN."
MS_PER_HOUR: Final = 3_600_000
WORTHS_MAX: Final = 48
"""Points of each curve of the leaderboard: enough for a small picture."""

INSTRUMENT_EXAMPLE: Final = {
    "ticker": "FUN",
    "name": "Fun Industries",
    "price_step": 0.01,
    "quantity_step": 1,
    "maker_fee_ppm": 0,
    "taker_fee_ppm": 500,
    "protection_ppm": 50_000,
}
TICKER_EXAMPLE: Final = {
    "current_price": 100.25,
    "best_bid": 100.2,
    "best_ask": 100.3,
    "change_24h": 0.0025,
    "volume_24h": 18_250,
    "high_24h": 101.1,
    "low_24h": 99.4,
    "phase": "continuous",
}
MARKET_EXAMPLE: Final = {
    "ticker": "FUN",
    "bid_depth": 840,
    "ask_depth": 910,
    **TICKER_EXAMPLE,
    "price_step": 0.01,
    "quantity_step": 1,
}
BOOK_EXAMPLE: Final = {
    "ticker": "FUN",
    "sequence": 20_417,
    "bids": [{"price": 100.2, "quantity": 30}, {"price": 100.15, "quantity": 55}],
    "asks": [{"price": 100.3, "quantity": 25}, {"price": 100.35, "quantity": 60}],
}
CANDLE_EXAMPLE: Final = {
    "timestamp": 1_767_225_600_000,
    "open": 100.1,
    "high": 100.4,
    "low": 100.05,
    "close": 100.25,
    "volume": 312,
}
PORTFOLIO_EXAMPLE: Final = {
    "user_id": "u_7f3a9c",
    "username": "ada",
    "cash": 8_997.5,
    "escrowed_cash": 601.5,
    "buying_power": 8_997.5,
    "holdings": [
        {
            "ticker": "FUN",
            "quantity": 4,
            "locked": 0,
            "current_price": 100.25,
            "value": 401,
            "average_cost": 100.25,
            "realized_pnl": 0,
            "unrealized_pnl": 0,
            "fees": 0,
        }
    ],
    "total_value": 10_000,
}
LEADER_EXAMPLE: Final = {
    "rank": 1,
    "user_id": "u_7f3a9c",
    "username": "ada",
    "cash": 8_997.5,
    "holdings": {"FUN": 4},
    "total_value": 10_000,
}


async def instruments(call: Call) -> InstrumentsView:
    """Show what stays the same of every instrument."""
    return call.venue.instruments()


async def tickers(call: Call) -> TickersPage:
    """Show all markets at a glance."""
    return TickersPage(tickers=dict(call.venue.tickers()))


async def market(call: Call) -> MarketView:
    """Show a market."""
    return call.venue.market(call.parameter)


async def book(call: Call) -> BookView:
    """Show the best levels of a book."""
    query: BookQuery = call.query
    return call.venue.book(call.parameter, query.depth)


async def tape(call: Call) -> TapePage:
    """Show the newest trades of a market."""
    query: TapeQuery = call.query
    rows = await call.venue.past.tape(call.parameter, query.limit)
    # Some of them may be JSON already, which is encoded as it stands.
    return TapePage(ticker=call.parameter, trades=cast("list[TradeView]", list(rows)))


async def candles(call: Call) -> CandlesPage:
    """Show the candles of a market."""
    query: CandleQuery = call.query
    start_ms, end_ms = instant_ms("start", query.start), instant_ms("end", query.end)
    call.sequence, rows = await call.venue.past.candles(call.parameter, query.interval, start_ms, end_ms)
    return CandlesPage(ticker=call.parameter, interval=query.interval, candles=list(rows))


async def portfolio(call: Call) -> PortfolioView:
    """Show the caller's account."""
    return call.venue.portfolio(call.caller)


async def equity(call: Call) -> EquityPage:
    """Show what the caller's account was worth."""
    query: EquityQuery = call.query
    start_ms, end_ms = instant_ms("start", query.start), instant_ms("end", query.end)
    rows = await call.venue.past.equity(call.caller, start_ms, end_ms, query.limit)
    return EquityPage(equity=[EquityPoint(timestamp=at, total_value=value) for at, value in rows])


async def leaderboard(call: Call) -> LeaderboardPage:
    """Show the best accounts, and where the caller stands."""
    own = None if call.who is None else call.venue.leader(call.who)
    return LeaderboardPage(leaderboard=list(call.venue.leaderboard()), own=own)


async def worths(call: Call) -> WorthsPage:
    """Show what the best accounts and the caller's were worth; the last point of each is what they are worth now."""
    query: WorthsQuery = call.query
    now = {leader.user_id: leader.total_value for leader in call.venue.leaderboard()}
    own = None if call.who is None else call.venue.leader(call.who)
    if own is not None:
        now[own.user_id] = own.total_value
    end_ms = time_ns() // NS_PER_MS
    start_ms = end_ms - query.hours * MS_PER_HOUR
    past = await call.venue.past.worths(tuple(now), start_ms, end_ms, WORTHS_MAX - 1)
    return WorthsPage(
        history={
            user_id: [[at, value] for at, value in (*past[user_id], (end_ms, worth))]
            for user_id, worth in now.items()
        }
    )


LOOKING_ROUTES: Final = (
    Route(
        "GET",
        "/api/instruments",
        instruments,
        InstrumentsView,
        "Show what stays the same of every instrument: its name, its steps, its fees",
        {"instruments": [INSTRUMENT_EXAMPLE], "cash_step": 0.01},
        MARKET_TAG,
        private=False,
    ),
    Route(
        "GET",
        "/api/market/tickers",
        tickers,
        TickersPage,
        "Show all markets at a glance",
        {"tickers": {"FUN": TICKER_EXAMPLE}},
        MARKET_TAG,
        private=False,
    ),
    Route(
        "GET",
        "/api/market/{ticker}",
        market,
        MarketView,
        "Show a market, with what stands on both sides of its book",
        MARKET_EXAMPLE,
        MARKET_TAG,
        private=False,
        parameter_example="FUN",
        parameter_text=TICKER_TEXT,
        statuses=(404,),
    ),
    Route(
        "GET",
        "/api/market/{ticker}/orderbook",
        book,
        BookView,
        "Show the best levels of a book, best first",
        BOOK_EXAMPLE,
        MARKET_TAG,
        private=False,
        query=BookQuery,
        parameter_example="FUN",
        parameter_text=TICKER_TEXT,
        statuses=(404,),
    ),
    Route(
        "GET",
        "/api/market/{ticker}/trades",
        tape,
        TapePage,
        "Show the newest trades of a market, newest first",
        {"ticker": "FUN", "trades": [TRADE_EXAMPLE]},
        MARKET_TAG,
        private=False,
        query=TapeQuery,
        parameter_example="FUN",
        parameter_text=TICKER_TEXT,
        statuses=(404, 503),
    ),
    Route(
        "GET",
        "/api/market/{ticker}/history",
        candles,
        CandlesPage,
        "Show the candles of a market, oldest first",
        {"ticker": "FUN", "interval": "1m", "candles": [CANDLE_EXAMPLE]},
        MARKET_TAG,
        private=False,
        query=CandleQuery,
        parameter_example="FUN",
        parameter_text=TICKER_TEXT,
        statuses=(404, 503),
    ),
    Route(
        "GET",
        "/api/portfolio",
        portfolio,
        PortfolioView,
        "Show one's own account; what is in escrow still counts",
        PORTFOLIO_EXAMPLE,
        ACCOUNT_TAG,
    ),
    Route(
        "GET",
        "/api/portfolio/history",
        equity,
        EquityPage,
        "Show what one's own account was worth over time, oldest first",
        {"equity": [{"timestamp": 1_767_225_600_000, "total_value": 10_000}]},
        ACCOUNT_TAG,
        query=EquityQuery,
        statuses=(503,),
    ),
    Route(
        "GET",
        "/api/leaderboard",
        leaderboard,
        LeaderboardPage,
        "Show the fifty best accounts, best first, and one's own however far down",
        {"leaderboard": [LEADER_EXAMPLE], "own": {**LEADER_EXAMPLE, "rank": 73, "username": "bert"}},
        ACCOUNT_TAG,
        private=False,
    ),
    Route(
        "GET",
        "/api/leaderboard/history",
        worths,
        WorthsPage,
        "Show what the fifty best accounts and one's own were worth over time, oldest first",
        {"history": {"u_7f3a9c": [[1_767_225_600_000, 9_998.5], [1_767_227_400_000, 10_000]]}},
        ACCOUNT_TAG,
        private=False,
        query=WorthsQuery,
        statuses=(503,),
    ),
)
