"""A small venue on a real socket that speaks the wire format: what the client is tested against.

It matches by price and time, keeps cash and shares, numbers its messages, and can be made to fail: cut a connection
after any number of frames, swallow answers, forget what it sent, stop and come back.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from picows import (
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
    ws_create_server,
)

KEPT = 64
"""Messages of a channel that can be had again."""


@dataclass
class Order:
    id: int
    user: str
    client_order_id: str | None
    ticker: str
    side: str
    price: float | None
    quantity: int
    filled: int = 0
    status: str = "open"
    reason: str | None = None

    @property
    def left(self) -> int:
        return self.quantity - self.filled

    def view(self) -> dict[str, Any]:
        return {
            "order_id": str(self.id),
            "client_order_id": self.client_order_id,
            "ticker": self.ticker,
            "side": self.side,
            "type": "limit",
            "time_in_force": "GTC",
            "price": self.price,
            "stop_price": None,
            "quantity": self.quantity,
            "filled_quantity": self.filled,
            "average_price": None,
            "status": self.status,
            "reason": self.reason,
            "created_at": 1,
            "updated_at": 2,
        }


@dataclass
class Channel:
    last: int = 0
    kept: deque[tuple[int, int, bytes]] = field(default_factory=lambda: deque(maxlen=KEPT))
    listeners: list["Session"] = field(default_factory=list)


class SmallVenue:
    """A venue with users `key-a`, `key-b` and so on, who have 10,000 of cash and 1,000 shares of everything."""

    def __init__(self, tickers: tuple[str, ...] = ("FUN", "MEME")) -> None:
        self.tickers = tickers
        self.port = 0
        self.sequence = 0
        self.epoch = 1
        self.orders: dict[int, Order] = {}
        self.everything: list[Order] = []
        """All orders that there ever were."""
        self.names: dict[tuple[str, str], dict[str, Any]] = {}
        self.cash: dict[str, float] = {}
        self.held: dict[tuple[str, str], int] = {}
        self.channels: dict[str, Channel] = {}
        self.painted: dict[str, dict[str, dict[float, int]]] = {}
        self.sessions: list[Session] = []
        self.opened = 0
        """Connections since the beginning."""
        self.placed: list[str | None] = []
        """Client order ids of the orders that had an effect."""
        self.cut_after: int | None = None
        """Frames that may still be sent before the connection is cut; none for no end."""
        self.swallow = 0
        """Answers to orders that are lost, each with its connection."""
        self.duplicate = False
        self.skip = 0
        """Messages of channels that get lost on the way, while the connection stands."""
        self.deaf = False
        """Whether it hears nothing."""
        self.says: list[dict[str, Any]] = []
        """All it was told."""
        self._server: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        self._server = await ws_create_server(self._route, "127.0.0.1", self.port, max_frame_size=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self, *, forget: bool = False) -> None:
        """Stop at once, as a killed process does; with `forget`, nothing can be had again afterwards."""
        self._server.close()
        for session in list(self.sessions):
            session.cut()
        await self._server.wait_closed()
        if forget:
            self.epoch += 1
            for channel in self.channels.values():
                channel.kept.clear()

    def _route(self, request: WSUpgradeRequest) -> Any:
        path = request.path.decode()
        if path == "/ws":
            self.opened += 1
            return Session(self)
        body, status = b'{"detail":"there is no such thing","code":"not_found"}', 404
        ticker = path.removeprefix("/api/market/")
        if ticker in self.tickers:
            body, status = json.dumps(self.market(ticker)).encode(), 200
        if path == "/api/market/tickers":
            glances = {one: {"current_price": 100.0} for one in self.tickers}
            body, status = json.dumps({"tickers": glances}).encode(), 200
        headers = {"Content-Type": "application/json"}
        # The library means this for refusals; any status makes it a small answer over HTTP.
        response = WSUpgradeResponse.create_error_response(404, body, headers)
        response.status = HTTPStatus(status)
        return WSUpgradeResponseWithListener(response, None)

    def market(self, ticker: str) -> dict[str, Any]:
        return {
            "ticker": ticker,
            "current_price": 100.0,
            "best_bid": None,
            "best_ask": None,
            "bid_depth": 0,
            "ask_depth": 0,
            "change_24h": 0.0,
            "volume_24h": 0,
            "high_24h": None,
            "low_24h": None,
            "phase": "continuous",
            "price_step": 0.01,
            "quantity_step": 1,
        }

    # State

    def book(self, ticker: str) -> dict[str, dict[float, int]]:
        sides: dict[str, dict[float, int]] = {"buy": {}, "sell": {}}
        for order in self.orders.values():
            if order.ticker == ticker and order.price is not None:
                level = sides[order.side]
                level[order.price] = level.get(order.price, 0) + order.left
        return sides

    def balance(self, user: str) -> dict[str, Any]:
        mine = [order for order in self.orders.values() if order.user == user and order.side == "buy"]
        escrow = round(sum((order.price or 0) * order.left for order in mine), 2)
        return {
            "cash": round(self.cash[user] - escrow, 2),
            "escrowed_cash": escrow,
            "holdings": [{"ticker": one, "quantity": self.held[user, one]} for one in self.tickers],
        }

    def open_account(self, user: str) -> None:
        if user not in self.cash:
            self.cash[user] = 10_000.0
            for ticker in self.tickers:
                self.held[user, ticker] = 1_000

    def next(self) -> int:
        self.sequence += 1
        return self.sequence

    def place(self, user: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Carry out an order for a user; raises `KeyError` with the code of a refusal."""
        self.open_account(user)
        name = asked.get("client_order_id")
        if name is not None and (user, name) in self.names:
            return self.names[user, name]
        if asked["ticker"] not in self.tickers:
            raise KeyError("unknown_ticker")
        if asked["quantity"] <= 0:
            raise KeyError("quantity_zero")
        if asked["quantity"] > 500:
            raise KeyError("quantity_too_large")
        order = Order(
            self.next(), user, name, asked["ticker"], asked["side"], asked.get("price"), asked["quantity"]
        )
        self.placed.append(name)
        self.everything.append(order)
        self.tell(order, balance=False)
        trades = self._match(order)
        if order.left and (order.price is None or asked.get("time_in_force") == "IOC"):
            order.status, order.reason = "cancelled", "immediate_remainder"
            self.next()
            self.tell(order)
        elif order.left:
            order.status = "partial" if order.filled else "open"
            self.orders[order.id] = order
            self.tell_balance(user)
        self.paint(order.ticker)
        answer = {**order.view(), "trades": trades}
        if name is not None:
            self.names[user, name] = answer
        return answer

    def _match(self, taker: Order) -> list[dict[str, Any]]:
        trades = []
        sign = 1 if taker.side == "buy" else -1
        others = [
            order
            for order in self.orders.values()
            if order.ticker == taker.ticker and order.side != taker.side and order.user != taker.user
        ]
        for maker in sorted(others, key=lambda order: (sign * (order.price or 0), order.id)):
            if not taker.left or (taker.price is not None and sign * ((maker.price or 0) - taker.price) > 0):
                break
            lots = min(taker.left, maker.left)
            trades.append(self._trade(taker, maker, lots))
        return trades

    def _trade(self, taker: Order, maker: Order, lots: int) -> dict[str, Any]:
        sequence, price = self.next(), maker.price or 0.0
        buyer, seller = (taker, maker) if taker.side == "buy" else (maker, taker)
        trade = {
            "trade_id": str(sequence),
            "ticker": taker.ticker,
            "price": price,
            "quantity": lots,
            "buyer_id": buyer.user,
            "seller_id": seller.user,
            "side": taker.side,
            "timestamp": int(time.time() * 1000),
        }
        self.say(f"trades:{taker.ticker}", "trade", trade)
        for order, liquidity in ((taker, "taker"), (maker, "maker")):
            order.filled += lots
            order.status = "partial" if order.left else "filled"
            sign = 1 if order.side == "buy" else -1
            self.cash[order.user] = round(self.cash[order.user] - sign * price * lots, 2)
            self.held[order.user, order.ticker] += sign * lots
            if not order.left:
                self.orders.pop(order.id, None)
            fill = {
                **trade,
                "order_id": str(order.id),
                "client_order_id": order.client_order_id,
                "side": order.side,
                "fee": 0,
                "liquidity": liquidity,
            }
            self.tell(order, fill)
        return trade

    def cancel(self, user: str, order_id: str, reason: str = "by_owner") -> dict[str, Any]:
        order = self.orders.get(int(order_id))
        if order is None or order.user != user:
            raise KeyError("unknown_order")
        del self.orders[order.id]
        order.status, order.reason = "cancelled", reason
        self.next()
        self.tell(order)
        self.paint(order.ticker)
        return {"order_id": order_id, "status": "cancelled", "message": "cancelled"}

    def cancel_all(self, user: str, ticker: str | None) -> dict[str, Any]:
        mine = [o for o in self.orders.values() if o.user == user and ticker in {None, o.ticker}]
        for order in mine:
            self.cancel(user, str(order.id), "mass_cancel")
        return {"cancelled": len(mine), "message": "cancelled"}

    def replace(self, user: str, asked: dict[str, Any]) -> dict[str, Any]:
        order = self.orders.get(int(asked["order_id"]))
        if order is None or order.user != user:
            raise KeyError("unknown_order")
        order.price = asked.get("price", order.price)
        order.quantity = asked.get("quantity", order.quantity)
        self.next()
        self.tell(order)
        self.paint(order.ticker)
        return order.view()

    # Channels

    def say(self, name: str, kind: str, data: dict[str, Any]) -> None:
        channel = self.channels.setdefault(name, Channel())
        sequence = max(self.sequence, channel.last + 1)
        frame = {
            "type": kind,
            "channel": name.partition("@")[0],
            "sequence": sequence,
            "previous": channel.last,
            "data": data,
        }
        text = json.dumps(frame).encode()
        channel.kept.append((channel.last, sequence, text))
        channel.last = sequence
        for session in list(channel.listeners):
            if self.skip:
                self.skip -= 1
                continue
            session.send(text)
            if self.duplicate:
                session.send(text)

    def tell(self, order: Order, fill: dict[str, Any] | None = None, *, balance: bool = True) -> None:
        data: dict[str, Any] = {"order": order.view()}
        if fill is not None:
            data["fill"] = fill
        if balance:
            data["balance"] = self.balance(order.user)
        self.say(f"account@{order.user}", "fill" if fill else "order", data)

    def tell_balance(self, user: str) -> None:
        self.say(f"account@{user}", "balance", {"balance": self.balance(user)})

    def paint(self, ticker: str) -> None:
        before = self.painted.get(ticker, {"buy": {}, "sell": {}})
        now = self.book(ticker)
        data = {}
        for side, key in (("buy", "bids"), ("sell", "asks")):
            changed = [[price, lots] for price, lots in now[side].items() if before[side].get(price) != lots]
            data[key] = changed + [[price, 0] for price in before[side] if price not in now[side]]
        self.painted[ticker] = now
        if data["bids"] or data["asks"]:
            self.say(f"book:{ticker}", "book", {"ticker": ticker, **data})

    def snapshot(self, name: str) -> dict[str, Any] | None:
        kind, _, ticker = name.partition(":")
        if kind.startswith("account"):
            user = name.partition("@")[2]
            mine = [order.view() for order in reversed(self.orders.values()) if order.user == user]
            return {"orders": mine, "balance": self.balance(user)}
        if kind == "book":
            book = self.painted.get(ticker, {"buy": {}, "sell": {}})
            sides = {key: [list(level) for level in book[side].items()] for side, key in SIDES}
            return {"ticker": ticker, **sides}
        if kind == "trades":
            kept = self.channels[name].kept
            return {"ticker": ticker, "trades": [json.loads(text)["data"] for _, _, text in kept]}
        if kind == "prices":
            return {one: {"current_price": 100.0, "phase": "continuous"} for one in self.tickers}
        return {"news": []} if kind == "news" else None

    def subscribe(self, session: "Session", name: str, resume: int | None) -> None:
        if name == "account":
            if session.user is None:
                raise KeyError("not_signed_in")
            name = f"account@{session.user}"
        elif name not in {"prices", "news"} and name.partition(":")[2] not in self.tickers:
            raise KeyError("not_found")
        channel = self.channels.setdefault(name, Channel())
        if session in channel.listeners:
            return
        missed = [text for previous, own, text in channel.kept if resume is not None and own > resume]
        known = resume == channel.last or any(previous == resume for previous, _, _ in channel.kept)
        channel.listeners.append(session)
        if resume is not None and known:
            for text in missed:
                session.send(text)
            return
        frame = {
            "type": name.partition(":")[0].partition("@")[0],
            "channel": name.partition("@")[0],
            "sequence": channel.last,
            "previous": 0,
            "snapshot": True,
            "data": self.snapshot(name),
        }
        session.send(json.dumps(frame).encode())


