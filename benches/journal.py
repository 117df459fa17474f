"""The part of the benchmark that measures the journal: keeping commands, committing them in groups, and recovering.

The commands are those of `python_core`, orders and cancels of a hundred accounts. What a commit costs is measured beside the
plain way to keep the same bytes: one `write` and one `fdatasync` for each group. Ours writes and syncs in a thread of its own
while the exchange works, so it may well be faster than that. Three times each in turns; the best counts.
"""

import os
import tempfile
import time
from pathlib import Path
from typing import Final

import python_core
from rows import Row

from crossbook.core import Exchange, Follower, Journal, Phase

REPEATS: Final = 3
GROUP: Final = 256
COMMITS_OF_ONE: Final = 20_000
PLAIN: Final = "write and fdatasync of the same bytes, one by one"
STEP_COMMANDS: Final = 65_536


def rows() -> list[Row]:
    """Measure every way."""
    turns = [Turn() for _ in range(REPEATS)]
    commands = turns[0].commands

    def best(name: str) -> float:
        return min(float(getattr(turn, name)) for turn in turns)

    def rate(name: str) -> float:
        return commands / best(name) / 1e6

    tap_ns = (best("kept_s") - best("alone_s")) / commands * 1e9
    return [
        Row(
            name=f"Journal, exchange and group commit, durable, {GROUP} commands a group",
            unit="M commands/s",
            figure=rate("durable_s"),
            baseline=rate("plain_s"),
            baseline_name=PLAIN,
            note=f"closed and synced at the end; {turns[0].bytes / commands:.0f} bytes a command",
        ),
        Row(
            name="Journal, what keeping a command adds to carrying it out",
            unit="ns",
            figure=tap_ns,
            target=60.0,
            higher_is_better=False,
            note=f"the exchange alone {best('alone_s') / commands * 1e9:.0f} ns, by array",
        ),
        Row(
            name="Journal, what committing one command adds to the call",
            unit="us",
            figure=best("commit_s") * 1e6,
            target=5.0,
            higher_is_better=False,
            note="handed to the writer's thread; processor time of the calling thread",
        ),
        Row(
            name=f"Journal, recovering {commands / 1e6:.1f} M commands",
            unit="s",
            figure=best("recovery_s"),
            baseline=best("alone_s"),
            baseline_name="carrying them out from an array, without a journal",
            target=3.0 * commands / 1e6,
            higher_is_better=False,
            note=f"{rate('recovery_s'):.1f} M commands/s from `Journal.open` to an exchange that takes commands",
        ),
        Row(
            name="Journal, following, every event shown to NumPy",
            unit="M commands/s",
            figure=rate("follow_s"),
            baseline=rate("alone_s"),
            baseline_name="carrying them out from an array, without a journal",
        ),
    ]


class Turn:
    """One turn of everything, in seconds; those of the exchange in processor time of its thread."""

    def __init__(self) -> None:
        """Measure."""
        flow = python_core.exchange_commands()
        self.groups = [flow[start : start + GROUP] for start in range(0, len(flow), GROUP)]
        self.commands = len(flow)
        self.alone_s = self.alone()
        with tempfile.TemporaryDirectory(dir=".") as folder:
            self.kept_s = self.kept(f"{folder}/kept")
            self.durable_s = self.durable(f"{folder}/durable")
            files = Path(f"{folder}/durable").glob("segment-*")
            self.bytes = sum(file.stat().st_size for file in files)
            self.plain_s = self.plain(Path(f"{folder}/plain"))
            self.recovery_s = self.recovery(f"{folder}/durable")
            self.follow_s = self.follow(f"{folder}/durable")
            self.commit_s = self.commit_of_one(f"{folder}/one")

    def alone(self) -> float:
        """Carry the commands out without a journal."""
        exchange = python_core.opening()
        begin = time.thread_time()
        for group in self.groups:
            exchange.apply(group)
        return time.thread_time() - begin

    def kept(self, directory: str) -> float:
        """Carry them out and keep them, and commit in the end."""
        journal = Journal.open(directory, durability="memory")
        open_like(journal.exchange)
        begin = time.thread_time()
        for group in self.groups:
            journal.exchange.apply(group)
        seconds = time.thread_time() - begin
        journal.close()
        return seconds

    def durable(self, directory: str) -> float:
        """Carry them out, commit each group, and wait for the disk at the end, and wherever it is far behind."""
        journal = Journal.open(directory)
        open_like(journal.exchange)
        begin = time.perf_counter()
        for group in self.groups:
            while not journal.accepts:
                time.sleep(0.001)
                journal.collect()
            journal.exchange.apply(group)
            journal.commit()
        journal.close()
        return time.perf_counter() - begin

    def plain(self, path: Path) -> float:
        """Write and sync as many bytes, group by group, with nothing else to do."""
        content = os.urandom(self.bytes // len(self.groups))
        begin = time.perf_counter()
        with path.open("wb", buffering=0) as file:
            for _ in self.groups:
                file.write(content)
                os.fdatasync(file.fileno())
        return time.perf_counter() - begin

    def recovery(self, directory: str) -> float:
        """Open the journal again."""
        begin = time.perf_counter()
        journal = Journal.open(directory)
        seconds = time.perf_counter() - begin
        if journal.recovered.replayed < self.commands:
            raise AssertionError("every command is carried out again")
        journal.close()
        return seconds

    def follow(self, directory: str) -> float:
        """Follow the journal from its beginning."""
        begin = time.perf_counter()
        follower = Follower.open(directory)
        while len(follower.step(STEP_COMMANDS)[0]):
            pass
        return time.perf_counter() - begin

    def commit_of_one(self, directory: str) -> float:
        """Return what a commit adds to a call, each with one command."""
        journal = Journal.open(directory, durability="memory")
        open_like(journal.exchange)
        cancel, commit = journal.exchange.try_cancel, journal.commit
        begin = time.thread_time()
        for _ in range(COMMITS_OF_ONE):
            cancel(1, 1)
        middle = time.thread_time()
        for _ in range(COMMITS_OF_ONE):
            cancel(1, 1)
            commit()
        end = time.thread_time()
        journal.close()
        return ((end - middle) - (middle - begin)) / COMMITS_OF_ONE


def open_like(exchange: Exchange) -> None:
    """Give an exchange the accounts and the instrument of `python_core.opening`."""
    price = python_core.PRICE
    share = exchange.list_instrument(
        maker_fee_ppm=100, taker_fee_ppm=300, initial_price=price, max_price=100 * price
    )
    for _ in range(python_core.ACCOUNTS):
        account = exchange.open_account()
        exchange.deposit(account, 10**12)
        exchange.deposit(account, 10**8, instrument=share)
    exchange.set_phase(share, Phase.CONTINUOUS)
