"""The part of the benchmark that runs in Python: single calls and arrays, beside bourse 0.4.0 on the same orders.

The flow is 50 new limit orders of a hundred around a price, and 50 cancels of orders placed before. Both books are given
the same one. They take turns, seven times each, and the best counts. By array bourse shuffles each step of 1,024, which is
how it works; single calls are in order. Building the calls' arguments is left out of every time, the loop is not.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from bourse import core as bourse
from numpy.typing import NDArray
from rows import Row
from rust_core import PROGRAM, SECONDS_MAX, build

from crossbook import core

MESSAGES: Final = 1_024_000
BATCH: Final = 1_024
REPEATS: Final = 7
FLOW_MESSAGES: Final = 1_000_000
PRICE: Final = 1_000
CANCELS: Final = 0.5
RIVAL: Final = "bourse 0.4.0"

Flow = list[tuple[bool, int, int, int, int]]
"""Whether it is a cancel, the order's number from 0, side, price, quantity."""


def rows() -> list[Row]:
    """Measure every way in."""
    flow = make_flow()
    calls = against(lambda: crossbook_calls(flow), lambda: bourse_calls(flow))
    arrays = against(lambda: crossbook_arrays(flow), lambda: bourse_arrays(flow))
    benchmark_arrays, benchmark_in_rust = against_rust()
    loop = min(loop_alone(flow) for _ in range(REPEATS))
    exchange_calls, exchange_arrays = against(exchange_by_call, exchange_by_array)
    return [
        Row(
            name="Python, one call a message, in a plain loop",
            unit="M messages/s",
            figure=rate(calls[0]),
            baseline=rate(calls[1]),
            baseline_name=RIVAL,
            target=6.0,
            note=f"{calls[0]:.0f} ns a message, of which the loop alone is {loop:.0f}",
        ),
        Row(
            name="Python, one call to a status, without the loop",
            unit="ns",
            figure=calls[0] - loop,
            baseline=calls[1] - loop,
            baseline_name=RIVAL,
            target=200.0,
            higher_is_better=False,
        ),
        Row(
            name=f"Python, array of {BATCH:,} messages a call, benchmark-like flow, normal",
            unit="M messages/s",
            figure=rate(benchmark_arrays),
            baseline=rate(benchmark_in_rust),
            baseline_name="the same in Rust",
            target=30.0,
            note=f"{benchmark_arrays:.1f} ns a message, reports as a zero-copy view",
        ),
        Row(
            name=f"Python, array of {BATCH:,} messages a call, on the orders that bourse takes too",
            unit="M messages/s",
            figure=rate(arrays[0]),
            baseline=rate(arrays[1]),
            baseline_name=f"{RIVAL} by array",
            target=4.0,
            target_of="ratio",
        ),
        Row(
            name=f"Python, whole exchange, array of {BATCH:,} commands a call",
            unit="M commands/s",
            figure=rate(exchange_arrays),
            baseline=rate(exchange_calls),
            baseline_name="one call a command",
            note="cash accounts, fees, events as a zero-copy view",
        ),
    ]


def against_rust() -> tuple[float, float]:
    """Apply the benchmark-like flow by array, and inside Rust; return the best of their nanoseconds a message."""
    build()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flow"
        command = [str(PROGRAM), "store", "normal", str(FLOW_MESSAGES), str(path)]
        subprocess.run(command, check=True, timeout=SECONDS_MAX)
        stored = path.read_bytes()
    opening, count, _ = np.frombuffer(stored, "<u8", 3).tolist()
    messages = np.frombuffer(stored, core.MESSAGE, count, 24 + opening * core.MESSAGE.itemsize).copy()
    inside = [
        str(PROGRAM),
        "--json",
        "--scenario",
        "normal",
        "--repeats",
        "1",
        "--messages",
        str(FLOW_MESSAGES),
    ]

    def rust() -> float:
        done = subprocess.run(inside, check=True, capture_output=True, timeout=SECONDS_MAX)
        return float(json.loads(done.stdout)["rows"][0]["nanoseconds_per_message"]["best"])

    return against(lambda: apply_arrays(messages), rust)


def apply_arrays(messages: NDArray[np.void]) -> float:
    """Time our arrays; every batch's reports are looked at."""
    batches = [messages[start : start + BATCH] for start in range(0, len(messages), BATCH)]
    book = core.OrderBook()

    def work() -> None:
        for batch in batches:
            if len(book.apply(batch)) < len(batch):
                raise AssertionError("every message is answered")

    return timed(work, len(messages))


def rate(nanoseconds: float) -> float:
    """Turn nanoseconds a message into millions of messages a second."""
    return 1_000 / nanoseconds


def against(ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float]:
    """Let two take turns; return the best of their nanoseconds a message."""
    times = [(ours(), theirs()) for _ in range(REPEATS)]
    mine, its = zip(*times, strict=True)
    return min(mine), min(its)


@cache
def make_flow() -> Flow:
    """Make the orders and cancels, the same each time."""
    random = np.random.default_rng(1)
    cancels = random.random(MESSAGES) < CANCELS
    sides = random.integers(0, 2, MESSAGES)
    offsets = random.geometric(0.1, MESSAGES) - 4
    prices = PRICE + np.where(sides == 0, -offsets, offsets)
    quantities = random.integers(1, 20, MESSAGES)
    places = random.random(MESSAGES)
    flow: Flow = []
    live: list[int] = []
    placed = 0
    for cancel, side, price, quantity in zip(
        cancels.tolist(), sides.tolist(), prices.tolist(), quantities.tolist(), strict=True
    ):
        # An order of the same step could be shuffled behind its cancel.
        if cancel and len(live) > BATCH:
            last = len(live) - BATCH - 1
            place = int(places[len(flow)] * last)
            live[place], live[last] = live[last], live[place]
            flow.append((True, live.pop(last), 0, 0, 0))
        else:
            flow.append((False, placed, side, price, quantity))
            live.append(placed)
            placed += 1
    return flow


