"""The tree of a file: every value together with the place where somebody wrote it.

Nodes are never changed: merging and filling in share the parts that stay as they are, so a file that names one part
many times costs no more than it is long. What it would be long when written out is counted all the same, and limited
before anybody writes it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NoReturn, TypeAlias

from crossbook.core import ConfigError
from crossbook.settings.wording import dotted, one_line

MAX_NODES: Final = 100_000
"""Values in a file with all its aliases and templates written out; maps and lists count too."""
MAX_DEPTH: Final = 64
"""Maps and lists inside one another."""

Scalar: TypeAlias = str | int | float | bool | None
Plain: TypeAlias = "Scalar | list[Plain] | dict[str, Plain]"
Key: TypeAlias = str | int


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written."""

    source: str
    """The file as it is shown, or the override."""
    line: int = 0
    """Counted from 1; 0 where the source has no lines."""

    def __str__(self) -> str:
        return f"{self.source}:{self.line}" if self.line else self.source


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place, which is that of its key where it stands in a map."""

    place: Place
    value: "Scalar | list[Node] | dict[str, Node]"
    size: int = 1
    """Nodes in it when written out, with itself."""
    height: int = 1


def branch(place: Place, value: list[Node] | dict[str, Node]) -> Node:
    """Make the node of a map or a list.

    Raises:
        ConfigError: Where it would be too large or too deep when written out.
    """
    members = value.values() if isinstance(value, dict) else value
    size = 1 + sum(member.size for member in members)
    height = 1 + max((member.height for member in members), default=0)
    if size > MAX_NODES:
        refuse(place, (), f"more than {MAX_NODES:,} values when written out")
    if height > MAX_DEPTH:
        refuse(place, (), f"more than {MAX_DEPTH} maps and lists inside one another")
    return Node(place, value, size, height)


def moved(node: Node, place: Place) -> Node:
    """Give the node another place, and its members none."""
    return replace(node, place=place)


def plain(node: Node) -> Plain:
    """Write the values out without their places."""
    if isinstance(node.value, dict):
        return {key: plain(member) for key, member in node.value.items()}
    if isinstance(node.value, list):
        return [plain(member) for member in node.value]
    return node.value


def merge(base: Node, over: Node) -> Node:
    """Lay a node over another one.

    Maps merge key by key; everything else replaces what it is laid over. A null over a map takes the key away; over
    anything else it is a value like others. Where no null meets a map and no key is a map on one side only, the order
    in which several nodes are merged pairwise does not matter.
    """
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    merged = dict(base.value)
    for key, member in over.value.items():
        inherited = merged.get(key)
        if inherited is None:
            merged[key] = member
        elif isinstance(inherited.value, dict) and member.value is None:
            del merged[key]
        else:
            merged[key] = merge(inherited, member)
    return branch(over.place, merged)


def refuse(place: Place | str, path: Sequence[Key], problem: str) -> NoReturn:
    """Raise the error with its place and its path.

    Raises:
        ConfigError: Always, with one line.
    """
    raise ConfigError(complaint(place, path, problem))


def complaint(place: Place | str, path: Sequence[Key], problem: str) -> str:
    """Write what is wrong as one line: the place, the path where there is one, the problem."""
    return one_line(": ".join(filter(None, (str(place), dotted(path), problem))))
