"""The WebSocket door: who is admitted, who is inside, and what they share."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from time import time
from typing import TYPE_CHECKING, Any, Final

from crossbook.doors.http.callers import Callers
from crossbook.doors.http.lab_process import Lab
from crossbook.doors.http.proxies import Headers, Proxies
from crossbook.doors.socket.connection import SocketPace
from crossbook.doors.socket.messages import Reader
from crossbook.doors.socket.outlet import Cork
from crossbook.doors.socket.protocol import SocketProtocol
from crossbook.doors.socket.seams import Parts
from crossbook.doors.socket.session import Session
from crossbook.doors.socket.tunnel import Tunnel
from crossbook.doors.socket.upgrade import LabUpgrade, Upgrade, read_lab_upgrade, read_upgrade
from crossbook.doors.socket.wills import Wills
from crossbook.venue.principal import Principal, Role
from crossbook.venue.rates import address_key
from crossbook.venue.refusals import BUSY, CLOSING, FORBIDDEN, MALFORMED, RATE_LIMITED, Refused
from crossbook.venue.settings import LimitSettings

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

UPGRADE: Final = "upgrade"
"""What the request for a WebSocket is instead of a method: it may be made by any page, and is no mere look."""
LAB_MARK: Final = b"/ws/lab"
"""Stands in the first line of a request for the lab."""
LAB_CONNECTIONS_MAX: Final = 500
"""Of those that are passed on to the lab, which takes 512 from this venue."""
LAB_CONNECTIONS_PER_ADDRESS_MAX: Final = 128


class SocketDoor:
    """Let clients in by WebSocket.

    `protocol` is what uvicorn is given as `ws`.

    Args:
        parts: What the door needs of the venue.
        limits: How many may come, and how much they may ask for.
        pace: How fast they may speak.
        proxies: The reverse proxies whose word about a client's address is believed.
        root_path: The path under which a reverse proxy shows the venue.
        lab: Knows where the lab is; none where there is none.
    """

    def __init__(
        self,
        parts: Parts,
        limits: LimitSettings,
        *,
        pace: SocketPace | None = None,
        proxies: Proxies | None = None,
        root_path: str = "",
        lab: Lab | None = None,
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
        self._lab = lab
        self._inside: set[Session] = set()
        self._tunnels: set[Tunnel] = set()
        """Connections that are passed on to the lab."""
        self._addresses: Counter[str] = Counter()
        self._signed_in: dict[str, set[Session | Tunnel]] = {}
        self._ticker: asyncio.TimerHandle | None = None
        self._closing = False

    @property
    def message_bytes(self) -> int:
        """The largest message."""
        return self.limits.message_bytes

    @property
    def connections(self) -> int:
        """How many are inside, or are passed on to the lab."""
        return len(self._inside) + len(self._tunnels)

    def protocol(
        self,
        config: "Config",  # noqa: ARG002 - uvicorn passes it
        server_state: "ServerState",
        app_state: dict[str, Any],  # noqa: ARG002 - uvicorn passes it
    ) -> SocketProtocol:
        """Make what uvicorn hands a connection to."""
        return SocketProtocol(self, server_state)

    def admit(self, head: bytes, peer: tuple[str, int] | None) -> tuple[Session, Upgrade] | Tunnel:
        """Decide about a request before anything is upgraded.

        Args:
            head: The request line and the headers.
            peer: The other end of the connection.

        Raises:
            Refused: With the status of the answer.
        """
        scope = {"client": peer, "method": UPGRADE}
        if self._lab is not None and LAB_MARK in head.partition(b"\r\n")[0]:
            for_lab = read_lab_upgrade(head, self._root_path)
            if for_lab is not None:
                return self._pass_on(self._lab, for_lab, scope)
        upgrade = read_upgrade(head, self._root_path)
        address = self._address(scope, upgrade.headers)
        who = self._callers.find(scope, upgrade.headers, private=False)
        session = Session(self, upgrade, address, who)
        session.begin()
        return session, upgrade

    def _address(self, scope: dict[str, Any], headers: Headers) -> str:
        """Return whence a request comes, where another connection may come from there.

        Raises:
            Refused: There are too many, or the venue stops.
        """
        address = self._proxies.address(scope, headers)
        address = address_key(address) if ":" in address else address
        if self._closing:
            raise Refused(CLOSING, "the venue stops", 503)
        if self.connections >= self.limits.connections:
            raise Refused(BUSY, "the venue has as many connections as it can", 503)
        if self._addresses[address] >= self.limits.connections_per_address:
            raise Refused(RATE_LIMITED, "too many connections from this address", 429)
        return address

    def _pass_on(self, lab: Lab, upgrade: LabUpgrade, scope: dict[str, Any]) -> Tunnel:
        """Return what passes a connection on to the lab, which counts from now on.

        Raises:
            Refused: There are too many, the venue stops, or a credential is wrong.
        """
        address = self._address(scope, upgrade.headers)
        if sum(tunnel.address == address for tunnel in self._tunnels) >= LAB_CONNECTIONS_PER_ADDRESS_MAX:
            raise Refused(RATE_LIMITED, "too many connections to the lab from this address", 429)
        if len(self._tunnels) >= LAB_CONNECTIONS_MAX:
            raise Refused(BUSY, "the lab has as many connections as it can", 503)
        who = self._steering(scope, upgrade.headers)

        def may_still() -> bool:
            try:
                return self._steering(scope, upgrade.headers) is not None
            except Refused:
                return False

        tunnel = Tunnel(upgrade, address, who, reach=lab.reach, may_still=may_still, left=self._leave_tunnel)
        self._tunnels.add(tunnel)
        self._count_in(tunnel)
        return tunnel

    def _leave_tunnel(self, tunnel: Tunnel) -> None:
        if tunnel in self._tunnels:
            self._tunnels.discard(tunnel)
            self._count_out(tunnel)

    def _steering(self, scope: dict[str, Any], headers: Headers) -> Principal | None:
        """Return the administrator who opens a connection to the lab; none for who may only watch, as a foreign page may.

        Raises:
            Refused: A credential is wrong.
        """
        try:
            who = self._callers.find(scope, headers, private=False)
        except Refused as refused:
            if refused.code != FORBIDDEN:
                raise
            return None
        return who if who is not None and who.role is Role.ADMIN else None

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
        self._count_in(session)

    def leave(self, session: Session) -> None:
        """Count a connection no longer, which ends or has ended."""
        self.parts.feeds.leave(session)
        if session in self._inside:
            self._inside.discard(session)
            self._count_out(session)

    def _everybody(self) -> tuple[Session | Tunnel, ...]:
        return (*self._inside, *self._tunnels)

    def _count_in(self, one: Session | Tunnel) -> None:
        self._addresses[one.address] += 1
        self.parts.count(self.connections)
        if one.who is not None:
            self.signed_in(one, one.who)
        if self._ticker is None:
            self._ticker = asyncio.get_running_loop().call_later(self.pace.tick_seconds, self._tick)

    def _count_out(self, one: Session | Tunnel) -> None:
        self._addresses[one.address] -= 1
        if self._addresses[one.address] <= 0:
            del self._addresses[one.address]
        self.parts.count(self.connections)
        self._sign_off(one)

    def signed_in(self, session: Session | Tunnel, who: Principal) -> None:
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
        for session in self._everybody():
            session.close_for_stop()

    def _sign_off(self, session: Session | Tunnel) -> None:
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
        for session in self._everybody():
            if (
                session.who is not None
                and session.who.expires_s is not None
                and session.who.expires_s <= now_s
            ):
                session.close_for_expiry()
            session.tick(self.pace.tick_seconds)
        if self.connections:
            self._ticker = asyncio.get_running_loop().call_later(self.pace.tick_seconds, self._tick)


def _names(who: Principal) -> tuple[str, str]:
    """Return the names by which the gate says that a sign-in ended."""
    return who.session, f"user:{who.user_id}"
