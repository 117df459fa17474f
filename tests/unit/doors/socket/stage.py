"""A WebSocket door behind a real uvicorn on a real socket, with stand-ins for the venue, and a client that can misbehave."""

import asyncio
import base64
import json
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar, cast

import msgspec
from uvicorn import Config, Server

from crossbook.core import framed
from crossbook.doors.http.protocol import BoundedProtocol, Connections
from crossbook.doors.socket import Parts, SocketDoor, SocketPace
from crossbook.venue.answers import CancelledAll, CancelledOrder, OrderView, PlacedOrder
from crossbook.venue.channels import Subscriber
from crossbook.venue.desk import Read
from crossbook.venue.principal import Principal, Role
from crossbook.venue.refusals import NOT_FOUND, NOT_SIGNED_IN, Refused
from crossbook.venue.requests import PlaceOrder, ReplaceOrder
from crossbook.venue.sequencer import Reply
from crossbook.venue.settings import LimitSettings

T = TypeVar("T")
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
LIMITS = LimitSettings()
ANNA = Principal(user_id="u1", username="anna", account=1, role=Role.TRADER, session="key:1")
BERT = Principal(user_id="u2", username="bert", account=2, role=Role.TRADER, session="key:2")
COOKIE = "crossbook_0123abcd"
HOLDERS = {"anna-key": ANNA, "bert-key": BERT, "ms_anna": ANNA}


def _json(answer: msgspec.Struct) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(answer))


class StandInGate:
    """Knows two people."""

    cookie_name = COOKIE

    def by_api_key(self, text: str) -> Principal:
        who = HOLDERS.get(text)
        if who is None:
            raise Refused(NOT_SIGNED_IN, "no such key", 401)
        return who

    def by_token(self, text: str) -> Principal:
        return self.by_api_key(text.replace("token", "key"))


class StandInDesk:
    """Takes every order to stay open, except some that show what goes wrong."""

    def __init__(self) -> None:
        self.open: dict[str, Principal] = {}
        self.cancelled: list[str] = []
        self.busy = 0
        """How many cancels are refused as busy first."""
        self.silent = False
        self.unanswered: list[Callable[[], None]] = []
        self._last = 0

    def read(self, who: Principal, message: bytes) -> None:
        """Leave every message to the reader that says what is wrong."""

    def enter(self, who: Principal, read: Read, reply: Reply) -> None:
        raise AssertionError("nothing was read")

    def place(self, who: Principal, request: PlaceOrder, reply: Reply) -> None:
        if request.ticker == "DEFECT":
            raise ZeroDivisionError
        if request.ticker == "BROKEN":
            reply(cast("Any", object()))
            return
        if request.ticker != "FUN":
            reply(Refused("unknown_ticker", f"there is no instrument {request.ticker!r}"))
            return
        self._last += 1
        order_id = str(self._last)
        self.open[order_id] = who
        price = request.price
        answer = _json(
            PlacedOrder(
                order_id=order_id,
                client_order_id=request.client_order_id,
                ticker=request.ticker,
                side=request.side,
                price=None if price is None else float(price),
                quantity=int(request.quantity),
                filled_quantity=0,
                status="open",
                trades=[],
            )
        )
        if self.silent:
            self.unanswered.append(lambda: reply(answer))
        else:
            reply(answer)

    def replace(self, who: Principal, order_id: str, request: ReplaceOrder, reply: Reply) -> None:
        if self.open.get(order_id) != who:
            reply(Refused("unknown_order", "no such order", 404))
            return
        price = request.price if request.price is not None else Decimal(1)
        reply(
            _json(
                OrderView(
                    order_id=order_id,
                    client_order_id=None,
                    ticker="FUN",
                    side="buy",
                    type="limit",
                    time_in_force="GTC",
                    price=float(price),
                    stop_price=None,
                    quantity=int(request.quantity or 1),
                    filled_quantity=0,
                    average_price=None,
                    status="open",
                    reason=None,
                    created_at=0,
                    updated_at=0,
                )
            )
        )

    def cancel(self, who: Principal, order_id: str, reply: Reply) -> None:
        if self.busy:
            self.busy -= 1
            reply(Refused("busy", "the venue is busy", 503))
        elif self.open.get(order_id) != who:
            reply(Refused("unknown_order", "no such order", 404))
        else:
            del self.open[order_id]
            self.cancelled.append(order_id)
            reply(_json(CancelledOrder(order_id=order_id, status="cancelled", message="cancelled")))

    def cancel_all(self, who: Principal, ticker: str | None, reply: Reply) -> None:
        mine = [order_id for order_id, owner in self.open.items() if owner == who]
        for order_id in mine:
            del self.open[order_id]
        reply(_json(CancelledAll(cancelled=len(mine), message=f"cancelled {len(mine)}")))

    def open_orders(self, who: Principal) -> list[str]:
        return [order_id for order_id, owner in self.open.items() if owner == who]


