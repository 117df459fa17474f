"""`crossbook admin`: what an operator does to a running venue, and to the files of a stopped one.

To add a command, write a typed function in a module of this package and name it under `COMMANDS`; to add a group of them,
write `crossbook/cli/admin/<name>.py` with a `typer.Typer` whose functions are its commands, and name it under `GROUPS`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import typer

from crossbook.cli.admin.journal import journal
from crossbook.cli.admin.keys import keys
from crossbook.cli.admin.market import band, halt, list_instrument, news, resume
from crossbook.cli.admin.rebuild import rebuild
from crossbook.cli.admin.service import audit, shutdown, status
from crossbook.cli.admin.users import users

COMMANDS: Mapping[str, Callable[..., None]] = MappingProxyType(
    {
        "status": status,
        "audit": audit,
        "halt": halt,
        "resume": resume,
        "band": band,
        "list": list_instrument,
        "news": news,
        "shutdown": shutdown,
        "rebuild": rebuild,
    }
)
"""What `crossbook admin --help` lists, in this order; all but the last speak to a running venue."""

GROUPS: Mapping[str, typer.Typer] = MappingProxyType({"users": users, "keys": keys, "journal": journal})
"""Commands that have commands of their own, listed after the others."""

admin = typer.Typer(
    help="Look after a venue: while it runs, as its administrator; while it is stopped, by its files.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

for _name, _command in COMMANDS.items():
    admin.command(_name)(_command)
for _name, _group in GROUPS.items():
    admin.add_typer(_group, name=_name)
