"""The bots of the house: users without a password, with keys that live in memory only."""

import uuid
from collections.abc import Callable

from crossbook.venue.principal import Principal, Role
from crossbook.venue.refusals import NAME_TAKEN, Refused
from crossbook.venue.sign_in.kept import Users
from crossbook.venue.sign_in.keys import KeyRing, LiveKey, digest_of, key_id_of, new_key
from crossbook.venue.sign_in.names import check_house_name, name_key
from crossbook.venue.sign_in.people import People
from crossbook.venue.sign_in.sessions import Sessions
from crossbook.venue.sign_in.whole import WholeWork

_LABEL = "house"


class HouseKeys:
    """The keys of the house's bots. Nobody can log in as one: there is no password, and no key on the disk."""

    def __init__(
        self,
        users: Users,
        people: People,
        ring: KeyRing,
        sessions: Sessions,
        work: WholeWork,
        clock_ns: Callable[[], int],
    ) -> None:
        self._users = users
        self._people = people
        self._ring = ring
        self._sessions = sessions
        self._work = work
        self._clock_ns = clock_ns

    async def key_of(self, username: str) -> tuple[Principal, str]:
        """Return a bot, which is made where it is new, and a new key in the place of the one it had.

        Raises:
            Refused: `malformed`, 422: it is no bot's name. `name_taken`, 409: it is somebody else's.
        """
        check_house_name(username)
        await self._work.once(f"house {name_key(username)}", lambda: self._make(username))
        person = self._people.by_name(username)
        if person is None or person.role is not Role.HOUSE:
            raise Refused(NAME_TAKEN, "this user name is somebody's who is no bot of the house", 409)
        await self._people.with_account(person)
        for old in self._ring.of(person.user_id):
            self._ring.drop(old)
            self._sessions.end_key(old)
        text = new_key()
        key = LiveKey(person, key_id_of(text), digest_of(text), _LABEL, self._clock_ns())
        self._ring.add(key)
        return self._ring.principal(text), text

    async def _make(self, username: str) -> None:
        if self._people.by_name(username) is None:
            self._people.adopt(
                await self._users.create(
                    user_id=str(uuid.uuid4()),
                    username=username,
                    password_hash=None,
                    role=Role.HOUSE,
                    created_ns=self._clock_ns(),
                )
            )
