"""Frames of a stream, as they come and as they go."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from crossbook.client.calls import ENCODER
from crossbook.client.models import Refusal

T = TypeVar("T")


class Frame(msgspec.Struct, frozen=True, gc=False):
    """A frame of the venue. A message of a channel has `channel`, an answer has `id` and `ok`."""

    type: str
    channel: str = ""
    sequence: int = 0
    """The number of the newest event that the message tells of."""
    previous: int = 0
    """The `sequence` of the message before on that channel; 0 in a snapshot."""
    snapshot: bool = False
    data: msgspec.Raw = msgspec.Raw(b"null")
    id: str | int | None = None
    ok: bool = True
    error: Refusal | None = None
    code: str = ""
    detail: str = ""
    venue: str = ""
    """In the greeting, as the next: how the venue is called."""
    durability: str = ""
    """What an acknowledgement means: `durable` or `memory`."""
    epoch: int = 0
    """Another one after each start of the venue."""

    def read(self, kind: Callable[..., T]) -> T:
        """Return the data as a type.

        Raises:
            msgspec.ValidationError: They are not of that type.
        """
        return msgspec.json.decode(self.data, type=kind)  # type: ignore[no-any-return]

    @property
    def plain(self) -> Any:
        """The data as maps, lists, texts and numbers."""
        return msgspec.json.decode(self.data)


DECODER: Final = msgspec.json.Decoder(Frame)


def encoded(**fields: Any) -> bytes:
    """Return a frame to send; fields that are none are left out."""
    return ENCODER.encode({name: value for name, value in fields.items() if value is not None})
