"""API keys for agents: random, shown once, kept as their SHA-256.

A key is 256 random bits. Nobody finds it by trying, from its hash no more than from the door, so a slow hash or a salt
would add nothing but time to every request: those are for secrets that people choose.

All live keys stand in memory. To look one up is one hash and one look into a dictionary, which is keyed by the hash: how
long it takes says nothing of how much of a key was right.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator
from typing import Final

from crossbook.venue.principal import Principal
from crossbook.venue.refusals import FORBIDDEN, MALFORMED, NOT_FOUND, Refused
from crossbook.venue.sign_in.people import Person
from crossbook.venue.sign_in.tokens import not_signed_in

KEY_START: Final = "ms_"
KEY_BYTES: Final = 32
KEY_LENGTH: Final = 46
"""Characters of a key: its start and 32 bytes in base64 without padding."""
KEY_ID_LENGTH: Final = 8
"""The first random characters of a key are its name. The other 208 bits stay secret."""
KEYS_PER_USER_MAX: Final = 32
LABEL_LENGTH_MAX: Final = 64

_LABEL: Final = re.compile(r"[A-Za-z0-9 ._:/@+-]*")


def new_key() -> str:
    """Return a new key."""
    return KEY_START + secrets.token_urlsafe(KEY_BYTES)


def key_id_of(key: str) -> str:
    """Return the name of a key."""
    return key[len(KEY_START) :][:KEY_ID_LENGTH]


def digest_of(key: str) -> bytes:
    """Return what is kept of a key."""
    return hashlib.sha256(key.encode("ascii")).digest()


def check_label(label: str) -> None:
    """Check what an owner wants to call a key.

    Raises:
        Refused: `malformed`, 422.
    """
    if len(label) > LABEL_LENGTH_MAX or _LABEL.fullmatch(label) is None:
        raise Refused(
            MALFORMED,
            f"a label has at most {LABEL_LENGTH_MAX} letters (a-z, A-Z), digits, spaces and signs of . _ : / @ + -",
            422,
        )


class LiveKey:
    """A key that opens the door, and the principal that was last made of it."""

    __slots__ = ("changes", "created_ns", "digest", "key_id", "label", "person", "principal")

    def __init__(self, person: Person, key_id: str, digest: bytes, label: str, created_ns: int) -> None:
        self.person = person
        self.key_id = key_id
        self.digest = digest
        self.label = label
        self.created_ns = created_ns
        self.principal: Principal | None = None
        self.changes = -1

    @property
    def session(self) -> str:
        """Return what ends when the key is revoked."""
        return f"key:{self.key_id}"

    def __repr__(self) -> str:
        return f"LiveKey({self.key_id!r})"


class KeyRing:
    """All live keys."""

    def __init__(self) -> None:
        self._by_digest: dict[bytes, LiveKey] = {}
        self._by_owner: dict[str, dict[str, LiveKey]] = {}
        self._promised: dict[str, int] = {}

    def principal(self, text: str) -> Principal:
        """Return whose key it is.

        Raises:
            Refused: `not_signed_in`, 401: nobody's, or its owner is shut out.
        """
        if len(text) != KEY_LENGTH or not text.isascii():
            raise not_signed_in("the API key is not valid")
        key = self._by_digest.get(hashlib.sha256(text.encode("ascii")).digest())
        if key is None:
            raise not_signed_in("the API key is not valid")
        principal = key.principal
        if principal is None or key.changes != key.person.changes:
            principal = key.person.principal(key.session)
            key.principal, key.changes = principal, key.person.changes
        return principal

    def add(self, key: LiveKey) -> None:
        """Let a key open the door."""
        self._by_digest[key.digest] = key
        self._by_owner.setdefault(key.person.user_id, {})[key.key_id] = key

    def drop(self, key: LiveKey) -> None:
        """Let a key open nothing any more."""
        self._by_digest.pop(key.digest, None)
        owned = self._by_owner.get(key.person.user_id, {})
        owned.pop(key.key_id, None)
        if not owned:
            self._by_owner.pop(key.person.user_id, None)

    def of(self, user_id: str) -> Iterator[LiveKey]:
        """Iterate over the keys of a user, the oldest first."""
        return iter(list(self._by_owner.get(user_id, {}).values()))

    def find(self, user_id: str, key_id: str) -> LiveKey:
        """Return a key of a user.

        Raises:
            Refused: `not_found`, 404: he has none of that name, whoever else may.
        """
        key = self._by_owner.get(user_id, {}).get(key_id)
        if key is None:
            raise Refused(NOT_FOUND, "no such key", 404)
        return key

    def promise(self, user_id: str) -> None:
        """Set a place aside for a key that is about to be kept; `settle` gives it back.

        Raises:
            Refused: `forbidden`, 403: he has as many as anybody may.
        """
        promised = self._promised.get(user_id, 0)
        if len(self._by_owner.get(user_id, {})) + promised >= KEYS_PER_USER_MAX:
            raise Refused(FORBIDDEN, f"a user has at most {KEYS_PER_USER_MAX} keys; revoke one first", 403)
        self._promised[user_id] = promised + 1

    def settle(self, user_id: str) -> None:
        """Give back a place that was set aside."""
        left = self._promised[user_id] - 1
        if left:
            self._promised[user_id] = left
        else:
            del self._promised[user_id]

    def __len__(self) -> int:
        return len(self._by_digest)
