"""The REST interface of a venue for programs with an event loop; `rest` has its twin.

The two have the same methods. What can be done twice without harm is repeated when the connection breaks or the venue is
busy: whatever only looks, and new orders, because each has a client order id. Everything else is sent once.
"""

import asyncio
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import httpx

from crossbook.client import calls
from crossbook.client.attempts import Answer, Attempts
from crossbook.client.calls import Call
from crossbook.client.decimals import Amount
from crossbook.client.models import (
    BookView,
    CancelledAll,
    CancelledOrder,
    CandleView,
    Done,
    FillView,
    InstrumentsView,
    Interval,
    KeyView,
    LeaderView,
    MarketView,
    Me,
    NewKey,
    OrderView,
    PlacedOrder,
    PortfolioView,
    Registered,
    SideName,
    SignedIn,
    TickerView,
    TradeView,
)
from crossbook.client.options import OrderOptions
from crossbook.client.transport import DEFAULT_URL, arguments, settings

T = TypeVar("T")


class AsyncClient:
    """Speak to a venue from a program with an event loop.

    Args:
        url: The address of the venue.
        api_key: An API key of the account; `register` sets it.
        token: A session's token in its place; `login` sets it.
        timeout_s: The longest wait for one answer.
        patience_s: How long what may be repeated is tried.

    Raises:
        UsageError: The address is none, or both a key and a token are given.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        token: str | None = None,
        timeout_s: float = 10.0,
        patience_s: float = 15.0,
    ) -> None:
        self.patience_s = patience_s
        self._http = httpx.AsyncClient(**settings(url, api_key, token, timeout_s))

    @property
    def url(self) -> str:
        """The address of the venue."""
        return str(self._http.base_url).rstrip("/")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def do(self, call: Call[T]) -> T:
        """Carry out a call of `crossbook.client.calls`.

        Raises:
            Refused: The venue refused.
            Unavailable: It cannot be reached, or cannot now.
        """
        attempts = Attempts(call, self.patience_s)
        while True:
            try:
                outcome: Answer[T] | float = attempts.answered(await self._http.request(**arguments(call)))
            except httpx.TransportError as error:
                outcome = attempts.failed(error)
            if isinstance(outcome, Answer):
                return outcome.value
            await asyncio.sleep(outcome)

    async def register(self, username: str, password: str) -> Registered:
        """Make a user, and act as that user from now on."""
        registered = await self.do(calls.register(username, password))
        self._http.headers["X-API-Key"] = registered.api_key
        self._http.headers.pop("Authorization", None)
        return registered

    async def login(self, username: str, password: str) -> SignedIn:
        """Sign in with a password, and act as that user from now on."""
        signed_in = await self.do(calls.login(username, password))
        self._http.headers["Authorization"] = f"Bearer {signed_in.jwt_token}"
        self._http.headers.pop("X-API-Key", None)
        return signed_in

    async def place(
        self,
        ticker: str,
        side: SideName,
        quantity: Amount,
        price: Amount | None = None,
        **options: Unpack[OrderOptions],
    ) -> PlacedOrder:
        """Place an order; see `crossbook.client.options.OrderOptions`."""
        return await self.do(calls.place(calls.order_fields(ticker, side, quantity, price, **options)))

    async def cancel(self, order_id: str) -> CancelledOrder:
        """Cancel an order."""
        return await self.do(calls.cancel(order_id))

    async def cancel_all(self, ticker: str | None = None) -> CancelledAll:
        """Cancel all orders, of one ticker or of all."""
        return await self.do(calls.cancel_all(ticker))

    async def replace(
        self,
        order_id: str,
        *,
        price: Amount | None = None,
        quantity: Amount | None = None,
        stop_price: Amount | None = None,
    ) -> OrderView:
        """Change an order; what is left out stays."""
        return await self.do(calls.replace(order_id, calls.replace_fields(price, quantity, stop_price)))

    async def orders(
        self,
        *,
        status: str | None = None,
        ticker: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> list[OrderView]:
        """List own orders, the newest first."""
        return await self.do(calls.orders(status, ticker, limit, offset))

    async def trades(
        self, *, ticker: str | None = None, limit: int | None = None, offset: int | None = None
    ) -> list[FillView]:
        """List own trades, the newest first."""
        return await self.do(calls.trades(ticker, limit, offset))

    async def tape(self, ticker: str, *, limit: int | None = None) -> list[TradeView]:
        """List everybody's trades in a market, the newest first."""
        return await self.do(calls.tape(ticker, limit))

    async def instruments(self) -> InstrumentsView:
        """Show what stays the same of every instrument: its name, its steps, its fees."""
        return await self.do(calls.instruments())

    async def tickers(self) -> dict[str, TickerView]:
        """Show all markets at a glance."""
        return await self.do(calls.tickers())

    async def market(self, ticker: str) -> MarketView:
        """Show a market."""
        return await self.do(calls.market(ticker))

    async def orderbook(self, ticker: str, *, depth: int | None = None) -> BookView:
        """Show the book of a market."""
        return await self.do(calls.orderbook(ticker, depth))

    async def candles(
        self,
        ticker: str,
        interval: Interval = "1m",
        *,
        start: int | None = None,
        end: int | None = None,
    ) -> list[CandleView]:
        """Show the candles of a market, the oldest first."""
        return await self.do(calls.candles(ticker, interval, start, end))

    async def portfolio(self) -> PortfolioView:
        """Show one's own account."""
        return await self.do(calls.portfolio())

    async def leaderboard(self) -> list[LeaderView]:
        """Show the best fifty."""
        return await self.do(calls.leaderboard())

    async def health(self) -> dict[str, Any]:
        """Ask whether the venue is well."""
        return await self.do(calls.health())

    async def logout(self) -> Done:
        """End the session of the token; its streams are closed."""
        return await self.do(calls.logout())

    async def me(self) -> Me:
        """Ask who is signed in."""
        return await self.do(calls.me())

    async def keys(self) -> list[KeyView]:
        """List one's own API keys, without their secrets."""
        return await self.do(calls.keys())

    async def create_key(self, label: str = "") -> NewKey:
        """Make another API key; the answer shows it this once."""
        return await self.do(calls.create_key(label))

    async def revoke_key(self, key_id: str) -> Done:
        """End an API key; connections that came in with it are closed."""
        return await self.do(calls.revoke_key(key_id))

    async def rotate_key(self, key_id: str) -> NewKey:
        """Make an API key in the place of another, which ends at once."""
        return await self.do(calls.rotate_key(key_id))
