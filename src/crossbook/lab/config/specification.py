"""From a run file to the kernel's specification: names become numbers, prices ticks, files their contents."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from crossbook.agents import Trader, find, interests_of
from crossbook.core import ConfigError, Step, UsageError
from crossbook.lab.config.groups import AnyGroup, Jitter, Latency, Leg, PythonGroup
from crossbook.lab.config.model import Given, Market, RunFile, Venue
from crossbook.lab.config.recordings import Flow, existing_file, flow_of
from crossbook.lab.config.steering import Steering, Writer
from crossbook.lab.config.units import clock
from crossbook.settings.wording import guidance

_MAX_PRICE_TIMES: Final = 100


@dataclass(frozen=True, slots=True)
class Specification:
    """What a simulation is made from."""

    kernel: dict[str, Any]
    """The kernel's specification, as plain data; the seed is in it."""
    traders: dict[str, type[Trader]]
    """Classes of the groups that are written in Python."""
    files: list[Path]
    """Files that were read for it, those of recorded flow left out."""
    flows: dict[int, Flow]
    """Recorded flow, by the number of the market."""
    writer: Writer
    """Writes what is done to the simulation while it runs."""

    def text(self, seed: int) -> str:
        """Return it as JSON, for a seed."""
        return json.dumps({**self.kernel, "seed": seed})


def specify(run: RunFile, folder: Path) -> Specification:
    """Return the specification of a run file.

    Args:
        run: The run file as read.
        folder: The folder that file names in it start from, and that traders' modules are looked for in first.

    Raises:
        ConfigError: Parts of the file contradict each other, or a file that it names cannot be used.
    """
    return _Writer(run, folder).specification()


