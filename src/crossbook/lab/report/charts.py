"""Which charts a run has, as plain data: the page's script draws what stands here and decides nothing.

A chart is a name, its lines and how their numbers read. Times go to the page in seconds since midnight.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import polars as pl

from crossbook.lab.report import numbers, units
from crossbook.lab.report.buckets import BUCKETS_MAX, Grid, book_buckets, last_buckets, trade_buckets
from crossbook.lab.report.manifest import Market
from crossbook.lab.report.run import Run

BUCKETS_TOTAL: Final = 8_000
"""Buckets of all markets together, which keeps the page below 1.5 MB."""
BUCKETS_MIN: Final = 150
MARKETS_MAX: Final = 50
"""Markets with charts of their own; the tables have all."""
GROUPS_MAX: Final = 10
"""Lines of profit and loss, and as many colours."""
EQUITY_POINTS_MAX: Final = 600

EMPTY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "price": "No price was recorded.",
        "spread": "No book with both sides was recorded.",
        "depth": "No book was recorded.",
        "volume": "No trade was recorded.",
        "equity": "No profit or loss was recorded.",
    }
)
"""What stands in the place of a chart that has no line."""

Chart = dict[str, Any]


def span(run: Run) -> tuple[int, int] | None:
    """Return from when to when the run has anything to show, in nanoseconds since midnight.

    A run that broke off ends with its last record, a whole one at its close.
    """
    frames = [frame["time_ns"] for frame in (run.book, run.trades, run.equity) if len(frame)]
    # The value is drawn before the run, and goes on where that broke off.
    if len(run.fundamental) and not (run.partial and frames):
        frames.append(run.fundamental["time_ns"])
    if not frames:
        return None
    first, last = min(int(times[0]) for times in frames), max(int(times[-1]) for times in frames)
    manifest = run.manifest
    if manifest.open_ns is not None:
        first = min(first, manifest.open_ns)
    if manifest.close_ns is not None and not run.partial:
        last = max(last, manifest.close_ns)
    return first, max(last, first + 1)


def run_charts(run: Run) -> dict[str, Any]:
    """Return the data of a run's page: one view per market, and the charts that belong to all of them."""
    covered = span(run)
    if covered is None:
        return {"range": None, "views": [], "shared": []}
    start_ns, end_ns = covered
    markets = run.markets()[:MARKETS_MAX]
    most = bucket_limit(len(markets))
    grid = Grid.over(start_ns, end_ns, most)
    books = by(run.book, "market")
    trades = by(run.trades, "market")
    fundamentals = by(run.fundamental.filter(pl.col("time_ns") <= end_ns), "symbol")
    views = [
        {
            "name": market.market,
            "charts": market_charts(
                market,
                grid,
                end_ns,
                books.get(market.market, run.book.clear()),
                trades.get(market.market, run.trades.clear()),
                fundamentals.get(market.symbol, run.fundamental.clear()),
                run.interventions.marks(market),
            ),
        }
        for market in markets
    ]
    return {
        "range": [start_ns / numbers.NS_PER_SECOND, end_ns / numbers.NS_PER_SECOND],
        "views": views,
        "shared": equity_charts(run, start_ns, end_ns),
    }


