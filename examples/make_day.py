"""Make a trading day of our own and write it as LOBSTER files.

Traders without a plan place, shrink, move and cancel limit orders around a price that drifts, some of them icebergs, and
others trade at once; at noon trading halts for eight minutes, orders gather for two, and an auction opens the book again.
All of it happens in the core; the files say what the core's events said.

    python examples/make_day.py [FOLDER] [--seed N] [--orders N]
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from crossbook.core import AccountModel, Exchange, Phase, Side, TimeInForce
from crossbook.data import lobster

OPEN_NS, CLOSE_NS = 34_200 * 10**9, 57_600 * 10**9
HALT_NS, GATHER_NS, REOPEN_NS = 43_200 * 10**9, 43_680 * 10**9, 43_800 * 10**9
TICK = 100
"""One cent, in LOBSTER's 1/10,000 of a dollar."""
START_TICKS = 10_000
TRADERS = 50
LEVELS = 5
BATCH = 2_000


class Day:
    """One instrument, fifty traders, and a price in their minds that drifts."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.exchange = Exchange(AccountModel.GAME)
        for _ in range(TRADERS):
            self.exchange.open_account()
        self.share = self.exchange.list_instrument(initial_price=START_TICKS, max_price=100 * START_TICKS)
        self.exchange.set_phase(self.share, Phase.CONTINUOUS, time_ns=OPEN_NS)
        self.live: list[tuple[int, int]] = []
        self.value = float(START_TICKS)

    def run(self, orders: int) -> Iterator[np.ndarray]:
        """Trade from the open to the close; yield the events of each step."""
        phases = [(HALT_NS, Phase.HALT), (GATHER_NS, Phase.AUCTION), (REOPEN_NS, Phase.CONTINUOUS)]
        for time_ns in np.sort(self.random.integers(OPEN_NS, CLOSE_NS, orders)).tolist():
            while phases and time_ns >= phases[0][0]:
                yield from self.move(*phases.pop(0))
            self.value += self.random.normal(0.0, 0.12)
            if not HALT_NS <= time_ns < GATHER_NS:
                self.step(time_ns, gathering=GATHER_NS <= time_ns < REOPEN_NS)
                yield self.exchange.events()
        self.exchange.mass_cancel(instrument=self.share, time_ns=CLOSE_NS - 1)
        yield self.exchange.events()

    def move(self, time_ns: int, phase: Phase) -> Iterator[np.ndarray]:
        """Move to a phase; an auction crosses first what it gathered."""
        if phase is Phase.CONTINUOUS:
            self.exchange.uncross(self.share, time_ns=time_ns)
            yield self.exchange.events()
        self.exchange.set_phase(self.share, phase, time_ns=time_ns)
        yield self.exchange.events()

    def step(self, time_ns: int, *, gathering: bool) -> None:
        """Let one trader do one thing."""
        what = self.random.random()
        if what < 0.46 and self.live:
            self.change(time_ns)
        else:
            self.place(time_ns, take=what > 0.94 and not gathering)

    def place(self, time_ns: int, *, take: bool) -> None:
        """Enter an order, to rest near the price or to trade at once."""
        account = int(self.random.integers(1, TRADERS + 1))
        side = Side(int(self.random.integers(0, 2)))
        sign = 1 if side is Side.BUY else -1
        distance = -3 if take else int(self.random.geometric(0.3))
        price = round(self.value) - sign * distance
        size = int(self.random.choice([100, 100, 100, 200, 300, 500, int(self.random.integers(1, 100))]))
        order = self.exchange.new_order(
            account,
            self.share,
            side,
            size,
            price,
            display=100 if size == 500 and not take else 0,
            time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL if take else TimeInForce.GOOD_TILL_CANCEL,
            time_ns=time_ns,
        )
        if self.exchange.order(order) is not None:
            self.live.append((account, order))

    def change(self, time_ns: int) -> None:
        """Shrink or cancel an order that may still be open."""
        place = int(self.random.integers(0, len(self.live)))
        account, number = self.live[place]
        order = self.exchange.order(number)
        if order is None:
            self.live[place] = self.live[-1]
            self.live.pop()
            self.exchange.advance_clock(time_ns)
        elif order.open > 100 and self.random.random() < 0.2:
            self.exchange.replace(account, number, quantity=order.quantity - 100, time_ns=time_ns)
        else:
            self.exchange.cancel(account, number, time_ns=time_ns)


def make(folder: Path, seed: int, orders: int) -> Path:
    """Make a day, write it, and return the message file; the book file stands beside it."""
    day = Day(seed)
    converter = lobster.EventsToMessages(day.share, price_units_per_tick=TICK)
    messages = np.concatenate([converter.convert(events) for events in day.run(orders)])
    name = f"OWN_2025-01-02_{OPEN_NS // 10**6}_{CLOSE_NS // 10**6}_message_{LEVELS}.csv.gz"
    with lobster.MessageWriter(folder / name) as message_file:
        message_file.write(messages)
    pieces = np.array_split(messages, max(1, len(messages) // BATCH))
    with lobster.BookWriter(lobster.book_file_for(folder / name)) as book_file:
        for rows in lobster.books_of(pieces, LEVELS):
            book_file.write(rows)
    print(f"{folder / name}: {len(messages)} messages, event hash {day.exchange.event_hash():016x}")
    return folder / name


def main() -> None:
    """Read the arguments and make a day."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "data")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", type=int, default=30_000)
    arguments = parser.parse_args()
    make(arguments.folder, arguments.seed, arguments.orders)


if __name__ == "__main__":
    main()
