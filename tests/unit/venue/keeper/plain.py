"""The projection once more, as plainly as can be: each fact asked of the list of all events anew.

It shares no code with the reducer, and takes no care to be fast.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from crossbook.core import NO_PRICE, EventFlag, EventKind
from crossbook.venue.keeper.reduce import Events
from crossbook.venue.store import AUCTION_SIDE, OrderStatus

ENDS = {EventKind.CANCELLED: OrderStatus.CANCELLED, EventKind.EXPIRED: OrderStatus.EXPIRED}


def orders_of(events: Events, only: int | None = None) -> dict[int, dict[str, Any]]:
    """Return what became of every order, or of one only, by the events that name it."""
    told: dict[int, list[Any]] = defaultdict(list)
    for event in events:
        kind = int(event["kind"])
        if kind in range(10, 19):
            told[int(event["order_id"])].append(event)
        if kind == EventKind.TRADE:
            told[int(event["counter_id"])].append(event)
    return {number: _order(number, mine) for number, mine in told.items() if only in (None, number)}


def _order(number: int, mine: list[Any]) -> dict[str, Any]:
    first = mine[0]
    assert first["kind"] == EventKind.ACCEPTED
    at_first = [event for event in mine if event["command"] == first["command"]]
    then = _standing(number, at_first)
    now = _standing(number, mine)
    changing = [event for event in mine if event["kind"] not in (EventKind.BOOKED, EventKind.REFRESHED)]
    woken = [int(event["time_ns"]) for event in mine if event["kind"] == EventKind.TRIGGERED]
    return now | {
        "order_id": number,
        "account": int(first["account"]),
        "instrument": int(first["instrument"]),
        "side": int(first["side"]),
        "order_type": int(first["reason"]) // 16,
        "time_in_force": int(first["reason"]) % 16,
        "display": int(first["remaining"]),
        "expires_ns": int(first["amount_2"]) or None,
        "command": int(first["command"]),
        "sequence": int(first["sequence"]),
        "first_sequence": max(int(event["sequence"]) for event in changing if event in at_first),
        "first_filled": then["filled"],
        "first_status": then["status"],
        "first_price": int(first["price"]),
        "first_quantity": int(first["quantity"]),
        "created_ns": int(first["time_ns"]),
        "triggered_ns": woken[-1] if woken else None,
        "updated_ns": int(changing[-1]["time_ns"]),
    }


def _standing(number: int, mine: list[Any]) -> dict[str, Any]:
    """Return how an order stands after some of its events."""
    quantity = opened = price = 0
    stop_price = NO_PRICE
    reasons: list[int] = []
    status = None
    fills = [event for event in mine if event["kind"] == EventKind.TRADE]
    for event in mine:
        kind, lots = EventKind(int(event["kind"])), int(event["quantity"])
        if kind is EventKind.ACCEPTED:
            quantity = opened = lots
            price, stop_price = int(event["price"]), int(event["amount"])
        elif kind is EventKind.TRADE:
            opened -= lots
        elif kind is EventKind.REDUCED:
            opened -= lots
            reasons.append(int(event["reason"]))
        elif kind is EventKind.REPLACED:
            quantity, opened = quantity - opened + lots, lots
            price, stop_price = int(event["price"]), int(event["amount"])
        elif kind in ENDS:
            assert lots == opened
            opened, status = 0, ENDS[kind]
            reasons.append(int(event["reason"]))
    filled = sum(int(fill["quantity"]) for fill in fills)
    if status is None and opened:
        status = OrderStatus.PARTIAL if filled else OrderStatus.OPEN
    elif status is None:
        status = OrderStatus.FILLED if filled == quantity else OrderStatus.CANCELLED
    fees = sum(int(fill["amount" if fill["order_id"] == number else "amount_2"]) for fill in fills)
    return {
        "price": price,
        "stop_price": None if stop_price == NO_PRICE else stop_price,
        "quantity": quantity,
        "filled": filled,
        "open": opened,
        "worth": sum(int(fill["quantity"]) * int(fill["price"]) for fill in fills),
        "fees": fees,
        "status": status,
        "reason": reasons[-1] if reasons else None,
    }


def trades_of(events: Events) -> list[tuple[int, ...]]:
    """Return every trade as a row."""
    columns = ("order_id", "counter_id", "account", "counterparty", "amount", "amount_2", "command")
    rows = []
    for event in events[events["kind"] == EventKind.TRADE]:
        side = AUCTION_SIDE if event["flags"] & EventFlag.AUCTION else int(event["side"])
        head = (int(event[name]) for name in ("sequence", "time_ns", "instrument", "price", "quantity"))
        rows.append((*head, side, *(int(event[name]) for name in columns)))
    return rows


def candles_of(trades: Iterable[tuple[int, ...]], interval_s: int) -> dict[tuple[int, int], list[int]]:
    """Return the candles of an interval, by instrument and start."""
    within: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for _, time_ns, instrument, price, quantity, *_ in trades:
        start_s = time_ns // 1_000_000_000 // interval_s * interval_s
        within[instrument, start_s].append((price, quantity))
    return {
        key: [rows[0][0], max(rows)[0], min(rows)[0], rows[-1][0], sum(row[1] for row in rows), len(rows)]
        for key, rows in within.items()
    }
