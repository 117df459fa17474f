"""The newsmaker: how often, how much, and about whom."""

import math
from typing import Any

import pytest

from crossbook.agents.live import Newsmaker
from crossbook.agents.live.newsmaker import IMPACT_TYPICAL_MOST, NEWS_MAX
from crossbook.agents.live.oracle import HOUR_NS
from crossbook.venue.operating import IMPACT_MAX, NEWS_LENGTH_MAX

START = 1_700_000_000 * 1_000_000_000


def newsmaker(*tickers: str, **given: Any) -> Newsmaker:
    return Newsmaker(tickers or ("FUN",), **{"seed": 1, "start_ns": START, **given})


def test_news_come_at_their_rate_and_are_as_often_good_as_bad() -> None:
    made = newsmaker("FUN", "HODL", news_per_hour=2.0, news_impact=0.02)
    found = [one for minute in range(60 * 500) for one in made.due(START + minute * 60_000_000_000)]

    # A Poisson count of 2,000 has the deviation 45.
    assert len(found) == pytest.approx(2_000, abs=180)
    assert {one.ticker for one in found} == {"FUN", "HODL"}
    assert all(one.ticker in one.text for one in found)
    assert all(0.0098 <= abs(one.impact) <= 0.0306 for one in found)
    assert abs(sum(math.log1p(one.impact) for one in found)) < 4 * 0.021 * math.sqrt(len(found))


def test_every_piece_of_news_is_one_that_a_venue_tells() -> None:
    made = newsmaker("ABCDEFGHIJKLMNOP", news_per_hour=60.0, news_impact=IMPACT_TYPICAL_MOST)
    found = [one for minute in range(6_000) for one in made.due(START + minute * 60_000_000_000)]

    assert len(found) > 5_000
    assert all(abs(one.impact) <= IMPACT_MAX and len(one.text) <= NEWS_LENGTH_MAX for one in found)


def test_the_same_seed_and_start_give_the_same_news_and_others_give_others() -> None:
    at = START + 100 * HOUR_NS

    assert newsmaker().due(at) == newsmaker().due(at)
    assert newsmaker().due(at) != newsmaker(seed=2).due(at)
    assert newsmaker().due(at) != newsmaker(start_ns=START + 1).due(at)


def test_without_a_rate_there_are_none() -> None:
    assert newsmaker(news_per_hour=0.0).due(START + 10**5 * HOUR_NS) == []


def test_what_a_long_sleep_left_behind_is_told_in_part_and_forgotten() -> None:
    made = newsmaker(news_per_hour=3_600.0)

    assert len(made.due(START + 24 * HOUR_NS)) == NEWS_MAX
    assert made.due(START + 24 * HOUR_NS) == []


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"news_per_hour": 1e9}, "news_per_hour"),
        ({"news_impact": 0.9}, "news_impact"),
        ({"seed": -1}, "seed"),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(given: dict[str, float], what: str) -> None:
    with pytest.raises(ValueError, match=f"^{what} must be"):
        newsmaker(**given)
