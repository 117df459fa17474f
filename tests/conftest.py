"""What holds for every test: an interrupt interrupts, however the tests were started.

A shell starts what it puts into the background with interrupts ignored, and Python then leaves them so.
"""

import signal


def pytest_configure() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
