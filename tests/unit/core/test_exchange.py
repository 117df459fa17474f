"""The exchange from Python: every command, batches, views, snapshots, and the guard."""

import threading

import numpy as np
import pytest

from crossbook.core import (
    COMMAND,
    NO_PRICE,
    AccountModel,
    AccountStatus,
    CommandKind,
    CoreFault,
    EventKind,
    Exchange,
    InstrumentKind,
    OrderType,
    Phase,
    Reject,
    RejectCode,
    Side,
    TimeInForce,
    UsageError,
)


class Huge(int):
    """An integer that a test report can name."""

    def __str__(self) -> str:
        return "huge"


HUGE = Huge(10**5000)


@pytest.fixture
def market() -> Exchange:
    """Two accounts with cash and shares, one spot in continuous trading."""
    exchange = Exchange(AccountModel.CASH)
    stock = exchange.list_instrument(taker_fee_ppm=1_000)
    for _ in range(2):
        account = exchange.open_account()
        exchange.deposit(account, 100_000)
        exchange.deposit(account, 1_000, instrument=stock)
    exchange.set_phase(stock, Phase.CONTINUOUS)
    return exchange


def kinds(exchange: Exchange) -> list[EventKind]:
    return [EventKind(kind) for kind in exchange.events()["kind"]]


def test_a_trade_moves_cash_lots_and_fee(market: Exchange) -> None:
    market.new_order(1, 1, Side.SELL, 10, 100)
    order = market.new_order(2, 1, Side.BUY, 15, 100)

    assert kinds(market).count(EventKind.TRADE) == 1
    assert market.best(1) == (100, 5, None, 0)
    assert market.account(1).cash == 101_000
    assert market.fees_collected == 1
    assert market.account(2).cash + market.account(2).escrow == 100_000 - 1_000 - 1
    assert market.position(2, 1).lots == 1_010
    assert [seen.id for seen in market.open_orders(2)] == [order]
    seen = market.order(order)
    assert seen is not None
    assert (seen.open, seen.side, seen.time_in_force) == (5, Side.BUY, TimeInForce.GOOD_TILL_CANCEL)
    market.check()


def test_a_queue_is_shown_in_priority_order_up_to_a_limit(market: Exchange) -> None:
    orders = [
        market.new_order(account, 1, Side.SELL, 5, price) for account, price in [(1, 101), (2, 100), (1, 100)]
    ]

    assert market.queue(1, Side.SELL)["order_id"].tolist() == [orders[1], orders[2], orders[0]]
    queue = market.queue(1, Side.SELL, 100)
    assert queue["account"].tolist() == [2, 1]
    assert (queue["price"] == 100).all()
    assert (queue["quantity"] == 5).all()
    assert len(market.queue(1, Side.BUY)) == 0


def test_every_command_has_a_method_and_does_what_it_says() -> None:
    exchange = Exchange(AccountModel.MARGIN, max_open_orders=10)
    account, other = exchange.open_account(time_ns=5), exchange.open_account()
    exchange.deposit(account, 1_000_000)
    exchange.deposit(other, 1_000_000)
    exchange.withdraw(other, 1)
    share = exchange.list_instrument(InstrumentKind.SCALAR, initial_price=100, max_price=1_000, min_price=0)
    call = exchange.list_instrument(
        InstrumentKind.CALL, reference=share, strike=90, initial_price=10, min_price=0
    )
    put = exchange.list_instrument(
        InstrumentKind.PUT, reference=share, strike=90, initial_price=1, min_price=0
    )
    exchange.set_increments(share, 5, 2)
    exchange.set_band(share, 50, 150, 100)
    exchange.set_phase(0, Phase.AUCTION)
    bid = exchange.new_order(account, share, Side.BUY, 10, 105, client_order_id=7)
    exchange.new_order(other, share, Side.SELL, 4, 95)
    assert exchange.indicative(share) == (100, 4, 6)
    exchange.uncross(share)
    exchange.set_phase(0, Phase.CONTINUOUS)
    assert exchange.replace(account, client_order_id=7, quantity=8) == bid
    assert exchange.mass_cancel(account=account) == 1
    exchange.new_order(account, share, Side.BUY, 2, stop_price=120, order_type=OrderType.STOP)
    assert exchange.mass_cancel(instrument=share) == 1
    day = exchange.new_order(
        account, call, Side.BUY, 1, 3, time_in_force=TimeInForce.GOOD_TILL_DATE, expiry_ns=50
    )
    exchange.advance_clock(50)
    assert exchange.order(day) is None
    exchange.set_mark(share, 110)
    assert exchange.instrument(share).mark == 110
    exchange.set_mark(share)
    exchange.set_limits(other, order_lots=3)
    with pytest.raises(Reject) as refusal:
        exchange.new_order(other, share, Side.BUY, 4, 100)
    assert refusal.value.code == RejectCode.ORDER_ABOVE_LIMIT
    exchange.set_status(other, AccountStatus.FROZEN)
    assert exchange.account(other).status == AccountStatus.FROZEN
    exchange.expire(put, 80)
    exchange.settle(share, 120)
    assert exchange.instrument(call).phase == Phase.SETTLED
    assert exchange.clock_ns == 50
    total = exchange.account(account).cash + exchange.account(other).cash
    assert total + exchange.fees_collected + exchange.insurance_fund == 1_999_999
    exchange.check()


