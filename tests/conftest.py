"""What holds for every test: an interrupt interrupts, however the tests were started.

A shell starts what it puts into the background with interrupts ignored, and Python then leaves them so. uvloop puts a
handler of its own in the place of Python's, and leaves it there when its loop is closed.
"""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something of the machine, and nothing of what is tested.
settings.register_profile("crossbook", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("crossbook")


def pytest_configure() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that none is left for the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, "crash" not in item.path.parts))


@pytest.fixture(autouse=True)
def _interrupts_stay_as_they_were() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    if signal.getsignal(signal.SIGINT) is not before:
        signal.signal(signal.SIGINT, before)
