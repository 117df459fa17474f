"""A simulation that somebody asks for by agents and duration, and gets all of at once: its trades, books and agents.

The market is BTC/USD with a tick of 0.01 and a lot of 0.00000001, open from the first moment to the last. Its fundamental
value, which informed agents know, is Brownian in its logarithm with a deviation of 3 % a day. It begins at midnight of
`EPOCH_S`, whatever the date is: the same request has the same answer, to the last byte, however it is cut into stretches.

Nothing is kept on disk, and in memory the newest `TRADES_MAX` trades and at most `STATES_MAX` states of the book.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crossbook.core import ConfigError, EventKind, Side, UsageError
from crossbook.doors.lab.bodies import AGENTS_MAX, BatchWanted
from crossbook.doors.lab.posted import KEPT_MAX, SPAN_NS_MAX, kept_of
from crossbook.lab.config import RunFile
from crossbook.lab.config.groups import AnyGroup
from crossbook.lab.config.model import Day, Geometric, Market, Record
from crossbook.lab.config.units import DAY_NS
from crossbook.lab.live.classic import agent_group, cash_of_each
from crossbook.lab.live.scale import Scale
from crossbook.lab.run import Driver, Plan
from crossbook.lab.run.driver import PAUSED

SYMBOL: Final = "BTC/USD"
PRICE_STEP: Final = Decimal("0.01")
LOT_SIZE: Final = Decimal("0.00000001")
PRICE_MAX: Final = 10_000_000
EPOCH_S: Final = 1_767_225_600
"""2026-01-01 in UTC."""
VOLATILITY: Final = 0.03
"""Deviation of the logarithm of the fundamental value over a day."""
TRADES_MAX: Final = 100_000
STATES_MAX: Final = 600
STATE_NS_MIN: Final = 100_000_000
"""Least simulated time between two states of the book."""
STATE_LEVELS: Final = 20
SINGLE_AGENTS_MAX: Final = 10_000
"""Where there are more agents, those of an entry are told of together."""
CASH_UNITS_MAX: Final = 1 << 61
"""Cash of all agents together: half of what a venue carries."""
STEPS_MAX: Final = 50_000
"""Steps of the kernel that one call makes at most, which take some hundredths of a second."""
ROWS_OF_A_PART: Final = 1_000
"""Trades or agents that one part of the answer tells of."""
_FAST_GRID_NS: Final = 100_000_000
_SLOW_GRID_NS: Final = 1_000_000_000
_NANOSECONDS: Final = 1_000_000_000
_NO_FOLDER: Final = Path()
"""Its run file names no files."""
_PRICE: Final = Scale(PRICE_STEP)
_SIZE: Final = Scale(LOT_SIZE)
_CASH: Final = Scale(PRICE_STEP * LOT_SIZE)
_TRADE: Final = int(EventKind.TRADE)
_BUY: Final = int(Side.BUY)

Rows = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class _Named:
    """What the agents of a group are called."""

    agent_type: str
    first: int
    """The number in the name of its first agent: entries of one type are counted through."""
    entry: str
    """What they are called together."""


class Batch:
    """A simulation on its way from its first moment to its last.

    Args:
        wanted: What it is made of.

    Raises:
        ConfigError: Something in it is wrong, in one line that says where.
    """

    def __init__(self, wanted: BatchWanted) -> None:
        span_ns = _span_ns(wanted)
        run, self._named = _run_file(wanted, span_ns)
        self.agents: Final = sum(group.count for group in run.agents.values())
        try:
            self._driver: Final[Driver] = Plan.of(run, _NO_FOLDER).driver()
        except UsageError as error:
            raise ConfigError(str(error)) from error
        self._seed: Final = wanted.seed
        self._span_ns: Final = span_ns
        self._simulation: Final = self._driver.simulation
        states = min(STATES_MAX, max(1, span_ns // STATE_NS_MIN))
        self._due: Final = deque(span_ns * (number + 1) // states for number in range(states))
        """When the book is looked at next."""
        self._states: Final[list[str]] = []
        self._trades: Final[deque[Rows]] = deque()
        self._kept = 0
        self._traded = 0
        self._last = int(Decimal(wanted.initial_price) / PRICE_STEP)
        self._singly: Final = self.agents <= SINGLE_AGENTS_MAX
        groups = self._simulation.groups()
        self._firsts: Final = np.array([first for _, _, first, _, _ in groups], dtype=np.int64)
        rows = self.agents if self._singly else len(groups)
        self._trades_of: Final = np.zeros(rows, dtype=np.int64)
        self._volume_of: Final = np.zeros(rows, dtype=np.int64)

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return not self._due

    @property
    def part(self) -> float:
        """How much of it is done."""
        return 1.0 if self.ended else self._simulation.now / self._span_ns

    def advance(self, steps: int = STEPS_MAX) -> None:
        """Go on, for no more than so many steps of the kernel."""
        last = self._simulation.counts()[0] + steps
        while self._due and (left := last - self._simulation.counts()[0]) > 0:
            status = self._driver.advance(self._due[0], left)
            self._take()
            if status != PAUSED:
                self._look(self._due.popleft())

    def progress(self) -> bytes:
        """Return the line that tells how far it is."""
        bids, asks = (self._simulation.depth(0, side, 1) for side in (0, 1))
        bid, ask = (_PRICE.text(side[0][0]) if side else "null" for side in (bids, asks))
        return (
            f'{{"type":"progress","progress":{self.part:.6f},"timestamp":{_timestamp_us(self._simulation.now)},'
            f'"trades":{self._traded},"current_price":{_PRICE.text(self._last)},"bid_price":{bid},"ask_price":{ask}}}\n'
        ).encode()

    def final(self) -> Iterator[bytes]:
        """Yield the line that tells all of it, in parts."""
        yield b'{"type":"final","trades":['
        number = self._traded - min(self._kept, TRADES_MAX)
        separator = ""
        for rows in self._kept_trades():
            for start in range(0, len(rows), ROWS_OF_A_PART):
                part = rows[start : start + ROWS_OF_A_PART]
                yield f"{separator}{','.join(_told_trades(part, number + 1))}".encode()
                number += len(part)
                separator = ","
        yield b'],"orderbook_states":['
        for start in range(0, len(self._states), STATE_LEVELS):
            yield ("," * bool(start) + ",".join(self._states[start : start + STATE_LEVELS])).encode()
        yield b'],"agent_stats":['
        agents = self._told_agents()
        separator = ""
        while some := list(islice(agents, ROWS_OF_A_PART)):
            yield f"{separator}{','.join(some)}".encode()
            separator = ","
        (_, _, event_hash) = self._simulation.hashes()[0]
        yield (
            f'],"final_price":{_PRICE.text(self._last)},"total_trades":{self._traded},'
            f'"event_hash":"{event_hash:016x}","seed":{self._seed}}}\n'
        ).encode()

    def _take(self) -> None:
        """Take away what was recorded, and keep what will be told."""
        events = self._simulation.take_events(0)
        trades = events[events["kind"] == _TRADE]
        if not len(trades):
            return
        self._traded += len(trades)
        self._last = int(trades["price"][-1])
        lots = trades["quantity"].astype(np.int64)
        for side in ("account", "counterparty"):
            rows = trades[side].astype(np.int64) - 1
            if not self._singly:
                rows = np.searchsorted(self._firsts, rows, side="right") - 1
            np.add.at(self._trades_of, rows, 1)
            np.add.at(self._volume_of, rows, lots)
        self._trades.append(trades)
        self._kept += len(trades)
        while self._kept - len(self._trades[0]) >= TRADES_MAX:
            self._kept -= len(self._trades.popleft())

    def _kept_trades(self) -> Iterator[Rows]:
        """Yield the newest trades, no more than may be told."""
        over = max(0, self._kept - TRADES_MAX)
        for rows in self._trades:
            yield rows[over:]
            over = max(0, over - len(rows))

    def _look(self, time_ns: int) -> None:
        """Remember the book as it is."""
        sides = (
            ",".join(f"[{_PRICE.text(price)},{_SIZE.text(lots)}]" for price, lots in self._levels(side))
            for side in (0, 1)
        )
        bids, asks = sides
        self._states.append(f'{{"timestamp":{_timestamp_us(time_ns)},"bids":[{bids}],"asks":[{asks}]}}')

    def _levels(self, side: int) -> list[tuple[int, int]]:
        return self._simulation.depth(0, side, STATE_LEVELS)

    def _told_agents(self) -> Iterator[str]:
        """Yield what became of each agent, or of each entry where there are too many."""
        row = 0
        for (_, _, first, count, _), named in zip(self._simulation.groups(), self._named, strict=True):
            if not self._singly:
                yield self._told(row, named.entry, named.agent_type, first, count)
                row += 1
                continue
            for member in range(count):
                name = f"{named.agent_type}_{named.first + member}"
                yield self._told(row, name, named.agent_type, first + member, 1)
                row += 1

    def _told(self, row: int, name: str, agent_type: str, first: int, count: int) -> str:
        cash, profit, orders, lots = self._simulation.holdings(first, count)
        many = "" if self._singly else f'"count":{count},'
        return (
            f'{{"agent_id":"{name}","agent_type":"{agent_type}",{many}"balance":{_CASH.text(cash)},'
            f'"position":{_SIZE.text(lots[0])},"total_trades":{self._trades_of[row]},'
            f'"total_volume":{_SIZE.text(int(self._volume_of[row]))},"pnl":{_CASH.text(profit)},'
            f'"active_orders":{orders}}}'
        )


def _told_trades(rows: Rows, first: int) -> Iterator[str]:
    columns: list[list[Any]] = [
        rows[name].tolist() for name in ("time_ns", "price", "quantity", "side", "order_id", "counter_id")
    ]
    for number, (time_ns, price, lots, side, order, other) in enumerate(zip(*columns, strict=True), first):
        buy, sell = (order, other) if side == _BUY else (other, order)
        yield (
            f'{{"trade_id":{number},"timestamp":{_timestamp_us(time_ns)},"price":{_PRICE.text(price)},'
            f'"size":{_SIZE.text(lots)},"buy_order_id":{buy},"sell_order_id":{sell}}}'
        )


def _timestamp_us(time_ns: int) -> int:
    return EPOCH_S * 1_000_000 + time_ns // 1_000


def _span_ns(wanted: BatchWanted) -> int:
    span = Decimal(wanted.duration_seconds) * _NANOSECONDS
    if not 0 < span <= SPAN_NS_MAX:
        raise ConfigError(f"duration_seconds: must be above 0 and at most {SPAN_NS_MAX // _NANOSECONDS:,}")
    if span != int(span):
        raise ConfigError("duration_seconds: must be a whole number of nanoseconds")
    return int(span)


def _run_file(wanted: BatchWanted, span_ns: int) -> tuple[RunFile, list[_Named]]:
    """Return the run that is asked for, and what its agents are called."""
    price = Decimal(wanted.initial_price)
    if not PRICE_STEP <= price <= PRICE_MAX or price % PRICE_STEP:
        raise ConfigError(f"initial_price: must be a multiple of {PRICE_STEP} and at most {PRICE_MAX:,}")
    market = Market(
        initial_price=f"{price:f}",
        price_step=str(PRICE_STEP),
        lot_size=f"{LOT_SIZE:f}",
        fundamental=Geometric(kind="geometric", volatility=VOLATILITY, per_ns=DAY_NS),
    )
    total = sum(entry.count for entry in wanted.agents)
    if total > AGENTS_MAX:
        raise ConfigError(f"agents: {total:,} agents in all; a server makes at most {AGENTS_MAX:,}")
    groups, named = _groups(wanted, market, cash_of_each(market, total, CASH_UNITS_MAX))
    if sum(kept_of(group) * group.count for group in groups.values()) > KEPT_MAX:
        raise ConfigError(f"agents: would keep more than {KEPT_MAX:,} numbers in mind")
    # Trading goes on a moment longer than the simulation, so that orders that stand at its end stand.
    day = Day(start=0, open=0, close=span_ns + 1, end=span_ns + 1)
    run = RunFile(
        name="batch",
        seed=wanted.seed,
        day=day,
        markets={SYMBOL: market},
        fundamental_step_ns=_FAST_GRID_NS if span_ns <= DAY_NS else _SLOW_GRID_NS,
        agents=groups,
        record=Record(book=False, samples=0, realism=False),
    )
    return run, named


def _groups(wanted: BatchWanted, market: Market, cash: int) -> tuple[dict[str, AnyGroup], list[_Named]]:
    groups: dict[str, AnyGroup] = {}
    named = []
    counted: dict[str, int] = {}
    for number, entry in enumerate(wanted.agents):
        try:
            group = agent_group(entry.type, entry.params, market, count=entry.count, cash=cash)
        except ConfigError as error:
            raise ConfigError(f"agents.{number}.{error}") from None
        before = counted.get(entry.type, 0)
        counted[entry.type] = before + entry.count
        name = entry.type if entry.type not in groups else f"{entry.type}-{number + 1}"
        groups[name] = group
        named.append(_Named(entry.type, before + 1, name))
    return groups, named
