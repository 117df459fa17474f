"""The market of the house's bots in the lab: those that ship, as a simulation, and somebody who watches them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossbook.agents import Context, Trader, find, make
from crossbook.core.simulation import Simulation
from crossbook.venue.bot_traders import parameters_of
from crossbook.venue.settings import DEFAULT_BOTS
from tests.unit.agents.small_market import ENDED, SECOND, connect, foreign, spec

HOUR = 3_600 * SECOND
LINE = {
    leg: {"constant_ns": 5_000_000, "jitter": {"exponential": 5_000_000.0}}
    for leg in ("feed", "entry", "response")
}


class Watcher(Trader):
    """Look at the book each second, and at what the maker has in it."""

    def __init__(self) -> None:
        self.maker: Context | None = None
        self.looks: list[tuple[float, ...]] = []
        self.quotes: list[tuple[list[int], list[int]]] = []

    def on_start(self, ctx: Context) -> None:
        ctx.timer("look", SECOND)

    def on_timer(self, ctx: Context, name: str) -> None:
        ctx.timer("look", SECOND)
        book = ctx.book()
        self.looks.append(
            (
                ctx.now / SECOND,
                np.nan if book.bid is None else book.bid,
                np.nan if book.ask is None else book.ask,
                book.bid_quantity,
                book.ask_quantity,
                ctx.fundamental(),
                ctx.volume(),
            )
        )
        orders = [] if self.maker is None else self.maker.open_orders
        prices = [(side, price) for _, _, side, price, _ in orders if price is not None]
        self.quotes.append(
            ([price for side, price in prices if side == 1], [price for side, price in prices if side == -1])
        )


@dataclass(slots=True)
class Session:
    """What was seen of a session: one entry a second."""

    simulation: Simulation
    traders: list[Trader]
    positions: list[int]
    time_s: NDArray[np.float64]
    bid: NDArray[np.float64]
    ask: NDArray[np.float64]
    bid_lots: NDArray[np.float64]
    ask_lots: NDArray[np.float64]
    value: NDArray[np.float64]
    volume: NDArray[np.float64]
    quotes: list[tuple[list[int], list[int]]] = field(default_factory=list)

    @property
    def middle(self) -> NDArray[np.float64]:
        """The middle of the book."""
        return (self.bid + self.ask) / 2


def session(
    *,
    seconds: int = 7_200,
    seed: int = 1,
    price: int = 10_000,
    jumps: Sequence[tuple[int, float]] = (),
    volatility: float = 0.015,
    maker: Mapping[str, Any] | None = None,
    others: Sequence[tuple[type[Trader], Mapping[str, Any]]] = (),
) -> Session:
    """Run the bots that ship, in one market.

    Args:
        seconds: How long.
        seed: Of everything.
        price: Where it starts, in ticks.
        jumps: News: the second, and by how many ticks the value moves.
        volatility: Of the value, over an hour.
        maker: Parameters of the maker in place of its own.
        others: Further traders.
    """
    traders: list[Trader] = []
    for bots in DEFAULT_BOTS:
        parameters = parameters_of(bots, 1.0) | {"home_lots": 0}
        kind = find(bots.trader)
        if bots.name == "maker":
            parameters |= maker or {}
        traders.append(make(kind, parameters))
    traders += [make(kind, parameters) for kind, parameters in others]
    watcher = Watcher()
    groups = [
        foreign(f"g{place}", type(trader), latency=LINE) for place, trader in enumerate([*traders, watcher])
    ]
    simulation = Simulation(
        spec(
            groups,
            seed=seed,
            seconds=seconds,
            fundamental={
                "kind": "geometric",
                "start": float(price),
                "volatility": volatility,
                "per_ns": HOUR,
            },
            fundamental_step_ns=SECOND // 4,
            news=[{"time_ns": at * SECOND, "symbol": 0, "jump": jump, "text": "news"} for at, jump in jumps],
        )
    )
    firsts = [first for _, kind, first, _, _ in simulation.groups() if kind == "foreign"]
    contexts = [
        connect(simulation, first, trader) for first, trader in zip(firsts, [*traders, watcher], strict=True)
    ]
    watcher.maker = contexts[0]
    assert simulation.advance() == ENDED
    positions = [context.position for context in contexts[:-1]]
    seen = Session(simulation, traders, positions, *np.array(watcher.looks).T)
    seen.quotes = watcher.quotes
    return seen
