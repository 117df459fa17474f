"""What a request for a WebSocket asks, and how it is refused before anything is upgraded.

Secrets come in headers or in the first message, never in the address, because addresses are written to logs. There
are no cookies, so a foreign page has nothing of its visitor's to send and `Origin` needs no check.
"""

import base64
import binascii
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from crossbook.doors.socket.messages import CHANNEL_LENGTH_MAX, CREDENTIAL_LENGTH_MAX, SAFE_INTEGER
from crossbook.venue.refusals import MALFORMED, NOT_FOUND, Refused

HEAD_BYTES_MAX: Final = 16_384
"""Of a request line with all headers."""
VERSION: Final = "13"
"""RFC 6455, section 4.2.1."""
SECRETS: Final = frozenset(
    {"token", "api_key", "apikey", "access_token", "jwt", "jwt_token", "x-api-key", "key"}
)
"""Names by which people pass secrets in an address."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A request to speak WebSocket."""

    channel: str | None
    """The channel of a connection that has just one."""
    resume: int | None
    """The last sequence of it that the client has seen."""
    key: str
    """`Sec-WebSocket-Key`."""
    token: str | None
    api_key: str | None
    forwarded_for: str | None
    """`X-Forwarded-For`, which counts only from a proxy that is trusted."""

    def canonical(self) -> bytes:
        """Return the request as one that holds what the handshake needs, and no secret."""
        return (
            b"GET / HTTP/1.1\r\nHost: venue\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %b\r\n\r\n" % self.key.encode("ascii")
        )


def read_upgrade(head: bytes, root_path: str = "") -> Upgrade:
    """Read a request, line and headers up to the empty line.

    Raises:
        Refused: It is no proper request, asks for what there is not, or carries a secret in its address; with the
            status of the answer.
    """
    if len(head) > HEAD_BYTES_MAX:
        raise Refused(MALFORMED, f"the request's headers exceed {HEAD_BYTES_MAX} bytes", 431)
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3:
        raise Refused(MALFORMED, "the request line is malformed")
    if words[0] != "GET":
        raise Refused(MALFORMED, "a WebSocket is opened with GET", 405)
    headers: dict[str, str] = {}
    for line in lines[1:]:
        if line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
    channel, resume = _read_target(words[1], root_path)
    _check_handshake(headers)
    token, api_key = _read_credentials(headers)
    return Upgrade(
        channel=channel,
        resume=resume,
        key=headers["sec-websocket-key"],
        token=token,
        api_key=api_key,
        forwarded_for=headers.get("x-forwarded-for"),
    )


def _read_target(target: str, root_path: str) -> tuple[str | None, int | None]:
    try:
        parts = urlsplit(target)
        path = unquote(parts.path, errors="strict")
        options = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=16)
    except ValueError:
        raise Refused(MALFORMED, "the address is malformed") from None
    if any(name.lower() in SECRETS for name, _ in options):
        raise Refused(
            MALFORMED,
            "never put a secret into an address: send the header Authorization or X-API-Key, or a first message"
            ' {"op":"auth",...}',
        )
    root = root_path.rstrip("/")
    if root and path.startswith(root + "/"):
        path = path[len(root) :]
    if path in ("/ws", "/ws/"):
        if options:
            raise Refused(MALFORMED, "/ws takes no parameters in its address")
        return None, None
    channel = path.removeprefix("/ws/")
    if channel == path or len(channel) > CHANNEL_LENGTH_MAX:
        raise Refused(NOT_FOUND, "no WebSocket here: use /ws or /ws/{channel}", 404)
    resume = None
    for name, value in options:
        if name != "resume" or not (value.isascii() and value.isdigit()) or int(value[:20]) > SAFE_INTEGER:
            raise Refused(MALFORMED, "/ws/{channel} takes only resume=SEQUENCE in its address")
        resume = int(value[:20])
    return channel, resume


def _check_handshake(headers: dict[str, str]) -> None:
    if headers.get("upgrade", "").lower() != "websocket":
        raise Refused(MALFORMED, "the header Upgrade must be websocket")
    if "upgrade" not in [word.strip() for word in headers.get("connection", "").lower().split(",")]:
        raise Refused(MALFORMED, "the header Connection must hold upgrade")
    if headers.get("sec-websocket-version") != VERSION:
        raise Refused(MALFORMED, f"the header Sec-WebSocket-Version must be {VERSION}", 426)
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise Refused(MALFORMED, "a request for a WebSocket has no body")
    try:
        nonce = base64.b64decode(headers.get("sec-websocket-key", "").encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        nonce = b""
    if len(nonce) != 16:
        raise Refused(MALFORMED, "the header Sec-WebSocket-Key must be 16 bytes in base64")


def _read_credentials(headers: dict[str, str]) -> tuple[str | None, str | None]:
    authorization = headers.get("authorization")
    api_key = headers.get("x-api-key")
    if authorization is not None and api_key is not None:
        raise Refused(MALFORMED, "send either Authorization or X-API-Key, not both")
    token = None
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise Refused(MALFORMED, "the header Authorization must be: Bearer TOKEN")
    if len(token or api_key or "") > CREDENTIAL_LENGTH_MAX:
        raise Refused(MALFORMED, f"no credential is longer than {CREDENTIAL_LENGTH_MAX} characters")
    return token, api_key


def refusal_response(refused: Refused) -> bytes:
    """Return the HTTP response that refuses an upgrade."""
    body = msgspec.json.encode({"detail": refused.detail, "code": refused.code})
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