SIDES = (("buy", "bids"), ("sell", "asks"))


@asynccontextmanager
async def venue() -> AsyncIterator[SmallVenue]:
    """Run a small venue in this event loop."""
    small = SmallVenue()
    await small.open()
    try:
        yield small
    finally:
        await small.close()


async def until(true: Callable[[], object]) -> None:
    """Wait until something holds that nobody tells of."""
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - what is waited for lies on both sides of a socket
            await asyncio.sleep(0.002)


class Session(WSListener):
    """One connection to the venue."""

    def __init__(self, venue: SmallVenue) -> None:
        self.venue = venue
        self.user: str | None = None
        self.transport: WSTransport | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self.venue.sessions.append(self)
        hello = {"type": "hello", "venue": "small", "durability": "memory", "sequence": self.venue.sequence}
        self.send(json.dumps({**hello, "epoch": self.venue.epoch}).encode())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.gone()

    def gone(self) -> None:
        if self in self.venue.sessions:
            self.venue.sessions.remove(self)
        for channel in self.venue.channels.values():
            if self in channel.listeners:
                channel.listeners.remove(self)

    def cut(self) -> None:
        """End the connection without a word."""
        self.gone()
        if self.transport is not None:
            self.transport.disconnect(False)
            self.transport = None

    def send(self, text: bytes) -> None:
        venue = self.venue
        if self.transport is None:
            return
        if venue.cut_after is not None:
            if venue.cut_after == 0:
                venue.cut_after = None
                self.cut()
                return
            venue.cut_after -= 1
        self.transport.send(WSMsgType.TEXT, text)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
            return
        if self.venue.deaf:
            return
        said = json.loads(frame.get_payload_as_bytes())
        self.venue.says.append(said)
        try:
            data = self.answer(said)
        except KeyError as error:
            code = error.args[0]
            reply = {"type": "reply", "id": said.get("id"), "ok": False}
            reply["error"] = {"detail": f"refused: {code}", "code": code}
        else:
            reply = {"type": "reply", "id": said.get("id"), "ok": True, "data": data}
        if said["op"] in {"place", "cancel", "cancel_all", "replace"} and self.venue.swallow:
            self.venue.swallow -= 1
            self.cut()
        elif said["op"] == "ping":
            self.send(json.dumps({"type": "pong", "id": said.get("id")}).encode())
        else:
            self.send(json.dumps(reply).encode())

    def answer(self, said: dict[str, Any]) -> Any:
        venue, user = self.venue, self.user or ""
        match said["op"]:
            case "auth":
                key = said.get("api_key", "")
                if not key.startswith("key-"):
                    raise KeyError("not_signed_in")
                self.user = key.removeprefix("key-")
                venue.open_account(self.user)
            case "subscribe":
                for name in said["channels"]:
                    venue.subscribe(self, name, said.get("resume", {}).get(name))
            case "unsubscribe":
                for name in said["channels"]:
                    own = f"account@{self.user}" if name == "account" else name
                    channel = venue.channels.get(own)
                    if channel and self in channel.listeners:
                        channel.listeners.remove(self)
            case "place":
                return venue.place(user, said)
            case "cancel":
                return venue.cancel(user, said["order_id"])
            case "cancel_all":
                return venue.cancel_all(user, said.get("ticker"))
            case "replace":
                return venue.replace(user, said)
        return {}