class StandInFeeds:
    """Channels whose frames are numbered one by one; they keep everything."""

    def __init__(self) -> None:
        self.kept: dict[str, list[bytes]] = {}
        self.listeners: dict[str, dict[Subscriber, None]] = {}
        self.snapshots = 0

    def subscribe(
        self, client: Subscriber, channel: str, who: Principal | None, resume: int | None = None
    ) -> None:
        name = channel
        if channel == "account":
            if who is None:
                raise Refused(NOT_SIGNED_IN, "sign in first", 401)
            name = f"account of {who.account}"
        elif channel not in ("prices", "news") and not channel.endswith(":FUN"):
            raise Refused(NOT_FOUND, f"there is no channel {channel!r}", 404)
        listeners = self.listeners.setdefault(name, {})
        if client in listeners:
            return
        listeners[client] = None
        kept = self.kept.setdefault(name, [])
        if resume is not None:
            for frame in kept[resume:]:
                client.deliver(channel, frame, kept=True)
            return
        self.snapshots += 1
        snapshot = {
            "type": channel,
            "channel": channel,
            "sequence": len(kept),
            "previous": 0,
            "snapshot": True,
        }
        client.deliver(channel, framed(json.dumps(snapshot).encode()), kept=True)

    def unsubscribe(self, client: Subscriber, channel: str, who: Principal | None) -> None:
        name = f"account of {who.account}" if who is not None and channel == "account" else channel
        self.listeners.get(name, {}).pop(client, None)

    def leave(self, client: Subscriber) -> None:
        for listeners in self.listeners.values():
            listeners.pop(client, None)

    def say(self, channel: str, *, kept: bool, times: int = 1, padding: int = 0) -> None:
        """Say the next frames of a channel to all who listen, all in one turn."""
        told = self.kept.setdefault(channel, [])
        name = channel.partition(" ")[0]
        for _ in range(times):
            number = len(told) + 1
            data = {"number": number, "padding": "x" * padding}
            frame = {
                "type": "it",
                "channel": name,
                "sequence": number,
                "previous": number - 1,
                "data": data,
            }
            text = framed(json.dumps(frame).encode())
            told.append(text)
            for listener in tuple(self.listeners.get(channel, {})):
                listener.deliver(name, text, kept=kept)


