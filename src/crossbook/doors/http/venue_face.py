"""What the HTTP door needs of a venue. The venue fits these by its shape; tests may hand in anything that does."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, Protocol

import msgspec

from crossbook.venue.answers import (
    BookView,
    CandleView,
    FillView,
    InstrumentsView,
    LeaderView,
    MarketView,
    OrderView,
    PortfolioView,
    StatusName,
    TickerView,
    TradeView,
)
from crossbook.venue.notes import NewsNote
from crossbook.venue.operating import Audited
from crossbook.venue.principal import Principal, Role
from crossbook.venue.requests import PlaceOrder, ReplaceOrder
from crossbook.venue.sequencer import Counters
from crossbook.venue.settings import InstrumentSettings, VenueSettings
from crossbook.venue.sign_in import KeyView, NewKey, Registered, SessionView, SignedIn, UserView

IntervalName = Literal["1s", "1m", "5m", "15m", "1h", "1d"]


class DeskFace(Protocol):
    """Orders. Every refusal is a `Refused`; every answer is the JSON of the struct that is named."""

    async def placed(self, who: Principal, request: PlaceOrder) -> msgspec.Raw:
        """Place an order; answer a `PlacedOrder`."""

    async def replaced(self, who: Principal, order_id: str, request: ReplaceOrder) -> msgspec.Raw:
        """Change an open order; answer an `OrderView`."""

    async def cancelled(self, who: Principal, order_id: str) -> msgspec.Raw:
        """Cancel an open order; answer a `CancelledOrder`."""

    async def cancelled_all(self, who: Principal, ticker: str | None) -> msgspec.Raw:
        """Cancel all open orders, or those of one instrument; answer a `CancelledAll`."""


class GateFace(Protocol):
    """Who asks. A secret that nobody has is refused with the status 401."""

    @property
    def cookie_name(self) -> str:
        """The name of the cookie that holds a token."""

    def by_api_key(self, text: str) -> Principal:
        """Return whose key it is."""

    def by_token(self, text: str) -> Principal:
        """Return whose token it is."""


class KeysFace(Protocol):
    """The API keys of whoever asks; another's key answers exactly like a missing one."""

    async def create(self, who: Principal, label: str = "") -> NewKey:
        """Make a key."""

    def list(self, who: Principal) -> list[KeyView]:
        """Return the live keys, oldest first."""

    async def revoke(self, who: Principal, key_id: str) -> None:
        """End a key."""

    async def rotate(self, who: Principal, key_id: str) -> NewKey:
        """Make a key in the place of another, which ends at once."""


class SessionsFace(Protocol):
    """The sessions of whoever asks; another's session answers exactly like a missing one."""

    def list(self, who: Principal) -> list[SessionView]:
        """Return the live sessions, newest first."""

    async def end(self, who: Principal, session_id: str) -> None:
        """End a session."""


class AdministrationFace(Protocol):
    """What administrators do with users."""

    def users(self) -> Sequence[UserView]:
        """Return everybody."""

    async def create(self, username: str, password: str, role: Role) -> UserView:
        """Make a user."""

    async def set_password(self, username: str, password: str) -> None:
        """Give somebody another password."""

    async def set_role(self, username: str, role: Role) -> None:
        """Change what somebody may do."""

    async def set_disabled(self, username: str, *, disabled: bool) -> None:
        """Shut somebody out, or let him in again."""


class SignInFace(GateFace, Protocol):
    """Sign-in with everything around it."""

    @property
    def keys(self) -> KeysFace:
        """The keys of whoever asks."""

    @property
    def administration(self) -> AdministrationFace:
        """Users, for administrators."""

    @property
    def sessions(self) -> SessionsFace:
        """The sessions of whoever asks."""

    async def register(self, username: str, password: str, address: str, agent: str = "") -> Registered:
        """Make a user with an account."""

    async def login(self, username: str, password: str, address: str, agent: str = "") -> SignedIn:
        """Sign a user in."""

    async def sign_out(self, who: Principal) -> None:
        """End the session."""

    async def sign_out_everywhere(self, who: Principal) -> None:
        """End all sessions."""


