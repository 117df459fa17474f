"""Every request of the REST interface as plain data: what is sent, how the answer is read, whether it may be repeated.

Nothing here touches a socket, so the two clients, with threads and with a loop, cannot differ in what they ask.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar, Unpack
from urllib.parse import quote
from uuid import uuid4

import msgspec

from crossbook.client.decimals import Amount, amount, optional_amount
from crossbook.client.errors import refusal
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
from crossbook.core import CrossbookError

T = TypeVar("T")

ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A request, and how its answer is read."""

    method: str
    path: str
    answer: Any
    """The type of the answer, which `T` names."""
    within: str | None = None
    """The key of the answer under which the value stands."""
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: bytes | None = None
    repeatable: bool = False
    """Whether it may be sent again when its answer is lost: doing it twice is like doing it once."""

    def read(self, content: bytes) -> T:
        """Return the answer.

        Raises:
            msgspec.DecodeError: The bytes are not what the call promises.
        """
        if self.within is None:
            return msgspec.json.decode(content, type=self.answer)  # type: ignore[no-any-return]
        raw = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        if self.within not in raw:
            raise msgspec.ValidationError(f"the answer has no {self.within}")
        return msgspec.json.decode(raw[self.within], type=self.answer)  # type: ignore[no-any-return]


class _Problem(msgspec.Struct):
    detail: Any = None
    code: str = ""


def error_of(status: int, content: bytes, retry_after: str | None) -> CrossbookError:
    """Return the error that an answer with a status above 399 stands for."""
    try:
        problem = msgspec.json.decode(content, type=_Problem)
    except msgspec.DecodeError:
        problem = _Problem()
    detail = problem.detail if isinstance(problem.detail, str) else f"the venue answered with status {status}"
    try:
        retry_after_s = None if retry_after is None else max(float(retry_after), 0.0)
    except ValueError:
        # The header may be a date as well; how long that is depends on a clock that is not ours.
        retry_after_s = None
    return refusal(problem.code or f"http_{status}", " ".join(detail.split()), status, retry_after_s)


def _query(**values: str | int | None) -> dict[str, str | int]:
    return {name: value for name, value in values.items() if value is not None}


def _json(values: Mapping[str, Any]) -> bytes:
    return ENCODER.encode({name: value for name, value in values.items() if value is not None})


def order_fields(
    ticker: str,
    side: SideName,
    quantity: Amount,
    price: Amount | None = None,
    **options: Unpack[OrderOptions],
) -> dict[str, Any]:
    """Return the fields of a new order as they go over the wire, with a client order id if it has none.

    Raises:
        UsageError: A price or quantity is no exact number.
    """
    fields: dict[str, Any] = {
        "ticker": ticker,
        "side": side,
        "quantity": amount("quantity", quantity),
        **options,
    }
    for name, value in (
        ("price", price),
        ("stop_price", options.get("stop_price")),
        ("display_quantity", options.get("display_quantity")),
    ):
        fields[name] = optional_amount(name, value)
    if fields.get("type") == "market":
        fields.setdefault("time_in_force", "IOC")
    fields["client_order_id"] = options.get("client_order_id") or uuid4().hex
    return {name: value for name, value in fields.items() if value is not None}


def replace_fields(
    price: Amount | None, quantity: Amount | None, stop_price: Amount | None
) -> dict[str, Any]:
    """Return the fields of a change, without those that stay."""
    fields = {
        "price": optional_amount("price", price),
        "quantity": optional_amount("quantity", quantity),
        "stop_price": optional_amount("stop_price", stop_price),
    }
    return {name: value for name, value in fields.items() if value is not None}


def register(username: str, password: str) -> Call[Registered]:
    """Make a user. Not repeatable: the second time the name is taken."""
    return Call("POST", "/api/register", Registered, body=_json({"username": username, "password": password}))


def login(username: str, password: str) -> Call[SignedIn]:
    """Sign a user in."""
    return Call("POST", "/api/login", SignedIn, body=_json({"username": username, "password": password}))


def place(fields: Mapping[str, Any]) -> Call[PlacedOrder]:
    """Place an order whose fields `order_fields` made; repeatable, for they hold a client order id."""
    return Call("POST", "/api/orders", PlacedOrder, body=_json(fields), repeatable=True)


