"""The house's bots make a market that somebody would want to trade in, in the lab and so on a live venue."""

import numpy as np
import pytest

from crossbook.agents import Context, Trader
from crossbook.core import TimeInForce
from tests.unit.agents.live.live_market import Session, session
from tests.unit.agents.small_market import SECOND, assert_sound

UP, DOWN = 1_800, 4_500
"""Seconds at which news come out in the long session."""


@pytest.fixture(scope="module", params=[2_500, 10_000, 20_000], ids=["PUMP", "FUN", "YOLO"])
def long_session(request: pytest.FixtureRequest) -> Session:
    """Two hours at a price, with a rise of 3 % and a fall of 4 %."""
    price = int(request.param)
    return session(price=price, seed=5, jumps=[(UP, 0.03 * price), (DOWN, -0.04 * price)])


def test_both_sides_are_always_quoted_with_a_spread_of_a_few_cents(long_session: Session) -> None:
    spread = (long_session.ask - long_session.bid)[5:]

    assert not np.isnan(spread).any()
    assert 1.0 <= np.mean(spread) <= 8.0
    assert np.percentile(spread, 95) <= 12.0


def test_the_top_of_the_book_is_worth_trading_with_and_never_huge(long_session: Session) -> None:
    lots = np.concatenate([long_session.bid_lots[5:], long_session.ask_lots[5:]])

    assert 20 <= np.median(lots) <= 200
    assert np.percentile(lots, 95) <= 400
    assert np.mean([len(bids) + len(asks) for bids, asks in long_session.quotes]) > 9.5


def test_the_price_follows_the_fundamental(long_session: Session) -> None:
    away = np.abs(long_session.middle - long_session.value)[5:] / long_session.value[5:]

    assert np.mean(away) < 0.001
    assert np.percentile(away, 99) < 0.004


def test_prices_and_trades_move_every_other_second_with_a_load_that_five_markets_can_bear(
    long_session: Session,
) -> None:
    moves = np.diff(long_session.middle[5:]) != 0
    commands, _ = long_session.simulation.volumes()[0]

    assert np.mean(moves) > 0.3
    assert np.diff(long_session.volume).astype(bool).mean() > 0.25
    assert 5 * commands / 7_200 < 30


def test_no_quote_of_the_maker_is_stale_five_seconds_after_news(long_session: Session) -> None:
    for second in (UP, DOWN):
        for quotes, value in zip(
            long_session.quotes[second + 5 : second + 60], long_session.value[second + 5 :], strict=False
        ):
            prices = [price for side in quotes for price in side]
            assert prices
            # Four levels of one and a half times the widest half spread, and what inventory leans.
            assert max(abs(price - value) for price in prices) < 100


def test_the_quotes_of_the_maker_never_cross(long_session: Session) -> None:
    assert all(max(bids) < min(asks) for bids, asks in long_session.quotes if bids and asks)


def test_positions_stay_small_and_all_is_conserved(long_session: Session) -> None:
    assert all(abs(position) < 3_000 for position in long_session.positions)
    assert sum(long_session.positions) == 0
    assert_sound(long_session.simulation)


def test_a_seed_gives_the_same_session_again() -> None:
    first, again, other = (session(seconds=300, seed=seed) for seed in (1, 1, 2))

    assert first.simulation.hashes() == again.simulation.hashes() != other.simulation.hashes()


def test_the_spread_widens_while_the_value_moves_more() -> None:
    calm, wild = (session(seconds=900, volatility=deviation) for deviation in (0.002, 0.04))

    assert np.mean(wild.ask - wild.bid) > 1.5 * np.mean(calm.ask - calm.bid)


class Hitter(Trader):
    """Sell to whoever buys, as much as there is."""

    def on_start(self, ctx: Context) -> None:
        ctx.timer("hit", 10 * SECOND)

    def on_timer(self, ctx: Context, name: str) -> None:
        ctx.timer("hit", SECOND)
        ctx.sell(200, 1, time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL)


def test_a_maker_at_its_bound_quotes_one_side_and_leans_away_before() -> None:
    seen = session(seconds=300, maker={"position_lots": 2_000}, others=[(Hitter, {})])

    bids, asks = seen.quotes[-1]
    assert bids == []
    assert len(asks) == 5
    # What stood when the bound was reached may still have been hit.
    assert 2_000 <= seen.positions[0] < 2_000 + 5 * 300
    early = seen.middle[9] - seen.value[9]
    assert np.nanmean(seen.middle[20:30] - seen.value[20:30]) < early - 1


class Wall(Trader):
    """Offer far below the value, a small order that stands in everybody's way."""

    def on_start(self, ctx: Context) -> None:
        ctx.timer("stand", 20 * SECOND)

    def on_timer(self, ctx: Context, name: str) -> None:
        ctx.sell(3_000, 9_950)


def test_a_maker_stays_behind_an_order_that_stands_on_the_wrong_side_of_the_value() -> None:
    seen = session(seconds=60, volatility=0.0, others=[(Wall, {})])

    for bids, _ in seen.quotes[22:]:
        assert max(bids) < 9_950
