"""The stream for a program with threads, such as a Dash server: read in a thread of its own, looked at from any other.

What is kept is bounded, whatever the simulation does and however many look. History from before we came, or from while
we were away, is fetched over HTTP and put before what the stream tells.
"""

import asyncio
import json
import logging
import random
import threading
import urllib.parse
import urllib.request
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

CHANNELS: Final = ("simulation", "market_data", "trade", "orderbook", "agent_configs", "agent_stats", "news")
CANDLES_MAX: Final = 300
TRADES_MAX: Final = 200
PROFITS_MAX: Final = 600
"""Moments of which everybody's profit is kept: one comes each second."""
NEWS_MAX: Final = 20
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0
ANSWER_S: Final = 10.0
MESSAGE_BYTES_MAX: Final = 1 << 24

Message = dict[str, Any]
Candle = tuple[float, float, float, float, float]
"""Open, high, low, close and volume: floats are for what is drawn."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Market:
    """What is known of one market."""

    prices: Message | None = None
    book: Message | None = None
    trades: deque[Message] = field(default_factory=lambda: deque(maxlen=TRADES_MAX))
    candles: dict[str, dict[int, Candle]] = field(default_factory=dict)
    """By frame and the millisecond in which they begin."""


@dataclass(slots=True)
class Known:
    """All that is known of a simulation."""

    simulation: Message | None = None
    markets: dict[str, Market] = field(default_factory=dict)
    agents: list[Message] = field(default_factory=list)
    configs: list[Message] = field(default_factory=list)
    profits: deque[tuple[int, dict[str, float]]] = field(default_factory=lambda: deque(maxlen=PROFITS_MAX))
    """Simulated microseconds, and the profit of each by its name."""
    news: deque[Message] = field(default_factory=lambda: deque(maxlen=NEWS_MAX))


class Feed:
    """Reads a stream until the program ends.

    Args:
        url: Of the stream.
        token: To steer with, if any.
        frame: Of the candles to begin with; others are followed from when somebody first wants them.
    """

    def __init__(self, url: str, token: str | None, frame: str) -> None:
        self.connection = "connecting"
        self._lock: Final = threading.Lock()
        """Whoever looks at what is known holds it, and copies what he takes away."""
        self._known = Known()
        self._outdated = True
        self._url: Final = url.rstrip("/")
        self._token: Final = token
        self._frames = {frame}
        self._stream: ClientConnection | None = None
        self._answers: dict[int, asyncio.Future[Message]] = {}
        self._asked = 0
        self._fetching: set[asyncio.Task[None]] = set()
        self._loop: Final = asyncio.new_event_loop()
        self._thread: Final = threading.Thread(target=self._read_for_ever, name="stream", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    # What other threads call

    def simulation(self) -> Message | None:
        """Return the newest `simulation` message, if there was any."""
        with self._lock:
            return self._known.simulation

    def symbols(self) -> list[str]:
        """Return which markets there are."""
        return [one["symbol"] for one in (self.simulation() or {}).get("symbols", ())]

    def look(self, symbol: str | None, frame: str) -> tuple[Message | None, Market, Known]:
        """Return the steps of a market, what is known of it, and what is known of the agents; no steps where there is none.

        Of candles there are those of one frame.
        """
        with self._lock:
            known = self._known
            facts = [one for one in (known.simulation or {}).get("symbols", ()) if one["symbol"] == symbol]
            market = known.markets.get(symbol or "", Market())
            candles = {frame: dict(market.candles.get(frame, {}))}
            return (
                facts[0] if facts else None,
                Market(market.prices, market.book, market.trades.copy(), candles),
                Known(
                    known.simulation, {}, known.agents, known.configs, known.profits.copy(), known.news.copy()
                ),
            )

    def want(self, frame: str) -> None:
        """Follow the candles of a frame from now on."""
        if frame not in self._frames:
            self._loop.call_soon_threadsafe(self._want, frame)

    def steer(self, action: str, value: Any = None) -> str:
        """Ask for something, wait for the answer, and return it as words."""
        message = {"type": "control", "action": action} | ({} if value is None else {"value": value})
        try:
            answer = asyncio.run_coroutine_threadsafe(self._ask(message), self._loop).result(ANSWER_S)
        except (TimeoutError, OSError, WebSocketException) as error:
            return f"{action}: {str(error) or 'no answer came'}"
        return f"{action}: {'done' if answer['success'] else answer['error']}"

    # What happens in the thread

    def _read_for_ever(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._keep_reading())

    async def _keep_reading(self) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            try:
                async with connect(f"{self._url}/?channels=", max_size=MESSAGE_BYTES_MAX) as stream:
                    self._stream = stream
                    await self._begin()
                    async for text in stream:
                        wait_s = FIRST_WAIT_S
                        self._take(json.loads(text))
            except (OSError, WebSocketException) as error:
                logger.warning("%s", error)
            self._stream = None
            self.connection = "connection lost"
            await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    async def _begin(self) -> None:
        """Ask for everything that is wanted: what we knew may be outdated, so it is fetched anew."""
        self.connection = "connected"
        self._outdated = True
        if self._token is not None:
            await self._send({"type": "auth", "token": self._token})
        await self._subscribe()

    async def _subscribe(self) -> None:
        await self._send(
            {"type": "subscribe", "channels": [*CHANNELS, *(f"kline:{one}" for one in self._frames)]}
        )

    async def _send(self, message: Message) -> None:
        if self._stream is None:
            raise ConnectionError("there is no connection")
        await self._stream.send(json.dumps(message))

    async def _ask(self, message: Message) -> Message:
        """Send a message, and return its answer, which has the same `id`."""
        self._asked += 1
        number = self._asked
        answer = self._answers[number] = self._loop.create_future()
        try:
            await self._send({**message, "id": number})
            return await asyncio.wait_for(answer, ANSWER_S)
        finally:
            del self._answers[number]

    def _want(self, frame: str) -> None:
        self._frames.add(frame)
        self._later(self._follow(frame))

    async def _follow(self, frame: str) -> None:
        if self._stream is None:
            return
        # First the stream and then the past: the other way round what happens between the two would be missing.
        await self._subscribe()
        with self._lock:
            symbols = list(self._known.markets)
        for symbol in symbols:
            await self._fetch_candles(symbol, frame)

    def _later(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._fetching.add(task)
        task.add_done_callback(self._fetched)

    def _fetched(self, task: asyncio.Task[None]) -> None:
        self._fetching.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.warning("the past cannot be had: %s", error)

    def _take(self, message: Message) -> None:
        """Take a message of the stream."""
        answer = self._answers.get(message.get("id", 0))
        if answer is not None and not answer.done():
            answer.set_result(message)
            return
        with self._lock:
            self._learn(message)

    def _learn(self, message: Message) -> None:  # noqa: C901 - a branch for each kind
        known = self._known
        match message["type"]:
            case "simulation":
                if self._outdated or message.get("run") != (known.simulation or {}).get("run"):
                    self._start_over(message)
                self._known.simulation = message
            case "market_data":
                self._market(message["symbol"]).prices = message
            case "orderbook":
                self._market(message["symbol"]).book = message
            case "trade":
                self._market(message["symbol"]).trades.append(message)
            case "kline":
                k = message["k"]
                self._keep_candle(k["s"], k["i"], k["t"], (k["o"], k["h"], k["l"], k["c"], k["v"]))
            case "agent_configs":
                known.configs = message["configs"]
            case "agent_stats":
                known.agents = message["agents"]
                profits = {agent["agent_id"]: agent["pnl"] for agent in message["agents"]}
                if not known.profits or known.profits[-1][0] != message["timestamp"]:
                    known.profits.append((message["timestamp"], profits))
            case "news":
                known.news.append(message)
            case "goodbye" | "error":
                logger.warning("%s", message.get("detail") or message.get("error"))
            case "auth_response" if not message["success"]:
                logger.warning("steering: %s", message["error"])

    def _start_over(self, simulation: Message) -> None:
        """Forget another simulation, or what has holes since we were away, and fetch the past of this one."""
        before, self._known = self._known, Known(simulation=simulation)
        self._outdated = False
        if before.simulation is not None and before.simulation.get("run") == simulation.get("run"):
            # Nobody else has kept these.
            self._known.profits = before.profits
        for symbol in (one["symbol"] for one in simulation.get("symbols", ())):
            self._market(symbol)
            self._later(self._fetch_trades(symbol))
            for frame in self._frames:
                self._later(self._fetch_candles(symbol, frame))

    def _market(self, symbol: str) -> Market:
        return self._known.markets.setdefault(symbol, Market())

    def _keep_candle(self, symbol: str, frame: str, begins_ms: int, figures: tuple[str, ...]) -> None:
        candles = self._market(symbol).candles.setdefault(frame, {})
        o, h, low, c, volume = (float(figure) for figure in figures)
        candles[begins_ms] = (o, h, low, c, volume)
        while len(candles) > CANDLES_MAX:
            del candles[min(candles)]

    # The past, over HTTP

    async def _get(self, route: str, **query: str | int) -> Any:
        server = urllib.parse.urlsplit(self._url)
        scheme = {"ws": "http", "wss": "https"}[server.scheme]
        url = f"{scheme}://{server.netloc}/api/lab/{route}?{urllib.parse.urlencode(query)}"

        def get() -> Any:
            with urllib.request.urlopen(url, timeout=ANSWER_S) as answer:  # noqa: S310 - the scheme is one of two
                return json.load(answer)

        return await asyncio.to_thread(get)

    async def _fetch_candles(self, symbol: str, frame: str) -> None:
        rows = await self._get("klines", symbol=symbol, interval=frame, limit=CANDLES_MAX)
        with self._lock:
            there = self._market(symbol).candles.setdefault(frame, {})
            for begins_ms, o, h, low, c, volume, *_ in rows:
                # What the stream told meanwhile is as new or newer.
                if begins_ms not in there:
                    self._keep_candle(symbol, frame, begins_ms, (o, h, low, c, volume))

    async def _fetch_trades(self, symbol: str) -> None:
        past = (await self._get("trades", symbol=symbol, limit=TRADES_MAX))["trades"]
        with self._lock:
            market = self._market(symbol)
            every = {trade["trade_id"]: trade for trade in (*past, *market.trades)}
            market.trades.clear()
            market.trades.extend(every[number] for number in sorted(every))
