"""The part of the benchmark that looks at a live venue as a whole: overload, start, and what it takes while it idles."""

import http.client
import os
import shutil
import signal
import time
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
from live.house import (
    RUNS,
    SETTINGS,
    Running,
    children,
    client,
    load,
    memory_mb,
    prepared,
    processor_s,
    scratch,
    venue_at,
    venue_of,
    watching,
)
from live.load import Plan
from live.watch import Watch
from numpy.typing import NDArray
from rows import Row

from crossbook.core import COMMAND, NO_PRICE, CommandKind, Journal, TimeInForce, version

COMMANDS: Final = 1_000_000
ROUND: Final = 500
"""Orders that rest, and then their cancels, in one round of the flow."""
TAKES: Final = 100
PRICE: Final = 10_000
ACCOUNTS: Final = 20
START_TARGET_S: Final = 3.0
MAKE_S: Final = 600.0
RECOVERY_TARGET: Final = 3.0
IDLE_S: Final = 30.0
SETTLE_S: Final = 5.0
IDLE_MEMORY_MB: Final = 200.0
IDLE_CORE: Final = 15.0
SESSIONS: Final = 1_000
OVERLOAD: Final = 3.0
REFUSAL_TARGET_US: Final = 5_000.0
BACK_TARGET_S: Final = 2.0


def rows() -> list[Row]:
    """Measure."""
    return [*_overload(), *_start(), *_idle(), _idle_sessions()]


def _overload() -> list[Row]:
    """Return what becomes of three times as many orders as the venue takes."""
    with prepared(10) as house, venue_of(house.directory, SETTINGS, "--no-bots") as venue:
        plan = Plan(port=venue.port, keys=house.keys, sessions=50, window=8, seconds=1.0)
        tally = load(plan)
        capacity = tally["answers"] / tally["seconds"]
        told = client("live.flood", {"port": venue.port, "keys": house.keys, "rate": OVERLOAD * capacity})
    busy = told["refused"].get("busy", 0)
    others = {code: count for code, count in told["refused"].items() if code != "busy"}
    name = f"Overload, {OVERLOAD:g} times the {capacity:,.0f} orders/s it takes, durable"
    held = 1 - told["sent"] / max(1, told["offered"])
    return [
        Row(
            name=f"{name}, refused as busy",
            unit="% of answers",
            figure=100 * busy / max(1, told["answers"]),
            note=f"{held:.0%} of the orders did not leave: their connections were full; {told['answers']:,} answers; other "
            f"refusals: {others or 'none'}; client {told['busy_s'] / told['seconds']:.0%} busy, as it never rests",
        ),
        Row(
            name=f"{name}, p99 of refusals",
            unit="us",
            figure=told["refusals_us"].get("p99"),
            target=REFUSAL_TARGET_US,
            higher_is_better=False,
            note=f"from the send on; orders that were taken: {told['taken_us']}",
        ),
        Row(
            name=f"{name}, until an order is as quick as before",
            unit="s",
            figure=told["back_s"],
            target=BACK_TARGET_S,
            higher_is_better=False,
            note=f"before: {told['before_us']} us",
        ),
    ]


def _start() -> list[Row]:
    """Return how long a venue takes to open that was killed with a million commands behind it, all of them in its database."""
    source = _made()
    with scratch() as folder:
        directory = Path(folder) / "data"
        shutil.copytree(source, directory)
        made, recovery_s = _recovery(directory / "journal")
        begin = time.perf_counter()
        with venue_at(directory, SETTINGS, "--no-bots", pinned=False) as venue:
            _wait_ready(venue)
            start_s = time.perf_counter() - begin
        begin = time.perf_counter()
        with venue_at(directory, SETTINGS, "--no-bots", pinned=False) as venue:
            _wait_ready(venue)
            after_stop_s = time.perf_counter() - begin
    empty_s = _empty_start()
    return [
        Row(
            name=f"Start with a journal of {made / 1e6:.1f} M commands, after a kill",
            unit="s",
            figure=start_s,
            baseline=empty_s,
            baseline_name="an empty venue",
            target=START_TARGET_S,
            higher_is_better=False,
            note=f"from the command to 200 of /api/ready, every command carried out again; {after_stop_s:.1f} s after "
            "a stop in good order",
        ),
        Row(
            name="Recovery of that journal, native",
            unit="M commands/s",
            figure=made / recovery_s / 1e6,
            target=RECOVERY_TARGET,
        ),
    ]


def _made() -> Path:
    """Return a data directory with a million commands, all of them in its database; it is made once and kept.

    The keeper needs longer for it than all other rows take together.
    """
    kept = RUNS / f"journal-{COMMANDS}-{version()}"
    if kept.exists():
        return kept
    with scratch() as folder, prepared(ACCOUNTS) as house:
        directory = Path(folder) / "data"
        shutil.copytree(house.directory, directory)
        fill(directory / "journal", COMMANDS)
        with venue_at(directory, SETTINGS, "--no-bots", pinned=False, wait_s=MAKE_S) as venue:
            # Killed, it leaves no snapshot behind.
            os.kill(venue.pid, signal.SIGKILL)
            directory.rename(kept)
    return kept


def _recovery(directory: Path) -> tuple[int, float]:
    """Return how many commands a journal has, and how long it alone takes to open; on a copy."""
    with scratch() as folder:
        copy = Path(folder) / "journal"
        shutil.copytree(directory, copy)
        begin = time.perf_counter()
        journal = Journal.open(str(copy))
        seconds = time.perf_counter() - begin
        commands = journal.exchange.commands
        journal.close()
    return commands, seconds


