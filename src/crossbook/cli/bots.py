"""`crossbook bots`: traders of the lab on a live venue, each with an account and a connection of its own."""

import asyncio
import logging
import os
import secrets
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table
from rich.text import Text

from crossbook.agents import Trader, find, make
from crossbook.agents.live import Oracle
from crossbook.cli.bots_settings import (
    INPUT_BYTES_MAX,
    KEY_VARIABLE,
    BotsFile,
    OracleFile,
    key_of,
    parameters_from,
    read_file,
    read_text,
    secret_lines,
    trader_from,
)
from crossbook.cli.places import table_console
from crossbook.client import DEFAULT_URL, AsyncClient, Refused
from crossbook.client.runtime import Fleet, News, Runner
from crossbook.core import ConfigError, UsageError

if sys.platform != "win32":
    import uvloop

REACH_S: Final = 10.0
"""How long the venue is looked for at the start."""
EXIT_FAILURE: Final = 1


@dataclass(slots=True)
class Entrant:
    """A trader that is to run, and its account."""

    name: str
    trader: Trader
    tickers: tuple[str, ...]
    api_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)


def bots(  # noqa: PLR0913 - each is an option
    *,
    traders: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TRADER]...", help="Each as `module:Class` or `module:Class?name=value&…`."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="A file of bots; `-` reads JSON from standard input.")
    ] = None,
    url: Annotated[str, typer.Option(help="The address of the venue.")] = DEFAULT_URL,
    symbols: Annotated[
        str, typer.Option(help="The markets, parted by commas; all of the venue's when left out.")
    ] = "",
    register: Annotated[
        str | None, typer.Option(metavar="NAME", help="Make a user of this name for each trader.")
    ] = None,
    username: Annotated[str | None, typer.Option(help="Sign in as this user.")] = None,
    password_file: Annotated[Path | None, typer.Option(help="A file with the password.")] = None,
    api_key_file: Annotated[
        Path | None, typer.Option(help="A file with an API key on a line for each trader.")
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A parameter of every trader.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the traders' random numbers.", min=0)] = 1,
    count: Annotated[int, typer.Option(help="How many of each trader.", min=1, max=1_000)] = 1,
) -> None:
    """Run traders on a live venue until they are interrupted; then their orders are cancelled.

    Accounts: `--register`, `--username` with `--password-file`, `--api-key-file`, or the variable CROSSBOOK_API_KEY.

    Example: `crossbook bots examples/market_maker.py:MarketMaker --register maker --symbols FUN`
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if config is not None:
        if traders or register or username or api_key_file:
            raise UsageError("with --config everything about the bots stands in the file")
        plan = _Plan.of_file(_read(config), None if str(config) == "-" else config.parent)
    else:
        if not traders:
            raise UsageError("name a trader as module:Class, or a file of bots by --config")
        named = [trader_from(word) for word in traders for _ in range(count)]
        extra = parameters_from(parameter or [])
        entrants = _entrants([(name, extra | own) for name, own in named], symbols)
        accounts = _Accounts(register, username, password_file, api_key_file)
        plan = _Plan(url, seed, "0.01", None, entrants, accounts)
    status = _run(plan)
    if status:
        raise typer.Exit(status)


def _run(plan: "_Plan") -> int:
    """Run a plan on the quicker event loop, where there is one."""
    if sys.platform == "win32":
        return asyncio.run(plan.run())
    return uvloop.run(plan.run())


def _read(config: Path) -> BotsFile:
    if str(config) != "-":
        return read_file(config)
    text = sys.stdin.read(INPUT_BYTES_MAX + 1)
    if len(text) > INPUT_BYTES_MAX:
        raise ConfigError(f"standard input: more than {INPUT_BYTES_MAX} characters")
    return read_text(text)


def _entrants(named: list[tuple[str, dict[str, Any]]], symbols: str) -> list[Entrant]:
    """Make the traders that the words of the command name."""
    tickers = tuple(symbol.strip() for symbol in symbols.split(",") if symbol.strip())
    found: list[Entrant] = []
    for name, parameters in named:
        kind = find(name, beside=Path.cwd())
        label = kind.__name__.lower()
        number = sum(entrant.name.rpartition("-")[0] == label for entrant in found) + 1
        found.append(Entrant(f"{label}-{number}", make(kind, parameters), tickers))
    return found


@dataclass(frozen=True, slots=True)
class _Accounts:
    """Where the accounts of the traders come from."""

    register: str | None = None
    username: str | None = None
    password_file: Path | None = None
    api_key_file: Path | None = None

    async def give(self, client: AsyncClient, entrants: list[Entrant]) -> None:
        """Give each trader an account.

        Raises:
            ConfigError: There are not enough of them, or a name is taken.
            Refused: The venue does not let one in.
        """
        password = secret_lines(self.password_file)[0] if self.password_file else None
        if self.register is not None:
            for number, entrant in enumerate(entrants, start=1):
                name = self.register if len(entrants) == 1 else f"{self.register}-{number}"
                await _register(client, entrant, name, password)
            return
        if self.username is not None:
            if password is None:
                raise UsageError("--username needs --password-file")
            _enough(1, entrants, "--username")
            entrants[0].token = (await client.login(self.username, password)).jwt_token
            return
        if self.api_key_file is not None:
            keys = secret_lines(self.api_key_file)
            _enough(len(keys), entrants, str(self.api_key_file))
        else:
            key = os.environ.get(KEY_VARIABLE)
            if not key:
                raise UsageError(
                    f"the traders need accounts: --register, --username, --api-key-file or {KEY_VARIABLE}"
                )
            keys = [key]
            _enough(1, entrants, KEY_VARIABLE)
        for entrant, key in zip(entrants, keys, strict=False):
            entrant.api_key = key


def _enough(accounts: int, entrants: list[Entrant], source: str) -> None:
    if accounts < len(entrants):
        raise ConfigError(f"{source} gives {accounts} of the {len(entrants)} accounts that are needed")


async def _register(client: AsyncClient, entrant: Entrant, name: str, password: str | None) -> None:
    """Make a user; one that is there already signs in, where his password is known."""
    try:
        entrant.api_key = (await client.register(name, password or secrets.token_urlsafe(24))).api_key
    except Refused as error:
        if error.status != 409:
            raise
        if password is None:
            raise ConfigError(
                f"the name {name} is taken: choose another, or give its password by --password-file"
            ) from None
        entrant.token = (await client.login(name, password)).jwt_token


@dataclass(slots=True)
class _Plan:
    """Everything that is to run."""

    url: str
    seed: int
    cash_step: str
    oracle: OracleFile | None
    entrants: list[Entrant]
    accounts: _Accounts | None = None

    @classmethod
    def of_file(cls, file: BotsFile, beside: Path | None) -> "_Plan":
        """Make the traders of a file."""
        entrants = [
            Entrant(
                bot.name,
                make(find(bot.trader, beside=beside), bot.parameters),
                bot.tickers,
                api_key=key_of(bot, beside),
            )
            for bot in file.bots
        ]
        return cls(file.url, file.seed, format(file.cash_step, "f"), file.oracle, entrants)

    async def run(self) -> int:
        """Run until a signal comes or nobody is left; return the exit status."""
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        async with AsyncClient(self.url, patience_s=REACH_S) as client:
            tickers = await client.tickers()
            if self.accounts is not None:
                await self.accounts.give(client, self.entrants)
        fleet = Fleet(self.url, cash_step=self.cash_step)
        oracle = _Fundamental(fleet, self.oracle, self.seed) if self.oracle is not None else None
        for entrant in self.entrants:
            fleet.add(
                entrant.trader,
                entrant.tickers or tuple(tickers),
                name=entrant.name,
                api_key=entrant.api_key,
                token=entrant.token,
                seed=self.seed,
                oracle=oracle,
            )
        console = table_console()
        console.print(f"{len(self.entrants)} traders on {self.url}; an interrupt ends them", markup=False)
        await fleet.run(stop, REACH_S)
        console.print(_summary(fleet.runners))
        return 0 if stop.is_set() else EXIT_FAILURE


class _Fundamental:
    """What the bots of the house know: the value of each instrument in ticks, moved by the venue's news."""

    def __init__(self, fleet: Fleet, settings: OracleFile, seed: int) -> None:
        self._markets = fleet.feed.markets
        self._oracle = Oracle(
            {},
            seed=seed,
            start_ns=time.time_ns(),
            volatility=settings.volatility,
            memory_hours=settings.memory_hours,
        )
        fleet.feed.oracle = self._hear

    def __call__(self, symbol: str) -> float:
        """Return a value; an instrument begins where its market stands when it is first asked for."""
        now_ns = time.time_ns()
        if symbol not in self._oracle.tickers:
            market = self._markets[symbol]
            price = market.last.price if market.last.price is not None else market.initial_price
            self._oracle.begin(symbol, float(price), now_ns)
        return self._oracle.value(symbol, now_ns)

    def _hear(self, news: News) -> None:
        if news.ticker is not None and news.impact is not None and news.ticker in self._markets:
            self(news.ticker)
            self._oracle.news(news.ticker, news.impact, time.time_ns())


def _summary(runners: list[Runner]) -> Table:
    """Return what became of the traders."""
    table = Table(box=None, pad_edge=False)
    table.add_column("Trader")
    for name in ("Cash", "Equity", "Positions"):
        table.add_column(name, justify="right")
    table.add_column("Ended by")
    for runner in runners:
        failure = runner.failure
        why = "" if failure is None else f"{type(failure).__name__}: {failure}"
        if runner.context is None:
            table.add_row(Text(runner.name), "", "", "", Text(why))
            continue
        cash, equity = runner.in_currency(runner.context.cash), runner.in_currency(runner.context.equity)
        held = ", ".join(f"{symbol} {lots:,}" for symbol, lots in runner.context.positions.items())
        table.add_row(Text(runner.name), f"{cash:,}", f"{equity:,}", held, Text(why))
    return table
