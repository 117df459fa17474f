"""Interrupts: kept back while files are half written, and not lost where a library swallows one."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType


def _is_ours() -> bool:
    # Where another handler is in place, and in other threads, no interrupt is raised.
    handler = signal.getsignal(signal.SIGINT)
    return handler is signal.default_int_handler and threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def remembered() -> Iterator[Callable[[], None]]:
    """Let an interrupt through as ever, and yield what raises it again.

    An interrupt that reaches Python inside a destructor, or a callback out of native code, is printed and dropped:
    whoever works for long asks now and then.
    """
    if not _is_ours():
        yield lambda: None
        return
    came: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    def ask() -> None:
        if came:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, remember)
    try:
        yield ask
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextlib.contextmanager
def shielded() -> Iterator[None]:
    """Keep an interrupt back until the block is done, then let it through."""
    if not _is_ours():
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
