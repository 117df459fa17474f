"""The process of the lab, as the venue keeps it, with small programs in place of the lab."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crossbook.doors.http import lab_process
from crossbook.doors.http.lab_process import LabProcess
from crossbook.venue.refusals import Refused
from tests.loops import looped

LISTENS = """
import json, os, signal, sys, time
told = json.loads(sys.stdin.readline())
open(told["note"], "a").write(json.dumps([told["token"], os.getpid(), os.nice(0)]) + "\\n")
{before}
signal.signal(signal.SIGTERM, {at_end})
print(json.dumps({{"port": 1234}}), flush=True)
time.sleep(600)
"""
IN_ORDER = "lambda *_: (open(told['note'], 'a').write('\"ended in order\"\\n'), os._exit(0))"


@pytest.fixture
def note(tmp_path: Path) -> Path:
    return tmp_path / "note"


def process(note: Path, *, before: str = "", at_end: str = IN_ORDER, **options: Any) -> LabProcess:
    program = LISTENS.format(before=before, at_end=at_end)
    return LabProcess([sys.executable, "-c", program], {"note": str(note)}, **options)


def noted(note: Path) -> list[Any]:
    return [json.loads(line) for line in note.read_text().splitlines()]


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def told_openly(pid: int) -> bytes:
    """Return what everybody on the machine can see of a process, or its owner's other programs."""
    return b"".join(Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ"))


@looped
async def test_the_process_begins_once_when_somebody_asks_and_ends_in_order(note: Path) -> None:
    async with process(note) as lab:
        reached = await asyncio.gather(*(lab.reach() for _ in range(20)))
        pid = lab.pid or 0
        words = told_openly(pid)
    assert len(set(reached)) == 1
    assert (reached[0].port, lab.starts) == (1234, 1)
    assert noted(note) == [[reached[0].token, pid, os.nice(0) + lab_process.NICENESS], "ended in order"]
    assert reached[0].token.encode() not in words
    assert reached[0].token not in repr(reached[0])
    assert not lives(pid)
    with pytest.raises(Refused, match="the venue stops"):
        await lab.reach()
    assert lab.starts == 1


@looped
async def test_a_process_that_nobody_asked_for_never_begins(note: Path) -> None:
    async with process(note) as lab:
        assert lab.pid is None
    assert lab.starts == 0


@looped
async def test_one_that_died_begins_again_with_another_token_and_after_a_pause_where_it_dies_soon(
    note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with process(note) as lab:
        first = await lab.reach()
        await killed(lab)
        second = await lab.reach()
        assert second.token != first.token
        await killed(lab)
        with pytest.raises(Refused, match="ended unexpectedly") as refused:
            await lab.reach()
        assert (refused.value.code, refused.value.status) == ("busy", 503)
        assert lab.starts == 2
        monkeypatch.setattr(lab, "_not_before_s", 0.0)
        monkeypatch.setattr(lab_process, "LIVED_S", 0.0)
        await lab.reach()
        await killed(lab)
        # It lived long, as is believed here, so there is no pause.
        await lab.reach()
        assert lab.starts == 4


async def killed(lab: LabProcess) -> None:
    assert lab.pid is not None
    os.kill(lab.pid, 9)
    await until(lambda: lab._reached is None)


@pytest.mark.parametrize(
    "before",
    [
        "sys.exit(3)",
        "print('hello', flush=True)",
        'print(\'{"port": "a"}\', flush=True)',
        "print('x' * 100_000, flush=True)",
        "time.sleep(600)",
    ],
)
@looped
async def test_one_that_does_not_say_where_it_listens_is_ended(note: Path, before: str) -> None:
    async with process(note, before=before, start_s=1.0) as lab:
        waiting = await asyncio.gather(lab.reach(), lab.reach(), return_exceptions=True)
        assert [type(one) for one in waiting] == [Refused, Refused]
        assert "does not begin" in str(waiting[0])
        await until(lambda: lab.pid is None)
        assert lab.starts == 1


@looped
async def test_a_command_that_cannot_be_run_is_told_of(tmp_path: Path) -> None:
    async with LabProcess([str(tmp_path / "nothing")], {}) as lab:
        with pytest.raises(Refused, match="does not begin"):
            await lab.reach()


@looped
async def test_who_goes_away_does_not_take_the_lab_from_the_others(note: Path) -> None:
    async with process(note) as lab:
        first, second = (asyncio.create_task(lab.reach()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        assert (await second).port == 1234
        assert first.cancelled()


@looped
async def test_one_that_does_not_end_is_ended_by_force(note: Path) -> None:
    async with process(note, at_end="lambda *_: None", end_s=0.2) as lab:
        await lab.reach()
        pid = lab.pid
    assert pid is not None
    assert not lives(pid)


@looped
async def test_one_that_begins_while_the_venue_stops_is_ended_too(note: Path) -> None:
    async with process(note) as lab:
        beginning = asyncio.create_task(lab.reach())
        await asyncio.sleep(0)
    with pytest.raises(Refused):
        await beginning
    assert lab.pid is None


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - anything may be waited for
            await asyncio.sleep(0.01)
