"""The servers that a venue is measured beside: they decode an order, and answer with as many bytes as the venue does.

Everything below the answer is the venue's own: uvicorn and the loop, its protocol for HTTP, and its protocol for
WebSockets with the same buffers. What is missing is the exchange.
"""

import asyncio
import json
import socket
import sys
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, Literal

import msgspec
import uvicorn
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport

from crossbook.core import framed
from crossbook.doors.http.protocol import BoundedProtocol, Connections
from crossbook.doors.socket.protocol import SocketProtocol
from crossbook.doors.socket.upgrade import Upgrade, read_upgrade

CONNECTIONS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the answers."""

    socket: int
    request: int


class _Place(msgspec.Struct, tag_field="op", tag="place"):
    id: int
    ticker: str
    side: Literal["buy", "sell"]
    quantity: int
    price: float
    time_in_force: str = "GTC"
    client_order_id: str | None = None


class _Cancel(msgspec.Struct, tag_field="op", tag="cancel"):
    id: int
    order_id: str


class _Subscribe(msgspec.Struct, tag_field="op", tag="subscribe"):
    id: int
    channels: list[str]


class _Order(msgspec.Struct):
    ticker: str
    side: Literal["buy", "sell"]
    quantity: int
    price: float
    time_in_force: str = "GTC"


_SOCKET: Final = msgspec.json.Decoder(_Place | _Cancel | _Subscribe)
_REQUEST: Final = msgspec.json.Decoder(_Order)


class Echo(WSListener):  # type: ignore[misc, unused-ignore] # no types
    """Answer each message; those that came together are answered with one write, as the venue does."""

    def __init__(self, padding: bytes) -> None:
        self._padding = padding
        self._out: list[bytes] = []
        self._number = 0

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Answer a message."""
        if frame.msg_type != WSMsgType.TEXT:
            transport.disconnect()
            return
        message = _SOCKET.decode(frame.get_payload_as_bytes())
        self._number += 1
        self._out.append(
            framed(
                b'{"type":"reply","id":%d,"ok":true,"data":{"order_id":"%d","padding":"%b"}}'
                % (message.id, self._number, self._padding)
            )
        )
        if frame.last_in_buffer:
            data = b"".join(self._out)
            self._out.clear()
            transport.underlying_transport.write(data)

    def disconnected(self) -> None:
        """Forget the connection, which is gone."""

    def close_for_stop(self) -> None:
        """Do nothing: the process ends."""


class EchoDoor:
    """Let everybody in."""

    def __init__(self, answer_bytes: int) -> None:
        self.limits = SimpleNamespace(message_bytes=16_384)
        self._padding = b"." * max(0, answer_bytes - 72)

    def admit(self, head: bytes, _: object) -> tuple[Echo, Upgrade]:
        """Take a request."""
        return Echo(self._padding), read_upgrade(head)

    def protocol(self, config: object, server_state: Any, app_state: object) -> SocketProtocol:  # noqa: ARG002
        """Make what uvicorn hands a connection to."""
        return SocketProtocol(self, server_state)  # type: ignore[arg-type]


class EchoApplication:
    """Answer each request: raw ASGI, with a message for the head and one for the body."""

    def __init__(self, answer_bytes: int) -> None:
        self._padding = b"." * max(0, answer_bytes - 32)
        self._number = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Read the body, decode it where there is one, and answer."""
        message = await receive()
        body: bytes = message["body"]
        while message.get("more_body"):
            message = await receive()
            body += message["body"]
        if scope["method"] == "POST":
            _REQUEST.decode(body)
        self._number += 1
        answer = b'{"order_id":"%d","padding":"%b"}' % (self._number, self._padding)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


class Bare(uvicorn.Server):
    """A server that prints its port once it listens."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)


async def serve(sizes: Sizes) -> None:
    """Listen on a free port, print it, and serve until the process is ended."""
    config = uvicorn.Config(
        EchoApplication(sizes.request),
        port=0,
        http=partial(BoundedProtocol, Connections(CONNECTIONS, CONNECTIONS)),  # type: ignore[arg-type]
        ws=EchoDoor(sizes.socket).protocol,  # type: ignore[arg-type]
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    await Bare(config).serve()


def main() -> None:
    """Serve answers of the sizes that the command line names."""
    sizes = Sizes(**json.loads(sys.argv[1]))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(sizes))


if __name__ == "__main__":
    main()
