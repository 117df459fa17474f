"""A live venue put together: the venue, its house, its lab, its doors, opened and closed in order.

Before the doors open everything that stood for the house is cancelled and its bots are funded. At the end the lab is told, the
bots go, then the doors close, then the lab is gone, then what still stands for the house is cancelled, then the venue keeps
everything and lets go of its directory. When the disk fails nothing more is promised and nothing more is written: all ends at once.
"""

import asyncio
import contextlib
import fcntl
import gc
import os
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import structlog

from crossbook.cli import child
from crossbook.cli.house import BotsProcess
from crossbook.core import ConfigError, CrossbookError
from crossbook.doors.http.door import DoorOptions
from crossbook.doors.http.lab_process import LabProcess
from crossbook.doors.http.proxies import Proxies
from crossbook.doors.http.server import Listening, listening
from crossbook.doors.http.web_files import WEB_APP, WebFiles
from crossbook.doors.socket import make_socket_door
from crossbook.venue.house import House
from crossbook.venue.principal import Role
from crossbook.venue.settings import VenueSettings
from crossbook.venue.venue import Venue

YOUNG_OBJECTS_MAX: Final = 50_000
"""New objects after which the garbage collector looks for cycles among them."""
LOCK: Final = "lock"
LAB: Final = "crossbook.cli.lab:lab"
OWN_ADDRESS: Final = MappingProxyType({"0.0.0.0": "127.0.0.1", "::": "::1"})  # noqa: S104 - looked up, not bound
"""Where the bots find a venue that listens on all addresses."""

_log = structlog.get_logger(__name__)


class Occupied(CrossbookError):  # noqa: N818 - the state of a place, not a mistake of anybody
    """Say that somebody else has the port or the data directory."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a venue that has opened can be told of."""

    url: str
    directory: Path
    settings: VenueSettings
    accounts: int
    """Of people; those of bots are not counted."""
    bots: int


async def live(settings: VenueSettings, stop: asyncio.Event, opened: Callable[[Opened], None]) -> None:
    """Open a venue, and keep it open until it is asked to stop.

    Args:
        settings: Of the venue.
        stop: Asks it to stop in good order; while it still opens, it gives up.
        opened: Called once, when clients can come.

    Raises:
        Occupied: Somebody else has the port or the data directory.
        ConfigError: A setting, the directory or the database cannot be used.
        TransientError: The database does not answer.
        JournalDamaged: The journal needs an explicit repair.
        JournalFailure: The disk failed; the process must end with status 4.
    """
    directory = Path(settings.data_dir)
    with held(directory):
        venue = await _unless(
            stop, Venue.open(directory, settings, database_url=settings.database_url), "open venue"
        )
        if venue is None:
            return
        try:
            house = House(venue.trading, venue.gate)
            try:
                await house.open()
                await _keep_open(venue, house, stop, opened)
            finally:
                if not venue.sequencer.failed.done():
                    await house.cancel_all()
        finally:
            await venue.stop()


async def _keep_open(
    venue: Venue, house: House, stop: asyncio.Event, opened: Callable[[Opened], None]
) -> None:
    """Open the doors, let the house trade, and wait for a reason to end."""
    settings = venue.settings
    options = _options(settings)
    web_files = WebFiles(WEB_APP)
    async with contextlib.AsyncExitStack() as doors:
        lab = None if not settings.lab.enabled else await doors.enter_async_context(_lab(settings))
        door = make_socket_door(
            venue, proxies=Proxies(options.trusted_proxies), root_path=options.root_path, lab=lab
        )
        try:
            at = await doors.enter_async_context(
                listening(
                    venue,
                    settings.host,
                    settings.port,
                    # uvicorn calls it like the class of a protocol, which is all that it asks of it.
                    sockets=door.protocol,  # type: ignore[arg-type]
                    options=options,
                    web_files=web_files,
                    lab=lab,
                )
            )
        except ConfigError as error:
            raise Occupied(str(error)) from error
        doors.callback(door.close)
        opened(
            Opened(
                url=_url(at.host, at.port),
                directory=Path(settings.data_dir),
                settings=settings,
                accounts=sum(holder.role is not Role.HOUSE for holder in venue.trading.accounts),
                bots=len(house.seats),
            )
        )
        work = _work(venue, house, _url(OWN_ADDRESS.get(at.host, at.host), at.port))
        tasks = [asyncio.create_task(one, name=name) for name, one in work]
        _spare_the_collector()
        try:
            await _until(venue, at, stop, tasks)
        finally:
            if lab is not None:
                lab.ask_to_end()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _lab(settings: VenueSettings) -> LabProcess:
    """Return the process of the lab, which begins when somebody asks for it."""
    told = settings.lab.model_dump(exclude={"enabled"})
    return LabProcess(child.command(os.getpid(), LAB, []), told)


def _spare_the_collector() -> None:
    """Have the garbage collector leave alone what was made by now, and look at the rest less often.

    Orders and frames make no cycles, so it would walk over everything again and again and find nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX)


def _work(venue: Venue, house: House, url: str) -> list[tuple[str, Coroutine[Any, Any, None]]]:
    """Return what the house does beside the doors."""
    if not house.seats:
        return []
    return [
        ("bots", BotsProcess(house.configuration(url, time.time_ns())).run()),
        ("news", house.make_news(venue.operating.tell_news, time.time_ns)),
    ]


async def _until(venue: Venue, at: Listening, stop: asyncio.Event, tasks: list["asyncio.Task[None]"]) -> None:
    """Wait for a reason to end: somebody asks, the disk fails, or the server ends by itself.

    Raises:
        JournalFailure: The disk failed.
    """
    asked = [asyncio.create_task(event.wait()) for event in (stop, venue.stop_requested)]
    reasons: set[asyncio.Future[Any]] = {*asked, venue.sequencer.failed, at.stopped}
    waiting = reasons | set(tasks)
    try:
        while True:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done - reasons:
                # The house may break; the venue goes on without it.
                _log.error("a part of the house ended", error=repr(task.exception()))
            if done & reasons:
                break
    finally:
        for task in asked:
            task.cancel()
    if venue.sequencer.failed.done():
        venue.sequencer.failed.result()
    if at.stopped.done():
        at.stopped.result()


async def _unless(stop: asyncio.Event, opening: Coroutine[Any, Any, Venue], name: str) -> Venue | None:
    """Return what is opened, or none where somebody asked to stop before it was; then it is undone."""
    task = asyncio.create_task(opening, name=name)
    asked = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, asked}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
        if task.cancelled():
            return None
        return task.result()
    finally:
        asked.cancel()


def _options(settings: VenueSettings) -> DoorOptions:
    doors = settings.doors
    return DoorOptions(
        trusted_proxies=doors.trusted_proxies,
        allowed_origins=doors.allowed_origins,
        root_path=doors.root_path,
    )


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.contextmanager
def held(directory: Path) -> Iterator[None]:
    """Make the data directory, and keep other venues out of it.

    Raises:
        Occupied: Another process has it.
        ConfigError: It cannot be made or written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(f"data_dir: {directory} cannot be used: {reason}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
            raise Occupied(
                f"the data directory {directory} is in use by process {holder or 'unknown'}"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
