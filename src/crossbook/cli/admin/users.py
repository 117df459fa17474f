"""`crossbook admin users`: list, make and change users of a running venue."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crossbook.cli.admin.asking import (
    VENUE_URL,
    AsJson,
    DataDirectory,
    KeyFile,
    PasswordFile,
    Url,
    asking,
    new_password,
    show_done,
    show_json,
    show_rows,
)
from crossbook.client import administration
from crossbook.client.calls import Call
from crossbook.client.models import Done

users = typer.Typer(
    help="List, make and change users of a running venue.", no_args_is_help=True, rich_markup_mode="markdown"
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]


class RoleName(StrEnum):
    """What somebody may do."""

    TRADER = "trader"
    ADMIN = "admin"


@users.command("list")
def list_command(
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    offset: Annotated[int, typer.Option(min=0, help="How many are passed over first.")] = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """List users, bots of the house among them.

    Example: `crossbook admin users list`
    """
    with asking(url, data_dir, api_key_file) as client:
        page = client.do(administration.users(limit, offset))
    if as_json:
        show_json(page)
        return
    rows = [
        (
            user.username,
            user.role,
            "" if user.account is None else str(user.account),
            "shut out" if user.disabled else "",
        )
        for user in page.users
    ]
    show_rows((("User", False), ("Role", False), ("Account", True), ("", False)), rows)
    if len(rows) < page.total:
        typer.echo(f"{len(rows):,} of {page.total:,}; --offset and --limit show others", err=True)


@users.command("create")
def create_command(
    name: Name,
    role: Annotated[RoleName, typer.Option(help="What the user may do.")] = RoleName.TRADER,
    password_file: PasswordFile = None,
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Make a user with any name, reserved ones too.

    Example: `crossbook admin users create ada --role admin`
    """
    password = new_password(password_file, name)
    with asking(url, data_dir, api_key_file) as client:
        made = client.do(administration.create_user(name, password, role))
    show_done(made, f"{made.username} is a user with the role {made.role}", as_json=as_json)


@users.command("disable")
def disable_command(
    name: Name,
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Shut a user out: sessions end, keys open nothing; open orders stay.

    Example: `crossbook admin users disable ada`
    """
    call = administration.change_user(name, disabled=True)
    _change(call, f"{name} is shut out", url, data_dir, api_key_file, as_json=as_json)


@users.command("enable")
def enable_command(
    name: Name,
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Let a user who was shut out in again, with the keys of before.

    Example: `crossbook admin users enable ada`
    """
    call = administration.change_user(name, disabled=False)
    _change(call, f"{name} may come in again", url, data_dir, api_key_file, as_json=as_json)


@users.command("role")
def role_command(
    name: Name,
    role: Annotated[RoleName, typer.Argument(help="What the user may do.")],
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Change what a user may do, from the next request on.

    Example: `crossbook admin users role ada admin`
    """
    call = administration.change_user(name, role=role)
    _change(call, f"{name} has the role {role}", url, data_dir, api_key_file, as_json=as_json)


@users.command("password")
def password_command(
    name: Name,
    password_file: PasswordFile = None,
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Give a user another password; sessions end, keys stay.

    Example: `crossbook admin users password ada`
    """
    call = administration.change_user(name, password=new_password(password_file, name))
    _change(call, f"the password of {name} is changed", url, data_dir, api_key_file, as_json=as_json)


def _change(
    call: Call[Done],
    words: str,
    url: str,
    data_dir: Path | None,
    api_key_file: Path | None,
    *,
    as_json: bool,
) -> None:
    with asking(url, data_dir, api_key_file) as client:
        done = client.do(call)
    show_done(done, words, as_json=as_json)
