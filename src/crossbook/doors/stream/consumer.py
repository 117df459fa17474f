"""A consumer's connection: what it hears, what it says, and what happens when it does not read."""

import logging
from typing import TYPE_CHECKING, Any, Final

import msgspec
from picows import WSCloseCode, WSTransport

from crossbook.core import framed, version
from crossbook.doors.socket.connection import TOO_FAST, Connection
from crossbook.doors.stream import channels
from crossbook.doors.stream.asks import AgentCommand, Auth, Control, Ping, Subscribe, head_of, read_ask
from crossbook.doors.stream.link import Entry
from crossbook.venue.refusals import CLOSING, MALFORMED, Refused

if TYPE_CHECKING:
    from crossbook.doors.stream.door import StreamDoor

PROTOCOL: Final = 1
NOT_ALLOWED: Final = "only who has the control token may steer (send it in a message of type auth), or an administrator of the exchange"
ANSWERS: Final = {"agent_command": "agent_response", "control": "control_response", "auth": "auth_response"}
_encode: Final = msgspec.json.Encoder().encode

logger = logging.getLogger("crossbook.stream")


class Consumer(Connection):
    """A connection that was admitted.

    Args:
        door: The door that it came in by.
        address: Whence.
        followed: The channels that it follows at first.
        steers: Whether it may steer.
    """

    __slots__ = ("_keys", "address", "door", "followed", "steers")

    def __init__(self, door: "StreamDoor", address: str, followed: frozenset[int], *, steers: bool) -> None:
        super().__init__(door.cork, door.limits, door.pace)
        self.door = door
        self.address = address
        self.followed = followed
        self.steers = steers
        self._keys: dict[tuple[int, int], str] = {}

    # What picows calls

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Greet the client."""
        self.connect(transport)
        self.say(
            {
                "type": "hello",
                "protocol": PROTOCOL,
                "version": version(),
                "control": self.steers,
                "channels": channels.names_of(self.followed),
            }
        )
        self.door.join(self)

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002 - picows passes it
        """Forget the connection."""
        self.disconnected()

    # What it hears

    @property
    def reads(self) -> bool:
        """Whether it has read all that it was sent."""
        return self._ready

    def tell(self, frames: bytes, messages: int) -> None:
        """Send messages to a client that reads."""
        self.deliver("", frames, kept=True, messages=messages)

    def hold(self, entry: Entry, frames: bytes) -> None:
        """Keep messages for a client that does not read: all of some kinds, the newest of the others."""
        place = (entry.channel, entry.key)
        key = self._keys.get(place)
        if key is None:
            key = self._keys[place] = f"{entry.channel} {entry.key}"
        # What waits of this place is older, and what is newer waits behind all that is older.
        self._newest.pop(key, None)
        if entry.kept:
            self._keep_open(entry.channel)
        self._hold(key, frames, kept=entry.kept, messages=entry.messages)

    def _keep_open(self, channel: int) -> None:
        """Keep what waits of a channel for other markets: it was told before what is kept of it now."""
        names = {name for place, name in self._keys.items() if place[0] == channel}
        for name in [name for name in self._newest if name in names]:
            frames = self._newest.pop(name, None)
            if frames is not None:
                self._hold_kept(frames, 1)

    def pause_writing(self) -> None:
        """Hold back what comes: the kernel takes no more for this client."""
        super().pause_writing()
        self.door.fell_behind(self)

    def resume_writing(self) -> None:
        """Send what was held back, now that the client reads again."""
        super().resume_writing()
        self.door.caught_up(self)
        if self._behind:
            # What waited was more than the kernel takes at once.
            self.door.fell_behind(self)

    def renew(self, channel: str) -> None:
        """Do nothing: no channel has increments."""

    # What it says

    def say(self, message: dict[str, Any]) -> None:
        """Send a message to this client alone."""
        self.send(framed(_encode(message)))

    def answer(self, ask: dict[str, Any], result: dict[str, Any]) -> None:
        """Answer a message.

        Args:
            ask: Its `type`, and its `id`, `action` and `agent_id` as far as it has them.
            result: What came of it.
        """
        kind = ANSWERS.get(str(ask.get("type")), "error")
        if kind == "error":
            result = {key: value for key, value in result.items() if key != "success"}
        echoed = {key: ask[key] for key in ("id", "action", "agent_id") if ask.get(key) is not None}
        self.say({"type": kind, **echoed, **result})

    def take(self, payload: bytes) -> None:
        """Take a message; whatever is wrong with it is answered."""
        try:
            ask = read_ask(payload)
        except Refused as refused:
            if refused.code == MALFORMED and not _is_text(payload):
                self.end(WSCloseCode.INVALID_TEXT, MALFORMED, "the message is not UTF-8")
                return
            self._refuse(head_of(payload), refused.detail)
            return
        if isinstance(ask, Ping):
            self.say({"type": "pong"} | ({} if ask.id is None else {"id": ask.id}))
        elif isinstance(ask, Subscribe):
            self._subscribe(ask)
        elif isinstance(ask, Auth):
            self._sign_in(ask)
        else:
            self._steer(ask)

    def _refuse(self, head: dict[str, Any], error: str) -> None:
        self.answer(head, {"success": False, "error": error})

    def _subscribe(self, ask: Subscribe) -> None:
        head = {"id": ask.id}
        try:
            followed = channels.numbers_of(ask.channels)
        except KeyError as error:
            self._refuse(head, f"channels: there is no {error.args[0]!r}")
            return
        self.followed = followed
        names = channels.names_of(followed)
        self.say({"type": "subscribed", "channels": names} | ({} if ask.id is None else {"id": ask.id}))
        # What waits of channels that are no longer followed is not wanted any more.
        for place, key in self._keys.items():
            if place[0] not in followed:
                self._newest.pop(key, None)
        self.door.hub.renew(self)

    def _sign_in(self, ask: Auth) -> None:
        head = {"type": "auth", "id": ask.id}
        if self.door.sign_in(self, ask.token):
            self.steers = True
            self.answer(head, {"success": True})
        elif not self._ending:
            self._refuse(head, "this is not the control token")

    def _steer(self, ask: Control | AgentCommand) -> None:
        head: dict[str, Any] = {"id": ask.id, "action": ask.action}
        if isinstance(ask, AgentCommand):
            head |= {"type": "agent_command", "agent_id": ask.agent_id}
        else:
            head["type"] = "control"
        if not self.steers:
            self._refuse(head, NOT_ALLOWED)
            return
        what = "control" if isinstance(ask, Control) else "agent"

        def answered(result: dict[str, Any]) -> None:
            self.answer(head, result)

        self.door.steer(what, ask, answered)

    def say_too_fast(self) -> None:
        """Refuse a message that was not looked at."""
        self.say({"type": "error", "error": TOO_FAST})

    # Its end

    def leave(self) -> None:
        """Leave the hub and the door."""
        self.door.leave(self)

    def close_for_stop(self) -> None:
        """Close, because the server stops."""
        self.end(WSCloseCode.SERVICE_RESTART, CLOSING, "the server stops")


def _is_text(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
