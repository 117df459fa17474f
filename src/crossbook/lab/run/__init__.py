"""Runs: made, kept in directories of their own, verified, listed."""

from crossbook.lab.run.directory import Listed, create, find, listed
from crossbook.lab.run.driver import Driver
from crossbook.lab.run.ensemble import conclude, perform_all, seeds_from
from crossbook.lab.run.errors import AgentError
from crossbook.lab.run.perform import Done, Plan, days_of, perform
from crossbook.lab.run.verify import Verdict, verify_all

__all__ = [
    "AgentError",
    "Done",
    "Driver",
    "Listed",
    "Plan",
    "Verdict",
    "conclude",
    "create",
    "days_of",
    "find",
    "listed",
    "perform",
    "perform_all",
    "seeds_from",
    "verify_all",
]
