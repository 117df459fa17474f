"""What the venue knows again after a start: read from the database, which holds everything up to the journal's end.

The core has its own state from the journal. Beside it stand the names of things (instruments, people, orders), and
the newest past of the market. All of it is a projection of the same journal.
"""

import msgspec

from crossbook.core import CoreFault
from crossbook.data.rolling import NS_PER_MINUTE, Minute
from crossbook.venue.accounts import Holder
from crossbook.venue.instruments import Listed
from crossbook.venue.looks import NEWS_KEPT
from crossbook.venue.market import TAPE_LENGTH, Market
from crossbook.venue.notes import InstrumentNote, NewsNote
from crossbook.venue.past import trade_view
from crossbook.venue.principal import Role
from crossbook.venue.store import DayRow, OrderRow, Store
from crossbook.venue.trading import Trading

NS_PER_SECOND = 1_000_000_000
SECONDS_PER_DAY = 86_400
SECONDS_PER_MINUTE = 60


async def recall(trading: Trading, store: Store, now_ns: int) -> list[int]:
    """Read everything back; return when open orders end that are good till a date, in nanoseconds.

    Raises:
        CoreFault: The database contradicts the core; it must be rebuilt from the journal.
    """
    await _recall_accounts(trading, store)
    since_s = now_ns // NS_PER_SECOND - SECONDS_PER_DAY
    days = {day.instrument: day for day in await store.history.day_statistics(since_s * NS_PER_SECOND)}
    for row in await store.history.instruments():
        listed = trading.know(
            row.number,
            InstrumentNote(
                ticker=row.ticker,
                name=row.name,
                price_step=row.price_step,
                quantity_step=row.quantity_step,
                cash_step=row.cash_step,
            ),
        )
        await _recall_market(trading, store, listed, days[row.number], since_s)
    expiries = await _recall_orders(trading, store)
    for news in reversed(await store.history.news(NEWS_KEPT)):
        trading.looks.add_news(
            NewsNote(time_ns=news.time_ns, text=news.text, ticker=news.ticker, impact=news.impact)
        )
    return expiries


async def _recall_accounts(trading: Trading, store: Store) -> None:
    for row in await store.history.accounts():
        if row.user_id is not None and row.username is not None and row.role is not None:
            trading.accounts.add(Holder(row.account, row.user_id, row.username, Role(row.role)))


async def _recall_market(trading: Trading, store: Store, listed: Listed, day: DayRow, since_s: int) -> None:
    market: Market = trading.markets[listed.number]
    candles = await store.history.candles(listed.number, SECONDS_PER_MINUTE, start_s=since_s, limit=1_440)
    market.before = day.before or day.first or market.before
    for candle in candles:
        number = candle.start_s * NS_PER_SECOND // NS_PER_MINUTE
        market.add_minute(Minute(number, candle.open, candle.high, candle.low, candle.close, candle.volume))
    for trade in reversed(await store.history.tape(listed.number, TAPE_LENGTH)):
        market.tape.append(msgspec.json.encode(trade_view(trading, trade)))
        market.sequence = trade.sequence
        market.last = trade.price


async def _recall_orders(trading: Trading, store: Store) -> list[int]:
    exchange = trading.sequencer.exchange
    expiries = []
    for row in await store.history.open_orders():
        order = exchange.order(row.order_id)
        if order is None or order.open != row.open:
            raise CoreFault(
                f"the database says that order {row.order_id} has {row.open} lots open, which the core does not: "
                "run crossbook admin rebuild"
            )
        _restore(trading, row)
        if row.expires_ns:
            expiries.append(row.expires_ns)
    if len(trading.teller) != exchange.order_count:
        raise CoreFault(
            f"the core has {exchange.order_count} open orders and the database {len(trading.teller)}: "
            "run crossbook admin rebuild"
        )
    for named in reversed(await store.history.newest_client_ids(trading.settings.limits.recalled_names)):
        trading.named.keep(named.account, named.client_order_id, named.order_id)
    return expiries


def _restore(trading: Trading, row: OrderRow) -> None:
    trading.teller.restore(
        order_id=row.order_id,
        account=row.account,
        instrument=row.instrument,
        side=row.side,
        order_type=row.order_type,
        time_in_force=row.time_in_force,
        price=row.price,
        stop_price=row.stop_price or 0,
        quantity=row.quantity,
        filled=row.filled,
        remaining=row.open,
        paid=row.worth,
        created_ns=row.created_ns,
        updated_ns=row.updated_ns,
        client_order_id=row.client_order_id,
    )
