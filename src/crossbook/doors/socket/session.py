"""A connection: what its client says, and what is answered.

A message that is wrong is answered as such and changes nothing else. A bad credential ends the connection.
"""

import logging
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec
from picows import WSCloseCode, WSTransport

from crossbook.doors.http.problems import internal
from crossbook.doors.socket import frames
from crossbook.doors.socket.asks import HANDLERS
from crossbook.doors.socket.connection import TOO_FAST, Connection
from crossbook.doors.socket.messages import AnyMessage
from crossbook.doors.socket.upgrade import Upgrade
from crossbook.venue.desk import Read
from crossbook.venue.principal import Principal
from crossbook.venue.refusals import CLOSING, MALFORMED, RATE_LIMITED, Refused
from crossbook.venue.sequencer import Outcome

if TYPE_CHECKING:
    from crossbook.doors.socket.door import SocketDoor
    from crossbook.doors.socket.seams import Desk

logger = logging.getLogger("crossbook.socket")

SESSION_OVER: Final = "session_over"
"""The sign-in that the connection lived by has ended, be it by somebody's will or by itself."""
PRIVATE: Final = frozenset({"account"})
"""Channels that one must be signed in for."""


class _Order(msgspec.Struct):
    """What is needed of an answer to an order."""

    order_id: str


ORDER: Final = msgspec.json.Decoder(_Order)


