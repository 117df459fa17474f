"""From an intervention to what the kernel is told: groups by name become groups as the kernel takes them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from pydantic import TypeAdapter, ValidationError

from crossbook.agents import Trader
from crossbook.core import ConfigError
from crossbook.lab.config.groups import AnyGroup, PythonGroup
from crossbook.lab.config.interventions import AnyIntervention, Change, Enter, Leave, NewsBreaks

_GROUP: Final[TypeAdapter[AnyGroup]] = TypeAdapter(AnyGroup)


class Writer(Protocol):
    """Knows the markets of a run, and writes their parts as the kernel reads them."""

    traders: dict[str, type[Trader]]

    def group(self, name: str, group: AnyGroup, place: str) -> dict[str, Any]:
        """Return a group as the kernel reads it; a class of traders goes into `traders`."""
        ...

    def symbol(self, symbol: str, place: str) -> int:
        """Return the number of a symbol."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """An intervention that can be made."""

    kernel: dict[str, Any]
    """What the kernel is told."""
    group: AnyGroup | None = None
    """The group as it is afterwards; none where it leaves, or there is none."""


class Steering:
    """The groups of a run as they are while it is steered.

    Args:
        groups: Those that are there at the start.
        writer: Writes a group as the kernel reads it.
    """

    def __init__(self, groups: Mapping[str, AnyGroup], writer: Writer) -> None:
        self.groups: dict[str, AnyGroup] = dict(groups)
        """By name, those that have not left."""
        self.every: dict[str, AnyGroup] = dict(groups)
        """Those that have left too, in the order in which they came."""
        self.writer: Final = writer

    def plan(self, what: AnyIntervention, place: str) -> Step:
        """Return what the kernel is to be told. Nothing changes before `made` is called.

        Args:
            what: The intervention.
            place: Where it stands, for what is wrong with it.

        Raises:
            ConfigError: It cannot be made.
        """
        plans: dict[type, Callable[[Any, str], Step]] = {
            NewsBreaks: self._news,
            Enter: self._enter,
            Change: self._change,
            Leave: self._leave,
        }
        return plans[type(what)](what, place)

    def made(self, what: AnyIntervention, step: Step) -> None:
        """Remember that an intervention was made."""
        if isinstance(what, NewsBreaks):
            return
        if step.group is None:
            del self.groups[what.name]
        else:
            self.groups[what.name] = self.every[what.name] = step.group

    def _news(self, what: NewsBreaks, place: str) -> Step:
        symbol = self.writer.symbol(what.symbol, f"{place}.symbol")
        return Step({"kind": "news", "symbol": symbol, "jump": what.jump_ticks, "text": what.text})

    def _enter(self, what: Enter, place: str) -> Step:
        if what.name in self.every:
            left = "" if what.name in self.groups else ", and has left"
            raise ConfigError(f'{place}.name: there was a group "{what.name}"{left}')
        if not what.agents.count:
            raise ConfigError(f"{place}.agents.count: nobody comes in")
        group = self.writer.group(what.name, what.agents, f"{place}.agents")
        return Step({"kind": "enter", "group": group}, what.agents)

    def _change(self, what: Change, place: str) -> Step:
        before = self._present(what.name, place)
        if isinstance(before, PythonGroup):
            raise ConfigError(
                f"{place}.name: {what.name} is written in Python, and changes itself or not at all"
            )
        plain = before.model_dump(mode="json", exclude_none=True)
        plain["params"] |= what.params
        try:
            group = _GROUP.validate_python(plain)
        except ValidationError as error:
            first = error.errors()[0]
            # The path begins with the kind.
            path = ".".join(str(part) for part in first["loc"][1:] if part != before.kind)
            raise ConfigError(f"{place}.{path}: {first['msg']}") from None
        agent = self.writer.group(what.name, group, place)["agent"]
        return Step({"kind": "tune", "group": what.name, "agent": agent}, group)

    def _leave(self, what: Leave, place: str) -> Step:
        self._present(what.name, place)
        return Step({"kind": "leave", "group": what.name})

    def _present(self, name: str, place: str) -> AnyGroup:
        group = self.groups.get(name)
        if group is None:
            known = ", ".join(self.groups) or "none"
            raise ConfigError(f'{place}.name: there is no group "{name}"; there are {known}')
        return group
