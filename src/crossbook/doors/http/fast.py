"""The fast routes: a request is read, handed on and answered with as little as can be between.

It assumes that its host calls it with an ASGI scope whose path is already without the root path. Bodies are at most
`limits.message_bytes` long; that they come in time is seen to by `protocol`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias, cast

import msgspec

from crossbook.doors.http.callers import Headers, caller, must_be_signed_in
from crossbook.doors.http.problems import UNSUPPORTED_MEDIA_TYPE, Header, too_large
from crossbook.doors.http.queries import read_query
from crossbook.doors.http.routes import Answer, Call, Ready
from crossbook.doors.http.venue_face import TradingFace
from crossbook.doors.json import malformed
from crossbook.venue.refusals import Refused

Message: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]

JSON_TYPE: Final = b"application/json"
CONTENT_TYPE: Final[Header] = (b"content-type", JSON_TYPE)
_JSON_CHARSETS: Final = (b"", b"utf-8", b"utf8", b"us-ascii")

_encode: Final = msgspec.json.Encoder().encode


class ClientGoneError(Exception):
    """The client went away before its request was whole: there is nobody to answer."""


class FastRoutes:
    """Carry out requests that a line of the table describes.

    Args:
        venue: What carries them out.
    """

    __slots__ = ("_body_bytes_max", "_page_rows", "_venue", "durability")

    def __init__(self, venue: TradingFace) -> None:
        self._venue: Final = venue
        self._body_bytes_max: Final = venue.settings.limits.message_bytes
        self._page_rows: Final = venue.settings.limits.page_rows
        self.durability: Final[Header] = (b"x-durability", venue.settings.durability.encode())

    async def carry_out(
        self, ready: Ready, parameter: str, scope: Message, headers: Headers, receive: Receive
    ) -> bytes:
        """Carry out a request and return the body of its answer.

        Raises:
            Refused: What was asked is wrong, or nobody may ask it.
            ClientGoneError: Nobody waits for the answer.
        """
        route = ready.route
        who = caller(self._venue.gate, headers)
        if who is None and route.private:
            raise must_be_signed_in()
        query: object = ready.default_query
        if scope["query_string"]:
            query = read_query(scope["query_string"], route.query, self._page_rows)
        body: object = None
        if ready.decoder is not None:
            check_json_type(headers)
            body = ready.decoder.decode(await read_body(headers, receive, self._body_bytes_max))
        call = Call(self._venue, who, parameter, query, body)
        answer = route.handler(call)
        if route.waits:
            answer = await cast("Awaitable[Answer]", answer)
        return _encode(answer)


def check_json_type(headers: Headers) -> None:
    """See that a body claims to be JSON, where it claims to be anything.

    Raises:
        Refused: It claims to be something else.
    """
    kind = headers.get(b"content-type")
    if kind is None or kind == JSON_TYPE:
        return
    essence, _, parameters = kind.lower().partition(b";")
    name, _, value = parameters.strip().partition(b"=")
    charset = value.strip(b'" ') if name.strip() == b"charset" else b""
    if essence.strip() != JSON_TYPE or charset not in _JSON_CHARSETS:
        raise Refused(UNSUPPORTED_MEDIA_TYPE, "the content type must be application/json in UTF-8", 415)


async def read_body(headers: Headers, receive: Receive, bytes_max: int) -> bytes:
    """Read the whole body of a request.

    Raises:
        Refused: It is too long.
        ClientGoneError: The client went away.
    """
    claimed = headers.get(b"content-length")
    if claimed is not None:
        if not claimed.isdigit():
            raise malformed("the header content-length is no number")
        # A number of twenty digits is too large whatever follows, and costs nothing to read.
        if int(claimed[:20]) > bytes_max:
            raise too_large(bytes_max)
    message = await _first(receive)
    body: bytes = message.get("body", b"")
    if message.get("more_body", False):
        body = await _rest(body, receive, bytes_max)
    if len(body) > bytes_max:
        raise too_large(bytes_max)
    return body


async def _first(receive: Receive) -> Message:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    return message


async def _rest(body: bytes, receive: Receive, bytes_max: int) -> bytes:
    """Read what did not come with the first part."""
    parts = [body]
    length = len(body)
    more = True
    while more:
        message = await _first(receive)
        part: bytes = message.get("body", b"")
        parts.append(part)
        length += len(part)
        if length > bytes_max:
            raise too_large(bytes_max)
        more = message.get("more_body", False)
    return b"".join(parts)
