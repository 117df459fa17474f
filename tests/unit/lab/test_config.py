"""Run files of simulations: those that ship are understood, and what cannot be is one line and leaves nothing behind."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from crossbook.core import UsageError
from crossbook.core.simulation import Simulation
from crossbook.lab.config import RunFile, specify
from crossbook.lab.config.agents import NATIVE
from crossbook.settings import load
from tests.recorded import ROOT, recorded
from tests.small_runs import SMALL, crossbook, small
from tests.unit.agents.small_market import native, spec

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
RECORDED = {
    "replay_lobster": "lobster/AMZN_2012-06-21_34200000_57600000_message_1.csv",
    "backtest_binance": "binance/spot_btcusdt_20240808.jsonl.gz",
}


@pytest.mark.parametrize("path", CONFIGS, ids=[path.stem for path in CONFIGS])
def test_every_run_file_that_ships_is_understood(path: Path) -> None:
    run = load(path, RunFile).settings
    assert run.name == path.stem
    if run.recorded:
        recorded(RECORDED[path.stem])
        pytest.skip("its recording is read by the tests of recorded markets")
    specification = specify(run, path.parent)
    assert Simulation(specification.text(7)).end == specification.kernel["end_ns"]


def changed(before: str, after: str) -> str:
    assert SMALL.count(before) == 1
    return SMALL.replace(before, after)


TRADERS = """\
from crossbook.agents import Trader
class Quiet(Trader):
    def __init__(self, quantity: int = 1) -> None:
        if quantity < 1:
            raise ValueError("quantity must be at least 1")
class Odd(Trader):
    def __init__(self) -> None:
        {}["missing"]
