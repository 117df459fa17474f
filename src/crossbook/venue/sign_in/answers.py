"""What sign-in answers. Nothing here shows a secret when it is printed."""

from dataclasses import dataclass, field

from crossbook.venue.answers import Number
from crossbook.venue.principal import Role


@dataclass(frozen=True, slots=True)
class Registered:
    """A new user, with his first key and token. The key is never shown again."""

    user_id: str
    username: str
    api_key: str = field(repr=False)
    jwt_token: str = field(repr=False)
    cash: Number


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user who signed in with his password."""

    user_id: str
    username: str
    jwt_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made. It is never shown again."""

    key_id: str
    label: str
    prefix: str
    created_at: int
    """In milliseconds since 1970."""
    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyView:
    """A live key as its owner sees it in his list."""

    key_id: str
    label: str
    prefix: str
    created_at: int
    """In milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """A live session as its owner sees it in his list; times are milliseconds since 1970."""

    session_id: str
    created_at: int
    expires_at: int
    last_seen_at: int | None
    """None where it was not seen since the venue started."""
    address: str
    agent: str
    """What the client said of itself when it signed in."""
    current: bool
    """Whether it is the one that asks."""


@dataclass(frozen=True, slots=True)
class UserView:
    """A user as administrators see him."""

    user_id: str
    username: str
    role: Role
    account: int | None
    disabled: bool
