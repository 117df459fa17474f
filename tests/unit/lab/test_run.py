"""The directory of a run: what is in it, what adds up in it, and what a setting leaves out of it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from crossbook.core import UsageError
from crossbook.lab.config import RunFile
from crossbook.lab.run import create, find, listed, tables
from crossbook.settings import load
from tests.small_runs import crossbook, hashes_of, made, manifest_of, small

MARKET, GROUP = pl.Enum(["ACME"]), pl.Enum(["maker", "noise"])
COLUMNS: dict[str, dict[str, Any]] = {
    "trades": {"time_ns": pl.Int64, "market": MARKET, "price": pl.Int64, "quantity": pl.Int64, "side": pl.Int8,
               "taker": pl.UInt32, "maker": pl.UInt32, "taker_order": pl.UInt64, "maker_order": pl.UInt64,
               "taker_fee": pl.Int64, "maker_fee": pl.Int64},
    "fills": {"time_ns": pl.Int64, "market": MARKET, "agent": pl.UInt32, "order_id": pl.UInt64, "side": pl.Int8,
              "fee": pl.Int64, "price": pl.Int64, "quantity": pl.Int64, "maker": pl.Boolean},
    "orders": {"time_ns": pl.Int64, "market": MARKET, "event": pl.Enum, "order_id": pl.UInt64, "agent": pl.UInt32,
               "side": pl.Int8, "price": pl.Int64, "quantity": pl.Int64, "remaining": pl.Int64, "reason": pl.UInt8},
    "book": {"time_ns": pl.Int64, "market": MARKET, "bid": pl.Int64, "bid_quantity": pl.Int64, "ask": pl.Int64,
             "ask_quantity": pl.Int64},
    "depth": {"time_ns": pl.Int64, "market": MARKET, "side": pl.Int8, "level": pl.UInt16, "price": pl.Int64,
              "quantity": pl.Int64},
    "equity": {"time_ns": pl.Int64, "group": GROUP, "pnl": pl.Int64},
    "fundamental": {"time_ns": pl.Int64, "symbol": pl.String, "value": pl.Float64},
}  # fmt: skip
PLAIN_FILES = {"config.yaml", "manifest.json", "metrics.json"}
NOBODY_COMES = {"noise": {"kind": "noise", "count": 2, "params": {"from_ns": "12:00", "to_ns": "13:00"}}}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    assert crossbook("run", small(folder), "--out", folder / "runs") == 0
    return find("last", folder / "runs")


def table(run: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(run / f"{name}.parquet")


def metrics_of(run: Path) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads((run / "metrics.json").read_text())
    return plain


def files_of(run: Path) -> set[str]:
    return {path.name for path in run.iterdir()}


def test_a_run_has_all_its_files_and_no_others(run: Path) -> None:
    assert files_of(run) == PLAIN_FILES | {"report.html"} | {f"{name}.parquet" for name in COLUMNS}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_has_its_columns(run: Path, name: str) -> None:
    rows = table(run, name)
    assert len(rows)
    assert list(rows.columns) == list(COLUMNS[name])
    for column, kind in COLUMNS[name].items():
        assert rows.schema[column] == kind or isinstance(rows.schema[column], pl.Enum), column
    assert rows["time_ns"].is_sorted() or name in ("equity", "depth")


def test_trades_fills_and_metrics_tell_the_same(run: Path) -> None:
    trades, fills, orders = (table(run, name) for name in ("trades", "fills", "orders"))
    metrics, manifest = metrics_of(run), manifest_of(run)
    market = metrics["markets"]["ACME"]

    assert market["trades"] == len(trades) > 100
    assert market["volume"] == trades["quantity"].sum()
    assert (market["low"], market["high"]) == (trades["price"].min(), trades["price"].max())
    assert (market["open"], market["close"]) == (trades["price"][0], trades["price"][-1])
    assert len(fills) == 2 * len(trades)
    assert (fills["side"] * fills["quantity"]).sum() == 0
    assert fills.filter("maker")["agent"].to_list() == trades["maker"].to_list()
    assert market["orders"] == (orders["event"] == "accepted").sum()
    groups = metrics["agents"]
    assert [group["group"] for group in groups] == ["maker", "noise"]
    assert sum(group["trades"] for group in groups) == len(fills)
    assert sum(group["volume"] for group in groups) == fills["quantity"].sum()
    assert sum(group["orders"] for group in groups) == market["orders"]
    assert sum(group["pnl_total"] for group in groups) == 0
    assert all(claim["holds"] for claim in manifest["conservation"])


def test_best_quotes_never_cross_in_continuous_trading(run: Path) -> None:
    book = table(run, "book")
    both = book.drop_nulls(["bid", "ask"])
    assert len(both) > 100
    assert (both["bid"] < both["ask"]).all()
    for side in ("bid", "ask"):
        assert (book[side].is_null() == (book[f"{side}_quantity"] == 0)).all()


def test_the_manifest_says_what_was_run(run: Path) -> None:
    manifest = manifest_of(run)
    assert {"format", "name", "status", "seed", "versions", "config_hash", "started", "steps", "data"} <= set(
        manifest
    )
    assert (manifest["name"], manifest["seed"], manifest["status"], manifest["reason"]) == (
        "small",
        3,
        "complete",
        None,
    )
    assert manifest["simulated_seconds"] == 60.0
    assert manifest["stopped_ns"] == manifest["close_ns"] == manifest["start_ns"] + 60 * 10**9
    assert list(manifest["event_hash"]) == list(manifest["state_hash"]) == ["main"]
    assert [(group["group"], group["first"], group["count"]) for group in manifest["agents"]] == [
        ("maker", 0, 2),
        ("noise", 2, 20),
    ]
    assert [Path(row["file"]).name for row in manifest["data"]] == ["small.yaml"]


def test_the_kept_settings_are_those_of_the_run_file(run: Path) -> None:
    there = load(run / "config.yaml", RunFile).settings
    assert there == load(run.parent.parent / "small.yaml", RunFile).settings


def test_csv_files_hold_the_tables(tmp_path: Path) -> None:
    run = made(small(tmp_path, record={"csv": True, "realism": False}))
    for name in ("trades", "fills", "orders", "book", "depth", "equity"):
        rows = table(run, name)
        read = pl.read_csv(run / f"{name}.csv", infer_schema_length=None)
        assert read.columns == rows.columns
        assert read["time_ns"].to_list() == rows["time_ns"].to_list()


@pytest.mark.parametrize(
    ("record", "gone"),
    [
        ({"orders": False}, {"trades", "fills", "orders"}),
        ({"book": False}, {"book"}),
        ({"samples": 0}, {"depth", "equity"}),
        ({"orders": False, "book": False, "samples": 0}, set(COLUMNS) - {"fundamental"}),
    ],
)
def test_what_is_not_recorded_is_not_there_and_changes_nothing(
    run: Path, tmp_path: Path, record: dict[str, Any], gone: set[str]
) -> None:
    file = small(tmp_path, record=record)
    assert crossbook("run", file, "--out", tmp_path / "runs") == 0
    less = find("last", tmp_path / "runs")

    kept = set(COLUMNS) - gone
    assert files_of(less) == PLAIN_FILES | {"report.html"} | {f"{name}.parquet" for name in kept}
    assert hashes_of(less) == hashes_of(run)
    for name in kept:
        assert table(less, name).equals(table(run, name))


def test_a_market_in_which_nothing_happens_has_empty_tables_and_a_report(tmp_path: Path) -> None:
    file = small(tmp_path, agents=NOBODY_COMES)
    assert crossbook("run", file, "--out", tmp_path / "runs") == 0
    run = find("last", tmp_path / "runs")

    assert files_of(run) == PLAIN_FILES | {"report.html"} | {f"{name}.parquet" for name in COLUMNS}
    for name in ("trades", "fills", "orders", "book"):
        rows = table(run, name)
        assert len(rows) == 0
        assert list(rows.columns) == list(COLUMNS[name])
    assert metrics_of(run)["markets"]["ACME"]["trades"] == 0


def test_several_markets_at_several_venues_are_told_apart(tmp_path: Path) -> None:
    file = small(
        tmp_path,
        markets={"ACME": {"initial_price": 100.0}, "BETA": {"initial_price": 50.0, "price_step": "0.05"}},
        venues={"EAST": {}, "WEST": {"symbols": ["ACME"], "taker_fee_ppm": 1_000}},
    )
    run = made(file)
    metrics, trades = metrics_of(run)["markets"], table(run, "trades")

    assert list(metrics) == ["EAST:ACME", "EAST:BETA", "WEST:ACME"]
    assert {name: row["trades"] for name, row in metrics.items()} == {
        name: (trades["market"] == name).sum() for name in metrics
    }
    assert all(row["trades"] for row in metrics.values())
    assert 950 < trades.filter(pl.col("market") == "EAST:BETA")["price"].mean() < 1_050  # type: ignore[operator]
    paid = trades.group_by("market").agg(pl.col("taker_fee").sum())
    assert {name for name, fee in paid.iter_rows() if fee} == {"WEST:ACME"}
    assert len(hashes_of(run)[0]) == 2


def test_tables_that_go_to_disk_in_parts_are_those_kept_in_memory(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "ROWS_IN_MEMORY_MAX", 50)
    monkeypatch.setattr("crossbook.lab.run.driver.STEPS_BETWEEN", 100)
    parts = made(small(tmp_path))

    assert hashes_of(parts) == hashes_of(run)
    assert files_of(parts) == files_of(run) - {"report.html"}
    for name in COLUMNS:
        assert table(parts, name).equals(table(run, name)), name


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    now = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    names = [create(tmp_path, "calm", "0123456789abcdef", now).name for _ in range(3)]
    assert names == [f"20250102T030405-calm-01234567{end}" for end in ("", "-2", "-3")]


def test_runs_are_found_by_path_by_part_of_their_name_and_as_the_last(tmp_path: Path) -> None:
    file, runs = small(tmp_path), tmp_path / "runs"
    folders = [made(file, "--set", f"name={name}") for name in ("beta", "alpha", "alpha")]

    assert [one.folder for one in listed(runs)] == folders[::-1]
    assert find("last", runs) == folders[-1]
    assert find("beta", runs) == find(str(folders[0]), tmp_path) == folders[0]
    with pytest.raises(UsageError, match="-alpha- means several runs"):
        find("-alpha-", runs)
    with pytest.raises(UsageError, match="gamma: there is no such run under"):
        find("gamma", runs)
    with pytest.raises(UsageError, match="last: there is no such run under"):
        find("last", tmp_path / "nowhere")
