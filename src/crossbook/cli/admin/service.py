"""`crossbook admin status`, `audit`, `shutdown`: the venue as a whole."""

from typing import Annotated, Any, Final

import msgspec
import typer

from crossbook.cli.admin.asking import (
    VENUE_URL,
    AsJson,
    DataDirectory,
    KeyFile,
    Url,
    asking,
    show_done,
    show_facts,
    show_json,
)
from crossbook.client import Refused, Unavailable, administration
from crossbook.core import CrossbookError

CLAIMS: Final = (
    "cash is conserved: what was paid in is what accounts, escrow and fees hold",
    "shares are conserved: what was issued is what accounts hold",
    "the escrow of each account is what its open orders need",
    "the books hold the open orders, each at its price and in its turn",
)
"""What the core computes anew in an audit."""
EXIT_NOT_AGREED: Final = 1
FAILED_CODES: Final = frozenset({"internal", "closing"})
"""What a venue answers whose core found itself wrong."""


def status(
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show how a running venue is.

    Example: `crossbook admin status`
    """
    with asking(url, data_dir, api_key_file) as client:
        state = client.do(administration.status())
        health = client.health()
        total = client.do(administration.users(limit=1)).total
    if as_json:
        show_json(
            {
                **msgspec.to_builtins(state),
                "users": total,
                "durability": health["durability"],
                "version": health["version"],
                "uptime_seconds": health["uptime_seconds"],
            }
        )
        return
    show_facts(_facts(state, health, total))


def _facts(
    state: administration.VenueStatus, health: dict[str, Any], users: int
) -> list[tuple[str, str, str]]:
    lag = "unknown" if state.keeper_lag is None else f"{state.keeper_lag:,}"
    promise = (
        "acknowledged is on the disk" if health["durability"] == "durable" else "the disk follows behind"
    )
    return [
        ("Venue", state.status, state.reason or f"for {_duration(health['uptime_seconds'])}"),
        ("Version", str(health["version"]), ""),
        ("Durability", str(health["durability"]), promise),
        ("Sequence", f"{state.sequence:,}", "events so far"),
        (
            "Commands",
            f"{state.commands:,}",
            f"since the start, among them {state.accepted:,} orders that were accepted",
        ),
        ("Trades", f"{state.trades:,}", "since the start"),
        ("Users", f"{users:,}", "the house's bots counted"),
        ("Open orders", f"{state.open_orders:,}", ""),
        ("Waiting", f"{state.waiting:,}", "commands that are not carried out yet"),
        ("Connections", f"{state.connections:,}", "WebSockets"),
        ("Keeper lag", lag, "events that the database does not have yet"),
    ]


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def audit(
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Have a running venue compute every sum anew; print what was checked, and fail where it does not hold.

    Example: `crossbook admin audit`
    """
    with asking(url, data_dir, api_key_file) as client:
        try:
            done = client.do(administration.audit())
        except (Refused, Unavailable) as error:
            if error.code not in FAILED_CODES:
                raise
            raise CrossbookError(
                f"the audit did not pass: {error.detail}; the venue's log says why"
            ) from None
    if as_json:
        show_json({**msgspec.to_builtins(done), "checked": CLAIMS})
        return
    for claim in CLAIMS:
        typer.echo(f"holds: {claim}")
    typer.echo(f"everything adds up after {done.commands:,} commands and {done.sequence:,} events")
    typer.echo(f"state hash {done.state_hash}, event hash {done.event_hash}")


def shutdown(
    url: Url = VENUE_URL,
    data_dir: DataDirectory = None,
    api_key_file: KeyFile = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Stop a running venue in good order.

    Example: `crossbook admin shutdown`
    """
    with asking(url, data_dir, api_key_file) as client:
        state = client.do(administration.status())
        if not yes:
            told = f"{state.connections:,} connections, {state.open_orders:,} open orders, which stay"
            typer.echo(f"{client.url}: {told}", err=True)
            if not typer.confirm("Stop this venue?", err=True):
                typer.echo("it goes on", err=True)
                raise typer.Exit(EXIT_NOT_AGREED)
        done = client.do(administration.shut_down())
    show_done(done, "the venue stops; crossbook up goes on where it ended", as_json=as_json)
