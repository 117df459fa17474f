"""The routes of orders."""

from collections.abc import Awaitable
from typing import Final

import msgspec

from crossbook.doors.http.pages import FillsPage, OrdersPage
from crossbook.doors.http.queries import CancelQuery, FillsQuery, OrdersQuery
from crossbook.doors.http.routes import Call, Route
from crossbook.venue.answers import CancelledAll, CancelledOrder, OrderView, PlacedOrder
from crossbook.venue.requests import PlaceOrder, ReplaceOrder

TAG: Final = "orders"

TRADE_EXAMPLE: Final = {
    "trade_id": "58",
    "ticker": "FUN",
    "price": 100.25,
    "quantity": 4,
    "buyer_id": "u_7f3a9c",
    "seller_id": "u_19d2e0",
    "side": "buy",
    "timestamp": 1_767_225_600_000,
}
PLACED_EXAMPLE: Final = {
    "order_id": "1042",
    "client_order_id": "my-first-order",
    "ticker": "FUN",
    "side": "buy",
    "price": 100.25,
    "quantity": 10,
    "filled_quantity": 4,
    "status": "partial",
    "trades": [TRADE_EXAMPLE],
}
ORDER_EXAMPLE: Final = {
    "order_id": "1042",
    "client_order_id": "my-first-order",
    "ticker": "FUN",
    "side": "buy",
    "type": "limit",
    "time_in_force": "GTC",
    "price": 100.25,
    "stop_price": None,
    "quantity": 10,
    "filled_quantity": 4,
    "average_price": 100.25,
    "status": "partial",
    "reason": None,
    "created_at": 1_767_225_600_000,
    "updated_at": 1_767_225_600_000,
}
FILL_EXAMPLE: Final = {
    "trade_id": "58",
    "order_id": "1042",
    "client_order_id": "my-first-order",
    "ticker": "FUN",
    "side": "buy",
    "price": 100.25,
    "quantity": 4,
    "fee": 0,
    "liquidity": "taker",
    "buyer_id": "u_7f3a9c",
    "seller_id": "u_19d2e0",
    "timestamp": 1_767_225_600_000,
}
PLACE_EXAMPLES: Final = {
    "a limit order": {
        "ticker": "FUN",
        "side": "buy",
        "price": 100.25,
        "quantity": 10,
        "client_order_id": "my-first-order",
    },
    "a market order": {
        "ticker": "FUN",
        "side": "sell",
        "type": "market",
        "time_in_force": "IOC",
        "quantity": 5,
    },
    "a stop order": {"ticker": "FUN", "side": "sell", "type": "stop", "stop_price": 95, "quantity": 5},
    "an iceberg that only makes": {
        "ticker": "FUN",
        "side": "buy",
        "price": "99.50",
        "quantity": 500,
        "display_quantity": 50,
        "post_only": True,
    },
}


def place(call: Call) -> Awaitable[msgspec.Raw]:
    """Place an order."""
    return call.venue.desk.placed(call.caller, call.body)


def replace(call: Call) -> Awaitable[msgspec.Raw]:
    """Change an open order."""
    return call.venue.desk.replaced(call.caller, call.parameter, call.body)


async def order(call: Call) -> OrderView:
    """Show an order of the caller."""
    return await call.venue.past.order(call.caller, call.parameter)


def cancel(call: Call) -> Awaitable[msgspec.Raw]:
    """Cancel an open order."""
    return call.venue.desk.cancelled(call.caller, call.parameter)


def cancel_all(call: Call) -> Awaitable[msgspec.Raw]:
    """Cancel all open orders, or those of one instrument."""
    query: CancelQuery = call.query
    return call.venue.desk.cancelled_all(call.caller, query.ticker)


async def orders(call: Call) -> OrdersPage:
    """List the caller's orders."""
    query: OrdersQuery = call.query
    call.sequence, rows = await call.venue.past.orders(
        call.caller, query.status, query.ticker, query.limit, query.offset
    )
    return OrdersPage(orders=list(rows))


async def fills(call: Call) -> FillsPage:
    """List the caller's trades."""
    query: FillsQuery = call.query
    call.sequence, rows = await call.venue.past.trades(call.caller, query.ticker, query.limit, query.offset)
    return FillsPage(trades=list(rows))


TRADING_ROUTES: Final = (
    Route(
        "POST",
        "/api/orders",
        place,
        PlacedOrder,
        "Place an order; a client order id that was used before gives the first answer again",
        PLACED_EXAMPLE,
        TAG,
        request=PlaceOrder,
        request_examples=PLACE_EXAMPLES,
        statuses=(400, 409, 503),
        tells_durability=True,
    ),
    Route(
        "GET",
        "/api/orders",
        orders,
        OrdersPage,
        "List own orders, newest first",
        {"orders": [ORDER_EXAMPLE]},
        TAG,
        query=OrdersQuery,
        statuses=(404, 503),
    ),
    Route(
        "DELETE",
        "/api/orders",
        cancel_all,
        CancelledAll,
        "Cancel all own open orders, or those of one instrument",
        {"cancelled": 3, "message": "3 orders are cancelled"},
        TAG,
        query=CancelQuery,
        statuses=(400, 404, 503),
        tells_durability=True,
    ),
    Route(
        "DELETE",
        "/api/orders/{order_id}",
        cancel,
        CancelledOrder,
        "Cancel an own open order",
        {"order_id": "1042", "status": "cancelled", "message": "6 of 10 are cancelled"},
        TAG,
        parameter_example="1042",
        parameter_text="The number that the order was given when it was placed.",
        statuses=(400, 404, 503),
        tells_durability=True,
    ),
    Route(
        "GET",
        "/api/orders/{order_id}",
        order,
        OrderView,
        "Show an own order, open or ended",
        ORDER_EXAMPLE,
        TAG,
        parameter_example="1042",
        parameter_text="The number that the order was given when it was placed.",
        statuses=(404, 503),
    ),
    Route(
        "PATCH",
        "/api/orders/{order_id}",
        replace,
        OrderView,
        "Change the price or quantity of an own open order; less quantity alone keeps its place in the queue",
        ORDER_EXAMPLE,
        TAG,
        request=ReplaceOrder,
        request_examples={"another price": {"price": 100.5}, "less of it": {"quantity": 6}},
        parameter_example="1042",
        parameter_text="The number that the order was given when it was placed.",
        statuses=(400, 404, 503),
        tells_durability=True,
    ),
    Route(
        "GET",
        "/api/trades",
        fills,
        FillsPage,
        "List own trades, newest first",
        {"trades": [FILL_EXAMPLE]},
        TAG,
        query=FillsQuery,
        statuses=(404, 503),
    ),
)
