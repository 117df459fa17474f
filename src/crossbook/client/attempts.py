"""What becomes of one attempt at a request: its answer, an error, or another attempt after a while."""

from dataclasses import dataclass, field
from time import monotonic
from typing import Generic, TypeVar

import httpx
import msgspec

from crossbook.client.backoff import Backoff
from crossbook.client.calls import Call, error_of
from crossbook.client.errors import UNANSWERED, UNREACHABLE, Unavailable

T = TypeVar("T")

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Failures after which the venue cannot have heard of the request."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What the venue answered."""

    value: T


@dataclass(slots=True)
class Attempts(Generic[T]):
    """The attempts at one call. Each outcome is either final, or a wait in seconds before the next attempt."""

    call: Call[T]
    patience_s: float
    """No wait ends later than this after the first attempt."""
    backoff: Backoff = field(default_factory=Backoff)
    started_s: float = field(default_factory=monotonic)

    def answered(self, response: httpx.Response) -> Answer[T] | float:
        """Take an answer.

        Raises:
            Refused: The venue refused, and would again.
            Unavailable: The venue cannot now, and patience is over or a repetition would not be safe.
        """
        if response.status_code < 400:
            return Answer(self._read(response.content))
        error = error_of(response.status_code, response.content, response.headers.get("Retry-After"))
        if not isinstance(error, Unavailable):
            raise error
        # A proxy may say 502 for what the venue did do, so only what is safe to do twice is sent again.
        if not self.call.repeatable:
            raise error
        return self._wait(error)

    def _read(self, content: bytes) -> T:
        try:
            return self.call.read(content)
        except msgspec.DecodeError as error:
            what = f"{self.call.method} {self.call.path} was answered by something that is no venue: {error}"
            raise Unavailable("unreadable", what) from None

    def failed(self, error: httpx.TransportError) -> float:
        """Take a failure of the connection.

        Raises:
            Unavailable: As above.
        """
        what = str(error) or type(error).__name__
        if isinstance(error, NEVER_SENT):
            return self._wait(Unavailable(UNREACHABLE, f"the venue cannot be reached: {what}"))
        lost = Unavailable(UNANSWERED, f"no answer came to {self.call.method} {self.call.path}: {what}")
        if not self.call.repeatable:
            raise lost from error
        return self._wait(lost)

    def _wait(self, error: Unavailable) -> float:
        wait_s = self.backoff.next_s()
        if error.retry_after_s is not None:
            # Nobody comes back before he may; the jitter spreads those who may at the same moment.
            wait_s += error.retry_after_s
        if monotonic() + wait_s > self.started_s + self.patience_s:
            raise error
        return wait_s
