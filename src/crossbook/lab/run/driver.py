"""Driving one simulation: making it, connecting its traders, running it, and taking away what it records."""

import re
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

from crossbook.agents import Trader, make, methods_of
from crossbook.core import ConfigError, UsageError
from crossbook.core.simulation import Context, Simulation
from crossbook.lab.config import PythonGroup, RunFile, Specification
from crossbook.lab.run.errors import AgentError
from crossbook.lab.run.tables import Tables

if TYPE_CHECKING:
    from types import TracebackType

STEPS_BETWEEN = 250_000
"""Steps of the kernel between two looks at what it recorded."""
ENDED = 2

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
        self.traders: dict[int, tuple[Trader, Context]] = {}
        for name, _, first, count, _ in self.simulation.groups():
            group = run.agents.get(name)
            if isinstance(group, PythonGroup):
                kind = specification.traders[name]
                for agent in range(first, first + count):
                    try:
                        trader = make(kind, group.params)
                    except ConfigError as error:
                        raise ConfigError(f"agents.{name}.params: {error}") from error
                    follows = kind.follows_orders
                    context = self.simulation.connect(agent, methods_of(trader), follows_orders=follows)
                    self.traders[agent] = (trader, context)

    def run(
        self, tables: Tables | None = None, progress: Progress | None = None, steps: int | None = None
    ) -> None:
        """Run to the end, or for so many steps.

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
                    return
                status = simulation.advance(steps=stretch)
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
