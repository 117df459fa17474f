"""Driving one simulation: making it, connecting its traders, running it, and taking away what it records."""

import json
import re
import traceback
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from crossbook.agents import Trader, make, methods_of
from crossbook.core import ConfigError, UsageError
from crossbook.core.simulation import Context, Simulation
from crossbook.lab.config import PythonGroup, RunFile, Specification
from crossbook.lab.config.interventions import AnyIntervention, Enter, Leave
from crossbook.lab.config.steering import Steering
from crossbook.lab.run.errors import AgentError
from crossbook.lab.run.tables import Tables

if TYPE_CHECKING:
    from types import TracebackType

STEPS_BETWEEN = 250_000
"""Steps of the kernel between two looks at what it recorded."""
REACHED, PAUSED, ENDED = 0, 1, 2

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
            # The kernel calls groups what a run file calls agents.
            raise UsageError(re.sub(r"^groups\b", "agents", str(error))) from error
        for number, flow in specification.flows.items():
            flow.attach(self.simulation, number)
        self._record = run.record
        self._traders = specification.traders
        self.steering: Final = Steering(
            {name: group for name, group in run.agents.items() if group.count}, specification.writer
        )
        self._due = deque(run.interventions)
        self.interventions = 0
        """How many of the file were made."""
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
            make(self._traders[step.kernel["group"]["name"]], step.group.params)
        try:
            first = self.simulation.intervene(json.dumps(step.kernel))
        except UsageError as error:
            raise ConfigError(f"{place}: {error}") from error
        self.steering.made(what, step)
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

    def _advance(self, steps: int) -> int:
        """Run for so many steps, or to the next intervention of the file, which is then made."""
        if not self._due:
            return self.simulation.advance(steps=steps)
        next_one = self._due[0]
        made, _ = self.simulation.counts()
        until_step = steps if next_one.steps is None else max(0, min(steps, next_one.steps - made))
        status = self.simulation.advance(until_ns=next_one.time, steps=until_step)
        reached = next_one.steps is not None and self.simulation.counts()[0] >= next_one.steps
        if status == REACHED or reached:
            self._due.popleft()
            self.intervene(next_one, f"interventions.{self.interventions}")
            self.interventions += 1
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
            KeyboardInterrupt: Somebody interrupts; as above.
        """
        simulation = self.simulation
        try:
            while True:
                made, _ = simulation.counts()
                stretch = STEPS_BETWEEN if steps is None else min(STEPS_BETWEEN, steps - made)
                if stretch <= 0:
                    while self.interventions < interventions and self._due:
                        self._advance(1)
                    return
                status = self._advance(stretch)
                if tables is not None:
                    self.take(tables)
                if progress is not None:
                    progress(simulation.now, simulation.counts()[0])
                if status == ENDED:
                    break
            for trader, context in self.traders.values():
                self._stop(trader, context)
        except AgentError:
            raise
        except Exception as error:
            if simulation.failed is None:
                raise
            agent, time_ns = simulation.failed
            raise AgentError(agent, time_ns, _trace(error), error) from error
        finally:
            if tables is not None:
                self.take(tables)

    def _stop(self, trader: Trader, context: Context) -> None:
        try:
            trader.on_stop(context)
        except Exception as error:
            raise AgentError(context.name, self.simulation.now, _trace(error), error) from error

    def take(self, tables: Tables) -> None:
        """Take away what was recorded since the last time; a table of nothing has its columns all the same."""
        record = self._record
        if record.orders:
            for venue in range(len(self.simulation.volumes())):
                tables.add_events(venue, self.simulation.take_events(venue))
        if record.book:
            tables.add_quotes(self.simulation.take_quotes())
        if record.samples:
            tables.add_samples(self.simulation.take_samples())


def _trace(error: BaseException) -> str:
    """Return the traceback of the trader's own code: the frames below ours."""
    frames: TracebackType | None = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames))
