"""The start of a process that the venue keeps beside itself: `python -m crossbook.cli.child PARENT MODULE:FUNCTION …`.

It ends when the process that started it ends, however that came about, and runs one command without importing the
others, so that it stays small. The command is a typed function, as those of `crossbook.cli.commands` are, and what
follows its name are its own words.
"""

import ctypes
import importlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from typing import Final

import typer
from typer.exceptions import TyperException

from crossbook.core import CrossbookError

PR_SET_PDEATHSIG: Final = 1
"""Source: Linux, `prctl(2)`."""
EXIT_FAILURE: Final = 1
EXIT_USAGE: Final = 2


def command(parent: int, target: str, words: Sequence[str]) -> list[str]:
    """Return the words that start such a process.

    Args:
        parent: The process that it ends with.
        target: The command, as `module:function`.
        words: Its arguments.
    """
    return [sys.executable, "-P", "-m", "crossbook.cli.child", str(parent), target, *words]


def end_with(parent: int) -> None:
    """Have this process told to end when its parent ends; where the system cannot do that, nothing happens."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    # It may have ended before it could be asked about.
    if os.getppid() != parent:
        sys.exit(EXIT_FAILURE)


def run(target: str, words: Sequence[str]) -> int:
    """Run a command and return its exit status; a mistake is one line."""
    module, _, name = target.partition(":")
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(name)(getattr(importlib.import_module(module), name))
    try:
        status = app(args=list(words), prog_name=f"crossbook {name}", standalone_mode=False)
    except TyperException as error:
        return _complain(error.format_message(), EXIT_USAGE)
    except CrossbookError as error:
        return _complain(str(error), EXIT_FAILURE)
    return status if isinstance(status, int) else 0


def _complain(message: str, status: int) -> int:
    typer.echo(f"crossbook: {' '.join(message.split())}", err=True)
    return status


if __name__ == "__main__":
    # It has a line for each connection, which there are many of.
    logging.getLogger("picows").setLevel(logging.WARNING)
    end_with(int(sys.argv[1]))
    sys.exit(run(sys.argv[2], sys.argv[3:]))
