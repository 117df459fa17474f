"""`crossbook stream`: a live simulation on a WebSocket, with a page to watch and steer it."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
import uvloop
from pydantic import ValidationError
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from crossbook.cli.places import CONFIGS, PRESETS, RUNS, table_console
from crossbook.cli.serving import EXIT_OCCUPIED, answer_signals, banner_of
from crossbook.core import ConfigError, UsageError, version
from crossbook.doors.logs import set_up_logs
from crossbook.doors.stream.rights import Rights, kept_token
from crossbook.doors.stream.server import StreamServer, streaming
from crossbook.doors.stream.wanted import Start
from crossbook.lab.config import RunFile
from crossbook.lab.config.units import duration as nanoseconds
from crossbook.lab.config.units import midnight
from crossbook.lab.live.pace import SPEED_MAX
from crossbook.settings import Loaded, load

PORT: Final = 8765
MEMORY_MIB: Final = 1_024
"""Of the simulation's process, when nobody says otherwise."""
STATE: Final = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "crossbook"
"""Where the control token is kept."""
LOOK_S: Final = 0.5
"""Between two looks of the terminal at the simulation."""

Count = Annotated[int | None, typer.Option(min=0, help="How many.", rich_help_panel="Agents of the presets")]


def stream(  # noqa: PLR0913 - each is an option of the command
    *,
    preset: Annotated[str | None, typer.Option(help="A market that ships. [default: default]")] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A run file in its place, or the name of one in configs/."),
    ] = None,
    speed: Annotated[
        float,
        typer.Option(
            min=0, max=SPEED_MAX, help="Simulated seconds for one on the wall; 0 as fast as it goes."
        ),
    ] = 1.0,
    seed: Annotated[int | None, typer.Option(help="In place of the file's seed.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port, zero for any that is free.")] = PORT,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    duration: Annotated[
        str | None, typer.Option(help="Simulated time to run for, such as 24h. [default: the file's]")
    ] = None,
    initial_price: Annotated[str | None, typer.Option(help="Where the only market starts.")] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Replace a setting, such as agents.makers.params.spread=0.001."
        ),
    ] = None,
    makers: Count = None,
    hft: Count = None,
    noise: Count = None,
    informed: Count = None,
    takers: Count = None,
    trend: Count = None,
    whales: Count = None,
    out: Annotated[Path, typer.Option(help="Where the directory of the run goes.")] = RUNS,
    day: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="The first simulated day. [default: today]"),
    ] = None,
    memory_limit: Annotated[
        int, typer.Option(min=256, help="MiB that the simulation may have before it leaves things out.")
    ] = MEMORY_MIB,
    paused: Annotated[bool, typer.Option("--paused", help="Begin paused.")] = False,
    stay: Annotated[
        bool, typer.Option("--stay", help="Go on serving when the simulation has ended.")
    ] = False,
    open_control: Annotated[
        bool, typer.Option("--open-control", help="Let everybody steer who can connect, without a token.")
    ] = False,
    with_report: Annotated[
        bool, typer.Option("--report/--no-report", help="Write report.html at the end.")
    ] = True,
) -> None:
    """Run a simulation live and stream it on ws://127.0.0.1:8765, with a page to watch and steer it.

    Example: `crossbook stream --preset default --speed 10`
    """
    if preset is not None and config is not None:
        raise UsageError("--preset and --config: give one of them")
    counts = {
        "makers": makers,
        "hft": hft,
        "noise": noise,
        "informed": informed,
        "takers": takers,
        "trend": trend,
        "whales": whales,
    }
    settings = [
        *(f"agents.{name}.count={count}" for name, count in counts.items() if count is not None),
        *([] if seed is None else [f"seed={seed}"]),
        *(overrides or []),
    ]
    file = config if config is not None else Path(preset or "default")
    folders = [CONFIGS] if config is not None else [PRESETS]
    loaded = load(file, RunFile, overrides=settings, folders=folders)
    run = _changed(loaded.settings, duration, initial_price)
    start = Start(
        run=run.model_dump(mode="json", exclude_none=True),
        folder=str(loaded.sources[0].parent.resolve()),
        sources=[str(source.resolve()) for source in loaded.sources],
        out=str(out),
        speed=speed,
        epoch_s=midnight(datetime.now(UTC) if day is None else day.replace(tzinfo=UTC)),
        paused=paused,
        memory_bytes=memory_limit << 20,
        report=with_report,
    )
    set_up_logs()
    token = None if open_control else kept_token(STATE)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        status = runner.run(_serve(start, loaded, Rights(token), (host, port), out, stay=stay, token=token))
    if status:
        raise typer.Exit(status)


