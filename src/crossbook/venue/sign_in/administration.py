"""What administrators do with users. Whether somebody is administrator is the door's to check."""

import uuid
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog

from crossbook.venue.principal import Role
from crossbook.venue.refusals import FORBIDDEN, NOT_FOUND, Refused
from crossbook.venue.sign_in.answers import UserView
from crossbook.venue.sign_in.kept import Users
from crossbook.venue.sign_in.names import check_name
from crossbook.venue.sign_in.passwords import check_password
from crossbook.venue.sign_in.people import People, Person
from crossbook.venue.sign_in.sessions import Sessions
from crossbook.venue.sign_in.whole import WholeWork

Hashed: TypeAlias = Callable[[str], Awaitable[str]]
"""Returns the hash of a password, which is made off the loop."""

_log = structlog.get_logger("crossbook.venue.sign_in")


class Administration:
    """Makes and changes users. Bots of the house are the house's own: nothing here touches them."""

    def __init__(
        self,
        users: Users,
        people: People,
        sessions: Sessions,
        work: WholeWork,
        hashed: Hashed,
        clock_ns: Callable[[], int],
    ) -> None:
        self._users = users
        self._people = people
        self._sessions = sessions
        self._work = work
        self._hashed = hashed
        self._clock_ns = clock_ns

    def users(self) -> list[UserView]:
        """Return everybody, in the order in which they came to be known."""
        return [
            UserView(person.user_id, person.username, person.role, person.account, person.disabled)
            for person in self._people
        ]

    async def create(self, username: str, password: str, role: Role) -> UserView:
        """Make a user with any name that nobody has, reserved ones too, and open his account.

        Raises:
            Refused: `malformed`, 422: the name or the password. `name_taken`, 409. `forbidden`, 403: for the role of the
                house. `busy`, 503: the account could not be opened now; it is when he logs in.
        """
        person = await self.make(username, password, role)
        await self._people.with_account(person)
        return UserView(person.user_id, person.username, person.role, person.account, person.disabled)

    async def make(self, username: str, password: str, role: Role) -> Person:
        """Make a user as `create` does, and leave his account for later.

        Raises:
            Refused: As `create`.
        """
        check_name(username)
        check_password(password)
        _check_role(role)
        password_hash = await self._hashed(password)
        return await self._work.do(lambda: self._create(username, password_hash, role))

    async def set_password(self, username: str, password: str) -> None:
        """Give somebody another password. His sessions end; his keys stay.

        Raises:
            Refused: `malformed`, 422. `not_found`, 404. `forbidden`, 403: he is a bot of the house.
        """
        check_password(password)
        person = self._person(username)
        password_hash = await self._hashed(password)
        await self._work.in_turn(person.user_id, lambda: self._set_password(person, password_hash))

    async def set_role(self, username: str, role: Role) -> None:
        """Change what somebody may do, from his next request on.

        Raises:
            Refused: `not_found`, 404. `forbidden`, 403: for the house, or the last administrator.
        """
        _check_role(role)
        person = self._person(username)
        await self._work.in_turn(person.user_id, lambda: self._set_role(person, role))

    async def set_disabled(self, username: str, *, disabled: bool) -> None:
        """Shut somebody out, whose sessions end and whose keys open nothing, or let him and his keys in again.

        Raises:
            Refused: `not_found`, 404. `forbidden`, 403: a bot of the house, or the last administrator.
        """
        person = self._person(username)
        await self._work.in_turn(person.user_id, lambda: self._set_disabled(person, disabled=disabled))

    async def _create(self, username: str, password_hash: str, role: Role) -> Person:
        kept = await self._users.create(
            user_id=str(uuid.uuid4()),
            username=username,
            password_hash=password_hash,
            role=role,
            created_ns=self._clock_ns(),
        )
        _log.info("user made", user_id=kept.user_id, role=role.value)
        return self._people.adopt(kept)

    async def _set_password(self, person: Person, password_hash: str) -> None:
        await self._users.set_password(person.user_id, password_hash)
        await self._sessions.end_all(person, self._clock_ns())
        _log.info("password changed", user_id=person.user_id)

    async def _set_role(self, person: Person, role: Role) -> None:
        if role is not Role.ADMIN:
            self._check_not_last_admin(person)
        before, person.role = person.role, role
        person.changes += 1
        try:
            await self._users.set_role(person.user_id, role)
        except Exception:
            person.role = before
            person.changes += 1
            raise
        _log.info("role changed", user_id=person.user_id, role=role.value)

    async def _set_disabled(self, person: Person, *, disabled: bool) -> None:
        if disabled:
            self._check_not_last_admin(person)
            # Nothing opens from now on, whatever the disk says.
            person.disabled = True
            await self._sessions.end_all(person, self._clock_ns())
        await self._users.set_disabled(person.user_id, disabled=disabled)
        person.disabled = disabled
        person.changes += 1
        _log.info("user shut out" if disabled else "user let in", user_id=person.user_id)

    def _person(self, username: str) -> Person:
        person = self._people.by_name(username)
        if person is None:
            raise Refused(NOT_FOUND, "no such user", 404)
        if person.role is Role.HOUSE:
            raise Refused(FORBIDDEN, "a bot of the house cannot be changed", 403)
        return person

    def _check_not_last_admin(self, person: Person) -> None:
        others = (
            other.role is Role.ADMIN and not other.disabled for other in self._people if other is not person
        )
        if person.role is Role.ADMIN and not any(others):
            raise Refused(FORBIDDEN, "this is the last administrator", 403)


def _check_role(role: Role) -> None:
    if role is Role.HOUSE:
        raise Refused(FORBIDDEN, "only the venue makes bots of the house", 403)
