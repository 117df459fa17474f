"""The live sessions of everybody: where each began and with what, so that its owner knows it again and can end it.

They stand in memory, and in the store from the moment that their token is handed out. When a session was last seen stands
in memory alone: a request must not write, so after a start nobody knows it until the session is seen again.
"""

from collections.abc import Iterable
from typing import Final

from crossbook.venue.rates import SECOND_NS
from crossbook.venue.sign_in.kept import BegunSessions, KeptSession
from crossbook.venue.sign_in.people import Person

SESSIONS_PER_USER_MAX: Final = 64
"""Live sessions of a user. Where one more begins, the oldest ends."""
AGENT_LENGTH_MAX: Final = 200
ADDRESS_LENGTH_MAX: Final = 64


class LiveSession:
    """A session that has not ended."""

    __slots__ = ("address", "agent", "created_ns", "expires_s", "seen_ns", "session", "user_id")

    def __init__(self, kept: KeptSession) -> None:
        self.session = kept.session
        self.user_id = kept.user_id
        self.created_ns = kept.created_ns
        self.expires_s = kept.expires_s
        self.address = kept.address
        self.agent = kept.agent
        self.seen_ns = 0
        """When it was last seen by this process; zero where it was not yet."""


def shown_agent(text: str) -> str:
    """Return what a client says of itself as it may be kept and shown: its beginning, without what does not print."""
    return "".join(character for character in text if character.isprintable())[:AGENT_LENGTH_MAX].strip()


class LiveSessions:
    """All live sessions.

    Args:
        kept: Keeps them.
    """

    def __init__(self, kept: BegunSessions) -> None:
        self._kept = kept
        self._by_owner: dict[str, dict[str, LiveSession]] = {}

    async def load(self, now_s: int) -> list[LiveSession]:
        """Read what had begun before this start and has not expired; the caller says which have ended."""
        rows = [LiveSession(row) for row in await self._kept.live(now_s=now_s)]
        for live in rows:
            self._by_owner.setdefault(live.user_id, {})[live.session] = live
        return rows

    async def begin(self, kept: KeptSession, now_ns: int) -> None:
        """Keep a session that begins."""
        await self._kept.begin(kept, now_s=now_ns // SECOND_NS)
        live = LiveSession(kept)
        live.seen_ns = now_ns
        self._by_owner.setdefault(kept.user_id, {})[kept.session] = live

    def known(self, kept: KeptSession) -> LiveSession:
        """Return a session, which is known from now on where it began before sessions were kept."""
        return self._by_owner.setdefault(kept.user_id, {}).setdefault(kept.session, LiveSession(kept))

    def of(self, person: Person, now_s: int) -> list[LiveSession]:
        """Return somebody's sessions, the newest first; those that have expired are forgotten."""
        owned = self._by_owner.get(person.user_id, {})
        for live in [live for live in owned.values() if live.expires_s <= now_s]:
            self._drop(person.user_id, live.session)
        return sorted(owned.values(), key=lambda live: (live.created_ns, live.session), reverse=True)

    def find(self, person: Person, session: str, now_s: int) -> LiveSession | None:
        """Return one of somebody's sessions; none where he has no such."""
        live = self._by_owner.get(person.user_id, {}).get(session)
        return None if live is None or live.expires_s <= now_s else live

    async def forget(self, person: Person, sessions: Iterable[str] | None = None) -> None:
        """Forget sessions of somebody that have ended, or all of his."""
        wanted = tuple(self._by_owner.get(person.user_id, ()) if sessions is None else sessions)
        self.drop(person.user_id, wanted)
        await self._kept.forget(person.user_id, None if sessions is None else wanted)

    def drop(self, user_id: str, sessions: Iterable[str]) -> None:
        """Know sessions no more; what is kept of them expires."""
        for session in sessions:
            self._drop(user_id, session)

    def _drop(self, user_id: str, session: str) -> None:
        owned = self._by_owner.get(user_id, {})
        owned.pop(session, None)
        if not owned:
            self._by_owner.pop(user_id, None)
