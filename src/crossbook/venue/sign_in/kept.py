"""What sign-in needs of whatever keeps users, keys and ended sessions.

The store of the venue is written elsewhere; sign-in knows these words alone. Every method that writes returns once
what it wrote survives a crash.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol


class KeptUser(Protocol):
    """A user as he is kept."""

    @property
    def user_id(self) -> str:
        """Return the public name of the user, which never changes."""

    @property
    def username(self) -> str:
        """Return the name as it was written at registration."""

    @property
    def password_hash(self) -> str | None:
        """Return the hash in argon2's own encoding; none for who cannot sign in by password."""

    @property
    def role(self) -> str:
        """Return the word of a `Role`."""

    @property
    def disabled(self) -> bool:
        """Return whether he is shut out."""


class KeptKey(Protocol):
    """An API key as it is kept: never the key itself."""

    @property
    def key_id(self) -> str:
        """Return the first random characters of the key, by which its owner knows it again."""

    @property
    def user_id(self) -> str:
        """Return whose it is."""

    @property
    def key_hash(self) -> str:
        """Return the SHA-256 of the key, in hexadecimal."""

    @property
    def label(self) -> str:
        """Return what its owner calls it."""

    @property
    def created_ns(self) -> int:
        """Return when it was made."""


class Users(Protocol):
    """The users."""

    async def create(
        self, *, user_id: str, username: str, password_hash: str | None, role: str, created_ns: int
    ) -> KeptUser:
        """Keep a new user.

        Raises:
            Refused: `name_taken`, 409: another has the name, or one that differs by case alone.
        """

    async def by_name(self, username: str) -> KeptUser | None:
        """Return the user with a name, whatever its case."""

    async def all(self) -> Sequence[KeptUser]:
        """Return all users."""

    async def set_password(self, user_id: str, password_hash: str) -> None:
        """Put another hash in the place of a user's."""

    async def set_role(self, user_id: str, role: str) -> None:
        """Change what a user may do."""

    async def set_disabled(self, user_id: str, *, disabled: bool) -> None:
        """Shut a user out, or let him in again."""


class Keys(Protocol):
    """The API keys."""

    async def create(self, key: KeptKey) -> None:
        """Keep a new key."""

    async def revoke(self, user_id: str, key_id: str, revoked_ns: int) -> bool:
        """End a key; return whether it was his and live."""

    async def rotate(self, user_id: str, key_id: str, fresh: KeptKey) -> bool:
        """End a key and keep another in its place, both or neither; return whether the old was his and live."""

    async def all_live(self) -> Sequence[KeptKey]:
        """Return all keys that were not revoked."""


class EndedTokens(Protocol):
    """The sessions that ended before their tokens did."""

    async def end(self, jti: str, expires_s: int, *, now_s: int) -> None:
        """Keep what ended until its tokens expire, in seconds since 1970. To end it twice changes nothing."""

    async def ended(self, *, now_s: int) -> Mapping[str, int]:
        """Return what ended and has not expired, each with when it will."""


class KeptSession(Protocol):
    """A session of a token as it is kept."""

    @property
    def session(self) -> str:
        """Return the token's `jti`."""

    @property
    def user_id(self) -> str:
        """Return whose it is."""

    @property
    def created_ns(self) -> int:
        """Return when it began."""

    @property
    def expires_s(self) -> int:
        """Return when its token expires, in seconds since 1970."""

    @property
    def address(self) -> str:
        """Return whence it began."""

    @property
    def agent(self) -> str:
        """Return what its client said of itself."""


class BegunSessions(Protocol):
    """The sessions that began and have not ended."""

    async def begin(self, session: KeptSession, *, now_s: int) -> None:
        """Keep a session until its token expires."""

    async def forget(self, user_id: str, sessions: Sequence[str] | None) -> None:
        """Keep some of a user's sessions no more, or none of them."""

    async def live(self, *, now_s: int) -> Sequence[KeptSession]:
        """Return what began and has not expired."""


class Kept(Protocol):
    """All that sign-in keeps."""

    @property
    def users(self) -> Users:
        """Return the users."""

    @property
    def keys(self) -> Keys:
        """Return the API keys."""

    @property
    def tokens(self) -> EndedTokens:
        """Return the ended sessions."""

    @property
    def sessions(self) -> BegunSessions:
        """Return the sessions that began."""
