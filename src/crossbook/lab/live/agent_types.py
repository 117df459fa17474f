"""What may be said of the types of agents to people who choose one: title, description, and the form of the parameters.

The form is a JSON schema made from the parameters' model: a description of each from its docstring, its default, its
range, and under `unit` what it is counted in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pydantic import BaseModel

from crossbook.lab.config.agents import NATIVE
from crossbook.lab.live.classic_types import CLASSIC

_UNIT_OF_SUFFIX: Final = {
    "_ns": "ns",
    "_us": "µs",
    "_s": "s",
    "_ticks": "ticks",
    "_lots": "lots",
    "lots": "lots",
}
"""Units of native parameters, by the end of their names."""


@dataclass(frozen=True, slots=True)
class AgentType:
    """A type of agents."""

    agent_type: str
    """The word that names it."""
    title: str
    description: str
    """One sentence."""
    classic: bool
    """Whether its parameters are in currency and units, and not in ticks and lots."""
    parameters: Mapping[str, Any]
    """The JSON schema of its parameters."""


@cache
def agent_types() -> tuple[AgentType, ...]:
    """Return all types of agents: the classic ones, then the native kinds, each in the order of the reference."""
    classic = [_described(name, model, classic=True) for name, model in CLASSIC.items()]
    return (*classic, *(_described(name, model, classic=False) for name, model in NATIVE.items()))


def _described(name: str, model: type[BaseModel], *, classic: bool) -> AgentType:
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        _complete(part)
    return AgentType(
        agent_type=name,
        title=name.replace("_", " ").capitalize(),
        description=_first_sentence(model.__doc__ or ""),
        classic=classic,
        parameters={**schema, "title": name, "description": _first_sentence(model.__doc__ or "")},
    )


def _complete(part: dict[str, Any]) -> None:
    """Give the properties of an object titles that people read, their units, and defaults of the type that they have."""
    for name, member in part.get("properties", {}).items():
        member["title"] = name.replace("_", " ").capitalize()
        unit = next((unit for end, unit in _UNIT_OF_SUFFIX.items() if name.endswith(end)), None)
        if unit is not None:
            member.setdefault("unit", unit)
        # A decimal's default is written as text, which its schema does not allow.
        if member.get("type") == "number" and isinstance(member.get("default"), str):
            number = float(member["default"])
            member["default"] = int(number) if number.is_integer() else number


def _first_sentence(text: str) -> str:
    return " ".join(text.strip().split("\n\n")[0].split())
