"""The part of the benchmark that measures the live simulation stream: what it makes, how late it tells, what it costs.

Each scene is a real `crossbook stream` with its simulation in a process of its own, and consumers in another. Nothing is
pinned but the consumers: the simulation and its server share what is left, as they would anywhere.
"""

import contextlib
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import yaml
from live.house import environment
from live.listen import Listen
from rows import Row, not_measured
from simulation_memory import exponent

CROWD: Final = 100
"""Consumers of the source's claim."""
CLAIM_EVENTS: Final = 10_000.0
TENFOLD: Final = 10.0
CONSUMERS: Final = (1, 100, 500)
MORE: Final = (50, 100, 200, 300, 500, 700, 1_000)
"""Where it is looked for how many are too many."""
LATE_MS: Final = 5.0
LISTENED: Final = 20
SECONDS: Final = 4.0
PACED: Final = 50.0
"""Speed at which lateness is measured: some 18,000 events a second."""
AGENT_SECONDS: Final = {10: 3_600, 100: 3_600, 1_000: 1_800, 10_000: 300, 100_000: 60}
"""Simulated seconds by how many agents there are: enough of them to take some seconds, so that the beginning weighs little."""
DAYS: Final = 7
DAY_US: Final = 86_400_000_000
FLAT_MB: Final = 10.0
START_S: Final = 60.0
SETTLE_S: Final = 2.5
"""A simulation tells its count once a second, and it is read at both ends."""
LONG_S: Final = 3_600.0
"""Longer than a week takes."""
LOOK_S: Final = 0.05
_ADDRESS: Final = re.compile(r"ws://127\.0\.0\.1:(\d+)")


def rows() -> list[Row]:
    """Measure."""
    if not Path("/proc/self/stat").exists():
        return not_measured("the live simulation stream", "needs Linux")
    return [*_events(), *_lateness(), *_agents(), *_week()]


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream that runs."""

    port: int
    folder: Path

    def state(self) -> dict[str, Any]:
        """Return the newest state of its simulation."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/lab/simulation") as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@contextlib.contextmanager
