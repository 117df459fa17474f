"""The one writer: it stamps commands, has them matched and journalled in batches, and releases what follows.

Commands gather while the loop reads its sockets. Once a turn they are stamped, carried out by the core in one call, and
handed to the journal as one batch. What follows from them waits until the journal says that they are safe: then callers
get their answers and everybody the news, in the order of the commands. Where durability is `memory`, that is at once.

It assumes one thread, that of the loop. It refuses further commands as busy when too many wait, and everything once the
disk has failed: then nothing that waits is ever answered, because nobody knows whether it was kept.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from struct import Struct
from typing import Any, Final, TypeAlias, TypeVar

import msgspec
import numpy as np
import structlog

from crossbook.core import COMMAND, NO_PRICE, CommandKind, CrossbookError, Reject, Teller, TransientError
from crossbook.venue.notes import CLIENT_ORDER
from crossbook.venue.reduction import Reduced, reduce
from crossbook.venue.refusals import BUSY, CLOSING, STORAGE_FULL, Refused, refused_by_core
from crossbook.venue.seams import Carry, Journal, Tellers

T = TypeVar("T")
Outcome: TypeAlias = msgspec.Raw | int | Refused
"""The answer as JSON, how many orders ended, or why the command was refused."""
Reply: TypeAlias = Callable[[Outcome], None]
"""Called once, as soon as the command is as safe as the venue promises."""

_PACK: Final = Struct("<BBBBBBBxIIqQQqqQQq").pack
POLL_S: Final = 0.01
"""How often the journal is asked how far it is, where nobody waits for it."""
SIZES_KEPT: Final = 4_096
"""Sizes of batches, and waits for the disk, that are kept for the metrics until they are read."""

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Counters:
    """What the sequencer has done, for the metrics."""

    commands: int = 0
    batches: int = 0
    accepted: int = 0
    trades: int = 0
    busy: int = 0
    rejected: dict[int, int] = field(default_factory=dict)
    sizes: deque[int] = field(default_factory=lambda: deque(maxlen=SIZES_KEPT))
    """Commands of the newest batches."""
    waits_ns: deque[int] = field(default_factory=lambda: deque(maxlen=SIZES_KEPT))
    """From the stamp of the newest batches to their release."""


@dataclass(slots=True)
class _Held:
    """What waits until so many commands are safe."""

    ticket: int
    commands: int
    stamp_ns: int
    release: Callable[[], None]


class Sequencer:
    """Carry out commands in one order, and release what follows once it is safe.

    Args:
        journal: Where they are kept, and the core that carries them out.
        teller: What reads the events.
        tellers: What is told of each batch.
        waits: Whether what follows from a command waits until it is safe.
        clock_ns: The wall clock, in nanoseconds since 1970.
        on_safe: Told how many commands are safe, whenever there are more.
        waiting_max: Commands that may wait for their turn or for the disk.
        snapshot_commands: Commands after which the state is saved.
    """

    def __init__(
        self,
        journal: Journal,
        teller: Teller,
        tellers: Tellers,
        *,
        waits: bool,
        clock_ns: Callable[[], int],
        on_safe: Callable[[int], None],
        waiting_max: int,
        snapshot_commands: int,
    ) -> None:
        self.exchange: Final = journal.exchange
        self.counters: Final = Counters()
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Ends with the error, once the disk has failed."""
        self._journal = journal
        self._teller = teller
        self._tellers = tellers
        self._waits = waits
        self._clock_ns = clock_ns
        self._on_safe = on_safe
        self._waiting_max = waiting_max
        self._snapshot_commands = snapshot_commands
        self._saved = self.exchange.commands
        self._loop = asyncio.get_running_loop()
        self._records = bytearray()
        self._replies: list[Reply] = []
        self._names: list[tuple[int, str]] = []
        self._expiries: list[int] = []
        self._held: deque[_Held] = deque()
        self._unsafe = 0
        self._last_ns = self.exchange.clock_ns
        self._closing = False
        self._wakes = journal.fileno()
        self._poll: asyncio.TimerHandle | None = None
        self._listen()

    # What comes in

    def add(self, record: bytes, reply: Reply, name: str | None = None) -> None:
        """Take a command into the next batch.

        Args:
            record: The bytes of one `COMMAND`; its time is stamped later.
            reply: Who waits for it.
            name: The owner's name of a new order, which the journal keeps in front of it.

        Raises:
            Refused: Too many wait, there is no room on the disk, or the venue stops.
        """
        replies = self._replies
        if len(replies) + self._unsafe >= self._waiting_max:
            self.counters.busy += 1
            raise Refused(BUSY, "the venue is busy: try again in a moment", 503)
        if self._closing:
            raise Refused(CLOSING, "the venue is stopping", 503)
        if not self._journal.accepts:
            raise Refused(STORAGE_FULL, "no order can be kept at the moment: the disk is full", 503)
        if name is not None:
            self._names.append((len(replies), name))
        if not replies:
            self._loop.call_soon(self._turn)
        self._records += record
        replies.append(reply)

    async def carry_out(self, name: str, note: bytes | None = None, **arguments: Any) -> int:
        """Carry out one command of administration; wait until it is safe.

        Args:
            name: That of a method of `Exchange`.
            note: What the journal keeps in front of it.
            arguments: Of the method, without the time.

        Returns:
            The number of what it made.

        Raises:
            Refused: The core refuses it, or the venue cannot keep it.
        """
        return await self.administer(lambda carry: carry(name, note, **arguments))

    async def administer(self, work: Callable[["Carry"], T]) -> T:
        """Carry out commands of administration as one batch, of which all is kept or nothing; wait until it is safe.

        Args:
            work: Is handed what carries out a command as `carry_out` does, and gives its result at once.

        Raises:
            Refused: As `carry_out`; the commands before the refused one are carried out.
        """
        if not self._journal.accepts:
            raise Refused(STORAGE_FULL, "nothing can be kept at the moment: the disk is full", 503)
        self._turn()
        done: asyncio.Future[None] = self._loop.create_future()
        result: list[T] = []
        refusals: list[Refused] = []
        reduced = Reduced()
        first = self.exchange.commands + 1

        def carry(name: str, note: bytes | None = None, **arguments: Any) -> int:
            if note is not None:
                self._journal.note(note)
            try:
                made: int | None = getattr(self.exchange, name)(**arguments, time_ns=self._stamp(1))
            except Reject as reject:
                raise refused_by_core(reject.code) from None
            finally:
                reduced.take(reduce(self._teller, self.exchange.events()))
            return made or 0

        try:
            result.append(work(carry))
        except Refused as refused:
            refusals.append(refused)
        commands = self.exchange.commands + 1 - first
        self._commit(reduced, commands, self._last_ns, lambda: None if done.done() else done.set_result(None))
        await done
        if refusals:
            raise refusals[0]
        return result[0]

    def capture(self, make: Callable[[], T], release: Callable[[T], None]) -> None:
        """Look at the state as it is now, and hand on what was seen once that state is safe."""
        self._turn()
        seen = make()
        if not self._held:
            release(seen)
            return
        newest = self._held[-1]
        self._held.append(_Held(newest.ticket, 0, newest.stamp_ns, lambda: release(seen)))

    async def settled(self) -> None:
        """Wait until everything that was carried out by now is safe."""
        self._turn()
        if self._held:
            done: asyncio.Future[None] = self._loop.create_future()
            self.capture(lambda: None, lambda _: None if done.done() else done.set_result(None))
            await done

    # What goes on

    def _stamp(self, commands: int) -> int:
        first = max(self._last_ns + 1, self._clock_ns())
        self._last_ns = first + commands - 1
        return first

    def _turn(self) -> None:
        count = len(self._replies)
        if not count or self.failed.done():
            return
        rows = np.frombuffer(self._records, COMMAND)
        replies, self._replies, self._records = self._replies, [], bytearray()
        names, self._names = self._names, []
        stamp = self._stamp(count)
        rows["time_ns"] = stamp if count == 1 else np.arange(stamp, stamp + count)
        for ahead, name in names:
            self._journal.note(CLIENT_ORDER + name.encode(), ahead)
        first = self.exchange.commands + 1
        events = self.exchange.apply(rows)
        reduced = reduce(self._teller, events, rows, first, names)
        self._commit(reduced, count, stamp, lambda: _answer(replies, reduced.answers))

    def _commit(self, reduced: Reduced, commands: int, stamp_ns: int, release: Callable[[], None]) -> None:
        counters = self.counters
        counters.commands += commands
        counters.batches += 1
        counters.accepted += reduced.accepted
        counters.trades += len(reduced.trades)
        counters.sizes.append(commands)
        for code in reduced.rejected:
            counters.rejected[code] = counters.rejected.get(code, 0) + 1
        if reduced.expiries:
            self._expiries += reduced.expiries
        ticket = self._journal.commit()
        self._unsafe += commands

        def told() -> None:
            release()
            self._tellers.release(reduced)

        self._held.append(_Held(ticket, commands, stamp_ns, told))
        if not self._waits or ticket <= self._journal.durable:
            self._release(ticket)
        if ticket - self._saved >= self._snapshot_commands:
            self._save(ticket)

    def _save(self, ticket: int) -> None:
        """Save the state, or leave it for the next time where the one before is still being written."""
        try:
            self._journal.snapshot()
        except TransientError as error:
            _log.info("the state is not saved now", reason=str(error))
        else:
            self._saved = ticket

    def _listen(self) -> None:
        """Hear of what is safe: at once where somebody waits for it, now and then where nobody does."""
        if self._waits:
            self._loop.add_reader(self._wakes, self._collect)
        else:
            self._poll = self._loop.call_later(POLL_S, self._look)

    def _look(self) -> None:
        self._collect()
        if not self.failed.done():
            self._poll = self._loop.call_later(POLL_S, self._look)

    def _listen_no_more(self) -> None:
        if self._waits:
            self._loop.remove_reader(self._wakes)
        elif self._poll is not None:
            self._poll.cancel()

    def _collect(self) -> None:
        try:
            safe = self._journal.collect()
        except CrossbookError as error:
            self._fail(error)
        else:
            if self._waits:
                self._release(safe)
            self._on_safe(safe)

    def _release(self, safe: int) -> None:
        now = self._clock_ns()
        while self._held and self._held[0].ticket <= safe:
            held = self._held.popleft()
            self._unsafe -= held.commands
            if held.commands:
                self.counters.waits_ns.append(now - held.stamp_ns)
            try:
                held.release()
            except Exception:  # noqa: BLE001 - told below
                # One who is told badly must not keep the others from being told.
                _log.exception("telling of a batch failed")

    def _fail(self, error: CrossbookError) -> None:
        self._listen_no_more()
        self._closing = True
        self._held.clear()
        if not self.failed.done():
            self.failed.set_exception(error)

    # The end

    async def stop(self, *, save: bool = True) -> None:
        """Take no further commands, wait until all are safe, save the state, and let go of the journal."""
        self._closing = True
        if not self.failed.done():
            settling = asyncio.ensure_future(self.settled())
            await asyncio.wait({settling, self.failed}, return_when=asyncio.FIRST_COMPLETED)
            settling.cancel()
        if not self.failed.done():
            self._listen_no_more()
            if save:
                self._save(self.exchange.commands)
            self.failed.cancel()
        self._journal.close()

    def abandon(self) -> None:
        """Let go of the journal at once: the venue could not be opened."""
        self._closing = True
        self._listen_no_more()
        self.failed.cancel()
        self._journal.close()

    def take_expiries(self) -> list[int]:
        """Return when orders end that are good till a date and were taken since the last call, in nanoseconds."""
        taken, self._expiries = self._expiries, []
        return taken

    @property
    def refuses(self) -> str | None:
        """Why no command is taken; none where they are."""
        if self._closing:
            return "the venue is stopping"
        return None if self._journal.accepts else "the disk is full"

    @property
    def waiting(self) -> int:
        """Commands that wait for their turn or for the disk."""
        return len(self._replies) + self._unsafe


def record(  # noqa: PLR0913 - a command has that many columns
    kind: CommandKind,
    account: int,
    *,
    instrument: int = 0,
    side: int = 0,
    order_type: int = 0,
    time_in_force: int = 0,
    flags: int = 0,
    self_trade: int = 0,
    order_id: int = 0,
    price: int = NO_PRICE,
    stop_price: int = NO_PRICE,
    quantity: int = 0,
    display: int = 0,
    expiry_ns: int = 0,
) -> bytes:
    """Return the bytes of one `COMMAND` without its time."""
    return _PACK(
        kind, side, order_type, time_in_force, flags, self_trade, 0,
        account, instrument, 0, order_id, 0, price, stop_price, quantity, display, expiry_ns,
    )  # fmt: skip


def _answer(replies: list[Reply], answers: list[bytes | int]) -> None:
    for reply, answer in zip(replies, answers, strict=True):
        try:
            if isinstance(answer, bytes):
                reply(msgspec.Raw(answer))
            else:
                reply(answer if answer >= 0 else refused_by_core(-answer))
        except Exception:  # noqa: BLE001 - told below
            # A door that breaks over one answer must not keep the others from theirs.
            _log.exception("an answer could not be given")
