"""Who asks, once a door knows it."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do."""

    TRADER = "trader"
    ADMIN = "admin"
    HOUSE = "house"
    """A bot that starts and stops with the venue. It has no password and stands on no leaderboard."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who is signed in."""

    user_id: str
    username: str
    account: int
    """The number of the account in the core."""
    role: Role
    session: str
    """What ends when he signs out or the key is revoked: the token's `jti`, or `key:` and the key's number."""
    expires_s: int | None = None
    """When that ends by itself, in seconds since 1970; none for a key, which does not."""
