"""Sessions: who a token stands for, which sessions have ended, and who is told.

A token that was once verified is remembered by its hash, so that it costs microseconds from then on; the memory is
bounded, and what was used longest ago goes first. What has ended is kept until its tokens expire: single sessions by
their name, and for a user a line in time at which all earlier ones ended.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from crossbook.venue.principal import Principal
from crossbook.venue.rates import SECOND_NS
from crossbook.venue.sign_in.kept import Kept
from crossbook.venue.sign_in.keys import KeyRing, LiveKey
from crossbook.venue.sign_in.live_sessions import (
    ADDRESS_LENGTH_MAX,
    SESSIONS_PER_USER_MAX,
    LiveSession,
    LiveSessions,
    shown_agent,
)
from crossbook.venue.sign_in.people import People, Person
from crossbook.venue.sign_in.tokens import (
    CLOCK_SKEW_S,
    LIFETIME_S,
    TOKEN_LENGTH_MAX,
    Claims,
    Tokens,
    issued_ns,
    not_signed_in,
)

OnEnded: TypeAlias = Callable[[str], None]
"""Is told the name of a session that ended, or `user:` and the id of one all of whose sessions did. Must not raise."""

VERIFIED_MAX: Final = 16_384
"""Tokens that are remembered as verified: some 12 MB."""
ENDED_PER_USER_MAX: Final = 64
"""Sessions of a user that are known as ended one by one. Beyond, all that are older than the oldest of them end."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A session that begins."""

    session: str
    user_id: str
    created_ns: int
    expires_s: int
    address: str = ""
    agent: str = ""


class _Verified:
    """A token that was verified, and the principal that was last made of it."""

    __slots__ = ("changes", "claims", "live", "person", "principal")

    def __init__(self, claims: Claims, person: Person, principal: Principal, live: LiveSession) -> None:
        self.claims = claims
        self.live = live
        self.person = person
        self.principal = principal
        self.changes = person.changes


