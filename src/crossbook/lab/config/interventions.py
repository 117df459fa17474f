"""What is done to a run while it runs: agents come, change and leave, and news breaks."""

from typing import Annotated, Any, Literal

from pydantic import Field

from crossbook.lab.config.base import Part
from crossbook.lab.config.groups import AnyGroup
from crossbook.lab.config.units import Clock

GroupName = Annotated[str, Field(min_length=1, max_length=64)]


class Intervention(Part):
    """When it is done."""

    time: Annotated[Clock, Field(ge=0)]
    """Once everything that was due until then has happened."""
    steps: Annotated[int, Field(ge=0)] | None = None
    """Once the kernel has made so many steps, where that comes before: a run that was paused in the middle of a moment."""


class NewsBreaks(Intervention):
    """News that was not foreseen: the fundamental jumps, and those who listen are told."""

    do: Literal["news"]
    symbol: str
    jump_ticks: Annotated[float, Field(allow_inf_nan=False)]
    text: str = "news"


class Enter(Intervention):
    """A group of agents comes in, with accounts and money of its own."""

    do: Literal["enter"]
    name: GroupName
    """One that no group ever had."""
    agents: AnyGroup


class Change(Intervention):
    """A group's agents go by other parameters from then on."""

    do: Literal["change"]
    name: GroupName
    params: Annotated[dict[str, Any], Field(min_length=1)]
    """Those that change; the others stay."""


class Leave(Intervention):
    """A group's agents take their orders back and do nothing any more."""

    do: Literal["leave"]
    name: GroupName


AnyIntervention = Annotated[NewsBreaks | Enter | Change | Leave, Field(discriminator="do")]
"""An intervention of any kind."""
