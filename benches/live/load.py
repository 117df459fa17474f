"""A client that loads a venue with orders, in a process of its own: a plan as JSON comes in, figures go out.

It uses nothing but the standard library, sends bytes that were made before, and finds answers without decoding them, so
that a message costs it a few microseconds, two system calls included. It says what part of the time it was busy.
"""

import json
import os
import select
import socket
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from live.figures import percentiles_us
from live.wire import RequestScript, Script, SocketScript, TakeScript, frame, replies, responses

READ_BYTES = 1 << 16
PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a client shall do."""

    port: int
    keys: list[str]
    """API keys; connection after connection takes the next one."""
    door: str = "socket"
    """`socket` or `request`."""
    sessions: int = 1
    window: int = 1
    """Orders that each session has under way."""
    seconds: float = 2.0
    warm_up_s: float = 0.2
    """What is not measured at the beginning."""
    orders_max: int = 10**9
    """It ends earlier where so many were answered, the warm-up's included."""
    rate: float = 0.0
    """Orders a second in all, sent by the clock; zero for each as soon as the one before is answered."""
    names: bool = False
    """Whether orders carry client order ids."""
    private: bool = True
    """Whether every session follows its own account."""
    takes: bool = False
    """Whether every order takes one lot, from what must stand there in plenty."""
    core: int = 0
    """The core that this process keeps to."""


@dataclass(slots=True)
class Tally:
    """What was measured."""

    answers: int = 0
    seconds: float = 0.0
    busy_s: float = 0.0
    """Processor time of this process."""
    reply_bytes: int = 0
    """Of everything that came, messages of the account included."""
    skipped: int = 0
    """Orders of a plan by the clock that were not sent because too many were under way."""
    refused: dict[str, int] = field(default_factory=dict)
    """How many, by the code of the refusal."""
    latency_us: dict[str, float] = field(default_factory=dict)


class Line:
    """A connection with its script."""

    __slots__ = ("read", "script", "sent_ns", "socket", "tail", "waiting")

    def __init__(self, made: socket.socket, script: Script, slots: int, *, http: bool) -> None:
        self.socket = made
        self.script = script
        self.read = responses if http else replies
        self.tail = b""
        self.sent_ns = [0] * slots
        self.waiting: list[bytes | None] = [script.next(slot, b"") for slot in range(slots)]
        """The next message of each slot, for plans by the clock; none while one is under way."""


def connect(port: int) -> socket.socket:
    """Open a connection."""
    made = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def upgrade(port: int, key: str | None, channels: list[str]) -> socket.socket:
    """Open a WebSocket, signed in and following channels once this returns; snapshots may still come."""
    made = upgrade_to(port, "/ws", b"" if key is None else b"X-API-Key: %b\r\n" % key.encode())
    if channels:
        made.sendall(frame(json.dumps({"op": "subscribe", "id": 1, "channels": channels}).encode()))
        read_until(made, *(f'"channel":"{channel}"'.encode() for channel in channels), b'"reply"')
    return made


def upgrade_to(port: int, target: str, headers: bytes = b"") -> socket.socket:
    """Open a WebSocket at some address; what the server says first may have been read with its answer."""
    made = connect(port)
    made.sendall(
        b"GET %b HTTP/1.1\r\nHost: venue\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%b\r\n" % (target.encode(), headers)
    )
    read_until(made, b"\r\n\r\n")
    return made


def read_until(made: socket.socket, *marks: bytes) -> bytes:
    """Read until all of some texts have come.

    Raises:
        ConnectionError: The connection ended before.
    """
    data = b""
    while not all(mark in data for mark in marks):
        more = made.recv(READ_BYTES)
        if not more:
            raise ConnectionError(f"the venue ended a connection after {data[-300:]!r}")
        data += more
    return data