class Sessions:
    """The sessions of everybody.

    Args:
        tokens: Reads what is not remembered.
        people: Everybody.
        keys: Their keys, whose sessions end with them.
        kept: Keeps what has begun and what has ended.
    """

    def __init__(self, tokens: Tokens, people: People, keys: KeyRing, kept: Kept) -> None:
        self._tokens = tokens
        self._people = people
        self._keys = keys
        self._kept = kept.tokens
        self.live = LiveSessions(kept.sessions)
        """What has begun and not ended."""
        self._verified: OrderedDict[bytes, _Verified] = OrderedDict()
        self._on_ended: list[OnEnded] = []

    def on_ended(self, callback: OnEnded) -> None:
        """Have somebody told of every session that ends."""
        self._on_ended.append(callback)

    async def load(self, now_s: int) -> None:
        """Read what had begun and what had ended before this start."""
        for name, expires_s in (await self._kept.ended(now_s=now_s)).items():
            user_id, _, what = name.partition("/")
            person = self._people.by_id(user_id)
            if person is None:
                continue
            if what.startswith("before:"):
                person.line_ns = max(person.line_ns, int(what.removeprefix("before:")))
            else:
                person.ended[what] = expires_s
        for person in self._people:
            self._tidy(person, now_s)
        for live in await self.live.load(now_s):
            owner = self._people.by_id(live.user_id)
            if owner is None or self._is_over(owner, live.session):
                self.live.drop(live.user_id, [live.session])

    async def begin(self, person: Person, address: str, agent: str, now_ns: int) -> str:
        """Begin a session and return its token. Where somebody has too many, the oldest ends."""
        token = self.issue(person, now_ns)
        claims = self._tokens.read(token, max(now_ns, person.line_ns + 1))
        begun = _Begun(
            claims.session,
            person.user_id,
            claims.issued_ns,
            claims.expires_s,
            address[:ADDRESS_LENGTH_MAX],
            shown_agent(agent),
        )
        await self.live.begin(begun, now_ns)
        for old in self.live.of(person, now_ns // SECOND_NS)[SESSIONS_PER_USER_MAX:]:
            await self.end(person, old.session, now_ns)
        return token

    def issue(self, person: Person, now_ns: int) -> str:
        """Return a new token, which is later than the line even where the clock went back."""
        return self._tokens.issue(person.user_id, max(now_ns, person.line_ns + 1))

    def principal(self, text: str, now_ns: int) -> Principal:
        """Return whom a token stands for.

        Raises:
            Refused: `not_signed_in`, 401: for nobody, or not any more.
        """
        if len(text) > TOKEN_LENGTH_MAX or not text.isascii():
            raise not_signed_in()
        digest = hashlib.sha256(text.encode("ascii")).digest()
        known = self._verified.get(digest)
        if known is not None:
            if known.changes == known.person.changes and now_ns < known.claims.expires_s * SECOND_NS:
                self._verified.move_to_end(digest)
                known.live.seen_ns = now_ns
                return known.principal
            del self._verified[digest]
        claims = self._tokens.read(text, now_ns)
        person = self._people.by_id(claims.user_id)
        if person is None or self._is_over(person, claims.session):
            raise not_signed_in()
        principal = person.principal(claims.session, claims.expires_s)
        live = self.live.known(
            _Begun(claims.session, person.user_id, claims.issued_ns, claims.expires_s),
        )
        live.seen_ns = now_ns
        self._verified[digest] = _Verified(claims, person, principal, live)
        if len(self._verified) > VERIFIED_MAX:
            self._verified.popitem(last=False)
        return principal

    async def end(self, person: Person, session: str, now_ns: int) -> None:
        """End one session of a token, at once here and then for good."""
        now_s = now_ns // SECOND_NS
        expires_s = issued_ns(session) // SECOND_NS + LIFETIME_S
        if expires_s <= now_s:
            return
        person.ended[session] = expires_s
        line_before_ns = person.line_ns
        self._tidy(person, now_s)
        person.changes += 1
        self._tell(session)
        await self._kept.end(f"{person.user_id}/{session}", expires_s, now_s=now_s)
        await self.live.forget(person, [session])
        if person.line_ns > line_before_ns:
            self._tell_before_the_line(person)
            await self._keep_line(person, now_s)
            over = [
                live.session for live in self.live.of(person, now_s) if self._is_over(person, live.session)
            ]
            await self.live.forget(person, over)

    async def end_all(self, person: Person, now_ns: int) -> None:
        """End every session of a user's tokens. His keys stay, but whoever came in with one is told to come again."""
        person.line_ns = max(person.line_ns, now_ns)
        person.ended.clear()
        person.changes += 1
        self._tell_before_the_line(person)
        for key in self._keys.of(person.user_id):
            self._tell(key.session)
        self._tell(f"user:{person.user_id}")
        await self._keep_line(person, now_ns // SECOND_NS)
        await self.live.forget(person)

    def end_key(self, key: LiveKey) -> None:
        """Tell that the session of a key ended, which is in the ring no more."""
        self._tell(key.session)

    @staticmethod
    def _is_over(person: Person, session: str) -> bool:
        """Say whether a session was ended."""
        return issued_ns(session) <= person.line_ns or session in person.ended

    async def _keep_line(self, person: Person, now_s: int) -> None:
        expires_s = max(now_s, person.line_ns // SECOND_NS) + LIFETIME_S + CLOCK_SKEW_S
        await self._kept.end(f"{person.user_id}/before:{person.line_ns}", expires_s, now_s=now_s)

    def _tell_before_the_line(self, person: Person) -> None:
        for known in list(self._verified.values()):
            if known.person is person and known.claims.issued_ns <= person.line_ns:
                self._tell(known.claims.session)

    def _tell(self, session: str) -> None:
        for callback in self._on_ended:
            callback(session)

    def _tidy(self, person: Person, now_s: int) -> None:
        """Forget what has expired, and hold to the bound by drawing the line later."""
        person.ended = {
            session: expires_s
            for session, expires_s in person.ended.items()
            if expires_s > now_s and issued_ns(session) > person.line_ns
        }
        while len(person.ended) > ENDED_PER_USER_MAX:
            oldest = min(person.ended, key=issued_ns)
            del person.ended[oldest]
            person.line_ns = max(person.line_ns, issued_ns(oldest))
