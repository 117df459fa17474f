"""The figures of a run: of each market, and of each group of agents."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from crossbook.core.simulation import Simulation

_MINUTE_NS: Final = 60_000_000_000


def _table(folder: Path, name: str) -> pl.DataFrame | None:
    path = folder / f"{name}.parquet"
    return pl.read_parquet(path) if path.exists() else None


def measure(folder: Path, simulation: Simulation, end_ns: int) -> dict[str, Any]:
    """Return what `metrics.json` holds, realism left out.

    Args:
        folder: The run's folder, its tables written.
        simulation: The simulation, over or stopped.
        end_ns: Until when quotes count.
    """
    trades, orders, book = (_table(folder, name) for name in ("trades", "orders", "book"))
    names = [market[0] for market in simulation.markets()]
    return {
        "markets": {name: _market(name, trades, orders, book, end_ns) for name in names},
        "agents": _groups(simulation, trades, orders),
    }


def _market(
    name: str,
    trades: pl.DataFrame | None,
    orders: pl.DataFrame | None,
    book: pl.DataFrame | None,
    end_ns: int,
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    if trades is not None:
        mine = trades.filter(pl.col("market") == name)
        price, quantity = mine["price"], mine["quantity"]
        volume = int(quantity.sum())
        figures |= {"trades": len(mine), "volume": volume}
        if len(mine):
            figures |= {
                "open": int(price[0]),
                "high": int(price.max()),  # type: ignore[arg-type]
                "low": int(price.min()),  # type: ignore[arg-type]
                "close": int(price[-1]),
                "vwap": float((price.cast(pl.Float64) * quantity).sum() / volume),
            }
    if orders is not None:
        events = orders.filter(pl.col("market") == name)["event"].value_counts()
        counts = dict(zip(events["event"].to_list(), events["count"].to_list(), strict=True))
        figures |= {"orders": counts.get("accepted", 0), "cancels": counts.get("cancelled", 0)}
        figures["rejects"] = counts.get("rejected", 0)
    if book is not None:
        figures |= _quotes(book.filter(pl.col("market") == name), end_ns)
    return figures


def _quotes(book: pl.DataFrame, end_ns: int) -> dict[str, Any]:
    """Return spread, depth and volatility, by time; crossed books belong to auctions and are left out."""
    time = book["time_ns"].to_numpy()
    weight = np.diff(time, append=end_ns).clip(min=0)
    both = (book["bid"].is_not_null() & book["ask"].is_not_null()).to_numpy()
    bid, ask = book["bid"].fill_null(0).to_numpy(), book["ask"].fill_null(0).to_numpy()
    both &= ask > bid
    spread = (ask - bid)[both].astype(float)
    weight_both = weight[both].astype(float)
    if not len(spread) or not weight_both.sum():
        return {}
    order = np.argsort(spread, kind="stable")
    middle = np.searchsorted(np.cumsum(weight_both[order]), weight_both.sum() / 2)
    depth = (book["bid_quantity"].to_numpy() + book["ask_quantity"].to_numpy())[both] / 2
    mids = (bid + ask)[both] / 2
    return {
        "spread_mean": float(np.average(spread, weights=weight_both)),
        "spread_median": float(spread[order][min(middle, len(order) - 1)]),
        "depth_mean": float(np.average(depth, weights=weight_both)),
        "return_volatility_1m": _volatility(time[both], mids, end_ns),
    }


def _volatility(time: NDArray[Any], mids: NDArray[Any], end_ns: int) -> float | None:
    """Return the deviation of the log returns of the middle from minute to minute."""
    grid = np.arange(time[0], end_ns + 1, _MINUTE_NS)
    sampled = np.log(mids[np.searchsorted(time, grid, side="right") - 1])
    return float(np.std(np.diff(sampled))) if len(sampled) > 2 else None


def _groups(
    simulation: Simulation, trades: pl.DataFrame | None, orders: pl.DataFrame | None
) -> list[dict[str, Any]]:
    profits = np.array(simulation.profits(), dtype=np.int64)
    agents = len(profits)

    def per_agent(values: pl.Series, weights: pl.Series | None = None) -> NDArray[Any]:
        numbers = values.to_numpy()
        inside = numbers < agents
        if weights is None:
            return np.bincount(numbers[inside], minlength=agents)
        # Whole numbers to the end: a float would lose digits of what is beyond 2^53.
        sums = np.zeros(agents, dtype=np.int64)
        np.add.at(sums, numbers[inside], weights.to_numpy()[inside])
        return sums

    nothing = np.zeros(agents)
    sent = nothing if orders is None else per_agent(orders.filter(pl.col("event") == "accepted")["agent"])
    traded, volume, fees = nothing, nothing, nothing
    if trades is not None:
        traded = per_agent(trades["taker"]) + per_agent(trades["maker"])
        volume = per_agent(trades["taker"], trades["quantity"]) + per_agent(
            trades["maker"], trades["quantity"]
        )
        fees = per_agent(trades["taker"], trades["taker_fee"]) + per_agent(
            trades["maker"], trades["maker_fee"]
        )
    rows = []
    for name, kind, first, count, _ in simulation.groups():
        part = slice(first, first + count)
        mine = profits[part]
        # Of any size: profits of many agents may be more than 64 bits hold.
        total = sum(mine.tolist())
        rows.append(
            {
                "group": name,
                "kind": kind,
                "count": count,
                "orders": int(sent[part].sum()),
                "trades": int(traded[part].sum()),
                "volume": int(volume[part].sum()),
                "pnl_total": total,
                "pnl_mean": total / count,
                "pnl_median": float(np.median(mine)),
                "pnl_min": int(mine.min()),
                "pnl_max": int(mine.max()),
                "share_positive": float((mine > 0).mean()),
                "fees": int(fees[part].sum()),
            }
        )
    return rows