def timed(work: Callable[[], None], count: int) -> float:
    """Return the nanoseconds of each of so many things that some work does."""
    begin = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - begin) / count


def loop_alone(flow: Flow) -> float:
    """Time the loop that the single calls stand in."""

    def work() -> None:
        for cancel, _order, _side, _price, _quantity in flow:
            if cancel:
                pass

    return timed(work, len(flow))


def crossbook_calls(flow: Flow) -> float:
    """Time our single calls."""
    book = core.OrderBook()
    new_order, cancel_order = book.new_order, book.cancel

    def work() -> None:
        for cancel, order, side, price, quantity in flow:
            if cancel:
                cancel_order(order)
            else:
                new_order(order, side, price, quantity)

    return timed(work, len(flow))


def bourse_calls(flow: Flow) -> float:
    """Time bourse's single calls."""
    book = bourse.OrderBook(0, 1, trading=True)
    place_order, cancel_order = book.place_order, book.cancel_order
    bids = [(cancel, order, side == 0, price, quantity) for cancel, order, side, price, quantity in flow]

    def work() -> None:
        for cancel, order, bid, price, quantity in bids:
            if cancel:
                cancel_order(order)
            else:
                place_order(bid, quantity, 0, price)

    return timed(work, len(flow))


def columns(flow: Flow) -> list[NDArray[np.int64]]:
    """Return the flow's columns."""
    return [np.ascontiguousarray(column) for column in np.array(flow, np.int64).T]


def crossbook_arrays(flow: Flow) -> float:
    """Time our arrays."""
    cancel, order, side, price, quantity = columns(flow)
    messages = np.zeros(len(flow), core.MESSAGE)
    messages["kind"] = np.where(cancel == 1, core.MessageKind.CANCEL, core.MessageKind.NEW)
    messages["order_id"], messages["side"] = order, side
    messages["price_ticks"], messages["quantity_lots"] = price, quantity
    return apply_arrays(messages)


def bourse_arrays(flow: Flow) -> float:
    """Time bourse's arrays: submitted and stepped through."""
    cancel, order, side, price, quantity = columns(flow)
    whole = (
        np.where(cancel == 1, 2, 1).astype(np.uint32),
        side == 0,
        quantity.astype(np.uint32),
        np.zeros(len(flow), np.uint32),
        price.astype(np.uint32),
        order.astype(np.uint64),
    )
    batches = [
        tuple(column[start : start + BATCH] for column in whole) for start in range(0, len(flow), BATCH)
    ]
    environment = bourse.StepEnvNumpy(1, 0, 1, 1_000)

    def work() -> None:
        for batch in batches:
            environment.submit_instructions(batch)
            environment.step()

    return timed(work, len(flow))


ACCOUNTS: Final = 100


def opening() -> core.Exchange:
    """Return a cash exchange with funded accounts and one instrument in continuous trading."""
    exchange = core.Exchange(core.AccountModel.CASH)
    share = exchange.list_instrument(
        maker_fee_ppm=100, taker_fee_ppm=300, initial_price=PRICE, max_price=100 * PRICE
    )
    for _ in range(ACCOUNTS):
        account = exchange.open_account()
        exchange.deposit(account, 10**12)
        exchange.deposit(account, 10**8, instrument=share)
    exchange.set_phase(share, core.Phase.CONTINUOUS)
    return exchange


@cache
def exchange_commands() -> NDArray[np.void]:
    """Return orders and cancels of a hundred accounts, as commands."""
    cancel, order, side, price, quantity = columns(make_flow())
    commands = np.zeros(len(order), core.COMMAND)
    commands["kind"] = np.where(cancel == 1, core.CommandKind.CANCEL, core.CommandKind.NEW_ORDER)
    commands["account"] = 1 + order % ACCOUNTS
    commands["instrument"] = 1
    commands["order_id"] = np.where(cancel == 1, order + 1, 0)
    commands["side"], commands["quantity"] = side, quantity
    commands["price"] = np.where(cancel == 1, core.NO_PRICE, price)
    commands["stop_price"] = core.NO_PRICE
    return commands


def exchange_by_array() -> float:
    """Time the whole exchange by array."""
    commands = exchange_commands()
    batches = [commands[start : start + BATCH] for start in range(0, len(commands), BATCH)]
    exchange = opening()

    def work() -> None:
        for batch in batches:
            if len(exchange.apply(batch)) < len(batch):
                raise AssertionError("every command has an event")

    return timed(work, len(commands))


def exchange_by_call() -> float:
    """Time the whole exchange by single calls."""
    exchange = opening()
    place, cancel_order = exchange.try_new_order, exchange.try_cancel
    flow = [(*message, 1 + message[1] % ACCOUNTS) for message in make_flow()]

    def work() -> None:
        for cancel, order, side, price, quantity, account in flow:
            if cancel:
                cancel_order(account, order + 1)
            else:
                place(account, 1, side, quantity, price)

    return timed(work, len(flow))
