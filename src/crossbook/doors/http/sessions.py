"""The routes of sessions: a browser's own, which a cookie keeps, and the list of all that one has."""

import time
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel

from crossbook.doors.http.accounts import PRIVATE, USER_EXAMPLE, Done, Me
from crossbook.doors.http.callers import Callers, bearer_of, headers_of
from crossbook.doors.http.dependencies import finding_caller
from crossbook.doors.http.documented import PRIVATE_SECURITY, shown
from crossbook.doors.http.venue_face import VenueFace
from crossbook.venue.principal import Principal
from crossbook.venue.refusals import FORBIDDEN, Refused
from crossbook.venue.sign_in import SessionView

TAG: Final = "sessions"

_SESSION: Final = {
    "session_id": "18c5f6a1b2c3d4e50123456789abcdef",
    "created_at": 1_767_225_600_000,
    "expires_at": 1_767_312_000_000,
    "last_seen_at": 1_767_229_200_000,
    "address": "198.51.100.7",
    "agent": "Mozilla/5.0",
    "current": True,
}

SessionId = Annotated[
    str, Path(description="As the list shows it.", examples=["18c5f6a1b2c3d4e50123456789abcdef"])
]


class SessionsPage(BaseModel):
    """One's own live sessions, newest first."""

    sessions: list[SessionView]


class SignedInHere(BaseModel):
    """Who is signed in, if anybody is."""

    user: Me | None


def sessions_router(venue: VenueFace, callers: Callers) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=[TAG])
    _add_own(router, venue, callers)
    _add_all(router, venue, callers)
    return router


def _add_own(router: APIRouter, venue: VenueFace, callers: Callers) -> None:
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
        return Me.of(who)

    @router.get(
        "/api/session",
        summary="Say who is signed in here, or that nobody is: what a page asks when it is opened",
        responses=shown({"user": {**USER_EXAMPLE, "role": "trader"}}, 401),
        openapi_extra={"security": [{}, *PRIVATE_SECURITY]},
    )
    async def current(request: Request) -> SignedInHere:
        who = callers.find(request.scope, headers_of(request.scope["headers"]), private=False)
        return SignedInHere(user=None if who is None else Me.of(who))

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


def _add_all(router: APIRouter, venue: VenueFace, callers: Callers) -> None:
    caller = Depends(finding_caller(callers))

    def ended(request: Request, response: Response) -> None:
        """Take the cookie back where it was the ended session's."""
        callers.take_back_own(request.scope, headers_of(request.scope["headers"]), response)

    @router.get(
        "/api/sessions",
        summary="List one's own live sessions, newest first; keys have none",
        responses=shown({"sessions": [_SESSION]}, 401),
        openapi_extra=PRIVATE,
    )
    async def sessions(who: Annotated[Principal, caller]) -> SessionsPage:
        return SessionsPage(sessions=venue.gate.sessions.list(who))

    @router.delete(
        "/api/sessions",
        summary="End all of one's own sessions, and close the WebSockets of one's keys too; the keys stay",
        responses=shown({"message": "signed out everywhere"}, 401, 403, 503),
        openapi_extra=PRIVATE,
    )
    async def end_all(request: Request, response: Response, who: Annotated[Principal, caller]) -> Done:
        await venue.gate.sign_out_everywhere(who)
        ended(request, response)
        return Done(message="signed out everywhere")

    @router.delete(
        "/api/sessions/{session_id}",
        summary="End one of one's own sessions; its WebSockets are closed",
        responses=shown({"message": "the session is ended"}, 401, 403, 404, 503),
        openapi_extra=PRIVATE,
    )
    async def end_one(
        request: Request, response: Response, who: Annotated[Principal, caller], session_id: SessionId
    ) -> Done:
        await venue.gate.sessions.end(who, session_id)
        if session_id == who.session:
            ended(request, response)
        return Done(message="the session is ended")
