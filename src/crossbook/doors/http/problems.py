"""What goes wrong, as HTTP says it: a status, a body with `detail` and `code`, and the headers that belong to it."""

from typing import Final, TypeAlias

import msgspec

from crossbook.core import CoreFault, TransientError
from crossbook.venue.answers import Refusal
from crossbook.venue.rates import OverRate
from crossbook.venue.refusals import BUSY, CLOSING, NOT_FOUND, TOO_LARGE, Refused

Header: TypeAlias = tuple[bytes, bytes]

INTERNAL: Final = "internal"
"""500: a defect of ours; the log has the request's id."""
METHOD_NOT_ALLOWED: Final = "method_not_allowed"
"""405."""
UNSUPPORTED_MEDIA_TYPE: Final = "unsupported_media_type"
"""415."""
TIMED_OUT: Final = "timed_out"
"""408: the request did not come in time."""
BAD_REQUEST: Final = "bad_request"
"""400: what came is no HTTP."""
HEAD_TOO_LARGE: Final = "head_too_large"
"""431."""

RETRY_AFTER_S: Final = 1
"""What `Retry-After` says where nobody knows better."""

_CHALLENGE: Final[Header] = (b"www-authenticate", b'Bearer realm="crossbook"')
_CLOSE: Final[Header] = (b"connection", b"close")
_encode: Final = msgspec.json.Encoder().encode


def refused_by(error: Exception) -> Refused | None:
    """Return the refusal that an error stands for; none where it is a defect of ours."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, TransientError):
        return Refused(BUSY, str(error), 503)
    if isinstance(error, CoreFault):
        return Refused(CLOSING, "the venue has stopped taking commands", 503)
    return None


def body_of(refused: Refused) -> bytes:
    """Return the body that tells of a refusal."""
    return _encode(Refusal(detail=refused.detail, code=refused.code))


def headers_of(refused: Refused) -> list[Header]:
    """Return the headers that a refusal brings with it."""
    if refused.status in (429, 503):
        wait_s = refused.wait_s if isinstance(refused, OverRate) else RETRY_AFTER_S
        return [(b"retry-after", b"%d" % wait_s)]
    if refused.status == 401:
        return [_CHALLENGE]
    if refused.status in (408, 413):
        # What is left of the body is not read, so the connection cannot be used again.
        return [_CLOSE]
    return []


def not_found() -> Refused:
    """Return the refusal of an address that leads nowhere."""
    return Refused(NOT_FOUND, "there is nothing at this address", 404)


def method_not_allowed(method: str) -> Refused:
    """Return the refusal of a method that an address does not know."""
    return Refused(METHOD_NOT_ALLOWED, f"this address does not take {method[:16]}", 405)


def too_large(limit_bytes: int) -> Refused:
    """Return the refusal of a body beyond the limit."""
    return Refused(TOO_LARGE, f"the body is longer than {limit_bytes} bytes", 413)


def internal() -> Refused:
    """Return what is said of a defect: nothing that could give anything away."""
    return Refused(INTERNAL, "the venue failed to carry this out; the fault is logged", 500)
