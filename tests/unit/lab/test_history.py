"""The past of a live simulation: whole, even, and bounded."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.lab.live.history import HAPPENED_MAX, MOMENTS_MAX, SCARCE, VALUES_MAX, History


def agent(name: str, **more: object) -> dict[str, object]:
    return {"agent_id": name, "agent_type": "noise", "count": 1, **more}


def test_what_was_earned_is_kept_as_it_was_while_there_is_room() -> None:
    history = History()
    for second in range(10):
        history.earned(second * 1_000_000, ["a", "b"], [second, -second])
    assert history.told()["groups"] == ["a", "b"]
    assert history.told()["profits"] == [[second * 1_000_000, second, -second] for second in range(10)]


def test_a_moment_that_is_told_again_takes_the_place_of_the_last() -> None:
    history = History()
    history.earned(5, ["a"], [1.0])
    history.earned(5, ["a", "b"], [2.0, 3.0])
    assert history.told()["profits"] == [[5, 2.0, 3.0]]


def test_who_came_later_has_earned_nothing_before() -> None:
    history = History()
    history.earned(1, ["a"], [1.0])
    history.earned(2, ["a", "b"], [1.0, 2.0])
    assert history.told()["profits"] == [[1, 1.0], [2, 1.0, 2.0]]


@given(st.integers(0, 2**32), st.integers(2, 6_000), st.sampled_from([1, 7, 1_000, 60_000_000]))
def test_a_long_run_has_few_points_evenly_spread_from_its_first_moment_to_its_last(
    seed: int, moments: int, step: int
) -> None:
    random, history, times = Random(seed), History(), [0]
    for _ in range(moments):
        times.append(times[-1] + random.randint(1, step))
    for time in times:
        history.earned(time, ["a"], [float(time)])
    kept = history.told()["profits"]
    assert kept[0] == [0, 0.0]
    assert kept[-1][0] == times[-1]
    assert all(profit == pytest.approx(time, rel=1e-8) for time, profit in kept)
    assert len(kept) <= MOMENTS_MAX
    if moments >= MOMENTS_MAX:
        assert len(kept) >= MOMENTS_MAX // 8
        apart = sorted(later - earlier for (earlier, _), (later, _) in pairwise(kept))
        # None is much longer than the others, so that a line that knows no times is drawn as it should be.
        assert apart[-1] <= 4 * (apart[len(apart) // 2] + step)


def test_many_groups_have_fewer_moments() -> None:
    history = History()
    names = [str(number) for number in range(5_000)]
    for second in range(500):
        history.earned(second, names, [0.0] * len(names))
    assert 10 <= len(history.told()["profits"]) <= VALUES_MAX // len(names)


def test_where_memory_is_scarce_a_tenth_is_kept() -> None:
    history = History()
    history.agents(0, [])
    for second in range(2 * HAPPENED_MAX):
        history.earned(second, ["a"], [0.0])
        history.news(second, "X", "it rains")
    assert len(history.told()["happened"]) == HAPPENED_MAX
    history.save_memory()
    told = history.told()
    assert len(told["profits"]) <= MOMENTS_MAX // SCARCE
    assert told["profits"][-1][0] == told["happened"][-1]["timestamp"] == 2 * HAPPENED_MAX - 1
    assert len(told["happened"]) == HAPPENED_MAX // SCARCE


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([], [agent("a")], {"do": "enter", "agent_id": "a", "agent_type": "noise", "count": 1}),
        (
            [],
            [agent("a", buy=True)],
            {"do": "enter", "agent_id": "a", "agent_type": "noise", "count": 1, "buy": True},
        ),
        ([agent("a")], [], {"do": "leave", "agent_id": "a", "agent_type": "noise", "count": 1}),
        (
            [agent("a", spread=1, size=2)],
            [agent("a", spread=3, size=2, more=4)],
            {"do": "change", "agent_id": "a", "agent_type": "noise", "count": 1, "keys": ["spread", "more"]},
        ),
    ],
)
def test_who_came_changed_and_left_is_seen(
    before: list[dict[str, object]], now: list[dict[str, object]], expected: dict[str, object]
) -> None:
    history = History()
    history.agents(1, before)
    assert history.told()["happened"] == []
    history.agents(2, now)
    history.agents(3, now)
    assert history.told()["happened"] == [{"timestamp": 2, **expected}]
