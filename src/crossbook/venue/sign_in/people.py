"""Everybody who is registered, in memory: what must be known of him at each request.

A `Person` counts his changes. Whoever has made a principal of him before uses it again as long as the count is the
same, so a change of role, a lock-out or a sign-out counts at the very next request.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import TypeAlias

from crossbook.venue.principal import Principal, Role
from crossbook.venue.refusals import BUSY, NOT_SIGNED_IN, Refused
from crossbook.venue.sign_in.kept import KeptUser
from crossbook.venue.sign_in.names import name_key
from crossbook.venue.sign_in.whole import WholeWork

AccountOf: TypeAlias = Callable[[str], int | None]
"""Returns the account that was opened for a user id, if there is any."""
OpenAccount: TypeAlias = Callable[[str, str, Role], Awaitable[int]]
"""Opens an account for a user id, name and role, and returns its number once it is kept."""


class Person:
    """Somebody who is registered."""

    __slots__ = ("account", "changes", "disabled", "ended", "line_ns", "role", "user_id", "username")

    def __init__(self, kept: KeptUser) -> None:
        self.user_id = kept.user_id
        self.username = kept.username
        self.role = Role(kept.role)
        self.disabled = kept.disabled
        self.account: int | None = None
        self.changes = 0
        self.line_ns = 0
        """His tokens that were issued then or before have ended."""
        self.ended: dict[str, int] = {}
        """His tokens of later that have ended one by one: when each expires, in seconds since 1970."""

    def principal(self, session: str, expires_s: int | None = None) -> Principal:
        """Return who he is to the desk.

        Raises:
            Refused: `not_signed_in`, 401: he is shut out. `busy`, 503: he has no account yet.
        """
        if self.disabled:
            raise Refused(NOT_SIGNED_IN, "this user is shut out", 401)
        if self.account is None:
            raise Refused(BUSY, "the account is not open yet; log in again", 503)
        return Principal(self.user_id, self.username, self.account, self.role, session, expires_s)


class People:
    """Everybody, by id and by name, and the opening of accounts.

    Args:
        account_of: Returns the account of a user id.
        open_account: Opens one. It is never called twice at the same time for the same user.
        work: Carries out what must not stop half way.
    """

    def __init__(self, account_of: AccountOf, open_account: OpenAccount, work: WholeWork) -> None:
        self._by_id: dict[str, Person] = {}
        self._by_name: dict[str, Person] = {}
        self._account_of = account_of
        self._open_account = open_account
        self._work = work

    def adopt(self, kept: KeptUser) -> Person:
        """Return the person of a kept user, who may be new here."""
        person = self._by_id.get(kept.user_id)
        if person is None:
            person = Person(kept)
            person.account = self._account_of(kept.user_id)
            self._by_id[person.user_id] = person
            self._by_name[name_key(person.username)] = person
        return person

    def by_id(self, user_id: str) -> Person | None:
        """Return who has an id."""
        return self._by_id.get(user_id)

    def by_name(self, username: str) -> Person | None:
        """Return who has a name, in whatever case it is written."""
        return self._by_name.get(name_key(username))

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    async def with_account(self, person: Person) -> int:
        """Return the person's account, and open it where a crash or a refusal left him without.

        Raises:
            Refused: It could not be opened now; `open_account` says why.
        """
        if person.account is None:
            await self._work.once(person.user_id, lambda: self._open(person))
        if person.account is None:
            raise Refused(BUSY, "the account is not open yet; log in again", 503)
        return person.account

    async def _open(self, person: Person) -> None:
        account = self._account_of(person.user_id)
        if account is None:
            account = await self._open_account(person.user_id, person.username, person.role)
        person.account = account
        person.changes += 1