def _changed(run: RunFile, duration: str | None, initial_price: str | None) -> RunFile:
    """Return a run with another length or first price.

    Raises:
        UsageError: It cannot have it.
    """
    plain = run.model_dump(mode="json", exclude_none=True)
    day = plain["day"]
    if duration is not None:
        try:
            length = nanoseconds(duration)
        except ValueError as error:
            raise UsageError(f"--duration: {error}") from None
        if not isinstance(length, int) or length <= 0:
            raise UsageError("--duration: must be longer than nothing")
        begin = day.get("start", day.get("pre_open", day["open"]))
        day["close"] = begin + length
        for key in ("end", "closing_auction"):
            day.pop(key, None)
        if day["close"] <= day["open"]:
            raise UsageError("--duration: the market opens only after that")
    if initial_price is not None:
        if len(plain["markets"]) != 1:
            raise UsageError(
                "--initial-price: there are several markets: use --set markets.NAME.initial_price="
            )
        next(iter(plain["markets"].values()))["initial_price"] = initial_price
    try:
        return RunFile.model_validate(plain)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = "--initial-price" if "initial_price" in first["loc"] else "--duration"
        raise UsageError(f"{option}: {first['msg'].removeprefix('Value error, ')}") from None


async def _serve(
    start: Start,
    loaded: Loaded[RunFile],
    rights: Rights,
    at: tuple[str, int],
    out: Path,
    *,
    stay: bool,
    token: str | None,
) -> int:
    """Serve until the simulation is over or somebody asks; return the exit status."""
    stop = asyncio.Event()
    answer_signals(stop)
    console = table_console()
    async with contextlib.AsyncExitStack() as stack:
        try:
            server = await stack.enter_async_context(streaming(rights, *at, presets=PRESETS, runs=out))
        except ConfigError as error:
            typer.echo(f"crossbook: {error}", err=True)
            return EXIT_OCCUPIED
        try:
            await server.host.start(start)
        except ConfigError as error:
            raise loaded.located(str(error)) from error
        console.print(_banner(server, start, token))
        sys.stdout.flush()
        async with _showing(server, console):
            await _until(server, stop, stay=stay)
        await server.host.end()
        state = server.host.state
    return _farewell(state, out, console)


async def _until(server: StreamServer, stop: asyncio.Event, *, stay: bool) -> None:
    asked = asyncio.create_task(stop.wait())
    over = asyncio.create_task(server.host.over.wait())
    try:
        waiting: set[asyncio.Task[Any]] = {asked} if stay else {asked, over}
        await asyncio.wait({*waiting, server.at.stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        asked.cancel()
        over.cancel()


def _banner(server: StreamServer, start: Start, token: str | None) -> Table:
    host, port = server.at.host, server.at.port
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    page = f"http://{place}/" + (f"#token={token}" if token else "")
    rows = [
        ("Stream", f"ws://{place}"),
        ("Page", page),
        ("Market", f"{start.run['name']}: {', '.join(start.run['markets'])}, seed {start.run['seed']}"),
        ("Speed", f"{start.speed:g} x" if start.speed else "as fast as it goes"),
        ("Run", str(Path(start.out) / str(server.host.state.get("run")))),
    ]
    if token is None:
        rows.append(("Control", "open: everybody who connects may steer"))
    else:
        rows.append(("Control", f"with the token in {STATE / 'control.token'}"))
    return banner_of(
        f"Crossbook {version()} streams", rows, "Ctrl-C ends the simulation in good order and keeps it"
    )


@contextlib.asynccontextmanager
async def _showing(server: StreamServer, console: Console) -> AsyncIterator[None]:
    """Show in one line how the simulation does, where somebody sits at a terminal."""
    if not console.is_terminal:
        yield
        return
    with Status("", console=console, spinner="dots") as status:

        async def show() -> None:
            while True:
                status.update(Text(line_of(server.host.state)))
                await asyncio.sleep(LOOK_S)

        task = asyncio.create_task(show())
        try:
            yield
        finally:
            task.cancel()


def line_of(state: dict[str, Any]) -> str:
    """Return how a simulation does, in one line."""
    if "timestamp" not in state:
        return str(state["state"])
    now = datetime.fromtimestamp(state["timestamp"] / 1e6, UTC)
    return (
        f"{state['state']}  {now:%Y-%m-%d %H:%M:%S}  {state['events_per_second']:,} events/s"
        f"  {state['trades']:,} trades  {state['consumers']:,} consumers  {state['memory_bytes'] >> 20:,} MiB"
    )


def _farewell(state: dict[str, Any], out: Path, console: Console) -> int:
    """Say where the run is and what its hashes are; return the exit status."""
    for venue, hashes in (state.get("hashes") or {}).items():
        console.print(f"state hash {hashes['state']}   event hash {hashes['event']}   {venue}", markup=False)
    run = state.get("run")
    if run:
        console.print(str(out / run), style="bold", markup=False, soft_wrap=True)
    if state["state"] == "failed":
        typer.echo(f"crossbook: the simulation failed: {state.get('reason')}", err=True)
        return 1
    return 0
