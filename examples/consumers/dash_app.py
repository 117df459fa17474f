"""A dashboard of a live simulation, for many browsers at once: http://127.0.0.1:8050.

    crossbook stream --speed 10                     # in one terminal
    python examples/consumers/dash_app.py           # in another

It needs the libraries `dash` and `websockets`. One thread reads the stream; every browser is shown what it has read.
With `--token-file` or CROSSBOOK_CONTROL_TOKEN everybody who opens the page can pause the simulation and set its speed.
"""

import argparse
import functools
import logging
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash_feed import Feed, Market
from dash_figures import THEMES, candles, depth, profits

FRAMES: Final = (
    *("1s", "5s", "10s", "15s", "30s", "1m", "3m", "5m", "10m", "15m", "30m"),
    *("1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"),
)
FIRST_FRAME: Final = "1m"
REFRESH_S: Final = 1.0
VIEWS_MAX: Final = 64
"""Views that are made once for all who look at the same."""
ROWS_MAX: Final = 60
SPEEDS: Final = {1: "1 x", 10: "10 x", 50: "50 x", 200: "200 x", 1_000: "1,000 x", 0: "fastest"}
TOKEN_VARIABLE: Final = "CROSSBOOK_CONTROL_TOKEN"  # noqa: S105 - the name of a variable
THEME: Final = """(ticks, now) => {
    const theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
    return theme === now ? dash_clientside.no_update : theme
}"""
EMPTY: Final = {
    "layout": {
        **dict.fromkeys(("paper_bgcolor", "plot_bgcolor"), "rgba(0,0,0,0)"),
        **{name: {"visible": False} for name in ("xaxis", "yaxis")},
    }
}
QUIET: Final[Any] = {"displayModeBar": False, "responsive": True}


def layout(*, steers: bool) -> html.Div:
    """Return the page, empty."""
    controls: list[Any] = []
    if steers:
        speeds = [{"label": label, "value": speed} for speed, label in SPEEDS.items()]
        controls = [
            html.Button("Pause", id="pause"),
            html.Button("Resume", id="resume"),
            dcc.Dropdown(speeds, None, id="speed", placeholder="Speed", clearable=False, searchable=False),
            html.Span(id="answer", className="muted", role="status"),
        ]
    return html.Div(
        [
            dcc.Interval("tick", interval=1_000 * REFRESH_S),
            dcc.Store("theme"),
            html.Header(
                [
                    html.H1("Crossbook stream"),
                    dcc.Dropdown(id="symbol", clearable=False, searchable=False),
                    dcc.Dropdown(list(FRAMES), FIRST_FRAME, id="frame", clearable=False, searchable=False),
                    html.Span(className="space"),
                    *controls,
                    html.Span(id="state", className="chip"),
                ]
            ),
            html.Div(id="prices", className="prices"),
            html.Main(
                [
                    panel("Price", graph("candles"), "wide tall"),
                    panel("Depth", graph("depth"), "tall"),
                    panel("Profit and loss", graph("profits"), "wide"),
                    panel("Trades", html.Div(id="trades", className="scroll")),
                    panel("Agents", html.Div(id="agents", className="scroll"), "whole"),
                ]
            ),
        ]
    )


def graph(name: str) -> dcc.Graph:
    """Return a figure that has nothing to show yet."""
    return dcc.Graph(name, figure=EMPTY, config=QUIET)


def panel(title: str, inside: Any, name: str = "") -> html.Section:
    """Return a part of the page with a title."""
    return html.Section([html.H2(title), inside], className=name)


def table(heads: list[str], rows: list[list[Any]], left: int) -> html.Table:
    """Return a table whose first columns are words and whose others are figures."""
    names = ["left" if column < left else None for column in range(len(heads))]
    return html.Table(
        [
            html.Thead(
                html.Tr([html.Th(head, className=name) for head, name in zip(heads, names, strict=True)])
            ),
            html.Tbody(
                [
                    html.Tr(
                        [
                            cell if isinstance(cell, html.Td) else html.Td(cell, className=name)
                            for cell, name in zip(row, names, strict=True)
                        ]
                    )
                    for row in rows
                ]
            ),
        ]
    )


def places_of(step: str) -> int:
    """Return how many digits a step has after the point."""
    return len(step.partition(".")[2])


def clock(timestamp_us: int) -> str:
    """Return simulated time of day."""
    return f"{datetime.fromtimestamp(timestamp_us / 1e6, UTC):%H:%M:%S}"


def figure_of(name: str, text: str, colour: str | None = None) -> html.Div:
    """Return a figure with what it is."""
    return html.Div([html.Span(name), html.Strong(text, className=colour)])


def price_row(market: Market, places: int, size_places: int) -> list[html.Div]:
    """Return the newest prices of a market."""
    prices = market.prices
    if prices is None:
        return []

    def best(side: str) -> str:
        if prices[f"{side}_price"] is None:
            return "none"
        return f"{prices[f'{side}_price']:,.{places}f} x {prices[f'{side}_size']:,.{size_places}f}"

    volume = prices["volume_24h"]
    return [
        html.Div(f"{prices['last_price']:,.{places}f}", className="last", id="last"),
        figure_of("Bid", best("bid"), "up"),
        figure_of("Ask", best("ask"), "down"),
        figure_of("Volume in 24 h", f"{volume:,.2f}"),
        figure_of("Taken by buyers", f"{prices['taker_buy_volume_24h'] / volume:.1%}" if volume else "none"),
        figure_of("Trades", f"{prices['trade_count']:,}"),
        figure_of("Simulated time", clock(prices["timestamp"])),
    ]


