"""The REST interface of a venue for programs without an event loop; `asynchronous` has its twin.

The two have the same methods. What can be done twice without harm is repeated when the connection breaks or the venue is
busy: whatever only looks, and new orders, because each has a client order id. Everything else is sent once.
"""

import time
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


class Client:
    """Speak to a venue from a program without an event loop. May be shared by threads.

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
        self._http = httpx.Client(**settings(url, api_key, token, timeout_s))

    @property
    def url(self) -> str:
        """The address of the venue."""
        return str(self._http.base_url).rstrip("/")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def do(self, call: Call[T]) -> T:
        """Carry out a call of `crossbook.client.calls`.

        Raises:
            Refused: The venue refused.
            Unavailable: It cannot be reached, or cannot now.
        """
        attempts = Attempts(call, self.patience_s)
        while True:
            try:
                outcome: Answer[T] | float = attempts.answered(self._http.request(**arguments(call)))
            except httpx.TransportError as error:
                outcome = attempts.failed(error)
            if isinstance(outcome, Answer):
                return outcome.value
            time.sleep(outcome)

    def register(self, username: str, password: str) -> Registered:
        """Make a user, and act as that user from now on."""
        registered = self.do(calls.register(username, password))
        self._http.headers["X-API-Key"] = registered.api_key
        self._http.headers.pop("Authorization", None)
        return registered

    def login(self, username: str, password: str) -> SignedIn:
        """Sign in with a password, and act as that user from now on."""
        signed_in = self.do(calls.login(username, password))
        self._http.headers["Authorization"] = f"Bearer {signed_in.jwt_token}"
        self._http.headers.pop("X-API-Key", None)
        return signed_in

    def place(
        self,
        ticker: str,
        side: SideName,
        quantity: Amount,
        price: Amount | None = None,
        **options: Unpack[OrderOptions],
    ) -> PlacedOrder:
        """Place an order; see `crossbook.client.options.OrderOptions`."""
        return self.do(calls.place(calls.order_fields(ticker, side, quantity, price, **options)))

    def cancel(self, order_id: str) -> CancelledOrder:
        """Cancel an order."""
        return self.do(calls.cancel(order_id))

    def cancel_all(self, ticker: str | None = None) -> CancelledAll:
        """Cancel all orders, of one ticker or of all."""
        return self.do(calls.cancel_all(ticker))

    def replace(
        self,
        order_id: str,
        *,
        price: Amount | None = None,
        quantity: Amount | None = None,
        stop_price: Amount | None = None,
    ) -> OrderView:
        """Change an order; what is left out stays."""
        return self.do(calls.replace(order_id, calls.replace_fields(price, quantity, stop_price)))

    def orders(
        self,
        *,
        status: str | None = None,
        ticker: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> list[OrderView]:
        """List own orders, the newest first."""
        return self.do(calls.orders(status, ticker, limit, offset))

    def trades(
        self, *, ticker: str | None = None, limit: int | None = None, offset: int | None = None
    ) -> list[FillView]:
        """List own trades, the newest first."""
        return self.do(calls.trades(ticker, limit, offset))

    def tape(self, ticker: str, *, limit: int | None = None) -> list[TradeView]:
        """List everybody's trades in a market, the newest first."""
        return self.do(calls.tape(ticker, limit))

    def instruments(self) -> InstrumentsView:
        """Show what stays the same of every instrument: its name, its steps, its fees."""
        return self.do(calls.instruments())

    def tickers(self) -> dict[str, TickerView]:
        """Show all markets at a glance."""
        return self.do(calls.tickers())

    def market(self, ticker: str) -> MarketView:
        """Show a market."""
        return self.do(calls.market(ticker))

    def orderbook(self, ticker: str, *, depth: int | None = None) -> BookView:
        """Show the book of a market."""
        return self.do(calls.orderbook(ticker, depth))

    def candles(
        self,
        ticker: str,
        interval: Interval = "1m",
        *,
        start: int | None = None,
        end: int | None = None,
    ) -> list[CandleView]:
        """Show the candles of a market, the oldest first."""
        return self.do(calls.candles(ticker, interval, start, end))

    def portfolio(self) -> PortfolioView:
        """Show one's own account."""
        return self.do(calls.portfolio())

    def leaderboard(self) -> list[LeaderView]:
        """Show the best fifty."""
        return self.do(calls.leaderboard())

    def health(self) -> dict[str, Any]:
        """Ask whether the venue is well."""
        return self.do(calls.health())

    def logout(self) -> Done:
        """End the session of the token; its streams are closed."""
        return self.do(calls.logout())

    def me(self) -> Me:
        """Ask who is signed in."""
        return self.do(calls.me())

    def keys(self) -> list[KeyView]:
        """List one's own API keys, without their secrets."""
        return self.do(calls.keys())

    def create_key(self, label: str = "") -> NewKey:
        """Make another API key; the answer shows it this once."""
        return self.do(calls.create_key(label))

    def revoke_key(self, key_id: str) -> Done:
        """End an API key; connections that came in with it are closed."""
        return self.do(calls.revoke_key(key_id))

    def rotate_key(self, key_id: str) -> NewKey:
        """Make an API key in the place of another, which ends at once."""
        return self.do(calls.rotate_key(key_id))
