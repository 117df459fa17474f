"""An interrupt in the middle of writing files waits until that is done, and one that is swallowed is not lost."""

import os
import signal
import threading

import pytest

from crossbook.lab.run.shield import remembered, shielded


def test_an_interrupt_waits_until_the_block_is_done() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), shielded():  # noqa: PT012 - what follows the signal is the point
        os.kill(os.getpid(), signal.SIGINT)
        done.append("all of it")
    assert done == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class Interrupted:
    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_was_swallowed_is_raised_when_it_is_asked_for() -> None:
    with remembered() as ask:
        ask()
        Interrupted()
        with pytest.raises(KeyboardInterrupt):
            ask()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_is_raised_at_once() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), remembered():  # noqa: PT012 - what follows the signal is the point
        os.kill(os.getpid(), signal.SIGINT)
        done.append("nothing of it")
    assert done == []


def test_an_error_inside_is_not_hidden_and_the_handler_is_put_back() -> None:
    with pytest.raises(ValueError, match="ours"), shielded():
        raise ValueError("ours")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_other_threads_and_other_handlers_are_left_alone() -> None:
    seen = []

    def work() -> None:
        with shielded(), remembered():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
