"""The WebSocket door of a venue."""

import time
from typing import TYPE_CHECKING, Final

import msgspec

from crossbook.doors.http.lab_process import Lab
from crossbook.doors.http.proxies import Proxies
from crossbook.doors.socket.connection import SocketPace
from crossbook.doors.socket.door import SocketDoor
from crossbook.doors.socket.seams import Parts
from crossbook.venue.orders import NS_PER_MS
from crossbook.venue.principal import Principal

if TYPE_CHECKING:
    from crossbook.venue.venue import Venue


class _Open(msgspec.Struct):
    """What is needed of an open order."""

    order_id: str


OPEN_ORDERS: Final = msgspec.json.Decoder(list[_Open])


def make_socket_door(
    venue: "Venue",
    *,
    proxies: Proxies | None = None,
    root_path: str = "",
    pace: SocketPace | None = None,
    lab: Lab | None = None,
) -> SocketDoor:
    """Make the door of a venue; its `protocol` is what uvicorn is given as `ws`.

    The gate closes the connections of sign-ins that end, and the venue's figures count those that are open.
    """
    trading = venue.trading

    def open_orders(who: Principal) -> list[str]:
        return [order.order_id for order in OPEN_ORDERS.decode(trading.looks.open_orders(who.account))]

    def count(connections: int) -> None:
        venue.figures.connections = connections

    parts = Parts(
        desk=venue.desk,
        gate=venue.gate,
        feeds=venue.feeds,
        open_orders=open_orders,
        sequence=lambda: venue.sequence,
        epoch=time.time_ns() // NS_PER_MS,
        durability=venue.settings.durability,
        count=count,
    )
    door = SocketDoor(parts, venue.settings.limits, pace=pace, proxies=proxies, root_path=root_path, lab=lab)
    venue.gate.on_ended(door.ended)
    return door
