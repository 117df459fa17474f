"""A run directory that nothing ran: plausible numbers from a seed, in the format that the lab writes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

OPEN_NS, CLOSE_NS = 34_200 * 10**9, 57_600 * 10**9
GROUPS = ["noise", "fundamental", "market maker", "momentum", "institution"]
HOSTILE = "<script>window.planted = 1</script>"


def make_run(
    folder: Path,
    *,
    seed: int = 7,
    markets: int = 1,
    quotes: int = 200_000,
    trades: int = 30_000,
    name: str = "",
) -> Path:
    """Write a run directory of a whole day and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    names = ["XNAS:ALFA", "XNAS:BETA", "ARCA:ALFA", "ARCA:BETA", "BATS:ALFA", "BATS:BETA", "IEXG:ALFA"][
        :markets
    ]
    books, tapes, values = [], [], []
    for market in names:
        book, tape, value = make_market(random, market, quotes // markets, trades // markets)
        books.append(book)
        tapes.append(tape)
        values.append(value)
    book, tape = pl.concat(books).sort("time_ns"), pl.concat(tapes).sort("time_ns")
    book.write_parquet(folder / "book.parquet")
    tape.write_parquet(folder / "trades.parquet")
    # A symbol has one value, however many venues trade it.
    of_symbols = {value["symbol"][0]: value for value in reversed(values)}
    pl.concat(of_symbols.values()).sort("time_ns").write_parquet(folder / "fundamental.parquet")
    equity = make_equity(random)
    equity.write_parquet(folder / "equity.parquet")
    write(folder / "manifest.json", make_manifest(name or "calm-day", seed, names))
    write(folder / "metrics.json", make_metrics(random, book, tape, equity))
    (folder / "config.yaml").write_text(
        f"name: {name or 'calm-day'}\nmode: simulate\nseed: {seed}\nnote: {HOSTILE}\n"
    )
    return folder


def write(path: Path, plain: dict[str, Any]) -> None:
    """Write a value as JSON."""
    path.write_text(json.dumps(plain))


def change(path: Path, **fields: object) -> None:
    """Change fields of a JSON file."""
    write(path, json.loads(path.read_text()) | fields)


def make_market(
    random: np.random.Generator, market: str, quotes: int, trades: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Make one market's day: best prices, trades, and the value behind them."""
    # More happens at the open and at the close.
    uniform = np.sort(random.beta(0.72, 0.78, quotes))
    times = (OPEN_NS + uniform * (CLOSE_NS - OPEN_NS)).astype(np.int64)
    shocks = random.standard_t(4, quotes) * 0.42 * (1 + 0.8 * np.sin(np.linspace(0, 19, quotes)) ** 2)
    value = 10_000 + np.cumsum(shocks)
    level = value + 6 * np.sin(np.linspace(0, 60, quotes))
    spread = np.maximum(1, random.geometric(0.55, quotes) + (np.abs(uniform - 0.02) < 0.03) * 2)
    bid = np.floor(level - spread / 2).astype(np.int64)
    book = pl.DataFrame(
        {
            "time_ns": times,
            "market": [market] * quotes,
            "bid": bid,
            "bid_quantity": random.gamma(2.2, 180, quotes).astype(np.int64) + 1,
            "ask": bid + spread,
            "ask_quantity": random.gamma(2.2, 170, quotes).astype(np.int64) + 1,
        }
    )
    chosen = np.sort(random.choice(quotes, trades, replace=False))
    side = random.choice(np.array([1, -1], np.int8), trades, p=[0.51, 0.49])
    side[[0, -1]] = 0
    tape = pl.DataFrame(
        {
            "time_ns": times[chosen],
            "market": [market] * trades,
            "price": np.where(side > 0, bid[chosen] + spread[chosen], bid[chosen]),
            "quantity": (random.pareto(1.9, trades) * 60).astype(np.int64) + 1,
            "side": side,
            "taker": random.integers(0, 500, trades, np.uint32),
            "maker": random.integers(0, 500, trades, np.uint32),
        }
    )
    seen = np.linspace(0, quotes - 1, 2_340).astype(int)
    fundamental = pl.DataFrame(
        {
            "time_ns": times[seen],
            "symbol": [market.partition(":")[2]] * len(seen),
            "value": value[seen] - 3.0,
        }
    )
    return book, tape, fundamental


def make_equity(random: np.random.Generator) -> pl.DataFrame:
    """Make what each group earned over the day; together they earn nothing."""
    times = np.linspace(OPEN_NS, CLOSE_NS, 400).astype(np.int64)
    steps = random.normal(0, 9_000, (len(GROUPS), 400)) + np.array([[-1_700], [500], [1_900], [-300], [0]])
    earned = np.cumsum(steps, axis=1).astype(np.int64)
    earned[-1] = -earned[:-1].sum(axis=0)
    return pl.concat(
        pl.DataFrame({"time_ns": times, "group": [group] * 400, "pnl": earned[number]})
        for number, group in enumerate(GROUPS)
    ).sort("time_ns", maintain_order=True)


def make_manifest(name: str, seed: int, markets: list[str]) -> dict[str, Any]:
    """Make the manifest of a run that is complete."""
    venues = sorted({market.partition(":")[0] for market in markets})
    return {
        "format": 1,
        "name": name,
        "status": "complete",
        "reason": None,
        "seed": seed,
        "versions": {"crossbook": "0.1.0", "python": "3.11.7", "polars": "2.1.0", "numpy": "2.4.6"},
        "config_hash": "5f0c1d9e2ab34c77",
        "started": "2026-05-09T10:11:12+00:00",
        "wall_seconds": 41.27,
        "simulated_seconds": 23_400.0,
        "open_ns": OPEN_NS,
        "close_ns": CLOSE_NS,
        "state_hash": {
            venue: f"{0x9E3779B97F4A7C15 * (seed + n) % 2**64:016x}" for n, venue in enumerate(venues)
        },
        "event_hash": {
            venue: f"{0xC2B2AE3D27D4EB4F * (seed + n) % 2**64:016x}" for n, venue in enumerate(venues)
        },
        "commands": 4_812_334,
        "events": 11_290_871,
        "conservation": [
            {"claim": "Cash in equals cash out", "holds": True, "detail": "sum of all accounts 0 of 0"},
            {
                "claim": "Every lot bought was sold",
                "holds": True,
                "detail": "positions add up to 0 in each market",
            },
            {
                "claim": "Fees collected equal fees paid",
                "holds": True,
                "detail": "1,204,331 units on both sides",
            },
        ],
        "data": [
            {
                "file": "ALFA_2025-01-02_message_5.csv.gz",
                "sha256": "3b1f" * 16,
                "rows": 118_497,
                "findings": [
                    {"kind": "duplicate row", "rows": 3, "repair": "dropped"},
                    {"kind": "time runs backwards", "rows": 1, "repair": "kept in file order"},
                ],
            },
            {"file": "calendar.csv", "sha256": "77aa" * 16, "rows": 252, "findings": []},
        ],
        "markets": [
            {
                "market": market,
                "symbol": market.partition(":")[2],
                "venue": market.partition(":")[0],
                "price_step": "0.01",
                "currency": "USD",
                "lot": "1",
            }
            for market in markets
        ],
        "agents": [
            {"group": group, "kind": kind, "first": first, "count": count}
            for group, kind, first, count in zip(
                GROUPS,
                ["ZeroIntelligence", "ValueTrader", "AvellanedaStoikov", "Momentum", "TwapInstitution"],
                [1, 401, 601, 611, 661],
                [400, 200, 10, 50, 4],
                strict=True,
            )
        ],
    }


def make_metrics(
    random: np.random.Generator, book: pl.DataFrame, tape: pl.DataFrame, equity: pl.DataFrame
) -> dict[str, Any]:
    """Make the metrics that belong to the tables."""
    markets = {}
    for (market,), trades in tape.group_by(["market"], maintain_order=True):
        quotes = book.filter(pl.col("market") == market)
        price, quantity = trades["price"].to_numpy(), trades["quantity"].to_numpy()
        spread = (quotes["ask"] - quotes["bid"]).to_numpy()
        markets[str(market)] = {
            "trades": len(trades),
            "volume": int(quantity.sum()),
            "orders": len(quotes) * 3,
            "cancels": len(quotes) * 2,
            "open": int(price[0]),
            "high": int(price.max()),
            "low": int(price.min()),
            "close": int(price[-1]),
            "vwap": float((price * quantity).sum() / quantity.sum()),
            "spread_mean": float(spread.mean()),
            "spread_median": float(np.median(spread)),
            "return_volatility_1m": 0.00041,
            "depth_mean": float(quotes["bid_quantity"].mean() or 0.0),  # type: ignore[arg-type]
        }
    last = dict(
        zip(*equity.tail(len(GROUPS)).select("group", "pnl").to_dict(as_series=False).values(), strict=True)
    )
    agents = []
    for group, count in zip(GROUPS, [400, 200, 10, 50, 4], strict=True):
        each = random.normal(last[group] / count, 20_000, count)
        agents.append(
            {
                "group": group,
                "count": count,
                "orders": count * 1_803,
                "trades": count * 151,
                "volume": count * 9_310,
                "pnl_total": last[group],
                "pnl_mean": last[group] / count,
                "pnl_median": float(np.median(each)),
                "pnl_min": int(each.min()),
                "pnl_max": int(each.max()),
                "share_positive": float((each > 0).mean()),
                "fees": count * 730,
            }
        )
    return {"markets": markets, "agents": agents, "realism": FACTS}


FACTS: list[dict[str, Any]] = [
    {
        "key": "tail_index",
        "name": "Heavy tails of returns",
        "group": "Returns",
        "formula": "alpha = (1/k * sum_i ln(x_i / x_k))^-1, k = 5 % of n",
        "source": "Hill (1975); Gopikrishnan et al. (1999)",
        "accepted": [2.0, 5.0],
        "value": 3.12,
        "low": 2.81,
        "high": 3.46,
        "verdict": "pass",
        "note": "one-minute log returns",
    },
    {
        "key": "return_autocorrelation",
        "name": "No linear memory in returns",
        "group": "Returns",
        "formula": "rho(1) of one-minute log returns",
        "source": "Cont (2001), fact 1",
        "accepted": [-0.05, 0.05],
        "value": -0.113,
        "low": -0.16,
        "high": -0.066,
        "verdict": "fail",
        "note": "bid-ask bounce is left in",
    },
    {
        "key": "volatility_clustering",
        "name": "Volatility clusters",
        "group": "Returns",
        "formula": "rho(10) of absolute one-minute returns > 0",
        "source": "Cont (2001), fact 6",
        "accepted": "above 0",
        "value": 0.071,
        "low": -0.002,
        "high": 0.144,
        "verdict": "inconclusive",
        "note": "the interval holds 0",
    },
    {
        "key": "order_sign_memory",
        "name": "Order signs remember",
        "group": "Order flow",
        "formula": "gamma of rho(l) ~ l^-gamma, l = 1..1000",
        "source": "Lillo & Farmer (2004)",
        "accepted": [0.2, 0.9],
        "value": 0.58,
        "low": 0.49,
        "high": 0.67,
        "verdict": "pass",
        "note": "",
    },
    {
        "key": "volume_profile",
        "name": "Volume smiles over the day",
        "group": "Order flow",
        "formula": "c2 of v(t) = c0 + c1 t + c2 t^2",
        "source": "Jain & Joh (1988)",
        "accepted": "above 0",
        "value": None,
        "low": None,
        "high": None,
        "verdict": "not measured",
        "note": "needs at least five days",
    },
]
