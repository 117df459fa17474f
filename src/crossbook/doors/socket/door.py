"""The WebSocket door: who is admitted, who is inside, and what they share."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Any, Final

from crossbook.doors.http.callers import Callers
from crossbook.doors.http.proxies import Proxies
from crossbook.doors.socket.messages import Reader
from crossbook.doors.socket.outlet import Cork
from crossbook.doors.socket.protocol import SocketProtocol
from crossbook.doors.socket.seams import Parts
from crossbook.doors.socket.session import Session
from crossbook.doors.socket.upgrade import Upgrade, read_upgrade
from crossbook.doors.socket.wills import Wills
from crossbook.venue.principal import Principal
from crossbook.venue.rates import address_key
from crossbook.venue.refusals import BUSY, CLOSING, MALFORMED, RATE_LIMITED, Refused
from crossbook.venue.settings import LimitSettings

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

TICK_SECONDS: Final = 5.0
"""How often the connections are looked after."""
UPGRADE: Final = "upgrade"
"""What the request for a WebSocket is instead of a method: it may be made by any page, and is no mere look."""


@dataclass(frozen=True, slots=True)
class SocketPace:
    """How fast a connection may speak, beside the account's own rate of orders."""

    messages_per_second: float = 5_000.0
    message_burst: int = 10_000
    pings_per_second: float = 5.0
    ping_burst: int = 20
    idle_seconds: float = 20.0
    """Silence after which a client is pinged; after the same time again it is gone."""
    tick_seconds: float = TICK_SECONDS


class SocketDoor:
    """Let clients in by WebSocket.

    `protocol` is what uvicorn is given as `ws`.

    Args:
        parts: What the door needs of the venue.
        limits: How many may come, and how much they may ask for.
        pace: How fast they may speak.
        proxies: The reverse proxies whose word about a client's address is believed.
        root_path: The path under which a reverse proxy shows the venue.
    """

    def __init__(
        self,
        parts: Parts,
        limits: LimitSettings,
        *,
        pace: SocketPace | None = None,
        proxies: Proxies | None = None,
        root_path: str = "",
    ) -> None:
        self.parts = parts
        self.limits = limits
        self.pace = pace if pace is not None else SocketPace()
        self.cork = Cork()
        self.reader = Reader()
        self._wills = Wills(parts.desk, parts.open_orders)
        self._proxies = proxies if proxies is not None else Proxies()
        self._callers = Callers(parts.gate, self._proxies)
        self._root_path = root_path
        self._inside: set[Session] = set()
        self._addresses: Counter[str] = Counter()
        self._signed_in: dict[str, set[Session]] = {}
        self._ticker: asyncio.TimerHandle | None = None
        self._closing = False

    @property
    def connections(self) -> int:
        """How many are inside."""
        return len(self._inside)

    def protocol(
        self,
        config: "Config",  # noqa: ARG002 - uvicorn passes it
        server_state: "ServerState",
        app_state: dict[str, Any],  # noqa: ARG002 - uvicorn passes it
    ) -> SocketProtocol:
        """Make what uvicorn hands a connection to."""
        return SocketProtocol(self, server_state)

    def admit(self, head: bytes, peer: tuple[str, int] | None) -> tuple[Session, Upgrade]:
        """Decide about a request before anything is upgraded.

        Args:
            head: The request line and the headers.
            peer: The other end of the connection.

        Raises:
            Refused: With the status of the answer.
        """
        upgrade = read_upgrade(head, self._root_path)
        scope = {"client": peer, "method": UPGRADE}
        address = self._proxies.address(scope, upgrade.headers)
        address = address_key(address) if ":" in address else address
        if self._closing:
            raise Refused(CLOSING, "the venue stops", 503)
        if len(self._inside) >= self.limits.connections:
            raise Refused(BUSY, "the venue has as many connections as it can", 503)
        if self._addresses[address] >= self.limits.connections_per_address:
            raise Refused(RATE_LIMITED, "too many connections from this address", 429)
        who = self._callers.find(scope, upgrade.headers, private=False)
        session = Session(self, upgrade, address, who)
        session.begin()
        return session, upgrade

    def identify(self, token: str | None, api_key: str | None) -> Principal:
        """Tell who is behind a credential.

        Raises:
            Refused: Nobody, or both kinds or neither was given.
        """
        if (token is None) == (api_key is None):
            raise Refused(MALFORMED, "auth takes a token or an api_key", 422)
        return (
            self.parts.gate.by_token(token)
            if token is not None
            else self.parts.gate.by_api_key(api_key or "")
        )

    def join(self, session: Session) -> None:
        """Count a connection that was upgraded."""
        self._inside.add(session)
        self._addresses[session.address] += 1
        self.parts.count(len(self._inside))
        if session.who is not None:
            self.signed_in(session, session.who)
        if self._ticker is None:
            self._ticker = asyncio.get_running_loop().call_later(self.pace.tick_seconds, self._tick)

    def leave(self, session: Session) -> None:
        """Count a connection no longer, which ends or has ended."""
        self.parts.feeds.leave(session)
        if session not in self._inside:
            return
        self._inside.discard(session)
        self._addresses[session.address] -= 1
        if self._addresses[session.address] <= 0:
            del self._addresses[session.address]
        self.parts.count(len(self._inside))
        self._sign_off(session)

    def signed_in(self, session: Session, who: Principal) -> None:
        """Remember by which sign-in a connection lives."""
        self._sign_off(session)
        session.who = who
        for name in _names(who):
            self._signed_in.setdefault(name, set()).add(session)

    def ended(self, sign_in: str) -> None:
        """Close the connections of a sign-in that ended, or with `user:` and a user id all of his; for the gate."""
        for session in tuple(self._signed_in.get(sign_in, ())):
            session.close_for_sign_out()

    def last_will(self, who: Principal, order_ids: Iterable[str]) -> None:
        """Cancel the orders of a connection that is gone."""
        self._wills.carry_out(who, order_ids)

    def close(self) -> None:
        """Admit nobody more, and close all connections; uvicorn's shutdown does the same one by one."""
        self._closing = True
        for session in tuple(self._inside):
            session.close_for_stop()

    def _sign_off(self, session: Session) -> None:
        if session.who is None:
            return
        for name in _names(session.who):
            sessions = self._signed_in.get(name)
            if sessions is not None:
                sessions.discard(session)
                if not sessions:
                    del self._signed_in[name]

    def _tick(self) -> None:
        self._ticker = None
        now_s = time()
        for session in tuple(self._inside):
            if (
                session.who is not None
                and session.who.expires_s is not None
                and session.who.expires_s <= now_s
            ):
                session.close_for_expiry()
            session.tick(self.pace.tick_seconds)
        if self._inside:
            self._ticker = asyncio.get_running_loop().call_later(self.pace.tick_seconds, self._tick)


def _names(who: Principal) -> tuple[str, str]:
    """Return the names by which the gate says that a sign-in ended."""
    return who.session, f"user:{who.user_id}"
