"""The lab's routes under the venue's address: requests are passed on to the lab's process, and its answers back.

The venue decides here who may change anything, which is an administrator, and says so by the token that only it and the lab
know. Of a request nothing else gets through than its method, a path of plain words, its query, its body within a bound, and some
headers that say nothing of who sent it: no key, no token, no cookie. Of an answer everything gets through but what belongs to the
connection, and cookies. Answers pass part by part as they come and no faster than they are read, so nothing piles up here.
"""

import asyncio
import re
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

import httpx
import structlog

from crossbook.doors.http.bodies import ClientGoneError, Message, Receive, read_body
from crossbook.doors.http.callers import ADDRESS, SAFE_METHODS, Callers, headers_of
from crossbook.doors.http.lab_process import HOST, Lab, Reached
from crossbook.doors.http.problems import Header, not_found
from crossbook.doors.http.protocol import WHOLE_ANSWER, WholeAnswer
from crossbook.doors.http.proxies import NOWHERE, Headers
from crossbook.doors.json import malformed
from crossbook.venue.principal import Role
from crossbook.venue.rates import address_key
from crossbook.venue.refusals import BUSY, FORBIDDEN, RATE_LIMITED, Refused

Scope: TypeAlias = MutableMapping[str, Any]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

PREFIX: Final = "/api/lab/"
BATCH: Final = "/api/simulation/run"
SESSION: Final = "/api/lab/session"
"""In the lab itself a browser signs in here by the lab's token; here it signs in to the venue, so that one may only look."""
BODY_BYTES_MAX: Final = 256 * 1_024
"""As the lab has it: run files are longer than orders."""
REQUESTS_MAX: Final = 240
"""Requests under way. The lab takes some more connections than these; 112 of administrators may wait for batch simulations."""
VISITORS_REQUESTS_MAX: Final = 48
"""Of them from people who may not steer, so that they shut no administrator out."""
ADDRESS_REQUESTS_MAX: Final = 24
"""Of those from one address."""
CONNECT_S: Final = 5.0
ANSWER_S: Final = 660.0
"""Between two parts of an answer, at most: to end a simulation takes until its directory is written, which the lab bounds by
600 s."""
SLOW_READER_S: Final = 30.0
"""How long a client may take to take one part of an answer."""
RESTED_S: Final = 10.0
"""How long a connection to the lab is kept for the next request, which is shorter than the lab keeps it."""
ATTEMPTS: Final = 2
"""A lab that has just died is only known to be gone when nothing listens there."""
AGAIN_S: Final = 0.2

_PATH: Final = re.compile(r"(?:/(?!\.\.?(?:/|$))[A-Za-z0-9_.-]+)+")
"""Words between slashes, none of which is `.` or `..`. All routes of the lab are such, and no encoding hides anything in them."""
_PASSED_ON: Final = (b"accept", b"content-type", b"if-none-match")
_KEPT_BACK: Final = frozenset({
    # RFC 9110, section 7.6.1: they are about one connection.
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te", b"trailer",
    b"transfer-encoding", b"upgrade",
    # The venue's own to say.
    b"access-control-allow-credentials", b"access-control-allow-origin", b"clear-site-data", b"date", b"server", b"set-cookie",
    b"x-sequence",
})  # fmt: skip
_DATA_TYPES: Final = (b"application/json", b"application/x-ndjson")
_LINES_TYPE: Final = b"application/x-ndjson"
_POLICY: Final = b"content-security-policy"
_NO_PAGE: Final = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""For whatever is no data and says nothing of itself: in this origin nothing of it runs."""
_CUT_SHORT: Final = b'{"type":"error","error":"the lab ended unexpectedly"}\n'

_log: Final = structlog.get_logger(__name__)


def is_labs(path: str) -> bool:
    """Return whether an address is the lab's to answer."""
    return path.startswith(PREFIX) or path == BATCH


