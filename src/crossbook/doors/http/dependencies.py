"""Who asks, as FastAPI's routes want to be told it."""

from collections.abc import Awaitable, Callable, Container
from typing import TypeAlias

from fastapi import Request

from crossbook.doors.http.callers import ADDRESS, Callers, headers_of
from crossbook.doors.http.proxies import NOWHERE
from crossbook.doors.json import malformed
from crossbook.venue.principal import Principal, Role
from crossbook.venue.refusals import FORBIDDEN, Refused

Finding: TypeAlias = Callable[[Request], Awaitable[Principal]]


def address_of(request: Request) -> str:
    """Return where a request comes from, as the outermost door found it."""
    return str(request.scope.get(ADDRESS, NOWHERE))


def agent_of(request: Request) -> str:
    """Return what a client says of itself."""
    return request.headers.get("user-agent", "")


def finding_caller(callers: Callers) -> Finding:
    """Return what finds who asks, and refuses a request that does not say.

    It is a coroutine function, because the others run in a thread each.
    """

    async def find(request: Request) -> Principal:
        return callers.signed_in(request.scope, headers_of(request.scope["headers"]))

    return find


def finding_admin(callers: Callers) -> Finding:
    """Return what finds who asks, and refuses everybody who is no administrator."""
    find = finding_caller(callers)

    async def find_admin(request: Request) -> Principal:
        who = await find(request)
        if who.role is not Role.ADMIN:
            raise Refused(FORBIDDEN, "only administrators may do this", 403)
        return who

    return find_admin


async def refuse_unknown_query(request: Request) -> None:
    """Refuse a query with a field that the route does not know, or that stands twice.

    Raises:
        Refused: It has one.
    """
    if request.scope["query_string"]:
        check_query(request, {field.alias for field in request.scope["route"].dependant.query_params})


def check_query(request: Request, known: Container[str], *, several: bool = False) -> None:
    """Refuse a query with a field that is not known, or that stands twice where it may not.

    Raises:
        Refused: It has one.
    """
    given = request.query_params.multi_items()
    for name, _ in given:
        if name not in known:
            raise malformed(f"query: there is no field {name!r}")
    if not several and len({name for name, _ in given}) < len(given):
        raise malformed("a field of the query stands twice")
