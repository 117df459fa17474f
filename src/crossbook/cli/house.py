"""The process of the house's bots, as the venue keeps it: started, told, started again, ended.

What the bots are told has keys in it, so it goes through a pipe: no file, no argument, no variable. A process that dies
starts again after a pause that doubles as long as it keeps dying soon. The bots end with the venue, however that ends.
"""

import asyncio
import contextlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog

from crossbook.cli import child

BOTS: Final = "crossbook.cli.bots:bots"
PAUSE_FIRST_S: Final = 1.0
PAUSE_MAX_S: Final = 30.0
LIVED_S: Final = 60.0
"""A process that lived so long is started again without a longer pause."""
END_S: Final = 1.5
"""How long the bots may take to cancel their orders before they are ended by force; the venue cancels what is left."""

_log = structlog.get_logger(__name__)


class BotsProcess:
    """A process of bots, and the watch over it.

    Args:
        configuration: What it is told, as plain JSON.
        command: What is run in place of `crossbook bots --config -`.
        pause_s: The first pause before it is started again.
    """

    def __init__(
        self,
        configuration: Mapping[str, Any],
        *,
        command: Sequence[str] = (),
        pause_s: float = PAUSE_FIRST_S,
    ) -> None:
        self.starts = 0
        """How often it was started."""
        self._told = json.dumps(configuration).encode()
        self._command = tuple(command) or tuple(child.command(os.getpid(), BOTS, ["--config", "-"]))
        self._pause_s = pause_s
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The number of the process, or none while there is none."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def run(self) -> None:
        """Keep the bots alive until this is cancelled; then they are ended."""
        pause_s = self._pause_s
        while True:
            began = time.monotonic()
            status = await self._live()
            if time.monotonic() - began >= LIVED_S:
                pause_s = self._pause_s
            _log.error("the bots ended and start again", status=status, pause_s=pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, PAUSE_MAX_S)

    async def _live(self) -> int:
        """Start the process, tell it what it needs, and wait for its end."""
        self.starts += 1
        # In a session of its own an interrupt from the keyboard reaches the venue alone, which ends the bots in order.
        process = self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            with contextlib.suppress(ConnectionError):
                await process.communicate(self._told)
            return await process.wait()
        finally:
            await self._end(process)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """End a process that may live, and wait until it is gone."""
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(END_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