class LabProxy:
    """The ASGI application of the lab's routes.

    Args:
        lab: Knows where the lab is.
        callers: Finds who asks.
    """

    def __init__(self, lab: Lab, callers: Callers) -> None:
        self._lab: Final = lab
        self._callers: Final = callers
        self._room: Final = _Room()
        self._way: httpx.AsyncHTTPTransport | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            Refused: There is no such address, it is not the caller's to change anything, or the lab cannot be reached.
            ClientGoneError: The client went away.
        """
        method: str = scope["method"]
        path: str = scope["path"]
        headers = headers_of(scope["headers"])
        if _PATH.fullmatch(path) is None:
            raise not_found()
        safe = method in SAFE_METHODS
        who = self._callers.find(scope, headers, private=not safe)
        steers = who is not None and who.role is Role.ADMIN
        if path == SESSION and not safe:
            raise not_found()
        if not safe and not steers:
            raise Refused(FORBIDDEN, "only administrators may do this", 403)
        with self._room.entered(scope.get(ADDRESS, NOWHERE), visitor=not steers):
            body = b"" if safe else await read_body(headers, receive, BODY_BYTES_MAX)
            answering = asyncio.create_task(self._pass_on(scope, headers, body, send, steers=steers))
            gone = asyncio.create_task(_hung_up(receive))
            try:
                await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
                over = answering.done()
            finally:
                for task in (answering, gone):
                    task.cancel()
                await asyncio.wait({answering, gone})
        if not over:
            raise ClientGoneError
        answering.result()

    async def close(self) -> None:
        """Close the connections to the lab."""
        if self._way is not None:
            await self._way.aclose()
            self._way = None

    async def _pass_on(
        self, scope: Scope, headers: Headers, body: bytes, send: Send, *, steers: bool
    ) -> None:
        """Pass a request on, and its answer back."""
        answer = await self._ask(scope, headers, body, steers=steers)
        try:
            await send(
                {"type": "http.response.start", "status": answer.status_code, "headers": _kept(answer)}
            )
            if not await _pass_back(answer, send):
                await _hang_up(scope)
        finally:
            await _let_go(answer)

    async def _ask(self, scope: Scope, headers: Headers, body: bytes, *, steers: bool) -> httpx.Response:
        """Send a request to the lab, and return the beginning of its answer.

        Raises:
            Refused: It does not answer.
        """
        for attempt in range(1, ATTEMPTS + 1):
            reached = await self._lab.reach()
            request = _request(scope, headers, body, reached, steers=steers)
            try:
                return await self._connections().handle_async_request(request)
            except httpx.ConnectError:
                if attempt < ATTEMPTS:
                    await asyncio.sleep(AGAIN_S)
            except httpx.HTTPError as error:
                _log.warning("the lab did not answer", path=scope["path"], error=repr(error))
                break
        raise Refused(BUSY, "the lab does not answer: try again in a moment", 503)

    def _connections(self) -> httpx.AsyncHTTPTransport:
        """Return the connections to the lab. It is a transport and no client: that would keep cookies and follow redirects."""
        if self._way is None:
            self._way = httpx.AsyncHTTPTransport(
                # No TLS is spoken, so no certificates are loaded for it.
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                limits=httpx.Limits(
                    max_connections=REQUESTS_MAX, max_keepalive_connections=16, keepalive_expiry=RESTED_S
                ),
                trust_env=False,
            )
        return self._way


class _Room:
    """How many requests are under way."""

    def __init__(self) -> None:
        self._all = 0
        self._visitors = 0
        self._addresses: Final[Counter[str]] = Counter()

    @contextmanager
    def entered(self, address: str, *, visitor: bool) -> Iterator[None]:
        """Count a request for as long as it takes.

        Raises:
            Refused: There are too many.
        """
        address = address_key(address) if ":" in address else address
        if visitor and self._addresses[address] >= ADDRESS_REQUESTS_MAX:
            raise Refused(RATE_LIMITED, "too many requests to the lab at once from this address", 429)
        if self._all >= REQUESTS_MAX or (visitor and self._visitors >= VISITORS_REQUESTS_MAX):
            raise Refused(BUSY, "the lab has as many requests as it can: try again in a moment", 503)
        self._all += 1
        self._visitors += visitor
        self._addresses[address] += visitor
        try:
            yield
        finally:
            self._all -= 1
            self._visitors -= visitor
            self._addresses[address] -= visitor
            if self._addresses[address] <= 0:
                del self._addresses[address]


def _request(scope: Scope, headers: Headers, body: bytes, reached: Reached, *, steers: bool) -> httpx.Request:
    """Return the request as the lab gets it.

    Raises:
        Refused: Its query is none.
    """
    passed = [(name, headers[name]) for name in _PASSED_ON if name in headers]
    if steers:
        passed.append((b"authorization", f"Bearer {reached.token}".encode("ascii")))
    if body or scope["method"] not in SAFE_METHODS:
        passed.append((b"content-length", b"%d" % len(body)))
    target = scope["path"].encode("ascii")
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    try:
        url = httpx.URL(scheme="http", host=HOST, port=reached.port, raw_path=target)
    except (httpx.InvalidURL, UnicodeDecodeError):
        raise malformed("the query cannot be read") from None
    return httpx.Request(
        scope["method"],
        url,
        headers=[
            (b"host", f"{HOST}:{reached.port}".encode("ascii")),
            (b"accept-encoding", b"identity"),
            *passed,
        ],
        content=body,
        extensions={
            "timeout": {"connect": CONNECT_S, "pool": CONNECT_S, "read": ANSWER_S, "write": SLOW_READER_S}
        },
    )


def _kept(answer: httpx.Response) -> list[Header]:
    """Return the headers of an answer that get through."""
    every = [(name.lower(), value) for name, value in answer.headers.raw]
    named = {
        word.strip().lower() for name, value in every if name == b"connection" for word in value.split(b",")
    }
    kept = [(name, value) for name, value in every if name not in _KEPT_BACK and name not in named]
    names = dict(kept)
    kind = names.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind not in _DATA_TYPES and _POLICY not in names:
        kept.append((_POLICY, _NO_PAGE))
    return kept


async def _pass_back(answer: httpx.Response, send: Send) -> bool:
    """Send the parts of an answer as they come; return whether the client was told where it ends."""
    lines = answer.headers.get("content-type", "").encode("latin-1").startswith(_LINES_TYPE)
    last = b"\n"
    try:
        async for part in _parts_of(answer):
            last = part[-1:] or last
            async with asyncio.timeout(SLOW_READER_S):
                await send({"type": "http.response.body", "body": part, "more_body": True})
    except TimeoutError:
        return False
    except httpx.HTTPError as error:
        _log.warning("an answer of the lab was cut short", error=repr(error))
        if not lines:
            return False
        # Whoever waits for the last line gets one.
        rest = _CUT_SHORT if last == b"\n" else b"\n" + _CUT_SHORT
        await send({"type": "http.response.body", "body": rest, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    return True


def _parts_of(answer: httpx.Response) -> httpx.AsyncByteStream:
    if not isinstance(answer.stream, httpx.AsyncByteStream):
        raise TypeError("an answer that cannot be awaited")
    return answer.stream


async def _let_go(answer: httpx.Response) -> None:
    """Give the connection back, or close it where the answer was not read to its end."""
    await _parts_of(answer).aclose()


async def _hang_up(scope: Scope) -> None:
    """Close the connection in the middle of an answer: its client must not take it for whole."""
    whole: WholeAnswer | None = scope.get(WHOLE_ANSWER)
    if whole is not None:
        await whole.hang_up()


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
