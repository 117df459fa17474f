"""`crossbook admin`: what an operator does to a venue's files, each group of commands in a module of its own.

To add a group, write `crossbook/cli/admin/<name>.py` with a `typer.Typer` whose functions are its commands, and name it
under `GROUPS`.
"""

from collections.abc import Mapping
from types import MappingProxyType

import typer

from crossbook.cli.admin.journal import journal

GROUPS: Mapping[str, typer.Typer] = MappingProxyType({"journal": journal})
"""What `crossbook admin --help` lists, in this order."""

admin = typer.Typer(help="Look after a venue's files.", no_args_is_help=True, rich_markup_mode="markdown")

for _name, _group in GROUPS.items():
    admin.add_typer(_group, name=_name)
