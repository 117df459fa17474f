"""What each message does, once it could be read."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from picows import WSCloseCode

from crossbook.doors.socket import frames
from crossbook.doors.socket.messages import (
    Auth,
    Cancel,
    CancelAll,
    Ping,
    Place,
    Replace,
    SessionOptions,
    Subscribe,
    Unsubscribe,
)
from crossbook.venue.principal import Principal
from crossbook.venue.refusals import BUSY, FORBIDDEN, MALFORMED, NOT_SIGNED_IN, Refused

if TYPE_CHECKING:
    from crossbook.doors.socket.session import Session

TOO_MANY_SUBSCRIPTIONS: Final = "too_many_subscriptions"
WRONG_CONNECTION: Final = "wrong_connection"


def _ping(session: "Session", message: Ping, received_us: int) -> None:
    session.send(frames.pong(message.id, message.timestamp, received_us))


def _auth(session: "Session", message: Auth, received_us: int) -> None:
    try:
        who = session.door.identify(message.token, message.api_key)
    except Refused as refused:
        if refused.status != 401:
            raise
        session.send(frames.refusal(message.id, refused, message.timestamp, received_us))
        session.end(WSCloseCode.POLICY_VIOLATION, refused.code, refused.detail)
        return
    if session.who is not None and who.account != session.who.account:
        raise Refused(FORBIDDEN, "the connection is signed in as somebody else; open another one", 403)
    session.door.signed_in(session, who)
    session.reply(message, {"user_id": who.user_id, "username": who.username}, received_us)
    if session.channel is not None and session.channel not in session.channels:
        session.begin()


def _subscribe(session: "Session", message: Subscribe, received_us: int) -> None:
    _many(session)
    limit = session.door.limits.subscriptions
    if session.waits_to_send:
        raise Refused(BUSY, "read what waits for you before you subscribe to more", 503)
    if len(session.channels.union(message.channels)) > limit:
        raise Refused(TOO_MANY_SUBSCRIPTIONS, f"a connection has at most {limit} channels", 429)
    if stray := message.resume.keys() - set(message.channels):
        raise Refused(MALFORMED, f"resume names {min(stray)!r}, which is not among channels", 422)
    added: list[str] = []
    try:
        for channel in dict.fromkeys(message.channels):
            session.follow(channel, message.resume.get(channel))
            added.append(channel)
    except Refused:
        for channel in added:
            session.unfollow(channel)
        raise
    session.reply(message, {"channels": sorted(session.channels)}, received_us)


def _unsubscribe(session: "Session", message: Unsubscribe, received_us: int) -> None:
    _many(session)
    for channel in message.channels:
        session.unfollow(channel)
    session.reply(message, {"channels": sorted(session.channels)}, received_us)


def _place(session: "Session", message: Place, received_us: int) -> None:
    answered = session.placed_now if session.cancel_on_disconnect else session.answered
    session.door.parts.desk.place(
        _trader(session), message, partial(answered, message.id, message.timestamp, received_us)
    )


def _replace(session: "Session", message: Replace, received_us: int) -> None:
    session.door.parts.desk.replace(
        _trader(session),
        message.order_id,
        message,
        partial(session.answered, message.id, message.timestamp, received_us),
    )


def _cancel(session: "Session", message: Cancel, received_us: int) -> None:
    session.door.parts.desk.cancel(
        _trader(session),
        message.order_id,
        partial(session.answered, message.id, message.timestamp, received_us),
    )


def _cancel_all(session: "Session", message: CancelAll, received_us: int) -> None:
    session.door.parts.desk.cancel_all(
        _trader(session),
        message.ticker,
        partial(session.answered, message.id, message.timestamp, received_us),
    )


def _options(session: "Session", message: SessionOptions, received_us: int) -> None:
    _trader(session)
    session.cancel_on_disconnect = message.cancel_on_disconnect
    session.reply(message, {"cancel_on_disconnect": message.cancel_on_disconnect}, received_us)


def _many(session: "Session") -> None:
    if session.channel is not None:
        raise Refused(
            WRONG_CONNECTION, "a connection of one channel takes auth and ping only; use /ws for the rest"
        )


def _trader(session: "Session") -> Principal:
    _many(session)
    if session.who is None:
        raise Refused(
            NOT_SIGNED_IN, 'sign in first: {"op":"auth","api_key":...} or the header X-API-Key', 401
        )
    return session.who


HANDLERS: Final[dict[type, Callable[["Session", Any, int], None]]] = {
    Auth: _auth,
    Subscribe: _subscribe,
    Unsubscribe: _unsubscribe,
    Place: _place,
    Cancel: _cancel,
    CancelAll: _cancel_all,
    Replace: _replace,
    SessionOptions: _options,
    Ping: _ping,
}
"""By the class of the message; the last argument is when it was read, where its client wants to know."""
