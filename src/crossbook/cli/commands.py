"""The commands of `crossbook`, each in a module of its own.

To add one, write `crossbook/cli/<name>.py` with one typed function, whose docstring is its help and ends in
an example, and name that function here. A command that has commands of its own, such as `admin`, is a package
with a `typer.Typer`, named under `GROUPS`.

They are named and not imported: the lab and the live venue stand on different libraries, and who calls a command
should not wait for those of the others.
"""

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import typer

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "up": "crossbook.cli.up:up",
        "bots": "crossbook.cli.bots:bots",
        "run": "crossbook.cli.run:run",
        "stream": "crossbook.cli.stream:stream",
        "runs": "crossbook.cli.runs:runs",
        "report": "crossbook.cli.report:report",
        "realism": "crossbook.cli.realism:realism",
        "verify": "crossbook.cli.verify:verify",
        "replay": "crossbook.cli.replay:replay",
        "schema": "crossbook.cli.schema:schema",
    }
)
"""What `crossbook --help` lists, in this order: the command's name, and the function that carries it out."""

GROUPS: Mapping[str, str] = MappingProxyType({"admin": "crossbook.cli.admin:admin"})
"""Commands that have commands of their own, listed after the others."""


def add_commands(app: typer.Typer, wanted: str | None) -> None:
    """Add the command that is wanted, or all of them where none is, or none that there is."""
    every = wanted not in COMMANDS and wanted not in GROUPS
    for name, place in COMMANDS.items():
        if every or name == wanted:
            app.command(name)(_load(place))
    for name, place in GROUPS.items():
        if every or name == wanted:
            app.add_typer(_load(place), name=name)


def _load(place: str) -> Any:
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)
