"""The routes of sessions: a browser's own, which a cookie keeps."""

import time
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from crossbook.doors.http.accounts import PRIVATE, USER_EXAMPLE, Done, Me
from crossbook.doors.http.callers import Callers, bearer_of, headers_of
from crossbook.doors.http.dependencies import finding_caller
from crossbook.doors.http.documented import PRIVATE_SECURITY, shown
from crossbook.doors.http.venue_face import VenueFace
from crossbook.venue.principal import Principal
from crossbook.venue.refusals import FORBIDDEN, Refused

TAG: Final = "sessions"


class SignedInHere(BaseModel):
    """Who is signed in, if anybody is."""

    user: Me | None


def sessions_router(venue: VenueFace, callers: Callers) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=[TAG])
    caller = Depends(finding_caller(callers))

    @router.post(
        "/api/session",
        summary="Have this browser keep the token of the header in a cookie that no script can read",
        responses=shown({**USER_EXAMPLE, "role": "trader"}, 401, 403),
        openapi_extra=PRIVATE,
    )
    async def begin(request: Request, response: Response, who: Annotated[Principal, caller]) -> Me:
        headers = headers_of(request.scope["headers"])
        token = bearer_of(headers)
        if token is None or who.expires_s is None:
            raise Refused(FORBIDDEN, "a cookie keeps a token: send Authorization: Bearer TOKEN", 403)
        seconds = max(0, who.expires_s - int(time.time()))
        secure = callers.proxies.is_https(request.scope, headers)
        callers.cookie.hand_out(response, token, seconds, secure=secure)
        return Me(user_id=who.user_id, username=who.username, role=who.role.value)

    @router.get(
        "/api/session",
        summary="Say who is signed in here, or that nobody is: what a page asks when it is opened",
        responses=shown({"user": {**USER_EXAMPLE, "role": "trader"}}, 401),
        openapi_extra={"security": [{}, *PRIVATE_SECURITY]},
    )
    async def current(request: Request) -> SignedInHere:
        who = callers.find(request.scope, headers_of(request.scope["headers"]), private=False)
        if who is None:
            return SignedInHere(user=None)
        return SignedInHere(user=Me(user_id=who.user_id, username=who.username, role=who.role.value))

    @router.delete(
        "/api/session",
        summary="End this browser's session; its WebSockets are closed, and the cookie is taken back in any case",
        responses=shown({"message": "signed out"}, 401, 403, 503),
        openapi_extra={"security": [{}, *PRIVATE_SECURITY]},
    )
    async def end(request: Request, response: Response) -> Done:
        headers = headers_of(request.scope["headers"])
        who = callers.find(request.scope, headers, private=False)
        if who is not None:
            await venue.gate.sign_out(who)
        callers.take_back(request.scope, headers, response)
        return Done(message="signed out")

    return router
