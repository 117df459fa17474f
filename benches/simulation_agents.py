"""Agents beside those of rivals: PAMS's CI2002, and bourse's random agents.

CI2002 is PAMS's sample of a hundred agents after Chiarella and Iori (2002), one order a step. Ours has its tick, its
weights, windows and margins; it differs in that the return of the fundamental reverts over the window, that trading
begins at once, and that orders beyond an agent's cash are taken. In Python each agent is a trader of its own that
wakes at random, a hundred of them once a step on average, and its chart is what it saw at its own looks.
"""

import math
import time
from collections import Counter, deque
from typing import ClassVar, Final

from bourse import core as bourse
from bourse import step_sim
from rivals import RivalError, run_rival
from rows import Row
from simulated import SECOND_NS, Ran, Spec, foreign, market, quickest, run, shipped

from crossbook.agents import Context, Trader, interests_of

REPEATS: Final = 5


def rows() -> list[Row]:
    """Measure agents."""
    return [*ci2002(), random_agents()]


# CI2002.

AGENTS: Final = 100
STEPS: Final = 4_000
STEPS_NATIVE: Final = 1_000_000
NOISE_SCALE: Final = 0.001
MARGIN: Final = 0.1
WINDOW: Final = (100, 200)


class Fcn(Trader):
    """Expect a return from the fundamental, the chart and noise, and order a margin away from the expected price."""

    follows_orders: ClassVar[bool] = False

    def on_start(self, ctx: Context) -> None:
        """Draw what it is."""
        rng = ctx.rng
        self.rng = rng
        self.fundamental, self.chart, self.noise = rng.exponential(1.0), 0.0, rng.exponential(1.0)
        self.window = rng.integer(*WINDOW)
        self.margin = rng.uniform() * MARGIN
        self.looks: deque[tuple[int, float]] = deque()
        ctx.timer("look", rng.wait(AGENTS * SECOND_NS))

    def on_timer(self, ctx: Context, _name: str) -> None:
        """Look, expect, order."""
        rng, now, window = self.rng, ctx.now, self.window
        ctx.timer("look", rng.wait(AGENTS * SECOND_NS))
        price = ctx.last() or ctx.initial_price()
        log_price = math.log(price)
        looks = self.looks
        looks.append((now, log_price))
        begin = now - window * SECOND_NS
        while looks[0][0] < begin:
            looks.popleft()
        fundamental = (math.log(ctx.fundamental()) - log_price) / window
        chart = (log_price - looks[0][1]) / window
        weights = self.fundamental + self.chart + self.noise
        expected = (
            self.fundamental * fundamental + self.chart * chart + self.noise * rng.normal(0.0, NOISE_SCALE)
        ) / weights
        target = price * math.exp(expected * window)
        expiry = now + window * SECOND_NS
        if target > price:
            ctx.buy(1, ctx.fit_price(1, target * (1.0 - self.margin)), expiry_ns=expiry)
        else:
            ctx.sell(1, ctx.fit_price(-1, target * (1.0 + self.margin)), expiry_ns=expiry)


def ci2002_market(steps: int, *, recorded: bool) -> Spec:
    """Return CI2002's market with so many steps."""
    spec = shipped("ci2002", recorded=recorded)
    session = spec["venues"][0]["markets"][0]["session"]
    spec["end_ns"] = session["close_ns"] = session["open_ns"] + steps * SECOND_NS
    return spec


