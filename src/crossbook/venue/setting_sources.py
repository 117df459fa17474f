"""Where the settings of a venue come from: a file, the environment, the command line; the later goes before.

A variable of the environment is `CROSSBOOK_` and the path of a setting in capitals, with two underscores for each dot:
`CROSSBOOK_PORT`, `CROSSBOOK_LIMITS__ORDERS_PER_SECOND`, `CROSSBOOK_HOUSE__ENABLED`. Its value is written as in a
file; what is text needs no quotes. A variable that begins so and names no setting is a mistake, because what it was
meant to change would stay as it is and nobody would know.
"""

import json
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from crossbook.core import ConfigError
from crossbook.settings import Loaded, load, nearest
from crossbook.settings.mistakes import explained
from crossbook.settings.overrides import Override, overridden
from crossbook.settings.parsing import parse
from crossbook.settings.tree import Node, Place, branch, complaint, plain
from crossbook.venue.bot_traders import found_traders, trader_mistake
from crossbook.venue.setting_checks import first_mistake
from crossbook.venue.settings import VenueFile, VenueSettings

PREFIX: Final = "CROSSBOOK_"
ELSEWHERE: Final = frozenset({"CROSSBOOK_URL", "CROSSBOOK_API_KEY", "CROSSBOOK_TOKEN", "CROSSBOOK_BLESS"})
"""Variables of the client and of the tests, which say nothing of a venue."""
DEFAULTS: Final = "the defaults"


def load_settings(
    file: Path | None,
    environment: Mapping[str, str],
    given: Mapping[str, str] = types.MappingProxyType({}),
    *,
    folders: tuple[Path, ...] = (),
) -> VenueSettings:
    """Read the settings of a venue, and check that they fit together and that the bots' traders load.

    Args:
        file: A file of settings, or none for the defaults.
        environment: Variables; those that do not begin with `PREFIX` are not looked at.
        given: What the command line says: texts by the dotted path of the setting.
        folders: Where the bare name of a file is looked for.

    Raises:
        ConfigError: Where anything is wrong, in one line that names the file and the line, the variable or the option.
    """
    root = branch(Place(DEFAULTS), {})
    sources: list[Path] = []
    if file is not None:
        loaded = load(file, VenueFile, folders=folders)
        root, sources = loaded.root, loaded.sources
    overrides = [*_from_environment(environment), *_from_command_line(given)]
    for override in overrides:
        root = overridden(root, override)
    resolved = plain(root)
    try:
        settings = VenueFile.model_validate_json(json.dumps(resolved), strict=True)
    except ValidationError as error:
        raise explained(error, VenueFile, root, sources) from error
    beside = sources[0].parent if sources else None
    mistake = first_mistake(settings) or trader_mistake(settings, beside=beside)
    if mistake is not None:
        shown = sources or [Path(DEFAULTS)]
        raise Loaded(settings, typing.cast("dict[str, Any]", resolved), shown, root).located(mistake)
    if beside is not None:
        settings = settings.model_copy(update={"house": found_traders(settings.house, beside)})
    return VenueSettings.model_validate(dict(settings))


def _from_environment(environment: Mapping[str, str]) -> Iterator[Override]:
    known = dict(_paths(VenueFile))
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name in ELSEWHERE:
            continue
        path = known.get(name)
        if path is None:
            near = nearest(name, known)
            hint = f"; did you mean {near}?" if near else ""
            raise ConfigError(f"{name}: no setting of this name can be given by the environment{hint}")
        yield _override(path, environment[name], name)


def _from_command_line(given: Mapping[str, str]) -> Iterator[Override]:
    for key, text in given.items():
        yield _override(tuple(key.split(".")), text, f"--{key.replace('_', '-').replace('.', '-')}")


def _override(path: tuple[str, ...], text: str, source: str) -> Override:
    """Make a setting of its text; the setting's own kind tells whether it is text already."""
    if _is_text(path):
        return Override(path, Node(Place(source), text))
    try:
        return Override(path, parse(text, source, one_value=True) or Node(Place(source), None))
    except ConfigError:
        # A value that is no YAML at all is no value of a setting that is no text.
        raise ConfigError(complaint(source, path, f"'{text}' cannot be read as a value")) from None


def _paths(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return the variable of every setting and its path: those of parts, and of whole lists in brackets."""
    for name, field in model.model_fields.items():
        here = (*path, name)
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _paths(inner, here)
        else:
            yield PREFIX + "__".join(here).upper(), here


def _is_text(path: tuple[str, ...]) -> bool:
    model: Any = VenueFile
    for name in path[:-1]:
        model = model.model_fields[name].annotation
    kind = model.model_fields[path[-1]].annotation
    if typing.get_origin(kind) is typing.Literal:
        return True
    return str in (kind, *typing.get_args(kind))
