"""Recordings of Binance's combined streams: exact rows, every fault named by file and line, repairs told."""

import gzip
import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crossbook.core import UsageError
from crossbook.data import binance
from crossbook.data.binance import reader
from crossbook.data.errors import DataError
from tests.recorded import recorded

BTCUSDT = "binance/spot_btcusdt_20240808.jsonl.gz"
START_MS = 1_700_000_000_000
NANOSECONDS = 1_000_000


def line(tick: int, message: object) -> str:
    return f"{(START_MS + tick) * NANOSECONDS} {json.dumps(message, separators=(',', ':'))}\n"


def stream(tick: int, name: str, **data: Any) -> str:
    return line(tick, {"stream": f"btcusdt@{name}", "data": {"s": "BTCUSDT", **data}})


def depth(tick: int, first: int, last: int, bids: list[list[str]], asks: list[list[str]]) -> str:
    return stream(tick, "depth@100ms", E=START_MS + tick, U=first, u=last, b=bids, a=asks)


def trade(tick: int, number: int, price: str = "100.00", **changed: Any) -> str:
    said = {"t": number, "p": price, "q": "0.5", "T": START_MS + tick, "m": True}
    return stream(tick, "trade", **(said | changed))


def quote(tick: int, update: int, bid: str = "99.99", ask: str = "100.01", **changed: Any) -> str:
    return stream(tick, "bookTicker", **({"u": update, "b": bid, "B": "1", "a": ask, "A": "2"} | changed))


def snapshot(tick: int, update: int) -> str:
    return line(tick, {"lastUpdateId": update, "bids": [["99.99", "1"]], "asks": [["100.01", "2"]]})


GOOD = snapshot(0, 4) + depth(1, 5, 6, [["99.98", "3"]], []) + trade(2, 1) + quote(3, 7)