def ci2002() -> list[Row]:
    """Measure CI2002: ours native and in Python beside PAMS."""

    def run_native(*, recorded: bool = False) -> Ran:
        return run(ci2002_market(STEPS_NATIVE, recorded=recorded))

    def run_python(*, recorded: bool = False) -> Ran:
        spec = ci2002_market(STEPS, recorded=recorded)
        spec["groups"][0]["agent"] = {"kind": "foreign", "interests": interests_of(Fcn)}
        return run(spec, lambda: [Fcn() for _ in range(AGENTS)])

    theirs, note, ours = 0.0, "", list[list[Ran]]()
    for _ in range(REPEATS):
        ours.append([run_native(), run_python()])
        try:
            said = run_rival("rival_pams.py", str(STEPS))
            theirs = max(theirs, said["orders"] / said["seconds"])
        except RivalError as error:
            note = f"; {error}"
    counted = run_native(recorded=True).orders, run_python(recorded=True).orders
    names = ("CI2002, 100 native FCN agents", "CI2002, 100 FCN agents subclasses of Trader")
    return [
        Row(
            name=name,
            unit="orders/s",
            figure=orders / ran.seconds,
            baseline=theirs or None,
            baseline_name="PAMS 0.3.0" if theirs else "",
            target=target,
            note=f"{orders:,} orders in {ran.seconds:.2f} s, nothing recorded on either side{note}",
        )
        for name, orders, ran, target in zip(names, counted, quickest(ours), (2e6, 1e5), strict=True)
    ]


# Random agents, as bourse has them.

RANDOM_AGENTS: Final = 200
RANDOM_STEPS: Final = 200
TICKS: Final = (10, 100)
LOTS: Final = (20, 50)
ACTIVITY: Final = 0.5
CANCELLED: Final = 3
"""The status that bourse gives to a cancelled order."""


class RandomTrader(Trader):
    """Do in each step what bourse's random agent does: cancel the order that stands, else place a random one."""

    follows_orders: ClassVar[bool] = True

    def on_start(self, ctx: Context) -> None:
        """Begin with the first step."""
        self.rng = ctx.rng
        ctx.timer("step", SECOND_NS)

    def on_timer(self, ctx: Context, name: str) -> None:
        """Make a step."""
        ctx.timer(name, SECOND_NS)
        rng = self.rng
        if rng.uniform() < ACTIVITY:
            if standing := ctx.open_orders:
                ctx.cancel(standing[0][0])
            else:
                # Its ranges end before their second number.
                price, lots = rng.integer(TICKS[0], TICKS[1] - 1), rng.integer(LOTS[0], LOTS[1] - 1)
                if rng.chance(0.5):
                    ctx.buy(lots, price)
                else:
                    ctx.sell(lots, price)


def random_agents() -> Row:
    """Measure random agents in Python, beside bourse's; both keep all orders and trades."""
    spec = market([foreign("random", RANDOM_AGENTS, RandomTrader)], RANDOM_STEPS, recorded=True)
    theirs = 0.0
    ours = 0.0
    operations = Counter[str]()
    for _ in range(REPEATS):
        ran = run(spec, lambda: [RandomTrader() for _ in range(RANDOM_AGENTS)])
        operations["ours"] = ran.orders + ran.cancels
        ours = max(ours, operations["ours"] / ran.seconds)
        count, seconds = bourse_run()
        operations["theirs"] = count
        theirs = max(theirs, count / seconds)
    return Row(
        name=f"{RANDOM_AGENTS} random agents in Python: place or cancel, {RANDOM_STEPS} steps",
        unit="operations/s",
        figure=ours,
        baseline=theirs,
        baseline_name="bourse 0.4.0",
        target=5.0,
        target_of="ratio",
        note=f"{operations['ours']:,} operations, theirs {operations['theirs']:,}; all orders and trades kept on both "
        "sides; theirs draw from NumPy's generator, ours from the agent's stream",
    )


def bourse_run() -> tuple[int, float]:
    """Run bourse's own random agents; return how many operations they made, and in how many seconds."""
    environment = bourse.StepEnv(1, 0, 1, SECOND_NS)
    agents = [
        step_sim.agents.RandomAgent(number, ACTIVITY, TICKS, LOTS, 1) for number in range(RANDOM_AGENTS)
    ]
    begin = time.perf_counter()
    step_sim.run(environment, agents, RANDOM_STEPS, 1, show_progress=False)
    seconds = time.perf_counter() - begin
    orders = environment.get_orders()
    return len(orders) + sum(order[1] == CANCELLED for order in orders), seconds
