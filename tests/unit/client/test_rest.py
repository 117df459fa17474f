"""Both REST clients against a server on a real socket, whose answers are written here."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import uvicorn

from crossbook.client import AsyncClient, Client, Refused, Unavailable
from crossbook.core import UsageError

TRADE = {
    "trade_id": "9",
    "ticker": "FUN",
    "price": 100.07,
    "quantity": 1,
    "buyer_id": "u1",
    "seller_id": "u2",
    "side": "buy",
    "timestamp": 5,
}
ORDER = {
    "order_id": "7",
    "client_order_id": "x",
    "ticker": "FUN",
    "side": "buy",
    "price": 100.1,
    "quantity": 3,
    "filled_quantity": 1,
    "status": "partial",
}
MARKET = {"ticker": "FUN", "current_price": 100.0, "best_bid": 99.99, "best_ask": None}
BOOK = {"ticker": "FUN", "sequence": 4, "bids": [{"price": 0.29, "quantity": 3}], "asks": []}
CANDLE = {"timestamp": 60_000, "open": 1, "high": 2, "low": 0.5, "close": 1.5, "volume": 10}
HOLDING = {"ticker": "FUN", "quantity": 2, "current_price": 100.0, "value": 200.0}
PERSON = {"user_id": "u1", "username": "ada", "cash": 9_800.5, "total_value": 10_000.5}
KEY = {"key_id": "k1", "label": "laptop", "prefix": "ms_k1", "created_at": 5}
ANSWERS: dict[tuple[str, str], Any] = {
    ("POST", "/api/register"): {**PERSON, "api_key": "ms_secret", "jwt_token": "t1"},
    ("POST", "/api/login"): {"user_id": "u1", "username": "ada", "jwt_token": "t2"},
    ("POST", "/api/orders"): {**ORDER, "trades": [TRADE]},
    ("GET", "/api/orders"): {"orders": [ORDER]},
    ("PATCH", "/api/orders/7"): ORDER,
    ("DELETE", "/api/orders/7"): {"order_id": "7", "status": "cancelled", "message": "gone"},
    ("DELETE", "/api/orders"): {"cancelled": 2, "message": "gone"},
    ("GET", "/api/trades"): {"trades": [{**TRADE, "order_id": "7", "liquidity": "taker"}]},
    ("GET", "/api/market/FUN/trades"): {"trades": [TRADE]},
    ("GET", "/api/market/tickers"): {"tickers": {"FUN": MARKET}},
    ("GET", "/api/market/FUN"): {**MARKET, "bid_depth": 3, "ask_depth": 0, "something_new": 1},
    ("GET", "/api/market/FUN/orderbook"): BOOK,
    ("GET", "/api/market/FUN/history"): {"ticker": "FUN", "interval": "1m", "candles": [CANDLE]},
    ("GET", "/api/portfolio"): {**PERSON, "holdings": [HOLDING]},
    ("GET", "/api/leaderboard"): {"leaderboard": [{**PERSON, "holdings": {"FUN": 2}}]},
    ("GET", "/api/instruments"): {"instruments": [{"ticker": "FUN", "name": "Fun"}], "cash_step": 0.01},
    ("GET", "/api/health"): {"status": "ok"},
    ("GET", "/api/keys"): {"keys": [KEY]},
    ("POST", "/api/keys"): {**KEY, "api_key": "ms_other"},
    ("DELETE", "/api/keys/k1"): {"message": "gone"},
    ("POST", "/api/keys/k1/rotate"): {**KEY, "api_key": "ms_other"},
    ("POST", "/api/logout"): {"message": "gone"},
    ("GET", "/api/me"): {"user_id": "u1", "username": "ada", "role": "trader"},
}


class Server:
    """Answers as written, after what `faults` says: a status, or "cut" for no answer at all."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        self.faults: list[int | str] = []
        self.retry_after = "0"
        self.url = ""

    async def __call__(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {key.decode(): value.decode() for key, value in scope["headers"]}
        path = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        self.asked.append((scope["method"], path, headers, json.loads(body) if body else None))
        fault = self.faults.pop(0) if self.faults else None
        if fault == "cut":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
            await send({"type": "http.response.body", "body": b"{"})
            return
        status, answer = 200, ANSWERS.get((scope["method"], scope["path"]))
        if fault == "nonsense":
            text = b"<html>"
        elif isinstance(fault, int):
            status, text = fault, json.dumps({"detail": "not\nnow", "code": CODES.get(fault, "")}).encode()
        else:
            text = b"" if answer is None else json.dumps(answer).encode()
        sent = [(b"content-type", b"application/json"), (b"retry-after", self.retry_after.encode())]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": text})


CODES = {400: "insufficient_cash", 401: "not_signed_in", 429: "rate_limited", 503: "busy"}


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    app = Server()
    listener = socket.create_server(("127.0.0.1", 0))
    app.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(app, log_level="critical", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield app
    server.should_exit = True
    thread.join(60)
    listener.close()


@pytest.fixture
def server(running: Server) -> Server:
    running.asked.clear()
    running.faults.clear()
    running.retry_after = "0"
    return running


CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    ("register", ("ada", "secret"), {}, "POST /api/register"),
    ("login", ("ada", "secret"), {}, "POST /api/login"),
    ("place", ("FUN", "buy", 3, "100.10"), {}, "POST /api/orders"),
    ("cancel", ("7",), {}, "DELETE /api/orders/7"),
    ("cancel_all", (), {"ticker": "FUN"}, "DELETE /api/orders?ticker=FUN"),
    ("replace", ("7",), {"price": "100.1"}, "PATCH /api/orders/7"),
    ("orders", (), {"status": "open", "limit": 5}, "GET /api/orders?status=open&limit=5"),
    ("trades", (), {"offset": 5}, "GET /api/trades?offset=5"),
    ("tape", ("FUN",), {"limit": 1}, "GET /api/market/FUN/trades?limit=1"),
    ("tickers", (), {}, "GET /api/market/tickers"),
    ("market", ("FUN",), {}, "GET /api/market/FUN"),
    ("orderbook", ("FUN",), {"depth": 2}, "GET /api/market/FUN/orderbook?depth=2"),
    ("candles", ("FUN", "1m"), {"start": 1}, "GET /api/market/FUN/history?interval=1m&start=1"),
    ("portfolio", (), {}, "GET /api/portfolio"),
    ("leaderboard", (), {}, "GET /api/leaderboard"),
    ("instruments", (), {}, "GET /api/instruments"),
    ("health", (), {}, "GET /api/health"),
    ("keys", (), {}, "GET /api/keys"),
    ("create_key", ("laptop",), {}, "POST /api/keys"),
    ("revoke_key", ("k1",), {}, "DELETE /api/keys/k1"),
    ("rotate_key", ("k1",), {}, "POST /api/keys/k1/rotate"),
    ("logout", (), {}, "POST /api/logout"),
    ("me", (), {}, "GET /api/me"),
]


@pytest.mark.parametrize(("name", "words", "named", "sent"), CALLS, ids=[call[0] for call in CALLS])
def test_both_clients_ask_the_same_and_read_the_same(
    name: str, words: tuple[Any, ...], named: dict[str, Any], sent: str, server: Server
) -> None:
    async def asynchronous() -> Any:
        async with AsyncClient(server.url, api_key="ms_key") as client:
            return await getattr(client, name)(*words, **named)

    with Client(server.url, api_key="ms_key") as client:
        plain = getattr(client, name)(*words, **named)

    assert asyncio.run(asynchronous()) == plain
    assert [f"{method} {path}" for method, path, _, _ in server.asked] == [sent, sent]
    assert {headers["x-api-key"] for _, _, headers, _ in server.asked} == {"ms_key"}


def test_both_clients_have_every_call() -> None:
    public = {name for name in vars(Client) if not name.startswith("_")}

    assert public == {name for name in vars(AsyncClient) if not name.startswith("_")}
    assert public - {"close", "do", "url"} == {name for name, _, _, _ in CALLS}


def test_numbers_are_exact_decimals(server: Server) -> None:
    with Client(server.url) as client:
        assert client.orderbook("FUN").bids[0].price == Decimal("0.29")
        placed = client.place("FUN", "buy", "3.0", Decimal("100.10"))
        assert placed.trades[0].price == Decimal("100.07")
    body = server.asked[-1][3]
    assert (body["quantity"], body["price"]) == (3, 100.10)
    assert len(body["client_order_id"]) == 32


@pytest.mark.parametrize("price", [0.1, True, "abc", "NaN", Decimal("Infinity"), b"1"])
def test_a_price_that_is_no_exact_number_is_refused_before_it_is_sent(price: Any, server: Server) -> None:
    with Client(server.url) as client, pytest.raises(UsageError, match="price"):
        client.place("FUN", "buy", 1, price)
    assert server.asked == []


def test_who_registers_or_signs_in_is_known_from_then_on_and_never_shown(server: Server) -> None:
    with Client(server.url) as client:
        assert "ms_secret" not in repr(client.register("ada", "secret"))
        client.portfolio()
        assert "t2" not in repr(client.login("ada", "secret"))
        client.portfolio()
    assert server.asked[1][2]["x-api-key"] == "ms_secret"
    assert server.asked[3][2]["authorization"] == "Bearer t2"
    assert "x-api-key" not in server.asked[3][2]


@pytest.mark.parametrize("fault", ["cut", 429, 503, 502])
def test_an_order_is_sent_again_under_the_same_name_when_its_answer_is_lost(
    fault: int | str, server: Server
) -> None:
    server.faults = [fault, fault]
    with Client(server.url) as client:
        assert client.place("FUN", "buy", 3, "100.10").order_id == "7"
    assert len({body["client_order_id"] for _, _, _, body in server.asked}) == 1
    assert len(server.asked) == 3


@pytest.mark.parametrize("fault", ["cut", 503])
@pytest.mark.parametrize("call", ["cancel_all", "register"])
def test_what_is_not_safe_to_repeat_is_sent_once(call: str, fault: int | str, server: Server) -> None:
    server.faults = [fault]
    words = ("ada", "secret") if call == "register" else ()
    with Client(server.url) as client, pytest.raises(Unavailable):
        getattr(client, call)(*words)
    assert len(server.asked) == 1


def test_a_refusal_is_not_repeated_and_carries_code_detail_and_status(server: Server) -> None:
    server.faults = [400]
    with Client(server.url) as client, pytest.raises(Refused) as refused:
        client.place("FUN", "buy", 1, 1)
    assert (refused.value.code, refused.value.detail, refused.value.status) == (
        "insufficient_cash",
        "not now",
        400,
    )
    assert len(server.asked) == 1


def test_patience_ends_and_says_how_long_the_venue_wants_to_be_left_alone(server: Server) -> None:
    server.faults, server.retry_after = [429], "30"
    with Client(server.url, patience_s=0.5) as client, pytest.raises(Unavailable) as gone:
        client.portfolio()
    assert (gone.value.code, gone.value.retry_after_s) == ("rate_limited", 30.0)


def test_an_answer_that_is_none_of_a_venue_is_told_in_one_line(server: Server) -> None:
    server.faults = ["nonsense"]
    with Client(server.url) as client, pytest.raises(Unavailable, match="no venue") as gone:
        client.portfolio()
    assert "\n" not in str(gone.value)


def test_nobody_at_the_address_is_told_once_patience_is_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}", patience_s=0.2) as client, pytest.raises(Unavailable) as gone:
        client.register("ada", "secret")
    assert gone.value.code == "unreachable"


def test_a_ticker_cannot_lead_to_another_path(server: Server) -> None:
    with Client(server.url) as client, pytest.raises(Unavailable):
        client.market("../keys?x=1")
    assert server.asked[0][1].startswith("/api/market/")
