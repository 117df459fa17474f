"""What is left out where memory is scarce, and in which order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.doors.stream.scarcity import STEPS, Scarcity


def test_each_step_comes_after_the_one_before_did_not_help() -> None:
    scarcity = Scarcity(1_000)
    assert (scarcity.look(1_000), scarcity.degraded) == (None, None)
    for step in ("history", "books", "paused"):
        assert (scarcity.look(1_001), scarcity.degraded) == (step, step)
    assert (scarcity.look(10**12), scarcity.degraded) == (None, "paused")


@given(st.integers(1, 1 << 40), st.lists(st.integers(0, 1 << 41)))
def test_steps_are_taken_in_their_order_and_once(limit: int, looks: list[int]) -> None:
    scarcity = Scarcity(limit)
    taken = [step for memory in looks if (step := scarcity.look(memory)) is not None]
    beyond = sum(memory > limit for memory in looks)
    assert taken == list(STEPS[:beyond])
    assert scarcity.degraded == (taken[-1] if taken else None)


@pytest.mark.parametrize("memory", [0, 999, 1_000])
def test_what_was_left_out_stays_so(memory: int) -> None:
    scarcity = Scarcity(1_000)
    scarcity.look(2_000)
    assert (scarcity.look(memory), scarcity.degraded) == (None, "history")
    assert scarcity.look(2_000) == "books"
