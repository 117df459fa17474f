"""HTTP beside the stream: the page, signing in to steer, the live simulation, and the lab's routes."""

import logging
from collections.abc import MutableMapping
from typing import Annotated, Any, Final, cast

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from crossbook.core import version
from crossbook.doors.http.bodies import ClientGoneError, Receive, read_control_body
from crossbook.doors.http.callers import headers_of
from crossbook.doors.http.dependencies import refuse_unknown_query
from crossbook.doors.http.door import SECURITY_HEADERS, Application, Send
from crossbook.doors.http.problems import Header, body_of, internal, refused_by
from crossbook.doors.http.problems import headers_of as headers_of_refusal
from crossbook.doors.http.refusing import new_application, tell_refusals
from crossbook.doors.http.web_files import WebFiles
from crossbook.doors.stream.host import Host
from crossbook.doors.stream.rights import COOKIE_SECONDS, Rights
from crossbook.lab.live.candles import FRAMES
from crossbook.venue.refusals import NOT_FOUND, NOT_SIGNED_IN, Refused

BODY_BYTES_MAX: Final = 256 * 1_024
ROWS_MAX: Final = 1_000
"""Of candles and trades."""
PAGE: Final = "/lab.html"

logger = logging.getLogger("crossbook.stream")


class Body(BaseModel):
    """The base of all bodies: an unknown name is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class SignIn(Body):
    """Who wants to steer."""

    token: Annotated[str, Field(min_length=1, max_length=4_096)]


def live_router(host: Host, rights: Rights) -> APIRouter:
    """Return the routes of signing in and of the live simulation; another router has the one that begins it.

    Args:
        host: Keeps the simulation.
        rights: Who may steer.
    """
    router = APIRouter(prefix="/api/lab", dependencies=[Depends(refuse_unknown_query)])

    def may_steer(request: Request) -> bool:
        return rights.steers(request.scope, headers_of(request.scope["headers"]))

    @router.get("/session")
    async def session(request: Request) -> dict[str, bool]:
        """Tell whether who asks may steer."""
        return {"control": may_steer(request)}

    @router.post("/session")
    async def sign_in(request: Request, who: SignIn) -> Response:
        """Have a browser keep the token, where no script can read it."""
        if not rights.open and not rights.is_token(who.token):
            raise Refused(NOT_SIGNED_IN, "this is not the control token", 401)
        answer = JSONResponse({"control": True})
        if not rights.open:
            secure = request.url.scheme == "https"
            rights.cookie.hand_out(answer, who.token, COOKIE_SECONDS, secure=secure)
        return answer

    @router.get("/simulation")
    async def simulation() -> Response:
        """Return the newest state of the live simulation."""
        return _open(msgspec.json.encode(host.state))

    @router.delete("/simulation")
    async def end(request: Request) -> dict[str, Any]:
        """End the live simulation, and wait until its directory is written."""
        rights.guard(request)
        await host.end()
        return {"run": host.state.get("run")}

    @router.get("/health")
    async def health() -> dict[str, Any]:
        """Say that the server lives, and how the simulation does."""
        return {"status": "ok", "version": version(), "simulation": host.state["state"]}

    return router


def past_router(host: Host) -> APIRouter:
    """Return the routes of what was in the live simulation.

    Args:
        host: Keeps the simulation.
    """
    router = APIRouter(prefix="/api/lab", dependencies=[Depends(refuse_unknown_query)])

    @router.get("/klines")
    async def klines(
        interval: Annotated[str, Query()],
        symbol: Annotated[str | None, Query(max_length=64)] = None,
        limit: Annotated[int, Query(ge=1, le=ROWS_MAX)] = 500,
    ) -> Response:
        """Return the newest candles of the live simulation."""
        if interval not in FRAMES:
            raise Refused(NOT_FOUND, f"interval: there are {', '.join(FRAMES)}", 404)
        return _open(await _past(host, "klines", {"symbol": symbol, "limit": limit, "interval": interval}))

    @router.get("/trades")
    async def trades(
        symbol: Annotated[str | None, Query(max_length=64)] = None,
        limit: Annotated[int, Query(ge=1, le=ROWS_MAX)] = 100,
    ) -> Response:
        """Return the newest trades of the live simulation."""
        return _open(b'{"trades":%b}' % await _past(host, "trades", {"symbol": symbol, "limit": limit}))

    @router.get("/history")
    async def history() -> Response:
        """Return what groups earned in the live simulation from its beginning on, and what was done to it."""
        return _open(await _past(host, "history", {}))

    return router


def _open(body: bytes) -> Response:
    """Return an answer that any page may read: who can connect to the stream hears the same there."""
    return Response(body, media_type="application/json", headers={"access-control-allow-origin": "*"})


async def _past(host: Host, what: str, body: dict[str, Any]) -> bytes:
    answer = await host.look(what, body)
    if not answer.success:
        raise Refused(NOT_FOUND, answer.error, 404)
    return bytes(answer.found)


def lab_application(routers: list[APIRouter], web_files: WebFiles) -> Application:
    """Return what answers HTTP: the routes of some routers, and the files of the page.

    Args:
        routers: All that there are.
        web_files: The web application; its `lab.html` is shown at `/`.
    """
    application = new_application("Crossbook lab")
    for router in routers:
        application.include_router(router)
    tell_refusals(application, routers)
    return _Door(application, web_files)


class _Door:
    """Files first; then bodies are read strictly, and the application answers."""

    def __init__(self, application: FastAPI, web_files: WebFiles) -> None:
        self._application: Final = application
        self._files: Final = web_files

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            headers = headers_of(scope["headers"])
            if scope["method"] in ("GET", "HEAD"):
                file = self._files.find(PAGE if scope["path"] == "/" else scope["path"])
                if file is not None:
                    await _send(send, *file.answer(headers), head=scope["method"] == "HEAD")
                    return
            body = await read_control_body(scope, headers, receive, BODY_BYTES_MAX)
            # Both are ASGI; the framework says it in narrower types.
            await self._application(scope, cast("Any", body), _with_headers(send))
        except ClientGoneError:
            return
        except Refused as refused:
            await _refuse(send, refused)
        except Exception as error:
            refused_error = refused_by(error)
            if refused_error is None:
                logger.exception("a request failed")
            await _refuse(send, refused_error or internal())


async def _refuse(send: Send, refused: Refused) -> None:
    headers = [(b"content-type", b"application/json"), *SECURITY_HEADERS, *headers_of_refusal(refused)]
    body = body_of(refused)
    await _send(send, refused.status, [*headers, (b"content-length", b"%d" % len(body))], body, head=False)


async def _send(send: Send, status: int, headers: list[Header], body: bytes, *, head: bool) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})


def _with_headers(send: Send) -> Send:
    """Return what sends an answer with the headers that everything has, unless it has them already."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            more = [header for header in SECURITY_HEADERS if header[0] not in there]
            message = {**message, "headers": [*message["headers"], *more]}
        await send(message)

    return sending
