"""Driving one simulation: making it, connecting its traders, running it, and taking away what it records."""

import json
import re
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from crossbook.agents import Trader, make, methods_of
from crossbook.core import ConfigError, UsageError
from crossbook.core.simulation import Context, Simulation
from crossbook.lab.config import PythonGroup, RunFile, Specification
from crossbook.lab.config.interventions import AnyIntervention, Enter, Leave
from crossbook.lab.config.steering import Steering
from crossbook.lab.config.units import TIME_NS_MAX
from crossbook.lab.run.errors import AgentError
from crossbook.lab.run.tables import Tables, Taken

if TYPE_CHECKING:
    from types import TracebackType

STEPS_BETWEEN = 250_000
"""Steps of the kernel between two looks at what it recorded."""
REACHED, PAUSED, ENDED = 0, 1, 2
_INTERVENTION: Final[TypeAdapter[AnyIntervention]] = TypeAdapter(AnyIntervention)

Progress = Callable[[int, int], None]
"""Called with the simulated time and the steps made so far."""


class Driver:
    """A simulation with its traders."""

    def __init__(self, run: RunFile, specification: Specification, seed: int) -> None:
        """Make the simulation and its traders.

        Raises:
            ConfigError: A trader does not take its parameters.
            UsageError: The kernel refuses the specification.
        """
        try:
            self.simulation = Simulation(specification.text(seed))
        except UsageError as error:
            raise UsageError(_in_words_of_a_run_file(error)) from error
        for number, flow in specification.flows.items():
            flow.attach(self.simulation, number)
        self._record = run.record
        self._traders = specification.traders
        self.steering: Final = Steering(
            {name: group for name, group in run.agents.items() if group.count}, specification.writer
        )
        self.due: Final = deque(run.interventions)
        """Interventions of the file that are yet to be made."""
        self.made: Final[list[AnyIntervention]] = []
        self._stopped = False
        self._mid_moment = True
        """Whether something that is due at this very moment has not happened yet, as nobody has begun at first."""
        self.group_names: Final = [group[0] for group in self.simulation.groups()]
        """In their order; of those that come in too."""
        self.traders: dict[int, tuple[Trader, Context]] = {}
        for name, _, first, count, _ in self.simulation.groups():
            group = run.agents.get(name)
            if isinstance(group, PythonGroup):
                self._connect(name, group, range(first, first + count), f"agents.{name}")

    def _connect(self, name: str, group: PythonGroup, agents: range, place: str) -> None:
        kind = self._traders[name]
        for agent in agents:
            try:
                trader = make(kind, group.params)
            except ConfigError as error:
                raise ConfigError(f"{place}.params: {error}") from error
            context = self.simulation.connect(agent, methods_of(trader), follows_orders=kind.follows_orders)
            self.traders[agent] = (trader, context)

    def intervene(self, what: AnyIntervention, place: str) -> None:
        """Do something to the simulation where it stands.

        Args:
            what: The intervention; its time is not looked at.
            place: Where it stands, for what is wrong with it.

        Raises:
            ConfigError: It cannot be made, and nothing has changed.
        """
        step = self.steering.plan(what, place)
        if isinstance(step.group, PythonGroup):
            # Whoever does not take his parameters does not come in.
            try:
                make(self._traders[step.kernel["group"]["name"]], step.group.params)
            except ConfigError as error:
                raise ConfigError(f"{place}.agents.params: {error}") from error
        try:
            first = self.simulation.intervene(json.dumps(step.kernel))
        except UsageError as error:
            raise ConfigError(f"{place}: {_in_words_of_a_run_file(error)}") from error
        self.steering.made(what, step)
        # Whoever came in begins at this very moment, which is not over then.
        self._mid_moment = True
        if isinstance(what, Enter):
            self.group_names.append(what.name)
        if isinstance(step.group, PythonGroup) and isinstance(what, Enter):
            agents = range(first, first + step.group.count)
            self._connect(what.name, step.group, agents, f"{place}.agents")
        if isinstance(what, Leave):
            self._dismiss(first)

    def _dismiss(self, first: int) -> None:
        """Say goodbye to the traders of a group that leaves."""
        count = next(group[3] for group in self.simulation.groups() if group[2] == first)
        for agent in range(first, first + count):
            if agent in self.traders:
                self._stop(*self.traders.pop(agent))

    def steer(self, what: Mapping[str, Any]) -> AnyIntervention:
        """Do something to the simulation where it stands, and remember it as a run file would have asked for it.

        Args:
            what: An intervention as a run file spells it, without its time.

        Raises:
            ConfigError: It cannot be made, and nothing has changed.
        """
        now = {
            "time": self.simulation.now,
            "steps": self.simulation.counts()[0] if self._mid_moment else None,
        }
        try:
            given = _INTERVENTION.validate_python({**what, **now})
        except ValidationError as error:
            first = error.errors()[0]
            # The path begins with what is to be done, and within a group has its kind.
            kinds = {str(what.get("do")), str(dict(what.get("agents") or {}).get("kind"))}
            path = ".".join(str(part) for part in first["loc"] if str(part) not in kinds)
            raise ConfigError(f"{path}: {first['msg']}" if path else str(first["msg"])) from None
        self.intervene(given, str(what["do"]))
        self.made.append(given)
        return given

    def advance(self, until_ns: int = TIME_NS_MAX, steps: int = STEPS_BETWEEN) -> int:
        """Run to a time, for so many steps, or to the next intervention of the file, which is then made.

        Returns:
            `REACHED` the time, `PAUSED` before it, or `ENDED`.

        Raises:
            ConfigError: The intervention cannot be made; it is still due, and nothing has changed.
            Exception: What a trader raised.
        """
        due = self.due[0] if self.due else None
        begun, _ = self.simulation.counts()
        if due is not None:
            until_ns = min(until_ns, due.time)
            steps = steps if due.steps is None else max(0, min(steps, due.steps - begun))
        status = self.simulation.advance(until_ns=until_ns, steps=steps)
        self._mid_moment = status == PAUSED
        at_step = due is not None and due.steps is not None and self.simulation.counts()[0] >= due.steps
        if due is not None and (at_step or (status == REACHED and until_ns == due.time)):
            self.intervene(due, f"interventions.{len(self.made)}")
            self.made.append(self.due.popleft())
            return PAUSED
        return status

    def run(
        self,
        tables: Tables | None = None,
        progress: Progress | None = None,
        steps: int | None = None,
        interventions: int = 0,
    ) -> None:
        """Run to the end, or for so many steps.

        Args:
            tables: Where what is recorded goes; nowhere when left out.
            progress: Called now and then.
            steps: After which to stop; the end when left out.
            interventions: How many of the file are made by then, the last of them maybe after the last step.

        Raises:
            AgentError: A trader raised; what was recorded until then is in the tables.
            ConfigError: An intervention cannot be made; as above.
            KeyboardInterrupt: Somebody interrupts; as above.
        """
        simulation = self.simulation
        try:
            with self.blaming():
                while True:
                    made, _ = simulation.counts()
                    stretch = STEPS_BETWEEN if steps is None else min(STEPS_BETWEEN, steps - made)
                    if stretch <= 0:
                        while len(self.made) < interventions and self.due:
                            self.advance(steps=1)
                        return
                    status = self.advance(steps=stretch)
                    if tables is not None:
                        self.take(tables)
                    if progress is not None:
                        progress(simulation.now, simulation.counts()[0])
                    if status == ENDED:
                        break
                self.stop()
        finally:
            if tables is not None:
                self.take(tables)

    @contextmanager
    def blaming(self) -> Iterator[None]:
        """Say which trader raised, and when, instead of what it raised.

        Raises:
            AgentError: A trader raised.
        """
        try:
            yield
        except AgentError:
            raise
        except Exception as error:
            if self.simulation.failed is None:
                raise
            agent, time_ns = self.simulation.failed
            raise AgentError(agent, time_ns, _trace(error), error) from error

    def stop(self) -> None:
        """Tell all traders that it is over, once.

        Raises:
            AgentError: One of them raised.
        """
        if self._stopped:
            return
        self._stopped = True
        for trader, context in self.traders.values():
            self._stop(trader, context)

    def _stop(self, trader: Trader, context: Context) -> None:
        try:
            trader.on_stop(context)
        except Exception as error:
            raise AgentError(context.name, self.simulation.now, _trace(error), error) from error

    def take(self, tables: Tables) -> None:
        """Take away what was recorded since the last time; a table of nothing has its columns all the same."""
        tables.add(self.taken())

    def taken(self) -> Taken:
        """Take away what was recorded since the last time."""
        record, simulation = self._record, self.simulation
        venues = range(len(simulation.volumes())) if record.orders else ()
        return Taken(
            events=[simulation.take_events(venue) for venue in venues],
            quotes=simulation.take_quotes() if record.book else None,
            samples=simulation.take_samples() if record.samples else None,
        )


def _in_words_of_a_run_file(error: UsageError) -> str:
    """Return what the kernel refused: it calls groups what a run file calls agents."""
    return re.sub(r"^groups\b", "agents", str(error))


def _trace(error: BaseException) -> str:
    """Return the traceback of the trader's own code: the frames below ours."""
    frames: TracebackType | None = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames))
