"""`crossbook bots` as a process of its own against a venue on a real socket."""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer

from crossbook.cli.bots import bots
from crossbook.cli.bots_settings import parameters_from, read_file, read_text, trader_from
from crossbook.core import ConfigError, CrossbookError
from tests.small_venue import until, venue

PROGRAM = "import sys; from crossbook.cli.main import main; main(['bots', *sys.argv[1:]])"
TRADER = '''
from crossbook.agents import Trader


class Patient(Trader):
    """Place an order and wait."""

    def __init__(self, price: int = 9_000, fails: bool = False) -> None:
        if price < 1:
            raise ValueError("price must be at least 1")
        self.price, self.fails = price, fails

    def on_start(self, ctx):
        if self.fails:
            raise RuntimeError("on purpose")
        ctx.buy(1 + ctx.rng.integer(0, 5), self.price)

    def on_stop(self, ctx):
        print("stopped", flush=True)


class Knowing(Trader):
    """Bid what it thinks it is worth."""

    def on_start(self, ctx):
        ctx.buy(1, ctx.fit_price(1, ctx.fundamental() - 500))

    def on_news(self, ctx, symbol, text):
        ctx.buy(1, ctx.fit_price(1, ctx.fundamental() - 500))
'''


@contextmanager
def started(
    folder: Path, *words: str, told: str | None = None, **variables: str
) -> "Iterator[subprocess.Popen[str]]":
    """Start the command; whatever happens, its process does not outlive the test."""
    (folder / "patient.py").write_text(TRADER)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if told is not None:
        assert process.stdin is not None
        process.stdin.write(told)
        process.stdin.close()
        process.stdin = None
    try:
        with process:
            yield process
    finally:
        process.kill()


def refused(words: Sequence[str]) -> str:
    """Run a command in this process that must fail with a mistake of its user, and return what is said of it."""
    app = typer.Typer()
    app.command("bots")(bots)
    with pytest.raises(CrossbookError) as error:
        app(args=list(words), prog_name="crossbook bots", standalone_mode=False)
    return str(error.value)


async def ended(process: "subprocess.Popen[str]", number: signal.Signals) -> tuple[str, str, float]:
    began = time.monotonic()
    process.send_signal(number)
    out, error = await asyncio.to_thread(process.communicate, timeout=60)
    return out, error, time.monotonic() - began


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_traders_run_until_a_signal_and_leave_no_order(number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("key-a\n\nkey-b\n")

    async def work() -> None:
        async with venue() as small:
            words = ("--count=2", "--api-key-file=keys", f"--url={small.url}", "--symbols=FUN")
            with started(tmp_path, "patient:Patient?price=9100", *words) as process:
                await until(lambda: len(small.orders) == 2 or process.poll() is not None)
                assert {order.price for order in small.orders.values()} == {91.0}
                out, error, took_s = await ended(process, number)
            assert process.returncode == 0, error
            assert took_s < 5
            assert not small.orders
            assert out.count("stopped") == 2
            assert "patient-1" in out
            assert "key-a" not in out + error

    asyncio.run(work())


@pytest.mark.slow
def test_bots_come_through_standard_input_with_keys_and_an_oracle(tmp_path: Path) -> None:
    async def work() -> None:
        async with venue() as small:
            told = {
                "url": small.url,
                "seed": 3,
                "cash_step": "0.01",
                "oracle": {"volatility": 0.0, "memory_hours": 12.0},
                "bots": [
                    {
                        "name": "house-1",
                        "trader": "patient:Knowing",
                        "api_key": "key-a",
                        "tickers": ["FUN"],
                        "parameters": {},
                    }
                ],
            }
            text = json.dumps(told)
            with started(tmp_path, "--config", "-", told=text, PYTHONPATH=path(tmp_path)) as process:
                await until(lambda: len(small.orders) == 1 or process.poll() is not None)
                small.say("news", "news", {"text": "up", "ticker": "FUN", "impact": 0.02})
                await until(lambda: len(small.orders) == 2 or process.poll() is not None)
                assert [order.price for order in small.orders.values()] == [95.0, 97.0]
                _, error, _ = await ended(process, signal.SIGTERM)
            assert process.returncode == 0, error
            assert not small.orders

    asyncio.run(work())


def path(folder: Path) -> str:
    return os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])


@pytest.mark.slow
def test_a_trader_that_fails_is_told_with_its_traceback_and_ends_the_command_when_it_was_the_last(
    tmp_path: Path,
) -> None:
    async def work() -> None:
        async with venue() as small:
            words = ("patient:Patient", "--parameter=fails=true", f"--url={small.url}", "--symbols=FUN")
            with started(tmp_path, *words, CROSSBOOK_API_KEY="key-a") as process:
                out, error = await asyncio.to_thread(process.communicate, timeout=60)
            assert process.returncode == 1
            assert "RuntimeError: on purpose" in error
            assert "RuntimeError" in out

    asyncio.run(work())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a trader as module:Class"),
        (("patient:Patent", "--url=http://127.0.0.1:1"), "did you mean Patient?"),
        (("patient:Patient?price=0",), "price must be at least 1"),
        (("patient:Patient?size=1",), "it takes price, fails"),
        (("patient:Patient", "--parameter=9=1"), '"name=value"'),
        (("patient:Patient", "--url=ftp://x"), "looks like http://localhost:8000"),
        (("patient:Patient", "--config=x.yaml"), "stands in the file"),
        (("--config=none.yaml",), "none.yaml"),
        (("--config=-",), "standard input"),
    ],
)
def test_a_mistake_is_one_line(
    words: Sequence[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "patient.py").write_text(TRADER)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO("{"))

    told = refused(words)

    assert said in told
    assert "\n" not in told


def test_a_file_of_bots_is_read_like_a_run_file(tmp_path: Path) -> None:
    file = tmp_path / "bots.yaml"
    file.write_text("bots: [{name: a, trader: 'm:C', api_key: ms_1, tickers: [FUN], parameters: {x: 1}}]\n")

    read = read_file(file)

    assert read.bots[0].parameters == {"x": 1}
    assert "ms_1" not in repr(read)


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"bots":[]}', '{"bots":[{"name":"a","trader":"m:C","api_key":5,"secret":"hush"}]}', "hush"],
)
def test_what_is_wrong_with_standard_input_is_told_without_what_was_read(text: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_text(text)
    assert "hush" not in str(error.value)
    assert "\n" not in str(error.value)


def test_parameters_are_values_as_yaml_reads_them() -> None:
    assert parameters_from(["a=1", "b=x", "c=[1, 2]", "d=true", "e=0.5"]) == {
        "a": 1,
        "b": "x",
        "c": [1, 2],
        "d": True,
        "e": 0.5,
    }
    assert trader_from("m:C?a=1&b=x") == ("m:C", {"a": 1, "b": "x"})
    assert trader_from("m:C") == ("m:C", {})
