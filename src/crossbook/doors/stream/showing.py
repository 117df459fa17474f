"""A live simulation on its stage: it goes on a little at each turn, tells what happened, and does what is asked.

Time is the caller's: two clocks come in, one that never goes back and one that says what time it is.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from crossbook.core import ConfigError, CrossbookError, TransientError, UsageError
from crossbook.doors.stream import channels
from crossbook.doors.stream.asks import AgentCommand, Control, News, Shock, StepFor, value_of
from crossbook.doors.stream.link import Asked, payload_of
from crossbook.doors.stream.scarcity import Scarcity
from crossbook.doors.stream.telling import Telling
from crossbook.doors.stream.wanted import Past, Start, Watchers
from crossbook.lab.config import RunFile
from crossbook.lab.live.candles import SECOND_NS
from crossbook.lab.live.figures import simulated_us
from crossbook.lab.live.pace import Pace
from crossbook.lab.live.run import LiveRun
from crossbook.lab.run import Plan, create

STEPS_MAX: Final = 20_000
"""Of the kernel in one turn."""
STEPS_MIN: Final = 250
TURN_NS: Final = 4_000_000
"""How long a turn may take, more or less: what it tells waits until its end. So many steps are made."""
WATCHED_S: Final = 0.001
"""Between two turns while somebody watches."""
UNWATCHED_S: Final = 0.02
STATUS_NS: Final = SECOND_NS

Clocks = tuple[Callable[[], int], Callable[[], int], Callable[[], int]]


class Showing:
    """A simulation that was begun: advanced, told of, steered, ended.

    Args:
        start: Which.
        send: Sends a packet to the server.
        clocks: A clock that never goes back in ns, what time it is in microseconds since 1970, how many bytes the process has.
        plan_of: Makes the plan of a run.

    Raises:
        ConfigError: It cannot be.
        UsageError: The kernel refuses it.
    """

    def __init__(
        self,
        start: Start,
        send: Callable[[bytes], None],
        clocks: Clocks,
        plan_of: Callable[[RunFile, Path, tuple[Path, ...]], Plan],
    ) -> None:
        self._start: Final = start
        self._send: Final = send
        self._clock_ns, self._wall_us, self._memory = clocks
        run = RunFile.model_validate(start.run)
        # Whatever is recorded is what is told of.
        record = run.record.model_copy(update={"orders": True})
        plan = plan_of(
            run.model_copy(update={"record": record}),
            Path(start.folder),
            tuple(Path(source) for source in start.sources),
        )
        # What the kernel or a trader refuses is refused before anything is written.
        plan.driver()
        began = datetime.fromtimestamp(self._wall_us() / 1e6, UTC)
        try:
            folder = create(Path(start.out), run.name, plan.config_hash, began)
        except OSError as error:
            raise ConfigError(f"out: {start.out}: {error.strerror}") from error
        self._run: Final = LiveRun(plan, folder)
        self._telling: Final = Telling(self._run, start.epoch_s, start.classic)
        self._pace: Final = Pace(start.speed, self._run.now_ns, self._clock_ns())
        self._scarcity: Final = Scarcity(start.memory_bytes)
        self._consumers = 0
        self._state = "running"
        self._reason: str | None = None
        self._steps = STEPS_MIN
        """How many the next turn makes at most."""
        self._behind = False
        """Whether the last turn ended before its time."""
        self._began_ns: Final = self._run.now_ns
        self._status_ns = 0
        self._counted = (self._clock_ns(), 0)
        self._rate = 0
        if start.paused:
            self._pace.pause()
            self._state = "paused"

    @property
    def over(self) -> bool:
        """Whether it will not go on."""
        return self._state in ("ended", "failed")

    def begin(self) -> None:
        """Tell everything once."""
        self._say_state()
        self._telling.show(self._clock_ns(), self._wall_us(), hurry=True)
        self._flush()

    def wait_s(self) -> float | None:
        """Return how long there is nothing to do; none for ever."""
        if self.over:
            return None
        if self._behind or (self._pace.speed == 0 and not self._pace.paused):
            return 0
        return WATCHED_S if self._consumers and not self._pace.paused else UNWATCHED_S

    def turn(self) -> None:
        """Go on a little, and tell of it."""
        if self.over:
            return
        clock_ns, made_us = self._clock_ns(), self._wall_us()
        if not self._pace.paused:
            until = self._pace.until(self._run.now_ns, clock_ns)
            self._advance(until, self._steps, made_us)
            self._fit(self._clock_ns() - clock_ns)
            self._behind = until is not None and self._run.now_ns < until
        if clock_ns >= self._status_ns:
            self._status_ns = clock_ns + STATUS_NS
            self._count(clock_ns)
            self._save_memory()
            self._say_state()
        self._telling.show(clock_ns, made_us)
        self._flush()

    def _fit(self, took_ns: int) -> None:
        """Have the next turn take about as long as it may."""
        if took_ns > 2 * TURN_NS:
            self._steps = max(STEPS_MIN, self._steps // 2)
        elif took_ns < TURN_NS // 2:
            self._steps = min(STEPS_MAX, 2 * self._steps)

    def _advance(self, until_ns: int | None, steps: int, made_us: int) -> None:
        before = self._run.now_ns
        try:
            stretch = self._run.advance(until_ns, steps)
        except CrossbookError as error:
            # What happened before it went wrong is told all the same.
            with suppress(TransientError):
                self._telling.take(self._run.rest(), made_us)
            self._fail(str(error))
            return
        self._telling.take(stretch, made_us)
        if stretch.now_ns != before:
            self._telling.tick()
        if stretch.ended:
            self._end(None)

    def _end(self, reason: str | None, *, failed: bool = False) -> None:
        """Tell the last of it, and write the run to its directory."""
        self._telling.show(self._clock_ns(), self._wall_us(), hurry=True)
        self._state, self._reason = "ending", reason
        self._say_state()
        self._flush()
        try:
            self._run.finish(reason, with_report=self._start.report)
            self._state = "failed" if failed else "ended"
        except CrossbookError as error:
            self._state, self._reason = "failed", str(error)
        self._say_state()
        self._flush()

    def _fail(self, reason: str) -> None:
        self._end(reason, failed=True)

    def leave(self) -> None:
        """Write the run to its directory where that was not done: nobody is there to tell."""
        if not self.over:
            self._run.finish(None, with_report=False)

    # What is asked

    def answer(self, asked: Asked) -> dict[str, Any] | None:
        """Do what is asked, and return what is answered; none where nobody waits."""
        if asked.what == "watchers":
            watchers = msgspec.json.decode(asked.body, type=Watchers)
            self._consumers = watchers.consumers
            # What somebody followed once is written for ever: who comes while it is known here that nobody does any more
            # would miss some of it in the middle.
            self._telling.followed |= frozenset(watchers.channels)
            return None
        if asked.what == "history":
            return {"success": True, "found": self._telling.history.told()}
        if asked.what in ("klines", "trades"):
            return self._past(asked.what, msgspec.json.decode(asked.body, type=Past))
        try:
            if asked.what == "control":
                self._control(msgspec.json.decode(asked.body, type=Control))
            else:
                self._command(msgspec.json.decode(asked.body, type=AgentCommand))
        except TransientError as error:
            # It was done, and could not be written down.
            self._fail(str(error))
            return {"success": False, "error": str(error)}
        except (ConfigError, UsageError) as error:
            return {"success": False, "error": " ".join(str(error).split())}
        return {"success": True}

    def _past(self, what: str, past: Past) -> dict[str, Any]:
        symbol = past.symbol or self._telling.markets[0].name
        try:
            if what == "klines":
                return {"success": True, "found": self._telling.klines(symbol, past.interval, past.limit)}
            frames = self._telling.newest_trades(symbol, past.limit)
        except KeyError as error:
            return {"success": False, "error": f"there is no {error.args[0]}"}
        return {"success": True, "found": [msgspec.Raw(payload_of(frame)) for frame in frames]}

    def _control(self, control: Control) -> None:
        value = value_of(control)
        if self.over:
            raise ConfigError("the simulation is over")
        clock_ns = self._clock_ns()
        if control.action == "pause":
            self._pace.pause()
            self._state = "paused"
        elif control.action == "resume":
            self._pace.resume(self._run.now_ns, clock_ns)
            self._state, self._reason = "running", None
        elif control.action == "speed" and isinstance(value, int | float):
            self._pace.go(value, self._run.now_ns, clock_ns)
        elif control.action == "step":
            self._step(value)
        elif isinstance(value, News):
            self._telling.steer.news(value.symbol, value.jump, value.text)
            self._telling.tick()
        elif isinstance(value, Shock):
            self._telling.steer.shock(value.symbol, value.side, value.size, value.seconds)
            self._telling.agents_changed()
        else:
            self._end(
                f"ended by hand after {(self._run.now_ns - self._began_ns) / SECOND_NS:.3f} simulated seconds"
            )
            return
        self._told_now()

    def _step(self, value: object) -> None:
        if not self._pace.paused:
            raise ConfigError("step: pause first")
        made_us = self._wall_us()
        if not isinstance(value, StepFor):
            self._advance(None, value if isinstance(value, int) else 1, made_us)
            return
        until = self._run.now_ns + max(1, round(value.seconds * SECOND_NS))
        while not self.over and self._run.now_ns < until:
            self._advance(until, STEPS_MAX, made_us)
            self._telling.show(self._clock_ns(), made_us)
            self._flush()

    def _command(self, command: AgentCommand) -> None:
        if self.over:
            raise ConfigError("the simulation is over")
        steer, config = self._telling.steer, command.config or {}
        beside = (command.agent_type, command.count, command.markets, command.cash)
        if command.action == "create":
            if command.agent_type is None:
                raise ConfigError("agent_type: must be given")
            steer.create(
                command.agent_id,
                command.agent_type,
                config,
                count=1 if command.count is None else command.count,
                markets=command.markets,
                cash=command.cash,
            )
        elif any(value is not None for value in beside):
            raise ConfigError(f"{command.action}: takes no agent_type, count, markets or cash")
        elif command.action == "update":
            steer.update(command.agent_id, config)
        elif command.config is not None:
            raise ConfigError("delete: takes no config")
        else:
            steer.delete(command.agent_id)
        self._telling.agents_changed()
        self._told_now()

    def _told_now(self) -> None:
        """Tell at once what came of something that was asked."""
        if self.over:
            return
        self._say_state()
        self._telling.show(self._clock_ns(), self._wall_us(), hurry=self._pace.paused)
        self._flush()

    # Its state

    def _count(self, clock_ns: int) -> None:
        """Take the rate of events since it was taken last."""
        before_ns, before = self._counted
        events = sum(made for _, made in self._run.simulation.volumes())
        if clock_ns > before_ns:
            self._rate = (events - before) * SECOND_NS // (clock_ns - before_ns)
        self._counted = (clock_ns, events)

    def _save_memory(self) -> None:
        step = self._scarcity.look(self._memory())
        if step == "history":
            self._telling.save_history()
        elif step == "books":
            self._telling.save_books()
        elif step == "paused" and not self._pace.paused:
            self._pace.pause()
            self._state = "paused"
            self._reason = "memory: the process has more than it may; resume goes on all the same"

    def _say_state(self) -> None:
        run, simulation = self._run, self._run.simulation
        still = self._state != "running"
        body: dict[str, Any] = {
            "state": self._state,
            "run": run.folder.name,
            "name": run.plan.run.name,
            "seed": run.plan.run.seed,
            "speed": self._pace.speed,
            "timestamp": simulated_us(self._start.epoch_s, run.now_ns),
            "began": simulated_us(self._start.epoch_s, self._began_ns),
            "ends": simulated_us(self._start.epoch_s, simulation.end),
            "steps": simulation.counts()[0],
            "events": sum(made for _, made in simulation.volumes()),
            "events_per_second": 0 if still else self._rate,
            "trades": self._telling.trades,
            "consumers": self._consumers,
            "memory_bytes": self._memory(),
            "degraded": self._scarcity.degraded,
            "reason": self._reason,
            "hashes": {
                venue: {"state": f"{state:016x}", "event": f"{events:016x}"}
                for venue, state, events in simulation.hashes()
            }
            if still
            else None,
            "symbols": [
                {
                    "symbol": market.name,
                    "price_step": f"{market.price.size:f}",
                    "lot_size": f"{market.size.size:f}",
                    "currency": market.currency,
                }
                for market in self._telling.markets
            ],
        }
        self._telling.say(channels.SIMULATION, body)

    def _flush(self) -> None:
        packet = self._telling.packet(patient=self._pace.speed == 0)
        if packet is not None:
            self._send(packet)
