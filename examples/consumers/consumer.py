"""Watch a live simulation: its prices in a line, and every trade, each number exactly as it was sent.

    crossbook stream --speed 10                     # in one terminal
    python examples/consumers/consumer.py           # in another; Ctrl-C ends it

It needs the library `websockets`. It connects again when the connection breaks, and tells of every trade that it missed.
"""

import argparse
import asyncio
import contextlib
import json
import random
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0
MESSAGE_BYTES_MAX: Final = 1 << 24
PRICES: Final = "{symbol}  {last_price}  bid {bid_price} x {bid_size}  ask {ask_price} x {ask_size}"
TRADE: Final = "{symbol}  {side:4} {size} at {price}  #{trade_id}  {buyer} from {seller}"
LATER: Final = frozenset({429, 500, 502, 503, 504})


async def messages(url: str) -> AsyncIterator[dict[str, Any]]:
    """Give every message of a stream; connect again when that breaks, unless we would be refused again."""
    wait_s = FIRST_WAIT_S
    while True:
        why = "the server closed the connection"
        try:
            async with connect(url, max_size=MESSAGE_BYTES_MAX) as stream:
                async for text in stream:
                    wait_s = FIRST_WAIT_S
                    yield json.loads(text, parse_float=Decimal)
        except (OSError, WebSocketException) as error:
            if isinstance(error, InvalidStatus) and error.response.status_code not in LATER:
                raise
            why = str(error)
        # Consumers that all lost the same server should not all come back at the same moment.
        pause_s = wait_s * random.uniform(0.5, 1.0)
        print(f"{why}; again in {pause_s:.1f} s", file=sys.stderr)
        await asyncio.sleep(pause_s)
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)


class Watch:
    """Prints what comes, and checks that no trade is missing."""

    def __init__(self) -> None:
        self.taken, self.missed = 0, 0
        self._run: str | None = None
        self._last: int | None = None
        self._prices = ""
        self._live = sys.stdout.isatty()

    def take(self, message: dict[str, Any]) -> None:
        """Take a message."""
        kind = message["type"]
        self.taken += "sequence" in message
        if kind == "simulation":
            if message.get("run") != self._run:
                # Another simulation counts from one again.
                self._run, self._last = message.get("run"), None
                self.line(f"{message['state']}: {self._run}\n")
        elif kind == "market_data":
            self._prices = f"{clock(message)}  {PRICES.format(**message)}"
            self.line("" if self._live else f"{self._prices}\n")
        elif kind == "trade":
            # Trades are never left out, so a gap is what happened while there was no connection.
            if self._last is not None and (missed := message["sequence"] - self._last - 1):
                self.missed += missed
                self.line(f"missed {missed} trades while away: GET /api/lab/trades has the newest 1,000\n")
            self._last = message["sequence"]
            self.line(f"{clock(message)}  {TRADE.format(**message)}\n")
        else:
            self.line(f"{json.dumps(message, default=str)}\n")

    def line(self, line: str) -> None:
        """Print a line; in a terminal the prices stay below it."""
        print(f"\r\x1b[K{line}{self._prices}" if self._live else line, end="", flush=True)


def clock(message: dict[str, Any]) -> str:
    """Return the simulated time of a message, to the millisecond."""
    seconds, microseconds = divmod(message["timestamp"], 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S}.{microseconds // 1_000:03}"


async def main() -> None:
    """Watch until enough came."""
    options = argparse.ArgumentParser(description="Watch a live simulation.")
    options.add_argument("--url", default="ws://127.0.0.1:8765")
    options.add_argument("--channels", default="simulation,market_data,trade,news", help="with commas")
    options.add_argument("--count", type=int, help="end after so many messages")
    given = options.parse_args()
    watch = Watch()
    try:
        async for message in messages(f"{given.url}/?channels={quote(given.channels)}"):
            watch.take(message)
            if watch.taken == given.count:
                break
    except InvalidStatus as error:
        sys.exit(f"{error}: {error.response.body.decode()}")
    except asyncio.CancelledError:
        pass
    below = "\n" if sys.stdout.isatty() else ""
    print(f"{below}{watch.taken} messages, {watch.missed} trades missed")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
