"""What the stream says, as JSON in WebSocket frames.

The same bytes serve every consumer, so a message is made once. Figures are written exactly: whole numbers of ticks and
lots become decimals digit by digit.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from crossbook.core import EventFlag, framed
from crossbook.lab.live.candles import Candle
from crossbook.lab.live.figures import LiveMarket
from crossbook.lab.live.groups import Standing

_encode: Final = msgspec.json.Encoder().encode
_SIDES: Final = (b"buy", b"sell")
_AUCTION: Final = int(EventFlag.AUCTION)
MS: Final = 1_000
"""Milliseconds of a second."""

Level = tuple[int, int]


def quoted(text: str) -> bytes:
    """Return a text as JSON."""
    return _encode(text)


class MarketWords:
    """Writes the messages of one market.

    Args:
        market: Whose figures they are.
        epoch_us: Microseconds from 1970 to the midnight that simulated time counts from.
    """

    def __init__(self, market: LiveMarket, epoch_us: int) -> None:
        self.market: Final = market
        self._epoch_us = epoch_us
        self._symbol: Final = quoted(market.name)
        self._price: Final = market.price.text
        self._size: Final = market.size.text
        self._worth: Final = market.worth.text

    def market_data(
        self,
        sequence: int,
        now_ns: int,
        bid: Level | None,
        ask: Level | None,
        day: tuple[int, int],
        made_us: int,
    ) -> bytes:
        """Write `market_data`."""
        market, price, size = self.market, self._price, self._size
        text = (
            f',"last_price":{price(market.last)}'
            f',"bid_price":{price(bid[0]) if bid else "null"},"ask_price":{price(ask[0]) if ask else "null"}'
            f',"bid_size":{size(bid[1]) if bid else "0"},"ask_size":{size(ask[1]) if ask else "0"}'
            f',"volume_24h":{size(day[0])},"taker_buy_volume_24h":{size(day[1])},"trade_count":{market.traded}'
            f',"made_us":{made_us}}}'
        )
        return framed(
            b'{"type":"market_data","sequence":%d,"timestamp":%d,"symbol":%b%b'
            % (sequence, self._epoch_us + now_ns // 1_000, self._symbol, text.encode())
        )

    def trades(
        self,
        sequence: int,
        first: int,
        trades: NDArray[np.void],
        takers: Sequence[bytes],
        makers: Sequence[bytes],
        made_us: int,
    ) -> list[bytes]:
        """Write a `trade` for each of some trades of the market.

        Args:
            sequence: Of the first.
            first: The first one's number among the market's trades.
            trades: `EVENT` rows.
            takers: The group of who came second, as JSON, for each.
            makers: The group of whose order stood.
            made_us: As in all messages.
        """
        price, size, symbol, epoch = self._price, self._size, self._symbol, self._epoch_us
        number = first - 1
        found = []
        columns = [
            trades[name].tolist()
            for name in ("time_ns", "price", "quantity", "side", "order_id", "counter_id", "flags")
        ]
        for (time_ns, ticks, lots, side, taken, stood, flags), taker, maker in zip(
            zip(*columns, strict=True), takers, makers, strict=True
        ):
            number += 1
            bought = side == 0
            found.append(
                framed(
                    b'{"type":"trade","sequence":%d,"timestamp":%d,"symbol":%b,"trade_id":%d,"price":%b,"size":%b,'
                    b'"side":"%b","buy_order_id":%d,"sell_order_id":%d,"buyer":%b,"seller":%b,"made_us":%d}'
                    % (
                        sequence,
                        epoch + time_ns // 1_000,
                        symbol,
                        number,
                        price(ticks).encode(),
                        size(lots).encode(),
                        b"auction" if flags & _AUCTION else _SIDES[side],
                        taken if bought else stood,
                        stood if bought else taken,
                        taker if bought else maker,
                        maker if bought else taker,
                        made_us,
                    )
                )
            )
            sequence += 1
        return found

    def orderbook(
        self, sequence: int, now_ns: int, bids: list[Level], asks: list[Level], made_us: int
    ) -> bytes:
        """Write `orderbook`."""
        price = self._price
        spread = mid = "null"
        if bids and asks:
            best_bid, best_ask = bids[0][0], asks[0][0]
            spread = price(best_ask - best_bid)
            mid = self._half(best_bid + best_ask)
        text = (
            f',"bids":{self._levels(bids)},"asks":{self._levels(asks)}'
            f',"spread":{spread},"mid_price":{mid},"made_us":{made_us}}}'
        )
        return framed(
            b'{"type":"orderbook","sequence":%d,"timestamp":%d,"symbol":%b%b'
            % (sequence, self._epoch_us + now_ns // 1_000, self._symbol, text.encode())
        )

    def kline(self, sequence: int, frame: str, candle: Candle, *, now_ns: int, closed: bool) -> bytes:
        """Write `kline`."""
        name = self._symbol.decode()
        now_ms = (self._epoch_us + now_ns // 1_000) // MS
        o, h, low, c, v, q, bought, bought_worth = self._figures(candle)
        return framed(
            (
                f'{{"type":"kline","sequence":{sequence},"e":"kline","E":{now_ms},"s":{name},"k":{{'
                f'"t":{candle.start_s * MS},"T":{candle.end_s * MS - 1},"s":{name},"i":"{frame}",'
                f'"f":{candle.first},"L":{candle.last},"o":"{o}","c":"{c}","h":"{h}","l":"{low}","v":"{v}",'
                f'"n":{candle.trades},"x":{"true" if closed else "false"},"q":"{q}","V":"{bought}",'
                f'"Q":"{bought_worth}","B":"0"}}}}'
            ).encode()
        )

    def kline_row(self, candle: Candle) -> list[int | str]:
        """Return a candle as Binance's REST has it."""
        o, h, low, c, v, q, bought, bought_worth = self._figures(candle)
        return [
            candle.start_s * MS,
            o,
            h,
            low,
            c,
            v,
            candle.end_s * MS - 1,
            q,
            candle.trades,
            bought,
            bought_worth,
            "0",
        ]

    def _figures(self, candle: Candle) -> tuple[str, ...]:
        price, size, worth = self._price, self._size, self._worth
        return (
            price(candle.open),
            price(candle.high),
            price(candle.low),
            price(candle.close),
            size(candle.volume),
            worth(candle.worth),
            size(candle.bought),
            worth(candle.bought_worth),
        )

    def news(self, sequence: int, time_ns: int, text: str) -> bytes:
        """Write `news`."""
        return framed(
            b'{"type":"news","sequence":%d,"timestamp":%d,"symbol":%b,"text":%b}'
            % (sequence, self._epoch_us + time_ns // 1_000, self._symbol, quoted(text))
        )

    def _levels(self, levels: list[Level]) -> str:
        price, size = self._price, self._size
        return "[" + ",".join(f"[{price(ticks)},{size(lots)}]" for ticks, lots in levels) + "]"

    def _half(self, ticks: int) -> str:
        """Write half of so many ticks, which may lie between two."""
        whole = self._price(ticks * 5)
        # Ten times too much by half: the point goes one place to the left.
        digits = whole.replace(".", "")
        places = self.market.price.places + 1
        sign = "-" if digits.startswith("-") else ""
        digits = digits.lstrip("-").rjust(places + 1, "0")
        return f"{sign}{digits[:-places]}.{digits[-places:]}"


def agent_stats(
    sequence: int,
    timestamp_us: int,
    standings: Iterable[Standing],
    markets: Sequence[LiveMarket],
    kinds: Mapping[str, str],
    present: Container[str],
) -> bytes:
    """Write `agent_stats`.

    Args:
        sequence: Of the message.
        timestamp_us: Simulated time.
        standings: Of all groups.
        markets: In the kernel's order; money is in the currency of the first.
        kinds: The type of each group, by its name.
        present: The names of those that have not left.
    """
    rows = ",".join(
        stats_row(kinds[standing.name], standing, markets, left=standing.name not in present)
        for standing in standings
    )
    return framed(
        b'{"type":"agent_stats","sequence":%d,"timestamp":%d,"agents":[%b]}'
        % (sequence, timestamp_us, rows.encode())
    )


def stats_row(kind: str, standing: Standing, markets: Sequence[LiveMarket], *, left: bool) -> str:
    """Write a row of `agent_stats`."""
    first = markets[0]
    positions = ",".join(
        f"{quoted(market.name).decode()}:{market.size.text(lots)}"
        for market, lots in zip(markets, standing.lots, strict=True)
    )
    places = max(market.size.places for market in markets)
    volume = sum(
        (lots * market.size.size for market, lots in zip(markets, standing.volume, strict=True)),
        start=first.size.size * 0,
    )
    return (
        f'{{"agent_id":{quoted(standing.name).decode()},"agent_type":{quoted(kind).decode()},"count":{standing.count},'
        f'"balance":{first.cash.text(standing.cash)},"position":{first.size.text(standing.lots[0])},'
        f'"positions":{{{positions}}},"total_trades":{standing.trades},"total_volume":{volume:.{places}f},'
        f'"pnl":{first.cash.text(standing.profit)},"active_orders":{standing.orders},"left":{"true" if left else "false"}}}'
    )


def plain(kind: str, sequence: int, body: Mapping[str, Any]) -> bytes:
    """Write any other numbered message."""
    return framed(_encode({"type": kind, "sequence": sequence, **body}))
