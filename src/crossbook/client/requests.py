"""Requests on a stream that wait for their answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final, TypeAlias

import msgspec

from crossbook.client.errors import UNANSWERED, Unavailable, refusal
from crossbook.client.wire import Frame, encoded
from crossbook.core import CrossbookError

WAITING_MAX: Final = 1_024
"""Requests that may wait for answers; further ones are refused here."""

Reply: TypeAlias = Callable[[msgspec.Raw | None, CrossbookError | None], None]
"""Called once, with the data of the answer or with the error."""


@dataclass(slots=True)
class Request:
    """A request that was sent."""

    op: str
    fields: dict[str, Any]
    reply: Reply
    again: bool
    """Whether it is sent again on the next connection when this one breaks before the answer."""
    sent_s: float = field(default_factory=perf_counter)


class Requests:
    """The requests of a stream that are not answered yet, in the order in which they were sent."""

    def __init__(self) -> None:
        self._waiting: dict[int, Request] = {}
        self._number = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, request: Request) -> bytes:
        """Take in a request, and return the frame to send.

        Raises:
            Unavailable: Too many wait already.
        """
        if len(self._waiting) >= WAITING_MAX:
            raise Unavailable("busy", f"{WAITING_MAX} requests wait for their answers already")
        self._number += 1
        self._waiting[self._number] = request
        return encoded(op=request.op, id=self._number, **request.fields)

    def answered(self, frame: Frame) -> float | None:
        """Give an answer to whom it belongs; return the round trip in seconds, or none where nobody waits for it."""
        request = self._waiting.pop(frame.id, None) if isinstance(frame.id, int) else None
        if request is None:
            return None
        if frame.ok and frame.error is None:
            request.reply(frame.data, None)
        else:
            error = frame.error
            code, detail = (error.code, error.detail) if error else ("unknown", "the venue gave no reason")
            request.reply(None, refusal(code, detail))
        return perf_counter() - request.sent_s

    def forget(self, reply: Reply) -> None:
        """Let go of the requests of somebody who waits no longer."""
        for number in [number for number, one in self._waiting.items() if one.reply is reply]:
            del self._waiting[number]

    def lost(self) -> None:
        """Take note that the connection broke: what may not be sent again has failed."""
        gone = [number for number, request in self._waiting.items() if not request.again]
        for request in [self._waiting.pop(number) for number in gone]:
            request.reply(
                None, Unavailable(UNANSWERED, f"the connection broke before {request.op} was answered")
            )

    def again(self) -> list[bytes]:
        """Return the frames of all that wait, in their order, to be sent on a new connection."""
        return [
            encoded(op=request.op, id=number, **request.fields) for number, request in self._waiting.items()
        ]

    def end(self, error: CrossbookError) -> None:
        """Fail all that wait."""
        waiting, self._waiting = list(self._waiting.values()), {}
        for request in waiting:
            request.reply(None, error)