def cancel(order_id: str) -> Call[CancelledOrder]:
    """Cancel an order. The second time it is not there any more, which would read like a failure."""
    return Call("DELETE", f"/api/orders/{quote(order_id, safe='')}", CancelledOrder)


def cancel_all(ticker: str | None) -> Call[CancelledAll]:
    """Cancel all orders, of one ticker or of all; a repetition could hit orders that were placed since."""
    return Call("DELETE", "/api/orders", CancelledAll, query=_query(ticker=ticker))


def replace(order_id: str, fields: Mapping[str, Any]) -> Call[OrderView]:
    """Change an order; a second time there would be nothing to change."""
    return Call("PATCH", f"/api/orders/{quote(order_id, safe='')}", OrderView, body=_json(fields))


def orders(
    status: str | None, ticker: str | None, limit: int | None, offset: int | None
) -> Call[list[OrderView]]:
    """List own orders, the newest first."""
    query = _query(status=status, ticker=ticker, limit=limit, offset=offset)
    return Call("GET", "/api/orders", list[OrderView], "orders", query, repeatable=True)


def trades(ticker: str | None, limit: int | None, offset: int | None) -> Call[list[FillView]]:
    """List own trades, the newest first."""
    query = _query(ticker=ticker, limit=limit, offset=offset)
    return Call("GET", "/api/trades", list[FillView], "trades", query, repeatable=True)


def tape(ticker: str, limit: int | None) -> Call[list[TradeView]]:
    """List everybody's trades in a market, the newest first."""
    path = f"/api/market/{quote(ticker, safe='')}/trades"
    return Call("GET", path, list[TradeView], "trades", _query(limit=limit), repeatable=True)


def instruments() -> Call[InstrumentsView]:
    """Show what stays the same of every instrument: its name, its steps, its fees."""
    return Call("GET", "/api/instruments", InstrumentsView, repeatable=True)


def tickers() -> Call[dict[str, TickerView]]:
    """Show all markets at a glance."""
    return Call("GET", "/api/market/tickers", dict[str, TickerView], "tickers", repeatable=True)


def market(ticker: str) -> Call[MarketView]:
    """Show a market."""
    return Call("GET", f"/api/market/{quote(ticker, safe='')}", MarketView, repeatable=True)


def orderbook(ticker: str, depth: int | None) -> Call[BookView]:
    """Show the book of a market."""
    path = f"/api/market/{quote(ticker, safe='')}/orderbook"
    return Call("GET", path, BookView, query=_query(depth=depth), repeatable=True)


def candles(ticker: str, interval: Interval, start: int | None, end: int | None) -> Call[list[CandleView]]:
    """Show the candles of a market."""
    path = f"/api/market/{quote(ticker, safe='')}/history"
    query = _query(interval=interval, start=start, end=end)
    return Call("GET", path, list[CandleView], "candles", query, repeatable=True)


def portfolio() -> Call[PortfolioView]:
    """Show one's own account."""
    return Call("GET", "/api/portfolio", PortfolioView, repeatable=True)


def leaderboard() -> Call[list[LeaderView]]:
    """Show the best fifty."""
    return Call("GET", "/api/leaderboard", list[LeaderView], "leaderboard", repeatable=True)


def health() -> Call[dict[str, Any]]:
    """Ask whether the venue is well."""
    return Call("GET", "/api/health", dict[str, Any], repeatable=True)


def logout() -> Call[Done]:
    """End the session of the token."""
    return Call("POST", "/api/logout", Done)


def me() -> Call[Me]:
    """Ask who is signed in."""
    return Call("GET", "/api/me", Me, repeatable=True)


def keys() -> Call[list[KeyView]]:
    """List one's own API keys, without their secrets."""
    return Call("GET", "/api/keys", list[KeyView], "keys", repeatable=True)


def create_key(label: str) -> Call[NewKey]:
    """Make another API key; the answer shows it this once."""
    return Call("POST", "/api/keys", NewKey, body=_json({"label": label}))


def revoke_key(key_id: str) -> Call[Done]:
    """End an API key; connections that came in with it are closed."""
    return Call("DELETE", f"/api/keys/{quote(key_id, safe='')}", Done)


def rotate_key(key_id: str) -> Call[NewKey]:
    """Make an API key in the place of another, which ends at once."""
    return Call("POST", f"/api/keys/{quote(key_id, safe='')}/rotate", NewKey)
