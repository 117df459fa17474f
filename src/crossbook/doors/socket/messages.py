"""What a client may say on a WebSocket, and how it is read from bytes.

Every message is a JSON object whose `op` names its kind. Unknown fields are refused, and so is a key that stands
twice. Each may carry an `id`, which the reply
echoes, and a `timestamp`, which it echoes too beside the venue's own two times.
"""

from typing import Annotated, Final, TypeAlias

import msgspec

from crossbook.doors.json import StrictDecoder
from crossbook.venue.requests import PlaceOrder, ReplaceOrder, Ticker

ID_LENGTH_MAX: Final = 64
CHANNEL_LENGTH_MAX: Final = 64
CHANNELS_MAX: Final = 256
"""Of one message; the settings limit how many a connection may have."""
CREDENTIAL_LENGTH_MAX: Final = 4_096
SAFE_INTEGER: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps as it is."""

Id: TypeAlias = (
    Annotated[int, msgspec.Meta(ge=-SAFE_INTEGER, le=SAFE_INTEGER)]
    | Annotated[str, msgspec.Meta(max_length=ID_LENGTH_MAX)]
)
Stamp: TypeAlias = Annotated[int, msgspec.Meta(ge=-SAFE_INTEGER, le=SAFE_INTEGER)] | float
OrderId: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
Channel: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=CHANNEL_LENGTH_MAX)]
Channels: TypeAlias = Annotated[list[Channel], msgspec.Meta(min_length=1, max_length=CHANNELS_MAX)]
Credential: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=CREDENTIAL_LENGTH_MAX)]


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="op"):
    """What all messages have."""

    id: Id | None = None
    timestamp: Stamp | None = None
    """The client's own time, in any unit."""


class Auth(Message, tag="auth", frozen=True, kw_only=True):
    """Signs the connection in, by one of the two."""

    token: Credential | None = None
    api_key: Credential | None = None


class Subscribe(Message, tag="subscribe", frozen=True, kw_only=True):
    """Asks for channels; for those in `resume` only for what came after that sequence."""

    channels: Channels
    resume: Annotated[
        dict[Channel, Annotated[int, msgspec.Meta(ge=0, le=SAFE_INTEGER)]],
        msgspec.Meta(max_length=CHANNELS_MAX),
    ] = {}


class Unsubscribe(Message, tag="unsubscribe", frozen=True, kw_only=True):
    """Asks for no more of some channels."""

    channels: Channels


class Place(PlaceOrder, tag_field="op", tag="place", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Places an order. It is the desk's own request, so nothing is copied on the way."""

    id: Id
    timestamp: Stamp | None = None


class Cancel(Message, tag="cancel", frozen=True, kw_only=True):
    """Cancels an order."""

    id: Id
    order_id: OrderId


class CancelAll(Message, tag="cancel_all", frozen=True, kw_only=True):
    """Cancels all orders of the account, or those of an instrument."""

    id: Id
    ticker: Ticker | None = None


class Replace(
    ReplaceOrder, tag_field="op", tag="replace", frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Changes an order. It is the desk's own request too."""

    id: Id
    order_id: OrderId
    timestamp: Stamp | None = None


class SessionOptions(Message, tag="session", frozen=True, kw_only=True):
    """Says what shall happen to this connection's orders when it ends."""

    cancel_on_disconnect: bool


class Ping(Message, tag="ping", frozen=True, kw_only=True):
    """Asks for a pong."""


AnyMessage: TypeAlias = (
    Auth | Subscribe | Unsubscribe | Place | Cancel | CancelAll | Replace | SessionOptions | Ping
)


class _Named(msgspec.Struct):
    id: Id | None = None


class Reader:
    """Reads messages; one serves all connections.

    Both kinds of connection read all messages and refuse what is not for them, so that a client learns which it is.
    """

    __slots__ = ("_named", "_strict")

    def __init__(self) -> None:
        self._named = msgspec.json.Decoder(_Named).decode
        self._strict = StrictDecoder[AnyMessage](AnyMessage).decode

    def read(self, payload: bytes) -> AnyMessage:
        """Read a message.

        Raises:
            Refused: It is none; the words say where it goes wrong.
        """
        return self._strict(payload)

    def name(self, payload: bytes) -> int | str | None:
        """Find the `id` of a message that could not be read, so that the refusal still says what it is about."""
        try:
            return self._named(payload).id
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
