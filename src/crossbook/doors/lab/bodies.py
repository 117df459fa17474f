"""The bodies of the lab's requests, and reading them: one meaning each, nothing unknown in them."""

from decimal import Decimal
from typing import Annotated, Any, Final, Generic, TypeAlias, TypeVar

import msgspec
from fastapi import Request

from crossbook.doors.http.bodies import check_json_type, read_body
from crossbook.doors.http.callers import headers_of
from crossbook.doors.json import StrictDecoder

BODY_BYTES_MAX: Final = 256 * 1024
AGENTS_MAX: Final = 1_000_000
"""Agents of one simulation, in all."""
GROUPS_MAX: Final = 100
"""Entries under `agents` of a batch run."""
SEEDS_MAX: Final = 1_000
"""Seeds of one request."""
SEED_MAX: Final = (1 << 63) - 1
TEXT_LENGTH_MAX: Final = 64
SETTINGS_MAX: Final = 100
"""Settings that a request replaces."""

_Body = TypeVar("_Body", bound=msgspec.Struct)
Word: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_LENGTH_MAX)]
Seed: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=SEED_MAX)]


class AgentsWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some agents of one type."""

    type: Word
    """A classic type, or a native kind."""
    count: Annotated[int, msgspec.Meta(ge=1, le=AGENTS_MAX)] = 1
    params: dict[str, Any] = {}


class BatchWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of `POST /api/simulation/run`."""

    agents: Annotated[list[AgentsWanted], msgspec.Meta(min_length=1, max_length=GROUPS_MAX)]
    duration_seconds: int | Decimal
    initial_price: int | Decimal = 50_000
    seed: Seed = 1


class RunWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of `POST /api/lab/runs`."""

    preset: Word | None = None
    config: str | None = None
    """A run file as YAML."""
    seed: Seed | None = None
    """In place of the file's."""
    seeds: Annotated[int, msgspec.Meta(ge=1, le=SEEDS_MAX)] | None = None
    """Make so many runs, from this seed on."""
    set: Annotated[dict[str, Any], msgspec.Meta(max_length=SETTINGS_MAX)] = {}
    """Settings to replace, by their paths."""


class BodyReader(Generic[_Body]):
    """Reads bodies of one kind.

    Args:
        kind: The struct.
    """

    def __init__(self, kind: type[_Body]) -> None:
        self._decoder: Final = StrictDecoder[_Body](kind)

    async def read(self, request: Request) -> _Body:
        """Read the body of a request.

        Raises:
            Refused: It is too long, no JSON, or has two meanings or none.
            ClientGoneError: The client went away.
        """
        headers = headers_of(request.scope["headers"])
        body = await read_body(headers, request.receive, BODY_BYTES_MAX)
        check_json_type(headers)
        return self._decoder.decode(body)
