"""The routes that are asked for now and then: sign-in, keys, news, health, administration, and the documentation.

They are a FastAPI application, which the outermost door calls. The door has read and checked the body by then (see
`bodies`), so that JSON means the same here as on the fast routes.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route

from crossbook.core import ConfigError, UsageError, version
from crossbook.doors.http.accounts import accounts_router
from crossbook.doors.http.admin import admin_router
from crossbook.doors.http.callers import Callers
from crossbook.doors.http.dependencies import refuse_unknown_query
from crossbook.doors.http.openapi import DocumentedTable
from crossbook.doors.http.problems import METHOD_NOT_ALLOWED, body_of, headers_of, not_found, refused_by
from crossbook.doors.http.requests_seen import RequestsSeen
from crossbook.doors.http.routes import RouteTable
from crossbook.doors.http.service import pages_router, service_router
from crossbook.doors.http.sessions import sessions_router
from crossbook.doors.http.venue_face import VenueFace
from crossbook.doors.json import malformed
from crossbook.venue.refusals import MALFORMED, Refused


def control_application(
    venue: VenueFace, table: RouteTable, seen: RequestsSeen, callers: Callers, root_path: str
) -> FastAPI:
    """Return the application of all routes that are not fast.

    Args:
        venue: What stands behind them.
        table: The fast routes, which the document describes too.
        seen: The counts of requests, for the metrics.
        callers: Finds who asks.
        root_path: The path under which a proxy shows the venue; empty for none.
    """
    application = FastAPI(
        title="Crossbook",
        version=version(),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        strict_content_type=False,
    )
    routers = [
        accounts_router(venue, callers),
        sessions_router(venue, callers),
        admin_router(venue, callers),
        service_router(venue, seen),
    ]
    for router in routers:
        application.include_router(router, dependencies=[Depends(refuse_unknown_query)])
    described = DocumentedTable(table, root_path, callers.cookie.name)
    routers.append(pages_router(partial(described.document, application)))
    application.include_router(routers[-1])
    for kind in (Refused, ConfigError, UsageError):
        application.add_exception_handler(kind, _tell_refusal)
    application.add_exception_handler(RequestValidationError, _tell_malformed)
    routes = [route for router in routers for route in router.routes if isinstance(route, Route)]
    application.add_exception_handler(HTTPException, partial(_tell_http, routes))
    return application


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
