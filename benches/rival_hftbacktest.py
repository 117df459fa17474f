"""hftbacktest on a recording: prints the rows a second of its converter, of an empty strategy and of a maker.

Runs in the rivals' environment, with a recording as Binance's futures stream it and a number of copies of it to replay
one after the other. Compilation by numba comes before every measurement.
"""

import contextlib
import io
import json
import sys
import time
from typing import Any

import numpy as np
from hftbacktest import GTX, LIMIT, LOCAL_EVENT, BacktestAsset, ROIVectorMarketDepthBacktest
from hftbacktest.data.utils import binancefutures
from numba import njit

STEP_NS = 100_000_000
"""Between two looks of the strategy."""
REPEATS = 5
TICK = 0.01
LOT = 0.00001
BUFFER_ROWS = 2_000_000


@njit  # type: ignore[misc,untyped-decorator,unused-ignore] # numba is seen as untyped here.
def empty(backtest: Any) -> int:
    """Do nothing until the end."""
    looks = 0
    while backtest.elapse(100_000_000) == 0:
        looks += 1
    return looks


@njit  # type: ignore[misc,untyped-decorator,unused-ignore] # as above
def maker(backtest: Any) -> int:
    """At each look cancel what stands, and quote the best price of both sides."""
    number = 0
    while backtest.elapse(100_000_000) == 0:
        backtest.clear_inactive_orders(0)
        values = backtest.orders(0).values()
        while values.has_next():
            order = values.get()
            if order.cancellable:
                backtest.cancel(0, order.order_id, False)  # noqa: FBT003 - as it is called
        depth = backtest.depth(0)
        bid, ask = depth.best_bid, depth.best_ask
        if bid < ask:
            backtest.submit_buy_order(0, number + 1, bid, depth.lot_size, GTX, LIMIT, False)  # noqa: FBT003
            backtest.submit_sell_order(0, number + 2, ask, depth.lot_size, GTX, LIMIT, False)  # noqa: FBT003
            number += 2
    return number


def convert(path: str) -> Any:
    """Convert a recording with its best quotes; what the converter says of it is not shown."""
    with contextlib.redirect_stdout(io.StringIO()):
        return binancefutures.convert(path, opt="t", base_latency=1_000_000, buffer_size=BUFFER_ROWS)


def rows_of(data: Any) -> int:
    """Count the rows of a recording: a row that was split for its times is one."""
    return int(((data["ev"] & LOCAL_EVENT) != 0).sum())


def replay(data: Any, strategy: Any) -> tuple[float, int]:
    """Replay the data; return the seconds, and what the strategy counted."""
    prices = data["px"][data["px"] > 0]
    asset = (
        BacktestAsset()
        .data(data)
        .linear_asset(1.0)
        .constant_order_latency(1_000_000, 1_000_000)
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .trading_value_fee_model(0.0, 0.0)
        .tick_size(TICK)
        .lot_size(LOT)
        .roi_lb(float(np.quantile(prices, 0.001)))
        .roi_ub(float(np.quantile(prices, 0.999)))
        .last_trades_capacity(0)
    )
    backtest = ROIVectorMarketDepthBacktest([asset])
    begin = time.perf_counter()
    count = strategy(backtest)
    seconds = time.perf_counter() - begin
    backtest.close()
    return seconds, int(count)


def main() -> None:
    """Measure all three."""
    path, copies = sys.argv[1], int(sys.argv[2])
    once = convert(path)
    span = int(max(once["exch_ts"].max(), once["local_ts"].max()) - once["exch_ts"].min()) + STEP_NS
    parts = []
    for number in range(copies):
        part = once.copy()
        part["exch_ts"] += number * span
        part["local_ts"] += number * span
        parts.append(part)
    data = np.concatenate(parts)
    counts = {"convert": rows_of(once), "empty": rows_of(data), "maker": rows_of(data)}
    times: dict[str, list[float]] = {what: [] for what in counts}
    orders = 0
    for strategy in (empty, maker):
        replay(once, strategy)
    for _ in range(REPEATS):
        begin = time.perf_counter()
        convert(path)
        times["convert"].append(time.perf_counter() - begin)
        times["empty"].append(replay(data, empty)[0])
        seconds, orders = replay(data, maker)
        times["maker"].append(seconds)
    said: dict[str, float] = {what: counts[what] / min(took) for what, took in times.items()}
    said |= {"rows": counts["empty"], "converted_rows": counts["convert"], "orders": orders}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
