"""The error tree: who must act on what."""

import pickle

import pytest

from crossbook.core import (
    ConfigError,
    CoreFault,
    CrossbookError,
    JournalDamaged,
    JournalFailure,
    Reject,
    TransientError,
    UsageError,
)


@pytest.mark.parametrize(
    "kind", [UsageError, ConfigError, Reject, TransientError, CoreFault, JournalDamaged, JournalFailure]
)
def test_every_error_of_the_package_can_be_caught_by_its_root(kind: type[Exception]) -> None:
    assert issubclass(kind, CrossbookError)


@pytest.mark.parametrize(
    "kind", [UsageError, ConfigError, TransientError, CoreFault, JournalDamaged, JournalFailure]
)
def test_no_error_is_another_ones_kind_so_each_is_caught_by_who_must_act(kind: type[Exception]) -> None:
    assert kind.__mro__[1] is CrossbookError


def test_a_reject_carries_its_number_and_shows_it_with_the_reason() -> None:
    reject = Reject(2101, "the price is off the tick")

    assert reject.code == 2101
    assert str(reject) == "rejected with 2101: the price is off the tick"


def test_a_reject_survives_the_way_between_processes() -> None:
    copy = pickle.loads(pickle.dumps(Reject(2101, "the price is off the tick")))  # noqa: S301 - our own bytes

    assert (copy.code, copy.reason) == (2101, "the price is off the tick")
