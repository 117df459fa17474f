"""The routes of the lab: presets and types of agents, runs that were made and runs that are made, batch simulations.

They belong to no application: whoever serves them includes the router, says who may change anything, and keeps the workshop
for as long as it serves.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from crossbook.doors.http.dependencies import check_query
from crossbook.doors.lab.answers import LabRoute, json_answer, page_answer
from crossbook.doors.lab.bodies import BatchWanted, BodyReader, RunWanted
from crossbook.doors.lab.past import COMPARED_MAX, LISTED_MAX, PastRuns
from crossbook.doors.lab.posted import Presets
from crossbook.doors.lab.workshop import Workshop
from crossbook.lab.config import RunFile
from crossbook.lab.live.agent_types import agent_types
from crossbook.settings import schema

TAG: Final = "lab"

Guard: TypeAlias = Callable[[Request], Awaitable[object] | object]
"""Raises `Refused` where who sends a request may not change anything."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the lab looks and writes."""

    runs: Path
    """The folder of all runs."""
    presets: Path
    """The folder of the presets, each `NAME.yaml`."""


@asynccontextmanager
async def lab_routes(places: Places, guard: Guard) -> AsyncIterator[tuple[APIRouter, Workshop]]:
    """Serve the lab as long as the context lasts.

    Args:
        places: Where it looks and writes.
        guard: Refuses whoever may not change anything.

    Yields:
        The routes, and where simulations are made: `stop` it when the server begins to stop, so that those who wait for
        one are told.
    """
    presets = Presets(places.presets)
    async with Workshop(presets, places.runs) as workshop:
        yield lab_router(presets, PastRuns(places.runs), workshop, guard), workshop


def lab_router(presets: Presets, past: PastRuns, workshop: Workshop, guard: Guard) -> APIRouter:
    """Return the routes of the lab.

    Args:
        presets: Run files to start from.
        past: The runs that were made.
        workshop: Where simulations are made.
        guard: Refuses whoever may not change anything.
    """
    router = APIRouter(tags=[TAG], route_class=LabRoute)
    guarded = [Depends(guard)]
    run_reader, batch_reader = BodyReader(RunWanted), BodyReader(BatchWanted)

    @router.get("/api/lab/presets", summary="List the run files to start from")
    async def list_presets(request: Request) -> Response:
        check_query(request, ())
        every = await workshop.look(presets.every)
        return json_answer({"presets": [asdict(preset) for preset in every]})

    @router.get("/api/lab/agents", summary="List the types of agents, each with a schema of its parameters")
    async def list_agents(request: Request) -> Response:
        check_query(request, ())
        return json_answer({"agent_types": await workshop.look(_types)})

    @router.get("/api/lab/schema", summary="Show the JSON schema of run files")
    async def show_schema(request: Request) -> Response:
        check_query(request, ())
        return json_answer(await workshop.look(_schema))

    @router.get("/api/lab/runs", summary="List the runs that were made, newest first")
    async def list_runs(
        request: Request, limit: Annotated[int, Query(ge=1, le=LISTED_MAX)] = 100
    ) -> Response:
        check_query(request, ("limit",))
        return json_answer({"runs": await workshop.look(partial(past.newest, limit))})

    @router.post(
        "/api/lab/runs",
        summary="Make a run, or several seeds of one, and tell how far it is",
        dependencies=guarded,
    )
    async def make_run(request: Request) -> Response:
        check_query(request, ())
        return await workshop.run(await run_reader.read(request))

    @router.get("/api/lab/runs/{run}", summary="Show what a run came to")
    async def show_run(request: Request, run: str) -> Response:
        check_query(request, ())
        return json_answer(await workshop.look(partial(past.told, run)))

    @router.get("/api/lab/runs/{run}/report", summary="Show the page of a run")
    async def show_report(request: Request, run: str) -> Response:
        check_query(request, ())
        return page_answer(await workshop.look(partial(past.report, run)))

    @router.get("/api/lab/compare", summary="Show several runs side by side")
    async def compare(
        request: Request, run: Annotated[list[str], Query(max_length=COMPARED_MAX)]
    ) -> Response:
        check_query(request, ("run",), several=True)
        return page_answer(await workshop.look(partial(past.comparison, run)))

    @router.post(
        "/api/simulation/run",
        summary="Make a simulation and get all of it, and tell how far it is until then",
        dependencies=guarded,
    )
    async def run_batch(request: Request) -> Response:
        check_query(request, ())
        return await workshop.batch(await batch_reader.read(request))

    return router


@cache
def _types() -> list[dict[str, Any]]:
    return [asdict(one) for one in agent_types()]


@cache
def _schema() -> dict[str, Any]:
    return schema(RunFile, "Crossbook run file")
