"""The run file of a run that is not over can be read at any moment, and says all that was done until then."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from crossbook.lab.config import RunFile
from crossbook.lab.config.interventions import AnyIntervention
from crossbook.lab.live.sketch import Sketch
from crossbook.settings import load
from tests.small_runs import small

ONE: TypeAdapter[AnyIntervention] = TypeAdapter(AnyIntervention)
HOUR_10 = 36_000_000_000_000

WORDS = st.text(max_size=30)
NAMES = st.one_of(
    st.text(min_size=1, max_size=20),
    st.sampled_from(
        ["1e5", "0o17", "yes", "null", "~", "- a", ": b", "#c", "1:30", "<<", "0x1F", "+.5", "🐳"]
    ),
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
NEWS = st.fixed_dictionaries(
    {"do": st.just("news"), "symbol": st.just("ACME"), "jump_ticks": FLOATS, "text": WORDS}
)
ENTER = st.fixed_dictionaries(
    {
        "do": st.just("enter"),
        "name": NAMES,
        "agents": st.fixed_dictionaries(
            {
                "kind": st.just("symmetric_maker"),
                "count": st.integers(1, 9),
                "params": st.fixed_dictionaries(
                    {
                        "interval_ns": st.integers(1, 10**12),
                        "spread": st.floats(1e-12, 0.9),
                        "lots": st.integers(1, 1_000),
                        "position_lots": st.integers(0, 1_000),
                    }
                ),
            }
        ),
    }
)
CHANGE = st.fixed_dictionaries(
    {
        "do": st.just("change"),
        "name": NAMES,
        "params": st.dictionaries(WORDS, st.one_of(FLOATS, st.integers(), WORDS), min_size=1, max_size=3),
    }
)
LEAVE = st.fixed_dictionaries({"do": st.just("leave"), "name": NAMES})
ANY = st.one_of(NEWS, ENTER, CHANGE, LEAVE)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFile, Path]:
    folder = tmp_path_factory.mktemp("sketch")
    return load(small(folder), RunFile).settings, folder


def placed(plain: list[dict[str, Any]]) -> list[AnyIntervention]:
    return [
        ONE.validate_python({**what, "time": HOUR_10 + number, "steps": None})
        for number, what in enumerate(plain)
    ]


@settings(max_examples=30)
@given(written=st.lists(ANY, max_size=4), added=st.lists(ANY, max_size=6))
def test_it_can_be_read_after_every_deed(
    begun: tuple[RunFile, Path], written: list[dict[str, Any]], added: list[dict[str, Any]]
) -> None:
    run, folder = begun
    whole = placed([*written, *added])
    first = run.model_copy(update={"interventions": whole[: len(written)]})
    sketch = Sketch(folder, first)
    assert load(folder / "config.yaml", RunFile).settings == first
    for number, made in enumerate(whole[len(written) :], start=len(written) + 1):
        sketch.append(made)
        wanted = run.model_copy(update={"interventions": whole[:number]})
        assert load(folder / "config.yaml", RunFile).settings == wanted
    sketch.rewrite(run.model_copy(update={"interventions": whole[:1]}))
    assert load(folder / "config.yaml", RunFile).settings.interventions == whole[:1]


@pytest.mark.parametrize("name", ["1e5", "0o17", "12e03", "+.5", "yes", "null"])
def test_a_group_may_have_a_name_that_looks_like_a_number(tmp_path: Path, name: str) -> None:
    taker = {"kind": "taker", "params": {"interval_ns": "1s"}}
    file = small(tmp_path)
    plain = json.loads(json.dumps({**load(file, RunFile).resolved, "agents": {name: taker}}))
    file.write_text(json.dumps(plain))
    run = load(file, RunFile).settings
    Sketch(tmp_path, run)
    assert list(load(tmp_path / "config.yaml", RunFile).settings.agents) == [name]


def test_it_is_whole_while_it_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = load(small(tmp_path), RunFile).settings
    sketch = Sketch(tmp_path, run)
    before = (tmp_path / "config.yaml").read_text()

    def torn(path: Path, text: str, **_: object) -> int:
        with path.open("w") as file:
            file.write(text[: len(text) // 2])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", torn)
    with pytest.raises(KeyboardInterrupt):
        sketch.rewrite(run.model_copy(update={"interventions": placed([{"do": "leave", "name": "noise"}])}))
    assert (tmp_path / "config.yaml").read_text() == before