def trade_rows(market: Market, places: int, size_places: int) -> html.Table:
    """Return the newest trades, the newest first."""
    signs = {"buy": ("▲", "up"), "sell": ("▼", "down")}
    rows = []
    for trade in list(market.trades)[: -ROWS_MAX - 1 : -1]:
        sign, colour = signs.get(trade["side"], ("◆", ""))
        price = html.Td(f"{sign} {trade['price']:,.{places}f}", className=colour)
        size = f"{trade['size']:,.{size_places}f}"
        rows.append([clock(trade["timestamp"]), trade["buyer"], trade["seller"], price, size])
    return table(["Time", "Buyer", "Seller", "Price", "Size"], rows, left=3)


def agent_rows(agents: list[dict[str, Any]], configs: list[dict[str, Any]], size_places: int) -> html.Table:
    """Return how everybody does, and by which parameters."""
    hidden = {"agent_id", "agent_type", "count"}
    told = {
        config["agent_id"]: ", ".join(
            f"{name} {value}"
            for name, value in config.items()
            if name not in hidden and not isinstance(value, dict)
        )
        for config in configs
    }
    rows = []
    for agent in agents[:ROWS_MAX]:
        profit = html.Td(f"{agent['pnl']:+,.2f}", className="up" if agent["pnl"] >= 0 else "down")
        parameters = told.get(agent["agent_id"], "")
        rows.append(
            [
                agent["agent_id"],
                agent["agent_type"],
                html.Td(html.Span(parameters, title=parameters), className="left config"),
                f"{agent['count']:,}",
                f"{agent['position']:,.{size_places}f}",
                f"{agent['total_trades']:,}",
                f"{agent['active_orders']:,}",
                profit,
            ]
        )
    heads = ["Group", "Type", "Parameters", "Agents", "Position", "Trades", "Orders", "Profit and loss"]
    return table(heads, rows, left=3)


def state_of(feed: Feed) -> str:
    """Return how the simulation and the connection do."""
    simulation = feed.simulation()
    if feed.connection != "connected" or simulation is None:
        return feed.connection
    if simulation["state"] != "running":
        return str(simulation["state"])
    speed = simulation["speed"]
    return f"running at {speed:,g} x" if speed else "running as fast as it goes"


def view(feed: Feed, symbol: str | None, frame: str, theme: str, _moment: int) -> tuple[Any, ...]:
    """Return all that changes on the page."""
    facts, market, known = feed.look(symbol, frame)
    if facts is None:
        return state_of(feed), *([no_update] * 6)
    places, size_places = places_of(facts["price_step"]), places_of(facts["lot_size"])
    keep = f"{(known.simulation or {}).get('run')} {symbol}"
    return (
        state_of(feed),
        price_row(market, places, size_places),
        candles(market.candles[frame], theme, places, f"{keep} {frame}"),
        depth(market.book, theme, places, keep),
        profits(list(known.profits), theme, keep),
        trade_rows(market, places, size_places),
        agent_rows(known.agents, known.configs, size_places),
    )


def make_app(feed: Feed, *, steers: bool) -> Dash:
    """Return the dashboard of a feed."""
    app = Dash(__name__, title="Crossbook stream", update_title="")
    app.layout = layout(steers=steers)
    shared = functools.lru_cache(maxsize=VIEWS_MAX)(functools.partial(view, feed))

    app.clientside_callback(
        THEME, Output("theme", "data"), Input("tick", "n_intervals"), State("theme", "data")
    )

    @app.callback(
        Output("symbol", "options"),
        Output("symbol", "value"),
        Output("state", "children"),
        Output("prices", "children"),
        Output("candles", "figure"),
        Output("depth", "figure"),
        Output("profits", "figure"),
        Output("trades", "children"),
        Output("agents", "children"),
        Input("tick", "n_intervals"),
        Input("frame", "value"),
        Input("theme", "data"),
        Input("symbol", "value"),
        State("symbol", "options"),
    )
    def refresh(
        _ticks: int | None, frame: str, theme: str | None, chosen: str | None, offered: list[str] | None
    ) -> tuple[Any, ...]:
        if frame not in FRAMES or theme not in THEMES:
            return (no_update,) * 9
        feed.want(frame)
        symbols = feed.symbols()
        symbol = chosen if chosen in symbols else next(iter(symbols), None)
        # All who look at the same within a second share what is made for the first.
        made = shared(symbol, frame, theme, int(time.monotonic() / REFRESH_S))
        # What is as it was is not sent: it might undo what somebody has just chosen.
        options = no_update if symbols == offered else symbols
        return options, (no_update if symbol == chosen else symbol), *made

    if steers:

        @app.callback(
            Output("answer", "children"),
            Input("pause", "n_clicks"),
            Input("resume", "n_clicks"),
            Input("speed", "value"),
            prevent_initial_call=True,
        )
        def steer(_pauses: int | None, _resumes: int | None, speed: float | None) -> str:
            if ctx.triggered_id == "speed":
                return feed.steer("speed", speed)
            return feed.steer(str(ctx.triggered_id))

    return app


def main() -> None:
    """Serve the dashboard until somebody presses Ctrl-C."""
    options = argparse.ArgumentParser(description="A dashboard of a live simulation.")
    options.add_argument("--url", default="ws://127.0.0.1:8765", help="of the stream")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8050)
    options.add_argument("--token-file", type=Path, help=f"lets the page steer, as ${TOKEN_VARIABLE} does")
    given = options.parse_args()
    token = given.token_file.read_text().strip() if given.token_file else os.environ.get(TOKEN_VARIABLE)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    feed = Feed(given.url, token or None, FIRST_FRAME)
    feed.start()
    app = make_app(feed, steers=bool(token))
    if given.host == "127.0.0.1":
        # A foreign page whose name was made to mean this machine must not read this, let alone steer.
        app.server.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
    app.run(host=given.host, port=given.port)


if __name__ == "__main__":
    main()
