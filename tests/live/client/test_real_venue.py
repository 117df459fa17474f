"""The client, the runtime and the examples against `crossbook up` as a process of its own, which is killed as well."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from crossbook.agents import Context, Fill, Trader
from crossbook.client import AsyncClient, Client, Stream, StreamSettings
from crossbook.client.runtime import Runner
from tests.small_venue import until

pytest.importorskip("crossbook.cli.up", reason="there is no venue to start")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples"
START_S = 60.0
PROGRAM = "from crossbook.cli.main import main; main()"
QUICK = StreamSettings(first_wait_s=0.01, longest_wait_s=0.2)


class Up:
    """A venue in a process: started, killed, and started again with the same data."""

    def __init__(self, folder: Path, *words: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder, self._words = folder, words
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = ("up", "--port", str(self.port), "--data-dir", "data", *self._words)
        with (self._folder / "up.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *words], cwd=self._folder, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_S
        while True:
            try:
                httpx.get(f"{self.url}/api/health").raise_for_status()
            except httpx.HTTPError:
                said = (self._folder / "up.log").read_text()
                assert self._process.poll() is None, said
                assert time.monotonic() < deadline, said
                time.sleep(0.1)
            else:
                return

    def end(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(30)


@contextmanager
def up(folder: Path, *words: str) -> Iterator[Up]:
    venue = Up(folder, *words)
    try:
        venue.start()
        yield venue
    finally:
        venue.end(signal.SIGTERM)
        venue.end(signal.SIGKILL)


class Busy(Trader):
    """Place and take orders until it is told to rest."""

    def __init__(self) -> None:
        self.ctx: Context | None = None
        self.resting = False
        self.bought = 0
        self.fills: list[int] = []

    def on_start(self, ctx: Context) -> None:
        self.ctx = ctx
        ctx.timer("act", 0)

    def on_timer(self, ctx: Context, name: str) -> None:
        ctx.timer(name, 30_000_000)
        if self.resting:
            return
        price = ctx.last() or ctx.initial_price()
        if ctx.rng.chance(0.2):
            ctx.cancel_all()
        ctx.buy(1, price - ctx.rng.integer(0, 50))
        if ctx.position > 0:
            ctx.sell(1, price + ctx.rng.integer(-20, 50))

    def on_fill(self, ctx: Context, fill: Fill) -> None:
        self.fills.append(fill.side * fill.quantity)


def seen(ctx: Context) -> tuple[Any, ...]:
    mine = sorted((side, price or 0, left) for _, _, side, price, left in ctx.open_orders)
    return mine, ctx.position, ctx.cash


async def asked(client: AsyncClient) -> tuple[Any, ...]:
    portfolio, orders = await client.portfolio(), await client.orders(status="open", limit=1_000)
    mine = sorted(
        (1 if one.side == "buy" else -1, int((one.price or 0) * 100), int(one.quantity - one.filled_quantity))
        for one in orders
    )
    held = sum(int(one.quantity) for one in portfolio.holdings if one.ticker == "FUN")
    return mine, held, int((portfolio.cash + portfolio.escrowed_cash) * 100)


def test_a_trader_knows_after_a_kill_and_a_restart_what_the_venue_knows(tmp_path: Path) -> None:
    async def work() -> None:
        with up(tmp_path, "--no-bots") as venue:
            async with AsyncClient(venue.url) as client, AsyncClient(venue.url) as other:
                key = (await client.register(f"busy-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex)).api_key
                await other.register(f"other-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex)
                busy = Busy()
                runner = Runner(busy, Stream(venue.url, api_key=key, settings=QUICK), ["FUN"])
                await runner.start(30)
                assert busy.ctx is not None
                ctx = busy.ctx
                for _ in range(2):
                    await until(lambda: ctx.open_orders)
                    await asyncio.sleep(1)
                    await asyncio.to_thread(venue.end, signal.SIGKILL)
                    await asyncio.to_thread(venue.start)
                    await runner.stream.live(30)
                await until(lambda: ctx.open_orders)
                busy.resting = True
                await asyncio.sleep(1)
                truth = await asked(client)
                assert seen(ctx) == truth
                assert sum(busy.fills) == truth[1]
                assert runner.stream.counters.reconnects >= 2
                assert runner.stream.counters.gaps == 0
                await runner.stop()
                assert (await asked(client))[0] == []
                assert runner.failure is None

    asyncio.run(work())


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A venue with the house's bots."""
    with up(tmp_path_factory.mktemp("market")) as venue, Client(venue.url) as client:
        deadline = time.monotonic() + START_S
        while client.tickers()["FUN"].best_ask is None:
            assert time.monotonic() < deadline, "nobody makes a market"
            time.sleep(0.2)
        yield venue


def printed(*words: str | Path, **variables: str) -> str:
    done = subprocess.run(
        [str(word) for word in words],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_minimal_agent_trades_and_ends_by_itself(market: Up) -> None:
    out = printed(sys.executable, EXAMPLES / "simple_agent.py", market.url)

    assert "registered as simple-" in out
    assert "all together" in out


def test_every_request_of_the_shell_example_is_answered(market: Up) -> None:
    out = printed("sh", EXAMPLES / "curl.sh", market.url)

    assert out.count('"order_id"') > 2
    assert "ms_" not in out


def test_the_agent_of_a_language_model_lives_through_nonsense(market: Up) -> None:
    program, answers = EXAMPLES / "llm_agent.py", EXAMPLES / "llm_answers.json"
    words = (program, "--recorded", answers, "--pause", "0", "--url", market.url)

    out = printed(sys.executable, *words)

    assert "1: buy 2 FUN at 101.00" in out
    assert out.count("left out") == 6
    assert "5: cancelled" in out
    assert len(json.loads(answers.read_text())) == 5


def test_the_market_maker_of_the_lab_quotes_live_until_it_is_interrupted(market: Up, tmp_path: Path) -> None:
    with Client(market.url) as client:
        (tmp_path / "key").write_text(client.register("live-maker", uuid.uuid4().hex).api_key)
        words = ("bots", f"{EXAMPLES / 'market_maker.py'}:MarketMaker", "--api-key-file", "key")
        options = (f"--url={market.url}", "--symbols=FUN", "--parameter=quantity=2")
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, *words, *options], cwd=tmp_path)
        try:
            deadline = time.monotonic() + START_S
            while not client.orders(status="open"):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait()
        assert client.orders(status="open") == []
