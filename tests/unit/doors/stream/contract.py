"""What must hold of all that a stream tells, whatever was done: computed anew from its trades, one by one.

The page of the stream, docs/reference/stream.md, says it in words.
"""

import json
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from crossbook.lab.live.candles import FRAMES, end_of, start_of

DAY_MINUTES = 1_440
BASES = {"simulation", "market_data", "trade", "orderbook", "kline", "agent_configs", "agent_stats", "news"}
STATES = {"idle", "running", "paused", "ending", "ended", "failed"}
Message = dict[str, Any]


def channel_of(message: Message) -> str:
    return f"kline:{message['k']['i']}" if message["type"] == "kline" else str(message["type"])


class Candle:
    """The trades of a span."""

    def __init__(self, trade: Message) -> None:
        self.first = self.last = trade["trade_id"]
        self.prices: list[Decimal] = []
        self.v = self.q = self.bought = self.bought_worth = Decimal(0)
        self.closed = False

    def add(self, trade: Message) -> None:
        price, size = Decimal(trade["price"]), Decimal(trade["size"])
        self.last = trade["trade_id"]
        self.prices.append(price)
        self.v += size
        self.q += price * size
        if trade["side"] == "buy":
            self.bought += size
            self.bought_worth += price * size

    def told(self) -> tuple[Any, ...]:
        prices = self.prices
        return (
            self.first,
            self.last,
            *(prices[0], prices[-1], max(prices), min(prices)),
            *(self.v, len(prices), self.q, self.bought, self.bought_worth),
        )


