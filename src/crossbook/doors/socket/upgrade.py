"""What a request for a WebSocket asks, and how it is refused before anything is upgraded.

Secrets come in headers, in the venue's cookie, or in the first message, never in the address, because addresses are
written to logs. Whom only a cookie signs in must come from a page of ours, which the door sees by its `Origin`.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from crossbook.doors.http.callers import headers_of
from crossbook.doors.http.problems import BAD_REQUEST, HEAD_TOO_LARGE, METHOD_NOT_ALLOWED, body_of
from crossbook.doors.http.proxies import Headers
from crossbook.doors.socket.messages import CHANNEL_LENGTH_MAX, SAFE_INTEGER
from crossbook.venue.refusals import NOT_FOUND, Refused

HEAD_BYTES_MAX: Final = 16_384
"""Of a request line with all headers."""
VERSION: Final = b"13"
"""RFC 6455, section 4.2.1."""
KEY: Final = b"sec-websocket-key"
SECRETS: Final = frozenset(
    {"token", "api_key", "apikey", "access_token", "jwt", "jwt_token", "x-api-key", "key"}
)
"""Names by which people pass secrets in an address."""
LAB_PATHS: Final = frozenset({"/ws/lab", "/ws/lab/"})
"""Where the lab is watched and steered."""

_LAB_CHANNELS: Final = re.compile(r"[A-Za-z0-9_:,]{1,1024}")
"""Names of its channels, parted by commas; which there are is for the lab to say."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """A request to speak WebSocket, wherever it goes."""

    headers: Headers

    def canonical(self) -> bytes:
        """Return the request as one that holds what the handshake needs, and no secret."""
        return (
            b"GET / HTTP/1.1\r\nHost: venue\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %b\r\n\r\n" % self.headers[KEY]
        )


@dataclass(frozen=True, slots=True)
class Upgrade(Handshake):
    """A request to the venue."""

    channel: str | None
    """The channel of a connection that has just one."""
    resume: int | None
    """The last sequence of it that the client has seen."""


@dataclass(frozen=True, slots=True)
class LabUpgrade(Handshake):
    """A request to the lab."""

    channels: str | None
    """The channels to follow, parted by commas; none for all."""

    def passed_on(self, host: str, token: str | None) -> bytes:
        """Return the request as the lab gets it: what the handshake needs, and nothing of who sent it.

        Args:
            host: The lab's.
            token: Lets the connection steer; none where it may only watch.
        """
        query = "" if self.channels is None else f"?channels={quote(self.channels, safe='')}"
        rights = "" if token is None else f"Authorization: Bearer {token}\r\n"
        head = f"GET /ws{query} HTTP/1.1\r\nHost: {host}\r\n{rights}".encode("ascii")
        return head + (
            b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %b\r\n\r\n"
            % self.headers[KEY]
        )


def read_upgrade(head: bytes, root_path: str = "") -> Upgrade:
    """Read a request to the venue, line and headers up to the empty line.

    Args:
        head: As uvicorn rebuilds it: names of headers in lower case.
        root_path: What may stand before the path.

    Raises:
        Refused: It is no proper request, asks for what there is not, or carries a secret in its address; with the
            status of the answer.
    """
    target, headers = read_head(head)
    channel, resume = _read_target(*read_target(target, root_path))
    check_handshake(headers)
    return Upgrade(headers, channel, resume)


def read_lab_upgrade(head: bytes, root_path: str = "") -> LabUpgrade | None:
    """Read a request to the lab; as `read_upgrade`, and none where it goes elsewhere.

    Raises:
        Refused: As `read_upgrade`.
    """
    target, headers = read_head(head)
    path, options = read_target(target, root_path)
    if path not in LAB_PATHS:
        return None
    channels = None
    for name, value in options:
        if name != "channels" or channels is not None or _LAB_CHANNELS.fullmatch(value) is None:
            raise Refused(BAD_REQUEST, "/ws/lab takes only channels=NAME,NAME in its address")
        channels = value
    check_handshake(headers)
    return LabUpgrade(headers, channels)


def read_head(head: bytes) -> tuple[str, Headers]:
    """Return the target and the headers of a request.

    Raises:
        Refused: It is no proper request; with the status of the answer.
    """
    if len(head) > HEAD_BYTES_MAX:
        raise Refused(HEAD_TOO_LARGE, f"the request's head exceeds {HEAD_BYTES_MAX} bytes", 431)
    request, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    words = request.split(b" ")
    if len(words) != 3:
        raise Refused(BAD_REQUEST, "the request line is malformed")
    if words[0] != b"GET":
        raise Refused(METHOD_NOT_ALLOWED, "a WebSocket is opened with GET", 405)
    pairs = [(name, value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
    headers = headers_of(pairs)
    if sum(name == KEY for name, _ in pairs) > 1:
        raise Refused(BAD_REQUEST, "the header Sec-WebSocket-Key stands twice")
    return words[1].decode("latin-1"), headers


def read_target(target: str, root_path: str = "") -> tuple[str, list[tuple[str, str]]]:
    """Return the path and the options of an address.

    Raises:
        Refused: It is malformed, or carries a secret.
    """
    try:
        parts = urlsplit(target)
        path = unquote(parts.path, errors="strict")
        options = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=16)
    except ValueError:
        raise Refused(BAD_REQUEST, "the address is malformed") from None
    if any(name.lower() in SECRETS for name, _ in options):
        raise Refused(
            BAD_REQUEST,
            "never put a secret into an address: send the header Authorization or X-API-Key, or a first message"
            " that signs in",
        )
    root = root_path.rstrip("/")
    if root and path.startswith(root + "/"):
        path = path[len(root) :]
    return path, options


def _read_target(path: str, options: list[tuple[str, str]]) -> tuple[str | None, int | None]:
    if path in ("/ws", "/ws/"):
        if options:
            raise Refused(BAD_REQUEST, "/ws takes no parameters in its address")
        return None, None
    channel = path.removeprefix("/ws/")
    if channel == path or len(channel) > CHANNEL_LENGTH_MAX:
        raise Refused(NOT_FOUND, "no WebSocket here: use /ws or /ws/{channel}", 404)
    resume = None
    for name, value in options:
        if name != "resume" or not (value.isascii() and value.isdigit()) or int(value[:20]) > SAFE_INTEGER:
            raise Refused(BAD_REQUEST, "/ws/{channel} takes only resume=SEQUENCE in its address")
        resume = int(value[:20])
    return channel, resume


def check_handshake(headers: Headers) -> None:
    """See that a request asks for a WebSocket as RFC 6455 has it.

    Raises:
        Refused: It does not.
    """
    if headers.get(b"upgrade", b"").lower() != b"websocket":
        raise Refused(BAD_REQUEST, "the header Upgrade must be websocket")
    if b"upgrade" not in [word.strip() for word in headers.get(b"connection", b"").lower().split(b",")]:
        raise Refused(BAD_REQUEST, "the header Connection must hold upgrade")
    if headers.get(b"sec-websocket-version") != VERSION:
        raise Refused(BAD_REQUEST, f"the header Sec-WebSocket-Version must be {VERSION.decode()}", 426)
    if headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers:
        raise Refused(BAD_REQUEST, "a request for a WebSocket has no body")
    try:
        nonce = base64.b64decode(headers.get(KEY, b""), validate=True)
    except (binascii.Error, ValueError):
        nonce = b""
    if len(nonce) != 16:
        raise Refused(BAD_REQUEST, "the header Sec-WebSocket-Key must be 16 bytes in base64")


def refusal_response(refused: Refused) -> bytes:
    """Return the HTTP response that refuses an upgrade."""
    body = body_of(refused)
    extra = {
        401: b"www-authenticate: Bearer\r\n",
        405: b"allow: GET\r\n",
        426: b"upgrade: websocket\r\nsec-websocket-version: 13\r\n",
        429: b"retry-after: 1\r\n",
        503: b"retry-after: 1\r\n",
    }.get(refused.status, b"")
    return (
        b"HTTP/1.1 %d %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n%bconnection: close\r\n\r\n%b"
        % (
            refused.status,
            HTTPStatus(refused.status).phrase.encode("ascii"),
            len(body),
            extra,
            body,
        )
    )
