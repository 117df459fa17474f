"""What groups have and did is the sum over what was traded, and what one gained another lost."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from crossbook.core.words import EventKind
from crossbook.lab.config import RunFile
from crossbook.lab.live.candles import SECOND_NS
from crossbook.lab.live.groups import Groups, Rows
from crossbook.lab.live.run import LiveRun
from crossbook.lab.run import Plan
from crossbook.settings import load
from tests.small_runs import small

TAKERS = {"kind": "taker", "count": 5, "params": {"interval_ns": "1s"}}
MARKETS = {
    "ACME": {"initial_price": 100.00},
    "EMCA": {"initial_price": 37.50},
}


class Books:
    """What each group has and did, trade by trade."""

    def __init__(self) -> None:
        self.lots: Counter[tuple[str, int]] = Counter()
        self.volume: Counter[tuple[str, int]] = Counter()
        self.cash: Counter[str] = Counter()
        self.trades: Counter[str] = Counter()

    def add(self, market: int, trades: Rows, owner: dict[int, str]) -> None:
        for row in trades:
            lots, sign = int(row["quantity"]), 1 if row["side"] == 0 else -1
            for account, side in ((row["account"], sign), (row["counterparty"], -sign)):
                name = owner[int(account) - 1]
                self.lots[name, market] += side * lots
                self.cash[name] -= side * lots * int(row["price"])
                self.volume[name, market] += lots
                self.trades[name] += 1


def owners(run: LiveRun) -> dict[int, str]:
    return {
        agent: name
        for name, _, first, count, _ in run.simulation.groups()
        for agent in range(first, first + count)
    }


@pytest.mark.parametrize("seed", range(3))
def test_standings_are_the_sum_of_the_trades(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    file = small(tmp_path, markets=MARKETS, seed=seed + 1)
    (tmp_path / "live").mkdir()
    run = LiveRun(Plan.of(load(file, RunFile).settings, tmp_path), tmp_path / "live")
    groups, books = Groups(run.simulation), Books()
    begun = {standing.name: standing.cash for standing in groups.standings()}
    assert list(begun) == groups.names == ["maker", "noise"]
    while not run.ended:
        stretch = run.advance(run.now_ns + random.randint(1, 4 * SECOND_NS))
        (events,) = stretch.taken.events
        trades = events[events["kind"] == EventKind.TRADE]
        for number, (_, _, _, _, _, instrument) in enumerate(run.simulation.markets()):
            mine = trades[trades["instrument"] == instrument]
            takers, makers = groups.take(number, mine)
            owner = owners(run)
            assert [groups.names[group] for group in takers] == [owner[int(a) - 1] for a in mine["account"]]
            assert [groups.names[group] for group in makers] == [
                owner[int(a) - 1] for a in mine["counterparty"]
            ]
            books.add(number, mine, owner)
        standings = groups.standings()
        for standing in standings:
            name = standing.name
            assert standing.trades == books.trades[name]
            assert standing.lots == tuple(books.lots[name, market] for market in (0, 1))
            assert standing.volume == tuple(books.volume[name, market] for market in (0, 1))
            assert standing.cash - begun[name] == books.cash[name]
        assert sum(standing.profit for standing in standings) == 0
        assert sum(standing.lots[0] for standing in standings) == 0
        if random.random() < 0.3:
            name = f"late {len(groups.names)}"
            run.steer({"do": "enter", "name": name, "agents": TAKERS})
            groups.refresh()
            assert groups.names[-1] == name
            begun[name] = groups.standings()[-1].cash
    assert sum(books.trades.values()) > 100
    assert len(groups.names) > 2


def test_a_group_of_nobody_takes_no_trades(tmp_path: Path) -> None:
    agents = {
        "empty": {"kind": "taker", "count": 0, "params": {"interval_ns": "1s"}},
        "makers": {
            "kind": "symmetric_maker",
            "count": 1,
            "params": {"interval_ns": "1s", "spread": 0.01, "lots": 5, "position_lots": 1_000},
        },
        "takers": TAKERS,
    }
    file = small(tmp_path, agents=agents)
    (tmp_path / "live").mkdir()
    run = LiveRun(Plan.of(load(file, RunFile).settings, tmp_path), tmp_path / "live")
    groups = Groups(run.simulation)
    stretch = run.advance()
    (events,) = stretch.taken.events
    groups.take(0, events[events["kind"] == EventKind.TRADE])
    counts = {standing.name: standing.trades for standing in groups.standings()}
    assert counts.pop("empty", 0) == 0
    assert counts["makers"] == counts["takers"] > 0