class Session(Connection):
    """A connection that was admitted.

    Args:
        door: The door that it came in by.
        upgrade: What was asked for.
        address: Whence.
        who: Who is signed in by a header.
    """

    __slots__ = (
        "_forget_at",
        "_resume",
        "address",
        "cancel_on_disconnect",
        "channel",
        "channels",
        "door",
        "placed",
        "who",
    )

    def __init__(self, door: "SocketDoor", upgrade: Upgrade, address: str, who: Principal | None) -> None:
        super().__init__(door.cork, door.limits, door.pace)
        self.door = door
        self.address = address
        self.who = who
        self.channel = upgrade.channel
        self._resume = upgrade.resume
        self.channels: set[str] = set()
        self.cancel_on_disconnect = False
        self.placed: set[str] = set()
        """Orders that shall end with the connection; those that ended are taken out from time to time."""
        self._forget_at = 2 * door.limits.open_orders

    def begin(self) -> None:
        """Subscribe to the channel of a connection that has one, unless its client must sign in first.

        It is done before the upgrade: a channel that there is not is refused while there is a status to say it with.

        Raises:
            Refused: There is no such channel.
        """
        if self.channel is not None and (self.who is not None or self.channel not in PRIVATE):
            self.follow(self.channel, self._resume)

    # What picows calls

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Greet the client."""
        self.connect(transport)
        self.door.join(self)
        if self.channel is None:
            parts = self.door.parts
            self.send(frames.hello(parts.name, parts.durability, parts.sequence(), parts.epoch))

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002 - picows passes it
        """Forget the connection, and what its client wanted forgotten with it."""
        self.disconnected()
        if self.cancel_on_disconnect and self.who is not None:
            self.door.last_will(self.who, self.placed)

    # Messages

    def take(self, payload: bytes) -> None:
        """Take a message; whatever is wrong with it is answered."""
        who = self.who
        if who is not None and self.channel is None:
            desk = self.door.parts.desk
            read = desk.read(who, payload)
            if read is not None:
                self._enter(desk, who, read)
                return
        name: int | str | None = None
        timestamp: float | None = None
        try:
            message = self.door.reader.read(payload)
            name = message.id
            timestamp = message.timestamp
            received_us = 0 if timestamp is None else frames.now_us()
            HANDLERS[message.__class__](self, message, received_us)
        except Refused as refused:
            if refused.code == MALFORMED:
                try:
                    payload.decode()
                except UnicodeDecodeError:
                    self.end(WSCloseCode.INVALID_TEXT, MALFORMED, "the message is not UTF-8")
                    return
                name = self.door.reader.name(payload) if name is None else name
            self.send(frames.refusal(name, refused, timestamp))
        except Exception:
            logger.exception("a message could not be handled")
            self._failed(name)

    def _enter(self, desk: "Desk", who: Principal, read: Read) -> None:
        _, name, timestamp, _, cancels = read
        answered = self.placed_now if self.cancel_on_disconnect and not cancels else self.answered
        received_us = 0 if timestamp is None else frames.now_us()
        try:
            desk.enter(who, read, partial(answered, name, timestamp, received_us))
        except Exception:
            logger.exception("a message could not be handled")
            self._failed(name)

    def answered(
        self, name: int | str | None, timestamp: float | None, received_us: int, answer: Outcome
    ) -> None:
        """Send the desk's answer. Whatever happens here, the desk and its other callers go on."""
        try:
            if isinstance(answer, Refused):
                self.send(frames.refusal(name, answer, timestamp, received_us))
                return
            self.send(frames.reply(name, answer, timestamp, received_us))
        except Exception:
            logger.exception("an answer could not be sent")
            self._failed(name)

    def placed_now(
        self, name: int | str | None, timestamp: float | None, received_us: int, answer: Outcome
    ) -> None:
        """Send the desk's answer to an order that shall end with the connection, and remember the order."""
        self.answered(name, timestamp, received_us, answer)
        if not isinstance(answer, msgspec.Raw) or self.who is None:
            return
        order_id = ORDER.decode(answer).order_id
        if self._ending:
            # The answer came after the connection had gone.
            self.door.last_will(self.who, {order_id})
            return
        self.placed.add(order_id)
        if len(self.placed) > self._forget_at:
            self.placed.intersection_update(self.door.parts.open_orders(self.who))
            self._forget_at = 2 * max(len(self.placed), self._limits.open_orders)

    def reply(self, message: AnyMessage, data: object, received_us: int) -> None:
        """Answer a message."""
        self.send(frames.reply(message.id, data, message.timestamp, received_us))

    def _failed(self, name: int | str | None) -> None:
        self.send(frames.refusal(name, internal()))

    def say_too_fast(self) -> None:
        """Refuse a message that was not looked at."""
        self.send(frames.refusal(None, Refused(RATE_LIMITED, TOO_FAST, 429)))

    # Channels

    def follow(self, channel: str, resume: int | None = None) -> None:
        """Subscribe to a channel, or begin it anew.

        Raises:
            Refused: There is none of that name, or it is private and nobody is signed in.
        """
        feeds = self.door.parts.feeds
        if channel in self.channels:
            feeds.unsubscribe(self, channel, self.who)
        with self.replay():
            feeds.subscribe(self, channel, self.who, resume)
        self.channels.add(channel)

    def unfollow(self, channel: str) -> None:
        """Hear no more of a channel."""
        self.channels.discard(channel)
        self._newest.pop(channel, None)
        self._stale.pop(channel, None)
        self.door.parts.feeds.unsubscribe(self, channel, self.who)

    def renew(self, channel: str) -> None:
        """Begin a channel anew, because increments of it were dropped."""
        if channel in self.channels:
            self.follow(channel)

    @property
    def waits_to_send(self) -> bool:
        """Whether the client has not read what was sent."""
        return self._behind

    # Its end

    def leave(self) -> None:
        """Leave the feeds and the door."""
        self.door.leave(self)

    def close_for_stop(self) -> None:
        """Close, because the venue stops."""
        self.end(WSCloseCode.SERVICE_RESTART, CLOSING, "the venue stops; come back in a while")

    def close_for_sign_out(self) -> None:
        """Close, because the sign-in was ended."""
        self.end(WSCloseCode.POLICY_VIOLATION, SESSION_OVER, "you signed out, or the key was revoked")

    def close_for_expiry(self) -> None:
        """Close, because the sign-in ended by itself."""
        self.end(WSCloseCode.POLICY_VIOLATION, SESSION_OVER, "the token has expired; log in again")
