"""The HTTP door on real sockets: bounds of connections, slow and broken clients, and the end."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from crossbook.core import ConfigError
from crossbook.doors.http import protocol
from crossbook.doors.http.server import Listening, listening
from tests.http_venue import StandingVenue, open_venue, registered
from tests.loops import looped

ORDER = {"ticker": "FUN", "side": "buy", "price": 99.5, "quantity": 10}
GET = b"GET /api/health HTTP/1.1\r\nhost: venue\r\n\r\n"


@asynccontextmanager
async def open_server(directory: Path, **limits: float) -> AsyncIterator[tuple[StandingVenue, Listening]]:
    async with open_venue(directory, **limits) as venue, listening(venue, "127.0.0.1", 0) as server:
        yield venue, server


async def talk(server: Listening, sent: bytes, *, end: bool = False) -> bytes:
    """Send bytes and return everything until the server closes the connection."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    try:
        writer.write(sent)
        if end:
            writer.write_eof()
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


@looped
async def test_orders_and_pages_come_over_one_connection(tmp_path: Path) -> None:
    async with open_server(tmp_path) as (venue, server):
        key = await registered(venue, "ada")
        async with httpx.AsyncClient(base_url=f"http://{server.host}:{server.port}", headers=key) as client:
            placed = await client.post("/api/orders", json=ORDER)
            head = await client.head("/api/orders")
            listed = await client.get("/api/orders")
            docs = await client.get("/docs/swagger-ui-bundle.js")

    assert placed.json()["status"] == "open"
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(listed.content))
    assert docs.status_code == 200
    assert "server" not in placed.headers


BROKEN = {
    "no HTTP": b"hello\r\n\r\n",
    "a NUL in the head": b"GET /api/health HTTP/1.1\r\nhost: a\0b\r\n\r\n",
    "a path beyond ASCII": b"GET /\xff\xfe HTTP/1.1\r\nhost: venue\r\n\r\n",
    "a length below zero": b"POST /api/orders HTTP/1.1\r\nhost: venue\r\ncontent-length: -1\r\n\r\n",
    "two lengths": b"POST /api/orders HTTP/1.1\r\nhost: v\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
    "a length and chunks": (
        b"POST /api/orders HTTP/1.1\r\nhost: v\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
}


@pytest.mark.parametrize("case", BROKEN)
@looped
async def test_what_is_no_http_is_refused_in_the_form_of_everything_else(tmp_path: Path, case: str) -> None:
    async with open_server(tmp_path) as (_, server):
        told = await talk(server, BROKEN[case])

    assert told.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b'"code":"bad_request"' in told


HEADS = {
    "one long header": b"GET / HTTP/1.1\r\nhost: v\r\nx: " + b"a" * 40_000 + b"\r\n\r\n",
    "a header without end": b"GET / HTTP/1.1\r\nhost: v\r\nx: " + b"a" * 400_000,
    "a path without end": b"GET /" + b"a" * 400_000,
    "many headers": b"GET / HTTP/1.1\r\n"
    + b"".join(b"x%d: y\r\n" % number for number in range(101))
    + b"\r\n",
}


@pytest.mark.parametrize("case", HEADS)
@looped
async def test_a_head_that_is_too_long_is_refused(tmp_path: Path, case: str) -> None:
    async with open_server(tmp_path) as (_, server):
        told = await talk(server, HEADS[case])

        assert (await talk(server, GET.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))).startswith(
            b"HTTP/1.1 200"
        )

    # Where the server closes with bytes unread, the system may take the answer back.
    assert told == b"" or told.startswith(b"HTTP/1.1 431 ")


SLOW = {
    "nothing at all": (b"", b""),
    "half a head": (b"GET /api/health HTTP/1.1\r\nhost: v", b"HTTP/1.1 408 "),
    "a head without its body": (
        b"POST /api/login HTTP/1.1\r\nhost: v\r\ncontent-length: 10\r\n\r\n{",
        b"HTTP/1.1 408 ",
    ),
    "an order without its body": (
        b"POST /api/orders HTTP/1.1\r\nhost: v\r\ncontent-length: 10\r\n\r\n",
        b"HTTP/1.1 401 ",
    ),
}


@pytest.mark.parametrize("case", SLOW)
@looped
async def test_a_request_that_does_not_come_to_an_end_is_ended(
    tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "WHOLE_REQUEST_S", 0.2)
    sent, begins = SLOW[case]
    async with open_server(tmp_path) as (_, server):
        told = await talk(server, sent)

    assert told.startswith(begins)
    assert bool(told) is bool(begins)


@looped
async def test_requests_in_one_write_are_answered_in_order(tmp_path: Path) -> None:
    async with open_server(tmp_path) as (_, server):
        last = b"GET /api/nothing HTTP/1.1\r\nhost: v\r\nconnection: close\r\n\r\n"
        told = await talk(server, GET * 3 + last)

    assert re.findall(rb"HTTP/1.1 (\d+)", told) == [b"200", b"200", b"200", b"404"]


@looped
async def test_connections_over_the_limit_of_an_address_are_refused_and_the_others_stay(
    tmp_path: Path,
) -> None:
    async with open_server(tmp_path, connections_per_address=2) as (_, server):
        first, second = [await asyncio.open_connection(server.host, server.port) for _ in range(2)]
        refused = await talk(server, b"")
        for reader, writer in (first, second):
            writer.write(GET)
            assert (await reader.readline()) == b"HTTP/1.1 200 OK\r\n"
            writer.close()
            await writer.wait_closed()
        again = await talk(server, GET.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))

    assert refused.startswith(b"HTTP/1.1 429 ")
    assert again.startswith(b"HTTP/1.1 200 ")


@looped
async def test_a_client_who_leaves_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    async with open_server(tmp_path) as (venue, server):
        key = (await registered(venue, "ada"))["x-api-key"].encode()
        before = venue.state_hash
        head = (
            b"POST /api/orders HTTP/1.1\r\nhost: v\r\nx-api-key: " + key + b"\r\ncontent-length: 99\r\n\r\n{"
        )
        await talk(server, head, end=True)

        assert venue.state_hash == before


@looped
async def test_the_server_ends_with_idle_connections_open(tmp_path: Path) -> None:
    async with open_venue(tmp_path) as venue:
        async with asyncio.timeout(60):
            async with listening(venue, "127.0.0.1", 0) as server:
                reader, writer = await asyncio.open_connection(server.host, server.port)
                writer.write(GET)
                await reader.readline()
            assert server.stopped.done()
        writer.close()
        with pytest.raises(OSError):  # noqa: PT011 - the system's word for it differs
            await asyncio.open_connection(server.host, server.port)


class Handover(asyncio.Protocol):
    """A WebSocket protocol that only says that it was handed the request."""

    def __init__(self, config: object, server_state: object, app_state: object) -> None:
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(b"taken over: " + data.split(b"\r\n")[0])
        self._transport.close()


@looped
async def test_a_websocket_handshake_is_handed_over_and_leaves_its_room(tmp_path: Path) -> None:
    shake = b"GET /ws HTTP/1.1\r\nhost: v\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n"
    async with (
        open_venue(tmp_path, connections_per_address=1) as venue,
        listening(venue, "127.0.0.1", 0, sockets=Handover) as server,
    ):
        told = [await talk(server, shake) for _ in range(3)]

    assert told == [b"taken over: GET /ws HTTP/1.1"] * 3


@looped
async def test_a_port_that_is_taken_is_one_line_for_the_operator(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with open_venue(tmp_path) as venue:
            with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1 port {port}"):
                async with listening(venue, "127.0.0.1", port):
                    pass
