"""Twenty consumers of one simulation: those who read lose nothing, whoever of them does not."""

import json
import selectors
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.live.stream.serving import COIN, Watching, streaming, until, written
from tests.unit.doors.socket.stage import CLOSE, PONG, TEXT, masked
from tests.unit.doors.stream.contract import Contract, channel_of

pytestmark = pytest.mark.slow

READERS = 14
PICKY = 4
SMALL_BUFFER = 4_096
SLOW_BYTES = 1_024
SOME = "trade,news,kline:1s,simulation"
BUSY: dict[str, Any] = COIN | {
    "name": "busy",
    "day": {"start": "00:00", "open": "00:00", "close": "7d"},
    "agents": {name: group | {"count": group["count"] * 10} for name, group in COIN["agents"].items()},
}
"""Ten times as many agents."""
KEPT = (b'{"type":"trade"', b'{"type":"news"')


class Reader:
    """All that one consumer was sent after its greeting."""

    def __init__(self, watching: Watching, at_once: int = 1 << 18) -> None:
        self.socket = watching.client.socket
        self.data = bytearray(watching.client._data)
        self.at_once = at_once
        self.over = False
        self._texts: list[bytes] = []

    def frames(self) -> Iterator[tuple[int, bytes]]:
        """Yield the frames that are whole."""
        data, at = bytes(self.data), 0
        while at + 2 <= len(data):
            size, head = data[at + 1], 2
            if size == 126:
                size, head = int.from_bytes(data[at + 2 : at + 4]), 4
            elif size == 127:
                size, head = int.from_bytes(data[at + 2 : at + 10]), 10
            if at + head + size > len(data):
                return
            yield data[at] & 0x0F, data[at + head : at + head + size]
            at += head + size

    def texts(self) -> list[bytes]:
        """Return all messages, once all of them have come."""
        self._texts = self._texts or [payload for kind, payload in self.frames() if kind == TEXT]
        return self._texts

    def kept(self) -> list[bytes]:
        """Return what must reach everybody."""
        return [text for text in self.texts() if text.startswith(KEPT) or b'"x":true' in text]

    def trades(self) -> list[bytes]:
        return [text for text in self.texts() if text.startswith(KEPT[0])]

    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(text, parse_float=Decimal) for text in self.texts()]


@contextmanager
def reading(readers: list[Reader]) -> Iterator[None]:
    """Read for all of them, from now to the end of each."""
    stop = threading.Event()

    def read() -> None:
        with selectors.DefaultSelector() as ready:
            for reader in readers:
                ready.register(reader.socket, selectors.EVENT_READ, reader)
            spoke = time.monotonic()
            while ready.get_map() and not stop.is_set():
                for key, _ in ready.select(0.05):
                    reader = key.data
                    try:
                        data = reader.socket.recv(reader.at_once)
                    except ConnectionError:
                        data = b""
                    reader.data += data
                    if not data:
                        reader.over = True
                        ready.unregister(reader.socket)
                if time.monotonic() > spoke + 5:
                    spoke = time.monotonic()
                    for key in ready.get_map().values():
                        # Who says nothing at all is taken for gone.
                        key.data.socket.send(masked(b"", PONG))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive()


def check(readers: list[Reader], picky: list[Reader], trades: int) -> None:
    """See that everybody got all trades in one order, and who follows the same the same."""
    wanted = readers[0].trades()
    assert len(wanted) == trades
    for reader in (*readers, *picky):
        assert reader.trades() == wanted
    for group in (readers, picky):
        kept = group[0].kept()
        assert all(reader.kept() == kept for reader in group)
    contract = Contract(("1s",), whole=False)
    for message in readers[0].messages():
        if message["type"] != "goodbye":
            contract.hear(message)
    assert contract.counts["trade"] == trades
    followed = {channel_of(message) for message in picky[0].messages()} - {"goodbye"}
    assert followed == {"trade", "kline:1s", "simulation"}


def check_let_go(deaf: Watching) -> None:
    """See that one that never read got a reason, if it reads on; where the kernel had no room for one, it was cut."""
    goodbye, code = deaf.client.end()
    assert (code, goodbye and goodbye["code"]) in {
        (1008, "slow_reader"),
        (None, "slow_reader"),
        (None, None),
    }


@pytest.mark.parametrize("speed", [100, 0])
def test_who_reads_loses_nothing_whoever_does_not(tmp_path: Path, speed: float) -> None:
    file = written(tmp_path, BUSY)
    words = ("--config", file, "--speed", speed, "--paused", "--stay")
    with streaming(tmp_path, *words) as server, server.steer() as steering, ExitStack() as stack:

        def watch(path: str = "/", **options: Any) -> Watching:
            return stack.enter_context(server.watch(path, **options))

        readers = [Reader(watch()) for _ in range(READERS)]
        picky = [Reader(watch(f"/?channels={SOME}")) for _ in range(PICKY)]
        slow = Reader(watch(f"/?channels={SOME}", receive_buffer=SMALL_BUFFER), SLOW_BYTES)
        deaf = watch(receive_buffer=SMALL_BUFFER)
        all_of_them = READERS + PICKY + 3
        steering.until(lambda one: one.get("consumers") == all_of_them)
        with reading([*readers, *picky, slow]):
            assert steering.control("resume")["success"]
            # One that never reads is let go while the others watch.
            steering.until(lambda one: one.get("consumers", all_of_them) < all_of_them)
            assert psutil.Process(server.process.pid).memory_info().rss < 400 << 20
            assert steering.control("pause")["success"]
            assert steering.control("end")["success"]
            server.signal(signal.SIGTERM)
            assert server.ended() == 0
            until(lambda: all(reader.over for reader in (*readers, *picky)))
        ended = readers[0].messages()
        (trades,) = {
            one["trades"] for one in ended if one["type"] == "simulation" and one["state"] == "ended"
        }
        assert trades > 10_000
        check(readers, picky, trades)
        # Who reads slowly lost nothing as long as he was there.
        some = slow.trades()
        assert some == readers[0].trades()[: len(some)]
        assert all(kind in (TEXT, CLOSE) for kind, _ in slow.frames())
        check_let_go(deaf)
