"""Run files: what is right loads, and what is wrong is told in one line with its file, its line and its path."""

import json
from pathlib import Path

import pytest

from crossbook.core import ConfigError
from crossbook.settings import load, nearest, schema
from tests.run_files import Demanding, Latency, Noise, Run, Value, load_text, run

AGENT = "agents: {n: {kind: noise, count: 1"

# The file, and what is said after its name.
WRONG = [
    # Keys.
    ("seed: 1\nsed: 2\n", ':2: sed: unknown key; did you mean "seed"?'),
    ("quite: 2\n", ":1: quite: unknown key"),
    ("knownas: 2\n", ':1: knownas: unknown key; did you mean "known-as"?'),
    (
        "agents:\n  n:\n    kind: noise\n    count: 1\n    coutn: 3\n",
        ':5: agents.n.coutn: unknown key; did you mean "count"?',
    ),
    (
        "agents:\n  n:\n    kind: noise\n    coutn: 3\n",
        ':4: agents.n.coutn: unknown key; did you mean "count"? (and 1 more mistake)',
    ),
    ("either: {coutn: 3, count: 1}", ':1: either.coutn: unknown key; did you mean "count"?'),
    ("agents:\n  n:\n    kind: noise\n", ":2: agents.n.count: missing, and it must be there"),
    ('"a.b\\n": 1', ':1: "a.b\\n": unknown key'),
    ("seed: 1\nseed: 2\n", ':2: the key "seed" stands twice, first in line 1'),
    ('{"seed": 1, "seed": 2}', ':1: the key "seed" stands twice, first in line 1'),
    (AGENT + ",\n count: 2}}", ':2: agents.n: the key "count" stands twice, first in line 1'),
    ("[a]: 1", ":1: a key must be text, not a map or a list"),
    ("?\n: 1", ":1: a key is missing before the colon"),
    ("<<: {seed: 1}", ':1: the merge key "<<" is not read; name a template instead'),
    ("by_number: {ten: x}", ":1: by_number.ten: the key must be a whole number, not 'ten' (text)"),
    # Kinds of values.
    ("seed: ten", ":1: seed: must be a whole number, not 'ten' (text)"),
    ('seed: "5"', ":1: seed: must be a whole number, not '5' (text)"),
    ("seed: 5.0", ":1: seed: must be a whole number, not 5.0 (a number)"),
    ("seed: true", ":1: seed: must be a whole number, not true (a truth value)"),
    ("seed:", ":1: seed: must be a whole number, not null"),
    ("seed: 1_000", ":1: seed: must be a whole number, not '1_000' (text)"),
    ("seed: 2025-01-02", ":1: seed: must be a whole number, not '2025-01-02' (text)"),
    ("seed: {a: 1}", ":1: seed: must be a whole number, not a map"),
    ("symbol: true", ":1: symbol: must be text, not true (a truth value); put it in quotes"),
    ("symbol: 7", ":1: symbol: must be text, not 7 (a whole number); put it in quotes"),
    ("halted: no", ":1: halted: must be true or false, not 'no' (text)"),
    ("agents: [1]", ":1: agents: must be a map, not a list"),
    ("agents: {n: 1}", ":1: agents.n: must be a map, not 1 (a whole number)"),
    ("agents: {n: {kind: value, rates: 1}}", ":1: agents.n.rates: must be a list, not 1 (a whole number)"),
    (
        "agents:\n  n:\n    kind: value\n    rates:\n      - 1\n      - x\n",
        ":6: agents.n.rates.1: must be a number, not 'x' (text)",
    ),
    ("agents: {n: {kind: value, pair: [1, 2]}}", ":1: agents.n.pair.1: must be text, not 2 (a whole number); put it in quotes"),
    ("agents: {n: {kind: value, pair: [1]}}", ":1: agents.n.pair.1: missing, and it must be there"),
    (AGENT + ", noise: x}}", ":1: agents.n.noise: must be a whole number, not 'x' (text)"),
    (f"seed: {'x' * 99}", f":1: seed: must be a whole number, not '{'x' * 39}…' (text)"),
    ("either: 7", ":1: either: must be a map, not 7 (a whole number)"),
    ("either: {rates: [1, x]}", ":1: either.rates.1: must be a number, not 'x' (text)"),
    ("levels: some", ":1: levels: must be a whole number or \"all\", not 'some' (text)"),
    # Values.
    ("seed: -1", ":1: seed: must be at least 0, not -1"),
    ("agents: {n: {kind: noise, count: 0}}", ":1: agents.n.count: must be greater than 0, not 0"),
    ("agents: {n: {kind: noise, count: 100001}}", ":1: agents.n.count: must be at most 100000, not 100001"),
    ("agents: {n: {kind: value, rates: [1, 1, 1, 1]}}", ":1: agents.n.rates: must have at most 3 entries, and has 4"),
    ("pace: fats", ':1: pace: must be "slow" or "fast", not \'fats\' (text); did you mean "fast"?'),
    ("pace: 1", ':1: pace: must be "slow" or "fast", not 1 (a whole number)'),
    (
        "agents:\n  n:\n    kind: niose\n",
        ':3: agents.n.kind: must be "noise" or "value", not \'niose\' (text); did you mean "noise"?',
    ),
    ("agents: {n: {count: 1}}", ':1: agents.n.kind: missing; must be "noise" or "value"'),
    ("seed: 1\nlatency: {spread_ns: 1}", ":2: latency: spread_ns is more than mean_ns"),
    ("fee: .nan", ":1: fee: must be a finite number, not .nan"),
    ("fee: -.inf", ":1: fee: must be a finite number, not -.inf"),
    ("fee: 1e999", ":1: fee: must be a finite number, and 1e999 is too large for one"),
    ('{"fee": NaN}', ":1: fee: must be a number, not 'NaN' (text)"),
    (f"seed: {'9' * 81}", f":1: seed: the number {'9' * 39}… has more than 80 characters"),
    # Several mistakes.
    ("halted: 1\nseed: x\nfee: y\n", ":1: halted: must be true or false, not 1 (a whole number) (and 2 more mistakes)"),
    # Text that is no run file.
    ("", ": there is nothing in this file"),
    ("# a\n", ": there is nothing in this file"),
    ("- 1", ":1: a run file is a map of keys, not a list"),
    ("~", ":1: a run file is a map of keys, not null"),
    ("seed: 1\n---\nseed: 2\n", ":2: a second document begins; one file is one document"),
    ("seed: [1\n", ":2: malformed YAML: expected ',' or ']', but got '<stream end>'"),
    ("agents:\n\tn: 1\n", ":2: malformed YAML: a tab stands where only spaces may"),
    ("a: b: c", ":1: malformed YAML: mapping values are not allowed here"),
    ('a: "\\UFFFFFFFF"', ":1: malformed YAML: an escape or a version number that cannot be"),
    (f"%YAML 1.{'9' * 5000}\n---\na: 1", ":1: malformed YAML: an escape or a version number that cannot be"),
    ('a: "\\ud800"', ":1: a: a text holds half a character"),
    ("a: 1\nb: \0", ":2: the character U+0000 may not stand in a text file"),
    ("a: !!python/object/apply:os.getcwd []", ':1: a: the tag "!!python/object/apply:os.getcwd" is not read'),
    ("a: !!str 1", ':1: a: the tag "!!str" is not read'),
    ("a: *b", ':1: a: the alias "b" names nothing before it'),
    ("a: &b [*b]", ':1: a.0: the alias "b" stands inside what it names'),
    # Templates.
    ("templates: 1", ":1: templates: must be a map of templates, not 1 (a whole number)"),
    ("templates: {a: 1}", ":1: templates.a: must be a map, not 1 (a whole number)"),
    (
        "templates: {busy: {count: 1}}\nagents:\n  n: {template: bsy}",
        ':3: agents.n.template: there is no template "bsy"; did you mean "busy"?',
    ),
    ("latency: {template: [a]}", ":1: latency.template: must be the name of a template, not a list"),
    (
        "templates:\n  a: {template: b}\n  b: {x: {template: a}}\n",
        ":3: templates.b.x.template: the templates need one another in a circle: a -> b -> a",
    ),
    (
        "templates:\n  busy: {kind: noise, coutn: 1, count: 1}\nagents:\n  n: {template: busy}\n",
        ':2: agents.n.coutn: unknown key; did you mean "count"?',
    ),
    # Files.
    ("seed: 1\nextends: [1]", ":2: extends: must be a file or a list of files, not 1 (a whole number)"),
    ("seed: 1\nextends: nowhere.yaml", ":2: extends: nowhere.yaml: no such file"),
    ("extends: bsae.yaml", ':1: extends: bsae.yaml: no such file; did you mean "base.yaml"?'),
    (
        "extends: rmsc4",
        ':1: extends: rmsc4: no such file, and none of that name in library; did you mean "rmsc04"?',
    ),
]  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a file to extend and a library."""
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text("seed: 3\nlatency:\n  mean_ns: 5\n  spread_ns: 1\n", "utf-8")
    Path("library").mkdir()
    Path("library/rmsc04.yaml").write_text("agents:\n  n:\n    kind: noise\n    count: 1\n", "utf-8")
    return tmp_path


def complaint(text: str | bytes, *overrides: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_text(text, *overrides)
    return str(caught.value)


@pytest.mark.parametrize(("text", "said"), WRONG)
@pytest.mark.usefixtures("place")
def test_a_mistake_is_told_with_its_place(text: str, said: str) -> None:
    assert complaint(text) == f"x.yaml{said}"


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("seed=ten", "seed: must be a whole number, not 'ten' (text)"),
        ("agents.n.coutn=5", 'agents.n.coutn: unknown key; did you mean "count"?'),
        ("seed.x=1", "seed: has no members to set: it is 7 (a whole number)"),
        ("agents.v.rates.2=1", "agents.v.rates: is a list of 2, counted from 0, and has no 2"),
        ("agents.v.rates.x=1", "agents.v.rates: is a list, and 'x' is no index"),
        ("seed", "must be a path, an equals sign and a value, such as seed=7"),
        ("a..b=1", "must be a path, an equals sign and a value, such as seed=7"),
        ("=1", "must be a path, an equals sign and a value, such as seed=7"),
        ("extends=base.yaml", 'only a file can say what it "extends"'),
        ("seed=[1", "malformed YAML: expected ',' or ']', but got '<stream end>'"),
        ("symbol=a: b", "a map or a list must stand in brackets here, and text with a colon in quotes"),
        ("agents.n.template=x", 'agents.n.template: there is no template "x"'),
    ],
)
@pytest.mark.usefixtures("place")
def test_a_wrong_override_is_named(override: str, said: str) -> None:
    text = "seed: 7\nagents: {n: {kind: noise, count: 1}, v: {kind: value, rates: [1, 2]}}"
    assert complaint(text, override) == f"--set {override}: {said}"


@pytest.mark.usefixtures("place")
def test_overrides_go_over_files_and_templates_and_the_last_one_wins() -> None:
    text = "templates: {t: {kind: noise, count: 1}, u: {kind: noise, count: 2}}\nagents: {n: {template: t}}"
    assert run(text, "agents.n.noise=4", "agents.n.template=u", "agents.n.noise=5").agents == {
        "n": Noise(count=2, noise=5)
    }
    assert run(text, "templates.t.count=9").agents == {"n": Noise(count=9)}
    assert run(text, "agents.m={template: u, noise: 1}").agents["m"] == Noise(count=2, noise=1)
    assert run("seed: 1", "latency.mean_ns=4", "symbol='7'").latency == Latency(mean_ns=4)
    assert run("agents: {v: {kind: value, rates: [1, 2]}}", "agents.v.rates.1=9").agents == {
        "v": Value(rates=[1, 9])
    }


@pytest.mark.usefixtures("place")
def test_a_file_goes_over_those_it_extends_in_their_order() -> None:
    Path("sub").mkdir()
    Path("sub/more.yaml").write_text("extends: ../base.yaml\nseed: 4\nlatency: {mean_ns: 6}\n", "utf-8")
    loaded = load_text("extends: [sub/more.yaml, rmsc04, base.yaml]\nsymbol: NO\n")
    assert loaded.settings == Run(
        seed=3, symbol="NO", latency=Latency(mean_ns=5, spread_ns=1), agents={"n": Noise(count=1)}
    )
    assert [str(path) for path in loaded.sources] == [
        "x.yaml", "sub/more.yaml", "sub/../base.yaml", "library/rmsc04.yaml",
    ]  # fmt: skip
    assert loaded.resolved == {
        "seed": 3,
        "symbol": "NO",
        "latency": {"mean_ns": 5, "spread_ns": 1},
        "agents": {"n": {"kind": "noise", "count": 1}},
    }


@pytest.mark.usefixtures("place")
def test_a_mistake_in_an_extended_file_is_told_with_that_file() -> None:
    Path("base.yaml").write_text("\nlatency:\n  mean: 5\n", "utf-8")
    assert complaint("extends: base.yaml\nlatency: {spread_ns: 0}") == (
        'base.yaml:3: latency.mean: unknown key; did you mean "mean_ns"?'
    )


@pytest.mark.usefixtures("place")
def test_a_null_takes_an_inherited_map_away_and_nothing_else() -> None:
    assert load_text("extends: base.yaml\nlatency: null").resolved == {"seed": 3}
    assert complaint("extends: base.yaml\nseed: null") == "x.yaml:2: seed: must be a whole number, not null"


@pytest.mark.usefixtures("place")
def test_files_that_extend_one_another_in_a_circle_are_shown() -> None:
    Path("a.yaml").write_text("extends: b.yaml", "utf-8")
    Path("b.yaml").write_text("seed: 1\nextends: a.yaml", "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(Path("a.yaml"), Run)
    assert str(caught.value) == (
        "b.yaml:2: extends: the files extend one another in a circle: a.yaml -> b.yaml -> a.yaml"
    )


@pytest.mark.usefixtures("place")
def test_more_files_than_the_limit_are_refused() -> None:
    for number in range(65):
        Path(f"{number}.yaml").write_text(f"extends: {number + 1}.yaml", "utf-8")
    with pytest.raises(ConfigError, match=r"^64\.yaml: one file more than the 64 that are read$"):
        load(Path("0.yaml"), Run)


@pytest.mark.usefixtures("place")
def test_a_missing_key_is_told_at_the_map_that_lacks_it() -> None:
    Path("x.yaml").write_text("latency:\n  mean_ns: 1\n", "utf-8")
    with pytest.raises(ConfigError, match=r"^x\.yaml:1: seed: missing, and it must be there$"):
        load(Path("x.yaml"), Demanding)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere.yaml", "nowhere.yaml: no such file"),
        ("bas.yaml", 'bas.yaml: no such file; did you mean "base.yaml"?'),
        ("library", "library: a folder, not a file"),
        ("a\0b.yaml", "a\\x00b.yaml: no such file"),
        ("big.yaml", "big.yaml: larger than the 4 MiB that are read"),
        ("latin.yaml", "latin.yaml:2: no UTF-8 text: byte 0xE9"),
        ("wide.yaml", "wide.yaml:1: no UTF-8 text: byte 0xFF"),
    ],
)
@pytest.mark.usefixtures("place")
def test_a_file_that_cannot_be_read_is_named(path: str, said: str) -> None:
    Path("big.yaml").write_bytes(b"#" * (4 * 1024 * 1024 + 1))
    Path("latin.yaml").write_bytes("seed: 1\nsymbol: é".encode("latin-1"))
    Path("wide.yaml").write_bytes("seed: 1".encode("utf-16"))
    with pytest.raises(ConfigError) as caught:
        load(Path(path), Run)
    assert str(caught.value) == said


@pytest.mark.usefixtures("place")
def test_bare_names_are_found_in_the_folders() -> None:
    assert load(Path("rmsc04"), Run, folders=[Path("library")]).sources == [Path("library/rmsc04.yaml")]


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbfseed: 5\nsymbol: 'yes'\n",
        b"seed: 5\r\nsymbol: yes\r\n",
        b'{"seed":5,"symbol":"yes"}',
        b'{\n\t"seed": 5,\n\t"symbol": "yes"\n}\n',
        b"seed: 0x5\nsymbol: yes\n",
    ],
)
@pytest.mark.usefixtures("place")
def test_marks_line_ends_and_json_are_read(text: bytes) -> None:
    assert load_text(text, name="x.json").settings == Run(seed=5, symbol="yes")


@pytest.mark.parametrize("text", ["2025-01-02", "NO", "1:30", "on", "1_000", "'007'", "0b1"])
@pytest.mark.usefixtures("place")
def test_what_older_yaml_takes_for_something_else_is_text(text: str) -> None:
    assert run(f"symbol: {text}").symbol == text.strip("'")


@pytest.mark.usefixtures("place")
def test_halves_of_a_character_in_json_are_joined() -> None:
    assert run('{"symbol": "\\ud83d\\ude00"}').symbol == "😀"


@pytest.mark.usefixtures("place")
def test_bombs_are_refused_before_they_go_off() -> None:
    ten = ", ".join(["*b0"] * 10)
    aliases = "b0: &b0 [1]\n" + "".join(
        f"b{n}: &b{n} [{ten.replace('b0', f'b{n - 1}')}]\n" for n in range(1, 9)
    )
    assert complaint(aliases).endswith("more than 100,000 values when written out")
    doubling = "templates:\n  t0: {a: 1}\n" + "".join(
        f"  t{n}: {{a: {{template: t{n - 1}}}, b: {{template: t{n - 1}}}}}\n" for n in range(1, 40)
    )
    assert complaint(doubling).endswith("more than 100,000 values when written out")
    assert complaint("a: " + "[" * 5000).endswith("more than 64 maps and lists inside one another")
    chain = "templates:\n" + "".join(f"  t{n}: {{template: t{n - 1}}}\n" for n in range(3000, 0, -1))
    assert complaint(chain + "  t0: {}").endswith("templates within templates, more than 64 keys deep")


def test_nearest_knows_when_nothing_is_near() -> None:
    assert nearest("coutn", ["kind", "count"]) == "count"
    assert nearest("COUNT", ["Count"]) == "Count"
    assert nearest("zzz", ["count"]) is None
    assert nearest("c" * 101, ["count"]) is None


def test_the_schema_knows_our_keys_and_demands_none() -> None:
    made = schema(Run, "A run file", identifier="https://example.org/run.json")
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (made["title"], made["$id"]) == ("A run file", "https://example.org/run.json")
    assert {"extends", "templates", "template", "seed", "known-as"} <= set(made["properties"])
    assert made["additionalProperties"] is False
    noise = made["$defs"]["Noise"]
    assert noise["additionalProperties"] is False
    assert "template" in noise["properties"]
    assert "required" not in json.dumps(made)
    assert "oneOf" not in json.dumps(made)
    assert {"type": "null"} in made["properties"]["agents"]["anyOf"]
