"""The routes that are asked for now and then: sign-in, keys, news, health, administration, and the documentation.

They are a FastAPI application, which the outermost door calls. The door has read and checked the body by then (see
`bodies`), so that JSON means the same here as on the fast routes.
"""

from functools import partial

from fastapi import Depends, FastAPI

from crossbook.doors.http.accounts import accounts_router
from crossbook.doors.http.admin import admin_router
from crossbook.doors.http.callers import Callers
from crossbook.doors.http.dependencies import refuse_unknown_query
from crossbook.doors.http.openapi import DocumentedTable
from crossbook.doors.http.refusing import new_application, tell_refusals
from crossbook.doors.http.requests_seen import RequestsSeen
from crossbook.doors.http.routes import RouteTable
from crossbook.doors.http.service import pages_router, service_router
from crossbook.doors.http.sessions import sessions_router
from crossbook.doors.http.venue_face import VenueFace


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
    application = new_application("Crossbook")
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
    tell_refusals(application, routers)
    return application