def _empty_start() -> float:
    begin = time.perf_counter()
    with venue_of(None, SETTINGS, "--no-bots", pinned=False) as venue:
        _wait_ready(venue)
        return time.perf_counter() - begin


def _wait_ready(venue: Running) -> None:
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", venue.port)
        connection.request("GET", "/api/ready")
        status = connection.getresponse().status
        connection.close()
        if status == 200:
            return


def fill(directory: Path, commands: int) -> tuple[int, int]:
    """Add commands to a venue's journal; return how many it has then, and how many events they made.

    In each round some hundred orders rest, a fifth as many take from them, and all that rest are cancelled.
    """
    journal = Journal.open(str(directory), durability="memory")
    exchange = journal.exchange
    random = np.random.default_rng(1)
    # The first account is the administrator's, who has none of it.
    accounts = np.arange(2, 2 + ACCOUNTS, dtype=np.uint32)
    end = exchange.commands + commands
    while exchange.commands < end:
        placed = _carry_out(journal, _orders(random, accounts, ROUND, exchange.clock_ns, takes=False))
        numbers = np.unique(placed["order_id"])
        _carry_out(journal, _orders(random, accounts, TAKES, exchange.clock_ns, takes=True))
        _carry_out(journal, _cancels(numbers[numbers > 0], accounts, exchange.clock_ns))
    made, events = exchange.commands, exchange.sequence
    journal.close()
    return made, events


def _carry_out(journal: Journal, commands: NDArray[np.void]) -> NDArray[np.void]:
    while not journal.accepts:
        time.sleep(0.001)
        journal.collect()
    events = journal.exchange.apply(commands)
    journal.commit()
    return events


def _cancels(numbers: NDArray[np.uint64], accounts: NDArray[np.uint32], clock_ns: int) -> NDArray[np.void]:
    """Return the cancels of the orders of one round, whose owners follow one another as their numbers do."""
    places = np.arange(len(numbers))
    cancels = np.zeros(len(numbers), COMMAND)
    cancels["kind"] = CommandKind.CANCEL
    cancels["account"] = accounts[places % len(accounts)]
    cancels["order_id"] = numbers
    cancels["price"] = cancels["stop_price"] = NO_PRICE
    cancels["time_ns"] = clock_ns + 1_000 * (1 + places)
    return cancels


def _orders(
    random: np.random.Generator, accounts: NDArray[np.uint32], count: int, clock_ns: int, *, takes: bool
) -> NDArray[np.void]:
    """Return orders on both sides: those of even places buy, those of odd places sell, so nobody meets himself."""
    places = np.arange(count)
    orders = np.zeros(count, COMMAND)
    sells = places % 2
    orders["kind"] = CommandKind.NEW_ORDER
    orders["account"] = accounts[places % len(accounts)]
    orders["instrument"] = 1
    orders["side"] = sells
    away = random.integers(1, 100, count)
    outwards = np.where(sells == 1, 1, -1) * (-1 if takes else 1)
    orders["price"] = PRICE + outwards * (100 if takes else away)
    orders["stop_price"] = NO_PRICE
    orders["quantity"] = random.integers(1, 20, count)
    orders["time_in_force"] = TimeInForce.IMMEDIATE_OR_CANCEL if takes else TimeInForce.GOOD_TILL_CANCEL
    orders["time_ns"] = clock_ns + 1_000 * (1 + places)
    return orders


def _idle() -> list[Row]:
    """Return what the venue takes with its bots and nobody else, as it ships."""
    with venue_of(None, {}, pinned=False) as venue:
        time.sleep(SETTLE_S)
        processes = [venue.pid, *children(venue.pid)]
        before = [processor_s(pid) for pid in processes]
        begin = time.perf_counter()
        time.sleep(IDLE_S)
        seconds = time.perf_counter() - begin
        shares = [(processor_s(pid) - spent) / seconds for pid, spent in zip(processes, before, strict=True)]
        sizes = [memory_mb(pid) for pid in processes]
    name = "Idle venue with all its bots"
    each = ", ".join(f"{share:.1%}" for share in shares)
    return [
        Row(
            name=f"{name}, memory",
            unit="MB",
            figure=sum(pss for pss, _ in sizes),
            target=IDLE_MEMORY_MB,
            higher_is_better=False,
            note="shared pages counted once; with them in each process "
            f"{sum(rss for _, rss in sizes):,.0f} MB: {', '.join(f'{rss:,.0f}' for _, rss in sizes)}",
        ),
        Row(
            name=f"{name}, processor",
            unit="% of a core",
            figure=100 * sum(shares),
            target=IDLE_CORE,
            higher_is_better=False,
            note=f"over {IDLE_S:g} s; venue, keeper and bots, in the order they started: {each}",
        ),
    ]


def _idle_sessions() -> Row:
    with venue_of(None, SETTINGS, "--no-bots") as venue:
        processes = [venue.pid, *children(venue.pid)]
        alone = sum(memory_mb(pid)[0] for pid in processes)
        plan = Watch(port=venue.port, sessions=SESSIONS, channels=("prices",), mark="{", seconds=0.1)
        with watching(asdict(plan)):
            time.sleep(1.0)
            full = sum(memory_mb(pid)[0] for pid in processes)
    return Row(
        name=f"{SESSIONS:,} idle WebSocket sessions, memory in all",
        unit="MB",
        figure=full,
        target=IDLE_MEMORY_MB,
        higher_is_better=False,
        note=f"without bots; {alone:.0f} MB before they came, {(full - alone) * 1_000 / SESSIONS:.0f} KB each; all follow "
        "the prices",
    )
