"""Why the venue itself refuses something, beside the numbered rejects of the core.

A refusal has a stable name, a status for doors that speak HTTP, and words for a person. The names of the core's
rejects are their `RejectCode` in lower case.
"""

from typing import Final

from crossbook.core import CrossbookError, RejectCode
from crossbook.core.reasons import REJECT_NAMES, REJECT_TEXTS


class Refused(CrossbookError):  # noqa: N818 - the venue's word for it
    """Say that the venue did not do what was asked.

    Attributes:
        code: The stable name of the reason.
        detail: What is wrong, in one line.
        status: The HTTP status that fits.
    """

    def __init__(self, code: str, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status


MALFORMED: Final = "malformed"
"""422: no request of this kind can be read from the bytes."""
NOT_SIGNED_IN: Final = "not_signed_in"
"""401."""
FORBIDDEN: Final = "forbidden"
"""403: signed in, but not allowed."""
NOT_FOUND: Final = "not_found"
"""404; another's order answers so too."""
UNKNOWN_TICKER: Final = "unknown_ticker"
"""404 in a path, 400 in an order."""
NAME_TAKEN: Final = "name_taken"
"""409."""
RATE_LIMITED: Final = "rate_limited"
"""429: over the account's or the address's rate."""
BUSY: Final = "busy"
"""503: the venue has as much to do as it can; try again soon."""
CLOSING: Final = "closing"
"""503: the venue takes no new commands because it stops."""
STORAGE_FULL: Final = "storage_full"
"""503: what would be acknowledged could not be kept."""
TOO_LARGE: Final = "too_large"
"""413."""


_STATUS_OF_REJECT: Final = {RejectCode.UNKNOWN_ORDER: 404}


def refused_by_core(code: int) -> Refused:
    """Return the refusal that tells of a core's reject."""
    return Refused(REJECT_NAMES[code], REJECT_TEXTS[code], _STATUS_OF_REJECT.get(RejectCode(code), 400))


def no_such_order() -> Refused:
    """Return the answer to an order that is not open, is not there, or is another's: nobody can tell which."""
    return refused_by_core(RejectCode.UNKNOWN_ORDER)
