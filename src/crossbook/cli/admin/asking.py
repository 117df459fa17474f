"""Asking a running venue as an administrator: where it is, who asks, and how its answers are printed.

A secret never stands on the command line, where every user of the machine can read it. It comes from a file, from the
environment, from a prompt, or from the data directory of a venue on this machine.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from crossbook.cli.bots_settings import KEY_VARIABLE, secret_lines
from crossbook.cli.places import table_console
from crossbook.client import Client, Refused, Unavailable
from crossbook.client.errors import UNREACHABLE
from crossbook.core import ConfigError, CrossbookError, TransientError, UsageError

VENUE_URL: Final = "http://127.0.0.1:8000"
"""Where `crossbook up` listens unless it is told otherwise."""
DATA_DIRECTORY: Final = Path("crossbook-data")
"""Where `crossbook up` keeps everything unless it is told otherwise."""
ADMIN_USER: Final = "admin"
ADMIN_FILE: Final = "admin.password"
PATIENCE_S: Final = 2.0
"""How long a venue that is not there is looked for: an administrator waits in front of the screen."""
TIMEOUT_S: Final = 60.0
"""The longest wait for one answer; an audit of a large venue takes a while."""

Url = Annotated[str, typer.Option(help="The address of the venue.")]
DataDirectory = Annotated[
    Path | None,
    typer.Option(
        metavar="DIRECTORY",
        help=f"The venue's data directory, to sign in as admin with its {ADMIN_FILE}. [default: {DATA_DIRECTORY}]",
    ),
]
KeyFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help=f"A file with an administrator's key; or {KEY_VARIABLE}.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A file with the password on its first line; asked for when left out."),
]


@contextmanager
def asking(url: str, data_dir: Path | None, api_key_file: Path | None) -> Iterator[Client]:
    """Yield a client that is signed in as an administrator.

    Raises:
        UsageError: Nothing says who asks, or two things do, or the address is none.
        ConfigError: A file cannot be read.
        TransientError: No venue answers at the address.
        Refused: The venue does not let this user in, or refuses what is asked.
    """
    if data_dir is not None and api_key_file is not None:
        raise UsageError("sign in with --data-dir or with --api-key-file, not with both")
    password = None
    key = secret_lines(api_key_file)[0] if api_key_file else os.environ.get(KEY_VARIABLE)
    if data_dir is not None or not key:
        key, password = None, _admin_password(data_dir)
    with _clearly(url), Client(url, api_key=key, patience_s=PATIENCE_S, timeout_s=TIMEOUT_S) as client:
        if password is not None:
            _sign_in(client, password, (data_dir or DATA_DIRECTORY) / ADMIN_FILE)
        yield client


def _admin_password(data_dir: Path | None) -> str:
    """Return the first administrator's password."""
    path = (data_dir or DATA_DIRECTORY) / ADMIN_FILE
    if data_dir is None and not path.exists():
        raise UsageError(
            f"nothing says who asks: name the venue's --data-dir, an --api-key-file, or set {KEY_VARIABLE}"
        )
    return secret_lines(path)[0]


def _sign_in(client: Client, password: str, path: Path) -> None:
    try:
        client.login(ADMIN_USER, password)
    except Refused as error:
        if error.status != 401:
            raise
        raise ConfigError(
            f"{path}: this is not the password of {ADMIN_USER} at {client.url}; is it another venue's, or was it changed?"
        ) from None


@contextmanager
def _clearly(url: str) -> Iterator[None]:
    """Say what is wrong in words that help an administrator."""
    try:
        yield
    except Unavailable as error:
        if error.code == UNREACHABLE:
            raise TransientError(
                f"no venue answers at {url}: start one with crossbook up, or name its --url"
            ) from None
        raise
    except Refused as error:
        if error.status == 401:
            raise CrossbookError(f"the venue at {url} does not know this key") from None
        if error.status == 403 and error.code == "forbidden" and "administrator" not in error.detail:
            raise CrossbookError(f"{error.detail}; only administrators may ask this") from None
        raise CrossbookError(error.detail) from None


def new_password(path: Path | None, username: str) -> str:
    """Return a password from a file, or from whoever sits in front of the terminal, who types it twice.

    Raises:
        UsageError: There is neither a file nor a terminal.
        ConfigError: The file cannot be read.
    """
    if path is not None:
        return secret_lines(path)[0]
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask for a password: give --password-file")
    answer: str = typer.prompt(
        f"New password of {username}", hide_input=True, confirmation_prompt=True, err=True
    )
    return answer


def show_json(answer: Any) -> None:
    """Print an answer as JSON."""
    typer.echo(json.dumps(msgspec.to_builtins(answer), indent=2))


def show_done(answer: Any, words: str, *, as_json: bool) -> None:
    """Print that something is done."""
    if as_json:
        show_json(answer)
    else:
        typer.echo(words)


def show_rows(columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]]) -> None:
    """Print a table.

    Args:
        columns: The name of each, and whether it holds numbers.
        rows: The texts of each row.
    """
    table = Table(box=None, pad_edge=False)
    for name, numbers in columns:
        table.add_column(name, justify="right" if numbers else "left")
    for row in rows:
        # What users wrote is shown as it is, and is no markup.
        table.add_row(*(Text(text) for text in row))
    table_console().print(table)


def show_facts(rows: Sequence[tuple[str, str, str]]) -> None:
    """Print facts: a name, a value, and what is to be said about it."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    table.add_column(style="dim")
    for name, value, about in rows:
        table.add_row(name, Text(value), about)
    table_console().print(table)
