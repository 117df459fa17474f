"""Who may steer: whoever has the control token, or everybody where that was chosen.

The token comes in the header `Authorization`, in a first message, or in the cookie of a browser that signed in with it.
Who says a wrong one is refused; who says none may look.
"""

import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request

from crossbook.core import ConfigError
from crossbook.doors.http.callers import SAFE_METHODS, headers_of
from crossbook.doors.http.cookies import SessionCookie, check_origin
from crossbook.doors.http.proxies import Headers, Proxies
from crossbook.venue.refusals import FORBIDDEN, NOT_SIGNED_IN, Refused
from crossbook.venue.sign_in.files import kept_secret

AUTHORIZATION: Final = b"authorization"
SCHEME: Final = "bearer"
TOKEN_BYTES: Final = 32
COOKIE_SECONDS: Final = 30 * 86_400
TOKEN_FILE: Final = "control.token"  # noqa: S105 - the name of a file


class Rights:
    """Decides who may steer.

    Args:
        token: Who has it, may; none where everybody may.
        port: Where the server listens: cookies do not know ports, so their name does.
    """

    def __init__(self, token: str | None, port: int = 0) -> None:
        self._token: Final = token
        self.port = port

    @staticmethod
    def new_token() -> str:
        """Return a token that nobody has yet."""
        return secrets.token_urlsafe(TOKEN_BYTES)

    @property
    def open(self) -> bool:
        """Whether everybody may steer."""
        return self._token is None

    @property
    def cookie(self) -> SessionCookie:
        """The cookie that keeps a browser signed in."""
        return SessionCookie(f"crossbook_lab_{self.port}")

    def is_token(self, said: str) -> bool:
        """Return whether this is the token."""
        return self._token is not None and hmac.compare_digest(self._token.encode(), said.encode())

    def steers(self, scope: Mapping[str, Any], headers: Headers) -> bool:
        """Return whether who sends a request may steer.

        Raises:
            Refused: It has a wrong token, or only a cookie and does not come from a page of this server.
        """
        if self.open:
            return True
        said = headers.get(AUTHORIZATION)
        if said is not None:
            scheme, _, token = said.decode("latin-1").partition(" ")
            if scheme.lower() != SCHEME or not self.is_token(token.strip()):
                raise Refused(NOT_SIGNED_IN, "this is not the control token", 401)
            return True
        kept = self.cookie.token(headers)
        if kept is None or not self.is_token(kept):
            return False
        if scope.get("method") not in SAFE_METHODS:
            check_origin(Proxies(), scope, headers)
        return True

    def guard(self, request: Request) -> None:
        """See that who sends a request may steer; as `must_steer`."""
        self.must_steer(request.scope, headers_of(request.scope["headers"]))

    def watches(self, scope: Mapping[str, Any], headers: Headers) -> bool:
        """Return whether who opens a WebSocket may steer by it; a page of another server's may watch.

        Raises:
            Refused: It has a wrong token.
        """
        try:
            return self.steers(scope, headers)
        except Refused as refused:
            if refused.code != FORBIDDEN:
                raise
            return False

    def must_steer(self, scope: Mapping[str, Any], headers: Headers) -> None:
        """See that who sends a request may steer.

        Raises:
            Refused: It does not.
        """
        if not self.steers(scope, headers):
            raise Refused(NOT_SIGNED_IN, "only who has the control token may do this", 401)


def kept_token(folder: Path) -> str:
    """Return the control token that a folder keeps; made where there is none, readable by its owner only.

    Raises:
        ConfigError: It cannot be read or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: {error.strerror}") from None
    made = Rights.new_token()
    return kept_secret(folder / TOKEN_FILE, made.encode()).decode("ascii", "replace").strip()
