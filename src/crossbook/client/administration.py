"""What administrators ask of a venue, as calls for `Client.do` and `AsyncClient.do`.

None of them is sent twice but those that only look: an administrator should see that an answer was lost, and look before
he asks again.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from crossbook.client.calls import ENCODER, Call
from crossbook.client.decimals import Amount, optional_amount
from crossbook.client.models import Done


class UserView(msgspec.Struct, frozen=True, kw_only=True):
    """A user as administrators see him."""

    user_id: str
    username: str
    role: str
    """`trader`, `admin` or `house`."""
    account: int | None = None
    """In the core; none until it is opened."""
    disabled: bool = False


class UsersPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some users, and how many there are."""

    users: list[UserView]
    total: int


class VenueStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the venue is."""

    status: str
    """`ready`, or `not ready` for the reason beside it."""
    reason: str | None = None
    sequence: int
    """Of the newest event."""
    commands: int
    accepted: int
    trades: int
    waiting: int
    """Commands that wait to be carried out."""
    open_orders: int
    connections: int
    keeper_lag: int | None = None
    """Events that are not in the database yet; none while the keeper is starting."""


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """A state in which everything adds up."""

    message: str
    commands: int
    sequence: int
    """Of the newest event."""
    state_hash: str
    """A replay of the journal up to the same command has the same, as it has the next."""
    event_hash: str


def users(limit: int | None = None, offset: int | None = None) -> Call[UsersPage]:
    """List users, bots of the house among them."""
    query = {name: value for name, value in (("limit", limit), ("offset", offset)) if value is not None}
    return Call("GET", "/api/admin/users", UsersPage, query=query, repeatable=True)


def create_user(username: str, password: str, role: str = "trader") -> Call[UserView]:
    """Make a user with any name, reserved ones too."""
    return Call(
        "POST",
        "/api/admin/users",
        UserView,
        body=_json({"username": username, "password": password, "role": role}),
    )


def change_user(
    username: str, *, role: str | None = None, disabled: bool | None = None, password: str | None = None
) -> Call[Done]:
    """Change a user; what is left out stays. A new password ends his sessions, and so does shutting him out."""
    changes = {"role": role, "disabled": disabled, "password": password}
    return Call("PATCH", f"/api/admin/users/{quote(username, safe='')}", Done, body=_json(changes))


def list_instrument(settings: Mapping[str, Any]) -> Call[Done]:
    """List another instrument, described as in the venue's settings, and open it."""
    return Call("POST", "/api/admin/instruments", Done, body=_json(settings))


def halt(ticker: str) -> Call[Done]:
    """Stop trading in an instrument; its orders stay."""
    return Call("POST", _instrument(ticker, "halt"), Done)


def resume(ticker: str) -> Call[Done]:
    """Go on with trading in an instrument."""
    return Call("POST", _instrument(ticker, "resume"), Done)


def set_band(ticker: str, low: Amount | None, high: Amount | None) -> Call[Done]:
    """Keep orders of an instrument within a band of prices; a side that is left out has no bound.

    Raises:
        UsageError: A price is no exact number.
    """
    band = {"low": optional_amount("low", low), "high": optional_amount("high", high)}
    return Call("PUT", _instrument(ticker, "band"), Done, body=_json(band))


def tell_news(text: str, ticker: str | None = None, impact: float | None = None) -> Call[Done]:
    """Tell everybody news. The impact is the part by which the instrument's worth moves; only informed bots see it."""
    return Call(
        "POST", "/api/admin/news", Done, body=_json({"text": text, "ticker": ticker, "impact": impact})
    )


def audit() -> Call[Audit]:
    """Have every sum computed anew and compared."""
    return Call("POST", "/api/admin/audit", Audit)


def status() -> Call[VenueStatus]:
    """Show how the venue is."""
    return Call("GET", "/api/admin/status", VenueStatus, repeatable=True)


def shut_down() -> Call[Done]:
    """Stop the venue in good order."""
    return Call("POST", "/api/admin/shutdown", Done)


def _instrument(ticker: str, what: str) -> str:
    return f"/api/admin/instruments/{quote(ticker, safe='')}/{what}"


def _json(values: Mapping[str, Any]) -> bytes:
    return ENCODER.encode({name: value for name, value in values.items() if value is not None})
