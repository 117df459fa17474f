"""The gate: who is it?

Registration and log-in take a password, hash it off the loop and answer with keys and tokens. After that a request
shows an API key or a token, and the gate says whose it is from memory, without waiting for anything.
"""

import secrets
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final

import structlog

from crossbook.core import ConfigError
from crossbook.venue.answers import Number
from crossbook.venue.principal import Principal, Role
from crossbook.venue.rates import SECOND_NS
from crossbook.venue.refusals import FORBIDDEN, NAME_TAKEN, NOT_SIGNED_IN, Refused
from crossbook.venue.settings import VenueSettings
from crossbook.venue.sign_in.administration import Administration
from crossbook.venue.sign_in.answers import Registered, SignedIn
from crossbook.venue.sign_in.attempts import Attempts
from crossbook.venue.sign_in.files import signing_secret, write_admin_password
from crossbook.venue.sign_in.house import HouseKeys
from crossbook.venue.sign_in.kept import Kept, KeptUser
from crossbook.venue.sign_in.keys import KeyRing, LiveKey
from crossbook.venue.sign_in.names import check_free_to_take, check_name, name_key
from crossbook.venue.sign_in.own_keys import OwnKeys
from crossbook.venue.sign_in.own_sessions import OwnSessions
from crossbook.venue.sign_in.passwords import HashingThreads, Passwords, check_password
from crossbook.venue.sign_in.people import AccountOf, OpenAccount, People, Person
from crossbook.venue.sign_in.sessions import OnEnded, Sessions
from crossbook.venue.sign_in.tokens import Tokens
from crossbook.venue.sign_in.whole import WholeWork

FIRST_ADMIN: Final = "admin"
ADMIN_PASSWORD_BYTES: Final = 18

_log = structlog.get_logger("crossbook.venue.sign_in")


