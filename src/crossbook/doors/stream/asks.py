"""What a consumer may say to the stream, and how it is read from bytes.

Every message is a JSON object whose `type` names its kind. Unknown fields are refused, and so is a key that stands
twice. Each may carry an `id`, which its answer echoes.
"""

from decimal import Decimal
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from crossbook.core import ConfigError
from crossbook.doors.json import StrictDecoder
from crossbook.doors.socket.messages import Credential, Id
from crossbook.lab.live.pace import SPEED_MAX

MESSAGE_BYTES_MAX: Final = 64 * 1_024
CHANNELS_MAX: Final = 64
STEPS_AT_ONCE_MAX: Final = 50_000
TEXT_LENGTH_MAX: Final = 500
"""Of news."""
NAME_LENGTH_MAX: Final = 64
DAY_S: Final = 86_400.0

NULL: Final = msgspec.Raw(b"null")
Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LENGTH_MAX)]
Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=DAY_S)]


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """What all messages have."""

    id: Id | None = None


class Auth(Ask, frozen=True, tag="auth"):
    """Let this connection steer."""

    token: Credential


class Subscribe(Ask, frozen=True, tag="subscribe"):
    """Follow these channels and no others."""

    channels: Annotated[list[Name], msgspec.Meta(max_length=CHANNELS_MAX)]


class Ping(Ask, frozen=True, tag="ping"):
    """Be answered."""


class Control(Ask, frozen=True, tag="control"):
    """Steer time, or what happens."""

    action: Literal["pause", "resume", "step", "speed", "news", "shock", "end"]
    value: msgspec.Raw = NULL


class AgentCommand(Ask, frozen=True, tag="agent_command"):
    """Let agents come, change or go."""

    action: Literal["create", "update", "delete"]
    agent_id: Name
    agent_type: Name | None = None
    config: dict[str, Any] | None = None
    count: Annotated[int, msgspec.Meta(ge=1)] | None = None
    markets: list[Name] | None = None
    cash: Annotated[int, msgspec.Meta(ge=0)] | None = None


AnyAsk: TypeAlias = Auth | Subscribe | Ping | Control | AgentCommand


class StepFor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a step goes, in simulated time."""

    seconds: Annotated[float, msgspec.Meta(gt=0, le=DAY_S)]


class News(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """News that somebody makes."""

    jump: Decimal
    """In currency."""
    text: Annotated[str, msgspec.Meta(max_length=TEXT_LENGTH_MAX)] = "news"
    symbol: Name | None = None


class Shock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A large order."""

    side: Literal["buy", "sell"]
    size: Decimal
    """In units."""
    seconds: Seconds = 0.0
    """From its first piece to its last."""
    symbol: Name | None = None


class _Head(msgspec.Struct):
    """What can be told of a message that is wrong."""

    id: Id | None = None
    type: str | None = None
    action: str | None = None
    agent_id: str | None = None


Value: TypeAlias = int | float | StepFor | News | Shock | None
_VALUES: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    "speed": msgspec.json.Decoder(Annotated[float, msgspec.Meta(ge=0, le=SPEED_MAX)]),
    "step": msgspec.json.Decoder(Annotated[int, msgspec.Meta(ge=1, le=STEPS_AT_ONCE_MAX)] | StepFor),
    "news": msgspec.json.Decoder(News),
    "shock": msgspec.json.Decoder(Shock),
}
_OPTIONAL: Final = frozenset({"step"})
_decoder: Final[StrictDecoder[AnyAsk]] = StrictDecoder(AnyAsk)
_head: Final = msgspec.json.Decoder(_Head)


def read_ask(message: bytes) -> AnyAsk:
    """Read a message.

    Raises:
        Refused: It is malformed; the words name the field where there is one.
    """
    return _decoder.decode(message)


def value_of(control: Control) -> Value:
    """Return what an action is told beside its name.

    Raises:
        ConfigError: It is not what the action takes.
    """
    decoder = _VALUES.get(control.action)
    if decoder is None:
        if bytes(control.value) != b"null":
            raise ConfigError(f"value: {control.action} takes none")
        return None
    if bytes(control.value) == b"null":
        if control.action in _OPTIONAL:
            return None
        raise ConfigError(f"value: {control.action} needs one")
    try:
        value: Value = decoder.decode(control.value)
    except msgspec.MsgspecError as error:
        raise ConfigError(f"value: {str(error)[:1].lower()}{str(error)[1:]}") from None
    _check(value)
    return value


def _check(value: Value) -> None:
    number = value.jump if isinstance(value, News) else value.size if isinstance(value, Shock) else None
    if number is not None and not (number.is_finite() and abs(number.adjusted()) < _DIGITS_MAX):
        raise ConfigError("value: a number has more digits than can be carried")


_DIGITS_MAX: Final = 30


def head_of(message: bytes) -> dict[str, Any]:
    """Return the `id`, `type`, `action` and `agent_id` of a message that is otherwise wrong, as far as they can be read."""
    try:
        head = _head.decode(message)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    found = {"id": head.id, "type": head.type, "action": head.action, "agent_id": head.agent_id}
    return {name: value for name, value in found.items() if value is not None}
