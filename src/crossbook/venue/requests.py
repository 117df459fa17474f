"""What may be asked of the order desk, as every door decodes it.

Unknown fields are refused. Prices and quantities keep their decimal digits until the instrument is known: 0.29 is
never a binary fraction. Nothing here knows an instrument; the desk checks what the words mean.
"""

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

import msgspec

SideName: TypeAlias = Literal["buy", "sell"]
TypeName: TypeAlias = Literal["limit", "market", "stop", "stop_limit"]
LifeName: TypeAlias = Literal["GTC", "DAY", "IOC", "FOK", "GTD"]
SelfTradeName: TypeAlias = Literal["cancel_newest", "cancel_oldest", "cancel_both", "decrement"]

CLIENT_ORDER_ID_LENGTH_MAX = 64
Ticker: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=16)]
ClientOrderId: TypeAlias = Annotated[
    str, msgspec.Meta(min_length=1, max_length=CLIENT_ORDER_ID_LENGTH_MAX, pattern=r"^[A-Za-z0-9._:/-]+$")
]
Quantity: TypeAlias = int | Decimal
"""Whole where the instrument trades in whole units, which are the only ones that may be written without a point."""


class PlaceOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new order."""

    ticker: Ticker
    side: SideName
    quantity: Quantity
    price: Decimal | None = None
    """The limit; for market and stop orders the protection price, or none for the instrument's own."""
    type: TypeName = "limit"
    time_in_force: LifeName = "GTC"
    stop_price: Decimal | None = None
    display_quantity: Quantity | None = None
    post_only: bool = False
    reduce_only: bool = False
    expires_at: int | None = None
    """When a GTD order ends, in milliseconds since 1970."""
    self_trade_prevention: SelfTradeName = "cancel_newest"
    client_order_id: ClientOrderId | None = None
    """The owner's name of it. Sent again it has no second effect and gives the first answer."""


class ReplaceOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an open order shall be from now on; what is left out stays."""

    price: Decimal | None = None
    quantity: Quantity | None = None
    stop_price: Decimal | None = None
