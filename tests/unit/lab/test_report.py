"""The report: whole in one file, safe against any name, and there even when the run is not."""

import base64
import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from crossbook.core import UsageError
from crossbook.lab.report import write, write_comparison
from crossbook.lab.report.buckets import BUCKETS_MAX
from crossbook.lab.report.markup import Markup, embedded, fill
from tests.unit.lab.made_run import CLOSE_NS, GROUPS, HOSTILE, OPEN_NS, change, make_run
from tests.unit.lab.read_page import Page

SIZE_MAX = 1_500_000
FILES = ["manifest", "metrics", "book", "trades", "equity", "fundamental", "config"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a whole day of one market, with its report."""
    folder = make_run(tmp_path_factory.mktemp("runs") / "whole")
    write(folder)
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A small run of two markets that a test may spoil."""
    return make_run(tmp_path / "run", markets=2, quotes=2_000, trades=400)


def page_of(folder: Path) -> Page:
    return Page(write(folder).read_text(encoding="utf-8"))


def test_the_report_is_one_file_that_loads_nothing(whole: Path) -> None:
    report = whole / "report.html"
    text = report.read_text(encoding="utf-8")
    page = Page(text)

    assert report.stat().st_size < SIZE_MAX
    assert page.loads
    assert all(load.startswith(("#", "data:,")) for load in page.loads)
    assert not re.search(r"@import|url\(", text)
    assert not list(whole.glob(".report*"))


def test_every_link_of_the_navigation_has_its_place_and_no_name_is_taken_twice(whole: Path) -> None:
    page = Page((whole / "report.html").read_text(encoding="utf-8"))

    assert {load[1:] for load in page.loads if load.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_policy_lets_only_the_scripts_of_the_page_run(whole: Path) -> None:
    page = Page((whole / "report.html").read_text(encoding="utf-8"))

    allowed = re.findall(r"'sha256-([^']+)'", page.policy)
    ours = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in page.scripts[1:]]
    assert page.policy.startswith("default-src 'none'")
    assert allowed == ours
    assert "unsafe-inline" not in page.policy.partition("script-src")[2]


def test_the_charts_of_a_day_are_small_and_cover_it(whole: Path) -> None:
    charts = Page((whole / "report.html").read_text(encoding="utf-8")).charts

    assert charts["range"] == [OPEN_NS / 1e9, CLOSE_NS / 1e9]
    every = charts["views"][0]["charts"] + charts["shared"]
    assert [chart["key"] for chart in every] == ["price", "spread", "depth", "volume", "equity"]
    assert [line["label"] for line in every[-1]["lines"]] == GROUPS
    for chart in every:
        assert chart["lines"]
        for line in chart["lines"]:
            assert len(line["values"]) == chart["count"] <= BUCKETS_MAX
    volume = sum(abs(value) for line in every[3]["lines"] for value in line["values"] if value is not None)
    assert volume == pl.read_parquet(whole / "trades.parquet")["quantity"].sum()


def test_the_tables_say_what_the_files_say(whole: Path) -> None:
    text = Page((whole / "report.html").read_text(encoding="utf-8")).text

    for said in [
        "seed 7",
        "664 agents",
        "6 h 30 min",
        "09:30:00 – 16:00:00",  # noqa: RUF001
        "116,606 a second",
        "Cash in equals cash out",
        "not measured",
        "Lillo & Farmer (2004)",
        "duplicate row",
        "538454127b096493",
        HOSTILE,
    ]:
        assert said in text, said


def test_many_markets_stay_below_the_size(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "many", quotes=3_000, trades=600)
    for name in ("book", "trades"):
        frame = pl.read_parquet(folder / f"{name}.parquet")
        spread = frame.with_columns(pl.format("V:M{}", pl.int_range(pl.len()) % 120).alias("market"))
        spread.write_parquet(folder / f"{name}.parquet")

    page = page_of(folder)

    assert (folder / "report.html").stat().st_size < SIZE_MAX
    assert page.charts["views"][0]["name"] == "XNAS:ALFA"


def test_a_hostile_name_is_text_wherever_it_stands(run: Path) -> None:
    nasty = HOSTILE + "\"'></script><img src=x onerror=alert(1)>&amp;\u2028"
    manifest = json.loads((run / "manifest.json").read_text())
    metrics = json.loads((run / "metrics.json").read_text())
    manifest["markets"][0]["currency"] = manifest["agents"][0]["kind"] = nasty
    manifest["agents"][0]["group"] = metrics["agents"][0]["group"] = nasty
    manifest["conservation"][0] |= {"claim": nasty, "detail": nasty}
    manifest["data"][0] |= {"file": nasty, nasty: nasty, "findings": [{nasty: nasty}, nasty]}
    manifest |= {"name": nasty, "status": nasty, "reason": nasty, "started": nasty, "config_hash": nasty}
    manifest |= {"versions": {nasty: nasty}, "state_hash": {nasty: nasty}, "event_hash": {nasty: nasty}}
    for field in ("key", "name", "group", "formula", "source", "accepted", "verdict", "note"):
        metrics["realism"][0][field] = nasty
    (run / "manifest.json").write_text(json.dumps(manifest))
    (run / "metrics.json").write_text(json.dumps(metrics))
    (run / "config.yaml").write_text(nasty)
    for name in ("book", "trades"):
        frame = pl.read_parquet(run / f"{name}.parquet")
        frame.with_columns(pl.col("market").replace("XNAS:BETA", nasty)).write_parquet(
            run / f"{name}.parquet"
        )

    for path in (write(run), write_comparison([run, run], run / "comparison.html")):
        text = path.read_text(encoding="utf-8")
        page = Page(text)
        assert "<script>window.planted" not in text
        assert "<img" not in text
        assert len(page.scripts) == 5
        assert HOSTILE in page.text
        assert any(view["name"] == nasty for view in page.charts["views"])


@pytest.mark.parametrize("name", FILES)
def test_a_report_comes_out_of_a_run_that_lacks_a_file(run: Path, name: str) -> None:
    (path,) = run.glob(f"{name}.*")
    path.unlink()

    page = page_of(run)

    told = {"manifest", "metrics", "book", "trades"}
    assert (f"{path.name} is missing." in page.text) == (name in told)


@pytest.mark.parametrize("name", FILES[:-1])
@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", b"[1]"])
def test_a_report_comes_out_of_a_run_with_a_file_cut_short(run: Path, name: str, content: bytes) -> None:
    (path,) = run.glob(f"{name}.*")
    path.write_bytes(content)

    page = page_of(run)

    assert path.name in page.text
    assert "Some of the run could not be read." in page.text


@pytest.mark.parametrize("name", FILES[2:-1])
def test_a_report_comes_out_of_tables_without_rows(run: Path, name: str) -> None:
    path = run / f"{name}.parquet"
    pl.read_parquet(path).clear().write_parquet(path)

    page = page_of(run)

    assert "Some of the run could not be read." not in page.text
    assert page.charts["range"] is not None


def test_a_table_without_a_column_is_named_and_left_out(run: Path) -> None:
    path = run / "book.parquet"
    pl.read_parquet(path).drop("ask").write_parquet(path)

    page = page_of(run)

    assert "book.parquet could not be read" in page.text
    assert [line["label"] for line in page.charts["views"][0]["charts"][0]["lines"]] == [
        "VWAP of trades",
        "Fundamental",
    ]


def test_an_empty_folder_has_a_report(tmp_path: Path) -> None:
    page = page_of(tmp_path)

    assert "There is nothing to draw" in page.text
    assert "It is not known how this run ended" in page.text
    assert page.charts == {"range": None, "views": [], "shared": []}


def test_a_partial_run_says_so_first_and_ends_with_its_last_record(run: Path) -> None:
    change(run / "manifest.json", status="partial", reason="stopped by hand")
    for path in run.glob("*.parquet"):
        pl.read_parquet(path).filter(pl.col("time_ns") <= 40_000 * 10**9).write_parquet(path)

    page = page_of(run)

    assert "This run broke off; its numbers cover a part of the day." in page.text
    assert "Reason: stopped by hand." in page.text
    assert page.charts["range"][1] <= 40_000


def test_a_value_that_goes_on_does_not_make_a_partial_run_longer(run: Path) -> None:
    change(run / "manifest.json", status="partial", reason="stopped by hand")
    for name in ("book", "trades", "equity"):
        table = pl.read_parquet(run / f"{name}.parquet")
        table.filter(pl.col("time_ns") <= 40_000 * 10**9).write_parquet(run / f"{name}.parquet")
    value = pl.read_parquet(run / "fundamental.parquet").filter(pl.col("symbol") == "ALFA")
    last = value.filter(pl.col("time_ns") <= 40_000 * 10**9)["value"][-1]

    page = page_of(run)

    assert "What was recorded reaches to 11:06:" in page.text
    assert page.charts["range"][1] <= 40_000
    lines = {line["label"]: line["values"] for line in page.charts["views"][0]["charts"][0]["lines"]}
    assert lines["Fundamental"][-1] == pytest.approx(last, abs=0.01)


def test_a_check_that_does_not_hold_is_told_at_the_top(run: Path) -> None:
    change(
        run / "manifest.json", conservation=[{"claim": "Cash adds up", "holds": False, "detail": "off by 1"}]
    )

    text = page_of(run).text

    assert text.index("A conservation check does not hold.") < text.index("Simulated time")
    assert "0 of 1" in text


def test_numbers_that_are_none_are_dashes_and_never_reach_the_page(run: Path) -> None:
    metrics = json.loads((run / "metrics.json").read_text())
    metrics["markets"]["XNAS:ALFA"] |= {"vwap": float("nan"), "spread_mean": float("inf"), "close": None}
    metrics["realism"][0] |= {"value": float("nan"), "low": float("-inf")}
    (run / "metrics.json").write_text(json.dumps(metrics))

    text = page_of(run).text

    assert not re.search(r"\bnan\b|\binf\b|\bNone\b|Infinity", text, re.IGNORECASE)


def test_fields_of_a_later_version_are_left_alone_and_the_format_is_told(run: Path) -> None:
    change(run / "manifest.json", format=2, weather="fair")

    assert "manifest.json has format 2" in page_of(run).text


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a run directory"):
        write(tmp_path / "nowhere")


def test_the_same_run_has_the_same_report(run: Path) -> None:
    assert write(run).read_bytes() == write(run).read_bytes()


def test_what_is_filled_in_is_escaped_once_and_markup_never() -> None:
    inner = fill("<b>$text</b>", text="<&\"'")

    assert inner == "<b>&lt;&amp;&quot;&#x27;</b>"
    assert fill("<i>$inner</i>$$", inner=inner) == f"<i>{inner}</i>$"
    assert isinstance(inner, Markup)


def test_embedded_data_cannot_end_its_script_and_reads_back() -> None:
    data = {"</script><!--": ["<script>", "&lt;", "\u2028", "]]>"]}

    text = embedded(data)

    assert json.loads(text) == data
    assert not set("<>&") & set(text)
    with pytest.raises(ValueError, match="not JSON compliant"):
        embedded(float("nan"))


def colours(sheet: str) -> dict[str, tuple[int, int, int]]:
    found = re.findall(r"--([\w-]+): #([0-9a-f]{6});", sheet)
    return {name: (int(value[:2], 16), int(value[2:4], 16), int(value[4:], 16)) for name, value in found}


def luminance(colour: tuple[int, int, int]) -> float:
    """Return the relative luminance of WCAG 2.2."""
    parts = [part / 255 for part in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("sheet", ["page.css", "dark.css"])
def test_the_colours_have_the_contrast_of_wcag_aa(sheet: str) -> None:
    known = colours(files("crossbook.lab.report").joinpath("assets", sheet).read_text(encoding="utf-8"))
    surfaces = ("page", "card", "sunk")
    pairs = [(text, surface, 4.5) for text in ("text", "muted", "accent") for surface in surfaces]
    pairs += [(tone, f"{tone}-back", 4.5) for tone in ("good", "bad", "warn", "plain")]
    lines = ["mid", "trade", "fundamental", "spread", "bid", "ask", "cross"]
    lines += [f"group-{number}" for number in range(1, 11)]
    pairs += [(line, "card", 3.0) for line in lines]

    weak = {pair: contrast(known[pair[0]], known[pair[1]]) for pair in pairs}

    assert not {pair: ratio for pair, ratio in weak.items() if ratio < pair[2]}
    assert contrast(known["card"], known["accent"]) >= 4.5
    # The numbers of interventions stand on these.
    assert all(
        contrast(known["card"], known[mark]) >= 4.5 for mark in ("warn", "good", "group-8", "bad", "plain")
    )


def test_both_sheets_name_the_same_colours() -> None:
    assets = files("crossbook.lab.report").joinpath("assets")
    light, dark = (assets.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "dark.css"))

    assert colours(light).keys() == colours(dark).keys()