class Gate:
    """Signs in, and says who is signed in.

    Args:
        kept: Users, keys and ended sessions.
        directory: The data directory, for the secret and the first administrator's password.
        settings: Of the venue; its limits and the starting cash are used.
        account_of: Returns the account that was opened for a user id, from the journal.
        open_account: Opens an account with the starting cash, or with none for who is not a trader.
        clock_ns: Nanoseconds since 1970.
        passwords: How passwords are hashed.
    """

    def __init__(
        self,
        kept: Kept,
        directory: Path,
        settings: VenueSettings,
        *,
        account_of: AccountOf,
        open_account: OpenAccount,
        clock_ns: Callable[[], int] = time.time_ns,
        passwords: Passwords | None = None,
    ) -> None:
        self._kept = kept
        self._directory = directory
        self._clock_ns = clock_ns
        self._cash = _number(settings.starting_cash)
        self._passwords = Passwords() if passwords is None else passwords
        self._threads = HashingThreads(settings.limits.password_hashes_waiting)
        self._attempts = Attempts(settings.limits)
        self._work = WholeWork()
        self._people = People(account_of, open_account, self._work)
        self._ring = KeyRing()
        tokens = Tokens(signing_secret(directory))
        self._sessions = Sessions(tokens, self._people, self._ring, kept)
        self.cookie_name: Final = tokens.cookie_name
        """The name of the cookie in which a browser keeps a token."""
        self._nobodys_hash = ""
        self._house = HouseKeys(kept.users, self._people, self._ring, self._sessions, self._work, clock_ns)
        self.keys = OwnKeys(kept.keys, self._people, self._ring, self._sessions, self._work, clock_ns)
        """The API keys of whoever asks."""
        self.sessions = OwnSessions(self._people, self._sessions, self._work, clock_ns)
        """The sessions of whoever asks."""
        self.administration = Administration(
            kept.users, self._people, self._sessions, self._work, self._hashed, clock_ns
        )
        """What administrators do with users."""

    async def start(self) -> None:
        """Read who there is, make the first administrator, and open accounts that a crash left unopened.

        Accounts that cannot be opened now are opened when their user logs in.

        Raises:
            ConfigError: The secret or the name of the first administrator cannot be used.
        """
        self._nobodys_hash = await self._hashed(secrets.token_urlsafe())
        for user in await self._kept.users.all():
            self._people.adopt(user)
        await self._sessions.load(self._clock_ns() // SECOND_NS)
        for key in await self._kept.keys.all_live():
            owner = self._people.by_id(key.user_id)
            if owner is not None:
                digest = bytes.fromhex(key.key_hash)
                self._ring.add(LiveKey(owner, key.key_id, digest, key.label, key.created_ns))
        if not any(person.role is Role.ADMIN for person in self._people):
            await self._make_first_admin()
        for person in list(self._people):
            if person.account is None:
                await self._heal(person)

    async def close(self) -> None:
        """Finish what is under way and end the threads."""
        await self._work.finish()
        await self._threads.close()

    def by_api_key(self, text: str) -> Principal:
        """Return whose API key it is, from memory.

        Raises:
            Refused: `not_signed_in`, 401: nobody's. `busy`, 503: his account is not open yet.
        """
        return self._ring.principal(text)

    def by_token(self, text: str) -> Principal:
        """Return whose token it is, from memory.

        Raises:
            Refused: `not_signed_in`, 401: nobody's, or not any more. `busy`, 503: his account is not open yet.
        """
        return self._sessions.principal(text, self._clock_ns())

    def on_ended(self, callback: OnEnded) -> None:
        """Have somebody told of every session that ends, so that it closes the connections.

        It is told the `session` of a principal, or `user:` and a user id for all that this user has. It must not raise.
        """
        self._sessions.on_ended(callback)

    async def register(self, username: str, password: str, address: str, agent: str = "") -> Registered:
        """Make a user with an account, and answer with his first key and token.

        `agent` is what the client says of itself, by which its owner knows the session again. Whoever was cut off before his account was open may register once more with the same password.

        Raises:
            Refused: `malformed`, 422: the name or the password. `name_taken`, 409. `rate_limited`, 429, an `OverRate`.
                `busy`, 503.
        """
        check_name(username)
        check_password(password)
        check_free_to_take(username)
        self._attempts.registration(address, self._clock_ns())
        person = self._people.by_name(username)
        if person is None:
            password_hash = await self._hashed(password)
            return await self._work.do(lambda: self._registered(username, password_hash, address, agent))
        if person.account is not None or not await self._proves(username, password, address):
            raise Refused(NAME_TAKEN, "this user name is taken", 409)
        return await self._work.do(lambda: self._welcomed(person, address, agent))

    async def login(self, username: str, password: str, address: str, agent: str = "") -> SignedIn:
        """Check a password and answer with a token.

        Raises:
            Refused: `not_signed_in`, 401: no such user or another password, which nobody can tell apart. `forbidden`,
                403: the password is right, but the user is shut out. `rate_limited`, 429, an `OverRate`. `busy`, 503.
        """
        user = await self._checked(username, password, address)
        if user is None:
            raise Refused(NOT_SIGNED_IN, "the user name or the password is wrong", 401)
        person = self._people.adopt(user)
        if user.disabled or person.disabled:
            raise Refused(FORBIDDEN, "this user is shut out", 403)
        await self._people.with_account(person)
        token = await self._work.do(lambda: self._sessions.begin(person, address, agent, self._clock_ns()))
        return SignedIn(person.user_id, person.username, token)

    async def sign_out(self, who: Principal) -> None:
        """End the session that somebody came in with.

        Raises:
            Refused: `forbidden`, 403: he came in with a key, which is revoked and not signed out.
        """
        person = self._people.by_id(who.user_id)
        if who.session.startswith("key:") or person is None:
            raise Refused(FORBIDDEN, "an API key has no session to sign out of; revoke the key instead", 403)
        await self._work.do(lambda: self._sessions.end(person, who.session, self._clock_ns()))
        _log.info("signed out", user_id=who.user_id)

    async def sign_out_everywhere(self, who: Principal) -> None:
        """End all sessions of somebody's tokens. His keys stay."""
        person = self._people.by_id(who.user_id)
        if person is not None:
            await self._work.do(lambda: self._sessions.end_all(person, self._clock_ns()))
            _log.info("signed out everywhere", user_id=who.user_id)

    async def house(self, username: str) -> tuple[Principal, str]:
        """Return who a bot of the house is, and a key for it that lives as long as this process.

        The bot is made where it is new. A key that it had before ends.

        Raises:
            Refused: `malformed`, 422: the name does not begin with `house`. `name_taken`, 409: it is somebody's who is
                no bot of the house.
        """
        return await self._house.key_of(username)

    async def _registered(self, username: str, password_hash: str, address: str, agent: str) -> Registered:
        user = await self._kept.users.create(
            user_id=str(uuid.uuid4()),
            username=username,
            password_hash=password_hash,
            role=Role.TRADER,
            created_ns=self._clock_ns(),
        )
        _log.info("registered", user_id=user.user_id)
        return await self._welcomed(self._people.adopt(user), address, agent)

    async def _welcomed(self, person: Person, address: str, agent: str) -> Registered:
        await self._people.with_account(person)
        key = await self.keys.first(person)
        token = await self._sessions.begin(person, address, agent, self._clock_ns())
        return Registered(person.user_id, person.username, key.api_key, token, self._cash)

    async def _hashed(self, password: str) -> str:
        with await self._threads.turn() as turn:
            return await turn.run(lambda: self._passwords.hash(password))

    async def _proves(self, username: str, password: str, address: str) -> bool:
        return await self._checked(username, password, address) is not None

    async def _checked(self, username: str, password: str, address: str) -> KeptUser | None:
        """Return the user with this name and password, if there is one. The same work is done whatever the answer."""
        name = name_key(username)
        self._attempts.check(name, address, self._clock_ns())
        with await self._threads.turn() as turn:
            self._attempts.pay(name, address, self._clock_ns())
            user = await self._kept.users.by_name(name)
            kept = None if user is None or user.role == Role.HOUSE else user.password_hash
            right = await turn.run(lambda: self._passwords.matches(kept or self._nobodys_hash, password))
        if user is None or kept is None or not right:
            return None
        self._attempts.pay_back(name, address)
        if self._passwords.is_dated(kept):
            await self._hash_anew(user, password)
        return user

    async def _hash_anew(self, user: KeptUser, password: str) -> None:
        """Keep a hash of today's parameters, unless there is too much to do, or somebody changes the password."""
        try:
            fresh = await self._hashed(password)
        except Refused:
            return

        async def keep() -> None:
            now = await self._kept.users.by_name(user.username)
            if now is not None and now.password_hash == user.password_hash:
                await self._kept.users.set_password(user.user_id, fresh)

        await self._work.in_turn(user.user_id, keep)

    async def _heal(self, person: Person) -> None:
        try:
            await self._people.with_account(person)
        except Refused as refused:
            _log.warning("account not opened", user_id=person.user_id, code=refused.code)

    async def _make_first_admin(self) -> None:
        if self._people.by_name(FIRST_ADMIN) is not None:
            raise ConfigError(
                f"nobody is administrator, and the user {FIRST_ADMIN!r} is not one: make somebody administrator"
            )
        password = secrets.token_urlsafe(ADMIN_PASSWORD_BYTES)
        path = write_admin_password(self._directory, password)
        await self.administration.make(FIRST_ADMIN, password, Role.ADMIN)
        _log.info("first administrator made", username=FIRST_ADMIN, written_to=str(path))


def _number(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else float(value)
