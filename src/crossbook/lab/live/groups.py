"""What the agents of a live simulation have and did, group by group.

A group is steered as one, and so shown as one: its figures are sums over its members, exact in lots and cash units.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crossbook.core.simulation import Simulation

Rows = NDArray[np.void]
_FEW: Final = 64
"""Trades that are counted one by one, which are not worth an array."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a group has and did."""

    name: str
    kind: str
    first: int
    """The number of its first agent."""
    count: int
    cash: int
    """In cash units, as the next."""
    profit: int
    orders: int
    """How many stand."""
    lots: tuple[int, ...]
    """Held in each market."""
    trades: int
    """In which a member was buyer or seller; both counts twice."""
    volume: tuple[int, ...]
    """Lots traded in each market."""


class Groups:
    """The groups of a simulation, those that come in while it runs too.

    Args:
        simulation: Looked at; never changed.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation: Final = simulation
        self._markets: Final = len(simulation.markets())
        self._rows: list[tuple[str, str, int, int]] = []
        self._first: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._firsts: list[int] = []
        """As `_first`, for few accounts at once."""
        self._trades: list[int] = []
        self._volume: Final[list[list[int]]] = [[] for _ in range(self._markets)]
        """Lots by market and group."""
        self.refresh()

    @property
    def names(self) -> list[str]:
        """The names of all groups, in the order in which they came."""
        return [row[0] for row in self._rows]

    def refresh(self) -> None:
        """Take note of groups that came in."""
        self._rows = [(name, kind, first, count) for name, kind, first, count, _ in self._simulation.groups()]
        more = len(self._rows) - len(self._trades)
        self._firsts = [row[2] for row in self._rows]
        self._first = np.array(self._firsts, dtype=np.int64)
        for counted in (self._trades, *self._volume):
            counted.extend([0] * more)

    def of(self, accounts: NDArray[Any]) -> list[int]:
        """Return the number of the group that each account is of."""
        if len(accounts) <= _FEW:
            return [bisect_right(self._firsts, account - 1) - 1 for account in accounts.tolist()]
        found = np.searchsorted(self._first, accounts.astype(np.int64) - 1, side="right") - 1
        return [int(group) for group in found]

    def take(self, market: int, trades: Rows) -> tuple[list[int], list[int]]:
        """Count the trades of a market; return the groups of those who came second, and of those who stood there.

        Args:
            market: Its number.
            trades: `EVENT` rows.
        """
        takers, makers = self.of(trades["account"]), self.of(trades["counterparty"])
        if len(trades) <= _FEW:
            counted, volume = self._trades, self._volume[market]
            for taker, maker, lots in zip(takers, makers, trades["quantity"].tolist(), strict=True):
                for group in (taker, maker):
                    counted[group] += 1
                    volume[group] += lots
            return takers, makers
        quantities = trades["quantity"].astype(np.int64)
        for side in (takers, makers):
            groups = np.array(side)
            for group in np.unique(groups).tolist():
                mine = groups == group
                self._trades[group] += int(mine.sum())
                self._volume[market][group] += int(quantities[mine].sum())
        return takers, makers

    def standings(self) -> list[Standing]:
        """Return what each group has and did, in the order in which they came."""
        found = []
        for number, (name, kind, first, count) in enumerate(self._rows):
            cash, profit, orders, lots = self._simulation.holdings(first, count)
            found.append(
                Standing(
                    name,
                    kind,
                    first,
                    count,
                    cash,
                    profit,
                    orders,
                    tuple(lots),
                    self._trades[number],
                    tuple(volume[number] for volume in self._volume),
                )
            )
        return found
