"""Keeping an interrupt back while rows are between the kernel and the tables, or files are half written."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def shielded() -> Iterator[None]:
    """Keep an interrupt back until the block is done, then let it through.

    Only where the interpreter's own handler is in place, and in the main thread: elsewhere no interrupt is raised.
    """
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not ours or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if came:
        raise KeyboardInterrupt
