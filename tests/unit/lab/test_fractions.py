"""A market of coins in fractions: lots are counted, and people are shown coins and money."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from crossbook.lab.config.groups import Group
from crossbook.lab.config.model import Market
from crossbook.lab.report import write, write_comparison
from crossbook.lab.report.manifest import Manifest
from crossbook.lab.report.manifest import Market as Shown
from crossbook.lab.report.units import Unit, cash_unit, quantity_unit
from tests.small_runs import crossbook, hashes_of, made, manifest_of, small
from tests.unit.lab.read_page import Page

COIN = 100_000_000
MAKERS = {
    "kind": "symmetric_maker",
    "count": 3,
    "cash": 10**16,
    "params": {"interval_ns": "500ms", "spread": 0.0004, "lots": 2 * COIN, "position_lots": 1000 * COIN},
}
NOISE = {
    "kind": "taker",
    "count": 20,
    "params": {"interval_ns": "500ms", "size": {"kind": "lognormal", "mean": 18.42, "deviation": 0.5}},
}
BITCOIN: dict[str, Any] = {"initial_price": 50000.00, "lot_size": 0.00000001, "max_price": 100000}


def bitcoin(folder: Path, name: str = "bitcoin.yaml", **changes: Any) -> Path:
    keys = {"markets": {"BTC/USD": BITCOIN}, "agents": {"makers": MAKERS, "noise": NOISE}}
    return small(folder, name, **(keys | changes))


def metrics_of(run: Path) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads((run / "metrics.json").read_text())
    return plain


@pytest.mark.parametrize(
    ("given", "kept"), [(0.00000001, "0.00000001"), ("1e-8", "0.00000001"), ("0.010", "0.01"), (100, "100")]
)
def test_the_size_of_a_lot_is_kept_as_it_was_written(given: object, kept: str) -> None:
    assert Market.model_validate({"initial_price": 1, "lot_size": given}).lot_size == kept


@pytest.mark.parametrize(
    "given", [0, -1, "0.00", "a coin", True, None, "1e-19", float("inf"), [1], "1" + "0" * 50]
)
def test_a_lot_of_nothing_is_refused(given: object) -> None:
    with pytest.raises(ValidationError, match="must be a decimal above zero of at most 18 places"):
        Market.model_validate({"initial_price": 1, "lot_size": given})


def test_a_wrong_size_is_one_line_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = bitcoin(tmp_path, markets={"BTC/USD": BITCOIN | {"lot_size": 0}})
    assert crossbook("run", file, "--out", tmp_path / "runs") == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert 'markets."BTC/USD".lot_size: must be a decimal above zero' in error


def test_the_size_of_a_lot_changes_no_hash_and_no_table(tmp_path: Path) -> None:
    whole = made(bitcoin(tmp_path, "whole.yaml", markets={"BTC/USD": BITCOIN | {"lot_size": 1}}))
    parts = made(bitcoin(tmp_path))

    assert hashes_of(whole) == hashes_of(parts)
    for name in ("trades", "orders", "book", "equity"):
        assert pl.read_parquet(whole / f"{name}.parquet").equals(pl.read_parquet(parts / f"{name}.parquet"))
    one, other = metrics_of(whole), metrics_of(parts)
    assert (one["markets"], one["agents"]) == (other["markets"], other["agents"])
    assert [manifest_of(run)["markets"][0]["lot"] for run in (whole, parts)] == ["1", "0.00000001"]
    assert crossbook("verify", parts) == 0


def test_people_are_shown_coins_and_money(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = made(bitcoin(tmp_path))
    summary = " ".join(capsys.readouterr().out.split())
    page = Page(write(run).read_text(encoding="utf-8"))
    trades, figures = pl.read_parquet(run / "trades.parquet"), metrics_of(run)
    coins = Decimal(int(trades["quantity"].sum())) / COIN
    assert coins > 500
    # Cash units are cents of hundred-millionths of a coin.
    earned = {row["group"]: Decimal(row["pnl_total"]) / 10**10 for row in figures["agents"]}
    assert abs(earned["makers"]) > 1

    volume = f"{coins:,.4f}" if coins >= 1000 else f"{coins:,.5f}"
    profit = f"{earned['makers']:,.2f}".replace("-", "−")  # noqa: RUF001
    for text in (summary, page.text):
        assert f"{volume} BTC" in text
        assert "Volume, BTC" in text
        assert profit in text
        assert " lots" not in text.partition("Configuration as resolved")[0]
    assert "P&L, USD" in summary
    assert "profit and loss in USD" in page.text
    charts = {chart["key"]: chart for chart in page.charts["views"][0]["charts"] + page.charts["shared"]}
    assert charts["volume"]["title"] == "Volume in BTC"
    assert charts["depth"]["title"] == "Depth at best in BTC, mean by time"
    drawn = sum(
        abs(value) for line in charts["volume"]["lines"] for value in line["values"] if value is not None
    )
    assert drawn * charts["volume"]["reads"]["factor"] == pytest.approx(float(coins))
    assert charts["equity"]["reads"] == {"decimals": 2, "factor": 1e-10, "unit": "USD", "line_at_zero": True}


def test_runs_of_different_lots_are_compared_each_in_its_own_unit(tmp_path: Path) -> None:
    parts = made(bitcoin(tmp_path))
    whole = made(bitcoin(tmp_path, "whole.yaml", markets={"BTC/USD": BITCOIN | {"lot_size": 1}}))
    lots = metrics_of(whole)["markets"]["BTC/USD"]["volume"]

    text = Page(write_comparison([parts, whole], tmp_path / "page.html").read_text(encoding="utf-8")).text

    assert f"{lots:,} lots" in text
    assert " BTC" in text


def test_several_markets_of_coins_are_told_apart_and_money_is_of_one_kind(tmp_path: Path) -> None:
    ether = BITCOIN | {"initial_price": 3000.00, "max_price": 10000}
    file = bitcoin(tmp_path, markets={"BTC/USD": BITCOIN, "ETH/USD": ether}, venues={"EAST": {}, "WEST": {}})
    run = made(file)
    page = Page(write(run).read_text(encoding="utf-8"))

    assert [view["name"] for view in page.charts["views"]] == [
        "EAST:BTC/USD", "EAST:ETH/USD", "WEST:BTC/USD", "WEST:ETH/USD",
    ]  # fmt: skip
    assert page.charts["views"][1]["charts"][3]["title"] == "Volume in ETH"
    figures = metrics_of(run)["markets"]
    of_ether = Decimal(figures["EAST:ETH/USD"]["volume"]) / COIN
    assert f"{of_ether:,.5f} ETH" in page.text
    assert "profit and loss in USD" in page.text
    assert crossbook("verify", run) == 0


def test_drawn_sizes_of_hundreds_of_millions_of_lots_are_what_was_asked_for(tmp_path: Path) -> None:
    pareto = {"kind": "pareto", "least": COIN, "exponent": 1.5, "most": 4 * COIN}
    sizes = {"lognormal": NOISE["params"]["size"], "pareto": pareto}  # type: ignore[index]
    agents = {
        name: {"kind": "noise", "count": 200, "params": {"interval_ns": "1s", "aggressive": 0, "size": size}}
        for name, size in sizes.items()
    }
    agents["makers"] = MAKERS
    run = made(bitcoin(tmp_path, agents=agents))
    orders = pl.read_parquet(run / "orders.parquet").filter(event="accepted")
    drawn = {
        row["group"]: orders.filter(pl.col("agent").is_between(row["first"], row["first"] + 199))["quantity"]
        for row in manifest_of(run)["agents"]
        if row["group"] in sizes
    }

    assert all(len(one) > 10_000 for one in drawn.values())
    logarithms = drawn["lognormal"].log()
    assert logarithms.mean() == pytest.approx(18.42, abs=0.02)
    assert logarithms.std() == pytest.approx(0.5, abs=0.02)
    assert drawn["lognormal"].n_unique() > 0.999 * len(drawn["lognormal"])
    shares = [(drawn["pareto"] > times * COIN).mean() for times in (2, 3)]
    assert shares == pytest.approx([2**-1.5, 3**-1.5], abs=0.015)
    assert (drawn["pareto"].min(), drawn["pareto"].max()) >= (COIN, 4 * COIN)
    assert (drawn["pareto"] == 4 * COIN).mean() == pytest.approx(4**-1.5, abs=0.015)


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("block", {"buy": True}),
        ("participation", {"buy": True, "share": 0.1, "interval_ns": "1s"}),
        ("symmetric_maker", {"interval_ns": "1s", "spread": 0.01, "position_lots": 1 << 40}),
        (
            "avellaneda_stoikov",
            {"interval_ns": "1s", "gamma": 0.1, "sigma": 1, "k": 0.1, "position_lots": 1 << 40},
        ),
    ],
)
def test_an_order_has_as_many_lots_as_the_core_takes_and_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, params: dict[str, Any]
) -> None:
    most = (1 << 40) - 1
    # A tick is the highest price, so that no order is worth more than the core counts.
    market = {"initial_price": 0.01, "max_price": 100}
    for lots, status in ((most, 0), (most + 1, 2)):
        one = {"kind": kind, "params": params | {"lots": lots}}
        file = small(tmp_path, markets={"ACME": market}, agents={"one": one, "noise": NOISE})
        assert crossbook("run", file, "--out", tmp_path / "runs", "--no-report") == status
    assert f"agents.one.params.lots: must be at most {most}, not {most + 1}" in capsys.readouterr().err


@pytest.mark.parametrize(("cash", "count", "status"), [(1 << 62, 1, 0), (1 << 61, 2, 0), (1 << 62, 2, 2)])
def test_a_venue_takes_as_much_cash_as_the_core_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cash: int, count: int, status: int
) -> None:
    rich = MAKERS | {"cash": cash, "count": count}
    file = bitcoin(tmp_path, agents={"rich": rich, "noise": NOISE | {"cash": 0}})

    assert crossbook("run", file, "--out", tmp_path / "runs", "--no-report") == status

    error = capsys.readouterr().err.strip()
    if status:
        assert "\n" not in error
        assert error.endswith("agents.rich: the account's cash could pass what the core carries")
        assert not (tmp_path / "runs").exists()
    else:
        (folder,) = (tmp_path / "runs").iterdir()
        assert all(claim["holds"] for claim in manifest_of(folder)["conservation"])
        assert metrics_of(folder)["agents"][0]["pnl_total"] is not None


def test_no_agent_has_more_cash_than_a_deposit_may_be() -> None:
    assert Group(cash=1 << 62).cash == 1 << 62
    with pytest.raises(ValidationError):
        Group(cash=(1 << 62) + 1)


def test_sums_of_large_numbers_lose_no_digit(tmp_path: Path) -> None:
    big = {"kind": "block", "params": {"buy": True, "lots": (1 << 40) - 1, "pieces": 59, "interval_ns": "1s"}}
    other = {"kind": "symmetric_maker", "params": {"interval_ns": "100ms", "spread": 0.5, "lots": (1 << 40) - 1,
                                                   "position_lots": 1 << 40}}  # fmt: skip
    market = {"initial_price": 0.10, "max_price": 100, "taker_fee_ppm": 100_000}
    run = made(small(tmp_path, markets={"ACME": market}, agents={"other": other, "big": big}))
    fills, (_, figures) = pl.read_parquet(run / "fills.parquet"), metrics_of(run)["agents"]

    mine = fills.filter(agent=1)
    assert figures["volume"] == mine["quantity"].sum() > 1 << 39
    assert figures["fees"] == mine["fee"].sum()
    assert figures["pnl_mean"] == float(figures["pnl_total"])


def shown(*, lot: str = "0.00000001", symbol: str = "BTC/USD", step: str = "0.01", **more: str) -> Shown:
    return Shown(market=symbol, symbol=symbol, price_step=step, currency="USD", lot=lot, **more)


@pytest.mark.parametrize(
    ("markets", "largest", "expected"),
    [
        ([shown(lot="1")], 12_345, ("12,345", "lots")),
        ([shown(lot="1", symbol="ACME")], 12_345, ("12,345", "lots")),
        ([shown()], 12_345, ("0.00012345", "BTC")),
        ([shown()], 123_456_789_012, ("1,234.5679", "BTC")),
        ([shown()], 0, ("0", "BTC")),
        ([shown(lot="100", symbol="ACME")], 12, ("1,200", "units")),
        ([shown(), shown(symbol="ETH/USD")], COIN, ("1.0000000", "units")),
        ([shown(), shown(lot="1")], 7, ("7", "lots")),
        ([], 7, ("7", "lots")),
    ],
)
def test_a_quantity_reads_in_what_is_traded(
    markets: list[Shown], largest: int, expected: tuple[str, str]
) -> None:
    unit = quantity_unit(markets, [None, largest])
    assert (unit.read(largest), unit.name) == expected


@pytest.mark.parametrize(
    ("markets", "largest", "expected"),
    [
        ([shown()], 0, ("0.00", "USD")),
        ([shown(lot="1")], -12_345, ("−123.45", "USD")),  # noqa: RUF001
        ([shown()], 12_345_678_901_234, ("1,234.57", "USD")),
        # Where there is next to nothing, as many decimals as show it.
        ([shown()], 12_345, ("0.0000012345", "USD")),
        # A tick of a lot is as many cash units as the multiplier says.
        ([shown(lot="50", step="0.25", multiplier="1250")], 100, ("1.00", "USD")),
        ([shown(lot="1", step="0.05", multiplier="5"), shown(lot="1", multiplier="1")], 150, ("1.50", "USD")),
        ([shown(lot="1"), shown()], 150, ("150", "cash units")),
        ([], 150, ("150", "cash units")),
    ],
)
def test_money_reads_in_the_currency(markets: list[Shown], largest: int, expected: tuple[str, str]) -> None:
    unit = cash_unit(Manifest(markets=markets), [largest])
    assert (unit.read(largest), unit.name) == expected


def test_a_number_that_is_not_there_is_a_dash() -> None:
    assert Unit(Decimal("0.01"), "USD", 2).read(None) == "–"  # noqa: RUF001
