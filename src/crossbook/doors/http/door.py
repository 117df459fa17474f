"""The outermost application: every HTTP request comes in here, and every answer leaves from here.

It finds the route, holds addresses to their rate, lets other origins in where the settings name them, turns refusals
into answers and defects into a status of 500 that gives nothing away, and counts. The fast routes and the files of the web
application are answered here, the lab's routes by its proxy; everything else goes to the application of `control`.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from time import monotonic_ns
from typing import Any, Final, TypeAlias
from uuid import uuid4

import structlog

from crossbook.core import ConfigError
from crossbook.doors.http.bodies import ClientGoneError, Message, Receive, read_control_body
from crossbook.doors.http.callers import ADDRESS, Callers, headers_of
from crossbook.doors.http.fast import CONTENT_TYPE, FastRoutes
from crossbook.doors.http.lab_proxy import LabProxy, is_labs
from crossbook.doors.http.problems import (
    Header,
    body_of,
    internal,
    method_not_allowed,
    refused_by,
)
from crossbook.doors.http.problems import headers_of as problem_headers
from crossbook.doors.http.protocol import WHOLE_ANSWER
from crossbook.doors.http.proxies import Headers
from crossbook.doors.http.requests_seen import RequestsSeen
from crossbook.doors.http.routes import Ready, RouteTable
from crossbook.doors.http.venue_face import TradingFace
from crossbook.doors.http.web_files import WebFile, WebFiles
from crossbook.venue.rates import OverRate, Rates, address_key
from crossbook.venue.refusals import Refused

Scope: TypeAlias = MutableMapping[str, Any]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

DATA_HEADERS: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)
"""With JSON: a browser shows it as nothing else, and nobody keeps it."""
SECURITY_HEADERS: Final[tuple[Header, ...]] = (
    *DATA_HEADERS,
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
"""With everything that a browser may show as a page."""
CORS_SECONDS: Final = 600
"""How long a browser may remember what another origin is allowed."""
_FILE_METHODS: Final = frozenset({"GET", "HEAD"})
_CORS_METHODS: Final = b"GET, POST, PATCH, DELETE"
_CORS_REQUEST_HEADERS: Final = b"authorization, content-type, x-api-key"
_CORS_EXPOSED: Final = b"x-sequence, x-durability, x-request-id, retry-after"

_log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DoorOptions:
    """What an operator may choose of the HTTP door."""

    trusted_proxies: tuple[str, ...] = ()
    """Reverse proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed; none unless named."""
    allowed_origins: tuple[str, ...] = ()
    """Origins whose scripts may use the API, such as `https://example.org`; none unless named."""
    root_path: str = ""
    """The path under which a reverse proxy shows the venue, such as `/market`."""

    def __post_init__(self) -> None:
        if self.root_path and (not self.root_path.startswith("/") or self.root_path.endswith("/")):
            raise ConfigError(f"root path {self.root_path!r}: expected one such as /market")


class HttpDoor:
    """The ASGI application of a venue.

    Args:
        venue: What stands behind it.
        table: The fast routes.
        control: The application of all other addresses.
        seen: What counts requests.
        options: What the operator chose.
        callers: Finds who asks.
        web_files: The web application.
        lab: Answers the lab's routes; none where there is no lab.

    Raises:
        ConfigError: An option is impossible.
    """

    def __init__(
        self,
        venue: TradingFace,
        table: RouteTable,
        control: Application,
        seen: RequestsSeen,
        options: DoorOptions,
        callers: Callers,
        web_files: WebFiles,
        lab: LabProxy | None = None,
    ) -> None:
        limits = venue.settings.limits
        self._venue: Final = venue
        self._table: Final = table
        self._control: Final = control
        self._seen: Final = seen
        self._web_files: Final = web_files
        self._lab: Final = lab
        self._fast: Final = FastRoutes(venue, callers)
        self._rates: Final = Rates(limits.requests_per_second, limits.request_burst)
        self._proxies: Final = callers.proxies
        self._root: Final = options.root_path
        self._origins: Final = frozenset(origin.encode() for origin in options.allowed_origins)
        self._plain: Final[list[Header]] = [CONTENT_TYPE, *DATA_HEADERS]
        self._durable: Final[list[Header]] = [*self._plain, self._fast.durability]
        self._plain_head: Final = _head(self._plain)
        self._durable_head: Final = _head(self._durable)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            raise ConfigError(f"the HTTP door does not speak {scope['type']}")
        path: str = scope["path"]
        if self._root:
            path = self._inside(path)
        methods, parameter = self._table.find(path)
        if methods is None:
            file = self._web_files.find(path)
            if file is None:
                await self._elsewhere(scope, path, receive, send)
            else:
                await self._show(file, scope, send)
            return
        method: str = scope["method"]
        ready = methods.get("GET" if method == "HEAD" else method)
        headers: Headers = {}
        try:
            headers = headers_of(scope["headers"])
            self._hold_to_rate(scope, headers)
            if ready is None:
                await self._without_method(method, headers, send)
                return
            body, sequence = await self._fast.carry_out(ready, parameter, scope, headers, receive)
        except ClientGoneError:
            return
        except Exception as error:  # noqa: BLE001 - a defect must not leave a client without an answer
            await self._tell(error, ready, _allowed(methods), headers, send)
            return
        self._seen.count(ready.number, 200)
        if sequence is None:
            sequence = self._venue.sequence
        safe = ready.route.tells_durability
        whole: Callable[[int, bytes, bytes], bool] | None = scope.get(WHOLE_ANSWER)
        if whole is not None and not self._origins:
            head = self._durable_head if safe else self._plain_head
            if whole(200, b"%bx-sequence: %d\r\n" % (head, sequence), body):
                return
        answer = self._durable if safe else self._plain
        await self._send(send, 200, self._whole(answer, body, headers, sequence), body)

    async def close(self) -> None:
        """Let go of the connections to the lab, once nothing is answered any more."""
        if self._lab is not None:
            await self._lab.close()

    async def _without_method(self, method: str, headers: Headers, send: Send) -> None:
        """Answer a method that the address does not know, which may be a browser's question.

        Raises:
            Refused: It is not.
        """
        if method != "OPTIONS" or not self._origins:
            raise method_not_allowed(method)
        await self._preflight(headers, send)

    async def _tell(
        self,
        error: Exception,
        ready: Ready | None,
        allowed: Iterable[bytes],
        headers: Headers,
        send: Send,
    ) -> None:
        """Answer with what went wrong."""
        refused = refused_by(error)
        extra: list[Header] = []
        if refused is None:
            refused, extra = self._defect(error)
        if refused.status == 405:
            extra.append((b"allow", b", ".join(sorted(allowed))))
        self._seen.count(-1 if ready is None else ready.number, refused.status)
        body = body_of(refused)
        answer = [*self._plain, *problem_headers(refused), *extra]
        await self._send(send, refused.status, self._whole(answer, body, headers, self._venue.sequence), body)

    async def _elsewhere(self, scope: Scope, path: str, receive: Receive, send: Send) -> None:
        """Hand a request to the other routes, and see that its answer has the headers that every answer has."""
        headers: Headers = {}
        started = False

        async def send_on(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                # What a page says of its own caching and framing counts more than the general word.
                given = list(message["headers"])
                names = {name for name, _ in given}
                general = [header for header in SECURITY_HEADERS if header[0] not in names]
                extra = [*general, self._sequence(), *self._cors(headers)]
                message = {**message, "headers": given + extra}
            await send(message)

        try:
            headers = headers_of(scope["headers"])
            self._hold_to_rate(scope, headers)
            if scope["method"] == "OPTIONS" and self._origins:
                await self._preflight(headers, send)
                return
            inner = {
                **scope,
                "path": path,
                "root_path": "",
                ADDRESS: self._proxies.address(scope, headers),
            }
            if scope["method"] == "HEAD":
                inner["method"] = "GET"
            if self._lab is not None and is_labs(path):
                await self._lab(inner, receive, send_on)
                return
            body_bytes_max = self._venue.settings.limits.message_bytes
            receive = await read_control_body(scope, headers, receive, body_bytes_max)
            await self._control(inner, receive, send_on)
        except ClientGoneError:
            return
        except Exception as error:
            if started:
                raise
            await self._tell(error, None, (), headers, send)

    async def _show(self, file: WebFile, scope: Scope, send: Send) -> None:
        """Answer with a file of the web application."""
        headers: Headers = {}
        try:
            headers = headers_of(scope["headers"])
            self._hold_to_rate(scope, headers)
            if scope["method"] not in _FILE_METHODS:
                raise method_not_allowed(scope["method"])
        except Refused as refused:
            await self._tell(refused, None, (b"GET", b"HEAD"), headers, send)
            return
        status, answer, body = file.answer(headers)
        self._seen.count(-1, status)
        await self._send(send, status, answer, b"" if scope["method"] == "HEAD" else body)

    def _defect(self, error: Exception) -> tuple[Refused, list[Header]]:
        """Log a defect; return what the client is told of it."""
        request_id = uuid4().hex
        _log.error("a request failed", request_id=request_id, exc_info=error)
        return internal(), [(b"x-request-id", request_id.encode())]

    def _inside(self, path: str) -> str:
        """Return a path without the root path; a proxy may or may not have taken it off already."""
        rest = path.removeprefix(self._root)
        return rest if rest.startswith("/") else path

    def _hold_to_rate(self, scope: Scope, headers: Headers) -> None:
        """Take a token of the address's bucket.

        Raises:
            OverRate: There is none.
        """
        address = self._proxies.address(scope, headers)
        if ":" in address:
            address = address_key(address)
        now_ns = monotonic_ns()
        if not self._rates.spend(address, now_ns):
            raise OverRate("too many requests from this address", self._rates.wait_ns(address, now_ns))

    def _sequence(self) -> Header:
        return (b"x-sequence", b"%d" % self._venue.sequence)

    def _whole(self, answer: list[Header], body: bytes, headers: Headers, sequence: int) -> list[Header]:
        """Return all headers of an answer."""
        whole = [*answer, (b"content-length", b"%d" % len(body)), (b"x-sequence", b"%d" % sequence)]
        if self._origins:
            whole += self._cors(headers)
        return whole

    def _cors(self, headers: Headers) -> list[Header]:
        """Return the headers that let a script of another origin read an answer."""
        if not self._origins:
            return []
        origin = headers.get(b"origin", b"")
        if origin not in self._origins:
            return [(b"vary", b"origin")]
        return [
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _CORS_EXPOSED),
            (b"vary", b"origin"),
        ]

    async def _preflight(self, headers: Headers, send: Send) -> None:
        """Answer a browser that asks whether a script of another origin may send what it wants to."""
        answer = [*SECURITY_HEADERS, *self._cors(headers)]
        if headers.get(b"origin", b"") in self._origins:
            answer += [
                (b"access-control-allow-methods", _CORS_METHODS),
                (b"access-control-allow-headers", _CORS_REQUEST_HEADERS),
                (b"access-control-max-age", b"%d" % CORS_SECONDS),
            ]
        await self._send(send, 204, answer, b"")

    @staticmethod
    async def _send(send: Send, status: int, headers: list[Header], body: bytes) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _allowed(methods: dict[str, Ready]) -> set[bytes]:
    """Return the methods of an address, with the one that `GET` brings along."""
    allowed = {method.encode() for method in methods}
    return allowed | {b"HEAD"} if b"GET" in allowed else allowed


def _head(headers: list[Header]) -> bytes:
    """Return headers as they go over the wire."""
    return b"".join(b"%b: %b\r\n" % header for header in headers)
