"""The bodies of requests: how long they may be, what they claim to be, and reading them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from crossbook.doors.http.problems import UNSUPPORTED_MEDIA_TYPE, too_large
from crossbook.doors.http.proxies import Headers
from crossbook.doors.json import check_json, malformed
from crossbook.venue.refusals import Refused

Message: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]

JSON_TYPE: Final = b"application/json"
BODY_METHODS: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_JSON_CHARSETS: Final = (b"", b"utf-8", b"utf8", b"us-ascii")


class ClientGoneError(Exception):
    """The client went away before its request was whole: there is nobody to answer."""


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
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    body: bytes = message.get("body", b"")
    if message.get("more_body", False):
        body = await _rest(body, receive, bytes_max)
    if len(body) > bytes_max:
        raise too_large(bytes_max)
    return body


async def _rest(body: bytes, receive: Receive, bytes_max: int) -> bytes:
    """Read what did not come with the first part."""
    parts = [body]
    length = len(body)
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        part: bytes = message.get("body", b"")
        parts.append(part)
        length += len(part)
        if length > bytes_max:
            raise too_large(bytes_max)
        more = message.get("more_body", False)
    return b"".join(parts)


async def read_control_body(scope: Message, headers: Headers, receive: Receive, bytes_max: int) -> Receive:
    """Read and check the body of a request; return what hands it on as it came.

    Raises:
        Refused: It is too long, no JSON, or has two meanings.
        ClientGoneError: The client went away.
    """
    if scope["method"] not in BODY_METHODS:
        return receive
    body = await read_body(headers, receive, bytes_max)
    if body:
        check_json_type(headers)
        check_json(body)
    handed_on = False

    async def again() -> Message:
        nonlocal handed_on
        if handed_on:
            return await receive()
        handed_on = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
