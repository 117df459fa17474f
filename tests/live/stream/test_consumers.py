"""The example consumers, each as a user runs it, against a real `crossbook stream`: what they show is what is true."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.live.stream.consumer_browser import Page, browser
from tests.live.stream.consumer_server import CONSUMERS, Live, Wire, live, run, until, wire

pytest.importorskip("dash", reason="the dashboard needs dash")
pytestmark = pytest.mark.slow

COUNT = 150
GO_BUILD_S = 400
"""Go builds its own library first, where nothing was ever built."""
DEBIAN_PACKAGES = Path("/usr/share/gocode")
CLOCK = r"(?P<clock>\d\d:\d\d:\d\d\.\d{3})"
TRADE = re.compile(
    CLOCK
    + r"  (?P<symbol>\S+)  (?P<side>buy|sell|auction) *(?P<size>\S+) at (?P<price>\S+)  #(?P<number>\d+)"
    r"  (?P<buyer>\S.*) from (?P<seller>.*)"
)
PRICES = re.compile(
    CLOCK + r"  (?P<symbol>\S+)  (?P<last>\S+)  bid (?P<bid>\S+ x \S+)  ask (?P<ask>\S+ x \S+)"
)
MISSED = re.compile(r"missed (\d+) trades while away")
PROGRAMS = ("python", "go")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("stream")) as running:
        yield running


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened
        assert opened.complaints == []


class Consumer(NamedTuple):
    """A program that prints what it hears."""

    command: list[str]
    dash: str
    """What its options begin with."""

    def words(self, url: str, **options: Any) -> list[str]:
        given = [word for name, value in options.items() for word in (f"{self.dash}{name}", str(value))]
        return [*self.command, f"{self.dash}url", url, *given]


@pytest.fixture(scope="module")
def go_program(tmp_path_factory: pytest.TempPathFactory) -> str:
    if shutil.which("go") is None:
        pytest.skip("there is no Go here")
    program = str(tmp_path_factory.mktemp("go") / "consumer")
    # What was fetched before is taken from Go's own store, else what Debian packages; nothing is fetched now.
    ways = [{"GO111MODULE": "on", "GOPROXY": "off", "GOFLAGS": "-mod=readonly"}]
    if (DEBIAN_PACKAGES / "src/github.com/gorilla/websocket").is_dir():
        ways.append({"GO111MODULE": "off", "GOPATH": str(DEBIAN_PACKAGES), "GOFLAGS": ""})
    said = ""
    for way in ways:
        command = ["go", "build", "-o", program, "."]
        done = subprocess.run(
            command,
            cwd=CONSUMERS / "go",
            env={**os.environ, "GOTOOLCHAIN": "local", **way},
            capture_output=True,
            text=True,
            timeout=GO_BUILD_S,
            check=False,
        )
        if done.returncode == 0:
            return program
        said = done.stderr
    missing = "module lookup disabled" in said or "cannot find package" in said
    assert missing, said
    pytest.skip("gorilla/websocket is neither in Go's store nor in golang-github-gorilla-websocket-dev")


@pytest.fixture(params=PROGRAMS)
def consumer(request: pytest.FixtureRequest) -> Consumer:
    if request.param == "go":
        return Consumer([request.getfixturevalue("go_program")], "-")
    return Consumer([sys.executable, str(CONSUMERS / "consumer.py")], "--")


def printed(consumer: Consumer, server: Live, **options: Any) -> list[str]:
    done = subprocess.run(
        consumer.words(server.url, **options), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_what_is_printed_of_trades_is_exactly_what_was_traded(consumer: Consumer, server: Live) -> None:
    lines = printed(consumer, server, channels="simulation,trade", count=COUNT)

    trades = {trade["trade_id"]: trade for trade in server.trades()}
    (facts,) = server.simulation()["symbols"]
    places = [len(facts[step].partition(".")[2]) for step in ("price_step", "lot_size")]
    found = [match for line in lines if (match := TRADE.fullmatch(line))]
    assert len(found) > COUNT / 2
    numbers = [int(match["number"]) for match in found]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    for match in found:
        trade = trades[int(match["number"])]
        assert Decimal(match["price"]) == trade["price"]
        assert Decimal(match["size"]) == trade["size"]
        # No digit is lost, not even a zero at the end.
        assert [len(match[name].partition(".")[2]) for name in ("price", "size")] == places
        assert [match[name] for name in ("symbol", "side", "buyer", "seller")] == [
            trade[name] for name in ("symbol", "side", "buyer", "seller")
        ]
    assert f"running: {server.simulation()['run']}" in lines
    assert lines[-1] == f"{COUNT} messages, 0 trades missed"


def test_the_prices_that_are_printed_are_those_of_the_market(consumer: Consumer, server: Live) -> None:
    with server.paused():
        lines = printed(consumer, server, channels="market_data", count=1)
        newest = server.trades()[-1]

    (prices,) = [match for line in lines if (match := PRICES.fullmatch(line))]
    assert Decimal(prices["last"]) == newest["price"]
    assert Decimal(prices["bid"].split()[0]) < Decimal(prices["ask"].split()[0])


def test_a_channel_that_there_is_not_ends_a_consumer_at_once(consumer: Consumer, server: Live) -> None:
    words = consumer.words(server.url, channels="weather")

    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert "weather" in done.stderr


def test_a_consumer_comes_back_and_tells_what_it_missed(
    consumer: Consumer, server: Live, tmp_path: Path
) -> None:
    said = tmp_path / "said"

    def trades() -> list[int]:
        lines = said.read_text().splitlines()
        return [int(match["number"]) for line in lines if (match := TRADE.fullmatch(line))]

    with wire(server) as carrying, said.open("w") as out:
        process = subprocess.Popen(consumer.words(carrying.url), stdout=out, stderr=subprocess.DEVNULL)
        try:
            until(lambda: len(trades()) > 5)
            carrying.cut()
            before = trades()[-1]
            until(lambda: server.trades()[-1]["trade_id"] > before + 5)
            carrying.mend()
            until(lambda: trades()[-1] > before + 5)
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        finally:
            process.kill()
            process.wait()

    numbers = trades()
    gaps = [after - before - 1 for before, after in pairwise(numbers) if after != before + 1]
    text = said.read_text()
    assert [int(found) for found in MISSED.findall(text)] == gaps
    assert len(gaps) == 1
    assert re.fullmatch(rf"\d+ messages, {gaps[0]} trades missed", text.splitlines()[-1])


def test_the_tour_steers_and_leaves_the_simulation_running(server: Live) -> None:
    before = server.simulation()["state"]

    done = run("steer.py", "--url", server.url, "--token-file", str(server.token_file))

    bought = [trade["size"] for trade in server.trades() if trade["buyer"].startswith("shock ")]
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count('"success": true') == done.stdout.count("_response")
    assert server.token_file.read_text().strip() not in done.stdout
    assert sum(bought) == 5
    assert before == server.simulation()["state"] == "running"


def test_who_has_no_right_is_told_so_and_changes_nothing(server: Live) -> None:
    pause = '{"type":"control","action":"pause"}'

    wrong = run("steer.py", "--url", server.url, pause, CROSSBOOK_CONTROL_TOKEN="wrong" * 8)
    none = run("steer.py", "--url", server.url, pause, CROSSBOOK_CONTROL_TOKEN="", XDG_STATE_HOME="/nowhere")

    assert wrong.returncode == none.returncode == 1
    assert "this is not the control token" in wrong.stdout
    assert "only who has the control token may steer" in none.stdout
    assert server.simulation()["state"] == "running"


def open_browser_page(page: Page, url: str, theme: str = "dark") -> None:
    page.open(f"{(CONSUMERS / 'browser.html').as_uri()}?url={url}", theme)
    page.until("document.querySelector('#connection')?.dataset.state === 'live'")
    page.until("document.querySelectorAll('#tape tbody tr').length > 5")


def text_of(page: Page, selector: str) -> str:
    return str(page.value(f"document.querySelector({selector!r}).textContent"))


def cells(page: Page, table: str) -> list[list[str]]:
    script = f"[...document.querySelectorAll('#{table} tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))"
    rows: list[list[str]] = page.value(script)
    return rows


def written(trade: dict[str, Any]) -> str:
    """Return a trade's price as the pages write it."""
    return f"{trade['price']:,.1f}"


