"""Finding traders by their names, and making them."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crossbook.agents import Momentum, Noise, Trader, find, make
from crossbook.core import ConfigError

SOUND = """
from crossbook.agents import Trader

class Mine(Trader):
    def __init__(self, *, quantity=1, price):
        if quantity < 1:
            raise ValueError("quantity must be at least 1")
        self.quantity = quantity

class Other(Trader):
    pass

class NoTrader:
    pass

number = 5
"""


@pytest.fixture(autouse=True)
def _forget_modules() -> Iterator[None]:
    before, path = set(sys.modules), list(sys.path)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]
    assert sys.path == path


def write(folder: Path, name: str, text: str = SOUND) -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder


def assert_refused(name: str, message: str, beside: Path | None = None) -> None:
    with pytest.raises(ConfigError, match=f"^{message}$"):
        find(name, beside=beside)


def test_a_trader_of_the_path_is_found() -> None:
    assert find("crossbook.agents:Noise") is Noise
    assert find("crossbook.agents.momentum:Momentum") is Momentum


def test_a_trader_beside_the_run_file_is_found_by_module_and_by_file(tmp_path: Path) -> None:
    write(tmp_path, "my_trader.py")
    write(tmp_path, "deep/er.py")
    write(tmp_path, "package/__init__.py", "from package.inner import Mine")
    write(tmp_path, "package/inner.py")

    for name in (
        "my_trader:Mine",
        "my_trader.py:Mine",
        "deep/er.py:Mine",
        "package:Mine",
        "package.inner:Mine",
    ):
        found = find(name, beside=tmp_path)
        assert issubclass(found, Trader)
        assert found.__name__ == "Mine"
        assert found.__module__ in sys.modules


def test_a_file_may_be_named_from_the_root(tmp_path: Path) -> None:
    write(tmp_path, "rooted.py")

    assert find(f"{tmp_path / 'rooted.py'}:Mine").__name__ == "Mine"


@pytest.mark.parametrize("name", ["", "Mine", "my_trader", ":Mine", "my_trader:", "my_trader.Mine"])
def test_a_name_without_both_parts_is_refused(name: str) -> None:
    assert_refused(name, f'a trader is named "module:Class", not "{re.escape(name)}"')


def test_a_module_that_is_not_there_is_told(tmp_path: Path) -> None:
    write(tmp_path, "package/__init__.py")
    for name in ("nowhere", "nowhere.at.all", "package.nowhere"):
        message = f"{name}: there is no such module on the path or beside the run file"
        assert_refused(f"{name}:Mine", message, tmp_path)


def test_a_module_that_the_module_needs_is_told(tmp_path: Path) -> None:
    write(tmp_path, "needy.py", "import nowhere_to_be_found")

    message = "needy: importing it needs nowhere_to_be_found, which is not there"
    assert_refused("needy:Mine", message, tmp_path)


def test_a_module_that_fails_is_told_with_its_error(tmp_path: Path) -> None:
    write(tmp_path, "failing.py", "1 / 0")
    write(tmp_path, "garbled.py", "def (")

    for suffix in ("", ".py"):
        message = f"failing{suffix}: importing it fails with ZeroDivisionError: division by zero"
        assert_refused(f"failing{suffix}:Mine", message, tmp_path)
        assert_refused(
            f"garbled{suffix}:Mine", f"garbled{suffix}: importing it fails with SyntaxError: .*", tmp_path
        )


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.py"
    assert_refused("nowhere.py:Mine", f"{re.escape(str(path))}: there is no such file", tmp_path)


def test_a_file_that_failed_leaves_nothing_behind(tmp_path: Path) -> None:
    write(tmp_path, "half.py", "class Mine: ...\n1 / 0")
    assert_refused("half.py:Mine", "half.py: importing it fails with .*", tmp_path)
    write(tmp_path, "half.py")

    assert find("half.py:Mine", beside=tmp_path).__name__ == "Mine"
    assert "number" in vars(sys.modules[find("half.py:Mine", beside=tmp_path).__module__])


def test_two_folders_may_have_a_module_of_one_name(tmp_path: Path) -> None:
    folders = [write(tmp_path / name, "my_trader.py") for name in ("one", "two")]

    for name in ("my_trader:Mine", "my_trader.py:Mine"):
        first, second = (find(name, beside=folder) for folder in folders)
        assert first is not second
        assert [find(name, beside=folder) for folder in folders] == [first, second]
        assert all(found.__module__ in sys.modules for found in (first, second))


def test_a_module_beside_the_run_file_does_not_take_the_place_of_one_of_python(tmp_path: Path) -> None:
    write(tmp_path, "json.py")

    assert find("json:Mine", beside=tmp_path).__name__ == "Mine"
    assert hasattr(sys.modules["json"], "dumps")


def test_a_trader_may_import_what_stands_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "my_helper.py", "quantity = 3")
    write(tmp_path, "helped.py", f"import my_helper\n{SOUND}\nMine.quantity = my_helper.quantity")

    assert vars(find("helped:Mine", beside=tmp_path))["quantity"] == 3


def test_a_class_that_is_not_there_is_told_with_what_is(tmp_path: Path) -> None:
    write(tmp_path, "some.py")
    write(tmp_path, "none.py", "number = 5")

    assert_refused("some:Mne", r"some:Mne: some has no class Mne; did you mean Mine\?", tmp_path)
    assert_refused("some:Wholly", "some:Wholly: some has no class Wholly; it has Mine, Other", tmp_path)
    assert_refused("none:Mine", "none:Mine: none has no class Mine; it has no traders", tmp_path)


@pytest.mark.parametrize("name", ["NoTrader", "number"])
def test_what_is_no_trader_is_refused(name: str, tmp_path: Path) -> None:
    write(tmp_path, "some.py")

    assert_refused(f"some:{name}", f"some:{name} is no subclass of crossbook.agents.Trader", tmp_path)


def test_a_trader_is_made_with_its_parameters() -> None:
    made = make(Noise, {"interval_ns": 5.0, "size": {"kind": "fixed", "lots": 3}})

    assert isinstance(made, Noise)
    assert made.interval_ns == 5.0


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "Momentum: missing a required argument: 'interval_ns'; it takes interval_ns, short, long, size"),
        (
            {"interval_ns": 1e9, "wide": 1},
            "Momentum: got an unexpected keyword argument 'wide'; it takes interval_ns, short, long, size",
        ),
        ({"interval_ns": -1.0}, "Momentum: interval_ns must be a finite number of at least 1, not -1.0"),
        ({"interval_ns": "1"}, "Momentum: interval_ns must be a number, not '1'"),
        ({"interval_ns": 1e9, "short": 60}, "Momentum: short must be a whole number from 1 to 49, not 60"),
    ],
)
def test_parameters_that_do_not_fit_are_told(parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}$"):
        make(Momentum, parameters)


def test_a_trader_without_parameters_takes_none() -> None:
    assert type(make(Trader, {})) is Trader
    with pytest.raises(ConfigError, match=r"^Trader: .*'quantity'; it takes no parameters$"):
        make(Trader, {"quantity": 1})
