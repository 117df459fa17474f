"""What the applications of FastAPI have alike, and how they tell of what they refuse: in the one form of all doors."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route

from crossbook.core import ConfigError, UsageError, version
from crossbook.doors.http.problems import METHOD_NOT_ALLOWED, body_of, headers_of, not_found, refused_by
from crossbook.doors.json import malformed
from crossbook.venue.refusals import MALFORMED, Refused


def new_application(title: str) -> FastAPI:
    """Return an application without routes: it makes no document of itself, and takes addresses and types as they are."""
    return FastAPI(
        title=title,
        version=version(),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        strict_content_type=False,
    )


def tell_refusals(application: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Have an application answer its errors in the form of `problems`.

    Args:
        application: Which.
        routers: All that it includes.
    """
    for kind in (Refused, ConfigError, UsageError):
        application.add_exception_handler(kind, _tell_refusal)
    application.add_exception_handler(RequestValidationError, _tell_malformed)
    routes = [route for router in routers for route in router.routes if isinstance(route, Route)]
    application.add_exception_handler(HTTPException, partial(_tell_http, routes))


def _answer(refused: Refused, extra: Mapping[str, str] | None = None) -> Response:
    headers = {name.decode(): value.decode() for name, value in headers_of(refused)}
    headers.update(extra or {})
    return Response(
        body_of(refused), status_code=refused.status, media_type="application/json", headers=headers
    )


async def _tell_refusal(_request: Request, error: Exception) -> Response:
    refused = refused_by(error)
    if refused is None:
        # A setting or an argument that cannot be, sent by an administrator: he mends it.
        refused = Refused(MALFORMED, str(error), 422)
    return _answer(refused)


async def _tell_malformed(_request: Request, error: Exception) -> Response:
    first: dict[str, Any] = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    where = ".".join(str(part) for part in first.get("loc", ())[1:])
    words = str(first.get("msg", "it cannot be read"))
    return _answer(malformed(f"{where}: {words}" if where else words))


async def _tell_http(routes: Sequence[Route], request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        # The framework names the methods of the first route alone that has the path.
        names: set[str] = set()
        for route in routes:
            if route.matches(request.scope)[0] is not Match.NONE:
                names |= route.methods or set()
        names |= {"HEAD"} if "GET" in names else set()
        refused = Refused(METHOD_NOT_ALLOWED, "this address does not take this method", 405)
        return _answer(refused, {"allow": ", ".join(sorted(names))})
    if status == 404:
        return _answer(not_found())
    return _answer(Refused(MALFORMED, "the request cannot be read", status))
