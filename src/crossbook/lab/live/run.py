"""A run that is advanced bit by bit, steered, and kept as any other run is.

It is the kernel of `crossbook run` and nothing else: left alone it gives the same hashes. What is done to it goes into the
run file that it leaves, so that `crossbook verify` makes it again.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from crossbook.lab.config.interventions import AnyIntervention
from crossbook.lab.config.units import TIME_NS_MAX, written_clock
from crossbook.lab.run.driver import ENDED, PAUSED
from crossbook.lab.run.perform import Done, Ending, Plan, conclude
from crossbook.lab.run.tables import Tables, Taken

STEPS_MAX: Final = 50_000
"""Steps of the kernel that one call makes at most, which take some hundredths of a second."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What came of one call."""

    taken: Taken
    """What was recorded meanwhile."""
    now_ns: int
    ended: bool
    """Whether the simulation is over."""


class LiveRun:
    """A run that somebody watches and steers.

    Args:
        plan: What to run.
        folder: An empty directory for what it leaves.
        seed: In place of the run file's.

    Raises:
        ConfigError: A trader does not take its parameters.
        UsageError: The kernel refuses the specification.
    """

    def __init__(self, plan: Plan, folder: Path, seed: int | None = None) -> None:
        self.plan: Final = plan
        self._run = plan.run if seed is None else plan.run.model_copy(update={"seed": seed})
        self.driver: Final = plan.driver(self._run.seed)
        self.simulation: Final = self.driver.simulation
        self._tables: Final = Tables(folder, self.simulation.markets(), self.driver.group_names)
        self._started = datetime.now(UTC)
        self._began = time.perf_counter()
        self.ended = False

    @property
    def now_ns(self) -> int:
        """Simulated time, in nanoseconds since midnight."""
        return self.simulation.now

    def advance(self, until_ns: int | None = None, steps: int = STEPS_MAX) -> Stretch:
        """Go on to a time, but for no more than so many steps.

        Args:
            until_ns: Simulated time; the end when left out.
            steps: Of the kernel.

        Raises:
            AgentError: A trader raised; the run is then over.
        """
        last = self.simulation.counts()[0] + steps
        status = PAUSED
        with self.driver.blaming():
            while status == PAUSED and not self.ended:
                left = last - self.simulation.counts()[0]
                if left <= 0:
                    break
                status = self.driver.advance(TIME_NS_MAX if until_ns is None else until_ns, left)
            if status == ENDED and not self.ended:
                self.ended = True
                self.driver.stop()
        taken = self.driver.taken()
        self._tables.add(taken)
        return Stretch(taken, self.now_ns, self.ended)

    def steer(self, what: Mapping[str, Any]) -> AnyIntervention:
        """Do something to the run where it stands.

        Args:
            what: An intervention as a run file spells it, without its time.

        Raises:
            ConfigError: It cannot be made, and nothing has changed.
        """
        return self.driver.steer(what)

    def finish(
        self,
        reason: str | None = None,
        *,
        with_report: bool = True,
        saying: Callable[[str], None] | None = None,
    ) -> Done:
        """Write what the run leaves: its tables, manifest, metrics and report, and the run file that makes it again.

        Args:
            reason: Why it ends before its time.
            with_report: Whether to write `report.html`.
            saying: Called with what is being done.

        Raises:
            CoreFault: The books do not add up; the run is kept and marked.
        """
        driver = self.driver
        if not self.ended and reason is None:
            reason = f"ended at {written_clock(self.now_ns)}"
        self._tables.add(driver.taken())
        run = self._run.model_copy(update={"interventions": [*driver.made, *driver.due]})
        ending = Ending(self._started, time.perf_counter() - self._began, reason)
        return conclude(
            self.plan,
            run,
            driver,
            self._tables,
            ending,
            with_report=with_report,
            saying=saying or (lambda _: None),
        )
