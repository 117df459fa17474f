"""The cookie that keeps a browser signed in, and the proof that a request with it comes from a page of ours.

The cookie holds a token, where no script can read it. A browser sends it with every request, also with those that a foreign
page makes it send: `SameSite` stops most of them, but pages on other ports of the same host are of the same site. So what
changes anything, and a WebSocket, must name our own address as its `Origin`, which no page can forge.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import cookie_parser
from starlette.responses import Response

from crossbook.doors.http.proxies import Headers, Proxies
from crossbook.venue.refusals import FORBIDDEN, Refused

COOKIE: Final = b"cookie"
COOKIES_BYTES_MAX: Final = 16_384
"""Of all cookies of a request together: browsers send no more than some kilobytes for one host."""

_PLACE: Final = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,255})(?::([0-9]{1,5}))?")
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The cookie of a venue.

    Args:
        name: Another one for each venue, because cookies do not know ports.
        path: Where browsers send it.
    """

    name: str
    path: str = "/"

    def token(self, headers: Headers) -> str | None:
        """Return what the cookie of a request holds; none where it has no such cookie."""
        cookies = headers.get(COOKIE)
        if cookies is None or len(cookies) > COOKIES_BYTES_MAX:
            return None
        return cookie_parser(cookies.decode("latin-1")).get(self.name)

    def hand_out(self, answer: Response, token: str, seconds: int, *, secure: bool) -> None:
        """Have a browser keep a token for some time."""
        answer.set_cookie(
            self.name, token, seconds, path=self.path, secure=secure, httponly=True, samesite="strict"
        )

    def take_back(self, answer: Response, *, secure: bool) -> None:
        """Have a browser forget the token."""
        answer.delete_cookie(self.name, path=self.path, secure=secure, httponly=True, samesite="strict")


def check_origin(proxies: Proxies, scope: Mapping[str, Any], headers: Headers) -> None:
    """See that a request which only a cookie signs in was made by a page of this venue.

    Host and port of its `Origin` must be those that it asked for. Where the venue knows that it was asked by https, a
    page that came without is not taken for one of ours.

    Raises:
        Refused: `forbidden`, 403.
    """
    scheme, _, page = headers.get(b"origin", b"").decode("latin-1").lower().partition("://")
    if scheme in _PORTS and (scheme == "https" or not proxies.is_https(scope, headers)):
        ours = _place(scheme, page)
        asked = headers.get(b"host", b"").decode("latin-1"), proxies.said(scope, headers, b"x-forwarded-host")
        if ours is not None and any(ours == _place(scheme, host) for host in asked if host):
            return
    raise Refused(
        FORBIDDEN,
        "a request that is signed in by a cookie must come from a page of this venue: its Origin is missing or another",
        403,
    )


def _place(scheme: str, text: str) -> tuple[str, int] | None:
    """Return a host and its port, which follows from the scheme where it is left out; none where it is no such."""
    found = _PLACE.fullmatch(text.lower())
    return None if found is None else (found[1], int(found[2]) if found[2] else _PORTS[scheme])
