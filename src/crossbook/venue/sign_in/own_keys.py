"""What somebody does with API keys of his own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from crossbook.venue.principal import Principal, Role
from crossbook.venue.refusals import FORBIDDEN, NOT_FOUND, Refused
from crossbook.venue.sign_in.answers import KeyView, NewKey
from crossbook.venue.sign_in.kept import KeptKey, Keys
from crossbook.venue.sign_in.keys import (
    KEY_START,
    KeyRing,
    LiveKey,
    check_label,
    digest_of,
    key_id_of,
    new_key,
)
from crossbook.venue.sign_in.people import People, Person
from crossbook.venue.sign_in.sessions import Sessions
from crossbook.venue.sign_in.tokens import not_signed_in
from crossbook.venue.sign_in.whole import WholeWork

FIRST_LABEL: Final = "registration"
_MILLISECOND_NS: Final = 1_000_000

_log = structlog.get_logger("crossbook.venue.sign_in")


@dataclass(frozen=True, slots=True)
class _MadeKey:
    """What is to be kept of a key that was just made."""

    key_id: str
    user_id: str
    key_hash: str = field(repr=False)
    label: str
    created_ns: int


class OwnKeys:
    """The API keys of whoever asks. Another's key answers exactly like a missing one."""

    def __init__(
        self,
        kept: Keys,
        people: People,
        ring: KeyRing,
        sessions: Sessions,
        work: WholeWork,
        clock_ns: Callable[[], int],
    ) -> None:
        self._kept = kept
        self._people = people
        self._ring = ring
        self._sessions = sessions
        self._work = work
        self._clock_ns = clock_ns

    async def create(self, who: Principal, label: str = "") -> NewKey:
        """Make a key.

        Raises:
            Refused: `malformed`, 422: the label. `forbidden`, 403: he has as many keys as anybody may, or is a bot of the
                house.
        """
        check_label(label)
        person = self._owner(who)
        return await self._work.do(lambda: self._create(person, label))

    async def first(self, person: Person) -> NewKey:
        """Make the key that registration answers with; the caller sees to it that this is carried out whole."""
        return await self._create(person, FIRST_LABEL)

    def list(self, who: Principal) -> list[KeyView]:
        """Return his live keys, the oldest first."""
        return [
            KeyView(key.key_id, key.label, KEY_START + key.key_id, key.created_ns // _MILLISECOND_NS)
            for key in self._ring.of(who.user_id)
        ]

    async def revoke(self, who: Principal, key_id: str) -> None:
        """End a key. Connections that came in with it are closed.

        Raises:
            Refused: `not_found`, 404: he has no such key.
        """
        key = self._ring.find(self._owner(who).user_id, key_id)
        await self._work.do(lambda: self._revoke(key))

    async def rotate(self, who: Principal, key_id: str) -> NewKey:
        """Make a key in the place of another, which ends at once.

        Raises:
            Refused: `not_found`, 404: he has no such key.
        """
        key = self._ring.find(self._owner(who).user_id, key_id)
        return await self._work.do(lambda: self._rotate(key))

    def _owner(self, who: Principal) -> Person:
        person = self._people.by_id(who.user_id)
        if person is None:
            raise not_signed_in()
        if person.role is Role.HOUSE:
            raise Refused(FORBIDDEN, "a bot of the house has no keys of its own", 403)
        return person

    async def _create(self, person: Person, label: str) -> NewKey:
        self._ring.promise(person.user_id)
        try:
            text, kept = self._made(person, label)
            await self._kept.create(kept)
            return self._live(person, text, kept)
        finally:
            self._ring.settle(person.user_id)

    async def _revoke(self, key: LiveKey) -> None:
        # It opens nothing from now on, whatever the disk says.
        self._ring.drop(key)
        self._sessions.end_key(key)
        await self._kept.revoke(key.person.user_id, key.key_id, self._clock_ns())
        _log.info("key revoked", user_id=key.person.user_id, key_id=key.key_id)

    async def _rotate(self, old: LiveKey) -> NewKey:
        text, kept = self._made(old.person, old.label)
        if not await self._kept.rotate(old.person.user_id, old.key_id, kept):
            raise Refused(NOT_FOUND, "no such key", 404)
        self._ring.drop(old)
        self._sessions.end_key(old)
        _log.info("key rotated", user_id=old.person.user_id, key_id=old.key_id)
        return self._live(old.person, text, kept)

    def _made(self, person: Person, label: str) -> tuple[str, _MadeKey]:
        text = new_key()
        return text, _MadeKey(
            key_id=key_id_of(text),
            user_id=person.user_id,
            key_hash=digest_of(text).hex(),
            label=label,
            created_ns=self._clock_ns(),
        )

    def _live(self, person: Person, text: str, kept: KeptKey) -> NewKey:
        self._ring.add(LiveKey(person, kept.key_id, digest_of(text), kept.label, kept.created_ns))
        _log.info("key made", user_id=person.user_id, key_id=kept.key_id)
        return NewKey(
            kept.key_id, kept.label, KEY_START + kept.key_id, kept.created_ns // _MILLISECOND_NS, text
        )
