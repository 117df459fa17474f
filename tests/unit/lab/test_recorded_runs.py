"""Run files with recordings: nobody beside one leaves it as it was, and a flaw ends the run or is told."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from crossbook.data import lobster
from tests.recorded import ROOT, recorded
from tests.small_runs import crossbook, made, manifest_of, small
from tests.unit.data.test_binance import GOOD, depth, quote, snapshot, trade
from tests.unit.lab.test_recorded import OWN, best_of

MAKER = str(ROOT / "examples" / "queue_maker.py") + ":QueueMaker"


def check_is_the_record(run: Path, messages: Path) -> None:
    """Compare the best quotes of a run with the recorded book, at the last message of each moment."""
    record = best_of(lobster.read_book(messages.with_name(messages.name.replace("_message_", "_orderbook_"))))
    times = lobster.read_messages(messages)["time_ns"]
    last = np.append(times[1:] != times[:-1], True)
    book = pl.read_parquet(run / "book.parquet").with_columns(pl.col("bid", "ask").fill_null(0))
    quotes = book.select("bid", "bid_quantity", "ask", "ask_quantity").to_numpy()
    place = np.searchsorted(book["time_ns"].to_numpy(), times[last], side="right") - 1
    assert (place >= 0).all()
    np.testing.assert_array_equal(quotes[place], record[last])


@pytest.mark.parametrize("impact", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_recorded_day_with_nobody_beside_it_is_the_record_row_for_row(tmp_path: Path, impact: bool) -> None:
    file = small(
        tmp_path,
        day={"start": "09:29:59", "open": "09:29:59.5", "close": "16:00:01"},
        markets={"OWN": {"initial_price": 100.0, "price_step": "0.0001", "tick_multiple": 100}},
        recorded={"OWN": {"kind": "lobster", "messages": str(OWN), "impact": impact}},
        agents={"maker": {"kind": MAKER, "params": {"quantity": 1, "limit": 1, "every_ns": 10**9}}},
        record={"realism": False, "samples": 0},
    )
    alone = made(file, "--set", "agents.maker.count=0")
    check_is_the_record(alone, OWN)
    manifest = manifest_of(alone)
    assert all(claim["holds"] for claim in manifest["conservation"])
    assert [group["kind"] for group in manifest["agents"]] == ["recorded"]
    (lineage,) = (row for row in manifest["data"] if "format" in row)
    assert lineage["rows_equal"] == lineage["rows_compared"] > 0
    assert {Path(row["file"]).name for row in manifest["data"] if "sha256" in row} >= {OWN.name}
    assert crossbook("verify", alone) == 0


@pytest.mark.slow
@pytest.mark.data
def test_the_amazon_day_with_nobody_beside_it_is_the_record_row_for_row(tmp_path: Path) -> None:
    messages = recorded("lobster/AMZN_2012-06-21_34200000_57600000_message_1.csv")
    words = ("--set", "agents.maker.count=0", "--set", "record={realism: false, samples: 0}", "--no-report")
    assert crossbook("run", ROOT / "configs" / "replay_lobster.yaml", "--out", tmp_path, *words) == 0
    (run,) = tmp_path.iterdir()
    check_is_the_record(run, messages)


@pytest.mark.slow
@pytest.mark.data
def test_the_bitcoin_recording_runs_beside_its_maker_twice_alike(tmp_path: Path) -> None:
    recorded("binance/spot_btcusdt_20240808.jsonl.gz")
    runs = tmp_path / "runs"
    assert crossbook("run", ROOT / "configs" / "backtest_binance.yaml", "--out", runs) == 0
    assert crossbook("verify", "last", "--runs", runs) == 0


def backtest(folder: Path, name: str, **settings: Any) -> Path:
    """Write a run file for a recording beside it, which begins at 22:13:20."""
    return small(
        folder,
        day={"start": "22:13:18", "open": "22:13:19", "close": "22:13:30"},
        markets={"BTCUSDT": {"initial_price": 100.0}},
        recorded={"BTCUSDT": {"kind": "binance", "file": name, **settings}},
        agents={},
    )


WHOLE = GOOD + depth(4, 7, 9, [["99.97", "3"]], []) + trade(5, 2) + quote(6, 10)
GAP = GOOD + depth(4, 20, 21, [["99.97", "3"]], []) + quote(6, 22)
CROSSED = GOOD + quote(4, 8, "100.05", "100.01")


def cut(text: str) -> bytes:
    packed = gzip.compress(text.encode())
    return packed[: len(packed) * 3 // 4]


# The recording, the line of its flaw, and the kind that repair counts it as.
FLAWED: list[tuple[bytes, int, str]] = [
    (cut(WHOLE), 4, "cut_off"),
    (GAP.encode(), 5, "sequence_gap"),
    (CROSSED.encode(), 5, "crossed_quote"),
    ((GOOD + "noon {}\n" + trade(5, 2)).encode(), 5, "malformed"),
    ((GOOD + snapshot(4, 8)[:40]).encode(), 5, "truncated"),
]


@pytest.mark.parametrize(
    ("content", "line", "kind"), FLAWED, ids=["cut", "gap", "crossed", "malformed", "torn"]
)
def test_a_flaw_of_a_recording_ends_a_strict_run_and_is_told_by_one_that_repairs(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
    line: int,
    kind: str,
) -> None:
    (tmp_path / "day.jsonl").write_bytes(content)
    runs = tmp_path / "runs"
    file = backtest(tmp_path, "day.jsonl")

    assert crossbook("run", file, "--out", runs) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"recorded.BTCUSDT: {tmp_path / 'day.jsonl'}:{line}: " in error
    assert not runs.exists()

    run = made(backtest(tmp_path, "day.jsonl", policy="repair"))
    (lineage,) = (row for row in manifest_of(run)["data"] if row.get("rows"))
    assert lineage["finding_counts"][kind] == 1
    assert line in [finding["line"] for finding in lineage["findings"]]
    assert crossbook("verify", run) == 0


def test_a_sound_recording_runs_with_nobody_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "day.jsonl").write_text(WHOLE)
    run = made(backtest(tmp_path, "day.jsonl"))
    book = pl.read_parquet(run / "book.parquet")
    assert book.select("bid", "ask").row(-1) == (9_999, 10_001)
    monkeypatch.chdir("/")  # The manifest names its files wherever it is read from.
    assert crossbook("verify", run) == 0
    assert "changed since" not in capsys.readouterr().out
    (tmp_path / "day.jsonl").write_text(WHOLE + quote(7, 11))
    crossbook("verify", run)
    assert f"{tmp_path / 'day.jsonl'} changed since" in capsys.readouterr().out.replace("\n", "")


def test_a_damaged_compressed_recording_is_refused_even_by_repair(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = bytearray(gzip.compress(WHOLE.encode()))
    packed[len(packed) // 2] ^= 0xFF
    (tmp_path / "day.jsonl").write_bytes(packed)
    assert crossbook("run", backtest(tmp_path, "day.jsonl", policy="repair"), "--out", tmp_path / "runs") == 2
    assert "recorded.BTCUSDT" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
