"""Trading for tests that need no disk: the real core, sequencer, desk and feeds over a journal that only counts."""

import asyncio
import contextlib
import itertools
import os
import time
from dataclasses import dataclass, field

from crossbook.core import AccountModel, Exchange
from crossbook.venue.accounts import Holder
from crossbook.venue.principal import Principal, Role
from crossbook.venue.settings import VenueSettings
from crossbook.venue.trading import Trading

START_NS = 1_700_000_000_000_000_000


@dataclass
class CountingJournal:
    """Keep nothing, and call safe what is called safe."""

    exchange: Exchange = field(default_factory=lambda: Exchange(AccountModel.CASH))
    safe_at_once: bool = True
    durable: int = 0
    accepts: bool = True
    notes: list[tuple[int, bytes]] = field(default_factory=list)
    snapshots: int = 0

    def __post_init__(self) -> None:
        self._waker, self._wakes = os.pipe()
        os.set_blocking(self._waker, False)

    def note(self, payload: bytes, ahead: int = 0) -> None:
        self.notes.append((self.exchange.commands + ahead + 1, payload))

    def commit(self) -> int:
        if self.safe_at_once:
            self.durable = self.exchange.commands
        return self.exchange.commands

    def make_safe(self, commands: int | None = None) -> None:
        """Call commands safe, and wake the loop."""
        self.durable = self.exchange.commands if commands is None else commands
        os.write(self._wakes, b"x")

    def collect(self) -> int:
        with contextlib.suppress(BlockingIOError):
            os.read(self._waker, 4096)
        return self.durable

    def fileno(self) -> int:
        return self._waker

    def snapshot(self) -> None:
        self.snapshots += 1

    def close(self) -> None:
        os.close(self._waker)
        os.close(self._wakes)


class Clock:
    """A clock that goes on by a microsecond each time it is read, and as far as one wishes."""

    def __init__(self) -> None:
        self.now_ns = START_NS

    def __call__(self) -> int:
        self.now_ns += 1_000
        return self.now_ns


class Listener:
    """Keep what is delivered."""

    def __init__(self) -> None:
        self.frames: list[tuple[str, bytes, bool]] = []

    def deliver(self, channel: str, frame: bytes, *, kept: bool, messages: int = 1) -> None:
        texts = unframed(frame)
        assert len(texts) == messages
        self.frames += [(channel, text, kept) for text in texts]


def unframed(frames: bytes) -> list[bytes]:
    """Return the texts of WebSocket frames in a row."""
    texts = []
    while frames:
        kind, size, begin = frames[0], frames[1], 2
        assert kind == 0x81
        if size > 125:
            begin = 4 if size == 126 else 10
            size = int.from_bytes(frames[2:begin], "big")
        texts.append(frames[begin : begin + size])
        frames = frames[begin + size :]
    return texts


_users = itertools.count(1)


async def open_trading(
    settings: VenueSettings | None = None, journal: CountingJournal | None = None, clock: Clock | None = None
) -> tuple[Trading, CountingJournal, Clock]:
    """Return trading with the instruments of the settings listed and open."""
    settings = settings or VenueSettings.model_validate(
        {"limits": {"orders_per_second": 1e6, "order_burst": 10**6}}
    )
    journal = journal or CountingJournal()
    clock = clock or Clock()
    trading = Trading.around(
        journal,
        settings,
        clock_ns=clock,
        elapsed_ns=time.monotonic_ns,
        on_safe=lambda _: None,
    )
    safe, journal.safe_at_once = journal.safe_at_once, True
    for wanted in settings.instruments:
        await trading.list_instrument(wanted)
    journal.safe_at_once = safe
    return trading, journal, clock


async def open_account(
    trading: Trading,
    *,
    cash: int = 1_000_000,
    lots: int = 0,
    role: Role = Role.TRADER,
    name: str | None = None,
) -> Principal:
    """Open an account with cash in cents, and lots of each instrument."""
    name = name or f"user{next(_users)}"
    carry_out = trading.sequencer.carry_out
    account = await carry_out("open_account")
    if cash:
        await carry_out("deposit", account=account, amount=cash)
    for listed in trading.instruments if lots else ():
        await carry_out("deposit", account=account, amount=lots, instrument=listed.number)
    trading.accounts.add(Holder(account, f"id-{name}", name, role))
    return Principal(f"id-{name}", name, account, role, "test")


async def settle() -> None:
    """Let the loop go round a few times."""
    for _ in range(5):
        await asyncio.sleep(0)
