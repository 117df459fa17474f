"""Classic agent types: what they become in the kernel's own measures, what they refuse, and what a form is told."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from crossbook.core import ConfigError
from crossbook.lab.config.agents import NATIVE
from crossbook.lab.config.model import Market
from crossbook.lab.live.agent_types import agent_types
from crossbook.lab.live.classic import (
    CASH_DEFAULT_UNITS_MAX,
    CLASSIC,
    agent_group,
    cash_of_each,
    classic_changes,
    classic_group,
    is_classic,
)
from crossbook.lab.live.classic_measures import ORDER_LOTS_MAX

COIN = Market(initial_price="50000", price_step="0.01", lot_size="0.00000001")
SHARE = Market(initial_price="100", price_step="0.01")


def params_of(agent_type: str, config: dict[str, Any], market: Market = COIN) -> dict[str, Any]:
    group = classic_group(agent_type, config, market)
    assert group.kind == CLASSIC[agent_type].kind
    plain: dict[str, Any] = group.model_dump(mode="json", exclude_none=True)["params"]
    return plain


BECOMES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "market_maker",
        {"spread": 0.005, "order_size": 0.5, "max_position": 10, "wakeup_interval_us": 250_000},
        {"interval_ns": 250_000_000, "spread": 0.005, "lots": 50_000_000, "position_lots": 1_000_000_000},
    ),
    (
        "noise",
        {"trade_probability": 0.05, "max_size": Decimal("2.0")},
        {
            "interval_ns": 2_000_000_000,
            "size": {"kind": "uniform", "low": 1, "high": 200_000_000},
            "aggressive": 0.5,
            "distance_ticks": 2_500.0,
            "life_ns": 60_000_000_000,
        },
    ),
    (
        "informed",
        {"bias_probability": 0.25, "bias_strength": 0.75, "order_size": "0.1", "max_position": 3},
        {
            "interval_ns": 400_000_000,
            "edge": 0.0,
            "noise": 6_250.0,
            "size": {"kind": "fixed", "lots": 10_000_000},
            "position_lots": 300_000_000,
        },
    ),
    (
        "taker",
        {"trade_probability": 1, "order_size": 1, "buy_probability": 0.6, "only_best_price": True},
        {
            "interval_ns": 100_000_000,
            "size": {"kind": "fixed", "lots": 100_000_000},
            "buys": 0.6,
            "careful": True,
        },
    ),
    (
        "trend_follower",
        {"trade_probability": 0.1, "short_window_seconds": 5, "long_window_seconds": 20},
        {"interval_ns": 1_000_000_000, "short": 5, "long": 20, "size": {"kind": "fixed", "lots": 10_000_000}},
    ),
    (
        "high_frequency",
        {"order_size": 0.2, "levels": 5, "first_spread": 0.0002, "inventory_lean": 0.00001},
        {"levels": 5, "least_lots": 20_000_000, "first_window": 1_000.0, "lean": 50.0, "random": True},
    ),
    (
        "whale",
        {"order_size": 3, "max_order_size": 9, "pause_seconds": 10, "trade_probability": 0.5},
        {
            "pause_ns": 10_000_000_000,
            "interval_ns": 200_000_000,
            "order": {"kind": "pareto", "least": 3e8, "exponent": 1.5, "most": 9e8},
            "piece": {"kind": "fixed", "lots": 10_000_000},
        },
    ),
]


@pytest.mark.parametrize(("agent_type", "config", "becomes"), BECOMES)
def test_a_classic_type_becomes_a_native_kind(
    agent_type: str, config: dict[str, Any], becomes: dict[str, Any]
) -> None:
    params = params_of(agent_type, config)

    assert {key: params[key] for key in becomes} == becomes


def test_every_classic_type_is_complete_without_a_parameter() -> None:
    for agent_type in CLASSIC:
        group = classic_group(agent_type, {}, COIN, count=7, markets=["BTC/USD"])
        assert (group.count, group.markets) == (7, ["BTC/USD"])


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("broker", {}, 'agent_type: there is no "broker"'),
    ("market_makr", {}, 'agent_type: there is no "market_makr"; did you mean "market_maker"?'),
    (
        "market_maker",
        {"sprad": 1},
        'sprad: market_maker has no such parameter; did you mean "spread"?',
    ),
    ("market_maker", {"spread": 0}, "spread: must be greater than 0"),
    ("market_maker", {"spread": 1.5}, "spread: must be less than or equal to 1"),
    ("market_maker", {"spread": True}, "spread: must be a valid number"),
    ("market_maker", {"spread": "0.1"}, "spread: must be a valid number"),
    ("market_maker", {"order_size": -1}, "order_size: must be greater than 0"),
    (
        "market_maker",
        {"order_size": 0.000000001},
        "order_size: 0.000000001 is no whole number of lots of 0.00000001",
    ),
    (
        "market_maker",
        {"max_position": Decimal("1.000000001")},
        "max_position: 1.000000001 is no whole number of lots of 0.00000001",
    ),
    ("market_maker", {"order_size": 20_000}, "order_size: must be at most 10995.11627775, not 20000"),
    (
        "market_maker",
        {"order_size": float("nan")},
        "order_size: must be a decimal number of at most 40 digits, such as 0.5",
    ),
    (
        "market_maker",
        {"order_size": Decimal("1e99999")},
        "order_size: must be a decimal number of at most 40 digits, such as 0.5",
    ),
    ("noise", {"max_size": 20_000}, "max_size: must be at most "),
    ("noise", {"trade_probability": 0}, "trade_probability: must be greater than 0"),
    ("noise", {"trade_probability": float("nan")}, "trade_probability: must be greater than 0"),
    ("noise", {"trade_probability": Decimal("1e400")}, "trade_probability: must be less than or equal to 1"),
    (
        "noise",
        {"trade_probability": 1e-9, "wakeup_interval_us": 86_400_000_000},
        "trade_probability: is so small that nothing would come in 36 years",
    ),
    ("noise", {"wakeup_interval_us": 0}, "wakeup_interval_us: must be greater than or equal to 1"),
    ("noise", {"wakeup_interval_us": 1.5}, "wakeup_interval_us: must be a valid integer"),
    (
        "trend_follower",
        {"short_window_seconds": 60},
        "short_window_seconds: must be less than long_window_seconds",
    ),
    (
        "trend_follower",
        {"trade_probability": 1, "long_window_seconds": 600},
        "long_window_seconds: must be at most 4,096 looks, not 6,000",
    ),
    (
        "trend_follower",
        {"short_window_seconds": 0.5, "long_window_seconds": 1.0},
        "long_window_seconds: has no more looks than short_window_seconds, 1 of 2 s",
    ),
    ("whale", {"order_size": 10.5}, "order_size: must be at most max_order_size"),
]


@pytest.mark.parametrize(("agent_type", "config", "told"), REFUSED)
def test_what_is_wrong_is_told_in_one_line_that_begins_with_the_parameter(
    agent_type: str, config: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        classic_group(agent_type, config, COIN)

    assert str(caught.value).startswith(told)
    assert "\n" not in str(caught.value)


def test_sizes_are_exact_in_decimal_digits() -> None:
    # As floats, 0.29 / 0.01 is 28.999999999999996.
    market = Market(initial_price="1", lot_size="0.01")

    assert params_of("market_maker", {"order_size": 0.29}, market)["lots"] == 29


def test_sizes_keep_to_the_steps_of_the_market() -> None:
    market = Market(initial_price="100", lot_step=10)

    assert params_of("market_maker", {"order_size": 20}, market)["lots"] == 20
    with pytest.raises(ConfigError, match="order_size: must be a multiple of 10, not 25"):
        classic_group("market_maker", {"order_size": 25}, market)
    with pytest.raises(
        ConfigError, match="max_size: is drawn lot by lot, and the market trades in steps of 10"
    ):
        classic_group("noise", {"max_size": 20}, market)


def test_a_lot_of_one_counts_whole_units() -> None:
    assert params_of("market_maker", {"order_size": 3}, SHARE)["lots"] == 3
    with pytest.raises(ConfigError, match=r"order_size: 0\.5 is no whole number of lots of 1"):
        classic_group("market_maker", {"order_size": 0.5}, SHARE)


def test_a_change_says_only_what_changes_in_native_parameters() -> None:
    before = {"spread": 0.001, "order_size": 0.5}

    assert classic_changes("market_maker", before, {"order_size": 0.25}, COIN) == {"lots": 25_000_000}
    assert classic_changes("noise", {}, {"wakeup_interval_us": 50_000}, COIN) == {
        "interval_ns": 1_000_000_000
    }
    assert classic_changes("noise", {}, {"max_size": 1}, COIN) == {
        "size": {"kind": "uniform", "low": 1, "high": 100_000_000}
    }


def test_a_change_to_what_is_so_already_says_everything_and_harms_nobody() -> None:
    same = classic_changes("market_maker", {}, {"spread": 0.001}, COIN)

    assert same == params_of("market_maker", {})


def test_a_change_is_held_to_the_same_bounds() -> None:
    with pytest.raises(ConfigError, match="short_window_seconds: must be less than long_window_seconds"):
        classic_changes("trend_follower", {"long_window_seconds": 30}, {"short_window_seconds": 30}, COIN)
    with pytest.raises(ConfigError, match="config: nothing changes"):
        classic_changes("noise", {}, {}, COIN)


def test_what_changes_fits_the_native_kind() -> None:
    for agent_type, config, _ in BECOMES:
        changed = classic_changes(agent_type, {}, config, COIN)
        model = NATIVE[CLASSIC[agent_type].kind]
        assert set(changed) <= set(model.model_fields)


def test_no_classic_parameter_has_the_name_of_a_native_one_of_a_kind_of_the_same_name() -> None:
    for agent_type in CLASSIC.keys() & NATIVE.keys():
        assert not CLASSIC[agent_type].model_fields.keys() & NATIVE[agent_type].model_fields.keys()


def test_parameters_tell_a_classic_type_from_a_native_kind_of_the_same_name() -> None:
    native = {"interval_ns": 5, "size": {"kind": "fixed", "lots": 3}}

    assert is_classic("noise", {})
    assert is_classic("noise", {"max_size": 1})
    assert not is_classic("noise", native)
    assert not is_classic("hawkes", {})
    assert agent_group("noise", native, COIN).model_dump()["params"]["size"]["lots"] == 3
    assert agent_group("momentum", {"interval_ns": "1s"}, COIN).kind == "momentum"


@pytest.mark.parametrize(
    ("agent_type", "config", "told"),
    [
        ("momentum", {}, "interval_ns: is missing"),
        ("momentum", {"interval_ns": True}, "interval_ns: must be a valid integer"),
        ("momentum", {"interval_ns": 1, "sise": 1}, "sise: momentum has no such parameter"),
        ("os:system", {}, 'agent_type: there is no "os:system"'),
    ],
)
def test_native_parameters_are_refused_in_the_same_words(
    agent_type: str, config: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        agent_group(agent_type, config, COIN)


@pytest.mark.parametrize(
    "market", [COIN, SHARE, Market(initial_price="1", price_step="0.00000001", lot_size="1e-18")]
)
@pytest.mark.parametrize("count", [1, 999, 100_000])
def test_what_agents_begin_with_is_what_a_venue_can_carry(market: Market, count: int) -> None:
    cash = cash_of_each(market, count)

    assert 0 <= cash * count <= CASH_DEFAULT_UNITS_MAX


def test_few_agents_begin_with_a_hundred_thousand() -> None:
    assert cash_of_each(COIN, 5) == 100_000 * 10**10
    assert classic_group("noise", {}, COIN).cash == 100_000 * 10**10
    assert classic_group("noise", {}, COIN, cash=5).cash == 5


def test_the_bounds_of_sizes_are_those_of_the_kernel() -> None:
    most = ORDER_LOTS_MAX * Decimal("0.00000001")

    assert params_of("noise", {"max_size": most})["size"]["high"] == ORDER_LOTS_MAX


def test_a_form_can_be_made_for_every_type() -> None:
    described = agent_types()

    assert [one.agent_type for one in described] == [*CLASSIC, *NATIVE]
    for one in described:
        assert one.title
        assert one.description.endswith(".")
        for name, member in one.parameters["properties"].items():
            assert one.classic <= bool(member.get("description")), name
            assert member["title"]


def test_the_defaults_of_a_form_are_of_the_type_that_it_asks_for() -> None:
    for one in agent_types():
        if not one.classic:
            continue
        config = {name: member["default"] for name, member in one.parameters["properties"].items()}
        TypeAdapter(dict[str, int | float | bool]).validate_python(config, strict=True)
        assert classic_group(one.agent_type, config, COIN) == classic_group(one.agent_type, {}, COIN)


def test_a_form_says_what_is_counted_in() -> None:
    by_type = {(one.agent_type, one.classic): one.parameters["properties"] for one in agent_types()}

    assert by_type["market_maker", True]["spread"]["unit"] == "part of the price"
    assert by_type["market_maker", True]["order_size"]["unit"] == "units"
    assert by_type["noise", False]["interval_ns"]["unit"] == "ns"
    assert by_type["informed", False]["position_lots"]["unit"] == "lots"
