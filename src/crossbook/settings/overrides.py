"""Overrides from the command line: `agents.noise.count=5000`.

The path is keys and list indices with dots between them, so a key that has a dot in it cannot be reached. The value is
a YAML scalar, or a map or list in brackets, and takes the place of what was there. Maps that are missing on the way
are made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crossbook.core import ConfigError
from crossbook.settings.files import EXTENDS
from crossbook.settings.parsing import parse
from crossbook.settings.templates import TEMPLATE, TEMPLATES
from crossbook.settings.tree import MAX_DEPTH, Key, Node, Place, branch, complaint, refuse
from crossbook.settings.wording import shortened, shown

MAX_OVERRIDES: Final = 1_000
MAX_OVERRIDE_CHARACTERS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Override:
    """One value and where it goes."""

    path: tuple[str, ...]
    node: Node

    @property
    def place(self) -> Place:
        """How the override is shown in messages."""
        return self.node.place

    @property
    def is_of_templates(self) -> bool:
        """Whether it must be in place before templates are filled in."""
        return self.path[0] == TEMPLATES or self.path[-1] == TEMPLATE


def read_overrides(texts: Sequence[str]) -> list[Override]:
    """Read overrides as they were typed.

    Raises:
        ConfigError: Where one has no path or no readable value.
    """
    if len(texts) > MAX_OVERRIDES:
        raise ConfigError(f"--set: more than {MAX_OVERRIDES:,} overrides")
    return [_read_override(text) for text in texts]


def _read_override(text: str) -> Override:
    source = f"--set {shortened(text)}"
    if len(text) > MAX_OVERRIDE_CHARACTERS:
        raise ConfigError(complaint(source, (), f"longer than {MAX_OVERRIDE_CHARACTERS:,} characters"))
    keys, separator, value = text.partition("=")
    path = tuple(key.strip() for key in keys.split("."))
    if not separator or not all(path):
        raise ConfigError(complaint(source, (), "must be a path, an equals sign and a value, such as seed=7"))
    if len(path) > MAX_DEPTH:
        raise ConfigError(complaint(source, (), f"a path of more than {MAX_DEPTH} keys"))
    if path[0] == EXTENDS:
        raise ConfigError(complaint(source, (), f'only a file can say what it "{EXTENDS}"'))
    return Override(path, parse(value, source, one_value=True) or Node(Place(source), None))


def overridden(root: Node, override: Override) -> Node:
    """Put the value of an override where its path leads.

    Raises:
        ConfigError: Where the path leads through a value that has no members, or past the end of a list.
    """
    return _put(root, override, 0)


def _put(node: Node, override: Override, depth: int) -> Node:
    if depth == len(override.path):
        return override.node
    key, trail = override.path[depth], override.path[:depth]
    if isinstance(node.value, dict):
        member = node.value.get(key)
        if member is None:
            member = branch(override.place, {})
        return branch(node.place, {**node.value, key: _put(member, override, depth + 1)})
    if not isinstance(node.value, list):
        refuse(override.place, trail, f"has no members to set: it is {shown(node.value)}")
    index = _index(key, len(node.value), trail, override.place)
    members = list(node.value)
    members[index] = _put(members[index], override, depth + 1)
    return branch(node.place, members)


def _index(key: str, length: int, trail: Sequence[Key], place: Place) -> int:
    """Read a key as the index of a list."""
    if not (key.isascii() and key.isdigit()):
        refuse(place, trail, f"is a list, and '{shortened(key)}' is no index")
    if len(key) > len(str(length)) or int(key) >= length:
        refuse(place, trail, f"is a list of {length}, counted from 0, and has no {shortened(key)}")
    return int(key)