def recording(folder: Path, content: str | bytes, name: str = "day.jsonl") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("pack", [lambda text: text, gzip.compress], ids=["plain", "gzip"])
def test_a_recording_becomes_rows_of_whole_ticks_and_lots(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    path = recording(tmp_path, pack(GOOD.encode()))
    read = binance.read(path)

    assert read.rows.dtype == binance.L2_ROW
    assert read.rows[["price", "quantity", "line", "kind", "side", "flags"]].tolist() == [
        (9_999, 100_000_000, 1, 1, 0, 2),
        (10_001, 200_000_000, 1, 1, 1, 3),
        (9_998, 300_000_000, 2, 1, 0, 1),
        (10_000, 50_000_000, 3, 2, 1, 1),
        (9_999, 100_000_000, 4, 3, 0, 0),
        (10_001, 200_000_000, 4, 3, 1, 1),
    ]
    assert read.rows["exchange_ns"].tolist() == [
        tick and (START_MS + tick) * NANOSECONDS for tick in (0, 0, 1, 2, 2, 2)
    ]
    assert read.local_ns == (START_MS * NANOSECONDS, (START_MS + 3) * NANOSECONDS)
    assert read.exchange_ns == ((START_MS + 1) * NANOSECONDS, (START_MS + 2) * NANOSECONDS)
    assert (read.symbol, read.findings, read.finding_counts) == ("BTCUSDT", (), {})


def test_the_lineage_names_the_file_and_is_plain_json(tmp_path: Path) -> None:
    path = recording(tmp_path, gzip.compress(GOOD.encode()))
    lineage = binance.read(path, policy="repair", symbol="BTCUSDT").lineage

    assert json.loads(json.dumps(lineage)) == lineage
    assert (lineage["file"], lineage["rows"]) == ("day.jsonl", 6)
    assert (lineage["bytes"], lineage["text_bytes"]) == (path.stat().st_size, len(GOOD))
    assert lineage["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


FAULTS: list[tuple[str, str, str]] = [
    ("malformed", "noon {}\n", "it does not begin with a receive time in nanoseconds and a space"),
    ("malformed", "1700000000004000000 {]\n", "its JSON is not that of a known message: "),
    ("malformed", trade(4, 2, p=100.0), "invalid type: floating point `100.0`, expected a price in quotes"),
    ("malformed", trade(4, 2, m=None), "invalid type: null, expected a boolean"),
    ("number", trade(4, 2, "NaN"), "the price 'NaN' is refused: it is no plain decimal"),
    ("number", trade(4, 2, "1e400"), "the price '1e400' is refused: it is no plain decimal"),
    ("number", trade(4, 2, "-100"), "the price '-100' is refused: it is not from 1 to"),
    ("number", trade(4, 2, "100.005"), "the price '100.005' is refused: it is no whole number of steps"),
    ("number", trade(4, 2, "9" * 60), "the price '9999999999999999999999999999999999999999...' is refused"),
    ("number", trade(4, 2, q="1" * 15), "the quantity '111111111111111' is refused: it is"),
    ("outlier", trade(4, 2, "1000.11"), "more than 10 times off the last"),
    ("other_symbol", trade(4, 2, s="ETHUSDT"), 'the symbol is "ETHUSDT", and was "BTCUSDT"'),
    ("local_time_back", trade(4, 2).replace("00004", "00002", 1), "the receive time goes back by 1000000 ns"),
    ("exchange_time_back", trade(4, 2, T=START_MS), "the exchange's time goes back by 2000000 ns"),
    ("times_apart", trade(4, 2, T=1), "the receive time and the exchange's are more than a day apart"),
    ("sequence_gap", depth(4, 8, 9, [], []), "the update follows 7, and the last one ends at 6"),
    ("repeated", depth(4, 5, 6, [], []), "the update to 6 is not newer than the last, to 6"),
    ("trade_gap", trade(4, 3), "trade 3 follows trade 1"),
    ("trade_repeated", trade(4, 1), "trade 1 follows trade 1"),
    ("crossed_book", depth(4, 7, 7, [["100.02", "1"]], []), "the best bid of 10002 ticks is not below"),
    ("crossed_quote", quote(4, 8, "100.01"), "the bid of 10001 ticks is not below the ask of 10001"),
]


@pytest.mark.parametrize(("kind", "bad", "reason"), FAULTS)
def test_a_fault_is_named_with_file_and_line_or_repaired_and_told(
    tmp_path: Path, kind: str, bad: str, reason: str
) -> None:
    path = recording(tmp_path, GOOD + bad + quote(9, 9))

    with pytest.raises(DataError) as refusal:
        binance.read(path)
    repaired = binance.read(path, policy="repair")

    assert str(refusal.value).startswith(f"{path}:5: ")
    assert reason in refusal.value.reason
    assert "\n" not in str(refusal.value)
    assert repaired.finding_counts == {kind: 1}
    assert [(found.line, found.kind) for found in repaired.findings] == [(5, kind)]
    assert reason in repaired.findings[0].reason
    assert repaired.findings[0].action
    assert repaired.rows["line"].tolist()[-2:] == [6, 6]
    assert (np.diff(repaired.rows["local_ns"]) >= 0).all()


def test_after_a_gap_the_rows_say_that_the_book_is_stale(tmp_path: Path) -> None:
    read = binance.read(recording(tmp_path, GOOD + depth(4, 9, 9, [["99.97", "1"]], [])), policy="repair")

    assert read.rows["flags"][-1] == binance.RowFlag.LAST | binance.RowFlag.STALE
    assert not read.contents.whole_at_end


def test_a_last_line_that_is_cut_off_is_named(tmp_path: Path) -> None:
    path = recording(tmp_path, GOOD[:-20])

    with pytest.raises(DataError, match=r":4: the last line is cut off: its JSON is not"):
        binance.read(path)
    assert binance.read(path, policy="repair").finding_counts == {"truncated": 1}


def test_a_compressed_file_that_is_cut_off_is_named_with_the_line_where_it_ends(tmp_path: Path) -> None:
    lines = [trade(number, number) for number in range(1, 2_000)]
    packed = gzip.compress("".join(lines).encode())
    path = recording(tmp_path, packed[: len(packed) // 2], "day.jsonl.gz")

    with pytest.raises(DataError, match="the compressed file is cut off within this line") as refusal:
        binance.read(path)
    repaired = binance.read(path, policy="repair")

    last = refusal.value.line
    assert 100 < last < 2_000
    assert len(repaired.rows) == last - 1
    assert repaired.finding_counts["cut_off"] == 1
    assert repaired.findings[-1].kind == "cut_off"


@pytest.mark.parametrize("policy", ["strict", "repair"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda packed: packed[:60] + b"\xff" * 8 + packed[68:],
        lambda packed: packed[:-8] + b"\0" * 8,
        lambda packed: packed + b"rubbish",
    ],
    ids=["garbled", "wrong checksum", "something after it"],
)
def test_a_damaged_compressed_file_is_refused_whatever_the_policy(
    tmp_path: Path, spoil: Callable[[bytes], bytes], policy: Any
) -> None:
    path = recording(tmp_path, spoil(gzip.compress(GOOD.encode())))

    with pytest.raises(DataError, match="the compressed file is damaged"):
        binance.read(path, policy=policy)


@pytest.mark.parametrize("piece", [2, 7, 1_000])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_where_the_pieces_of_a_file_end_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes], piece: int
) -> None:
    text = GOOD.encode()
    path = recording(tmp_path, b"".join(pack(part) for part in (text[:300], b"", text[300:])))
    whole = binance.read(path)
    monkeypatch.setattr(reader, "PIECE_BYTES", piece)

    assert (binance.read(path).rows == whole.rows).all()


def test_a_small_file_that_swells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recording(tmp_path, gzip.compress(b" " * (8 << 20)))

    with pytest.raises(DataError, match=":1: the line is longer than 1048576 bytes"):
        binance.read(path)
    monkeypatch.setattr(reader, "TEXT_BYTES_MAX", 4 << 20)
    with pytest.raises(DataError, match="longer than 4194304 bytes of text"):
        binance.read(path, policy="repair")


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    for content in [b"", gzip.compress(b"")]:
        read = binance.read(recording(tmp_path, content))
        assert (len(read.rows), read.rows.dtype, read.symbol) == (0, binance.L2_ROW, "")


def test_what_the_caller_gets_wrong_is_one_clear_line(tmp_path: Path) -> None:
    path = recording(tmp_path, GOOD)
    settings: list[tuple[Path, dict[str, Any], str]] = [
        (tmp_path / "none.jsonl", {}, "No such file"),
        (tmp_path, {}, "Is a directory"),
        (path, {"price_step": "0"}, "price_step is no step: it is out of range"),
        (path, {"quantity_step": "1e-8"}, "quantity_step is no step: it is no plain decimal"),
        (path, {"policy": "lax"}, "policy must be 'strict' or 'repair', not 'lax'"),
    ]
    for place, wrong, complaint in settings:
        with pytest.raises(UsageError, match=complaint):
            binance.read(place, **wrong)


def test_the_real_recording_has_no_fault() -> None:
    read = binance.read(recorded(BTCUSDT))
    contents = read.contents

    assert (contents.lines, len(read.rows)) == (41_249, 191_928)
    assert (contents.quotes, contents.updates, contents.trades, contents.snapshots) == (
        28_040,
        3_451,
        9_757,
        1,
    )
    assert (contents.unknown_streams, contents.first_whole_line, contents.whole_at_end) == (0, 8, True)
    assert read.finding_counts == {}
    assert read.symbol == "BTCUSDT"
    # The recorder's clock was behind the exchange's all the time, and was set once.
    assert (contents.least_delay_ns, contents.largest_delay_ns) == (-1_274_761_454, -1_058_092_824)


def test_lots_that_are_too_coarse_are_refused_at_the_first_quantity_that_has_more_places() -> None:
    path = recorded(BTCUSDT)

    with pytest.raises(DataError, match=r":1886: the quantity '25\.42618900' is refused"):
        binance.read(path, quantity_step="0.00001")


@pytest.mark.slow
def test_the_book_of_the_real_recording_agrees_with_every_best_quote() -> None:
    path = recorded(BTCUSDT)
    rows = binance.read(path).rows
    depth_ids, quotes = _update_ids(path)
    quote_ids = [update for update, _ in quotes]
    book: list[dict[int, int]] = [{}, {}]
    agreed = compared = 0
    for price, quantity, number, side, flags in rows[rows["kind"] == binance.RowKind.DEPTH][
        ["price", "quantity", "line", "side", "flags"]
    ].tolist():
        if quantity:
            book[side][price] = quantity
        else:
            book[side].pop(price, None)
        if flags != binance.RowFlag.LAST:
            continue
        bid, ask = max(book[0]), min(book[1])
        newest = int(np.searchsorted(quote_ids, depth_ids[number], side="right")) - 1
        compared += 1
        agreed += quotes[newest][1] == (bid, book[0][bid], ask, book[1][ask])

    # Every update after the snapshot; the one laid over it is part of it.
    assert (agreed, compared) == (3_448, 3_448)


def _update_ids(path: Path) -> tuple[dict[int, int], list[tuple[int, tuple[int, ...]]]]:
    """Return the last update of each depth line, and update and numbers of each quote, by the standard library."""
    depth_ids: dict[int, int] = {}
    quotes: list[tuple[int, tuple[int, ...]]] = []
    with gzip.open(path, "rt") as file:
        for number, text in enumerate(file, 1):
            message = json.loads(text.split(" ", 1)[1])
            data = message.get("data", message)
            if "U" in data:
                depth_ids[number] = data["u"]
            elif "B" in data:
                steps = zip("bBaA", ("0.01", "0.00000001") * 2, strict=True)
                quotes.append(
                    (data["u"], tuple(int(Decimal(data[key]) / Decimal(step)) for key, step in steps))
                )
    return depth_ids, quotes
