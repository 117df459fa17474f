"""How much a market looks like a real one: facts with formula, source, accepted range, interval and verdict.

`Observations` is a day, from a run or a recorded file; `report` measures days, beside others where they are given.
"""

from crossbook.realism.measure import GROUPS, Group
from crossbook.realism.observations import Observations
from crossbook.realism.report import MEASURES, Fact, Report, Verdict, report

__all__ = ["GROUPS", "MEASURES", "Fact", "Group", "Observations", "Report", "Verdict", "report"]
