"""A run that is advanced bit by bit, steered, and kept as any other run is.

It is the kernel of `crossbook run` and nothing else: left alone it gives the same hashes. What is done to it goes into the
run file that it leaves, so that `crossbook verify` makes it again.
"""

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from crossbook.core import ConfigError, TransientError
from crossbook.lab.config import RunFile
from crossbook.lab.config.interventions import AnyIntervention
from crossbook.lab.config.units import TIME_NS_MAX, written_clock
from crossbook.lab.live.archive import Archive
from crossbook.lab.live.sketch import Sketch
from crossbook.lab.run.driver import ENDED, PAUSED
from crossbook.lab.run.errors import AgentError
from crossbook.lab.run.perform import Done, Ending, Plan, conclude
from crossbook.lab.run.tables import Tables, Taken
from crossbook.settings import values_in

STEPS_MAX: Final = 50_000
"""Steps of the kernel that one call makes at most, which take some hundredths of a second."""
VALUES_MAX: Final = 90_000
"""Values of the run file with all that is done to the run: one that is read has 100,000 at most."""
_TIME_VALUES: Final = 4
"""When something is done, and after how many steps."""
ROWS_IN_MEMORY_MAX: Final = 250_000
"""Rows of one table that are kept in memory."""


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
        self.folder: Final = folder
        markets = self.simulation.markets()
        self._tables: Final = Tables(folder, markets, self.driver.group_names, ROWS_IN_MEMORY_MAX)
        self._archive: Final = Archive(self._tables)
        self._sketch: Final = Sketch(folder, self._run)
        self._started = datetime.now(UTC)
        self._began = time.perf_counter()
        self._values = values_in(self._run.model_dump(mode="json", exclude_none=True))
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
            TransientError: The disk failed.
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
        self._archive.add(taken)
        return Stretch(taken, self.now_ns, self.ended)

    def rest(self) -> Stretch:
        """Return what was recorded since the last stretch, where the one after it ended in an error.

        Raises:
            TransientError: The disk failed.
        """
        taken = self.driver.taken()
        self._archive.add(taken)
        return Stretch(taken, self.now_ns, self.ended)

    def steer(self, what: Mapping[str, Any]) -> AnyIntervention:
        """Do something to the run where it stands.

        Args:
            what: An intervention as a run file spells it, without its time.

        Raises:
            ConfigError: It cannot be made, and nothing has changed.
            TransientError: The disk failed; it was made.
        """
        more = values_in(dict(what)) + _TIME_VALUES
        if self._values + more > VALUES_MAX:
            raise ConfigError("so much was done to this run that its run file could not be read with more")
        made = self.driver.steer(what)
        self._values += more
        try:
            if self.driver.due:
                self._sketch.rewrite(self._as_made())
            else:
                self._sketch.append(made)
        except OSError as error:
            raise TransientError(f"the run file cannot be written: {error.strerror}") from error
        return made

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
            TransientError: The disk failed.
        """
        driver = self.driver
        if not self.ended:
            reason = reason or f"ended at {written_clock(self.now_ns)}"
            self.ended = True
            # What a trader makes of the news that it is over changes nothing any more.
            with contextlib.suppress(AgentError):
                driver.stop()
        self._archive.add(driver.taken())
        self._archive.close()
        ending = Ending(self._started, time.perf_counter() - self._began, reason)
        try:
            return conclude(
                self.plan,
                self._as_made(),
                driver,
                self._tables,
                ending,
                with_report=with_report,
                saying=saying or (lambda _: None),
            )
        except OSError as error:
            raise TransientError(f"the run cannot be written: {error}") from error

    def _as_made(self) -> RunFile:
        """Return the run file that makes this run again, as far as it has come."""
        return self._run.model_copy(update={"interventions": [*self.driver.made, *self.driver.due]})
