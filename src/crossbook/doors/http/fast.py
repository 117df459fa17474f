"""The fast routes: a request is read, handed on and answered with as little as can be between.

It assumes that its host calls it with an ASGI scope whose path is already without the root path. Bodies are at most
`limits.message_bytes` long; that they come in time is seen to by `protocol`.
"""

from typing import Final

import msgspec

from crossbook.doors.http.bodies import JSON_TYPE, Message, Receive, check_json_type, read_body
from crossbook.doors.http.callers import Callers
from crossbook.doors.http.problems import Header
from crossbook.doors.http.proxies import Headers
from crossbook.doors.http.queries import read_query
from crossbook.doors.http.routes import Call, Ready
from crossbook.doors.http.venue_face import TradingFace

CONTENT_TYPE: Final[Header] = (b"content-type", JSON_TYPE)

_encode: Final = msgspec.json.Encoder().encode


class FastRoutes:
    """Carry out requests that a line of the table describes.

    Args:
        venue: What carries them out.
        callers: Finds who asks.
    """

    __slots__ = ("_body_bytes_max", "_callers", "_page_rows", "_venue", "durability")

    def __init__(self, venue: TradingFace, callers: Callers) -> None:
        self._venue: Final = venue
        self._callers: Final = callers
        self._body_bytes_max: Final = venue.settings.limits.message_bytes
        self._page_rows: Final = venue.settings.limits.page_rows
        self.durability: Final[Header] = (b"x-durability", venue.settings.durability.encode())

    async def carry_out(
        self, ready: Ready, parameter: str, scope: Message, headers: Headers, receive: Receive
    ) -> tuple[bytes, int | None]:
        """Carry out a request; return the body of its answer, and its sequence where that is not the venue's newest.

        Raises:
            Refused: What was asked is wrong, or nobody may ask it.
            ClientGoneError: Nobody waits for the answer.
        """
        route = ready.route
        who = self._callers.find(scope, headers, private=route.private)
        query: object = ready.default_query
        if scope["query_string"]:
            query = read_query(scope["query_string"], route.query, self._page_rows)
        body: object = None
        if ready.decoder is not None:
            check_json_type(headers)
            body = ready.decoder.decode(await read_body(headers, receive, self._body_bytes_max))
        call = Call(self._venue, who, parameter, query, body)
        answer = _encode(await route.handler(call))
        return answer, call.sequence
