"""What people do to a run in their own words is made at once, in the kernel's, and is in the run file that it leaves."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossbook.core import ConfigError
from crossbook.lab.config import RunFile
from crossbook.lab.live.candles import SECOND_NS
from crossbook.lab.live.figures import markets_of
from crossbook.lab.live.run import LiveRun
from crossbook.lab.live.steer import AGENTS_AT_ONCE_MAX, SHOCK_PIECES_MAX, Steer
from crossbook.lab.run import Plan
from crossbook.lab.run.verify import verify
from crossbook.settings import load
from tests.small_runs import small

COIN = {"initial_price": 50_000.0, "price_step": 0.1, "lot_size": 0.00001}
OTHER = {"initial_price": 100.0, "price_step": 0.01}
OPEN = 10 * 3_600 * SECOND_NS


def steered(folder: Path, markets: dict[str, Any] | None = None) -> tuple[LiveRun, Steer]:
    run_file = load(small(folder, markets=markets or {"BTC/USD": COIN}), RunFile).settings
    live = folder / "live"
    live.mkdir()
    run = LiveRun(Plan.of(run_file, folder), live)
    run.advance(OPEN + SECOND_NS)
    return run, Steer(run, markets_of(run_file, run.simulation.markets(), 0))


def made_of(run: LiveRun) -> list[dict[str, Any]]:
    return [what.model_dump(mode="json", exclude_none=True) for what in run.driver.made]


def test_agents_come_change_and_go_by_their_names(tmp_path: Path) -> None:
    run, steer = steered(tmp_path)
    before = steer.configs()
    assert [row["agent_id"] for row in before] == ["maker", "noise"]
    given_config = {"spread": 0.001, "order_size": 0.5, "max_position": 10}
    steer.create("mm_7", "market_maker", given_config)
    assert steer.configs()[-1] == {
        "agent_id": "mm_7",
        "agent_type": "market_maker",
        "count": 1,
        **given_config,
    }
    steer.create("crowd", "taker", {"interval_ns": SECOND_NS}, count=30, cash=10**9, markets=["BTC/USD"])
    crowd = steer.configs()[-1]
    assert (crowd["agent_type"], crowd["count"], crowd["interval_ns"]) == ("taker", 30, SECOND_NS)
    steer.update("mm_7", {"spread": 0.002})
    assert steer.configs()[-2] == {**given_config, "spread": 0.002, "agent_id": "mm_7"} | {
        "agent_type": "market_maker",
        "count": 1,
    }
    steer.update("noise", {"aggressive": 0.25})
    assert steer.configs()[1]["aggressive"] == 0.25
    steer.delete("mm_7")
    assert [row["agent_id"] for row in steer.configs()] == ["maker", "noise", "crowd"]
    assert [what["do"] for what in made_of(run)] == ["enter", "enter", "change", "change", "leave"]
    run.advance()
    assert verify(run.finish(with_report=False).folder).equal


def test_a_change_of_a_classic_agent_changes_only_what_it_says(tmp_path: Path) -> None:
    run, steer = steered(tmp_path)
    steer.create("mm", "market_maker", {"spread": 0.001, "order_size": 0.5})
    steer.update("mm", {"spread": 0.002})
    steer.update("mm", {"max_position": 3})
    changes = [what["params"] for what in made_of(run) if what["do"] == "change"]
    assert changes == [{"spread": 0.002}, {"position_lots": 300_000}]


REFUSED: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    ("create", ("noise", "taker", {}), {}, "agent_id"),
    ("create", ("", "taker", {}), {}, "agent_id"),
    ("create", ("x" * 65, "taker", {}), {}, "agent_id"),
    ("create", ("a", "nobody", {}), {}, 'agent_type: there is no "nobody"'),
    ("create", ("a", "takr", {}), {}, 'did you mean "taker"'),
    ("create", ("a", "recorded", {}), {}, "agent_type"),
    ("create", ("a", "market_maker", {"spread": -1}), {}, "spread"),
    ("create", ("a", "market_maker", {"spred": 1}), {}, 'did you mean "spread"'),
    ("create", ("a", "market_maker", {"order_size": 0.000001}), {}, "order_size"),
    ("create", ("a", "taker", {}), {"count": 0}, "count: must be from 1"),
    ("create", ("a", "taker", {}), {"count": AGENTS_AT_ONCE_MAX + 1}, "count: must be from 1"),
    ("create", ("a", "taker", {}), {"cash": -1}, "cash"),
    ("create", ("a", "taker", {}), {"cash": 1 << 63}, "cash"),
    ("create", ("a", "taker", {}), {"markets": ["ETH"]}, 'there is no "ETH"'),
    ("create", ("a", "taker", {}), {"markets": []}, "markets"),
    ("create", ("a", "taker", {}), {"markets": ["BTC/USD"] * 2}, "markets"),
    ("update", ("nois", {"aggressive": 0.1}), {}, 'did you mean "noise"'),
    ("update", ("noise", {"aggressive": 7}), {}, "aggressive"),
    ("update", ("noise", {"agressive": 0.1}), {}, "agressive"),
    ("update", ("noise", {}), {}, "config"),
    ("delete", ("nobody",), {}, 'agent_id: there is no "nobody"'),
    ("news", ("ETH", Decimal(1), "x"), {}, 'symbol: there is no "ETH"'),
    ("shock", ("ETH", "buy", Decimal(1), 0.0), {}, 'symbol: there is no "ETH"'),
    ("shock", (None, "buy", Decimal("0.000004"), 0.0), {}, "size: must be 0.00001 at least"),
    ("shock", (None, "buy", Decimal(-1), 0.0), {}, "size"),
    ("shock", (None, "buy", Decimal(10) ** 20, 0.0), {}, "lots"),
    ("shock", (None, "buy", Decimal(1), -1.0), {}, "seconds"),
    ("shock", (None, "buy", Decimal(1), 86_401.0), {}, "seconds"),
]


def test_what_is_refused_is_named_in_one_line_and_changed_nothing(tmp_path: Path) -> None:
    run, steer = steered(tmp_path)
    before = (run.simulation.hashes(), run.simulation.groups(), steer.configs())
    for method, arguments, options, why in REFUSED:
        with pytest.raises(ConfigError) as refused:
            getattr(steer, method)(*arguments, **options)
        words = str(refused.value)
        assert why in words, (method, arguments, options)
        assert "\n" not in words
        assert (run.simulation.hashes(), run.simulation.groups(), steer.configs()) == before
    assert run.driver.made == []
    # Whoever was refused may come in with the same name.
    steer.create("a", "taker", {})


def test_news_moves_the_fundamental_by_so_much_in_currency(tmp_path: Path) -> None:
    run, steer = steered(tmp_path)
    steer.news(None, Decimal("12.3"), "good")
    steer.news("BTC/USD", Decimal("-0.05"), "bad")
    assert [(what["jump_ticks"], what["text"]) for what in made_of(run)] == [(123.0, "good"), (-0.5, "bad")]
    assert [(jump, text) for _, _, jump, text in run.simulation.news()] == [(123.0, "good"), (-0.5, "bad")]


@settings(max_examples=20)
@given(lots=st.integers(1, 10**7), seconds=st.floats(0, 86_400), buy=st.booleans())
def test_a_shock_is_of_its_size_and_takes_its_time(
    tmp_path_factory: pytest.TempPathFactory, lots: int, seconds: float, buy: bool
) -> None:
    run, steer = steered(tmp_path_factory.mktemp("shock"))
    side = "buy" if buy else "sell"
    name = steer.shock(None, side, lots * Decimal("0.00001"), seconds)
    (made,) = made_of(run)
    params = made["agents"]["params"]
    assert (made["name"], params["buy"], params["lots"]) == (name, buy, lots)
    pieces = params.get("pieces", 1)
    assert 1 <= pieces <= min(lots, SHOCK_PIECES_MAX)
    if pieces > 1:
        assert params["interval_ns"] * pieces == pytest.approx(seconds * 1e9, rel=0.01)


def test_shocks_have_names_of_their_own(tmp_path: Path) -> None:
    run, steer = steered(tmp_path)
    steer.create("shock 2", "taker", {})
    names = [steer.shock(None, "buy", Decimal(1), 0.0) for _ in range(3)]
    assert len({"shock 2", *names}) == 4
    steer.delete(names[0])
    assert steer.shock(None, "sell", Decimal(1), 0.0) not in {"shock 2", *names}
    run.advance()
    assert verify(run.finish(with_report=False).folder).equal


def test_where_there_are_several_markets_the_symbol_must_be_said(tmp_path: Path) -> None:
    run, steer = steered(tmp_path, {"AAA": OTHER, "BBB": OTHER})
    with pytest.raises(ConfigError, match="symbol: there are several: AAA, BBB"):
        steer.news(None, Decimal(1), "x")
    with pytest.raises(ConfigError, match="symbol: there are several: AAA, BBB"):
        steer.shock(None, "buy", Decimal(1), 0.0)
    steer.shock("BBB", "buy", Decimal(1), 0.0)
    assert made_of(run)[-1]["agents"]["markets"] == ["BBB"]


ODD_NAMES = ["1e5", "0o17", "12e03", "+.5", "yes", "null", "~", "- a", ": b", "#c", "<<", "🐳", "a\nb", " x "]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_run_is_verified_whatever_its_agents_are_called(tmp_path: Path, name: str) -> None:
    run, steer = steered(tmp_path)
    steer.create(name, "market_maker", {})
    steer.news(None, Decimal(1), name)
    run.advance(OPEN + 5 * SECOND_NS)
    assert verify(run.finish(with_report=False).folder).equal
