"""Looking at a simulation from outside: the books, and what agents have."""

import pytest

from crossbook.core import UsageError
from crossbook.core.simulation import Simulation
from tests.unit.agents.small_market import SECOND, native, spec

GROUPS = [
    native("maker", "adaptive_maker", 1, interval_ns=1e9, levels=3, spacing=0.2, share=0.0, least_lots=50),
    native("flow", "taker", 5, interval_ns=5e8),
]


def test_what_agents_have_adds_up() -> None:
    simulation = Simulation(spec(GROUPS))
    simulation.advance(50 * SECOND)
    each = [simulation.holdings(agent, 1) for agent in range(6)]
    cash, profit, orders, lots = simulation.holdings(0, 6)
    assert cash == sum(one[0] for one in each)
    assert [one[1] for one in each] == simulation.profits()
    assert profit == 0
    assert orders == sum(one[2] for one in each) == each[0][2] > 0
    assert lots == [0] == [sum(one[3][0] for one in each)]
    assert each[0][3][0] != 0


def test_depth_shows_the_book_from_the_best_on() -> None:
    simulation = Simulation(spec(GROUPS))
    simulation.advance(50 * SECOND)
    bids, asks = simulation.depth(0, 0, 10), simulation.depth(0, 1, 10)
    assert [price for price, _ in bids] == sorted((price for price, _ in bids), reverse=True)
    assert [price for price, _ in asks] == sorted(price for price, _ in asks)
    assert bids[0][0] < asks[0][0]
    assert simulation.depth(0, 0, 1) == bids[:1]


@pytest.mark.parametrize(("market", "side"), [(1, 0), (0, 2), (0, 255)])
def test_what_is_not_there_is_refused(market: int, side: int) -> None:
    with pytest.raises(UsageError):
        Simulation(spec(GROUPS)).depth(market, side, 1)


def test_agents_that_are_not_there_are_refused() -> None:
    with pytest.raises(UsageError, match="not so many agents"):
        Simulation(spec(GROUPS)).holdings(5, 2)
