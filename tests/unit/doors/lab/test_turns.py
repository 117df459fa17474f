"""Turns: first come, first served, never too many, and nobody is forgotten."""

import pytest

from crossbook.doors.lab.turns import Turns
from crossbook.venue.refusals import Refused
from tests.loops import looped


@looped
async def test_so_many_are_in_and_the_others_follow_in_their_order() -> None:
    turns = Turns(2)
    line = [turns.take() for _ in range(5)]
    assert [turn.is_in for turn in line] == [True, True, False, False, False]

    line[0].leave()
    line[0].leave()
    assert [turn.is_in for turn in line[1:]] == [True, True, False, False]
    line[3].leave()
    line[1].leave()

    assert line[4].is_in
    assert await line[4].wait(0)


@looped
async def test_no_more_wait_than_may() -> None:
    turns = Turns(1, waiting_max=2)
    line = [turns.take() for _ in range(3)]

    with pytest.raises(Refused) as caught:
        turns.take()
    assert (caught.value.status, caught.value.code) == (429, "rate_limited")

    line[1].leave()
    assert not turns.take().is_in
    assert not line[2].is_in


@looped
async def test_the_heavy_wait_for_room_and_nobody_overtakes_them() -> None:
    turns = Turns(10, weight_max=100)
    light, heavy, other = turns.take(40), turns.take(90), turns.take(1)
    assert [turn.is_in for turn in (light, heavy, other)] == [True, False, False]

    light.leave()

    assert [turn.is_in for turn in (heavy, other)] == [True, True]


@looped
async def test_who_waits_when_it_closes_is_sent_away() -> None:
    turns = Turns(1)
    inside, waiting = turns.take(), turns.take()
    assert not await waiting.wait(0)

    turns.close()

    with pytest.raises(Refused, match="the server stops"):
        await waiting.wait(1)
    with pytest.raises(Refused, match="the server stops"):
        turns.take()
    assert await inside.wait(0)


@looped
async def test_a_turn_that_somebody_keeps_is_left_by_nobody_else() -> None:
    turns = Turns(1)
    kept, waiting = turns.take(), turns.take()
    kept.keep()
    kept.leave_unless_kept()
    assert not waiting.is_in

    kept.leave()
    assert waiting.is_in
