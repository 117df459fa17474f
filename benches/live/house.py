"""A venue to be measured: its data directory made ready, its processes on cores of their own, its clients beside it.

The venue keeps to one core, its journal's thread included, and the clients to another. The keeper, which is niced, keeps to the
clients' core: what is measured is the core that takes orders, and on a machine with two the keeper has to be somewhere.
"""

import asyncio
import contextlib
import json
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from crossbook.venue.settings import VenueSettings
from crossbook.venue.venue import Venue
from live.load import Plan

HERE: Final = Path(__file__).resolve().parents[1]
RUNS: Final = HERE.parent / "runs" / "bench"
USERS: Final = 50
LOTS: Final = 10**9
START_S: Final = 120.0
STOP_S: Final = 20.0
PASSWORD: Final = "a long one for the bench"  # noqa: S105 - of users that exist in a bench alone
SETTINGS: Final[dict[str, Any]] = {
    "starting_cash": 10**10,
    "limits": {
        "orders_per_second": 1e7,
        "order_burst": 10**7,
        "requests_per_second": 1e7,
        "request_burst": 10**7,
        "registrations_per_minute": 10**6,
    },
}
"""As they ship, but that nobody is held to a rate: what the venue can do is asked, not what one may."""


def cores() -> tuple[int, int]:
    """Return the venue's core and the clients', which are the same where there is one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


@contextlib.contextmanager
def scratch() -> Iterator[str]:
    """Make a folder that is gone afterwards, on the disk of the project and not in memory."""
    RUNS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RUNS, prefix="live-") as folder:
        yield folder


@dataclass(frozen=True, slots=True)
class Prepared:
    """A data directory with users who have cash and lots."""

    directory: Path
    keys: list[str]
    """Their API keys. Those with an odd place have lots too."""


@contextlib.contextmanager
def prepared(users: int = USERS) -> Iterator[Prepared]:
    """Make a data directory on the disk of the project."""
    with scratch() as folder:
        directory = Path(folder) / "prepared"
        yield Prepared(directory, asyncio.run(_prepare(directory, users)))


async def _prepare(directory: Path, users: int) -> list[str]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = VenueSettings.model_validate({**SETTINGS, "data_dir": str(directory)})
    venue = await Venue.open(directory, settings)
    try:
        found = await asyncio.gather(
            *(venue.gate.register(f"bench{number}", PASSWORD, "127.0.0.1") for number in range(users))
        )
        share = venue.trading.listed("FUN").number
        for one in found:
            account = venue.trading.accounts.of_user(one.user_id)
            if account is not None:
                await venue.sequencer.carry_out("deposit", account=account, amount=LOTS, instrument=share)
        return [one.api_key for one in found]
    finally:
        await venue.stop()


@dataclass(frozen=True, slots=True)
class Running:
    """A server that takes clients."""

    port: int
    pid: int
    directory: Path | None = None


@contextlib.contextmanager
def venue_of(
    source: Path | None, settings: Mapping[str, Any], *words: str, pinned: bool = True
) -> Iterator[Running]:
    """Run a venue on a copy of a data directory, or on a new one.

    Args:
        source: What is copied.
        settings: As in a file of settings.
        words: Further words of the command line.
        pinned: Whether it keeps to its core.
    """
    with scratch() as folder:
        directory = Path(folder) / "data"
        if source is not None:
            shutil.copytree(source, directory)
        with venue_at(directory, settings, *words, pinned=pinned) as running:
            yield running


@contextlib.contextmanager
def venue_at(
    directory: Path, settings: Mapping[str, Any], *words: str, pinned: bool = True, wait_s: float = START_S
) -> Iterator[Running]:
    """Run a venue on a data directory itself; it is waited for until it has opened."""
    file = directory.parent / "settings.json"
    file.write_text(json.dumps(settings))
    keep = f"import os; os.sched_setaffinity(0, {{{cores()[0]}}}); " if pinned else ""
    program = keep + "from crossbook.cli.main import main; main()"
    given = ("up", "--port", "0", "--data-dir", str(directory), "--config", str(file), *words)
    with _process(sys.executable, "-c", program, *given) as process:
        line = _line_with(process, b"http://", wait_s)
        port = int(line.rsplit(b":", 1)[1])
        if pinned:
            _keep_children_away(process.pid)
        yield Running(port, process.pid, directory)


@contextlib.contextmanager
def bare(socket_bytes: int, request_bytes: int) -> Iterator[Running]:
    """Run the bare server on the venue's core."""
    sizes = json.dumps({"socket": socket_bytes, "request": request_bytes})
    program = f"import os; os.sched_setaffinity(0, {{{cores()[0]}}}); from live.bare import main; main()"
    with _process(sys.executable, "-c", program, sizes) as process:
        yield Running(int(_line_with(process, b"")), process.pid)


