"""`crossbook up`: what it prints, how it ends, and the processes that it keeps."""

import asyncio
import contextlib
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from crossbook.cli import child
from crossbook.cli.house import BotsProcess
from crossbook.cli.live import Opened
from crossbook.cli.up import banner
from crossbook.settings import schema
from crossbook.venue.settings import VenueFile, VenueSettings
from tests.small_runs import crossbook, started

PATIENCE_S = 60.0


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def eventually(holds: Callable[[], Any], what: str) -> Any:
    """Wait until something holds, and return it."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if found := holds():
            return found
        time.sleep(0.02)
    raise AssertionError(f"in {PATIENCE_S:g} s there was no {what}")


def lives(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except FileNotFoundError:
        return False


# What is printed


@pytest.mark.parametrize("durability", ["durable", "memory"])
def test_the_banner_says_where_everything_is(tmp_path: Path, durability: str) -> None:
    settings = VenueSettings.model_validate({"durability": durability})
    console = Console(width=200, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(banner(Opened("http://127.0.0.1:8000", tmp_path, settings, accounts=1_234, bots=20)))
    console.file.close()
    text = console.export_text()

    for said in (
        "http://127.0.0.1:8000/docs", "ws://127.0.0.1:8000/ws", str(tmp_path), durability,
        "FUN, MEME, YOLO, HODL, PUMP", "1,234, and 20 bots",
    ):  # fmt: skip
        assert said in text
    assert "admin" not in text


def test_the_banner_names_the_file_of_the_first_password_and_never_the_password(tmp_path: Path) -> None:
    (tmp_path / "admin.password").write_text("s3cret\n")
    console = Console(width=500, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(banner(Opened("http://h:1", tmp_path, VenueSettings(), accounts=0, bots=0)))
    console.file.close()
    text = console.export_text()

    assert str(tmp_path / "admin.password") in text
    assert "s3cret" not in text


def test_the_schema_of_a_venue_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert crossbook("schema", "venue") == 0
    assert json.loads(capsys.readouterr().out) == schema(VenueFile, "Crossbook venue settings")


# Mistakes


@pytest.mark.parametrize(
    ("words", "variables", "said"),
    [
        (["--durability", "sure"], {}, '--durability: durability: must be "durable" or "memory", not \'sure\' (text)'),
        (["--port", "70000"], {}, "--port: port: must be at most 65535, not 70000"),
        (["--config", "no/such.yaml"], {}, "no/such.yaml: no such file"),
        ([], {"CROSSBOOK_PROT": "1"}, "CROSSBOOK_PROT: no setting of this name can be given by the environment; did you mean CROSSBOOK_PORT?"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_status_two(
    words: list[str],
    variables: dict[str, str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert crossbook("up", *words) == 2
    assert capsys.readouterr().err == f"crossbook: {said}\n"


def refused(*words: object) -> tuple[int, str]:
    """Start a venue that cannot open; return its status and the last line that it said."""
    process = started("up", "--no-bots", *words)
    _, said = process.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in said
    return process.returncode, said.splitlines()[-1]


@pytest.mark.slow
def test_a_port_that_is_taken_is_one_line_and_status_three(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, said = refused("--port", port, "--data-dir", tmp_path / "data")

    assert status == 3
    assert said.startswith(f"crossbook: cannot listen on 127.0.0.1 port {port}: ")


@pytest.mark.slow
def test_a_data_directory_that_is_a_file_is_one_line_and_status_two(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    status, said = refused("--port", 0, "--data-dir", tmp_path / "data")

    assert (status, said) == (2, f"crossbook: data_dir: {tmp_path / 'data'} cannot be used: file exists")


@pytest.mark.slow
def test_a_database_that_does_not_answer_is_one_line_without_its_password(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://me:s3cret@127.0.0.1:1/none"

    status, said = refused("--port", 0, "--data-dir", tmp_path / "data", "--database-url", url)

    assert status in (1, 2)
    assert said.startswith("crossbook: ")
    assert "s3cret" not in said


# The process of the bots

TELLS = (
    "import json, os, sys\n"
    "told = json.load(sys.stdin)\n"
    "with open(told['file'], 'a') as out: print(os.getpid(), told['secret'], file=out)\n"
)


def starts_in(file: Path) -> list[list[str]]:
    return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


def watched(case: Callable[[Path], Any], tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(case(tmp_path / "starts"), PATIENCE_S))


async def until(holds: Callable[[], Any]) -> None:
    while not holds():  # noqa: ASYNC110 - it waits for another process
        await asyncio.sleep(0.01)


def test_the_bots_are_told_through_a_pipe_and_start_again_when_they_die(tmp_path: Path) -> None:
    async def case(file: Path) -> None:
        bots = BotsProcess(
            {"file": str(file), "secret": "ms_x"}, command=python(TELLS + "sys.exit(3)"), pause_s=0.01
        )
        keeping = asyncio.create_task(bots.run())
        await until(lambda: len(starts_in(file)) >= 3)
        keeping.cancel()
        await asyncio.wait([keeping])
        assert {secret for _, secret in starts_in(file)} == {"ms_x"}
        assert len({pid for pid, _ in starts_in(file)}) == len(starts_in(file))
        assert bots.pid is None

    watched(case, tmp_path)


@pytest.mark.parametrize("deaf", [False, True])
def test_the_bots_end_when_they_are_no_longer_kept_even_if_they_do_not_listen(
    tmp_path: Path, deaf: bool
) -> None:
    ignore = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" if deaf else ""

    async def case(file: Path) -> None:
        program = ignore + TELLS + "import time\ntime.sleep(600)"
        bots = BotsProcess({"file": str(file), "secret": "x"}, command=python(program))
        keeping = asyncio.create_task(bots.run())
        await until(lambda: starts_in(file))
        pid = bots.pid
        assert pid is not None
        assert lives(pid)
        keeping.cancel()
        await asyncio.wait([keeping])
        assert not lives(pid)
        assert bots.starts == 1

    watched(case, tmp_path)


def test_bots_that_never_read_what_they_are_told_are_started_again(tmp_path: Path) -> None:
    async def case(file: Path) -> None:
        program = (
            f"import os, sys\nprint(os.getpid(), file=open({str(file)!r}, 'a')); os.close(0); sys.exit(1)"
        )
        bots = BotsProcess({"much": "x" * 1_000_000}, command=python(program), pause_s=0.01)
        keeping = asyncio.create_task(bots.run())
        await until(lambda: len(starts_in(file)) >= 2)
        keeping.cancel()
        await asyncio.wait([keeping])

    watched(case, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's end")
def test_a_child_ends_with_its_parent_however_that_ends(tmp_path: Path) -> None:
    (tmp_path / "sleeper.py").write_text(
        "import os, time\n"
        "def sleeper(file: str) -> None:\n"
        "    open(file, 'w').write(str(os.getpid()))\n"
        "    time.sleep(600)\n"
    )
    note = tmp_path / "pid"
    words = ["sleeper:sleeper", str(note)]
    parent = subprocess.Popen(
        python(
            "import os, subprocess, sys, time\n"
            "from crossbook.cli import child\n"
            f"subprocess.Popen(child.command(os.getpid(), {words[0]!r}, {words[1:]!r}))\n"
            "time.sleep(600)\n"
        ),
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(tmp_path)])},
    )
    try:
        pid = int(eventually(lambda: note.exists() and note.read_text(), "child"))
        assert lives(pid)
        parent.kill()
        parent.wait()
        eventually(lambda: not lives(pid), "end of the child")
    finally:
        parent.kill()
        parent.wait()


def test_a_child_whose_parent_is_gone_already_does_not_begin() -> None:
    done = subprocess.run(
        child.command(1, "crossbook.cli.schema:schema", []), capture_output=True, check=False, timeout=60
    )

    assert (done.returncode, done.stdout) == ((1, b"") if sys.platform == "linux" else (0, done.stdout))


def test_a_mistake_of_a_child_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert child.run("crossbook.cli.schema:schema", ["--frobnicate"]) == 2
    assert capsys.readouterr().err == "crossbook: No such option: --frobnicate\n"


# A venue that lives


class Running:
    """A venue in a process of its own."""

    def __init__(self, data: Path, *words: object) -> None:
        self.process = started("up", "--port", 0, "--data-dir", data, *words, env={"COLUMNS": "400"})
        self.printed = ""
        out = self.process.stdout
        assert out is not None
        while "Ctrl-C" not in self.printed:
            line = out.readline()
            if not line:
                _, errors = self.process.communicate(timeout=PATIENCE_S)
                raise AssertionError(f"it ended with {self.process.returncode}: {errors}")
            self.printed += line
        found = re.search(r"http://127\.0\.0\.1:\d+", self.printed)
        assert found is not None
        self.url = found[0]

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:  # noqa: S310 - our own address
            return json.load(answer)

    def quoted(self) -> bool:
        tickers = self.get("/api/market/tickers")["tickers"].values()
        return all(one["best_bid"] and one["best_ask"] for one in tickers)

    def children(self) -> dict[str, int]:
        pids = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        lines = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in pids}
        return {("bots" if "cli.child" in line else "keeper"): int(pid) for pid, line in lines.items()}

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, errors


@contextlib.contextmanager
def running(data: Path, *words: object) -> Iterator[Running]:
    venue = Running(data, *words)
    try:
        yield venue
    finally:
        if venue.process.poll() is None:
            venue.process.kill()
            venue.process.communicate()


def funded(errors: str) -> list[int]:
    """Return how many bots were funded, from each line of a log that says so."""
    lines = (json.loads(line) for line in errors.splitlines() if line.startswith("{"))
    return [line["bots"] for line in lines if line["event"] == "house funded"]


@pytest.mark.slow
def test_a_venue_opens_is_quoted_ends_in_order_and_opens_again_where_it_was(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as venue:
        eventually(venue.quoted, "quote in every market")
        eventually(
            lambda: any(one["volume_24h"] for one in venue.get("/api/market/tickers")["tickers"].values()),
            "trade",
        )
        assert venue.get("/api/leaderboard")["leaderboard"] == []
        assert set(venue.children()) == {"bots", "keeper"}
        children = venue.children()
        status, errors = venue.end()
    assert status == 0
    assert funded(errors) == [20]
    assert "Traceback" not in errors
    assert not any(lives(pid) for pid in children.values())

    with running(data, "--no-bots") as venue:
        for ticker, glance in venue.get("/api/market/tickers")["tickers"].items():
            assert (glance["best_bid"], glance["best_ask"]) == (None, None), ticker
        status, errors = venue.end(signal.SIGINT)
    assert status == 0
    assert funded(errors) == []

    with running(data) as venue:
        eventually(venue.quoted, "quote in every market")
        _, errors = venue.end()
    assert funded(errors) == []


@pytest.mark.slow
def test_quotes_that_a_killed_venue_left_are_gone_before_its_doors_open_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as venue:
        eventually(venue.quoted, "quote in every market")
        children = venue.children()
        venue.process.kill()
        venue.process.communicate()
    eventually(lambda: not any(lives(pid) for pid in children.values()), "end of the other processes")

    with running(data, "--no-bots") as venue:
        for glance in venue.get("/api/market/tickers")["tickers"].values():
            assert (glance["best_bid"], glance["best_ask"]) == (None, None)


@pytest.mark.slow
def test_bots_that_are_killed_come_back_and_quote(tmp_path: Path) -> None:
    with running(tmp_path / "data") as venue:
        eventually(venue.quoted, "quote in every market")
        killed = venue.children()["bots"]
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: venue.children().get("bots", killed) != killed, "new process of bots")
        eventually(venue.quoted, "quote in every market")
        status, _ = venue.end()
    assert status == 0


@pytest.mark.slow
def test_a_second_venue_on_the_same_directory_is_refused_with_one_line_and_status_three(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with running(data, "--no-bots") as venue:
        status, said = refused("--port", 0, "--data-dir", data)
        assert status == 3
        assert said == f"crossbook: the data directory {data} is in use by process {venue.process.pid}"
        assert venue.get("/api/health")["status"] == "ok"
        assert venue.end()[0] == 0


@pytest.mark.slow
def test_a_disk_that_fails_ends_everything_with_one_line_and_status_four(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as venue:
        eventually(venue.quoted, "quote in every market")
        children = venue.children()
        # From now on no file grows, so the next write of the journal fails.
        resource.prlimit(venue.process.pid, resource.RLIMIT_FSIZE, (1, 1))
        _, errors = venue.process.communicate(timeout=PATIENCE_S)
    assert venue.process.returncode == 4, errors
    assert errors.splitlines()[-1].startswith("crossbook: ")
    assert "Traceback" not in errors
    eventually(lambda: not any(lives(pid) for pid in children.values()), "end of the other processes")

    with running(data, "--no-bots") as venue:
        assert venue.end()[0] == 0
