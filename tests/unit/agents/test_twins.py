"""The traders that stand here and in the kernel give the same events, bit for bit."""

import copy
import inspect
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from crossbook.agents import AdaptiveMaker, Momentum, Noise, Trader, Value, interests_of, make
from crossbook.core import UsageError
from crossbook.core.simulation import Simulation
from tests.unit.agents.small_market import SECOND, assert_sound, native, run, spec

TWINS: dict[str, type[Trader]] = {
    "adaptive_maker": AdaptiveMaker,
    "momentum": Momentum,
    "noise": Noise,
    "value": Value,
}
SIZES: dict[str, dict[str, Any]] = {
    "fixed": {"kind": "fixed", "lots": 7},
    "uniform": {"kind": "uniform", "low": 2, "high": 9},
    "lognormal": {"kind": "lognormal", "mean": 2.9, "deviation": 1.2},
    "normal": {"kind": "normal", "mean": 3, "deviation": 4.5},
    "pareto": {"kind": "pareto", "least": 1, "exponent": 1.5, "most": 200},
}
SIZES["mixture"] = {
    "kind": "mixture",
    "parts": [{"weight": 0.1 * (place + 1), "size": size} for place, size in enumerate(SIZES.values())],
}
PATH = {
    "kind": "mean_reverting",
    "mean": 10_000.0,
    "kappa": 1e-10,
    "volatility": 1e-3,
    "shock_rate": 1e-10,
    "shock_mean": 20.0,
    "shock_variance": 50.0,
}
MAKER = {"interval_ns": 5e8, "levels": 5, "spacing": 0.5, "share": 0.025, "least_lots": 20}
LATENCIES: dict[str, dict[str, Any]] = {
    "none": {},
    "line": {"line_metres": 3_866_660.0, "compute_ns": 50},
    "slow": {"line_metres": 20_000_000.0, "compute_ns": 3_000_000},
    "jitter": {
        "feed": {"constant_ns": 1_000, "jitter": {"exponential": 20_000_000.0}},
        "entry": {"constant_ns": 500, "jitter": {"lognormal": [3_000_000.0, 1.0]}},
        "response": {"jitter": {"uniform": 1_000_000}},
        "compute_ns": 10_000,
    },
}


def value(size: Mapping[str, Any] | None = None, **parameters: Any) -> dict[str, Any]:
    given = {"interval_ns": 3e9, "mean": 10_000.0, "kappa": 1e-10, "noise_variance": 100.0} | parameters
    return {"drift_variance": 1e-6, **({"size": size} if size else {}), **given}