class PastFace(Protocol):
    """What was. An unknown ticker is refused with the status 404; times are milliseconds since 1970."""

    async def order(self, who: Principal, order_id: str) -> OrderView:
        """Return an order of an account; another's answers like a missing one."""

    async def orders(
        self, who: Principal, status: StatusName | None, ticker: str | None, limit: int, offset: int
    ) -> tuple[int, Sequence[OrderView]]:
        """Return the orders of an account as they stood after an event, newest first, and which event it was."""

    async def trades(
        self, who: Principal, ticker: str | None, limit: int, offset: int
    ) -> tuple[int, Sequence[FillView]]:
        """Return the trades of an account up to an event, newest first, and which event it is."""

    async def tape(self, ticker: str, limit: int) -> Sequence[TradeView | msgspec.Raw]:
        """Return the newest trades of a market, newest first."""

    async def candles(
        self, ticker: str, interval: IntervalName, start_ms: int | None, end_ms: int | None
    ) -> tuple[int, Sequence[CandleView]]:
        """Return the newest candles that begin in a span of time, oldest first, and the last event that is in them."""

    async def equity(
        self, who: Principal, start_ms: int | None, end_ms: int | None, limit: int
    ) -> Sequence[tuple[int, float]]:
        """Return when an account was worth what, oldest first."""

    async def worths(
        self, user_ids: Sequence[str], start_ms: int, end_ms: int, points: int
    ) -> Mapping[str, Sequence[tuple[int, float]]]:
        """Return when some users were worth what: of each at most so many points, oldest first."""


class TradingFace(Protocol):
    """What the fast routes need. An unknown ticker is refused with the status 404."""

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
    def sequence(self) -> int:
        """The newest event sequence."""

    def instruments(self) -> InstrumentsView:
        """Return what stays the same of every instrument."""

    def tickers(self) -> Mapping[str, TickerView]:
        """Return all markets at a glance."""

    def market(self, ticker: str) -> MarketView:
        """Return a market."""

    def book(self, ticker: str, depth: int) -> BookView:
        """Return the best levels of a book."""

    def portfolio(self, who: Principal) -> PortfolioView:
        """Return an account."""

    def leaderboard(self) -> Sequence[LeaderView]:
        """Return the best accounts."""

    def leader(self, who: Principal) -> LeaderView | None:
        """Return somebody's line of the leaderboard, however far down; none where he has no rank."""

    @property
    def past(self) -> PastFace:
        """Orders, trades, candles and equity of the past."""

    async def settled(self) -> None:
        """Wait until what can be seen now is as safe as the venue promises."""


class FiguresFace(Protocol):
    """What the venue counts, for the metrics."""

    @property
    def counters(self) -> Counters:
        """What the sequencer has done."""

    @property
    def waiting(self) -> int:
        """Commands that wait for their turn or for the disk."""

    @property
    def open_orders(self) -> int:
        """Open orders in all books."""

    @property
    def connections(self) -> int:
        """WebSocket connections that are open."""

    @property
    def keeper_lag(self) -> int | None:
        """Events that the database is behind; none where nothing is known of it."""


class OperatingFace(Protocol):
    """What an operator does with the market. Every refusal is a `Refused`; an impossible setting a `ConfigError`."""

    async def halt(self, ticker: str) -> None:
        """Stop trading in an instrument; its orders stay."""

    async def resume(self, ticker: str) -> None:
        """Go on with trading in an instrument."""

    async def list_instrument(self, wanted: InstrumentSettings) -> None:
        """List another instrument and open it."""

    async def set_band(self, ticker: str, low: Decimal | None, high: Decimal | None) -> None:
        """Keep orders of an instrument within a band of prices, or within none."""

    async def tell_news(self, text: str, ticker: str | None, impact: float | None) -> None:
        """Tell everybody news, which may move what an instrument is worth."""

    async def audit(self) -> Audited:
        """Check that everything adds up, and say which state it was.

        Raises:
            CoreFault: It does not.
        """

    def request_stop(self) -> None:
        """Have the venue stop in good order, soon."""


class VenueFace(TradingFace, Protocol):
    """What the HTTP door needs of a venue."""

    @property
    def gate(self) -> SignInFace:
        """Sign-in."""

    @property
    def operating(self) -> OperatingFace:
        """What an operator does."""

    @property
    def figures(self) -> FiguresFace:
        """What is counted."""

    @property
    def not_ready(self) -> str | None:
        """Why the venue takes no orders; none where it does."""

    def news(self) -> Sequence[NewsNote]:
        """Return the newest news, newest first."""
