"""Filling in templates: named fragments that maps start from.

The top-level map `templates` names the fragments. A map with the key `template` is laid over the fragment of that
name, and so is a map inside a fragment. A fragment is complete before anything is laid over it. Filled in, nothing
is left of either key. Refuses fragments that need themselves.
"""

from dataclasses import dataclass, field
from typing import Final

from crossbook.settings.tree import MAX_DEPTH, Key, Node, branch, merge, refuse
from crossbook.settings.wording import quoted, shown, suggestion

TEMPLATES: Final = "templates"
TEMPLATE: Final = "template"


@dataclass(slots=True)
class Templates:
    """The fragments of a run file."""

    fragments: dict[str, Node]
    _filled: dict[str, Node] = field(default_factory=dict)
    _within: list[str] = field(default_factory=list)
    """The fragments that are being filled in, the outermost first."""
    _depth: int = 0
    """The keys that lead to them, all together."""

    @classmethod
    def taken_from(cls, root: Node) -> "tuple[Templates, Node]":
        """Part a run file into its fragments and the rest.

        Raises:
            ConfigError: Where `templates` is no map of maps.
        """
        members = dict(root.value) if isinstance(root.value, dict) else {}
        node = members.pop(TEMPLATES, None)
        if node is None or node.value is None:
            return cls({}), branch(root.place, members)
        if not isinstance(node.value, dict):
            refuse(node.place, (TEMPLATES,), f"must be a map of templates, not {shown(node.value)}")
        for name, fragment in node.value.items():
            if not isinstance(fragment.value, dict):
                refuse(fragment.place, (TEMPLATES, name), f"must be a map, not {shown(fragment.value)}")
        return cls(node.value), branch(root.place, members)

    def check(self) -> None:
        """Fill in every fragment, also those that nobody uses.

        Raises:
            ConfigError: Where one names a fragment that is not there, or needs itself.
        """
        for name in self.fragments:
            self._fragment(name)

    def filled(self, node: Node, path: tuple[Key, ...] = ()) -> Node:
        """Fill in a node and everything in it.

        Raises:
            ConfigError: Where a name is unknown, or the outcome too large.
        """
        if isinstance(node.value, list):
            return branch(
                node.place, [self.filled(member, (*path, place)) for place, member in enumerate(node.value)]
            )
        if not isinstance(node.value, dict):
            return node
        members = {
            key: self.filled(member, (*path, key)) for key, member in node.value.items() if key != TEMPLATE
        }
        own = branch(node.place, members)
        name = node.value.get(TEMPLATE)
        if name is None or name.value is None:
            return own
        where = (*path, TEMPLATE)
        if not isinstance(name.value, str):
            refuse(name.place, where, f"must be the name of a template, not {shown(name.value)}")
        if name.value not in self.fragments:
            near = suggestion(name.value, self.fragments)
            refuse(name.place, where, f"there is no template {quoted(name.value)}{near}")
        if name.value in self._within:
            circle = [*self._within[self._within.index(name.value) :], name.value]
            refuse(name.place, where, f"the templates need one another in a circle: {' -> '.join(circle)}")
        self._depth += len(path)
        if self._depth > MAX_DEPTH:
            refuse(name.place, where, f"templates within templates, more than {MAX_DEPTH} keys deep")
        fragment = self._fragment(name.value)
        self._depth -= len(path)
        return merge(fragment, own)

    def _fragment(self, name: str) -> Node:
        """Fill in a fragment once."""
        if name not in self._filled:
            self._within.append(name)
            self._filled[name] = self.filled(self.fragments[name], (TEMPLATES, name))
            self._within.pop()
        return self._filled[name]
