"""Who asks: what the headers of a request say of it.

A key or a token in a header counts before a cookie. A cookie is what browsers send by themselves, so one that is over
means nobody where nobody need be signed in, and what only a cookie signs in must come from a page of ours.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from crossbook.doors.http.cookies import SessionCookie, check_origin
from crossbook.doors.http.proxies import Headers, Proxies
from crossbook.doors.http.venue_face import GateFace
from crossbook.venue.principal import Principal
from crossbook.venue.refusals import NOT_SIGNED_IN, Refused

API_KEY: Final = b"x-api-key"
AUTHORIZATION: Final = b"authorization"
KEY_PREFIX: Final = "ms_"
SECRET_BYTES_MAX: Final = 4_096
"""Nothing longer is a key or a token of ours, so that nobody looks at it."""
ADDRESS: Final = "crossbook.address"
"""The key of an ASGI scope under which the outermost door leaves the client's address."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
"""Change nothing, and their answers no foreign page can read."""

_SINGLE: Final = (API_KEY, AUTHORIZATION, b"content-type", b"origin")


def headers_of(pairs: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Return the headers by name.

    Raises:
        Refused: One that must be alone stands twice: nobody could say which of them counts.
    """
    headers = dict(pairs)
    if len(headers) != len(pairs):
        for name in _SINGLE:
            if sum(name == other for other, _ in pairs) > 1:
                raise Refused(NOT_SIGNED_IN, f"the header {name.decode()} stands twice", 401)
    return headers


class Callers:
    """Finds who asks.

    Args:
        gate: Sign-in.
        proxies: The reverse proxies that are believed.
        root_path: The path under which a proxy shows the venue; empty for none.
    """

    __slots__ = ("_gate", "cookie", "proxies")

    def __init__(self, gate: GateFace, proxies: Proxies, root_path: str = "") -> None:
        self._gate: Final = gate
        self.proxies: Final = proxies
        self.cookie: Final = SessionCookie(gate.cookie_name, root_path or "/")

    def find(self, scope: Mapping[str, Any], headers: Headers, *, private: bool) -> Principal | None:
        """Return who asks.

        Args:
            scope: The request; its `method`, `client` and `scheme` are looked at.
            headers: Its headers.
            private: Whether it must say who asks. Then there is always somebody.

        Raises:
            Refused: What it says is not true, two headers name two people, it says nothing where it must, or it only
                has a cookie and does not come from a page of ours.
        """
        key, bearer = headers.get(API_KEY), headers.get(AUTHORIZATION)
        if key is not None or bearer is not None:
            return _by_headers(self._gate, key, bearer)
        token = self.cookie.token(headers)
        if token is not None:
            try:
                who = self._gate.by_token(token)
            except Refused:
                if private:
                    raise
                return None
            if scope["method"] not in SAFE_METHODS:
                check_origin(self.proxies, scope, headers)
            return who
        if private:
            raise must_be_signed_in()
        return None

    def signed_in(self, scope: Mapping[str, Any], headers: Headers) -> Principal:
        """Return who asks, where somebody must.

        Raises:
            Refused: As `find`.
        """
        who = self.find(scope, headers, private=True)
        if who is None:
            raise must_be_signed_in()
        return who

    def take_back(self, scope: Mapping[str, Any], headers: Headers, answer: Response) -> None:
        """Have the browser that asks forget the token of the cookie."""
        self.cookie.take_back(answer, secure=self.proxies.is_https(scope, headers))

    def take_back_own(self, scope: Mapping[str, Any], headers: Headers, answer: Response) -> None:
        """Have the browser that asks forget the token, where it is the cookie that says who asks."""
        if not headers.keys() & {API_KEY, AUTHORIZATION} and self.cookie.token(headers) is not None:
            self.take_back(scope, headers, answer)


def bearer_of(headers: Headers) -> str | None:
    """Return what stands behind `Bearer`, which the gate has read before; none where there is no such header."""
    bearer = headers.get(AUTHORIZATION)
    return None if bearer is None else bearer.partition(b" ")[2].strip().decode("ascii")


def _by_headers(gate: GateFace, key: bytes | None, bearer: bytes | None) -> Principal | None:
    by_key = None if key is None else _by_secret(gate, key)
    if bearer is None:
        return by_key
    scheme, _, secret = bearer.partition(b" ")
    if scheme.lower() != b"bearer":
        raise Refused(NOT_SIGNED_IN, "the header authorization is not of the form: Bearer TOKEN", 401)
    by_bearer = _by_secret(gate, secret.strip(), is_token=True)
    if by_key is not None and by_key.user_id != by_bearer.user_id:
        raise Refused(NOT_SIGNED_IN, "the two headers authorization and x-api-key name two users", 401)
    return by_bearer


def must_be_signed_in() -> Refused:
    """Return the refusal of a request that does not say who asks."""
    return Refused(NOT_SIGNED_IN, "sign in: send Authorization: Bearer TOKEN, or X-API-Key: KEY", 401)


def _by_secret(gate: GateFace, secret: bytes, *, is_token: bool = False) -> Principal:
    if len(secret) > SECRET_BYTES_MAX or not secret.isascii():
        raise Refused(NOT_SIGNED_IN, "the key or token is not one of ours", 401)
    text = secret.decode("ascii")
    # Many programs know no other header than Authorization, so a key is taken there too.
    if is_token and not text.startswith(KEY_PREFIX):
        return gate.by_token(text)
    return gate.by_api_key(text)
