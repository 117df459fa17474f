"""Tokens for browsers: JWTs signed with HS256 (RFC 7519, and RFC 8725 for what to refuse).

A token names a user and a session and lives for a day. It is taken only if it is short, was signed by this venue with
exactly this algorithm, has every claim, and lives no longer than this venue ever grants.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from typing import Any, Final

import jwt

from crossbook.venue.rates import SECOND_NS
from crossbook.venue.refusals import NOT_SIGNED_IN, Refused

ISSUER: Final = "crossbook"
ALGORITHM: Final = "HS256"
LIFETIME_S: Final = 24 * 60 * 60
CLOCK_SKEW_S: Final = 60
"""How far the clock may have gone back since a token was issued. No token outlives its expiry by any of it."""
TOKEN_LENGTH_MAX: Final = 1_024
"""Characters of a token; those of this venue have some 300."""

_CLAIMS: Final = ["iss", "sub", "iat", "exp", "jti"]
_NAME_OF_THE_COOKIE: Final = b"the name of the cookie"
"""What is signed for it. It has no dot, so it is the content of no token."""
_NAME_DIGITS: Final = 8
_SESSION_LENGTH: Final = 32
_TIME_DIGITS: Final = 16
"""Of them, at the front: when the token was issued, in nanoseconds since 1970, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says, once it is believed."""

    user_id: str
    session: str
    issued_ns: int
    expires_s: int


def not_signed_in(detail: str = "the token is not valid; log in again") -> Refused:
    """Return the refusal of whoever is not signed in."""
    return Refused(NOT_SIGNED_IN, detail, 401)


def issued_ns(session: str) -> int:
    """Return when the token of a session was issued.

    Raises:
        ValueError: It is no session of a token.
    """
    if len(session) != _SESSION_LENGTH:
        raise ValueError("the session has another length")
    return int(session[:_TIME_DIGITS], 16)


class Tokens:
    """The signing and the reading of tokens.

    Args:
        secret: What they are signed with, 32 bytes or more.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @property
    def cookie_name(self) -> str:
        """The name of the cookie that holds a token: the same as long as the secret is, and another for each venue.

        Cookies do not know ports, so two venues on one host would take each other's token away.
        """
        digest = hmac.digest(self._secret, _NAME_OF_THE_COOKIE, "sha256")
        return f"{ISSUER}_{digest.hex()[:_NAME_DIGITS]}"

    def issue(self, user_id: str, now_ns: int) -> str:
        """Return a new token of a user."""
        issued_s = now_ns // SECOND_NS
        session = f"{now_ns:0{_TIME_DIGITS}x}{secrets.token_hex((_SESSION_LENGTH - _TIME_DIGITS) // 2)}"
        claims = {
            "iss": ISSUER,
            "sub": user_id,
            "iat": issued_s,
            "exp": issued_s + LIFETIME_S,
            "jti": session,
        }
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def read(self, text: str, now_ns: int) -> Claims:
        """Return what a token says.

        Raises:
            Refused: `not_signed_in`, 401: it is none, not ours, or over.
        """
        if len(text) > TOKEN_LENGTH_MAX or not text.isascii() or not self._is_signed(text):
            raise not_signed_in()
        try:
            # The times are checked below, against the clock that is passed in.
            claims: dict[str, Any] = jwt.decode(
                text,
                self._secret,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
            issued = issued_ns(claims["jti"])
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise not_signed_in() from None
        issued_s, expires_s = claims["iat"], claims["exp"]
        if type(issued_s) is not int or type(expires_s) is not int:
            raise not_signed_in()
        if expires_s <= now_ns // SECOND_NS:
            raise not_signed_in("the token has expired; log in again")
        if issued_s > now_ns // SECOND_NS + CLOCK_SKEW_S or expires_s - issued_s > LIFETIME_S + CLOCK_SKEW_S:
            raise not_signed_in()
        return Claims(claims["sub"], claims["jti"], issued, expires_s)

    def _is_signed(self, text: str) -> bool:
        """Return whether the signature is ours. The library below checks it again, and takes ten times as long."""
        content, _, signature = text.rpartition(".")
        digest = hmac.digest(self._secret, content.encode("ascii"), "sha256")
        expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
        return hmac.compare_digest(expected, signature.encode("ascii"))

    def __repr__(self) -> str:
        return "Tokens()"