def market(size: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one group of each kind that has a twin."""
    passive = {"aggressive": 0.4, "distance_ticks": 8.0, "life_ns": 2e10}
    return [
        native("maker", "adaptive_maker", 2, cancel_delay_ns=50, **MAKER),
        native("value", "value", 20, **value(size)),
        native("momentum", "momentum", 4, interval_ns=5e8, short=4, long=9, size=size),
        native("noise", "noise", 30, interval_ns=2e9, size=size, **passive),
        native("once", "noise", 40, size=size),
    ]


def twinned(text: str, kinds: set[str]) -> tuple[str, list[Trader]]:
    """Return a specification in which all groups of some kinds are foreign, and the traders for them."""
    given = json.loads(text)
    traders = []
    for group in given["groups"]:
        kind, parameters = group["agent"]["kind"], copy.deepcopy(group["agent"])
        if kind in kinds:
            del parameters["kind"]
            traders += [make(TWINS[kind], parameters) for _ in range(group["count"])]
            group["agent"] = {"kind": "foreign", "interests": interests_of(TWINS[kind])}
    return json.dumps(given), traders


def assert_twins(text: str, kinds: set[str], *, least_trades: int = 20) -> None:
    """Fail unless a run is the same with traders of Python in the place of native ones."""
    one = run(text)
    there, traders = twinned(text, kinds)
    assert traders
    other = run(there, traders)
    assert one.counts() == other.counts()
    events, others = one.take_events(0), other.take_events(0)
    assert (events["kind"] == 12).sum() >= least_trades
    np.testing.assert_array_equal(events, others)
    assert one.hashes() == other.hashes()
    assert one.profits() == other.profits()
    assert_sound(other)


@pytest.mark.parametrize("latency", LATENCIES)
@pytest.mark.parametrize("kind", TWINS)
def test_a_twin_gives_the_events_of_the_native_kind(kind: str, latency: str) -> None:
    groups = [group | {"latency": LATENCIES[latency]} for group in market(SIZES["mixture"])]
    for seed in (1, 2, 3):
        assert_twins(spec(groups, seed=seed, fundamental=PATH), {kind})


@pytest.mark.parametrize("latency", LATENCIES)
def test_all_twins_at_once_give_the_events_of_the_native_kinds(latency: str) -> None:
    groups = [group | {"latency": LATENCIES[latency]} for group in market(SIZES["mixture"])]
    assert_twins(spec(groups, seed=4, fundamental=PATH), set(TWINS))


@pytest.mark.parametrize("size", SIZES)
def test_a_size_draws_what_the_native_size_draws(size: str) -> None:
    assert_twins(spec(market(SIZES[size]), seed=5, fundamental=PATH), {"noise", "momentum", "value"})


@pytest.mark.parametrize(
    "groups",
    [
        pytest.param([native("noise", "noise", 200)], id="noise-by-default"),
        pytest.param([native("noise", "noise", 90, from_ns=-5 * SECOND, to_ns=50 * SECOND)], id="noise-early"),
        pytest.param([native("noise", "noise", 9, interval_ns=1e9, aggressive=0.5)], id="noise-near"),
        pytest.param([native("value", "value", 9, **value(drift_variance=0.0))], id="value-by-default"),
        pytest.param([native("value", "value", 9, **value(kappa=0.0, aggressive=1.0))], id="value-without-kappa"),
        pytest.param([native("value", "value", 9, **value(aggressive=0.0, spreads=0.3))], id="value-near"),
        pytest.param([native("momentum", "momentum", 5, interval_ns=1e8)], id="momentum-by-default"),
        pytest.param([native("momentum", "momentum", 5, interval_ns=3e8, short=1, long=2)], id="momentum-short"),
        pytest.param([native("other", "adaptive_maker", 3, **MAKER, lean=1.5)], id="maker-that-leans"),
        pytest.param(
            [native("other", "adaptive_maker", 2, **MAKER, random=False, first_window=3.0, spread_weight=0.7)],
            id="maker-by-the-clock",
        ),
        pytest.param([native("other", "adaptive_maker", 1, **MAKER | {"share": 5.0})], id="maker-of-much"),
    ],
)  # fmt: skip
def test_every_parameter_does_what_it_does_there(groups: list[dict[str, Any]]) -> None:
    others = [
        native("maker", "adaptive_maker", 1, **MAKER),
        native("flow", "noise", 20, interval_ns=1e9, size=SIZES["uniform"]),
    ]
    assert_twins(spec(groups + others, seed=6, fundamental=PATH), {groups[0]["agent"]["kind"]})


LONG: list[tuple[str, dict[str, Any]]] = [
    ("noise", {"interval_ns": 1e300}),
    ("noise", {"interval_ns": 1e9, "aggressive": 0.1, "distance_ticks": 1e300, "life_ns": 1e300}),
    ("value", value(interval_ns=1e300)),
    ("momentum", {"interval_ns": 1e300}),
    ("adaptive_maker", MAKER | {"interval_ns": 2.0**60}),
    ("adaptive_maker", MAKER | {"interval_ns": 2.0**60, "random": False}),
    ("adaptive_maker", MAKER | {"cancel_delay_ns": 2**60}),
    *(("adaptive_maker", MAKER | {key: 1e300}) for key in ("first_window", "spacing", "share", "lean")),
]


@pytest.mark.parametrize(("kind", "parameters"), LONG)
def test_numbers_beyond_all_measure_break_neither(kind: str, parameters: dict[str, Any]) -> None:
    groups = [native("odd", kind, 3, **parameters), native("maker", "adaptive_maker", 1, **MAKER)]
    session = {"open_ns": 5 * SECOND, "close_ns": 100 * SECOND}
    listed = {"symbol": 0, "initial_price": 10_000, "max_price": 1_000_000, "session": session}
    venues = [{"name": "V", "model": "game", "markets": [listed]}]
    assert_twins(spec(groups, venues=venues), {kind}, least_trades=0)


def test_a_crowd_may_be_native_in_part() -> None:
    groups = market(SIZES["uniform"])
    mixed = [
        group | {"latency": LATENCIES["line" if place % 2 else "none"]} for place, group in enumerate(groups)
    ]
    assert_twins(spec(mixed, seed=7, fundamental=PATH), {"noise", "value"})
    assert_twins(spec(mixed, seed=7, fundamental=PATH), {"adaptive_maker", "momentum"})


def rmsc04(minutes: int) -> str:
    """Return the market of ABIDES' configuration of that name, with so many minutes of trading."""
    hour = 3_600 * SECOND
    opens, closes = 9 * hour + hour // 2, 9 * hour + hour // 2 + minutes * 60 * SECOND
    size = {
        "kind": "mixture",
        "parts": [{"weight": 0.2, "size": SIZES["lognormal"]}]
        + [
            {"weight": weight, "size": {"kind": "normal", "mean": 100.0 * times, "deviation": 0.15}}
            for times, weight in [(1, 0.7), *((times, 0.1 / 9) for times in range(2, 11))]
        ],
    }
    path = {
        "kind": "mean_reverting",
        "mean": 100_000.0,
        "kappa": 1.67e-16,
        "volatility": 5e-5,
        "shock_rate": 2.77778e-18,
        "shock_mean": 1_000,
        "shock_variance": 50_000,
    }
    belief = {"mean": 100_000.0, "kappa": 1.67e-15, "noise_variance": 1_000.0, "drift_variance": 2.5e-9}
    ladder = {"levels": 10, "spacing": 0.5, "share": 0.025, "least_lots": 20, "cancel_delay_ns": 50}
    groups = [
        native("maker", "adaptive_maker", 2, interval_ns=60e9, **ladder),
        native("value", "value", 102, interval_ns=1 / 5.7e-12, size=size, **belief),
        native("momentum", "momentum", 12, interval_ns=37e9, size={"kind": "uniform", "low": 1, "high": 10}),
        native("noise", "noise", 1_000, from_ns=9 * hour, to_ns=closes, size=size),
    ]
    session = {"open_ns": opens, "close_ns": closes}
    listed = {"symbol": 0, "initial_price": 100_000, "max_price": 10_000_000, "session": session}
    return json.dumps(
        {
            "seed": 1,
            "start_ns": 9 * hour,
            "end_ns": closes,
            "symbols": [{"symbol": "ABM", "fundamental": path}],
            "venues": [{"name": "X", "model": "game", "markets": [listed]}],
            "groups": [group | {"cash": 10_000_000, "latency": LATENCIES["line"]} for group in groups],
            "record": {"orders": True},
        }
    )


def test_the_market_of_rmsc04_is_the_same_with_all_its_traders_in_python() -> None:
    assert_twins(rmsc04(minutes=45), set(TWINS), least_trades=1_000)


WRONG: list[tuple[str, dict[str, Any]]] = [
    *(("noise", {key: -1.0}) for key in ("interval_ns", "aggressive", "distance_ticks", "life_ns")),
    ("noise", {"aggressive": 1.5}),
    ("noise", {"interval_ns": "soon"}),
    ("noise", {"from_ns": 0.5}),
    *(("value", value() | {key: -1.0}) for key in value()),
    ("value", value(interval_ns=0.5)),
    ("value", value(noise_variance=0.0)),
    ("value", value(aggressive=1.01)),
    ("value", value(mean=None)),
    *(("momentum", {"interval_ns": 1e9} | wrong) for wrong in (
        {"interval_ns": 0.0}, {"short": 0}, {"short": 50}, {"long": 4_097}, {"long": 50.0}, {"short": True},
    )),
    *(("adaptive_maker", MAKER | {key: -1}) for key in [*MAKER, "spread_weight", "first_window", "lean"]),
    *(("adaptive_maker", MAKER | wrong) for wrong in (
        {"levels": 0}, {"levels": 101}, {"least_lots": 0}, {"spread_weight": 1.1}, {"cancel_delay_ns": -1},
        {"random": 1}, {"interval_ns": 2.0**61}, {"cancel_delay_ns": 2**60 + 1},
    )),
    *(("noise", {"size": wrong}) for wrong in (
        {}, {"kind": "fixed"}, {"kind": "fixed", "lots": 0}, {"kind": "fixed", "lots": 1.0},
        {"kind": "fixed", "lots": 1 << 40}, {"kind": "fixed", "lots": 1, "lot": 2},
        {"kind": "uniform", "low": 0, "high": 1}, {"kind": "uniform", "low": 2, "high": 1},
        {"kind": "uniform", "low": 1, "high": 1 << 40}, {"kind": "normal", "mean": 1.0, "deviation": -1.0},
        {"kind": "lognormal", "mean": "big", "deviation": 1.0}, {"kind": "triangular"}, {"kind": None},
        {"kind": "pareto", "least": 0.5, "exponent": 1.0, "most": 2.0},
        {"kind": "pareto", "least": 1.0, "exponent": 0.0, "most": 2.0},
        {"kind": "pareto", "least": 3.0, "exponent": 1.0, "most": 2.0},
        {"kind": "mixture", "parts": []}, {"kind": "mixture", "parts": {}}, {"kind": "mixture"},
        {"kind": "mixture", "parts": [1]}, {"kind": "mixture", "parts": [{"weight": 1.0}]},
        {"kind": "mixture", "parts": [{"weight": -1.0, "size": SIZES["fixed"]}]},
        {"kind": "mixture", "parts": [{"weight": 1.0, "size": {"kind": "fixed", "lots": 0}}]},
        {"kind": "mixture", "parts": [{"weight": 1.0, "size": SIZES["fixed"], "name": "x"}]},
    )),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "parameters"), WRONG)
def test_what_the_native_kind_refuses_its_twin_refuses(kind: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Simulation(spec([native("wrong", kind, **parameters)]))
    with pytest.raises((ValueError, TypeError)):
        TWINS[kind](**parameters)


@pytest.mark.parametrize("kind", TWINS)
def test_a_twin_takes_the_very_parameters_of_the_native_kind(kind: str) -> None:
    given = {"noise": {}, "value": value(), "momentum": {"interval_ns": 1e9}, "adaptive_maker": MAKER}[kind]
    with pytest.raises(UsageError, match="unknown field `colour`, expected one of") as refusal:
        Simulation(spec([native("wrong", kind, **given, colour="red")]))
    named = set(str(refusal.value).partition("expected one of")[2].split("`")[1::2])
    assert named == set(inspect.signature(TWINS[kind]).parameters)


def test_a_twin_needs_no_names_for_its_orders_and_hears_nothing() -> None:
    assert {interests_of(kind) for kind in TWINS.values()} == {0}
