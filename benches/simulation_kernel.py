"""What the kernel does by itself: native timers, orders that find an empty book, and calls of traders in Python.

An event is an entry that is taken from the queue: a timer, the arrival of an order at its venue, or an answer.
"""

from typing import ClassVar, Final

from rows import Row
from simulated import Ran, best, foreign, group, market, run

from crossbook.agents import Context, OrderUpdate, Trader

AGENTS: Final = 1_000
EVENTS: Final = 5_000_000
CALLS: Final = 1_000_000
TARGET: Final = 15.0
PYTHON_TARGET: Final = 1.5
INTERVAL_NS: Final = 1_000_000
"""Between two timers of an agent: a thousand agents make an event a microsecond."""


class Ticker(Trader):
    """Set the next timer, and nothing else."""

    follows_orders: ClassVar[bool] = False

    def on_start(self, ctx: Context) -> None:
        """Set the first."""
        ctx.timer("tick", INTERVAL_NS)

    def on_timer(self, ctx: Context, name: str) -> None:
        """Set the next."""
        ctx.timer(name, INTERVAL_NS)


class Taker(Ticker):
    """Order as well, and hear what becomes of it."""

    def on_timer(self, ctx: Context, name: str) -> None:
        """Set the next timer, and send a market order."""
        ctx.timer(name, INTERVAL_NS)
        ctx.buy(1)

    def on_order(self, ctx: Context, update: OrderUpdate) -> None:
        """Hear of it."""


def rows() -> list[Row]:
    """Measure events."""
    seconds = EVENTS / AGENTS * INTERVAL_NS / 1e9
    momentum = {"kind": "momentum", "interval_ns": float(INTERVAL_NS)}
    participation = {
        "kind": "participation",
        "buy": True,
        "lots": 1,
        "share": 0.1,
        "interval_ns": INTERVAL_NS,
    }
    rate = 1e9 / INTERVAL_NS
    nothing = [0.0] * 6
    flow = {
        "kind": "hawkes",
        "base": [rate / 2, rate / 2, 0.0, 0.0, 0.0, 0.0],
        "branching": [nothing] * 6,
        "decay": 1.0,
    }

    def native(agent: dict[str, object], seconds: float) -> Ran:
        return run(market([group("agents", AGENTS, agent)], seconds))

    def python(kind: type[Trader], seconds: float) -> Ran:
        groups = [foreign("agents", AGENTS, kind)]
        return run(market(groups, seconds), lambda: [kind() for _ in range(AGENTS)])

    at_random, at_once, orders, calls, told = best(
        lambda: native(momentum, seconds),
        lambda: native(participation, seconds),
        lambda: native(flow, seconds / 3),
        lambda: python(Ticker, seconds * CALLS / EVENTS),
        lambda: python(Taker, seconds * CALLS / EVENTS / 2),
    )
    return [
        event_row(
            f"kernel, timers of {AGENTS:,} native agents at random times",
            at_random,
            "each is called, draws how long it waits, and looks at the book",
            TARGET,
        ),
        event_row(
            f"kernel, timers of {AGENTS:,} native agents at common times",
            at_once,
            "each is called, and looks at the book",
            TARGET,
        ),
        event_row(
            "kernel, market orders into an empty book: a timer, an arrival and a refusal each",
            orders,
            f"{AGENTS:,} native agents; the exchange is asked for each order, so this is not the kernel alone",
            TARGET,
        ),
        call_row("Python, on_timer that sets the next timer", calls, "", PYTHON_TARGET),
        call_row(
            "Python, on_timer that sends an order, and on_order",
            told,
            "the orders, which are refused, included",
            None,
        ),
    ]


def event_row(name: str, ran: Ran, note: str, target: float | None) -> Row:
    """Return the row of native events."""
    each = f"{1e9 * ran.running_seconds / ran.steps:.0f} ns an event"
    return Row(
        name=name,
        unit="M events/s",
        figure=ran.steps / ran.running_seconds / 1e6,
        target=target,
        note=f"{each}, median {1e9 * ran.median_seconds / ran.steps:.0f}; {note}",
    )


def call_row(name: str, ran: Ran, note: str, target: float | None) -> Row:
    """Return the row of calls to Python."""
    each = f"{1e9 * ran.running_seconds / ran.calls:.0f} ns a call"
    return Row(
        name=name,
        unit="M calls/s",
        figure=ran.calls / ran.running_seconds / 1e6,
        target=target,
        note="; ".join(filter(None, [each, note])),
    )
