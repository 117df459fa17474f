"""The same load on the venue and on the bare server, several times each; and rows of what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from rows import Row

from live.figures import spread
from live.house import Running, load, processor_s
from live.load import Plan

TURNS: Final = 3
SECONDS: Final = 1.0
LIMITED_ORDERS: Final = 9_000
"""Of one session in one run: the venue lets a connection send 10,000 messages at once, and 5,000 a second from then on."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a door is loaded."""

    door: str
    sessions: int
    window: int = 1

    def words(self) -> str:
        """Return the shape for the name of a row."""
        who = {"socket": "session", "request": "connection"}[self.door]
        plural = "" if self.sessions == 1 else "s"
        flight = "one in flight" if self.window == 1 else f"{self.window} in flight"
        return f"{self.sessions} {who}{plural}, {flight}"

    def plan(self, port: int, keys: list[str], **given: Any) -> Plan:
        """Return the plan of one run."""
        plan = Plan(
            port=port, keys=keys, door=self.door, sessions=self.sessions, window=self.window, seconds=SECONDS
        )
        if self.door == "socket" and self.sessions == 1:
            plan = replace(plan, orders_max=LIMITED_ORDERS)
        return replace(plan, **given)


@dataclass(slots=True)
class Turns:
    """What came of the same load, run by run."""

    rates: list[float] = field(default_factory=list)
    """Answers a second."""
    latencies: list[dict[str, float]] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    """What part of the time the client was busy."""
    cost_us: list[float] = field(default_factory=list)
    """Processor time of the server for an answer."""
    refused: dict[str, int] = field(default_factory=dict)

    def take(self, tally: dict[str, Any], server_s: float) -> None:
        """Add a run."""
        answers = max(1, tally["answers"])
        self.rates.append(tally["answers"] / tally["seconds"])
        self.latencies.append(tally["latency_us"])
        self.busy.append(tally["busy_s"] / tally["seconds"])
        self.cost_us.append(server_s / answers * 1e6)
        for code, count in tally["refused"].items():
            self.refused[code] = self.refused.get(code, 0) + count

    def latency_us(self, name: str) -> tuple[float, float]:
        """Return the best and the median of a percentile."""
        return spread([one[name] for one in self.latencies if one], higher_is_better=False)

    @property
    def told(self) -> str:
        """What a reader needs beside the figures."""
        best, middle = spread(self.rates)
        p50, p99, p999 = (self.latency_us(name)[1] for name in ("p50", "p99", "p999"))
        cost = spread(self.cost_us, higher_is_better=False)[0]
        others = {code: count for code, count in self.refused.items() if code != "unknown_order"}
        refused = f"; refused: {others}" if others else ""
        return (
            f"median {middle / best:.0%} of the best; p50 {p50:,.0f}, p99 {p99:,.0f}, p99.9 {p999:,.0f} us; "
            f"{cost:.1f} us of the server's processor an order; client {max(self.busy):.0%} busy{refused}"
        )


def once(turns: Turns, server: Running, plan: Plan) -> None:
    """Run a plan once; the warm-up and the connecting are left out of the server's time as far as they are known."""
    begin = processor_s(server.pid)
    tally = load(plan)
    server_s = processor_s(server.pid) - begin
    turns.take(tally, server_s * tally["seconds"] / (tally["seconds"] + plan.warm_up_s))


def alike(shapes: Sequence[Shape], server: Running, keys: list[str], **given: Any) -> dict[Shape, Turns]:
    """Run all shapes in turns."""
    found = {shape: Turns() for shape in shapes}
    for _ in range(TURNS):
        for shape in shapes:
            once(found[shape], server, shape.plan(server.port, keys, **given))
    return found


def rate_rows(
    name: str, own: Turns, bare: Turns, *, target: float | None = None, ratio: float | None = None
) -> list[Row]:
    """Return the row of orders a second beside the bare server, and another where the ratio has a target too."""
    best, bare_best = spread(own.rates)[0], spread(bare.rates)[0]
    bare_us = spread(bare.cost_us, higher_is_better=False)[0]
    note = f"{own.told}; bare: client {max(bare.busy):.0%} busy, {bare_us:.1f} us"
    row = Row(
        name=name,
        unit="orders/s",
        figure=best,
        baseline=bare_best,
        baseline_name="bare",
        target=target,
        note=note,
    )
    if ratio is None:
        return [row]
    beside = replace(row, name=f"{name}, beside the bare server", target=ratio, target_of="ratio", note="")
    return [row, beside]