def test_a_refusal_is_raised_with_its_number_and_changes_nothing(market: Exchange) -> None:
    before, sequence = market.state_hash(), market.sequence

    with pytest.raises(Reject, match="rejected with 110: not enough free cash") as refusal:
        market.new_order(1, 1, Side.BUY, 10_000, 1_000)

    assert refusal.value.code == RejectCode.INSUFFICIENT_CASH
    assert (market.state_hash(), market.sequence) == (before, sequence + 1)
    assert kinds(market) == [EventKind.REJECTED]


def test_a_refusal_of_a_try_is_its_negative_number(market: Exchange) -> None:
    assert market.try_new_order(1, 1, Side.BUY, 10_000, 1_000) == -RejectCode.INSUFFICIENT_CASH
    order = market.try_new_order(1, 1, Side.BUY, 1, 10)
    assert order > 0
    assert market.try_cancel(2, order) == -RejectCode.UNKNOWN_ORDER
    assert market.try_cancel(1, order) == order


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, value)
        for name in ["account", "instrument", "quantity", "price", "display", "expiry_ns", "stop_price"]
        for value in [1.0, "1", True, 2**64, -(2**63) - 1, HUGE, float("nan"), None]
        if value is not None or name in {"account", "instrument", "quantity"}  # None leaves the others out.
    ],
)
def test_an_argument_that_does_not_fit_is_named_and_changes_nothing(
    market: Exchange, name: str, value: object
) -> None:
    arguments: dict[str, object] = {"account": 1, "instrument": 1, "side": 0, "quantity": 1, "price": 10}
    before = (market.state_hash(), market.sequence)

    with pytest.raises(UsageError, match=f"{name} must be a whole number from"):
        market.new_order(**{**arguments, name: value})  # type: ignore[arg-type]

    assert (market.state_hash(), market.sequence) == before


@pytest.mark.parametrize("value", [-(2**63), -1, 0, 1, 2**31, 2**32 - 1, 2**63 - 1])
@pytest.mark.parametrize(
    "name", ["side", "price", "quantity", "display", "order_type", "time_in_force", "self_trade"]
)
def test_any_number_in_any_field_is_taken_or_refused(market: Exchange, name: str, value: int) -> None:
    arguments: dict[str, int] = {"account": 1, "instrument": 1, "side": 0, "quantity": 1, "price": 10}
    before = market.state_hash()

    try:
        market.new_order(**{**arguments, name: value})  # type: ignore[arg-type]
    except (Reject, UsageError):
        assert market.state_hash() == before
    market.check()


@pytest.mark.parametrize(
    "look",
    [
        lambda exchange: exchange.best(9),
        lambda exchange: exchange.depth(9, 0),
        lambda exchange: exchange.queue(9, 0),
        lambda exchange: exchange.instrument(9),
        lambda exchange: exchange.account(9),
        lambda exchange: exchange.open_orders(9),
        lambda exchange: exchange.position(9, 1),
        lambda exchange: exchange.position(1, 9),
    ],
)
def test_looking_at_what_is_not_there_is_refused(market: Exchange, look) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Reject, match="no such"):
        look(market)


