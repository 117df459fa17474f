"""The lab beside an exchange: what `crossbook stream` serves, in a process that the venue keeps (`LabProcess`).

It is run by `crossbook.cli.child`. What it is told comes as one line of JSON on its standard input: no simulation runs at first,
and who has the token begins one. It says where it listens in one line of JSON on its standard output. It ends in order, with the
live simulation written, when it is asked by SIGTERM or its standard input ends.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Final

import uvloop
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crossbook.core import ConfigError
from crossbook.doors.http.lab_process import HOST
from crossbook.doors.logs import set_up_logs
from crossbook.doors.stream.rights import Rights
from crossbook.doors.stream.server import streaming

INPUT_CHARACTERS_MAX: Final = 65_536
"""Of what it is told."""
STDIN: Final = 0
STDOUT: Final = 1
STDERR: Final = 2


class Told(BaseModel):
    """What the venue tells its lab."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    token: Annotated[str, Field(min_length=32, max_length=256)]
    """Who has it, steers."""
    runs: Path
    """The folder of all runs."""
    presets: Path
    """The folder of the presets."""
    memory_limit_mib: Annotated[int, Field(ge=256)]
    """MiB that a live simulation may have before it leaves things out."""


def lab() -> None:
    """Serve the lab to the venue that started this process."""
    told = read_told(sys.stdin.readline(INPUT_CHARACTERS_MAX))
    set_up_logs()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(told))


def read_told(line: str) -> Told:
    """Read what the venue tells.

    Raises:
        ConfigError: It is something else; the line, which holds a secret, is not repeated.
    """
    try:
        return Told.model_validate_json(line)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, one["loc"])) or one["type"] for one in error.errors())
        raise ConfigError(f"the lab was told something else than it needs: {wrong}") from None


async def _serve(told: Told) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.add_reader(STDIN, _look_at_input, stop)
    async with streaming(
        Rights(told.token),
        HOST,
        0,
        presets=told.presets,
        runs=told.runs,
        memory_bytes=told.memory_limit_mib << 20,
    ) as server:
        _say_port(server.at.port)
        asked = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({asked, server.at.stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()


def _look_at_input(stop: asyncio.Event) -> None:
    """End when the venue is gone; it says nothing more."""
    if not os.read(STDIN, 1_024):
        asyncio.get_running_loop().remove_reader(STDIN)
        stop.set()


def _say_port(port: int) -> None:
    """Say where the lab listens. Whatever is written after that goes to the log, and no process of ours holds the pipe."""
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    os.dup2(STDERR, STDOUT)
