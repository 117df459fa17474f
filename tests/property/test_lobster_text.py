"""The fast reading of a table gives what the slow one gives, or leaves the block to it."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crossbook.data import lobster
from crossbook.data.errors import DataError
from crossbook.data.lobster import text

NOWHERE = Path("day.csv")
COLUMNS = ["time", "a", "b"]

rows = st.lists(
    st.tuples(
        st.integers(0, 86_399_999_999_999),
        st.integers(1, 2**63 - 1),
        st.integers(1, 2**40 - 1),
        st.integers(1, 2**40),
        st.sampled_from([1, 2, 3, 4, 5, 6]),
        st.sampled_from([1, -1]),
    ),
    max_size=40,
)


@given(rows)
def test_what_is_written_is_read_back(tmp_path_factory, rows: list[tuple[int, ...]]) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("day")
    written = np.array(sorted(rows, key=lambda row: row[0]), lobster.MESSAGE)

    with lobster.MessageWriter(folder / "day.csv") as file:
        file.write(written)

    np.testing.assert_array_equal(lobster.read_messages(folder / "day.csv"), written)


cells = st.one_of(
    st.integers(-(10**19), 10**19).map(str),
    st.decimals(0, 10**6, places=9).map(lambda value: f"{value:f}"),
    st.text("0123456789-.+ e=\r\x00\xff", max_size=12),
)
tables = st.lists(st.lists(cells, min_size=2, max_size=4).map(",".join), max_size=8)


@given(tables)
def test_fast_and_slow_reading_agree_on_any_text(lines: list[str]) -> None:
    content = "".join(f"{line}\n" for line in lines).encode("latin-1")
    fast = text._parse_fast(content, len(COLUMNS), decimal_first=True)
    try:
        slow = text._parse_slowly(NOWHERE, text.Block(1, content), COLUMNS, decimal_first=True)
    except DataError:
        assert fast is None
        return

    if fast is not None:
        np.testing.assert_array_equal(fast, slow)


@given(
    st.lists(st.tuples(st.decimals(0, 10**5, places=5), st.integers(), st.integers()), min_size=1, max_size=8)
)
def test_ordinary_text_takes_the_fast_way(lines) -> None:  # type: ignore[no-untyped-def]
    small = [(time, a % 10**17, -(b % 10**17)) for time, a, b in lines]
    content = "".join(f"{time:f},{a},{b}\n" for time, a, b in small).encode()

    assert text._parse_fast(content, len(COLUMNS), decimal_first=True) is not None
