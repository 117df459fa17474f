"""Candles of every frame are what a plain reading of the trades says, however the trades come in."""

import itertools
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.core.records import EVENT
from crossbook.lab.live.candles import FRAMES, SECOND_NS, Candle, Candles, Trades, end_of, start_of

DAY_S = 86_400
EPOCH_S = int(datetime(2024, 2, 28, tzinfo=UTC).timestamp())
BUY, SELL, NO_SIDE = 0, 1, 255


def trades_of(rows: list[tuple[int, int, int, int]]) -> Trades:
    """Return trades of time, price, lots and side."""
    made = np.zeros(len(rows), dtype=EVENT)
    for place, (time, price, lots, side) in enumerate(rows):
        made[place]["time_ns"], made[place]["price"], made[place]["quantity"], made[place]["side"] = (
            time,
            price,
            lots,
            side,
        )
    return made


def plain_start(frame: str, second: int) -> int:
    """When a frame begins, by the calendar."""
    moment = datetime.fromtimestamp(second, UTC)
    midnight = moment.replace(hour=0, minute=0, second=0)
    if frame == "1M":
        return int(midnight.replace(day=1).timestamp())
    if frame == "1w":
        return int((midnight - timedelta(days=moment.weekday())).timestamp())
    count, unit = int(frame[:-1]), frame[-1]
    width = count * {"s": 1, "m": 60, "h": 3_600, "d": DAY_S}[unit]
    return second - second % width


def plain(rows: list[tuple[int, int, int, int]], frame: str) -> list[Candle]:
    """The candles of a frame, trade by trade."""
    made: list[Candle] = []
    for number, (time, price, lots, side) in enumerate(rows, start=1):
        start = plain_start(frame, EPOCH_S + time // SECOND_NS)
        worth, bought = price * lots, lots if side == BUY else 0
        one = Candle(
            start,
            end_of(frame, start),
            number,
            number,
            price,
            price,
            price,
            price,
            lots,
            worth,
            bought,
            price * bought,
            1,
        )
        if made and made[-1].start_s == start:
            made[-1].take(one)
        else:
            made.append(one)
    return made


ROWS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 3 * SECOND_NS), st.integers(0, 70 * DAY_S * SECOND_NS // 40)),
        st.integers(1, 1 << 40),
        st.integers(1, 1 << 40),
        st.sampled_from([BUY, SELL, NO_SIDE]),
    ),
    max_size=60,
)


@given(rows=ROWS, cuts=st.lists(st.integers(0, 60), max_size=5), few=st.sampled_from([0, 3, 64]))
def test_candles_are_those_of_a_plain_reading_however_the_trades_come(
    rows: list[tuple[int, int, int, int]], cuts: list[int], few: int
) -> None:
    with patch("crossbook.lab.live.candles._FEW", few):
        check_candles(rows, cuts)


def check_candles(rows: list[tuple[int, int, int, int]], cuts: list[int]) -> None:
    time, moments = 0, []
    for step, price, lots, side in rows:
        time += step
        moments.append((time, price, lots, side))
    candles, closed = Candles(EPOCH_S), {frame: list[Candle]() for frame in FRAMES}
    bounds = [0, *sorted(min(cut, len(moments)) for cut in cuts), len(moments)]
    for begin, end in itertools.pairwise(bounds):
        for frame, candle in candles.add(trades_of(moments[begin:end])):
            closed[frame].append(candle)
        if end < len(moments):
            # Time may go on before the next trade comes, up to that trade.
            for frame, candle in candles.close(moments[end][0]):
                closed[frame].append(candle)
    for frame in FRAMES:
        left = [candles.open[frame]] if frame in candles.open else []
        assert closed[frame] + left == plain(moments, frame), frame


def test_there_are_21_frames_that_do_not_get_shorter() -> None:
    assert len(FRAMES) == len(set(FRAMES)) == 21
    widths = [end_of(frame, start_of(frame, EPOCH_S)) - start_of(frame, EPOCH_S) for frame in FRAMES]
    assert widths == sorted(widths)
    assert (FRAMES[0], FRAMES[-1]) == ("1s", "1M")


@pytest.mark.parametrize(
    ("frame", "moment", "start", "end"),
    [
        (
            "1M",
            datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC),
            datetime(2024, 2, 1, tzinfo=UTC),
            datetime(2024, 3, 1, tzinfo=UTC),
        ),
        (
            "1M",
            datetime(2023, 12, 31, tzinfo=UTC),
            datetime(2023, 12, 1, tzinfo=UTC),
            datetime(2024, 1, 1, tzinfo=UTC),
        ),
        (
            "1w",
            datetime(2024, 3, 3, 23, tzinfo=UTC),
            datetime(2024, 2, 26, tzinfo=UTC),
            datetime(2024, 3, 4, tzinfo=UTC),
        ),
        (
            "1w",
            datetime(2024, 3, 4, tzinfo=UTC),
            datetime(2024, 3, 4, tzinfo=UTC),
            datetime(2024, 3, 11, tzinfo=UTC),
        ),
        (
            "4h",
            datetime(2024, 3, 4, 7, 59, 59, tzinfo=UTC),
            datetime(2024, 3, 4, 4, tzinfo=UTC),
            datetime(2024, 3, 4, 8, tzinfo=UTC),
        ),
    ],
)
def test_frames_are_aligned_to_the_calendar(
    frame: str, moment: datetime, start: datetime, end: datetime
) -> None:
    found = start_of(frame, int(moment.timestamp()))
    assert (found, end_of(frame, found)) == (int(start.timestamp()), int(end.timestamp()))


def test_a_candle_closes_when_its_time_is_over_and_not_before() -> None:
    candles = Candles(EPOCH_S)
    assert not candles.add(trades_of([(59 * SECOND_NS, 100, 1, BUY)]))
    assert [frame for frame, _ in candles.close(60 * SECOND_NS - 1)] == []
    assert [frame for frame, _ in candles.close(60 * SECOND_NS)] == ["1s", "5s", "10s", "15s", "30s", "1m"]
    assert "1m" not in candles.open
    assert "3m" in candles.open


def test_worth_beyond_64_bits_is_exact() -> None:
    candles = Candles(EPOCH_S)
    candles.add(trades_of([(0, (1 << 40) - 1, (1 << 40) - 1, SELL)] * 3))
    assert candles.open["1s"].worth == 3 * ((1 << 40) - 1) ** 2
    assert candles.open["1M"].bought_worth == 0
