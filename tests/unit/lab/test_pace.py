"""Simulated time goes at the pace that was asked for, and forgets what cannot be made up for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.lab.live.pace import LAG_NS_MAX, SPEED_MAX, Pace

SECOND = 10**9


def test_ten_simulated_seconds_pass_in_one() -> None:
    pace = Pace(10, 5 * SECOND, 100 * SECOND)
    assert pace.until(5 * SECOND, 100 * SECOND) == 5 * SECOND
    assert pace.until(5 * SECOND, 100 * SECOND + 50_000_000) == 5 * SECOND + 500_000_000


def test_without_a_pace_there_is_no_limit() -> None:
    assert Pace(0, 0, 0).until(7, 1) is None


def test_what_is_paused_stands_still_and_goes_on_from_there() -> None:
    pace = Pace(2, 0, 0)
    pace.pause()
    assert [pace.paused] == [True]
    assert pace.until(123, 9 * SECOND) == 123
    # A step while it is paused.
    assert pace.until(456, 10 * SECOND) == 456
    pace.resume(456, 20 * SECOND)
    assert [pace.paused] == [False]
    assert pace.until(456, 20 * SECOND + 1_000) == 456 + 2_000


def test_another_speed_begins_where_it_is_and_wakes_nothing() -> None:
    pace = Pace(1, 0, 0)
    pace.pause()
    pace.go(100, 5, 7)
    assert (pace.speed, pace.until(5, 8)) == (100, 5)
    pace.resume(5, 10)
    assert pace.until(5, 11) == 105


@pytest.mark.parametrize("speed", [-1, SPEED_MAX + 1, float("nan"), float("inf")])
def test_a_speed_that_is_none_is_refused_and_changes_nothing(speed: float) -> None:
    with pytest.raises(ValueError, match="a speed is from 0"):
        Pace(speed, 0, 0)
    pace = Pace(3, 0, 0)
    with pytest.raises(ValueError, match="a speed is from 0"):
        pace.go(speed, 0, 0)
    assert pace.speed == 3


def test_a_machine_that_slept_for_an_hour_does_not_hurry_after_it() -> None:
    pace = Pace(10, 0, 0)
    hour = 3_600 * SECOND
    first = pace.until(0, hour)
    assert first == LAG_NS_MAX * 10
    assert pace.until(first, hour + 1_000_000) == first + 10_000_000


@given(
    speed=st.floats(0.001, 1_000),
    ticks=st.lists(st.tuples(st.integers(0, SECOND), st.floats(0, 1)), max_size=50),
)
def test_time_never_goes_back_and_no_call_is_asked_for_more_than_the_lag(
    speed: float, ticks: list[tuple[int, float]]
) -> None:
    pace, simulated, clock = Pace(speed, 0, 0), 0, 0
    for wait, part in ticks:
        clock += wait
        until = pace.until(simulated, clock)
        assert until is not None
        assert simulated <= until <= simulated + LAG_NS_MAX * speed + 1
        # A simulation that does not keep up comes a part of the way.
        simulated += int((until - simulated) * part)