class Other: ...
"""
GROUP = "agents:\n  maker:\n    kind: adaptive_maker\n    count: 2\n"
MARKET = "  ACME: {initial_price: 100.00}\n"
LOBSTER = "recorded: {ACME: {kind: lobster, messages: gone.csv}}\n"
BINANCE = "recorded: {ACME: {kind: binance, file: gone.jsonl}}\n"


def python(kind: str, params: str = "{}") -> str:
    return f"{SMALL}  mine:\n    kind: {kind}\n    params: {params}\n"


def jitter(jitter: str) -> str:
    return f"{SMALL}    latency: {{entry: {{jitter: {jitter}}}}}\n"


# The file, and what is said after its name.
WRONG = [
    ("sed: 3\n" + SMALL, ':1: sed: unknown key; did you mean "seed"?'),
    (changed("open: ", "opne: "), ':3: day.opne: unknown key; did you mean "open"?'),
    (changed("life_ns", "live_ns"), ':14: agents.noise.params.live_ns: unknown key; did you mean "life_ns"?'),
    (changed("kind: noise", "kind: nose"), "\"module:Class\", not 'nose' (text); did you mean \"noise\"?"),
    (changed("    kind: noise\n", ""), ':11: agents.noise.kind: missing; must be "zero_intelligence", "noise", '),
    (changed("kind: noise", "kind: 7"), ":12: agents.noise.kind: must be "),
    (changed("seed: 3", "seed: three"), ":2: seed: must be a whole number, not 'three' (text)"),
    (changed("count: 20", "count: -1"), ":13: agents.noise.count: must be at least 0, not -1"),
    (changed("count: 20", "count: 2.5"), ":13: agents.noise.count: must be a whole number, not 2.5 (a number)"),
    (changed('"10:01"', '"10:61"'), ":3: day.close: must be a time of day such as 09:30 or 16:00:00.25"),
    (changed('"10:01"', "9" * 30), ":3: day.close: must be less than 36 years"),
    (changed("life_ns: 5s", "life_ns: 5 weeks"), ":14: agents.noise.params.life_ns: must be a duration such as 60s"),
    (changed("life_ns: 5s", "life_ns: 99999d"), ":14: agents.noise.params.life_ns: must be less than 36 years"),
    (changed("life_ns: 5s", "life_ns: 1e999999999s"), ":14: agents.noise.params.life_ns: must be a duration"),
    (changed("100.00", "'1e999999999'"), ":5: markets.ACME.initial_price: must be a price of at most 40 digits"),
    (changed("100.00", "dear"), ":5: markets.ACME.initial_price: must be a price such as 100.00"),
    (
        changed("100.00", "100.005"),
        ':5: markets.ACME.initial_price: "100.005" cannot be counted in steps of 0.01: it is no whole number of steps',
    ),
    (changed("100.00}", "100.00, max_price: 99.00}"), ":5: markets.ACME.initial_price: must be from 1 to 9900 ticks"),
    (changed("100.00", "0"), ":5: markets.ACME.initial_price: must be from 1 to 100 ticks"),
    (changed("100.00}", "100.00, maker_fee_ppm: -2}"), ":5: markets.ACME: a rebate is paid from the other side's fee"),
    (
        changed('"10:01"', '"09:59"'),
        ":3: day: start, pre_open, open, closing_auction, close and end are not in order",
    ),
    (
        changed("agents:", 'news: [{time: "10:02", symbol: ACME, jump_ticks: 5}]\nagents:'),
        "news.0.time: must be within the day, from its start to before its end",
    ),
    (changed('"10:01"', '"10:01", closing_auction: 0'), ":3: day: start, pre_open, open"),
    (changed(GROUP, GROUP + "    markets: [ACM]\n"), ':10: agents.maker.markets: there is no market "ACM"; did you mean "ACME"?'),
    (changed(GROUP, GROUP + "    markets: []\n"), ":10: agents.maker.markets: agents need a market to trade in"),
    (changed(GROUP, GROUP + "    markets: [ACME, main:ACME]\n"), ":10: agents.maker.markets: a market stands twice"),
    (
        changed(GROUP, GROUP + "    latency: nera\n") + "latencies: {near: {}}\n",
        ':10: agents.maker.latency: there is no latency "nera"; did you mean "near"?',
    ),
    (jitter("{uniform: 1s, exponential: 1s}"), ":15: agents.noise.latency: a jitter is one of uniform, exponential, not several"),
    (jitter("{file: gone.txt}"), ":15: agents.noise.latency: gone.txt: there is no such file"),
    (SMALL[: SMALL.index("agents")], ": agents: there is nobody; a run needs at least one agent"),
    (SMALL + "venues: {EAST: {symbols: [ACME, ACME]}}\n", ":15: venues.EAST.symbols: a symbol stands twice"),
    (SMALL + "venues: {EAST: {symbols: []}}\n", ":15: venues.EAST.symbols: a venue needs a symbol to trade"),
    (SMALL + "news: [{time: '10:00:30', symbol: ACM, jump_ticks: 1}]\n", ':15: news.0.symbol: there is no market "ACM"'),
    (python("gone:Quiet"), ":16: agents.mine.kind: gone: there is no such module on the path or beside the run file"),
    (python("gone.py:Quiet"), "/gone.py: there is no such file"),
    (python("traders:Quite"), ":16: agents.mine.kind: traders:Quite: traders has no class Quite; did you mean Quiet?"),
    (python("traders:Other"), ":16: agents.mine.kind: traders:Other is no subclass of crossbook.agents.Trader"),
    (
        python("traders:Quiet", "{size: 1}"),
        ":17: agents.mine.params: Quiet: got an unexpected keyword argument 'size'; it takes quantity",
    ),
    (python("traders:Quiet", "{quantity: 0}"), ":17: agents.mine.params: Quiet: quantity must be at least 1"),
    (python("traders:Odd"), ":17: agents.mine.params: Odd: KeyError: 'missing'"),
    (SMALL + LOBSTER, ":15: recorded.ACME: LOBSTER counts prices in 1/10,000: price_step must be 0.0001, not 0.01"),
    (changed("100.00}", "100.00, price_step: 0.0001}") + LOBSTER, ":15: recorded.ACME.messages: gone.csv: there is no such file"),
    (SMALL + BINANCE, ":15: recorded.ACME.file: gone.jsonl: there is no such file"),
    (SMALL + BINANCE.replace("ACME", "ACM"), ':15: recorded.ACM: there is no market "ACM"; did you mean "ACME"?'),
    (changed("100.00}", "100.00, fundamental: {kind: file, file: gone.csv}}"), ":5: markets.ACME.fundamental.file: gone.csv: there is no such file"),
    # What only the kernel finds.
    (SMALL + "fundamental_step_ns: 1us\nday: {close: '16:00'}\n", ':16: the key "day" stands twice'),
    (changed('"10:01"', '"16:00"') + "fundamental_step_ns: 1us\n", ":15: fundamental_step_ns: a path may have 16777216 points"),
    (SMALL + "    latency: {compute: 36y}\n", ":15: agents.noise.latency.compute: must be a duration"),
    # Files.
    ("extends: run.yaml\n" + SMALL, ":1: extends: the files extend one another in a circle: "),
    ("extends: gone.yaml\n" + SMALL, ":1: extends: gone.yaml: no such file"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said[:60] for _, said in WRONG])
def test_a_wrong_run_file_is_one_line_and_nothing_is_written(
    text: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("run.yaml").write_text(text)
    Path("traders.py").write_text(TRADERS)
    before = sorted(tmp_path.iterdir())

    assert crossbook("run", "run.yaml", "--out", "runs") == 2
    shown = capsys.readouterr()

    assert shown.out == ""
    assert shown.err.startswith("crossbook: run.yaml:")
    assert shown.err.count("\n") == 1
    assert said in shown.err
    assert [path for path in sorted(tmp_path.iterdir()) if path.name != "__pycache__"] == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "agents.noise"], "--set agents.noise: must be a path, an equals sign and a value"),
        (["--set", "agents..noise=1"], "--set agents..noise=1: must be a path"),
        (["--set", "agents.nose.count=1"], "--set agents.nose.count=1: agents.nose"),
        (["--set", "markets.ACME.initial_price=1.001"], "--set markets.ACME.initial_price=1.001: markets.ACME.init"),
        (["--seed", "-1"], "--set seed=-1: seed: must be at least 0, not -1"),
        (["--seeds", "0"], "seeds must be from 1 to 100000, not 0"),
        (["--seeds", "-5"], "seeds must be from 1 to 100000, not -5"),
        (["--seed", str((1 << 63) - 1), "--seeds", "2"], "2 seeds from 9223372036854775807 on pass the last one"),
        (["--workers", "0", "--seeds", "2"], "Invalid value for '--workers'"),
    ],
)  # fmt: skip
def test_wrong_words_are_one_line_and_nothing_is_written(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = small(tmp_path)

    assert crossbook("run", file, "--out", tmp_path / "runs", *words) == 2
    error = capsys.readouterr().err

    assert said in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == [file]


def test_a_run_file_that_is_not_there_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert crossbook("run", "gone.yaml") == 2
    assert capsys.readouterr().err.startswith("crossbook: gone.yaml: no such file")
    assert list(tmp_path.iterdir()) == []


SECOND = 1_000_000_000
SIX = [0.1] * 6
REQUIRED: dict[str, dict[str, Any]] = {
    "zero_intelligence": {"interval_ns": SECOND, "units": 5, "value_low": 9_900, "value_high": 10_100,
                          "price_low": 9_800, "price_high": 10_200},
    "noise": {},
    "momentum": {"interval_ns": SECOND},
    "mean_reversion": {"interval_ns": SECOND, "memory_ns": 5 * SECOND, "threshold": 0.0},
    "value": {"interval_ns": SECOND, "kappa": 1e-12, "noise_variance": 100.0},
    "fcn": {"step_ns": SECOND, "fundamental_weight": 1.0, "chart_weight": 0.5, "noise_weight": 1.0,
            "noise_scale": 0.001, "horizon_low": 5, "horizon_high": 10, "margin": 0.1},
    "adaptive_maker": {"interval_ns": SECOND, "levels": 3, "spacing": 0.5, "share": 0.1, "least_lots": 10},
    "avellaneda_stoikov": {"interval_ns": SECOND, "gamma": 0.1, "sigma": 2.0, "k": 1.5, "lots": 5,
                           "position_lots": 50},
    "symmetric_maker": {"interval_ns": SECOND, "spread": 0.001, "lots": 5, "position_lots": 50},
    "informed": {"interval_ns": SECOND, "edge": 1.0, "position_lots": 100},
    "taker": {"interval_ns": SECOND},
    "participation": {"buy": True, "lots": 500, "share": 0.2, "interval_ns": SECOND},
    "block": {"buy": True, "lots": 500},
    "whale": {"pause_ns": SECOND, "interval_ns": SECOND, "order": {"kind": "fixed", "lots": 50}},
    "hawkes": {"base": SIX, "branching": [SIX] * 6, "decay": 1.0},
}  # fmt: skip
AROUND = [
    native("maker", "adaptive_maker", 1, interval_ns=SECOND, levels=3, spacing=0.2, share=0.0, least_lots=50),
    native("flow", "noise", 5, interval_ns=SECOND, aggressive=0.5, distance_ticks=2.0, life_ns=9 * SECOND),
]


def event_hash(kind: str, parameters: dict[str, Any]) -> tuple[int, int]:
    if kind == "value":
        parameters = {"mean": 10_000.0, **parameters}
    simulation = Simulation(spec([*AROUND, native("them", kind, 3, **parameters)], seconds=30))
    simulation.advance()
    ((_, state, events),) = simulation.hashes()
    return state, events


def test_every_native_kind_is_tried() -> None:
    assert list(REQUIRED) == list(NATIVE)


@pytest.mark.parametrize("kind", REQUIRED)
def test_model_and_kernel_agree_on_the_parameters_of_a_kind_and_their_defaults(kind: str) -> None:
    model = NATIVE[kind]
    required = {name for name, field in model.model_fields.items() if field.is_required()}
    assert required == set(REQUIRED[kind])
    written = model.model_validate(REQUIRED[kind]).model_dump(mode="json", exclude_none=True)

    wanted = event_hash(kind, written)

    assert event_hash(kind, REQUIRED[kind]) == wanted
    for name in set(written) - required:
        assert event_hash(kind, {key: value for key, value in written.items() if key != name}) == wanted
    # Hours are the market's own where nobody says.
    hours = {name: at for name, at in (("from_ns", 0), ("to_ns", 30 * SECOND)) if name in model.model_fields}
    assert event_hash(kind, {**written, **hours}) == wanted
    with pytest.raises(UsageError, match="unknown field"):
        event_hash(kind, {**written, "surplus": 1})
    for name in required:
        with pytest.raises(UsageError, match="missing field"):
            event_hash(kind, {key: value for key, value in written.items() if key != name})


# The kind, what is changed of the required parameters, and the path at which the model refuses it.
OUT_OF_RANGE = [
    ("zero_intelligence", {"units": 0}, ["units"]),
    ("zero_intelligence", {"interval_ns": 0}, ["interval_ns"]),
    ("zero_intelligence", {"value_low": 9_700}, []),
    ("noise", {"aggressive": 1.1}, ["aggressive"]),
    ("noise", {"aggressive": float("nan")}, ["aggressive"]),
    ("noise", {"size": {"kind": "uniform", "low": 5, "high": 2}}, ["size", "uniform"]),
    ("noise", {"size": {"kind": "fixed", "lots": 0}}, ["size", "fixed", "lots"]),
    ("noise", {"size": {"kind": "lognormal", "mean": 1.0, "deviation": -1.0}}, ["size", "lognormal", "deviation"]),
    ("noise", {"size": {"kind": "pareto", "least": 5.0, "exponent": 1.0, "most": 2.0}}, ["size", "pareto"]),
    ("noise", {"size": {"kind": "mixture", "parts": []}}, ["size", "mixture", "parts"]),
    (
        "noise",
        {"size": {"kind": "mixture", "parts": [{"weight": 0.0, "size": {"kind": "fixed", "lots": 1}}]}},
        ["size", "mixture"],
    ),
    ("momentum", {"short": 50, "long": 50}, []),
    ("momentum", {"long": 4_097}, ["long"]),
    ("mean_reversion", {"threshold": -0.1}, ["threshold"]),
    ("mean_reversion", {"position_lots": -1}, ["position_lots"]),
    ("value", {"noise_variance": 0.0}, ["noise_variance"]),
    ("value", {"kappa": float("inf")}, ["kappa"]),
    ("fcn", {"margin": 1.0}, ["margin"]),
    ("fcn", {"horizon_low": 11}, []),
    ("fcn", {"fundamental_weight": 0.0, "chart_weight": 0.0, "noise_weight": 0.0}, []),
    ("adaptive_maker", {"levels": 101}, ["levels"]),
    ("adaptive_maker", {"least_lots": 0}, ["least_lots"]),
    ("adaptive_maker", {"cancel_delay_ns": -1}, ["cancel_delay_ns"]),
    ("adaptive_maker", {"cancel_delay_ns": 1 << 61}, ["cancel_delay_ns"]),
    ("avellaneda_stoikov", {"gamma": 0.0}, ["gamma"]),
    ("avellaneda_stoikov", {"interval_ns": 1 << 61}, ["interval_ns"]),
    ("symmetric_maker", {"spread": 2.0}, ["spread"]),
    ("symmetric_maker", {"spread": -0.1}, ["spread"]),
    ("symmetric_maker", {"position_lots": -1}, ["position_lots"]),
    ("informed", {"edge": -1.0}, ["edge"]),
    ("taker", {"buys": 2.0}, ["buys"]),
    ("participation", {"share": 1.0}, ["share"]),
    ("participation", {"lots": 0}, ["lots"]),
    ("block", {"lots": 2, "pieces": 3, "interval_ns": SECOND}, []),
    ("block", {"pieces": 3}, []),
    ("block", {"pieces": 0}, ["pieces"]),
    ("whale", {"informed": 1.5}, ["informed"]),
    ("whale", {"patient": -0.5}, ["patient"]),
    ("hawkes", {"base": [1.0] * 5}, ["base"]),
    ("hawkes", {"branching": [[0.2] * 6] * 6}, []),
    ("hawkes", {"decay": 0.0}, ["decay"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change", "path"), OUT_OF_RANGE)
def test_a_parameter_out_of_its_range_is_refused_by_the_model(
    kind: str, change: dict[str, Any], path: list[str]
) -> None:
    with pytest.raises(ValidationError) as refused:
        NATIVE[kind].model_validate({**REQUIRED[kind], **change})
    assert list(refused.value.errors()[0]["loc"]) == path
    # What the kernel draws from a mixture without weights is its last part; all else it refuses too.
    if "mixture" not in path and "nan" not in json.dumps(change).lower():
        with pytest.raises(UsageError):
            event_hash(kind, {**REQUIRED[kind], **change})
