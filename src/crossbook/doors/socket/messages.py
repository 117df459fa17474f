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
PLAIN_DIGITS: Final = 16
"""A price with fewer digits before and zeros after its point is an ordinary one."""
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

    __slots__ = ("_decode", "_members", "_named", "_strict")

    def __init__(self) -> None:
        self._decode = msgspec.json.Decoder(AnyMessage).decode
        self._members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
        self._named = msgspec.json.Decoder(_Named).decode
        self._strict = StrictDecoder[AnyMessage](AnyMessage).decode

    def read(self, payload: bytes) -> AnyMessage:
        """Read a message as `StrictDecoder` does, an ordinary order in half the time.

        Raises:
            Refused: It is none; the words say where it goes wrong.
        """
        try:
            message = self._decode(payload)
            if message.__class__ is Place and self._is_ordinary(message, payload):
                return message
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
        return self._strict(payload)

    def _is_ordinary(self, order: Place, payload: bytes) -> bool:
        """Say whether nothing about an order needs the slower look: no key can stand twice, all numbers are short."""
        quantity = order.quantity
        price = order.price
        if (
            type(quantity) is not int
            or not -SAFE_INTEGER <= quantity <= SAFE_INTEGER
            or order.stop_price is not None
            or order.display_quantity is not None
            or order.expires_at is not None
        ):
            return False
        if price is not None and not -PLAIN_DIGITS < price.adjusted() < PLAIN_DIGITS:
            return False
        # As many colons as members, and as many quotes as their names and texts need, leave no room for a second
        # member of a name or a price in quotes.
        named = order.client_order_id is not None
        members = 5 + (price is not None) + named + (order.timestamp is not None)
        texts = 3 + named + (order.id.__class__ is str)
        if payload.count(b":") == members and payload.count(b'"') == 2 * (members + texts):
            return True
        found = self._members(payload)
        return len(found) == payload.count(b":") and (
            price is None or not bytes(found["price"]).startswith(b'"')
        )

    def name(self, payload: bytes) -> int | str | None:
        """Find the `id` of a message that could not be read, so that the refusal still says what it is about."""
        try:
            return self._named(payload).id
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
