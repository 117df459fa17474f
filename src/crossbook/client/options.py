"""What an order may say beside what it trades, and for how much."""

from typing import TypedDict

from crossbook.client.decimals import Amount
from crossbook.client.models import LifeName, SelfTradeName, TypeName


class OrderOptions(TypedDict, total=False):
    """The options of a new order, each with the venue's own default."""

    type: TypeName
    """A limit order where it is left out."""
    time_in_force: LifeName
    """Good till cancelled where it is left out; a market order is immediate or cancel."""
    stop_price: Amount
    """A stop order sleeps until this price trades."""
    display_quantity: Amount
    """An iceberg order: so many show."""
    post_only: bool
    """Refused if it would trade at once."""
    reduce_only: bool
    """Never opens or increases a position."""
    expires_at: int
    """When a GTD order ends, in milliseconds since 1970."""
    self_trade_prevention: SelfTradeName
    """What happens when it meets an order of the same account."""
    client_order_id: str
    """One's own name for it, of letters, digits and ._:/-, at most 64; made where it is left out."""