def number(text: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.-]", "", text.replace("\N{MINUS SIGN}", "-")))


def test_the_page_shows_the_market_as_it_is(page: Page, server: Live) -> None:
    open_browser_page(page, server.url)
    page.until("document.querySelectorAll('#agents tbody tr').length > 0")
    with server.paused():
        page.until("document.querySelector('#simulation').dataset.state === 'paused'")
        newest = server.trades()[-1]
        page.until(f"document.querySelector('#last').textContent === '{written(newest)}'")
        # What was told last is drawn with the next frame.
        page.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        book, tape, agents = cells(page, "book"), cells(page, "tape"), cells(page, "agents")
        bid, ask = text_of(page, "#bid"), text_of(page, "#ask")

    asks, bids = [number(row[0]) for row in book[:10]], [number(row[0]) for row in book[11:]]
    assert len(bids) == 10
    assert asks == sorted(asks, reverse=True)
    assert bids == sorted(bids, reverse=True)
    assert bids[0] < asks[-1]
    assert (bids[0], asks[-1]) == (number(bid.split()[0]), number(ask.split()[0]))
    assert number(tape[0][1]) == newest["price"]
    assert number(tape[0][2]) == newest["size"]
    assert tape[0][3:] == [newest["buyer"], newest["seller"]]
    # What some win others lose; each is rounded to cents.
    assert abs(sum((number(row[6]) for row in agents), Decimal())) <= len(agents) * Decimal("0.005")
    assert text_of(page, "#gaps") == "no trade missed"


