"""Run files that are no files: read as files are, but that they stand alone."""

import pytest

from crossbook.core import ConfigError
from crossbook.settings import load_text
from tests.run_files import Run


def test_a_text_is_read_as_a_file_is() -> None:
    loaded = load_text(
        "templates: {a: {kind: noise, count: 3}}\nagents: {x: {template: a}}",
        Run,
        "sent",
        overrides=["seed=4"],
    )

    assert loaded.settings.seed == 4
    assert loaded.resolved["agents"] == {"x": {"kind": "noise", "count": 3}}


def test_what_is_wrong_is_told_with_its_line() -> None:
    with pytest.raises(ConfigError, match=r"^sent:2: sede: .*did you mean \"seed\""):
        load_text("symbol: A\nsede: 1\n", Run, "sent")
    loaded = load_text("\n\nseed: 1", Run, "sent")
    assert str(loaded.located("seed: is odd")) == "sent:3: seed: is odd"
    assert str(loaded.located("nothing")) == "sent: nothing"


@pytest.mark.parametrize("text", ["extends: other", "seed: 1\nextends: [a, b]", "extends:"])
def test_a_text_extends_nothing(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^sent:\d: extends: a text on its own extends no file"):
        load_text(text, Run, "sent")


@pytest.mark.parametrize(
    ("text", "told"), [("", "sent: there is nothing in it"), ("- a", "sent:1: a run file is a map")]
)
def test_a_text_is_a_map(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        load_text(text, Run, "sent")
