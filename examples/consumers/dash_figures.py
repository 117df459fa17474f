"""Figures of a live simulation for Plotly: candles with their volume, the depth of the book, and everybody's profit.

They are plain dicts of what Plotly's reference calls `data` and `layout`: objects of plotly.graph_objects check
each part, which takes a hundred times as long, and these are made anew every second.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any, Final

Figure = dict[str, Any]

LINES_MAX: Final = 10
"""Of profits: those who won or lost most."""

THEMES: Final[dict[str, dict[str, str]]] = {
    "dark": {
        "panel": "#11141b", "line": "#20252f", "text": "#a3adbd", "strong": "#e8ebf1", "accent": "#a394ff",
        "up": "#34cf92", "down": "#ff7682", "up_soft": "rgba(52,207,146,0.18)", "down_soft": "rgba(255,118,130,0.18)",
    },
    "light": {
        "panel": "#ffffff", "line": "#e4e7ec", "text": "#4d5769", "strong": "#14181f", "accent": "#5b45e0",
        "up": "#08784b", "down": "#c32439", "up_soft": "rgba(8,120,75,0.14)", "down_soft": "rgba(195,36,57,0.14)",
    },
}  # fmt: skip
# Okabe and Ito (2008), which people with any colour vision tell apart, without its black and its yellow.
GROUPS: Final = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#8c7ae6",
    "#7f8c8d",
    "#b8860b",
    "#c0392b",
)


def candles(rows: Mapping[int, Sequence[float]], theme: str, places: int, keep: str) -> Figure:
    """Return candles with their volume below.

    Args:
        rows: Open, high, low, close and volume by the millisecond in which the candle begins.
        theme: dark or light.
        places: Of a price, after the point.
        keep: While it is the same, what somebody zoomed to stays.
    """
    colours = THEMES[theme]
    up, down = colours["up"], colours["down"]
    begins = sorted(rows)
    o, h, low, c, volume = zip(*(rows[at] for at in begins), strict=True) if begins else ((),) * 5
    moments = [moment(1_000 * at) for at in begins]
    rose = [up if end >= begin else down for begin, end in zip(o, c, strict=True)]
    price: dict[str, Any] = {
        "type": "candlestick",
        "x": moments,
        "open": o,
        "high": h,
        "low": low,
        "close": c,
        "name": "price",
    }
    for name, colour in (("increasing", up), ("decreasing", down)):
        price[name] = {"line": {"color": colour, "width": 1}, "fillcolor": colour}
    bars = {
        "type": "bar", "x": moments, "y": volume, "yaxis": "y2", "name": "volume", "opacity": 0.55,
        "marker": {"color": rose, "line": {"width": 0}},
    }  # fmt: skip
    figure = dressed([price, bars], theme, keep)
    layout = figure["layout"]
    layout["xaxis"] |= {"rangeslider": {"visible": False}, "anchor": "y2"}
    layout["yaxis"] |= {"tickformat": f",.{places}f", "domain": [0.24, 1]}
    layout["yaxis2"] = {**layout["yaxis"], "tickformat": None, "domain": [0, 0.2], "nticks": 3}
    layout |= {"hovermode": "x unified", "bargap": 0.25}
    if c:
        line = {"color": colours["accent"], "width": 1, "dash": "dot"}
        layout["shapes"] = [
            {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": c[-1], "y1": c[-1], "line": line}
        ]
        layout["annotations"] = [
            {
                "text": f"{c[-1]:,.{places}f}", "y": c[-1], "xref": "paper", "x": 1, "xanchor": "left",
                "showarrow": False, "bgcolor": colours["accent"], "borderpad": 3, "font": {"color": colours["panel"]},
            }
        ]  # fmt: skip
    return figure


def depth(book: dict[str, Any] | None, theme: str, places: int, keep: str) -> Figure:
    """Return how much there is up to each price, on both sides of the book."""
    colours = THEMES[theme]
    sides = []
    for side, name in (("bids", "up"), ("asks", "down")):
        levels = [] if book is None else book[side]
        sides.append(
            {
                "type": "scatter", "mode": "lines", "name": side, "x": [price for price, _ in levels],
                "y": list(accumulate(size for _, size in levels)), "fill": "tozeroy",
                "fillcolor": colours[f"{name}_soft"], "line": {"color": colours[name], "width": 1.75, "shape": "hv"},
            }
        )  # fmt: skip
    figure = dressed(sides, theme, keep)
    figure["layout"]["xaxis"] |= {"tickformat": f",.{places}f", "nticks": 5}
    figure["layout"]["yaxis"] |= {"rangemode": "tozero"}
    return figure


def profits(moments: list[tuple[int, dict[str, float]]], theme: str, keep: str) -> Figure:
    """Return the profit of each group over simulated time; of many groups, those that won or lost most."""
    newest = moments[-1][1] if moments else {}
    most = set(sorted(newest, key=lambda name: -abs(newest[name]))[:LINES_MAX])
    times = [moment(at) for at, _ in moments]
    lines = [
        {
            "type": "scatter", "mode": "lines", "name": name, "x": times, "y": [row.get(name) for _, row in moments],
            "line": {"color": GROUPS[number % len(GROUPS)], "width": 1.75},
        }
        for number, name in enumerate(name for name in newest if name in most)
    ]  # fmt: skip
    figure = dressed(lines, theme, keep)
    figure["layout"] |= {
        "hovermode": "x unified",
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    }
    figure["layout"]["margin"]["t"] = 34
    figure["layout"]["yaxis"] |= {
        "tickformat": ",.0f",
        "zeroline": True,
        "zerolinecolor": THEMES[theme]["text"],
    }
    return figure


def moment(timestamp_us: int) -> str:
    """Return simulated time as Plotly reads it."""
    return datetime.fromtimestamp(timestamp_us / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def dressed(data: list[dict[str, Any]], theme: str, keep: str) -> Figure:
    """Return a figure of some data in the colours of a theme, with prices or money at its right."""
    colours = THEMES[theme]
    axis = {"gridcolor": colours["line"], "linecolor": colours["line"], "zeroline": False}
    return {
        "data": data,
        "layout": {
            "paper_bgcolor": colours["panel"],
            "plot_bgcolor": colours["panel"],
            "font": {"color": colours["text"], "size": 11, "family": "system-ui, sans-serif"},
            "margin": {"l": 12, "r": 74, "t": 10, "b": 40},
            "showlegend": False,
            "uirevision": keep,
            "hoverlabel": {
                "bgcolor": colours["panel"],
                "bordercolor": colours["line"],
                "font": {"color": colours["strong"]},
            },
            "hovermode": "x",
            "xaxis": dict(axis),
            "yaxis": {**axis, "side": "right"},
        },
    }
