"""The figures of 24 hours are a plain sum over the minutes of the last day, and what is kept is bounded."""

from hypothesis import given
from hypothesis import strategies as st

from crossbook.data.rolling import MINUTES_PER_DAY, LastDay, Minute

FIRST = 29_000_000
Row = tuple[int, int, int, int]
"""Minutes since the one before, price, volume, and the part of it that buyers took."""

ROWS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 3), st.integers(0, 2 * MINUTES_PER_DAY), st.just(MINUTES_PER_DAY)),
        st.integers(1, 10**9),
        st.integers(1, 1 << 70),
        st.integers(0, 1 << 70),
    ),
    max_size=60,
)
BEFORE = 12_345


def placed(rows: list[Row]) -> list[Row]:
    """Return rows with the number of the minute in place of the distance."""
    found, minute = [], FIRST
    for gap, price, volume, bought in rows:
        minute += gap
        found.append((minute, price, volume, min(bought, volume)))
    return found


def fed(rows: list[Row]) -> LastDay:
    day = LastDay(before=BEFORE)
    for minute, price, volume, bought in rows:
        day.add_minute(Minute(minute, price, price, price, price, volume, bought))
    return day


def check(day: LastDay, rows: list[Row], now: int) -> None:
    inside = [row for row in rows if row[0] > now - MINUTES_PER_DAY]
    outside = [row for row in rows if row[0] <= now - MINUTES_PER_DAY]
    prices = [price for _, price, _, _ in inside]
    assert day.volume == sum(volume for _, _, volume, _ in inside)
    assert day.bought == sum(bought for _, _, _, bought in inside)
    assert day.high == max(prices, default=None)
    assert day.low == min(prices, default=None)
    assert day.before == (outside[-1][1] if outside else BEFORE)
    assert [minute.number for minute in day.minutes] == sorted({row[0] for row in inside})
    assert sum(minute.volume for minute in day.minutes) == day.volume


@given(ROWS, st.integers(0, 2 * MINUTES_PER_DAY))
def test_the_day_is_the_last_1440_minutes(plain: list[Row], later: int) -> None:
    rows = placed(plain)
    day = fed(rows)
    last = rows[-1][0] if rows else FIRST
    check(day, rows, last)
    day.forget(last + later)
    check(day, rows, last + later)
    # Looking twice changes nothing.
    day.forget(last + later)
    check(day, rows, last + later)


@given(ROWS)
def test_trades_of_one_minute_are_one_however_they_come_in(plain: list[Row]) -> None:
    rows = placed(plain)
    day = fed(rows)
    for minute in day.minutes:
        mine = [row for row in rows if row[0] == minute.number]
        assert (minute.open, minute.close) == (mine[0][1], mine[-1][1])
        assert (minute.high, minute.low) == (max(row[1] for row in mine), min(row[1] for row in mine))
        assert (minute.volume, minute.bought) == (sum(row[2] for row in mine), sum(row[3] for row in mine))


def test_a_week_of_trading_keeps_a_day() -> None:
    day = fed([(FIRST + number, 100, 1, 1) for number in range(7 * MINUTES_PER_DAY)])
    assert (len(day.minutes), day.volume, day.bought) == (MINUTES_PER_DAY,) * 3
