"""The house: who its bots are, what they are given, and what is cleared away."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from crossbook.core import ConfigError
from crossbook.venue.house import House
from crossbook.venue.principal import Principal, Role
from crossbook.venue.refusals import Refused
from crossbook.venue.requests import PlaceOrder
from crossbook.venue.settings import VenueSettings
from crossbook.venue.trading import Trading
from tests.live_trading import open_account, open_trading

MAKERS = {
    "name": "maker",
    "trader": "crossbook.agents.live:LadderMaker",
    "count": 2,
    "tickers": ["FUN"],
    "cash": 1_000,
    "quantity": 50,
}


def settings_of(*bots: dict[str, Any], **house: Any) -> VenueSettings:
    return VenueSettings.model_validate(
        {
            "limits": {"orders_per_second": 1e6, "order_burst": 10**6},
            "house": {"bots": list(bots) or [MAKERS], **house},
        }
    )


class Gate:
    """Makes users as the venue's gate does, and keeps them in memory."""

    def __init__(self, trading: Trading) -> None:
        self.trading = trading
        self.known: dict[str, Principal] = {}
        self.keys = itertools.count(1)

    async def house(self, username: str) -> tuple[Principal, str]:
        if username not in self.known:
            self.known[username] = await open_account(self.trading, cash=0, role=Role.HOUSE, name=username)
        return self.known[username], f"key-{next(self.keys)}"


def run(case: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(case(), 60))


def holdings(trading: Trading, account: int) -> tuple[int, int]:
    exchange = trading.sequencer.exchange
    held = exchange.account(account)
    return held.cash + held.escrow, exchange.position(account, 1).lots


def test_each_bot_has_a_user_an_account_a_key_and_what_the_settings_give_it() -> None:
    async def case() -> None:
        trading, _, _ = await open_trading(settings_of())
        house = House(trading, Gate(trading))
        await house.open()

        assert [seat.username for seat in house.seats] == ["house-maker-fun-1", "house-maker-fun-2"]
        assert len({seat.api_key for seat in house.seats}) == 2
        assert [seat.who.role for seat in house.seats] == [Role.HOUSE] * 2
        assert [holdings(trading, seat.who.account) for seat in house.seats] == [(100_000, 50)] * 2
        assert [(gift.cash, gift.ticker, gift.lots) for gift in house.gifts] == [
            (Decimal(1_000), "FUN", 50)
        ] * 2
        assert trading.looks.ranking().leaders == []

    run(case)


def test_the_bots_that_ship_are_one_of_each_kind_in_every_instrument() -> None:
    async def case() -> None:
        trading, _, _ = await open_trading(VenueSettings())
        house = House(trading, Gate(trading))
        await house.open()

        assert len(house.seats) == 4 * 5
        assert {seat.ticker for seat in house.seats} == {"FUN", "MEME", "YOLO", "HODL", "PUMP"}
        told = house.configuration("http://127.0.0.1:8000", 5)
        assert told["url"] == "http://127.0.0.1:8000"
        assert told["oracle"] == {"volatility": 0.015, "memory_hours": 12.0}
        assert all(bot["parameters"]["home_lots"] == 100_000 for bot in told["bots"])
        assert all(len(bot["tickers"]) == 1 and bot["api_key"] for bot in told["bots"])

    run(case)


def test_to_open_again_gives_nothing_to_who_has_enough_and_tops_up_who_has_not() -> None:
    async def case() -> None:
        trading, _, _ = await open_trading(settings_of())
        gate = Gate(trading)
        first = House(trading, gate)
        await first.open()
        issued = sum(trading.sequencer.exchange.account(seat.who.account).deposited for seat in first.seats)

        again = House(trading, gate)
        await again.open()
        assert again.gifts == []
        assert [seat.who for seat in again.seats] == [seat.who for seat in first.seats]
        assert issued == sum(
            trading.sequencer.exchange.account(seat.who.account).deposited for seat in again.seats
        )

        account = first.seats[0].who.account
        await trading.sequencer.carry_out("withdraw", account=account, amount=50_001)
        await trading.sequencer.carry_out("withdraw", account=account, amount=25, instrument=1)
        third = House(trading, gate)
        await third.open()
        assert [(gift.username, gift.cash, gift.lots) for gift in third.gifts] == [
            ("house-maker-fun-1", Decimal("500.01"), 0)
        ]
        assert holdings(trading, account) == (100_000, 25)

    run(case)


def test_whatever_stands_for_the_house_is_cancelled_and_nothing_of_others() -> None:
    async def case() -> None:
        trading, _, _ = await open_trading(settings_of())
        gate = Gate(trading)
        house = House(trading, gate)
        await house.open()
        trader = await open_account(trading)
        for who in (house.seats[0].who, house.seats[1].who, trader):
            await trading.desk.placed(
                who, PlaceOrder(ticker="FUN", side="buy", price=Decimal(90), quantity=1)
            )
        exchange = trading.sequencer.exchange
        assert exchange.order_count == 3

        assert await house.cancel_all() == 2
        assert exchange.order_count == 1
        assert await house.cancel_all() == 0

    run(case)


@pytest.mark.parametrize("enabled", [True, False])
def test_quotes_of_a_bot_that_is_no_more_are_cancelled_at_the_next_start(enabled: bool) -> None:
    async def case() -> None:
        settings = settings_of(MAKERS | {"name": "newer"}, enabled=enabled)
        trading, _, _ = await open_trading(settings)
        old = await open_account(trading, role=Role.HOUSE, name="house-older-fun-1")
        await trading.desk.placed(old, PlaceOrder(ticker="FUN", side="buy", price=Decimal(90), quantity=1))
        house = House(trading, Gate(trading))
        await house.open()

        assert trading.sequencer.exchange.order_count == 0
        assert len(house.seats) == (2 if enabled else 0)

    run(case)


def test_bots_of_an_instrument_that_is_not_listed_are_a_mistake_of_the_operator() -> None:
    async def case() -> None:
        trading, _, _ = await open_trading(settings_of(MAKERS | {"tickers": []}))
        trading.instruments._by_ticker.pop("MEME")

        with pytest.raises(ConfigError, match="the bots maker trade MEME, which is not listed"):
            await House(trading, Gate(trading)).open()

    run(case)


def test_news_are_told_while_the_house_makes_them() -> None:
    async def case() -> None:
        trading, _, clock = await open_trading(settings_of(oracle={"news_per_hour": 3_600.0}))
        told: list[tuple[str, str, float]] = []
        enough = asyncio.Event()

        async def tell(text: str, ticker: str, impact: float) -> None:
            told.append((text, ticker, impact))
            if len(told) == 2:
                raise Refused("busy", "not now", 503)
            if len(told) == 3:
                enough.set()

        def later() -> int:
            clock.now_ns += 3_000_000_000
            return clock.now_ns

        making = asyncio.create_task(House(trading, Gate(trading)).make_news(tell, later))
        await enough.wait()
        making.cancel()
        await asyncio.wait([making])
        assert all(ticker in text and impact for text, ticker, impact in told)

    run(case)