class Load:
    """Carry a plan out."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tally = Tally()
        self._lines: dict[int, Line] = {}
        self._times_ns: list[int] = []
        self._poll = select.epoll()
        self._round: list[tuple[Line, int]] = []
        for number in range(plan.sessions):
            line = self._open(number)
            self._lines[line.socket.fileno()] = line
            self._poll.register(line.socket.fileno(), select.EPOLLIN)
        for slot in range(plan.window):
            self._round += [(line, slot) for line in self._lines.values()]

    def _open(self, number: int) -> Line:
        plan = self.plan
        key = plan.keys[number % len(plan.keys)]
        if plan.door == "request":
            return Line(connect(plan.port), RequestScript(number, key), 1, http=True)
        made = upgrade(plan.port, key, ["account"] if plan.private else [])
        script = (
            TakeScript(plan.window) if plan.takes else SocketScript(number, plan.window, names=plan.names)
        )
        return Line(made, script, plan.window, http=False)

    def run(self) -> Tally:
        """Send and read until the time is over."""
        plan = self.plan
        if not plan.rate:
            for line in self._lines.values():
                self._send(line, list(range(plan.window)))
        self._go_on(plan.warm_up_s, plan.orders_max // 10)
        warm = self.tally.answers
        tally = self.tally = Tally()
        self._times_ns.clear()
        begin, busy = time.perf_counter(), time.process_time()
        self._go_on(plan.seconds, plan.orders_max - warm)
        tally.seconds = time.perf_counter() - begin
        tally.busy_s = time.process_time() - busy
        tally.latency_us = percentiles_us(self._times_ns)
        return tally

    def _go_on(self, seconds: float, answers_max: int) -> None:
        if self.plan.rate:
            self._by_the_clock(seconds)
        else:
            self._closed(seconds, answers_max)

    def _send(self, line: Line, slots: list[int]) -> None:
        messages = line.waiting
        data = b"".join([messages[slot] or b"" for slot in slots])
        now = time.perf_counter_ns()
        for slot in slots:
            line.sent_ns[slot] = now
            messages[slot] = None
        line.socket.send(data)

    def _read(self, line: Line) -> list[int]:
        """Read what came; return the slots that are free again."""
        data = line.socket.recv(READ_BYTES)
        now = time.perf_counter_ns()
        if not data:
            raise ConnectionError("the venue ended a connection")
        tally = self.tally
        tally.reply_bytes += len(data)
        answers, line.tail = line.read(line.tail + data if line.tail else data)
        free = []
        sent, waiting, times, following = line.sent_ns, line.waiting, self._times_ns, line.script.next
        for name, order_id, code in answers:
            slot = int(name)
            times.append(now - sent[slot])
            if code:
                reason = code.decode()
                tally.refused[reason] = tally.refused.get(reason, 0) + 1
            waiting[slot] = following(slot, order_id)
            free.append(slot)
        tally.answers += len(free)
        return free

    def _closed(self, seconds: float, answers_max: int) -> None:
        """Answer every answer with the next order."""
        end = time.perf_counter() + seconds
        last = time.perf_counter() + PATIENCE_S
        lines, poll = self._lines, self._poll.poll
        tally = self.tally
        while (now := time.perf_counter()) < end and tally.answers < answers_max:
            came = poll(0.05)
            if came:
                last = now + PATIENCE_S
            elif now > last:
                raise TimeoutError("the venue does not answer")
            for number, _ in came:
                line = lines[number]
                free = self._read(line)
                if free:
                    self._send(line, free)

    def _by_the_clock(self, seconds: float) -> None:
        """Send at a steady rate, whatever is answered; a slot that waits for its answer is passed over."""
        start = time.perf_counter()
        end, sent, place = start + seconds, 0, 0
        descriptor = [self._poll.fileno()]
        while (now := time.perf_counter()) < end:
            due = int((now - start) * self.plan.rate) + 1
            while sent < due:
                line, slot = self._round[place]
                place = (place + 1) % len(self._round)
                sent += 1
                if line.waiting[slot] is None:
                    self.tally.skipped += 1
                else:
                    self._send(line, [slot])
            # epoll waits for whole milliseconds, select does not.
            wait = max(0.0, start + sent / self.plan.rate - time.perf_counter())
            if select.select(descriptor, [], [], wait)[0]:
                for number, _ in self._poll.poll(0):
                    self._read(self._lines[number])


def main() -> None:
    """Read a plan, carry it out, and print what was measured."""
    plan = Plan(**json.load(sys.stdin))
    os.sched_setaffinity(0, {plan.core})
    result: dict[str, Any] = asdict(Load(plan).run())
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