class Contract:
    """Hears all messages in their order and sees that each is right.

    Args:
        frames: The candles that are looked at.
        whole: Whether it heard everything from the first message on.
    """

    def __init__(self, frames: tuple[str, ...] = FRAMES, *, whole: bool = True) -> None:
        self._frames = frames
        self._whole = whole
        self.counts: Counter[str] = Counter()
        """The newest number of each channel."""
        self.trades: dict[str, list[Message]] = defaultdict(list)
        self._candles: dict[tuple[str, str, int], Candle] = {}
        self._times: dict[tuple[str, str | None], int] = {}
        self._cash: Counter[str] = Counter()
        self._lots: Counter[tuple[str, str]] = Counter()
        self._made: Counter[str] = Counter()
        self._volume: Counter[str] = Counter()
        self._begun: dict[str, Decimal] = {}
        self._minutes: dict[str, Counter[int]] = defaultdict(Counter)
        self._bought: dict[str, Counter[int]] = defaultdict(Counter)

    def hear(self, message: Message) -> None:
        """Take a message."""
        kind = message["type"]
        assert kind in BASES
        channel = channel_of(message)
        if channel in self.counts or self._whole:
            kept = kind in ("trade", "news")
            jump = message["sequence"] - self.counts[channel]
            assert jump == 1 if self._whole or kept else jump >= 1, (channel, message, self.counts[channel])
        self.counts[channel] = message["sequence"]
        time = message.get("timestamp", message.get("E"))
        if time is not None:
            place = (channel, message.get("symbol", message.get("s")))
            assert time >= self._times.get(place, 0), (message, self._times[place])
            self._times[place] = time
        getattr(self, f"_{kind}")(message)

    def _simulation(self, message: Message) -> None:
        assert message["state"] in STATES
        assert (message["hashes"] is None) == (message["state"] in ("idle", "running"))

    def _trade(self, trade: Message) -> None:
        symbol, size, price = trade["symbol"], Decimal(trade["size"]), Decimal(trade["price"])
        mine = self.trades[symbol]
        if mine or self._whole:
            assert trade["trade_id"] == (mine[-1]["trade_id"] + 1 if mine else 1)
        mine.append(trade)
        assert size > 0
        assert price > 0
        assert trade["buy_order_id"] != trade["sell_order_id"]
        assert min(trade["buy_order_id"], trade["sell_order_id"]) > 0
        assert trade["side"] in ("buy", "sell", "auction")
        for name, sign in ((trade["buyer"], 1), (trade["seller"], -1)):
            self._cash[name] -= sign * price * size  # type: ignore[assignment] # a counter of decimals
            self._lots[name, symbol] += sign * size  # type: ignore[assignment]
            self._volume[name] += size  # type: ignore[assignment]
            self._made[name] += 1
        minute = trade["timestamp"] // 60_000_000
        self._minutes[symbol][minute] += size  # type: ignore[assignment]
        if trade["side"] == "buy":
            self._bought[symbol][minute] += size  # type: ignore[assignment]
        second = trade["timestamp"] // 1_000_000
        for frame in self._frames:
            place = (symbol, frame, start_of(frame, second))
            if place not in self._candles:
                self._candles[place] = Candle(trade)
            candle = self._candles[place]
            assert not candle.closed
            candle.add(trade)

    def _market_data(self, message: Message) -> None:
        symbol = message["symbol"]
        bid, ask = message["bid_price"], message["ask_price"]
        assert (bid is None) == (message["bid_size"] == 0)
        assert (ask is None) == (message["ask_size"] == 0)
        if bid is not None and ask is not None:
            assert bid < ask
        if not self._whole:
            return
        assert message["trade_count"] == len(self.trades[symbol])
        if self.trades[symbol]:
            assert message["last_price"] == self.trades[symbol][-1]["price"]
        now = message["timestamp"] // 60_000_000
        for name, minutes in (
            ("volume_24h", self._minutes[symbol]),
            ("taker_buy_volume_24h", self._bought[symbol]),
        ):
            assert message[name] == sum(
                size for minute, size in minutes.items() if now - DAY_MINUTES < minute <= now
            )

    def _orderbook(self, message: Message) -> None:
        bids, asks = message["bids"], message["asks"]
        for levels, turned in ((bids, True), (asks, False)):
            prices = [price for price, _ in levels]
            assert prices == sorted(set(prices), reverse=turned)
            assert all(size > 0 for _, size in levels)
            assert len(levels) <= 20
        if bids and asks:
            assert message["spread"] == asks[0][0] - bids[0][0] > 0
            assert message["mid_price"] * 2 == asks[0][0] + bids[0][0]
        else:
            assert message["spread"] is message["mid_price"] is None

    def _kline(self, message: Message) -> None:
        told = message["k"]
        frame, start = told["i"], told["t"] // 1_000
        if frame not in self._frames or not self._whole:
            return
        assert (told["t"], told["T"]) == (start * 1_000, end_of(frame, start) * 1_000 - 1)
        assert start == start_of(frame, start)
        candle = self._candles[told["s"], frame, start]
        figures = [told["f"], told["L"], *(Decimal(told[name]) for name in "ochlv"), told["n"]]
        assert (*figures, *(Decimal(told[name]) for name in "qVQ")) == candle.told()
        assert not candle.closed
        if told["x"]:
            assert message["E"] > told["T"]
            candle.closed = True

    def _agent_configs(self, message: Message) -> None:
        names = [row["agent_id"] for row in message["configs"]]
        assert len(names) == len(set(names))

    def _agent_stats(self, message: Message) -> None:
        rows = message["agents"]
        assert sum(row["pnl"] for row in rows) == 0, "what one gains another loses"
        for row in rows:
            name = row["agent_id"]
            if not self._whole:
                continue
            if name not in self._begun:
                self._begun[name] = row["balance"] - self._cash[name]
            assert row["balance"] - self._begun[name] == self._cash[name]
            assert row["positions"] == {symbol: self._lots[name, symbol] for symbol in row["positions"]}
            assert row["position"] == next(iter(row["positions"].values()))
            assert row["total_trades"] == self._made[name]
            assert row["total_volume"] == self._volume[name]

    def _news(self, message: Message) -> None:
        assert isinstance(message["text"], str)

    def end(self, timestamp_us: int) -> None:
        """See that every candle was closed whose time is over."""
        for (_, frame, start), candle in self._candles.items():
            assert candle.closed == (end_of(frame, start) * 1_000_000 <= timestamp_us), (frame, start)


def heard_of(texts: list[bytes]) -> list[Message]:
    """Read messages with their numbers as they were written."""
    return [json.loads(text, parse_float=Decimal) for text in texts]