@pytest.mark.parametrize(
    "settings",
    [
        {"model": 3},
        {"liquidation_slice_ppm": 0},
        {"liquidation_reach_ppm": 2_000_000},
        {"max_order_lots": 2**63},
    ],
)
def test_an_exchange_with_impossible_settings_is_not_made(settings: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        Exchange(**settings)


def random_commands(count: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    commands = np.zeros(count, COMMAND)
    commands["kind"] = random.choice([CommandKind.NEW_ORDER, CommandKind.CANCEL, CommandKind.REPLACE], count)
    commands["account"] = random.integers(1, 3, count)
    commands["instrument"] = 1
    commands["time_ns"] = np.arange(count)
    commands["side"] = random.integers(0, 2, count)
    commands["quantity"] = random.integers(1, 10, count)
    commands["price"] = random.integers(95, 106, count)
    commands["stop_price"] = NO_PRICE
    commands["order_id"] = random.integers(1, count // 2, count)
    return commands


@pytest.mark.parametrize("rows_per_call", [1, 100, 6_000])
def test_batches_of_any_size_give_the_same_hashes(market: Exchange, rows_per_call: int) -> None:
    commands = random_commands(6_000, 5)
    snapshot = market.snapshot()
    whole = Exchange.restore(snapshot)
    events = whole.apply(commands)
    parts = Exchange.restore(snapshot)
    pieces = [
        parts.apply(commands[start : start + rows_per_call])
        for start in range(0, len(commands), rows_per_call)
    ]

    assert (parts.state_hash(), parts.event_hash()) == (whole.state_hash(), whole.event_hash())
    np.testing.assert_array_equal(np.concatenate(pieces), events)
    assert (np.diff(events["sequence"]) == 1).all()
    assert set(events["command"]) == set(range(events["command"][0], events["command"][0] + len(commands)))
    assert EventKind.TRADE in events["kind"]
    whole.check()


def test_events_that_are_kept_stay_and_those_of_the_last_call_are_shown_again(market: Exchange) -> None:
    market.new_order(1, 1, Side.BUY, 1, 50)
    first = market.events()
    copy = first.copy()
    assert market.events() is first
    for price in range(51, 90):
        market.new_order(1, 1, Side.BUY, 1, price)
        assert len(market.events()) == 3

    np.testing.assert_array_equal(first, copy)
    with pytest.raises(ValueError, match="read-only"):
        first["price"] = 0


def test_any_bytes_as_commands_are_refused_or_carried_out(market: Exchange) -> None:
    random = np.random.default_rng(6)
    for _ in range(30):
        rows = np.frombuffer(random.bytes(80 * 300), COMMAND).copy()
        rows["kind"] = random.choice([1, 2, 3, 4, 10, 11, 12, 14, 21, 22, 23, 24, 26, 30, 77], len(rows))
        market.apply(rows)
    market.check()


def test_a_snapshot_continues_exactly_like_the_original(market: Exchange) -> None:
    commands = random_commands(2_000, 7)
    market.apply(commands[:1_000])
    twin = Exchange.restore(market.snapshot())

    assert twin.snapshot() == market.snapshot()
    np.testing.assert_array_equal(twin.apply(commands[1_000:]), market.apply(commands[1_000:]))
    assert twin.event_hash() == market.event_hash()


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b + b"\0", lambda _: b"", lambda b: b"x" + b[1:]]
)
def test_a_spoilt_snapshot_is_refused(market: Exchange, spoil) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match="snapshot"):
        Exchange.restore(spoil(market.snapshot()))


def test_a_broken_core_refuses_further_work_and_says_so(
    market: Exchange, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CoreFault, match="tripped on purpose"):
        market._trip_guard()
    capfd.readouterr()

    for work in (lambda: market.new_order(1, 1, 0, 1, 10), market.state_hash, market.snapshot, market.events):
        with pytest.raises(CoreFault, match="refuses further work"):
            work()


def test_a_second_thread_is_told_to_wait_its_turn(market: Exchange) -> None:
    commands = random_commands(200_000, 8)
    refused = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            try:
                market.best(1)
            except UsageError as error:
                refused.append(str(error))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for _ in range(20):
            try:
                commands["time_ns"] = market.clock_ns
                market.apply(commands)
            except UsageError as error:
                refused.append(str(error))
            if refused:
                break
    finally:
        stop.set()
        thread.join()

    assert refused
    assert "one thread at a time" in refused[0]
    market.check()