@contextlib.contextmanager
def _process(*command: str) -> Iterator["subprocess.Popen[bytes]"]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment())
        try:
            yield process
        except Exception as error:
            log.seek(0)
            error.add_note(log.read()[-500:].decode(errors="replace"))
            raise
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def environment() -> dict[str, str]:
    """Return the environment of a process that imports what lies in this folder."""
    paths = [str(HERE), os.environ.get("PYTHONPATH", "")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CROSSBOOK_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in paths if path), "COLUMNS": "200"}


def _line_with(process: "subprocess.Popen[bytes]", mark: bytes, wait_s: float = START_S) -> bytes:
    """Wait for a line of a process; return it."""
    if process.stdout is None:
        raise RuntimeError("the process has no output")
    os.set_blocking(process.stdout.fileno(), False)
    end, seen = time.monotonic() + wait_s, b""
    while time.monotonic() < end:
        select.select([process.stdout], [], [], 0.1)
        more = process.stdout.read()
        if more == b"":
            break
        seen += more or b""
        *lines, _ = seen.split(b"\n")
        for line in lines:
            if mark in line:
                return line.strip()
    raise TimeoutError(f"a server did not start: {seen[-300:]!r}")


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _keep_children_away(pid: int) -> None:
    for child in children(pid):
        for task in Path(f"/proc/{child}/task").iterdir():
            os.sched_setaffinity(int(task.name), {cores()[1]})


def load(plan: Plan) -> dict[str, Any]:
    """Carry a plan out in a process of its own on the clients' core; return its tally."""
    return client("live.load", asdict(plan))


def client(module: str, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Run a client's module in a process of its own with a plan on its standard input; return what it prints.

    Raises:
        RuntimeError: It failed; with the last it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", module],
        input=json.dumps({**plan, "core": cores()[1]}),
        capture_output=True,
        text=True,
        env=environment(),
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed: {done.stderr[-400:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def processor_s(pid: int) -> float:
    """Return the processor time that a process has used with all of its threads, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> tuple[float, float]:
    """Return the memory of a process in MB: its proportional part of shared pages counted, and all of it."""
    sizes = {"Pss:": 0, "Rss:": 0}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        words = line.split()
        if words[0] in sizes:
            sizes[words[0]] = int(words[1])
    return sizes["Pss:"] / 1_000, sizes["Rss:"] / 1_000


@contextlib.contextmanager
def bare_feed(clients: int, frame_bytes: int, batch: int) -> Iterator[Running]:
    """Run the bare feed on the venue's core."""
    words = (str(clients), str(frame_bytes), str(batch))
    with _process(sys.executable, "-m", "live.bare_feed", *words) as process:
        yield Running(int(_line_with(process, b"")), process.pid)


@contextlib.contextmanager
def watching(plan: Mapping[str, Any]) -> Iterator[Callable[[], Callable[[], dict[str, Any]]]]:
    """Connect clients that follow; what this gives starts to count, and what that gives waits for what was counted."""
    command = [sys.executable, "-m", "live.watch"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")
        into, out = process.stdin, process.stdout
        print(json.dumps({**plan, "core": cores()[1]}), file=into, flush=True)
        if out.readline().strip() != "ready":
            raise RuntimeError("clients that follow could not connect")

        def begin() -> Callable[[], dict[str, Any]]:
            print("go", file=into, flush=True)

            def result() -> dict[str, Any]:
                seen: dict[str, Any] = json.loads(out.readline())
                return seen

            return result

        try:
            yield begin
        finally:
            process.terminate()