def test_the_page_draws_in_both_themes(page: Page, server: Live) -> None:
    colours = []
    for theme in ("dark", "light"):
        open_browser_page(page, server.url, theme)
        drawn = "new Set(new Uint32Array(chart.context.getImageData(0, 0, chart.canvas.width, chart.canvas.height).data.buffer)).size"
        page.until(f"{drawn} > 20")
        colours.append(page.value("getComputedStyle(document.body).backgroundColor"))

    assert len(set(colours)) == 2


def test_what_a_server_says_never_becomes_markup(page: Page, server: Live) -> None:
    open_browser_page(page, server.url)
    text = "<img src=x onerror='document.title = 1'>"

    server.steer({"type": "control", "action": "news", "value": {"jump": 0, "text": text}})

    page.until("document.querySelector('#news').textContent.includes('<img src=x')")
    assert page.value("document.images.length") == 0


def test_the_page_comes_back_and_tells_what_it_missed(page: Page, server: Live) -> None:
    with wire(server) as carrying:
        open_browser_page(page, carrying.url)
        cut_for_a_while(carrying, server, page)
        page.until("document.querySelector('#connection').dataset.state === 'live'")
        page.until("document.querySelector('#gaps').textContent !== 'no trade missed'")
        missed = page.value("state.missed")
        page.open("about:blank")

    assert missed > 5


def cut_for_a_while(carrying: Wire, server: Live, page: Page) -> None:
    carrying.cut()
    page.until("document.querySelector('#connection').dataset.state === 'lost'")
    before = server.trades()[-1]["trade_id"]
    until(lambda: server.trades()[-1]["trade_id"] > before + 5)
    # The browser tells its console of connections that failed: these are meant to.
    page.complaints[:] = [told for told in page.complaints if "ERR_" not in told]
    carrying.mend()


@contextmanager
def dashboard(server: Live, folder: Path, *words: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    log = folder / "dash.log"
    command = [
        sys.executable,
        str(CONSUMERS / "dash_app.py"),
        "--url",
        server.url,
        "--port",
        str(port),
        *words,
    ]
    environment = {**os.environ, "CROSSBOOK_CONTROL_TOKEN": ""}
    with log.open("w") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return httpx.get(url, trust_env=False).is_success
        except httpx.TransportError:
            return False

    try:
        until(answers)
        yield url
        assert "Traceback" not in log.read_text()
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        finally:
            process.kill()


def figure(page: Page, name: str, trace: int, part: str) -> Any:
    """Return a part of what is drawn: Plotly keeps numbers in arrays of its own, which JSON makes objects of."""
    data = f"document.querySelector('#{name} .js-plotly-plot')?.data?.[{trace}]?.{part}"
    return page.value(f"(data => data && Array.from(data))({data})")


def test_the_dashboard_shows_the_market_as_it_is_and_steers_it(
    page: Page, server: Live, tmp_path: Path
) -> None:
    with dashboard(server, tmp_path, "--token-file", str(server.token_file)) as url:
        page.open(url)
        page.until("document.querySelector('#last') !== null")
        page.until("document.querySelectorAll('#agents tbody tr').length > 0")

        page.value("document.querySelector('#pause').click()")
        page.until("document.querySelector('#state').textContent === 'paused'")
        state = server.simulation()["state"]
        newest = server.trades()[-1]
        page.until(f"document.querySelector('#last').textContent === '{written(newest)}'")
        page.value("dash_clientside.set_props('frame', {value: '5s'})")
        past = server.get("klines", symbol="BTC/USD", interval="5s", limit=300)
        until(lambda: figure(page, "candles", 0, "close") == [float(row[4]) for row in past])
        volumes = figure(page, "candles", 1, "y")
        sides = [figure(page, "depth", side, "x") for side in (0, 1)]
        groups = page.value("document.querySelector('#profits .js-plotly-plot').data.length")
        shown = page.value("document.querySelectorAll('#agents tbody tr').length")
        first = page.value("document.querySelector('#trades tbody tr').innerText").split()
        page.value("document.querySelector('#resume').click()")
        until(lambda: server.simulation()["state"] == "running")
        page.open("about:blank")

    assert state == "paused"
    assert volumes == [float(row[5]) for row in past]
    assert max(sides[0]) == sides[0][0] < sides[1][0] == min(sides[1])
    assert groups == min(shown, 10)
    assert number(first[-2]) == newest["price"]
    assert number(first[-1]) == newest["size"]


def test_the_dashboard_without_a_token_only_shows_and_answers_no_other_name(
    server: Live, tmp_path: Path
) -> None:
    with dashboard(server, tmp_path) as url, httpx.Client(base_url=url, trust_env=False) as http:
        layout = http.get("/_dash-layout").text
        foreign = http.get("/_dash-layout", headers={"Host": "evil.example"})

    assert '"candles"' in layout
    assert '"pause"' not in layout
    assert foreign.status_code == 400