def streaming(*words: str) -> Iterator[Stream]:
    """Run `crossbook stream`, and end it in order."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = ("stream", "--port", "0", "--out", str(folder / "runs"), "--no-report", *words)
        program = "from crossbook.cli.main import main; main()"
        surroundings = {**environment(), "XDG_STATE_HOME": name}
        with subprocess.Popen(
            [sys.executable, "-c", program, *given], stdout=subprocess.PIPE, text=True, env=surroundings
        ) as process:
            try:
                yield Stream(_port_of(process), folder)
            finally:
                process.terminate()
                process.communicate(timeout=START_S)


def _port_of(process: "subprocess.Popen[str]") -> int:
    if process.stdout is None:
        raise RuntimeError("the process has no pipes")
    for line in process.stdout:
        if found := _ADDRESS.search(line):
            return int(found[1])
    raise RuntimeError("the stream did not begin")


@dataclass(slots=True)
class Scene:
    """What consumers heard, and what the simulation did meanwhile."""

    events_per_s: float = 0.0
    heard: dict[str, Any] = field(default_factory=dict)


def _listened(stream: Stream, listen: Listen) -> Scene:
    """Listen, and return what was heard and how fast the simulation was meanwhile."""
    if not listen.consumers:
        return Scene(_rate(stream, lambda: time.sleep(listen.seconds)))
    scene = Scene()
    with _hearing(asdict(replace(listen, seconds=listen.seconds + SETTLE_S))) as begin:

        def hear() -> None:
            scene.heard = begin()

        # They read from the first moment on: who does not is cut off.
        hearing = threading.Thread(target=hear)
        hearing.start()
        scene.events_per_s = _rate(stream, lambda: time.sleep(listen.seconds))
        hearing.join()
    return scene


def _rate(stream: Stream, meanwhile: Callable[[], None]) -> float:
    """Return the events a second while something is done."""
    before, begin = _counted(stream)
    meanwhile()
    after, end = _counted(stream)
    return (after - before) / (end - begin)


def _counted(stream: Stream) -> tuple[int, float]:
    """Return the events so far and when they were counted; the simulation says it once a second."""
    known = stream.state()["events"]
    while (state := stream.state())["events"] == known:
        time.sleep(0.02)
    return int(state["events"]), time.perf_counter()


@contextlib.contextmanager
def _hearing(plan: Mapping[str, Any]) -> Iterator[Callable[[], dict[str, Any]]]:
    """Connect consumers; what this gives listens, and returns what was heard."""
    with subprocess.Popen(
        [sys.executable, "-m", "live.listen"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        into, out = process.stdin, process.stdout
        if into is None or out is None:
            raise RuntimeError("the process has no pipes")
        print(json.dumps(plan), file=into, flush=True)
        if out.readline().strip() != "ready":
            raise RuntimeError("consumers could not connect")

        def begin() -> dict[str, Any]:
            print("go", file=into, flush=True)
            heard: dict[str, Any] = json.loads(out.readline())
            return heard

        try:
            yield begin
        finally:
            process.terminate()


def _events() -> list[Row]:
    """Return how many events a simulation makes that goes as fast as it goes."""
    found = []
    with streaming("--speed", "0") as stream:
        alone = _listened(stream, Listen(port=stream.port, consumers=0, seconds=SECONDS)).events_per_s
        for consumers in CONSUMERS:
            scene = _listened(stream, Listen(port=stream.port, consumers=consumers, seconds=SECONDS))
            heard = scene.heard
            claimed = consumers == CROWD
            frames = consumers * heard["trades"] / heard["seconds"]
            found.append(
                Row(
                    name=f"Events of a live simulation with {consumers} consumers of everything, as fast as it goes",
                    unit="events/s",
                    figure=scene.events_per_s,
                    baseline=CLAIM_EVENTS if claimed else alone,
                    baseline_name="the source's claim" if claimed else "nobody watches",
                    target=TENFOLD if claimed else None,
                    target_of="ratio",
                    note=f"{frames:,.0f} trades/s told, {heard['bytes'] / heard['seconds'] / 1e6:,.0f} MB/s in all; "
                    f"{heard['closed']} cut off; nobody watches: {alone:,.0f}",
                )
            )
    return found


def _lateness() -> list[Row]:
    """Return how late consumers hear what a paced simulation does."""
    found = []
    limit = None
    with streaming("--speed", str(PACED)) as stream:
        for consumers in CONSUMERS:
            p50, p99, scene = _late(stream, consumers)
            bare = _bare(consumers)
            for name, late_ms, own in (("p50", p50, bare[0]), ("p99", p99, bare[1])):
                found.append(
                    Row(
                        name=f"From event to consumer, {consumers} consumers, {name}",
                        unit="ms",
                        figure=late_ms,
                        baseline=own,
                        baseline_name="os.write to as many",
                        target=1.0 if name == "p50" else None,
                        higher_is_better=False,
                        note=f"{scene.events_per_s:,.0f} events/s; consumers' process {scene.heard['busy_s'] / scene.heard['seconds']:.0%} busy",
                    )
                )
        for consumers in MORE:
            if _late(stream, consumers)[1] > LATE_MS:
                limit = consumers
                break
    found.append(
        Row(
            name=f"Consumers at which p99 passes {LATE_MS:g} ms",
            figure=None if limit is None else float(limit),
            note=f"of {', '.join(map(str, MORE))}" if limit else f"not even with {MORE[-1]:,}",
        )
    )
    return found


def _late(stream: Stream, consumers: int) -> tuple[float, float, Scene]:
    listen = Listen(port=stream.port, consumers=consumers, listened=min(consumers, LISTENED), seconds=SECONDS)
    scene = _listened(stream, listen)
    return *_quantiles_ms(scene.heard["late_us"]), scene


def _quantiles_ms(late_us: Sequence[int]) -> tuple[float, float]:
    late = sorted(late_us)
    return late[len(late) // 2] / 1e3, late[len(late) * 99 // 100] / 1e3


def _bare(consumers: int) -> tuple[float, float]:
    """Return how late consumers hear a loop that writes to all of them a hundred times a second."""
    with subprocess.Popen(
        [sys.executable, "-m", "live.bare_pulse", str(consumers)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        if process.stdout is None:
            raise RuntimeError("the process has no pipes")
        port = int(process.stdout.readline())
        plan = Listen(
            port=port, consumers=consumers, listened=min(consumers, LISTENED), seconds=2.0, channels=()
        )
        try:
            with _hearing(asdict(plan)) as begin:
                return _quantiles_ms(begin()["late_us"])
        finally:
            process.kill()


def _agents() -> list[Row]:
    """Return what a simulated second costs with ever more agents that each do as much."""
    base = yaml.safe_load(Path("configs/stream/default.yaml").read_text(encoding="utf-8"))
    makers = base["agents"]["makers"]
    sizes = tuple(AGENT_SECONDS)
    found, cost = [], []
    for size, simulated_s in AGENT_SECONDS.items():
        noise = {
            "kind": "noise",
            "count": size,
            "cash": 10_000_000_000,
            "params": {
                "interval_ns": "10s",
                "aggressive": 0.3,
                "distance_ticks": 120.0,
                "life_ns": "10s",
                "size": {"kind": "fixed", "lots": 1_000},
            },
        }
        base["agents"] = {"makers": makers, "noise": noise}
        with tempfile.TemporaryDirectory() as name:
            file = Path(name) / "agents.yaml"
            file.write_text(yaml.safe_dump(base), encoding="utf-8")
            seconds, events = _whole(file, Path(name), simulated_s)
        cost.append(seconds / simulated_s)
        found.append(
            Row(
                name=f"A simulated second of {size:,} agents, streamed",
                unit="us an agent",
                figure=1e6 * cost[-1] / size,
                higher_is_better=False,
                note=f"{events / simulated_s:,.0f} events a simulated second, {1e3 * cost[-1]:.2f} ms for each",
            )
        )
    found.append(
        Row(
            name=f"Exponent of the cost over {sizes[2]:,} to {sizes[-1]:,} agents",
            figure=exponent(sizes[2:], cost[2:]),
            target=1.1,
            higher_is_better=False,
            note="1 is linear; below that many the makers and the loop itself weigh more",
        )
    )
    return found


def _whole(file: Path, folder: Path, simulated_s: int) -> tuple[float, int]:
    """Stream a simulation for so long to its end; return the seconds that it took, and its events."""
    program = "from crossbook.cli.main import main; main()"
    words = ("--speed", "0", "--duration", f"{simulated_s}s", "--port", "0", "--out", str(folder))
    subprocess.run(
        [sys.executable, "-c", program, "stream", "--config", str(file), "--no-report", *words],
        check=True,
        capture_output=True,
        env={**environment(), "XDG_STATE_HOME": str(folder)},
    )
    manifest = json.loads(next(folder.glob("*/manifest.json")).read_text())
    return float(manifest["wall_seconds"]), int(manifest["events"])


def _until_it_ends(begin: Callable[[], dict[str, Any]]) -> None:
    """Listen until the consumers are ended."""
    with contextlib.suppress(ValueError):
        begin()


def _week() -> list[Row]:
    """Return how the memory of a simulation grows over a week."""
    by_day: dict[int, int] = {}
    words = ("--preset", "thin", "--speed", "0", "--duration", f"{DAYS}d", "--stay")
    with (
        streaming(*words) as stream,
        _hearing(asdict(Listen(port=stream.port, consumers=2, seconds=LONG_S))) as begin,
    ):
        threading.Thread(target=_until_it_ends, args=(begin,), daemon=True).start()
        while (state := stream.state())["state"] == "running":
            day = (state["timestamp"] - state["began"]) // DAY_US
            by_day[day] = max(by_day.get(day, 0), state["memory_bytes"])
            time.sleep(LOOK_S)
    days = [by_day[day] / 1e6 for day in sorted(by_day)]
    return [
        Row(
            name=f"Growth of the simulation's memory from the second to the last day of {DAYS}",
            unit="MB",
            figure=max(days[-2:]) - days[1],
            target=FLAT_MB,
            higher_is_better=False,
            note=f"{' '.join(f'{one:.0f}' for one in days)} MB by day; {state['events']:,} events, two consumers",
        )
    ]
