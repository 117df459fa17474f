"""The oracle: its law, its seeds, and what news do to it."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from crossbook.agents.live.oracle import (
    HOUR_NS,
    IMPACT_LEAST,
    IMPACT_MOST,
    STEP_NS,
    STEPS_MAX,
    Oracle,
)
from crossbook.core import UsageError

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND


def oracle(starts: Mapping[str, float] | None = None, /, **given: Any) -> Oracle:
    return Oracle(starts or {"FUN": 100.0}, **{"seed": 1, "start_ns": START, **given})


def test_it_starts_where_the_market_stands_and_moves_little_at_once() -> None:
    told = oracle({"FUN": 123.45, "MEME": 0.07})

    assert told.tickers == ("FUN", "MEME")
    assert told.value("FUN", START) == pytest.approx(123.45, rel=1e-12)
    assert told.value("MEME", START - 5 * SECOND) == pytest.approx(0.07, rel=1e-12)
    assert told.value("FUN", START + SECOND) == pytest.approx(123.45, rel=0.002)


def test_a_path_does_not_depend_on_who_looks_how_often() -> None:
    often, seldom = oracle(), oracle()
    for second in range(600):
        often.value("FUN", START + second * SECOND)

    assert often.value("FUN", START + 600 * SECOND) == seldom.value("FUN", START + 600 * SECOND)


def test_a_path_does_not_depend_on_the_other_instruments() -> None:
    alone, beside = oracle(), oracle({"YOLO": 200.0, "FUN": 100.0})

    assert alone.value("FUN", START + HOUR_NS) == beside.value("FUN", START + HOUR_NS)


@pytest.mark.parametrize("other", [{"seed": 2}, {"start_ns": START + 1}])
def test_another_seed_or_another_start_is_another_path(other: dict[str, float]) -> None:
    at = START + 60 * SECOND

    assert oracle().value("FUN", at) == oracle().value("FUN", at) != oracle(**other).value("FUN", at)


def test_increments_have_the_volatility_that_was_asked_for() -> None:
    told = oracle(volatility=0.02, memory_hours=1e6)
    logs = np.log([told.value("FUN", START + n * 10 * SECOND) for n in range(20_000)])

    # The deviation of a deviation from n draws is about 1 / sqrt(2 n): half a percent here.
    assert np.std(np.diff(logs)) == pytest.approx(0.02 * math.sqrt(10 / 3_600), rel=0.03)


@pytest.mark.parametrize("stride", [SECOND, 60 * SECOND])
def test_values_spread_about_their_level_as_an_ornstein_uhlenbeck_process_does(stride: int) -> None:
    memory_hours, volatility = 0.05, 0.01
    made = [oracle(volatility=volatility, memory_hours=memory_hours, seed=seed) for seed in range(200)]
    end_ns = 5 * 180 * SECOND
    ends = []
    for one in made:
        for step in range(0, end_ns, stride):
            one.value("FUN", START + step)
        ends.append(math.log(one.value("FUN", START + end_ns) / 100.0))

    expected = volatility * math.sqrt(memory_hours / 2)
    assert np.std(ends) == pytest.approx(expected, rel=0.2)
    assert abs(np.mean(ends)) < 4 * expected / math.sqrt(len(ends))


def test_a_long_sleep_is_one_step_of_the_right_size() -> None:
    long_ns = (STEPS_MAX + 1) * STEP_NS * 1_000
    ends = [math.log(oracle(seed=seed).value("FUN", START + long_ns) / 100.0) for seed in range(400)]

    hours = long_ns / HOUR_NS
    expected = 0.015 * math.sqrt(12 / 2 * -math.expm1(-2 * hours / 12))
    assert np.std(ends) == pytest.approx(expected, rel=0.12)


def test_news_move_the_value_by_their_impact_and_for_good() -> None:
    told = oracle({"FUN": 100.0, "YOLO": 200.0}, volatility=0.0)

    told.news("FUN", 0.03, START + SECOND)

    assert told.value("FUN", START + SECOND) == pytest.approx(103.0)
    assert told.value("FUN", START + 1_000 * HOUR_NS) == pytest.approx(103.0)
    assert told.value("YOLO", START + SECOND) == pytest.approx(200.0)


@pytest.mark.parametrize(("impact", "cut"), [(-1.0, IMPACT_LEAST), (-5.0, IMPACT_LEAST), (1e9, IMPACT_MOST)])
def test_the_impact_of_news_is_cut(impact: float, cut: float) -> None:
    told = oracle(volatility=0.0)

    told.news("FUN", impact, START)

    assert told.value("FUN", START) == pytest.approx(100.0 * (1 + cut))


def test_an_instrument_that_comes_later_begins_where_it_stands_then() -> None:
    told = oracle()
    later = START + 3 * HOUR_NS
    told.begin("NEW", 42.0, later)
    told.begin("FUN", 1.0, later)

    assert told.value("NEW", later) == pytest.approx(42.0)
    assert told.value("NEW", later + SECOND) == pytest.approx(42.0, rel=0.002)
    assert told.value("FUN", later) == oracle().value("FUN", later)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"volatility": -1.0}, "volatility"),
        ({"volatility": math.nan}, "volatility"),
        ({"memory_hours": 0.0}, "memory_hours"),
        ({"seed": -1}, "seed"),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(given: dict[str, float], what: str) -> None:
    with pytest.raises(ValueError, match=f"^{what} must be"):
        oracle(**given)


def test_a_start_that_is_no_price_is_refused() -> None:
    with pytest.raises(ValueError, match="the start of FUN must be above zero"):
        oracle({"FUN": 0.0})


def test_an_instrument_that_it_was_not_given_is_refused() -> None:
    with pytest.raises(UsageError, match="knows FUN, and not MEME"):
        oracle().value("MEME", START)
    with pytest.raises(UsageError, match="finite"):
        oracle().news("FUN", math.nan, START)
