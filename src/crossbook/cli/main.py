"""The entry point of `crossbook`.

It assumes nothing of the terminal. It refuses to show a traceback for a user's mistake: such a mistake is
one line on standard error and a non-zero exit status. An exception that is no `CrossbookError` is a defect
of ours, and keeps its traceback.
"""

import contextlib
import sys
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from crossbook.cli.commands import add_commands
from crossbook.core import ConfigError, CrossbookError, JournalFailure, UsageError, version

EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_DISK = 4
"""The disk failed: what was promised is safe, and only a fresh start may go on."""


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if wanted:
        typer.echo(f"crossbook {version()}")
        raise typer.Exit


def crossbook(
    *,
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
) -> None:
    """An exchange in a box: research, live trading and play on one deterministic matching core."""


def application(wanted: str | None = None) -> typer.Typer:
    """Return the program with the command that is wanted, or with all of them."""
    app = typer.Typer(
        name="crossbook",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
    )
    app.callback(epilog="Example: `crossbook up`")(crossbook)
    add_commands(app, wanted)
    return app


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status.

    Args:
        arguments: The words after the program's name; those of this process when left out.
    """
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit status.

    An interrupt ends it with the shell's own number, 130, and a reader that has enough, such as `head`, with 1;
    both in silence, and both by Typer.
    """
    try:
        status = application(next(iter(arguments), None))(
            args=arguments, prog_name="crossbook", standalone_mode=False
        )
    except TyperException as error:
        # With no words at all Typer has shown the help, and has nothing left to say.
        message = error.format_message()
        return _complain(f"{message} (see crossbook --help)", EXIT_USAGE) if message else EXIT_USAGE
    except (UsageError, ConfigError) as error:
        return _complain(str(error), EXIT_USAGE)
    except JournalFailure as error:
        return _complain(str(error), EXIT_DISK)
    except CrossbookError as error:
        return _complain(str(error), EXIT_FAILURE)
    except Abort:
        return _complain("stopped at a question that was not answered", EXIT_FAILURE)
    return status if isinstance(status, int) else 0


def _complain(message: str, status: int) -> int:
    """Print the message as one line on standard error, and return the exit status."""
    # Where the disk is full, the log may be on it too; the status is heard all the same.
    with contextlib.suppress(OSError):
        typer.echo(f"crossbook: {' '.join(message.split())}", err=True)
    return status
