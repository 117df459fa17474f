"""What is recorded of a live run reaches its tables whole and in order, memory holds little of it, and a full disk is told."""

import shutil
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.core import TransientError
from crossbook.core.records import EVENT, QUOTE, SAMPLE
from crossbook.core.words import EventKind
from crossbook.lab.live.archive import ROWS_AT_ONCE, Archive, together
from crossbook.lab.run.tables import Tables, Taken

MARKETS = [("ACME", "ACME", 0, "main", 0, 1)]


def taken(first: int, events: int, quotes: int | None = 0, samples: int | None = None) -> Taken:
    """Return a stretch whose rows are numbered by their times, from `first` on."""
    rows = np.zeros(events, dtype=EVENT)
    rows["kind"], rows["instrument"] = EventKind.TRADE, 1
    rows["time_ns"] = np.arange(first, first + events)
    return Taken(
        events=[rows],
        quotes=None if quotes is None else numbered(quotes, first, QUOTE),
        samples=None if samples is None else numbered(samples, first, SAMPLE),
    )


def numbered(count: int, first: int, dtype: Any) -> Any:
    rows = np.zeros(count, dtype=dtype)
    rows["time_ns"] = np.arange(first, first + count)
    return rows


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made = Archive(Tables(tmp_path, MARKETS, ["all"], rows_max=1_000))
    yield made
    made._queue.put(None)


SIZES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9), st.integers(0, 3)), max_size=40)


@given(SIZES)
def test_stretches_together_are_what_they_were_apart(sizes: list[tuple[int, int, int]]) -> None:
    parts, at = [], 0
    for events, quotes, samples in [(1, 0, 0), *sizes]:
        parts.append(taken(at, events, quotes, samples))
        at += 100
    whole = together(parts)
    assert whole.rows == sum(part.rows for part in parts)
    assert whole.quotes is not None
    assert whole.samples is not None
    for name, found in (("events", whole.events[0]), ("quotes", whole.quotes), ("samples", whole.samples)):
        columns = [part.events[0] if name == "events" else getattr(part, name) for part in parts]
        assert found["time_ns"].tolist() == [time for rows in columns for time in rows["time_ns"].tolist()]


def test_what_is_not_recorded_stays_unrecorded() -> None:
    whole = together([taken(0, 3, None), taken(3, 2, None)])
    assert (whole.quotes, whole.samples, whole.rows) == (None, None, 5)


def test_all_of_it_reaches_the_disk_in_order(tmp_path: Path) -> None:
    tables = Tables(tmp_path, MARKETS, ["all"], rows_max=1_000)
    archive, at = Archive(tables), 0
    sizes = [1, ROWS_AT_ONCE - 1, 0, 7, 3 * ROWS_AT_ONCE, *([11] * 500), 0]
    for size in sizes:
        archive.add(taken(at, size))
        at += size
    archive.close()
    assert list(tmp_path.glob(".trades.part*.parquet"))
    tables.finish(csv=False)
    assert not list(tmp_path.glob(".*"))
    assert pl.read_parquet(tmp_path / "trades.parquet")["time_ns"].to_list() == list(range(at))


def test_tables_of_nothing_have_their_columns_all_the_same(tmp_path: Path) -> None:
    tables = Tables(tmp_path, MARKETS, ["all"])
    archive = Archive(tables)
    for _ in range(5):
        archive.add(taken(0, 0, 0, 0))
    archive.close()
    tables.finish(csv=False)
    for name in ("trades", "orders", "fills", "book", "depth", "equity"):
        found = pl.read_parquet(tmp_path / f"{name}.parquet")
        assert len(found) == 0
        assert "time_ns" in found.columns


def test_turns_of_a_quiet_market_take_no_memory(archive: Archive) -> None:
    # At a thousand turns a second these are half a minute of a market that sleeps.
    nothing = [taken(0, 0) for _ in range(10)]
    archive.add(taken(0, 1))
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(30_000):
            archive.add(nothing[number % 10])
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 10_000


def test_a_failing_disk_is_told_to_who_adds_next_and_at_the_close(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    archive = Archive(Tables(folder, MARKETS, ["all"], rows_max=10))
    shutil.rmtree(folder)

    def add() -> None:
        # The first is handed over, and its failure is known a little later.
        for number in range(1_000):
            archive.add(taken(number, ROWS_AT_ONCE))

    with pytest.raises(TransientError, match="what is recorded cannot be written"):
        add()
    with pytest.raises(TransientError, match="what is recorded cannot be written"):
        archive.close()
    assert not archive._thread.is_alive()


class _Stuck:
    """Tables on a disk that does not answer until it is told to."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.rows = 0

    def add(self, part: Taken) -> None:
        self.go.wait(60)
        self.rows += part.rows


def test_a_slow_disk_is_waited_for_and_nothing_is_dropped() -> None:
    tables = _Stuck()
    archive = Archive(cast("Tables", tables))
    stretches = 40

    def add() -> None:
        for number in range(stretches):
            archive.add(taken(number, ROWS_AT_ONCE))

    adding = threading.Thread(target=add)
    adding.start()
    adding.join(0.5)
    assert adding.is_alive()
    assert archive._queue.full()
    tables.go.set()
    adding.join(60)
    archive.close()
    assert tables.rows == stretches * ROWS_AT_ONCE