class _Writer:
    def __init__(self, run: RunFile, folder: Path) -> None:
        self.run = run
        self.folder = folder
        self.files: list[Path] = []
        self.flows: dict[int, Flow] = {}
        self.traders: dict[str, type[Trader]] = {}
        self.symbols = list(run.markets)
        self.listed = [
            (venue_name, symbol)
            for venue_name, venue in run.venues.items()
            for symbol in self._symbols_of(venue_name, venue)
        ]

    def specification(self) -> Specification:
        run, day = self.run, self.run.day
        stand_ins = [self._recorded(name) for name in run.recorded]
        first = day.open if day.pre_open is None else day.pre_open
        start = first if day.start is None else day.start
        end = day.close if day.end is None else day.end
        auction = day.close if day.closing_auction is None else day.closing_auction
        if not start <= first <= day.open < auction <= day.close <= end:
            raise ConfigError("day: start, pre_open, open, closing_auction, close and end are not in order")
        for number, news in enumerate(run.news):
            if not start <= news.time < end:
                raise ConfigError(
                    f"news.{number}.time: must be within the day, from its start to before its end"
                )
        symbols = [
            {"symbol": symbol, "fundamental": self._fundamental(symbol, market)}
            for symbol, market in run.markets.items()
        ]
        session = {
            "pre_open_ns": day.pre_open,
            "open_ns": day.open,
            "closing_auction_ns": day.closing_auction,
            "close_ns": day.close,
        }
        samples = run.record.samples
        kernel = {
            "seed": run.seed,
            "start_ns": start,
            "end_ns": end,
            "symbols": symbols,
            "correlation": run.correlation,
            "fundamental_step_ns": run.fundamental_step_ns,
            "news": [
                {
                    "time_ns": news.time,
                    "symbol": self.symbol(news.symbol, f"news.{number}.symbol"),
                    "jump": news.jump_ticks,
                    "text": news.text,
                }
                for number, news in enumerate(run.news)
            ],
            "random_news": [
                {
                    "symbol": self.symbol(news.symbol, f"random_news.{number}.symbol"),
                    "interval_ns": news.interval_ns,
                    "deviation": news.deviation_ticks,
                }
                for number, news in enumerate(run.random_news)
            ],
            "venues": [self._venue(name, venue, session) for name, venue in run.venues.items()],
            "groups": [
                *stand_ins,
                *(
                    self.group(name, group, f"agents.{name}")
                    for name, group in run.agents.items()
                    if group.count
                ),
            ],
            "record": {
                "orders": run.record.orders,
                "quotes": run.record.book,
                "sample_ns": (end - start) // samples if samples else 0,
            },
        }
        if not kernel["groups"]:
            raise ConfigError("agents: there is nobody; a run needs at least one agent")
        self._check_interventions(start, end)
        return Specification(kernel, self.traders, self.files, self.flows, self)

    def _check_interventions(self, start: int, end: int) -> None:
        """Look whether the file's interventions can be made."""
        steering = Steering({name: group for name, group in self.run.agents.items() if group.count}, self)
        before = start
        for number, what in enumerate(self.run.interventions):
            place = f"interventions.{number}"
            if not before <= what.time < end:
                raise ConfigError(f"{place}.time: must be within the day, and not before the one above it")
            before = what.time
            steering.made(what, steering.plan(what, place))

    def _recorded(self, name: str) -> dict[str, Any]:
        """Read a recording, and return the group that stands for everybody in it."""
        place = f"recorded.{name}"
        numbers = self._numbers([name], place)
        if len(numbers) != 1:
            raise ConfigError(f"{place}: names several markets: write VENUE:{name}")
        market = self.run.markets[self.listed[numbers[0]][1]]
        try:
            flow = flow_of(self.run.recorded[name], self.folder, market.price_step, place)
        except UsageError as error:
            raise ConfigError(f"{place}: {error}") from error
        self.flows[numbers[0]] = flow
        group = f"recorded {name}"
        return {
            "name": group,
            "count": flow.stand_ins,
            "markets": numbers,
            "cash": 0,
            "agent": {"kind": "recorded"},
        }

    def _symbols_of(self, name: str, venue: Venue) -> list[str]:
        listed = list(self.run.markets) if venue.symbols is None else venue.symbols
        place = f"venues.{name}.symbols"
        for symbol in listed:
            self.symbol(symbol, place)
        if len(set(listed)) < len(listed):
            raise ConfigError(f"{place}: a symbol stands twice")
        if not listed:
            raise ConfigError(f"{place}: a venue needs a symbol to trade")
        return listed

    def symbol(self, symbol: str, place: str) -> int:
        """Return the number of a symbol."""
        if symbol not in self.symbols:
            raise ConfigError(f'{place}: there is no market "{symbol}"{guidance(symbol, self.symbols)}')
        return self.symbols.index(symbol)

    def _ticks(self, price: str, market: Market, place: str) -> int:
        try:
            return Step(market.price_step).parse(price)
        except UsageError as error:
            raise ConfigError(f"{place}: {error}") from None

    def _fundamental(self, symbol: str, market: Market) -> dict[str, Any]:
        place = f"markets.{symbol}"
        initial = float(self._ticks(market.initial_price, market, f"{place}.initial_price"))
        if isinstance(market.fundamental, Given):
            return self._given(market.fundamental, market, f"{place}.fundamental.file")
        plain = market.fundamental.model_dump(mode="json")
        for key in ("value", "mean", "start"):
            if key in plain and plain[key] is None:
                plain[key] = plain.get("mean", initial) if key == "start" else initial
        return plain

    def _given(self, given: Given, market: Market, place: str) -> dict[str, Any]:
        path = self._file(given.file, place)
        try:
            frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
            times = [clock(time) for time in frame["time"].to_list()]
            step = float(market.price_step)
            values = [float(value) / step for value in frame["value"].to_list()]
        except (pl.exceptions.PolarsError, ValueError, TypeError, OSError) as error:
            raise ConfigError(f"{place}: {path}: {error}") from None
        return {"kind": "given", "times": times, "values": values}

    def _file(self, name: str, place: str) -> Path:
        path = existing_file(self.folder, name, place)
        self.files.append(path)
        return path

    def _venue(self, name: str, venue: Venue, session: Mapping[str, Any]) -> dict[str, Any]:
        markets = []
        for symbol in self._symbols_of(name, venue):
            market = self.run.markets[symbol]
            place = f"markets.{symbol}"
            initial = self._ticks(market.initial_price, market, f"{place}.initial_price")
            low, high = market.min_price, market.max_price
            maker, taker = venue.maker_fee_ppm, venue.taker_fee_ppm
            flow = self.flows.get(self.listed.index((name, symbol)))
            lowest = 1 if flow is None else max(1, flow.lowest // 2)
            highest = max(initial, 1) * _MAX_PRICE_TIMES if flow is None else flow.highest * 2
            lowest = lowest if low is None else self._ticks(low, market, f"{place}.min_price")
            highest = highest if high is None else self._ticks(high, market, f"{place}.max_price")
            if not lowest <= initial <= highest:
                raise ConfigError(
                    f"{place}.initial_price: must be from {lowest} to {highest} ticks,"
                    f" the lowest and the highest price, not {initial}"
                )
            maker = market.maker_fee_ppm if maker is None else maker
            taker = market.taker_fee_ppm if taker is None else taker
            if maker + taker < 0:
                raise ConfigError(
                    f"{place}: a rebate is paid from the other side's fee: {maker} and {taker} ppm are below zero together"
                )
            markets.append(
                {
                    "symbol": self.symbols.index(symbol),
                    "initial_price": initial,
                    "price_step": market.tick_multiple,
                    "lot_step": market.lot_step,
                    "min_price": lowest,
                    "max_price": highest,
                    "multiplier": market.multiplier,
                    "maker_fee_ppm": maker,
                    "taker_fee_ppm": taker,
                    "protection_ppm": market.protection_ppm,
                    "breaker_ppm": market.breaker_ppm,
                    "session": session,
                }
            )
        return {
            "name": name,
            "model": venue.accounts,
            "position_lots": venue.position_lots,
            "markets": markets,
        }

    def group(self, name: str, group: AnyGroup, place: str) -> dict[str, Any]:
        """Return a group as the kernel reads it."""
        if isinstance(group, PythonGroup):
            try:
                trader = find(group.kind, beside=self.folder)
            except ConfigError as error:
                raise ConfigError(f"{place}.kind: {error}") from error
            self.traders[name] = trader
            agent: dict[str, Any] = {"kind": "foreign", "interests": interests_of(trader)}
        else:
            agent = {"kind": group.kind, **group.params.model_dump(mode="json", exclude_none=True)}
        markets = self._markets(group, f"{place}.markets")
        if group.kind == "value" and "mean" not in agent:
            symbol = self.listed[markets[0]][1]
            market = self.run.markets[symbol]
            agent["mean"] = float(
                self._ticks(market.initial_price, market, f"markets.{symbol}.initial_price")
            )
        return {
            "name": name,
            "count": group.count,
            "markets": markets,
            "cash": group.cash,
            "lots": group.lots,
            "latency": self._latency(group.latency, f"{place}.latency"),
            "agent": agent,
        }

    def _markets(self, group: AnyGroup, place: str) -> list[int]:
        if group.markets is None:
            return list(range(len(self.listed)))
        numbers = self._numbers(group.markets, place)
        if len(set(numbers)) < len(numbers):
            raise ConfigError(f"{place}: a market stands twice")
        if not numbers:
            raise ConfigError(f"{place}: agents need a market to trade in")
        return numbers

    def _numbers(self, names: list[str], place: str) -> list[int]:
        known = [
            symbol if len(self.run.venues) == 1 else f"{venue}:{symbol}" for venue, symbol in self.listed
        ]
        chosen = []
        for wanted in names:
            found = [
                number
                for number, (venue, symbol) in enumerate(self.listed)
                if wanted in (symbol, f"{venue}:{symbol}")
            ]
            if not found:
                raise ConfigError(f'{place}: there is no market "{wanted}"{guidance(wanted, known)}')
            chosen += found
        return chosen

    def _latency(self, latency: str | Latency | None, place: str) -> dict[str, Any]:
        if latency is None:
            return {}
        if isinstance(latency, str):
            named = self.run.latencies.get(latency)
            if named is None:
                known = list(self.run.latencies)
                raise ConfigError(f'{place}: there is no latency "{latency}"{guidance(latency, known)}')
            latency = named
        return {
            "feed": self._leg(latency.feed, place),
            "entry": self._leg(latency.entry, place),
            "response": self._leg(latency.response, place),
            "line_metres": latency.line_metres,
            "compute_ns": latency.compute,
        }

    def _leg(self, leg: Leg, place: str) -> dict[str, Any]:
        return {"constant_ns": leg.constant, "jitter": self._jitter(leg.jitter, place)}

    def _jitter(self, jitter: Jitter | None, place: str) -> Any:
        given = {} if jitter is None else jitter.model_dump(mode="json", exclude_none=True)
        if not given:
            return "none"
        if len(given) > 1:
            raise ConfigError(f"{place}: a jitter is one of {', '.join(given)}, not several")
        if "file" not in given:
            return given
        path = self._file(given["file"], place)
        try:
            return {"measured": [int(line) for line in path.read_text(encoding="utf-8").split()]}
        except ValueError as error:
            raise ConfigError(f"{place}: {path}: {error}") from None
