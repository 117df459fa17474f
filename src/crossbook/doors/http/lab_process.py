"""The process of the lab, as the venue keeps it: begun when somebody first asks for it, begun again, ended.

Simulations compute for as long as they like, so they do it elsewhere: in a process that has less of the processor than the
venue where both want it, that nobody but this machine can connect to, and that only who knows its token can steer. The token is
made here for each start and goes through a pipe: no file, no argument, no variable. A process that died begins again
when somebody asks, after a pause that doubles as long as it keeps dying soon. It ends with the venue, however that ends.
"""

import asyncio
import contextlib
import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from types import TracebackType
from typing import Any, Final, Protocol, Self

import msgspec
import structlog

from crossbook.venue.refusals import BUSY, CLOSING, Refused

HOST: Final = "127.0.0.1"
"""Where the lab listens, and nowhere else."""
TOKEN_BYTES: Final = 32
NICENESS: Final = 5
"""How much the lab gives way to the venue."""
NICENESS_MAX: Final = 19
START_S: Final = 60.0
"""How long the process may take until it listens; it takes some seconds."""
LINE_BYTES_MAX: Final = 4_096
"""Of what it says about itself."""
END_S: Final = 15.0
"""How long it may take to end in order, which is to write the run that is live. A simulation whose server is ended by force
is written all the same, by its own process."""
FAILED_END_S: Final = 1.0
"""The same where the venue itself ends because something failed."""
PAUSE_FIRST_S: Final = 1.0
PAUSE_MAX_S: Final = 30.0
LIVED_S: Final = 60.0
"""A process that lived so long begins again without a pause."""

_log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reached:
    """Where the lab is."""

    port: int
    """Of `HOST`."""
    token: str = field(repr=False)
    """Who has it, steers."""


class Lab(Protocol):
    """Whoever knows where the lab is."""

    async def reach(self) -> Reached:
        """Return where it is; it begins where it has not begun.

        Raises:
            Refused: `busy` or `closing`, 503: it cannot be reached now.
        """


