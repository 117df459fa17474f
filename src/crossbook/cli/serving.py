"""What the commands have alike that serve until somebody stops them: how they greet, and how they end."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterable
from typing import Final

from rich.table import Table
from rich.text import Text

EXIT_OCCUPIED: Final = 3
"""Somebody else has the port or the data directory."""
EXIT_INTERRUPTED: Final = 130


def answer_signals(stop: asyncio.Event) -> None:
    """Stop in good order when asked once, and at once when somebody presses Ctrl-C again.

    To end at once loses nothing that was acknowledged or written: journals and run files are made for it.
    """

    def asked(then: Callable[[], None]) -> None:
        if stop.is_set():
            then()
        stop.set()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, asked, lambda: os._exit(EXIT_INTERRUPTED))
    loop.add_signal_handler(signal.SIGTERM, asked, lambda: None)


def banner_of(title: str, rows: Iterable[tuple[str, str]], caption: str) -> Table:
    """Return what is printed once clients can come: names and what they stand for, between two lines."""
    table = Table(
        title=Text(title, style="bold"),
        caption=Text(caption, style="dim"),
        show_header=False,
        box=None,
        pad_edge=False,
        title_justify="left",
        caption_justify="left",
    )
    table.add_column(style="dim")
    # An address that is broken over two lines cannot be clicked.
    table.add_column(no_wrap=True, overflow="ignore")
    for name, value in rows:
        table.add_row(name, Text(value))
    return table