class Stage:
    """A door that is open on `port`; its parts are reached by `call`, in its own loop."""

    def __init__(self, limits: LimitSettings, pace: SocketPace | None, **options: Any) -> None:
        self.desk = StandInDesk()
        self.feeds = StandInFeeds()
        self.counted: list[int] = []
        parts = Parts(
            desk=self.desk,
            gate=StandInGate(),
            feeds=self.feeds,
            open_orders=self.desk.open_orders,
            sequence=lambda: 7,
            epoch=1_700_000_000_000,
            durability="memory",
            count=self.counted.append,
        )
        self.door = SocketDoor(parts, limits, pace=pace, **options)
        self.port = 0
        self.server: Server
        self._loop: asyncio.AbstractEventLoop

    def call(self, function: Callable[[], T]) -> T:
        """Call something in the door's loop and return what it returns."""

        async def called() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(called(), self._loop).result(60)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so; it is asked in the door's loop."""

        async def waited() -> None:
            while not condition():  # noqa: ASYNC110 - anything may be waited for
                await asyncio.sleep(0.005)

        asyncio.run_coroutine_threadsafe(asyncio.wait_for(waited(), 60), self._loop).result(70)

    def say(self, channel: str, *, kept: bool = True, times: int = 1, padding: int = 0) -> None:
        self.call(lambda: self.feeds.say(channel, kept=kept, times=times, padding=padding))

    def client(self, path: str = "/ws", **options: Any) -> "Client":
        return Client(self.port, path, **options)

    def trader(self, key: str = "anna-key", **options: Any) -> "Client":
        """Return a client that is signed in and has been greeted."""
        client = self.client(headers={"X-API-Key": key}, **options)
        assert client.json()["type"] == "hello"
        return client

    async def serve(self, listener: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        await self.server.serve([listener])


def config_of(door: SocketDoor, loop: Any = "uvloop") -> Config:
    """Return how uvicorn is told of a door."""
    http: Any = partial(BoundedProtocol, Connections(10_000, 10_000))
    return Config(
        app=_no_app,
        http=http,
        ws=cast("Any", door.protocol),
        loop=loop,
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=5,
    )


@contextmanager
def opened(
    limits: LimitSettings = LIMITS,
    pace: SocketPace | None = None,
    loop: Any = "uvloop",
    **options: Any,
) -> Iterator[Stage]:
    """Open a door."""
    stage = Stage(limits, pace, **options)
    with socket.create_server(("127.0.0.1", 0), backlog=2_048) as listener:
        stage.port = listener.getsockname()[1]
        settings = config_of(stage.door, loop)
        stage.server = Server(settings)

        def run() -> None:
            with asyncio.Runner(loop_factory=settings.get_loop_factory()) as runner:
                runner.run(stage.serve(listener))

        thread = threading.Thread(target=run)
        thread.start()
        while not stage.server.started and thread.is_alive():
            thread.join(0.01)
        try:
            yield stage
        finally:
            stage.server.should_exit = True
            thread.join(60)
            assert not thread.is_alive()


async def _no_app(scope: Any, receive: Any, send: Any) -> None:
    body = b"page"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": body})


class Closed(Exception):  # noqa: N818 - what happened, not a mistake
    """The venue closed the connection."""

    def __init__(self, code: int | None, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code


class Client:
    """A WebSocket client on a blocking socket, which can send anything."""

    def __init__(
        self,
        port: int,
        path: str = "/ws",
        *,
        headers: dict[str, str] | None = None,
        receive_buffer: int | None = None,
        behind: bytes = b"",
        upgrade: bool = True,
    ) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(60)
        self.socket.connect(("127.0.0.1", port))
        self._data = b""
        self.status = 0
        self.head = ""
        self.body: Any = None
        if upgrade:
            self.upgrade(path, headers or {}, behind)

    def upgrade(self, path: str, headers: dict[str, str], behind: bytes = b"") -> None:
        lines = {
            "Host": "venue",
            "Upgrade": "websocket",
            "Connection": "keep-alive, Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        } | headers
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        self.socket.sendall(f"GET {path} HTTP/1.1\r\n{text}\r\n".encode() + behind)
        self.read_head()

    def read_head(self) -> None:
        while b"\r\n\r\n" not in self._data:
            self._more()
        head, _, self._data = self._data.partition(b"\r\n\r\n")
        self.head = head.decode()
        self.status = int(self.head.split(" ")[1])
        if self.status != 101:
            length = int(self.head.lower().partition("content-length: ")[2].split("\r\n")[0])
            while len(self._data) < length:
                self._more()
            self.body = json.loads(self._data) if "application/json" in self.head else self._data

    def _more(self) -> None:
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionError:
            data = b""
        if not data:
            raise Closed(None, "the connection was cut")
        self._data += data

    def _take(self, size: int) -> bytes:
        while len(self._data) < size:
            self._more()
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def frame(self) -> tuple[int, bytes]:
        """Read a frame."""
        first, second = self._take(2)
        assert first & 0x70 == 0
        assert second & 0x80 == 0
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack(">H", self._take(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", self._take(8))
        payload = self._take(size)
        if first & 0x0F == CLOSE:
            raise Closed(struct.unpack(">H", payload[:2])[0], payload[2:].decode())
        return first & 0x0F, payload

    def json(self) -> Any:
        """Read a text message."""
        kind, payload = self.frame()
        assert kind == TEXT
        return json.loads(payload)

    def send(
        self, payload: bytes | dict[str, Any], kind: int = TEXT, *, fin: bool = True, rsv: int = 0
    ) -> None:
        self.socket.sendall(masked(payload, kind, fin=fin, rsv=rsv))

    def ask(self, message: bytes | dict[str, Any]) -> Any:
        """Send a message and return the reply to it, passing over what comes between."""
        self.send(message)
        while (answer := self.json())["type"] not in ("reply", "pong"):
            pass
        return answer

    def rest(self) -> tuple[list[tuple[int, bytes]], int | None]:
        """Read on to the end; return all frames, and the code of the close, or none where there was none."""
        frames = []
        try:
            while True:
                frames.append(self.frame())
        except Closed as closed:
            return frames, closed.code

    def end(self) -> tuple[Any, int | None]:
        """Read on to the end; return the goodbye, and the code of the close."""
        frames, code = self.rest()
        messages = [json.loads(payload) for kind, payload in frames if kind == TEXT]
        return next((message for message in messages if message["type"] == "goodbye"), None), code

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self.close()


def masked(payload: bytes | dict[str, Any], kind: int = TEXT, *, fin: bool = True, rsv: int = 0) -> bytes:
    """Return a client's frame."""
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    size = len(data)
    head = bytes([fin << 7 | rsv << 4 | kind])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 1 << 16:
        head += bytes([0x80 | 126]) + struct.pack(">H", size)
    else:
        head += bytes([0x80 | 127]) + struct.pack(">Q", size)
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))


def order(name: int | str = 1, **fields: Any) -> dict[str, Any]:
    """Return a message that places an order."""
    return {
        "op": "place",
        "id": name,
        "ticker": "FUN",
        "side": "buy",
        "price": 100.5,
        "quantity": 10,
    } | fields
