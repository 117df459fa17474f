"""More orders than a venue can take, by the clock, whatever it answers; and how long it takes to come back.

Each batch of orders leaves in one call and carries one number, by which its answers are timed. What a full connection does not
take waits here and is counted: to slow the sender down is a way to refuse as well. One more connection, the probe, sends one
order after the other, before the flood and after it.
"""

import json
import os
import select
import socket
import sys
import time
from dataclasses import asdict, dataclass, field
from itertools import cycle
from typing import Any

from live.figures import percentiles_us
from live.load import READ_BYTES, upgrade
from live.wire import idle_order, replies

BUSY = b"busy"
NORMAL_US = 5_000.0
PROBES = 50
BACK_S_MAX = 20.0
SEND_BYTES = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """What is sent."""

    port: int
    keys: list[str]
    rate: float
    """Orders a second in all."""
    sessions: int = 50
    batch: int = 20
    seconds: float = 2.0
    core: int = 0


@dataclass(slots=True)
class Tally:
    """What became of it."""

    offered: int = 0
    sent: int = 0
    answers: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    busy_s: float = 0.0
    seconds: float = 0.0
    back_s: float | None = None
    """From the last order of the flood until the probe is as quick as before."""
    refusals_us: dict[str, float] = field(default_factory=dict)
    taken_us: dict[str, float] = field(default_factory=dict)
    before_us: dict[str, float] = field(default_factory=dict)


class Flooding:
    """Carry it out."""

    def __init__(self, flood: Flood) -> None:
        self.flood = flood
        self.tally = Tally()
        keys = cycle(flood.keys)
        self._lines = [upgrade(flood.port, next(keys), []) for _ in range(flood.sessions)]
        self._by_number = {one.fileno(): place for place, one in enumerate(self._lines)}
        self._tails = [b""] * flood.sessions
        self._rest = [b""] * flood.sessions
        """What a connection did not take of its newest batch."""
        self._probe = upgrade(flood.port, flood.keys[0], [])
        self._poll = select.epoll()
        for one in self._lines:
            # What this side's kernel would hold is no part of the venue.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
            one.settimeout(0)
            self._poll.register(one.fileno(), select.EPOLLIN)
        self._sent_ns: dict[int, int] = {}
        self._refusals_ns: list[int] = []
        self._taken_ns: list[int] = []

    def run(self) -> Tally:
        """Probe, flood, and probe until all is as before."""
        tally = self.tally
        before = [self._ask() for _ in range(PROBES)]
        tally.before_us = percentiles_us(before)
        begin, busy = time.perf_counter(), time.process_time()
        self._pour(begin)
        tally.seconds = time.perf_counter() - begin
        tally.busy_s = time.process_time() - busy
        limit_us = max(NORMAL_US, 3 * tally.before_us["p99"])
        end = time.perf_counter()
        self._probe.settimeout(None)
        while time.perf_counter() - end < BACK_S_MAX:
            quick = self._ask(reading=True) / 1_000 <= limit_us
            if quick:
                tally.back_s = time.perf_counter() - end
                break
        tally.refusals_us = percentiles_us(self._refusals_ns)
        tally.taken_us = percentiles_us(self._taken_ns)
        return tally

    def _ask(self, *, reading: bool = False) -> int:
        """Return how long the probe waits for its answer; whatever else comes meanwhile is read."""
        begin = time.perf_counter_ns()
        self._probe.sendall(idle_order(1))
        data = b""
        while not replies(data)[0]:
            if reading:
                self._drain(0.0)
                if not select.select([self._probe.fileno(), self._poll.fileno()], [], [], 1.0)[0]:
                    continue
                if not select.select([self._probe], [], [], 0)[0]:
                    continue
            data += self._probe.recv(READ_BYTES)
        return time.perf_counter_ns() - begin

    def _pour(self, begin: float) -> None:
        flood, tally = self.flood, self.tally
        number, place, batches_s = 0, 0, flood.rate / flood.batch
        while (now := time.perf_counter()) - begin < flood.seconds:
            due = int((now - begin) * batches_s)
            while number < due:
                number += 1
                tally.offered += flood.batch
                place = (place + 1) % flood.sessions
                self._offer(place, number)
            self._drain(0.0)

    def _offer(self, place: int, number: int) -> None:
        one, rest = self._lines[place], self._rest[place]
        data = rest or idle_order(number) * self.flood.batch
        try:
            taken = one.send(data)
        except BlockingIOError:
            return
        if not rest:
            self._sent_ns[number] = time.perf_counter_ns()
            self.tally.sent += self.flood.batch
        self._rest[place] = data[taken:]

    def _drain(self, seconds: float) -> None:
        for descriptor, _ in self._poll.poll(seconds):
            place = self._by_number[descriptor]
            data = self._lines[place].recv(READ_BYTES)
            now = time.perf_counter_ns()
            if not data:
                raise ConnectionError("the venue ended a connection of the flood")
            answers, self._tails[place] = replies(self._tails[place] + data)
            self.tally.answers += len(answers)
            for name, _, code in answers:
                waited = now - self._sent_ns.get(int(name), now)
                if not code:
                    self._taken_ns.append(waited)
                    continue
                reason = code.decode()
                self.tally.refused[reason] = self.tally.refused.get(reason, 0) + 1
                if code == BUSY:
                    self._refusals_ns.append(waited)


def main() -> None:
    """Read what shall be sent, send it, and print what became of it."""
    flood = Flood(**json.load(sys.stdin))
    os.sched_setaffinity(0, {flood.core})
    result: dict[str, Any] = asdict(Flooding(flood).run())
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
