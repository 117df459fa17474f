"""Random commands of every kind for an exchange whose journal is under test, good ones, bad ones and nonsense."""

import select
import time
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from crossbook.core import COMMAND, NO_PRICE, CommandKind, Exchange, Journal, Phase, Reject, TransientError

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNTS: Final = 8
SECONDS_MAX: Final = 60
PRICE: Final = 100


def open_market(exchange: Exchange) -> None:
    """List a share and an option on it, fund the accounts and begin to trade."""
    exchange.list_instrument(initial_price=PRICE, maker_fee_ppm=100, taker_fee_ppm=300, time_ns=1)
    exchange.list_instrument(initial_price=PRICE, taker_fee_ppm=100)
    for account in range(1, ACCOUNTS + 1):
        exchange.open_account()
        exchange.deposit(account, 10**9)
        exchange.deposit(account, 10**5, instrument=1)
    exchange.set_phase(0, Phase.CONTINUOUS)


def order_record(random: Random) -> dict[str, int]:
    """Return the fields of a new order, or of a cancel."""
    if random.random() < 0.4:
        return {
            "kind": CommandKind.CANCEL,
            "account": random.randint(1, ACCOUNTS),
            "order_id": random.randint(1, 300),
            "price": NO_PRICE,
            "stop_price": NO_PRICE,
        }
    return {
        "kind": CommandKind.NEW_ORDER,
        "account": random.randint(1, ACCOUNTS),
        "instrument": random.randint(1, 2),
        "side": random.randint(0, 1),
        "quantity": random.randint(1, 20),
        "price": random.randint(PRICE - 6, PRICE + 6),
        "stop_price": NO_PRICE,
    }


def batch(random: Random, rows: int, clock_ns: int) -> NDArray[np.void]:
    """Return commands as an array; a fifth of them has a byte that means nothing."""
    commands = np.zeros(rows, COMMAND)
    for row in range(rows):
        for field, value in order_record(random).items():
            commands[row][field] = value
        if random.random() < 0.2:
            field = random.choice(["kind", "side", "order_type", "time_in_force", "flags", "mode"])
            commands[row][field] = random.randint(0, 255)
    commands["time_ns"] = clock_ns + np.sort(np.array([random.randint(0, 50) for _ in range(rows)]))
    return commands


def one(exchange: Exchange, random: Random) -> None:
    """Give one command, or one array of them, by one of the exchange's methods; refusals are welcome."""
    account, share = random.randint(0, ACCOUNTS + 1), random.randint(0, 3)
    clock = exchange.clock_ns + random.randint(-1, 30)
    some = random.randint
    calls: list[Callable[[], object]] = [
        lambda: exchange.try_new_order(
            account,
            share,
            some(0, 1),
            some(0, 20),
            some(PRICE - 6, PRICE + 6),
            order_type=some(0, 3),
            time_in_force=some(0, 5),
            stop_price=random.choice([None, PRICE + 2]),
            display=random.choice([None, 3]),
            expiry_ns=random.choice([None, clock + 60]),
            client_order_id=random.choice([None, some(1, 99)]),
            self_trade=some(0, 4),
            post_only=some(0, 5) == 0,
            reduce_only=some(0, 5) == 0,
            time_ns=clock,
        ),
        lambda: exchange.new_order(account, 1, some(0, 1), some(1, 20), some(PRICE - 6, PRICE + 6)),
        lambda: exchange.try_cancel(account, some(1, 300)),
        lambda: exchange.cancel(account, client_order_id=some(1, 99)),
        lambda: exchange.replace(account, some(1, 300), quantity=some(1, 30), price=PRICE),
        lambda: exchange.mass_cancel(account=account),
        lambda: exchange.apply(batch(random, some(1, 12), clock)),
        lambda: exchange.deposit(account, some(0, 10**6), instrument=random.choice([None, share])),
        lambda: exchange.withdraw(account, some(0, 10**6)),
        lambda: exchange.set_limits(account, order_lots=some(15, 50)),
        lambda: exchange.set_status(account, random.choice([0, 0, 9] if account % 4 else [0, 1])),
        lambda: exchange.set_mark(share, random.choice([None, PRICE])),
        lambda: exchange.set_band(share, 1, 10**6, PRICE),
        lambda: exchange.set_increments(share, 1, 1),
        lambda: exchange.advance_clock(clock + some(0, 50)),
        lambda: exchange.uncross(share),
        lambda: exchange.expire(share, PRICE),
        lambda: exchange.set_phase(
            random.choice([1, 2]), random.choice([Phase.CONTINUOUS] * 3 + [Phase.HALT])
        ),
    ]
    weights = [4, 30, 6, 2, 4, 0.1, 3] + [0.05] * (len(calls) - 7)
    try:
        random.choices(calls, weights)[0]()
    except Reject:
        return


def drive(exchange: Exchange, random: Random, calls: int) -> None:
    """Make so many calls."""
    for _ in range(calls):
        one(exchange, random)


def hashes(exchange: Exchange) -> tuple[int, int, int, int]:
    """Return what tells two exchanges apart."""
    return exchange.commands, exchange.sequence, exchange.state_hash(), exchange.event_hash()


def wait_until_durable(journal: Journal, ticket: int) -> None:
    """Wait as an event loop does, until a ticket is safe."""
    while journal.durable < ticket:
        ready, _, _ = select.select([journal.fileno()], [], [], SECONDS_MAX)
        assert ready, "the writer told nothing in time"
        journal.collect()


def take_snapshot(journal: Journal) -> None:
    """Have a snapshot taken, once the one before it is written."""
    for _ in range(SECONDS_MAX * 1000):
        try:
            journal.snapshot()
        except TransientError:
            time.sleep(0.001)
        else:
            return
    raise AssertionError("the snapshot before was never done")
