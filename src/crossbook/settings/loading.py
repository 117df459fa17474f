"""Loading a run file: files, templates, overrides, model, in this order.

Assumes a model that forbids unknown keys; a model that allows them gets them. The model is strict, but for what YAML
and JSON cannot tell apart: a list may become a tuple, and text a date or the member of an enum, yet `"5"` is no number
and `true` is no 1. The keys `extends` and `templates` at the top, and `template` in any map, are ours and reach no
model.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from crossbook.core import ConfigError
from crossbook.settings.files import EXTENDS, Reader, shown_path
from crossbook.settings.mistakes import explained
from crossbook.settings.overrides import overridden, read_overrides
from crossbook.settings.parsing import parse
from crossbook.settings.templates import Templates
from crossbook.settings.tree import Node, Plain, complaint, plain, refuse
from crossbook.settings.wording import shown

M = TypeVar("M", bound=BaseModel)


def _member(node: Node, key: str) -> Node | None:
    """Return the node of a key in a map, or of a number in a list; `None` where there is none."""
    if isinstance(node.value, dict):
        return node.value.get(key)
    if isinstance(node.value, list) and key.isdecimal() and int(key) < len(node.value):
        return node.value[int(key)]
    return None


@dataclass(frozen=True, slots=True)
class Loaded(Generic[M]):
    """What a run file came to."""

    settings: M
    resolved: dict[str, Plain]
    """The values as the model got them: everything merged, filled in and overridden, and no default among them."""
    sources: list[Path]
    """The files in the order in which they were opened, each once, the run file first."""
    root: Node = field(repr=False)
    """The same values, with the places where they were written."""

    def located(self, message: str) -> ConfigError:
        """Return the error for a message that begins with the dotted path of a setting.

        The setting's place goes before it, or that of the nearest part around it that was written; the run file where
        none was.
        """
        head, _, _ = message.partition(": ")
        node, place, left = self.root, None, head.split(".")
        while left:
            # A key may hold dots itself.
            lengths = range(len(left), 0, -1)
            found = next(((n, one) for n in lengths if (one := _member(node, ".".join(left[:n])))), None)
            if found is None:
                break
            node, left = found[1], left[found[0] :]
            place = node.place
        return ConfigError(f"{place or shown_path(self.sources[0])}: {message}")


def load(
    path: Path, model: type[M], *, overrides: Sequence[str] = (), folders: Sequence[Path] = ()
) -> Loaded[M]:
    """Read a run file into a model.

    Args:
        path: The run file, or the bare name of one in the folders.
        model: What the file must fit.
        overrides: Values that go before those of the files, each as `path.to.key=value`; of two for one key the last
            wins. Those of `templates` and of a key `template` come before templates are filled in, others after.
        folders: Where bare names are looked for.

    Raises:
        ConfigError: Where anything is wrong with the files or the overrides, in one line that says where.
    """
    reader = Reader(folders)
    return _loaded(reader.read(path), model, overrides, reader.sources)


def load_text(text: str, model: type[M], source: str, *, overrides: Sequence[str] = ()) -> Loaded[M]:
    """Read the text of a run file, which no file holds, into a model. It stands alone: it extends nothing.

    Args:
        text: The whole text.
        model: What it must fit.
        source: What it is called where something is wrong with it.
        overrides: As for `load`.

    Raises:
        ConfigError: Where anything is wrong with the text or the overrides, in one line that says where.
    """
    root = parse(text, source)
    if root is None:
        raise ConfigError(complaint(source, (), "there is nothing in it"))
    if not isinstance(root.value, dict):
        refuse(root.place, (), f"a run file is a map of keys, not {shown(root.value)}")
    if EXTENDS in root.value:
        refuse(root.value[EXTENDS].place, (EXTENDS,), "a text on its own extends no file")
    return _loaded(root, model, overrides, [Path(source)])


def _loaded(root: Node, model: type[M], overrides: Sequence[str], sources: list[Path]) -> Loaded[M]:
    """Fill in templates, put overrides in place, and read what is there into the model.

    Raises:
        ConfigError: Where anything is wrong.
    """
    wanted = read_overrides(overrides)
    for override in wanted:
        if override.is_of_templates:
            root = overridden(root, override)
    templates, root = Templates.taken_from(root)
    templates.check()
    root = templates.filled(root)
    for override in wanted:
        if not override.is_of_templates:
            root = overridden(root, override)
    # A value that an override brought may name a template too.
    root = templates.filled(root)
    resolved = plain(root)
    if not isinstance(resolved, dict):
        raise ConfigError(f"{root.place}: a run file is a map of keys")
    try:
        settings = model.model_validate_json(json.dumps(resolved), strict=True)
    except ValidationError as error:
        raise explained(error, model, root, sources) from error
    return Loaded(settings, resolved, sources, root)
