"""What goes wrong between a client and a venue, as part of the tree of `crossbook.core.errors`."""

from crossbook.core import CrossbookError, TransientError


class Refused(CrossbookError):  # noqa: N818 - the venue's word for it
    """Say that the venue did not do what was asked; asking the same again is of no use.

    Attributes:
        code: The stable name of the reason, such as `insufficient_cash`.
        detail: What is wrong, in one line.
        status: The HTTP status; over a stream 0, because a stream knows none.
    """

    def __init__(self, code: str, detail: str, status: int = 0) -> None:
        super().__init__(f"{detail} ({code})")
        self.code = code
        self.detail = detail
        self.status = status


class Unavailable(TransientError):  # noqa: N818 - what the venue is
    """Say that the venue could not be reached, did not answer, or asked to be left alone for a while.

    Attributes:
        code: `rate_limited`, `busy`, `closing` and the like; `unreachable` and `unanswered` are the client's own.
        retry_after_s: How long the venue wants to be left alone, where it said so.
    """

    def __init__(self, code: str, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"{detail} ({code})")
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s


UNREACHABLE = "unreachable"
"""Nothing was sent: there is no connection."""
UNANSWERED = "unanswered"
"""Something was sent, and whether it had an effect is not known."""
TRANSIENT_CODES = frozenset({"rate_limited", "busy", "closing", "storage_full"})
"""The names of refusals that pass by themselves; what was asked had no effect."""


def refusal(code: str, detail: str, status: int = 0, retry_after_s: float | None = None) -> CrossbookError:
    """Return the error that a refusal of the venue is."""
    if code in TRANSIENT_CODES or status in {429, 502, 503, 504}:
        return Unavailable(code, detail, retry_after_s)
    return Refused(code, detail, status)
