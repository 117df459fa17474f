"""What the venue keeps in SQL: users and their keys, and a projection of the journal that can be asked.

`Store.open` takes SQLite and PostgreSQL alike. Prices are ticks, quantities lots, cash cash units, times nanoseconds;
whoever shows them to people turns them into decimals.
"""

from crossbook.venue.store.rows import (
    AUCTION_SIDE,
    AccountRow,
    CandleRow,
    ClientOrderId,
    DayRow,
    EquityRow,
    FillRow,
    InstrumentRow,
    KeyRow,
    NewsRow,
    OrderRow,
    OrderStatus,
    Progress,
    SessionRow,
    TradeRow,
    UserRow,
)
from crossbook.venue.store.store import Store

__all__ = [
    "AUCTION_SIDE",
    "AccountRow",
    "CandleRow",
    "ClientOrderId",
    "DayRow",
    "EquityRow",
    "FillRow",
    "InstrumentRow",
    "KeyRow",
    "NewsRow",
    "OrderRow",
    "OrderStatus",
    "Progress",
    "SessionRow",
    "Store",
    "TradeRow",
    "UserRow",
]
