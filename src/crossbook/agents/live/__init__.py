"""Traders that keep a live market alive, the oracle that tells them what its instruments are worth, and news.

They are written to `crossbook.agents.Trader` like any other, so they run in the lab as well. Each trades one
instrument, the first of its context, and is made for a market that never closes: its orders end by themselves or are
cancelled, its position stays in bounds, and nothing that it keeps grows.
"""

from crossbook.agents.live.informed import Informed
from crossbook.agents.live.maker import LadderMaker
from crossbook.agents.live.newsmaker import Announcement, Newsmaker
from crossbook.agents.live.oracle import Oracle
from crossbook.agents.live.passerby import Passerby
from crossbook.agents.live.trend import Trend

__all__ = ["Announcement", "Informed", "LadderMaker", "Newsmaker", "Oracle", "Passerby", "Trend"]