def bucket_limit(lines: int) -> int:
    """Return how many buckets each of so many markets may have."""
    return max(BUCKETS_MIN, min(BUCKETS_MAX, BUCKETS_TOTAL // max(1, lines)))


def market_charts(
    market: Market,
    grid: Grid,
    end_ns: int,
    book: pl.DataFrame,
    trades: pl.DataFrame,
    fundamental: pl.DataFrame,
    marks: list[Chart],
) -> list[Chart]:
    """Return the charts of one market: price with its marks, spread, depth, volume."""
    best = book_buckets(book, grid, end_ns) if len(book) else None
    traded = trade_buckets(trades, grid) if len(trades) else None
    price = price_format(market)
    lines: list[Chart] = []
    if best is not None:
        lines += [
            line("Low", best["mid_low"], "mid", style="hidden", places=1),
            line("Low to high", best["mid_high"], "mid", style="band", places=1),
        ]
    if traded is not None:
        lines.append(line("VWAP of trades", traded["vwap"], "trade", style="dots", places=2))
    if len(fundamental):
        value = last_buckets(fundamental, "value", grid)["value"].forward_fill()
        lines.append(line("Fundamental", value, "fundamental", style="dashed", places=2))
    if best is not None:
        lines.append(line("Mid", best["mid_last"], "mid", places=1))  # Drawn last, over the others.
    prices = chart("price", f"Price{_of(market.currency)}", grid, price, lines, height=300)
    charts = [prices | {"marks": marks} if marks else prices]
    if best is None:
        charts += [
            chart(key, title, grid, {}, []) for key, title in (("spread", "Spread"), ("depth", "Depth"))
        ]
    else:
        ticks = {"decimals": 2, "factor": 1, "unit": "ticks", "zero": True}
        spread = line("Spread, mean by time", best["spread"], "spread", style="area", places=3)
        charts.append(chart("spread", "Spread in ticks", grid, ticks, [spread]))
        sides = [
            line("At best ask", best["ask_depth"], "ask", style="area", places=1),
            line("At best bid", -best["bid_depth"], "bid", style="area", places=1),
        ]
        depth = quantity_format(market, [best["ask_depth"], best["bid_depth"]])
        charts.append(chart("depth", f"Depth at best{_of(depth['unit'])}, mean by time", grid, depth, sides))
    bars: list[Chart] = []
    volume = quantity_format(market, [])
    if traded is not None:
        volume = quantity_format(market, [traded[name] for name in ("bought", "sold", "crossed")])
        bars = [
            line("Buyer began", traded["bought"], "bid", style="bars", places=0),
            line("Seller began", -traded["sold"], "ask", style="bars", places=0),
        ]
        if traded["crossed"].sum():
            # Drawn under the buyers' bars, and as high as both.
            auction = line("Auction", traded["crossed"], "cross", style="bars", places=0)
            bars = [auction | {"on": 1}, *bars]
    charts.append(chart("volume", f"Volume{_of(volume['unit'])}", grid, volume, bars))
    return charts


def equity_charts(run: Run, start_ns: int, end_ns: int) -> list[Chart]:
    """Return the chart of profit and loss by group, the groups with the largest swings where there are too many."""
    if not len(run.equity):
        return []
    grid = Grid.over(start_ns, end_ns, EQUITY_POINTS_MAX)
    groups = by(run.equity, "group")
    swings = {name: int(frame["pnl"].abs().max() or 0) for name, frame in groups.items()}  # type: ignore[arg-type]
    order = {agent.group: number for number, agent in enumerate(run.manifest.agents)}
    shown = sorted(swings, key=lambda name: (-swings[name], name))[:GROUPS_MAX]
    shown.sort(key=lambda name: (order.get(name, len(order)), name))
    money = units.cash_unit(run.manifest, [swings[name] for name in shown])
    lines = [
        line(name, last_buckets(groups[name], "pnl", grid)["pnl"].forward_fill(), f"group-{number}", places=0)
        for number, name in enumerate(shown, start=1)
    ]
    title = f"Profit and loss by group{_of(money.name)}"
    if len(shown) < len(groups):
        title += f": the {len(shown)} of {len(groups)} groups that swing widest"
    reads = _format(money) | {"line_at_zero": True}
    return [chart("equity", title, grid, reads, lines, height=260)]


def price_format(market: Market) -> Chart:
    """Return how a number of ticks of a market reads: with one decimal more, since a mid may be half a tick."""
    unit = units.price_unit(market)
    return _format(unit) | {"decimals": unit.places + 1, "unit": unit.name or "ticks"}


def quantity_format(market: Market, values: Iterable[pl.Series]) -> Chart:
    """Return how numbers of lots of a market read, on both sides of zero."""
    largest = [series.abs().max() for series in values]
    unit = units.quantity_unit([market], largest, units.MEAN_DIGITS)  # type: ignore[arg-type]
    return _format(unit) | {"mirrored": True}


def _format(unit: units.Unit) -> Chart:
    return {"decimals": unit.places, "factor": float(unit.step), "unit": unit.name}


def chart(
    key: str, title: str, grid: Grid, reads: Mapping[str, Any], lines: Sequence[Chart], height: int = 170
) -> Chart:
    """Return one chart; lines without a single value are left out of it."""
    kept = [one for one in lines if any(value is not None for value in one["values"])]
    return {
        "key": key,
        "title": title,
        "height": height,
        "start": grid.start_ns / numbers.NS_PER_SECOND,
        "width": grid.width_ns / numbers.NS_PER_SECOND,
        "count": grid.count,
        "reads": dict(reads),
        "empty": EMPTY[key],
        "lines": kept,
    }


def line(label: str, values: pl.Series, colour: str, *, places: int, style: str = "line") -> Chart:
    """Return one line of a chart; its values keep so many decimals of the unit they are drawn in."""
    return {"label": label, "colour": colour, "style": style, "values": list(_plain(values, places))}


def _plain(values: pl.Series, places: int) -> Iterable[float | int | None]:
    """Yield values as short as JSON can write them; what is no finite number is left out."""
    for value in values.cast(pl.Float64).to_list():
        if value is None or value != value or abs(value) == float("inf"):  # noqa: PLR0124 - only NaN differs
            yield None
        else:
            rounded = round(value, places)
            yield int(rounded) if rounded == int(rounded) else rounded


def by(frame: pl.DataFrame, column: str) -> dict[str, pl.DataFrame]:
    """Return the rows of each name, in their order."""
    parts = frame.partition_by(column, as_dict=True, maintain_order=True)
    return {str(key[0]): part for key, part in parts.items() if key[0] is not None}


def _of(unit: str) -> str:
    return f" in {unit}" if unit else ""
