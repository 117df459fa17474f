"""The keeper: a process of its own that follows the journal and writes what happened into SQL.

The journal is the truth and the database what can be asked. The keeper runs behind the venue, never in its way: a slow
database makes history late, and nothing else. `KeeperProcess` is the venue's side, `rebuild` does it all anew.
"""

from crossbook.venue.keeper.catching_up import catch_up
from crossbook.venue.keeper.process import KeeperProcess
from crossbook.venue.keeper.projector import SupersededError
from crossbook.venue.keeper.rebuild import rebuild

__all__ = ["KeeperProcess", "SupersededError", "catch_up", "rebuild"]
