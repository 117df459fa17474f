"""What the HTTP door needs of a venue. The venue fits these by its shape; tests may hand in anything that does."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from crossbook.venue.answers import (
    BookView,
    CancelledAll,
    CancelledOrder,
    CandleView,
    FillView,
    LeaderView,
    MarketView,
    OrderView,
    PlacedOrder,
    PortfolioView,
    StatusName,
    TickerView,
    TradeView,
)
from crossbook.venue.principal import Principal
from crossbook.venue.requests import PlaceOrder, ReplaceOrder
from crossbook.venue.settings import VenueSettings

IntervalName = Literal["1s", "1m", "5m", "15m", "1h", "1d"]


class DeskFace(Protocol):
    """Orders. Every refusal is a `Refused`."""

    async def placed(self, who: Principal, request: PlaceOrder) -> PlacedOrder:
        """Place an order."""

    async def replaced(self, who: Principal, order_id: str, request: ReplaceOrder) -> OrderView:
        """Change an open order."""

    async def cancelled(self, who: Principal, order_id: str) -> CancelledOrder:
        """Cancel an open order."""

    async def cancelled_all(self, who: Principal, ticker: str | None) -> CancelledAll:
        """Cancel all open orders, or those of one instrument."""


class GateFace(Protocol):
    """Who asks. A secret that nobody has is refused with the status 401."""

    def by_api_key(self, text: str) -> Principal:
        """Return whose key it is."""

    def by_token(self, text: str) -> Principal:
        """Return whose token it is."""


class LooksFace(Protocol):
    """What can be seen. An unknown ticker is refused with the status 404. Times are milliseconds since 1970."""

    def tickers(self) -> Mapping[str, TickerView]:
        """Return all markets at a glance."""

    def market(self, ticker: str) -> MarketView:
        """Return a market."""

    def book(self, ticker: str, depth: int) -> BookView:
        """Return the best levels of a book."""

    async def tape(self, ticker: str, limit: int) -> Sequence[TradeView]:
        """Return the newest trades of a market, newest first."""

    async def candles(
        self, ticker: str, interval: IntervalName, start_ms: int | None, end_ms: int | None
    ) -> Sequence[CandleView]:
        """Return the candles that begin in a span of time, oldest first."""

    def portfolio(self, who: Principal) -> PortfolioView:
        """Return an account."""

    async def equity(
        self, who: Principal, start_ms: int | None, end_ms: int | None, limit: int
    ) -> Sequence[tuple[int, float]]:
        """Return when an account was worth what, oldest first."""

    def leaderboard(self) -> Sequence[LeaderView]:
        """Return the best accounts."""

    async def orders(
        self, who: Principal, status: StatusName | None, ticker: str | None, limit: int, offset: int
    ) -> Sequence[OrderView]:
        """Return the orders of an account, newest first."""

    async def trades(self, who: Principal, ticker: str | None, limit: int, offset: int) -> Sequence[FillView]:
        """Return the trades of an account, newest first."""


class TradingFace(Protocol):
    """What the fast routes need."""

    @property
    def settings(self) -> VenueSettings:
        """The settings."""

    @property
    def desk(self) -> DeskFace:
        """The order desk."""

    @property
    def gate(self) -> GateFace:
        """Sign-in."""

    @property
    def looks(self) -> LooksFace:
        """What can be seen."""

    @property
    def sequence(self) -> int:
        """The newest event sequence."""
