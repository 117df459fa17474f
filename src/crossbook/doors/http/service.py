"""The routes about the service itself: health, readiness, metrics, news, and the pages of the documentation."""

import asyncio
import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from time import monotonic
from typing import Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import HTMLResponse, Response

from crossbook.core import version
from crossbook.doors.http.documented import refusals, shown
from crossbook.doors.http.metrics import CONTENT_TYPE, VenueMetrics
from crossbook.doors.http.problems import not_found
from crossbook.doors.http.requests_seen import RequestsSeen
from crossbook.doors.http.venue_face import VenueFace
from crossbook.venue.refusals import BUSY, Refused

TAG: Final = "service"
ASSET_SECONDS: Final = 86_400
"""How long a browser may keep the scripts of the documentation."""

_ASSETS: Final = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "start.js": "text/javascript; charset=utf-8",
}
_DOCS_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_PAGE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
_START: Final = (
    'window.ui = SwaggerUIBundle({url: "openapi.json", dom_id: "#ui", deepLinking: true, tryItOutEnabled: true, '
    "persistAuthorization: false, validatorUrl: null});\n"
)
_DOCS_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Crossbook: the API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="docs/swagger-ui.css"></head>
<body><div id="ui"></div>
<script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script></body></html>
"""
_FRONT_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Crossbook</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}
</style></head><body><h1>Crossbook</h1><p>A live exchange listens here.
Its web application was not built; <code>make run</code> builds it.</p><ul>
<li><a href="docs">The API, with examples</a></li>
<li><a href="openapi.json">The same as OpenAPI</a></li>
<li><a href="api/market/tickers">The markets</a></li>
<li><a href="api/leaderboard">The leaderboard</a></li>
<li><a href="api/health">Health</a></li>
</ul><p>WebSocket: <code>/ws</code></p></body></html>
"""


class Health(BaseModel):
    """That the venue answers, and what it promises."""

    status: Literal["ok"]
    version: str
    durability: Literal["durable", "memory"]
    sequence: int
    uptime_seconds: float


class Ready(BaseModel):
    """That orders are taken."""

    status: Literal["ready"]


class NewsView(BaseModel):
    """News that were told to everybody."""

    timestamp: int
    """In milliseconds since 1970."""
    text: str
    ticker: str | None


class NewsPage(BaseModel):
    """The newest news, newest first."""

    news: list[NewsView]


def service_router(venue: VenueFace, seen: RequestsSeen) -> APIRouter:
    """Return the routes that programs ask."""
    router = APIRouter(tags=[TAG])
    metrics = VenueMetrics(venue, seen)
    started = monotonic()

    @router.get(
        "/api/health",
        summary="Say that the venue answers, and how safe an acknowledged order is",
        responses=shown(
            {
                "status": "ok",
                "version": version(),
                "durability": "durable",
                "sequence": 20_417,
                "uptime_seconds": 3_600.5,
            }
        ),
    )
    async def health() -> Health:
        return Health(
            status="ok",
            version=version(),
            durability=venue.settings.durability,
            sequence=venue.sequence,
            uptime_seconds=round(monotonic() - started, 3),
        )

    @router.get(
        "/api/ready",
        summary="Say whether orders are taken; 503 with the reason where they are not",
        responses=shown({"status": "ready"}, 503),
    )
    async def ready() -> Ready:
        reason = venue.not_ready
        if reason is not None:
            raise Refused(BUSY, reason, 503)
        return Ready(status="ready")

    @router.get(
        "/api/news",
        summary="Show the newest news, newest first",
        responses=shown(
            {"news": [{"timestamp": 1_767_225_600_000, "text": "Fun has a new hit", "ticker": "FUN"}]}
        ),
    )
    async def news() -> NewsPage:
        return NewsPage(
            news=[
                NewsView(timestamp=told.time_ns // 1_000_000, text=told.text, ticker=told.ticker)
                for told in venue.news()
            ]
        )

    @router.get(
        "/metrics",
        summary="Show what is counted, as Prometheus reads it",
        response_class=Response,
        responses={
            200: {
                "content": {
                    "text/plain": {
                        "schema": {"type": "string"},
                        "example": "# TYPE crossbook_trades_total counter\ncrossbook_trades_total 1204.0\n",
                    }
                }
            },
            **refusals(429),
        },
    )
    async def show_metrics() -> Response:
        return Response(metrics.page(), media_type=CONTENT_TYPE)

    return router


def pages_router(document: Callable[[], dict[str, Any]]) -> APIRouter:
    """Return the routes that browsers ask. Their links are relative, so they work under any path.

    Args:
        document: Returns the OpenAPI document. It takes a quarter of a second, so it is asked for once, when
            somebody wants to see it, and beside the loop.
    """
    router = APIRouter(include_in_schema=False)
    folder = files("crossbook.doors.http") / "swagger_ui"
    assets = {
        name: _START.encode() if name == "start.js" else (folder / name).read_bytes() for name in _ASSETS
    }

    @cache
    def text() -> bytes:
        return json.dumps(document(), ensure_ascii=False).encode()

    @router.get("/")
    async def front() -> HTMLResponse:
        return HTMLResponse(_FRONT_PAGE, headers={"content-security-policy": _PAGE_POLICY})

    @router.get("/openapi.json")
    async def openapi() -> Response:
        return Response(await asyncio.to_thread(text), media_type="application/json")

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(_DOCS_PAGE, headers={"content-security-policy": _DOCS_POLICY})

    @router.get("/docs/{name}")
    async def asset(name: str) -> Response:
        content = assets.get(name)
        if content is None:
            raise not_found()
        kept = {"cache-control": f"public, max-age={ASSET_SECONDS}"}
        return Response(content, headers={**kept, "content-type": _ASSETS[name]})

    return router