class _Listening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the process says of itself, in one line."""

    port: int


class LabProcess:
    """The process of the lab, and the watch over it; it ends with the context.

    Args:
        command: What is run: it reads a line of JSON, says where it listens in another, and ends in order when it is asked by
            SIGTERM or its standard input ends.
        told: What it is told, beside its token, as plain JSON.
        start_s: How long it may take until it listens.
        end_s: How long it may take to end in order.
    """

    def __init__(
        self,
        command: Sequence[str],
        told: Mapping[str, Any],
        *,
        start_s: float = START_S,
        end_s: float = END_S,
    ) -> None:
        self.starts = 0
        """How often it was begun."""
        self._command: Final = tuple(command)
        self._told: Final = dict(told)
        self._start_s: Final = start_s
        self._end_s: Final = end_s
        self._process: asyncio.subprocess.Process | None = None
        self._reached: Reached | None = None
        self._beginning: asyncio.Task[Reached] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._ending = False
        self._pause_s = 0.0
        self._not_before_s = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.end(self._end_s if kind is None else FAILED_END_S)

    @property
    def pid(self) -> int | None:
        """The number of the process, or none while there is none."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def reach(self) -> Reached:
        """Return where the lab is; it begins where it has not begun.

        Raises:
            Refused: `busy` or `closing`, 503: it cannot be reached now.
        """
        if self._ending:
            raise Refused(CLOSING, "the venue stops", 503)
        if self._reached is not None:
            return self._reached
        if self._beginning is None:
            wait_s = self._not_before_s - time.monotonic()
            if wait_s > 0:
                raise Refused(BUSY, f"the lab ended unexpectedly: try again in {ceil(wait_s)} s", 503)
            self._beginning = asyncio.create_task(self._begin(), name="lab")
            self._beginning.add_done_callback(self._begun)
        # Who goes away does not take the lab from the others who wait for it.
        return await asyncio.shield(self._beginning)

    def ask_to_end(self) -> None:
        """Have it begin to end, and begin no more."""
        self._ending = True
        self._reached = None
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()

    async def end(self, within_s: float) -> None:
        """End it, by force where it takes longer than it may, and wait until it is gone."""
        self.ask_to_end()
        if self._beginning is not None:
            await asyncio.wait({self._beginning})
        process, watching = self._process, self._watching
        if process is None or watching is None:
            return
        await asyncio.wait({watching}, timeout=within_s)
        if not watching.done():
            _log.warning("the lab took too long to end and is ended by force", pid=process.pid)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await asyncio.wait({watching})

    async def _begin(self) -> Reached:
        """Start the process, tell it what it needs, and learn where it listens.

        Raises:
            Refused: It does not begin.
        """
        self.starts += 1
        began_s = time.monotonic()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        try:
            # In a session of its own an interrupt from the keyboard reaches the venue alone, which ends the lab in order.
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,
                limit=LINE_BYTES_MAX,
            )
        except OSError as error:
            _log.error("the lab cannot be started", error=str(error))
            raise _does_not_begin() from error
        self._process = process
        with contextlib.suppress(OSError):
            own = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, process.pid, min(own + NICENESS, NICENESS_MAX))
        self._watching = asyncio.create_task(self._watch(process, began_s), name="lab watch")
        if self._ending:
            self.ask_to_end()
        try:
            async with asyncio.timeout(self._start_s):
                port = await _port_of(process, {**self._told, "token": token})
        except (TimeoutError, ConnectionError, ValueError, msgspec.MsgspecError) as error:
            if not self._ending:
                _log.error("the lab did not begin", error=repr(error))
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            await _read_out(process)
            raise _does_not_begin() from error
        reached = Reached(port, token)
        if process.returncode is None and not self._ending:
            self._reached = reached
        return reached

    def _begun(self, beginning: "asyncio.Task[Reached]") -> None:
        self._beginning = None
        if not beginning.cancelled():
            # Everybody who waited may have gone away, and then nobody else looks at it.
            beginning.exception()

    async def _watch(self, process: asyncio.subprocess.Process, began_s: float) -> None:
        """Wait for the end of a process, and say when another may begin."""
        status = await process.wait()
        if self._process is process:
            self._reached = None
        if self._ending:
            return
        now_s = time.monotonic()
        lived_long = now_s - began_s >= LIVED_S
        self._not_before_s = now_s + (0.0 if lived_long else self._pause_s)
        _log.error("the lab ended unexpectedly", status=status)
        self._pause_s = 0.0 if lived_long else min(max(2 * self._pause_s, PAUSE_FIRST_S), PAUSE_MAX_S)


async def _port_of(process: asyncio.subprocess.Process, told: Mapping[str, Any]) -> int:
    """Tell a process what it needs, and return where it listens. Its standard input stays open: its end is a word to end.

    Raises:
        ConnectionError: It is gone.
        ValueError: It says too much.
        msgspec.MsgspecError: It says something else.
    """
    if process.stdin is None or process.stdout is None:
        raise ConnectionError("the process has no pipes")
    process.stdin.write(json.dumps(told).encode() + b"\n")
    await process.stdin.drain()
    line = await process.stdout.readline()
    if not line.endswith(b"\n"):
        raise ConnectionError("it ended before it listened")
    return msgspec.json.decode(line, type=_Listening).port


async def _read_out(process: asyncio.subprocess.Process) -> None:
    """Read what a process that ends still says, or its end is not noticed."""
    if process.stdout is not None:
        with contextlib.suppress(TimeoutError, ValueError):
            async with asyncio.timeout(FAILED_END_S):
                while await process.stdout.read(LINE_BYTES_MAX):
                    pass


def _does_not_begin() -> Refused:
    return Refused(BUSY, "the lab does not begin: the venue's log says why", 503)
