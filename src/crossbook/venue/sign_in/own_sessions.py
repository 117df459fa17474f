"""What somebody does with sessions of his own."""

from collections.abc import Callable

import structlog

from crossbook.venue.principal import Principal
from crossbook.venue.rates import SECOND_NS
from crossbook.venue.refusals import NOT_FOUND, Refused
from crossbook.venue.sign_in.answers import SessionView
from crossbook.venue.sign_in.people import People
from crossbook.venue.sign_in.sessions import Sessions
from crossbook.venue.sign_in.whole import WholeWork

_MILLISECOND_NS = 1_000_000

_log = structlog.get_logger("crossbook.venue.sign_in")


class OwnSessions:
    """The sessions of whoever asks: those of his tokens, for his keys have none. Another's answers like a missing one."""

    def __init__(
        self, people: People, sessions: Sessions, work: WholeWork, clock_ns: Callable[[], int]
    ) -> None:
        self._people = people
        self._sessions = sessions
        self._work = work
        self._clock_ns = clock_ns

    def list(self, who: Principal) -> list[SessionView]:
        """Return his live sessions, the newest first."""
        person = self._people.by_id(who.user_id)
        if person is None:
            return []
        return [
            SessionView(
                session_id=live.session,
                created_at=live.created_ns // _MILLISECOND_NS,
                expires_at=live.expires_s * 1_000,
                last_seen_at=live.seen_ns // _MILLISECOND_NS or None,
                address=live.address,
                agent=live.agent,
                current=live.session == who.session,
            )
            for live in self._sessions.live.of(person, self._clock_ns() // SECOND_NS)
        ]

    async def end(self, who: Principal, session_id: str) -> None:
        """End one. Connections that came in with it are closed.

        Raises:
            Refused: `not_found`, 404: he has no such session.
        """
        person = self._people.by_id(who.user_id)
        now_ns = self._clock_ns()
        if person is None or self._sessions.live.find(person, session_id, now_ns // SECOND_NS) is None:
            raise Refused(NOT_FOUND, "no such session", 404)
        await self._work.do(lambda: self._sessions.end(person, session_id, now_ns))
        _log.info("session ended", user_id=who.user_id)
