"""The route that begins a live simulation, from a preset or a run file that is sent."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from crossbook.doors.lab.answers import LabRoute
from crossbook.doors.lab.bodies import SETTINGS_MAX, BodyReader, Seed, Word
from crossbook.doors.lab.disk import check_disk
from crossbook.doors.lab.posted import Presets, plan_run
from crossbook.doors.stream.host import Busy, Host
from crossbook.doors.stream.rights import Rights
from crossbook.doors.stream.wanted import Start
from crossbook.lab.config.units import midnight
from crossbook.lab.live.pace import SPEED_MAX
from crossbook.venue.refusals import Refused

CONFLICT: Final = "conflict"
"""409: the simulation is in another state."""


class SimulationWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of `POST /api/lab/simulation`."""

    preset: Word | None = None
    config: str | None = None
    """A run file as YAML."""
    seed: Seed | None = None
    """In place of the file's."""
    speed: Annotated[float, msgspec.Meta(ge=0, le=SPEED_MAX)] = 1.0
    paused: bool = False
    set: Annotated[dict[str, Any], msgspec.Meta(max_length=SETTINGS_MAX)] = {}
    """Settings to replace, by their paths."""
    replace: bool = False
    """Whether a simulation that runs is ended first."""


def beginning_router(
    host: Host, rights: Rights, presets: Presets, runs: Path, memory_bytes: int
) -> APIRouter:
    """Return the route.

    Args:
        host: Keeps the simulation.
        rights: Who may steer.
        presets: Run files to start from.
        runs: The folder of all runs.
        memory_bytes: What a simulation may have before it leaves things out.
    """
    router = APIRouter(route_class=LabRoute)
    reader = BodyReader(SimulationWanted)
    folder = str(runs.resolve())

    @router.post("/api/lab/simulation")
    async def begin(request: Request) -> Response:
        """Begin a live simulation."""
        rights.guard(request)
        wanted = await reader.read(request)
        check_disk(runs)
        plan = await asyncio.to_thread(
            partial(
                plan_run,
                presets,
                runs,
                preset=wanted.preset,
                config=wanted.config,
                seed=wanted.seed,
                changes=wanted.set,
            )
        )
        start = Start(
            run=plan.run.model_dump(mode="json", exclude_none=True),
            folder=folder,
            out=str(runs),
            speed=wanted.speed,
            paused=wanted.paused,
            epoch_s=midnight(datetime.now(UTC)),
            memory_bytes=memory_bytes,
        )
        try:
            await host.start(start, replace=wanted.replace)
        except Busy as error:
            raise Refused(CONFLICT, str(error), 409) from None
        return JSONResponse(host.state, 201)

    return router
