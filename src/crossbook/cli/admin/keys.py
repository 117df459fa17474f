"""`crossbook admin keys`: the API keys of the administrator who asks."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from crossbook.cli.admin.asking import (
    VENUE_URL,
    AsJson,
    DataDirectory,
    KeyFile,
    Url,
    asking,
    show_done,
    show_json,
    show_rows,
)

keys = typer.Typer(
    help="List, make and end your own API keys.", no_args_is_help=True, rich_markup_mode="markdown"
)


@keys.command("list")
def list_command(
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List your own keys, without what is secret of them.

    Example: `crossbook admin keys list`
    """
    with asking(url, data_dir, api_key_file) as client:
        found = client.keys()
    if as_json:
        show_json(found)
        return
    rows = [
        (
            key.key_id,
            key.label,
            key.prefix + "…",
            f"{datetime.fromtimestamp(key.created_at / 1_000, UTC):%Y-%m-%d %H:%M}",
        )
        for key in found
    ]
    show_rows((("Key", False), ("Label", False), ("Begins with", False), ("Made (UTC)", False)), rows)


@keys.command("create")
def create_command(
    label: Annotated[str, typer.Argument(metavar="[LABEL]", help="What the key is for.")] = "",
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Make a key for yourself and print it; it is shown this once.

    Only the key goes to standard output, so it can go straight into a file.

    Example: `(umask 077; crossbook admin keys create laptop > admin.key)`
    """
    with asking(url, data_dir, api_key_file) as client:
        made = client.create_key(label)
    show_done(made, made.api_key, as_json=as_json)
    if not as_json:
        typer.echo(f"key {made.key_id} is made; it is shown this once", err=True)


@keys.command("revoke")
def revoke_command(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="Its name in `keys list`, not the secret.")],
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """End one of your keys; connections that came in with it close.

    Example: `crossbook admin keys revoke k7Qm2ZtP`
    """
    with asking(url, data_dir, api_key_file) as client:
        done = client.revoke_key(key_id)
    show_done(done, f"key {key_id} has ended", as_json=as_json)
