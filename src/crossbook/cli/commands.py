"""The commands of `crossbook`, each in a module of its own.

To add one, write `crossbook/cli/<name>.py` with one typed function, whose docstring is its help and ends in
an example, and name that function here. A command that has commands of its own, such as `admin`, is a package
with a `typer.Typer`, named under `GROUPS`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import typer

from crossbook.cli.admin import admin
from crossbook.cli.realism import realism
from crossbook.cli.replay import replay
from crossbook.cli.report import report
from crossbook.cli.run import run
from crossbook.cli.runs import runs
from crossbook.cli.schema import schema
from crossbook.cli.verify import verify

COMMANDS: Mapping[str, Callable[..., None]] = MappingProxyType(
    {
        "run": run,
        "runs": runs,
        "report": report,
        "realism": realism,
        "verify": verify,
        "replay": replay,
        "schema": schema,
    }
)
"""What `crossbook --help` lists, in this order: the command's name, and the function that carries it out."""

GROUPS: Mapping[str, typer.Typer] = MappingProxyType({"admin": admin})
"""Commands that have commands of their own, listed after the others."""
