"""The settings of a venue: what they default to, where they come from, and what is said of a wrong one."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from annotated_types import Ge, Gt, Le
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from crossbook.core import ConfigError, Step
from crossbook.settings import schema
from crossbook.venue.bot_traders import parameters_of
from crossbook.venue.setting_sources import load_settings
from crossbook.venue.settings import (
    DEFAULT_BOTS,
    BotSettings,
    DoorSettings,
    FeedSettings,
    HouseSettings,
    InstrumentSettings,
    LabSettings,
    LimitSettings,
    OracleSettings,
    VenueFile,
    VenueSettings,
)

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "configs" / "venues" / "default.yaml"


def loaded(tmp_path: Path, text: str, **environment: str) -> VenueSettings:
    file = tmp_path / "venue.yaml"
    file.write_text(text)
    return load_settings(file, environment)


def test_the_defaults_need_no_file_and_are_the_instruments_that_everybody_knows() -> None:
    settings = load_settings(None, {})

    assert settings == VenueSettings()
    assert {one.ticker: one.initial_price for one in settings.instruments} == {
        "FUN": 100, "MEME": 50, "YOLO": 200, "HODL": 75, "PUMP": 25
    }  # fmt: skip
    assert (settings.starting_cash, settings.durability, settings.port) == (Decimal(10_000), "durable", 8_000)
    assert [bots.name for bots in settings.house.bots] == ["maker", "passerby", "informed", "trend"]


def test_the_file_that_ships_says_every_default() -> None:
    assert load_settings(EXAMPLE, {}) == VenueSettings()


def test_a_decimal_stays_the_decimal_that_was_written(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "starting_cash: 0.29\ninstruments: [{ticker: A, initial_price: 4.35}]\n")

    assert settings.starting_cash == Decimal("0.29")
    assert Step("0.01").parse(settings.instruments[0].initial_price) == 435


WRONG = [
    # Of one setting.
    ("prot: 1\n", ':1: prot: unknown key; did you mean "port"?'),
    ("port: 70000\n", ":1: port: must be at most 65535, not 70000"),
    ("durability: sure\n", ':1: durability: must be "durable" or "memory", not \'sure\' (text)'),
    ("limits:\n  order_burst: 0\n", ":2: limits.order_burst: must be at least 1, not 0"),
    ("feeds: {prices_ms: 0}\n", ":1: feeds.prices_ms: must be at least 1, not 0"),
    ("day_ends: '24:00'\n", ":1: day_ends: must be text of the pattern"),
    ("instruments: []\n", ":1: instruments: there must be from 1 to 256, and there are 0"),
    ("starting_cash: .inf\n", ":1: starting_cash: must be a finite number"),
    ("starting_cash: 1e-19\n", ":1: starting_cash: "),
    ("instruments:\n  - ticker: fun\n    initial_price: 1\n", ":2: instruments.0.ticker: must be text of the pattern"),
    ("instruments:\n  - initial_price: 1\n", ":2: instruments.0.ticker: missing"),
    ("house:\n  load: 0\n", ":2: house.load: must be at least 0.05, not 0"),
    ("house:\n  oracle:\n    volatilty: 1\n", ':3: house.oracle.volatilty: unknown key; did you mean "volatility"?'),
    # Of several together.
    (
        "instruments:\n  - {ticker: A, initial_price: 1}\n  - {ticker: B, initial_price: 1}\n  - {ticker: A, initial_price: 2}\n",
        ":4: instruments.2.ticker: A is listed already, as instruments.0",
    ),
    (
        "instruments:\n  - ticker: A\n    initial_price: 100.005\n",
        ":3: instruments.0.initial_price: 100.005 is no multiple of the price_step 0.01",
    ),
    (
        "instruments:\n  - ticker: A\n    initial_price: 1000000\n",
        ":3: instruments.0.initial_price: 1000000 is 100,000,000 times the price_step 0.01, and 10,000,000 is the most",
    ),
    (
        "instruments:\n  - ticker: A\n    initial_price: 1\n    quantity_step: 0.1\n",
        ":2: instruments.0.price_step: a tick of the smallest quantity is worth 0.001, which is no multiple of the cash_step 0.01",
    ),
    (
        "instruments:\n  - ticker: A\n    initial_price: 1\n    maker_fee_ppm: -5\n    taker_fee_ppm: 4\n",
        ":4: instruments.0.maker_fee_ppm: the rebate is more than the taker_fee_ppm pays for",
    ),
    ("port: 1\nstarting_cash: 10.001\n", ":2: starting_cash: 10.001 is no multiple of the cash_step 0.01"),
    ("starting_cash: 1e15\n", ":1: starting_cash: 1000000000000000 is more than 9,007,199,254,740,991 times the cash_step"),
    # Of the bots.
    (
        "house:\n  bots:\n    - name: x\n      trader: crossbook.agents.live:Trend\n      tickers: [FUM]\n",
        ":5: house.bots.0.tickers.0: no instrument has the ticker FUM; did you mean FUN?",
    ),
    (
        "house:\n  bots:\n    - {name: x, trader: 'a:B', tickers: [FUN, FUN]}\n",
        ":3: house.bots.0.tickers.1: FUN stands there twice",
    ),
    (
        "house:\n  bots:\n    - {name: x, trader: 'a:B'}\n    - {name: x, trader: 'a:B'}\n",
        ":4: house.bots.1.name: there are bots of the name x already, as house.bots.0",
    ),
    (
        "house:\n  bots:\n    - name: x\n      trader: crossbook.agents.live:Trnd\n",
        ":4: house.bots.0.trader: crossbook.agents.live:Trnd: crossbook.agents.live has no class Trnd; did you mean Trend?",
    ),
    (
        "house:\n  bots:\n    - name: x\n      trader: Trend\n",
        ':4: house.bots.0.trader: a trader is named "module:Class", not "Trend"',
    ),
    (
        "house:\n  bots:\n    - name: x\n      trader: crossbook.agents.live:Trend\n      parameters:\n        speed: 2\n",
        ":5: house.bots.0.parameters: Trend: ",
    ),
    (
        "house:\n  bots:\n    - name: x\n      trader: crossbook.agents.live:Trend\n      parameters: {interval_ns: 0}\n",
        ":5: house.bots.0.parameters: Trend: interval_ns must be a finite number of at least 1e+06",
    ),
    (
        "house:\n  bots:\n" + "".join(f"    - {{name: {name}, trader: 'a:B', count: 100}}\n" for name in "xyzqr"),
        ":5: house.bots.2.count: with these there are more than 1,000 bots",
    ),
    ("house:\n  bots:\n    - {name: x, trader: 'a:B', cash: 0.001}\n", ":3: house.bots.0.cash: 0.001 is no multiple"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_mistake_is_one_line_with_its_file_and_its_line(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("venue.yaml").write_text(text)

    with pytest.raises(ConfigError) as caught:
        load_settings(Path("venue.yaml"), {})

    assert str(caught.value).startswith(f"venue.yaml{said}")
    assert "\n" not in str(caught.value)


def test_a_file_may_extend_another_and_the_line_is_that_of_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text("port: 9000\nstarting_cash: 1.001\n")
    Path("venue.yaml").write_text("extends: base.yaml\nport: 9001\n")

    with pytest.raises(ConfigError, match=r"^base\.yaml:2: starting_cash: 1\.001 is no multiple"):
        load_settings(Path("venue.yaml"), {})
    assert load_settings(Path("venue.yaml"), {"CROSSBOOK_STARTING_CASH": "7"}).port == 9001


def test_the_same_mistakes_are_refused_when_settings_are_made_in_a_program() -> None:
    with pytest.raises(ValidationError, match="FUN is listed already"):
        VenueSettings.model_validate({"instruments": [{"ticker": "FUN", "initial_price": 1}] * 2})


def test_a_bot_whose_trader_is_a_file_beside_the_settings_is_found_there(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from crossbook.agents import Trader\nclass Mine(Trader):\n    def __init__(self, home_lots=0): ...\n"
    )

    for name in ("mine:Mine", "mine.py:Mine"):
        settings = loaded(tmp_path, f"house: {{bots: [{{name: mine, trader: '{name}', quantity: 7}}]}}\n")

        assert settings.house.bots[0].trader == f"{tmp_path / 'mine.py'}:Mine"
        assert parameters_of(settings.house.bots[0], 1.0) == {"home_lots": 7}


def test_bots_that_do_not_run_need_no_trader(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "house: {enabled: false, bots: [{name: x, trader: 'no_such:Trader'}]}\n")

    assert not settings.house.enabled


@pytest.mark.parametrize(
    ("variable", "text", "path", "value"),
    [
        ("CROSSBOOK_PORT", "9000", ("port",), 9_000),
        ("CROSSBOOK_HOST", "192.0.2.1", ("host",), "192.0.2.1"),
        ("CROSSBOOK_HOST", "::1", ("host",), "::1"),
        ("CROSSBOOK_DATA_DIR", "#1: x", ("data_dir",), "#1: x"),
        ("CROSSBOOK_DATA_DIR", "123", ("data_dir",), "123"),
        (
            "CROSSBOOK_DATABASE_URL",
            "postgresql+asyncpg://u:p%40#@h/d",
            ("database_url",),
            "postgresql+asyncpg://u:p%40#@h/d",
        ),
        ("CROSSBOOK_DURABILITY", "memory", ("durability",), "memory"),
        ("CROSSBOOK_STARTING_CASH", "12.34", ("starting_cash",), Decimal("12.34")),
        ("CROSSBOOK_LIMITS__ORDERS_PER_SECOND", "7.5", ("limits", "orders_per_second"), 7.5),
        ("CROSSBOOK_HOUSE__ENABLED", "false", ("house", "enabled"), False),
        ("CROSSBOOK_HOUSE__ORACLE__VOLATILITY", "0.5", ("house", "oracle", "volatility"), 0.5),
        ("CROSSBOOK_HOUSE__BOTS", "[]", ("house", "bots"), ()),
    ],
)
def test_every_setting_can_come_from_the_environment(
    variable: str, text: str, path: tuple[str, ...], value: Any
) -> None:
    found: Any = load_settings(None, {variable: text})
    for name in path:
        found = getattr(found, name)

    assert found == value


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "venue.yaml"
    file.write_text("port: 1\nhost: file\nstarting_cash: 1\n")
    environment = {"CROSSBOOK_PORT": "2", "CROSSBOOK_HOST": "environment"}

    settings = load_settings(file, environment, {"port": "3"})

    assert (settings.port, settings.host, settings.starting_cash) == (3, "environment", Decimal(1))


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("CROSSBOOK_PROT", "1", "no setting of this name can be given by the environment; did you mean CROSSBOOK_PORT?"),
        ("CROSSBOOK_LIMITS", "{}", "no setting of this name can be given by the environment"),
        ("CROSSBOOK_EXTENDS", "x", "no setting of this name can be given by the environment"),
        ("CROSSBOOK_PORT", "many", "port: must be a whole number, not 'many' (text)"),
        ("CROSSBOOK_PORT", "", "port: must be a whole number, not null"),
        ("CROSSBOOK_PORT", "{", "port: '{' cannot be read as a value"),
        ("CROSSBOOK_DATA_DIR", "", "data_dir: must have at least 1 characters, and has 0"),
        ("CROSSBOOK_STARTING_CASH", "0.001", "starting_cash: 0.001 is no multiple of the cash_step 0.01"),
        ("CROSSBOOK_INSTRUMENTS", "[{ticker: A, initial_price: 0.001}]", "instruments.0.initial_price: 0.001 is no multiple of the price_step 0.01"),
    ],
)  # fmt: skip
def test_a_mistake_of_the_environment_names_the_variable(variable: str, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(f'{variable}: {said}')}"):
        load_settings(None, {variable: text})


def test_a_mistake_of_the_command_line_names_the_option() -> None:
    with pytest.raises(ConfigError, match=r"^--data-dir: data_dir: must have at least 1 characters"):
        load_settings(None, {}, {"data_dir": ""})


def test_variables_of_others_are_left_alone() -> None:
    environment = {
        "PATH": "/bin",
        "CROSSBOOKS_PORT": "1",
        "CROSSBOOK_API_KEY": "ms_x",
        "CROSSBOOK_URL": "http://x",
    }

    assert load_settings(None, environment) == VenueSettings()


def test_a_bot_is_told_what_it_was_given_and_goes_at_the_pace_of_the_load() -> None:
    maker, passerby, *_ = DEFAULT_BOTS

    assert parameters_of(maker, 1.0) == {"home_lots": 100_000}
    assert parameters_of(maker, 2.0) == {"home_lots": 100_000, "look_ns": 250e6}
    assert parameters_of(passerby, 0.5)["interval_ns"] == 2 * passerby.parameters["interval_ns"]  # type: ignore[operator]
    noise = BotSettings(name="n", trader="crossbook.agents:Noise", parameters={"interval_ns": 1_000})
    assert parameters_of(noise, 1.0) == {"interval_ns": 1_000}


def test_the_schema_is_a_schema_and_takes_the_file_that_ships() -> None:
    made = schema(VenueFile, "Crossbook venue")

    assert jsonschema_rs.meta.is_valid(made)
    validator = jsonschema_rs.Draft202012Validator(made)
    validator.validate(yaml.safe_load(EXAMPLE.read_text()))
    with pytest.raises(jsonschema_rs.ValidationError):
        validator.validate({"prot": 1})


PAGE = ROOT / "docs" / "reference" / "venue-settings.md"
TABLES: dict[str, type[BaseModel]] = {
    "The venue": VenueFile,
    "`instruments`": InstrumentSettings,
    "`limits`": LimitSettings,
    "`feeds`": FeedSettings,
    "`doors`": DoorSettings,
    "`house`": HouseSettings,
    "`house.oracle`": OracleSettings,
    "`house.bots`": BotSettings,
    "`lab`": LabSettings,
}


def number(value: Any) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value}"


def default_of(field: FieldInfo) -> str:
    """Write a default as the page does."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return number(value)
    if isinstance(value, str) and value:
        return f"`{value}`"
    return "see below" if value else "none"


def range_of(field: FieldInfo) -> str:
    """Write a range as the page does."""
    words = {Ge: "≥", Gt: ">", Le: "≤"}
    bounds = [part for one in field.metadata for part in getattr(one, "metadata", [one])]
    return ", ".join(
        f"{sign} {number(getattr(bound, kind.__name__.lower()))}"
        for kind, sign in words.items()
        for bound in bounds
        if isinstance(bound, kind)
    )


@pytest.mark.parametrize("heading", TABLES)
def test_the_page_has_every_setting_with_its_default_its_range_and_its_meaning(heading: str) -> None:
    section = PAGE.read_text().split(f"### {heading}\n")[1].split("\n## ")[0].split("\n### ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]

    assert [[cell.strip() for cell in row] for row in rows] == [
        [f"`{name}`", default_of(field), range_of(field), str(field.description)]
        for name, field in TABLES[heading].model_fields.items()
    ]
