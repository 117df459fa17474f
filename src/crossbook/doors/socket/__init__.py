"""The WebSocket door: market data, order entry and private messages over one connection."""

from crossbook.doors.socket.connection import SocketPace
from crossbook.doors.socket.door import SocketDoor
from crossbook.doors.socket.opening import make_socket_door
from crossbook.doors.socket.seams import Parts

__all__ = ["Parts", "SocketDoor", "SocketPace", "make_socket_door"]
