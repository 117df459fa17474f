"""Passwords: what they may be, and their argon2id hashes, made off the loop.

A hash takes tens of milliseconds on purpose. Hashes are made in threads of their own, which leave the interpreter
free meanwhile; how many may wait for one of them is bounded, so that a burst of sign-ins is refused as busy and delays
no order.
"""

import asyncio
import os
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from crossbook.core import UsageError
from crossbook.venue.refusals import BUSY, CLOSING, MALFORMED, Refused

Result = TypeVar("Result")

# OWASP Password Storage Cheat Sheet, "Argon2id": a minimum of 19 MiB of memory, two iterations, one degree of
# parallelism. The sizes of salt and hash are those that RFC 9106 (2021), section 4, recommends.
MEMORY_KIB: Final = 19_456
ITERATIONS: Final = 2
PARALLELISM: Final = 1
SALT_BYTES: Final = 16
HASH_BYTES: Final = 32

NICENESS: Final = 5
"""Of the hashing threads, as `nice` counts: a third of what the loop gets where both want the same processor."""
THREADS: Final = 2
"""Hashes that are made at the same time."""
PASSWORD_LENGTH_MIN: Final = 8
PASSWORD_BYTES_MAX: Final = 256


def check_password(password: str) -> None:
    """Check that something may be a password.

    Raises:
        Refused: `malformed`, 422. The text does not repeat it.
    """
    _checked(password)


def _checked(password: str) -> bytes:
    if len(password) < PASSWORD_LENGTH_MIN:
        raise Refused(MALFORMED, f"a password has at least {PASSWORD_LENGTH_MIN} characters", 422)
    prepared = _prepared(password)
    if prepared is None:
        raise Refused(
            MALFORMED, f"a password is Unicode text of at most {PASSWORD_BYTES_MAX} bytes in UTF-8", 422
        )
    return prepared


def _prepared(password: str) -> bytes | None:
    """Return the bytes to hash: the same however a keyboard composes letters. None for what is no password."""
    if len(password) > PASSWORD_BYTES_MAX:
        return None
    try:
        # NIST SP 800-63B, section 5.1.1.2: normalise by NFKC or NFKD before hashing.
        encoded = password.encode()
        return None if len(encoded) > PASSWORD_BYTES_MAX else unicodedata.normalize("NFKC", password).encode()
    except UnicodeEncodeError:
        return None


def _give_way() -> None:
    """Let the loop go first; on Linux a thread has a priority of its own."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread)))


class HashingThreads:
    """The threads that make hashes, and the bounded line before them.

    Args:
        waiting_max: The most callers that wait for a thread.
        threads: Hashes that are made at the same time.
    """

    def __init__(self, waiting_max: int, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passwords", initializer=_give_way)
        self._free = asyncio.Semaphore(threads)
        self._waiting = 0
        self._closing = False
        self._waiting_max = waiting_max

    async def turn(self) -> "Turn":
        """Wait for a thread to be free, and return the right to use it once.

        Raises:
            Refused: `busy`, 503: as many wait as may.
        """
        if self._free.locked():
            if self._waiting >= self._waiting_max:
                raise Refused(BUSY, "too many sign-ins at the same time; try again in a moment", 503)
            self._waiting += 1
            try:
                await self._free.acquire()
            finally:
                self._waiting -= 1
        else:
            await self._free.acquire()
        return Turn(self, self._free)

    def submit(self, work: Callable[[], Result]) -> "Future[Result]":
        """Hand work to a thread; for whoever has the turn.

        Raises:
            Refused: `closing`, 503.
        """
        if self._closing:
            raise Refused(CLOSING, "the venue is closing", 503)
        return self._pool.submit(work)

    async def close(self) -> None:
        """Wait for the hashes that are being made, and end the threads. No further ones are made."""
        self._closing = True
        await asyncio.to_thread(self._pool.shutdown)


class Turn:
    """The right to use a hashing thread once; a context manager that gives it back.

    A caller who is cancelled does not free the thread before its work is done, so that callers who come and go cannot
    pile up work.
    """

    def __init__(self, threads: HashingThreads, free: asyncio.Semaphore) -> None:
        self._threads = threads
        self._free = free
        self._work: Future[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._work is None or self._work.done():
            self._free.release()
            return
        loop = asyncio.get_running_loop()
        self._work.add_done_callback(lambda _: loop.call_soon_threadsafe(self._free.release))

    async def run(self, work: Callable[[], Result]) -> Result:
        """Do the work in the thread.

        Raises:
            Refused: `closing`, 503.
            UsageError: The turn was used before.
        """
        if self._work is not None:
            raise UsageError("a turn is for one hash")
        future = self._threads.submit(work)
        self._work = future
        return await asyncio.wrap_future(future)


class Passwords:
    """Hashes of passwords, and whether a password is the one of a hash."""

    def __init__(
        self, memory_kib: int = MEMORY_KIB, iterations: int = ITERATIONS, parallelism: int = PARALLELISM
    ) -> None:
        self._hasher = PasswordHasher(
            time_cost=iterations,
            memory_cost=memory_kib,
            parallelism=parallelism,
            hash_len=HASH_BYTES,
            salt_len=SALT_BYTES,
            type=Type.ID,
        )

    def hash(self, password: str) -> str:
        """Return the hash of a password with a new salt. Takes tens of milliseconds.

        Raises:
            Refused: It may not be a password.
        """
        return self._hasher.hash(_checked(password))

    def matches(self, kept: str, password: str) -> bool:
        """Return whether a hash is that of a password. Takes as long whatever the answer."""
        prepared = _prepared(password)
        try:
            self._hasher.verify(kept, prepared or b"")
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False
        return prepared is not None

    def is_dated(self, kept: str) -> bool:
        """Return whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)
