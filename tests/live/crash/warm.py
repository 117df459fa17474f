"""The command line in a process that has imported it already and forks for each start.

To import everything is most of a start, and the same each time. Here it is done once, so that many kills fit into a test;
what is started is `crossbook up` with its own words, files and process number, and dies like any other. It assumes
that importing starts no thread and opens no file, which the house's tests hold the package to.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

STATUS_MAX: Final = 64
"""Bytes of a line that tells of a start or of an end."""


def serve() -> None:
    """Fork for each line of standard input, and tell the child's number and then its end."""
    # What a start imports on its way is imported here.
    import aiosqlite  # noqa: F401, PLC0415
    import asyncpg  # type: ignore[import-untyped]  # noqa: F401, PLC0415
    import sqlalchemy.dialects.postgresql.asyncpg  # noqa: PLC0415
    import sqlalchemy.dialects.sqlite.aiosqlite  # noqa: F401, PLC0415
    import uvicorn.lifespan.off  # noqa: PLC0415
    import uvicorn.loops.uvloop  # noqa: F401, PLC0415

    import crossbook.cli.up  # noqa: F401, PLC0415
    from crossbook.cli.main import main  # noqa: PLC0415

    for line in sys.stdin:
        wanted = json.loads(line)
        number = os.fork()
        if number == 0:
            os.setsid()
            null = os.open(os.devnull, os.O_RDONLY)
            out = os.open(wanted["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            log = os.open(wanted["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            for place, descriptor in enumerate((null, out, log)):
                os.dup2(descriptor, place)
                os.close(descriptor)
            os.environ.update(wanted["variables"])
            main(wanted["words"])
        _say(number)
        _, status = os.waitpid(number, 0)
        _say(os.waitstatus_to_exitcode(status))


def _say(number: int) -> None:
    os.write(1, b"%d\n" % number)


class Warm:
    """A process that has everything imported; `start` gives a child of it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def ready(cls, variables: Mapping[str, str]) -> "Warm":
        """Start it."""
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", "from tests.live.crash.warm import serve; serve()",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=STATUS_MAX,
                env=dict(variables), cwd=Path(__file__).parents[3],
            )
        )  # fmt: skip

    async def start(
        self, words: Sequence[str], out: Path, log: Path, variables: Mapping[str, str]
    ) -> "Child":
        """Start a child."""
        assert self._process.stdin is not None
        wanted = {"words": list(words), "out": str(out), "log": str(log), "variables": dict(variables)}
        self._process.stdin.write(json.dumps(wanted).encode() + b"\n")
        return Child(await self._heard(), asyncio.create_task(self._heard(), name="end of a venue"))

    async def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def _heard(self) -> int:
        assert self._process.stdout is not None
        return int(await self._process.stdout.readline())


class Child:
    """A process that was forked, with what is used of `asyncio.subprocess.Process`."""

    def __init__(self, pid: int, end: "asyncio.Task[int]") -> None:
        self.pid = pid
        self._end = end

    @property
    def returncode(self) -> int | None:
        """How it ended; none while it runs."""
        return self._end.result() if self._end.done() else None

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    async def wait(self) -> int:
        """Wait for its end."""
        return await asyncio.shield(self._end)
