"""Answers of the lab's routes: JSON, lines of JSON that come as they are made, pages, and refusals of all of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final, TypeAlias

import msgspec
import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from crossbook.core import ConfigError, CrossbookError, UsageError
from crossbook.doors.http.bodies import ClientGoneError
from crossbook.doors.http.problems import body_of, headers_of, internal, refused_by
from crossbook.doors.json import DETAIL_LENGTH_MAX
from crossbook.settings.wording import one_line
from crossbook.venue.refusals import MALFORMED, Refused

Lines: TypeAlias = AsyncIterator[bytes]

INVALID: Final = "invalid"
"""422: it can be read, and something in it is wrong."""
NDJSON_TYPE: Final = "application/x-ndjson"
SLOW_READER_S: Final = 30.0
"""How long one part of an answer may take to be taken."""
DATA_HEADERS: Final[Mapping[str, str]] = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
PAGE_HEADERS: Final[Mapping[str, str]] = {
    **DATA_HEADERS,
    # Its own scripts draw its charts; they may load nothing, send nothing, and are nobody in this origin.
    "content-security-policy": (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts"
    ),
    "referrer-policy": "no-referrer",
    "x-frame-options": "SAMEORIGIN",
}

_log: Final = structlog.get_logger(__name__)
_encode: Final = msgspec.json.Encoder().encode


def invalid(detail: str) -> Refused:
    """Return the refusal of what can be read and cannot be."""
    return Refused(INVALID, one_line(detail)[:DETAIL_LENGTH_MAX], 422)


def json_answer(plain: object) -> Response:
    """Return plain data as an answer."""
    return Response(_encode(plain), media_type="application/json", headers=DATA_HEADERS)


def page_answer(page: str | bytes) -> Response:
    """Return a page of a run, which may run its own scripts and talk to nobody."""
    return Response(page, media_type="text/html; charset=utf-8", headers=PAGE_HEADERS)


def error_line(error: str) -> bytes:
    """Return the line that ends an answer that came to nothing."""
    return _encode({"type": "error", "error": one_line(error)}) + b"\n"


class LineAnswer(Response):
    """Lines of JSON, each sent when it is there. Who hangs up ends what makes them.

    Args:
        lines: Yields parts of the answer, whole lines or pieces of one.
        over: Called once nobody listens any more, even where nothing was ever yielded.
    """

    media_type = NDJSON_TYPE

    def __init__(self, lines: AsyncIterator[bytes], over: Callable[[], None]) -> None:
        super().__init__(status_code=200)
        del self.headers["content-length"]
        for name, value in (*DATA_HEADERS.items(), ("x-accel-buffering", "no")):
            self.headers[name] = value
        self._lines: Final = lines
        self._over: Final = over

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Send the lines for as long as somebody listens."""
        sending = asyncio.create_task(self._send(send))
        gone = asyncio.create_task(_hung_up(receive))
        try:
            await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (gone, sending):
                task.cancel()
            await asyncio.wait({gone, sending})
            self._over()
            if not sending.cancelled() and (error := sending.exception()) is not None:
                _log.info("an answer could not be sent", error=str(error))

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        lines = _telling(self._lines)
        try:
            async for part in lines:
                async with asyncio.timeout(SLOW_READER_S):
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        except TimeoutError:
            return
        finally:
            await lines.aclose()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _telling(lines: Lines) -> Any:
    """Yield lines, and in place of an error the line that tells of it."""
    try:
        async for part in lines:
            yield part
    except CrossbookError as error:
        yield error_line(str(error))
    except Exception as error:  # noqa: BLE001 - whoever waits for the last line must get one
        _log.error("a simulation failed", exc_info=error)
        yield error_line(internal().detail)
    finally:
        close: Callable[[], Awaitable[None]] | None = getattr(lines, "aclose", None)
        if close is not None:
            await close()


class LabRoute(APIRoute):
    """A route whose refusals have the form of all others."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except ClientGoneError:
                # There is nobody to read it.
                return Response(status_code=400)
            except RequestValidationError as error:
                first: dict[str, Any] = error.errors()[0]
                where = ".".join(str(part) for part in first.get("loc", ())[1:])
                return refusal_answer(Refused(MALFORMED, f"{where}: {first.get('msg')}", 400))
            except CrossbookError as error:
                refused = refused_by(error)
                if refused is None and isinstance(error, ConfigError | UsageError):
                    refused = invalid(str(error))
                if refused is None:
                    raise
                return refusal_answer(refused)

        return answer


def refusal_answer(refused: Refused) -> Response:
    """Return the answer that tells of a refusal."""
    # What cannot be read at all is told apart here from what can be read and is wrong.
    status = 400 if refused.code == MALFORMED else refused.status
    headers = {name.decode(): value.decode() for name, value in headers_of(refused)}
    return Response(
        body_of(refused),
        status_code=status,
        media_type="application/json",
        headers={**DATA_HEADERS, **headers},
    )
