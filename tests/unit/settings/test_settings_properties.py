"""Run files of any content: what was written loads as it was, and whatever else is refused in one line."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossbook.core import ConfigError
from crossbook.settings.tree import Node, Place, branch, merge, plain
from tests.run_files import Noise, Pace, Run, Value, run


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\u2028\u2029")
)
RUNS = st.builds(
    Run,
    seed=st.integers(0, 2**64),
    symbol=TEXT,
    halted=st.booleans(),
    fee=st.floats(allow_nan=False, allow_infinity=False),
    pace=st.sampled_from(Pace),
    agents=st.dictionaries(
        TEXT,
        st.one_of(
            st.builds(Noise, kind=st.just("noise"), count=st.integers(1, 9), noise=st.integers()),
            st.builds(Value, kind=st.just("value"), pair=st.tuples(st.integers(-9, 9), TEXT)),
        ),
        max_size=3,
    ),
    levels=st.one_of(st.just("all"), st.integers(0, 9)),
)
IN_ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


class Writer(yaml.SafeDumper):
    """Writes YAML 1.1, so that texts which only YAML 1.2 reads as numbers, such as 0e0, are to be put in quotes."""


def _written_text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    quoted = '"' if any(character.isdigit() for character in text) else None
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=quoted)


Writer.add_representer(str, _written_text)


@IN_ONE_FOLDER
@given(wanted=RUNS, as_json=st.booleans())
@pytest.mark.usefixtures("place")
def test_a_written_model_loads_as_it_was(wanted: Run, *, as_json: bool) -> None:
    values = wanted.model_dump(mode="json", by_alias=True, exclude_none=True)
    text = json.dumps(values) if as_json else yaml.dump(values, Dumper=Writer, allow_unicode=True)
    assert run(text) == wanted


@IN_ONE_FOLDER
@given(
    data=st.one_of(st.binary(), st.text("ab:-?*&!|>%@{}[]\"'#,\\ \n\t\r~<.0x1e", max_size=60).map(str.encode))
)
@pytest.mark.usefixtures("place")
def test_any_bytes_load_or_are_refused_in_one_line(data: bytes) -> None:
    try:
        run(data)
    except ConfigError as error:
        assert str(error).isprintable()  # noqa: PT017 - bytes that load are right too


@IN_ONE_FOLDER
@given(override=st.text(max_size=40))
@pytest.mark.usefixtures("place")
def test_any_override_is_taken_or_refused_in_one_line(override: str) -> None:
    try:
        run("seed: 1", override)
    except ConfigError as error:
        assert str(error).isprintable()  # noqa: PT017 - an override that fits is right too


# A key is a map on every side or on none: capitals are maps.
MAPS = st.recursive(
    st.dictionaries(st.sampled_from("xyz"), st.integers() | st.lists(st.integers(), max_size=2)),
    lambda inner: st.builds(
        lambda values, maps: {**values, **maps},
        st.dictionaries(st.sampled_from("xyz"), st.integers()),
        st.dictionaries(st.sampled_from("ABC"), inner),
    ),
    max_leaves=8,
)


def tree(value: object) -> Node:
    if isinstance(value, Mapping):
        return branch(Place(""), {key: tree(member) for key, member in value.items()})
    if isinstance(value, list):
        return branch(Place(""), [tree(member) for member in value])
    assert isinstance(value, int)
    return Node(Place(""), value)


@given(first=MAPS, second=MAPS, third=MAPS)
def test_maps_merge_alike_in_whatever_pairs(first: object, second: object, third: object) -> None:
    one, two, three = tree(first), tree(second), tree(third)
    assert plain(merge(merge(one, two), three)) == plain(merge(one, merge(two, three)))
    assert plain(merge(one, one)) == plain(one)
