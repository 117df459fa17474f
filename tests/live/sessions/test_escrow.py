"""What is set aside for open orders still belongs to who set it aside, wherever it is looked at."""

import asyncio
from decimal import Decimal

from crossbook.venue.requests import PlaceOrder
from tests.live_trading import open_account, open_trading


def test_an_open_order_changes_nobodys_worth() -> None:
    async def case() -> None:
        trading, _, _ = await open_trading()
        who = await open_account(trading, cash=1_000_000, lots=10)
        before = trading.looks.portfolio(who.account)
        for side, price in (("buy", Decimal(90)), ("sell", Decimal(110))):
            await trading.desk.placed(
                who,
                PlaceOrder(ticker="FUN", side=side, price=price, quantity=10),  # type: ignore[arg-type]
            )
        after = trading.looks.portfolio(who.account)
        assert (after.cash, after.escrowed_cash) == (9_100, 900)
        assert after.cash + after.escrowed_cash == before.cash
        assert after.total_value == before.total_value
        assert after.holdings[0].quantity == before.holdings[0].quantity == 10
        (leader,) = trading.looks.ranking().leaders
        assert leader.total_value == before.total_value

    asyncio.run(case())
