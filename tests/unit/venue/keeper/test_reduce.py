from typing import Any

import numpy as np
import pytest

from crossbook.core import (
    AccountModel,
    EndReason,
    Exchange,
    OrderType,
    Phase,
    SelfTrade,
    Side,
    TimeInForce,
    UsageError,
)
from crossbook.venue.keeper.reduce import OrderState, Reducer
from crossbook.venue.store import AUCTION_SIDE, OrderRow, OrderStatus, Progress
from crossbook.venue.store import rows as row_types
from crossbook.venue.store.tables import CANDLES, EQUITY, INSTRUMENTS, METADATA, NEWS, ORDERS, TRADES

SECOND_NS = 1_000_000_000
COLUMNS = list(ORDERS.columns.keys())


class Market:
    """An exchange with one instrument and accounts that can pay, and a reducer that reads along."""

    def __init__(self, *, model: AccountModel = AccountModel.CASH, accounts: int = 3, **spec: int) -> None:
        self.exchange = Exchange(model)
        self.reducer = Reducer()
        self.rows: dict[int, dict[str, Any]] = {}
        self.trades: list[dict[str, Any]] = []
        self.now_ns = SECOND_NS
        self.exchange.list_instrument(initial_price=100, time_ns=self.now_ns, **spec)
        self._read()
        self.phase(Phase.CONTINUOUS)
        for account in range(1, accounts + 1):
            self.exchange.open_account()
            self._read()
            self.exchange.deposit(account, 1_000_000)
            if model is AccountModel.CASH:
                self.exchange.deposit(account, 1_000, instrument=1)

    def order(self, account: int, side: Side, quantity: int, price: int | None = None, **options: Any) -> int:
        self.now_ns += SECOND_NS
        number = self.exchange.new_order(account, 1, side, quantity, price, time_ns=self.now_ns, **options)
        self._read()
        return number

    def phase(self, phase: Phase) -> None:
        self.exchange.set_phase(1, phase)
        self._read()

    def do(self, method: str, *arguments: int, **named: Any) -> None:
        getattr(self.exchange, method)(*arguments, **named)
        self._read()

    def now(self, order: int, *columns: str) -> tuple[Any, ...]:
        """Return columns of an order as it stands."""
        return tuple(self.rows[order][column] for column in columns)

    def _read(self) -> None:
        self.reducer.reduce(self.exchange.events().copy())
        changes = self.reducer.finish()
        for order in (*changes.orders.values(), *changes.changed.values()):
            self.rows[order.order_id] = {name: getattr(order, name) for name in COLUMNS}
        names = TRADES.columns.keys()
        self.trades.extend(dict(zip(names, row, strict=True)) for row in changes.trades)


LIFE = ("status", "filled", "open", "reason")
BUY, SELL = Side.BUY, Side.SELL


def test_a_placed_order_is_open() -> None:
    market = Market()
    order = market.order(1, BUY, 10, 90, post_only=True)
    assert market.now(order, *LIFE) == (OrderStatus.OPEN, 0, 10, None)
    columns = ("account", "instrument", "side", "price", "stop_price", "expires_ns", "flags", "created_ns")
    assert market.now(order, *columns) == (1, 1, 0, 90, None, None, 16, 2 * SECOND_NS)


def test_a_partly_filled_order_keeps_what_it_paid_and_when() -> None:
    market = Market(taker_fee_ppm=10_000, maker_fee_ppm=-5_000)
    maker = market.order(1, SELL, 10, 100)
    market.order(2, BUY, 4, 105)
    assert market.now(maker, *LIFE) == (OrderStatus.PARTIAL, 4, 6, None)
    assert market.now(maker, "worth", "fees", "updated_ns", "first_filled") == (400, -2, 3 * SECOND_NS, 0)


def test_an_order_that_fills_whole_at_once_says_so_in_its_first_answer() -> None:
    market = Market()
    market.order(1, SELL, 4, 100)
    market.order(1, SELL, 6, 101)
    taker = market.order(2, BUY, 10, 105)
    assert market.now(taker, *LIFE) == (OrderStatus.FILLED, 10, 0, None)
    assert market.now(taker, "worth", "first_filled", "first_status") == (1_006, 10, OrderStatus.FILLED)


def test_what_an_immediate_order_could_not_trade_is_cancelled() -> None:
    market = Market()
    market.order(1, SELL, 4, 100)
    taker = market.order(2, BUY, 10, 100, time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL)
    assert market.now(taker, *LIFE) == (OrderStatus.CANCELLED, 4, 0, EndReason.IMMEDIATE_REMAINDER)
    assert market.now(taker, "first_status", "quantity") == (OrderStatus.CANCELLED, 10)


def test_a_fill_or_kill_order_fills_whole_or_not_at_all() -> None:
    market = Market()
    market.order(1, SELL, 4, 100)
    killed = market.order(2, BUY, 5, 100, time_in_force=TimeInForce.FILL_OR_KILL)
    filled = market.order(2, BUY, 4, 100, time_in_force=TimeInForce.FILL_OR_KILL)
    assert market.now(killed, *LIFE) == (OrderStatus.CANCELLED, 0, 0, EndReason.NOT_FILLED_WHOLE)
    assert market.now(filled, *LIFE) == (OrderStatus.FILLED, 4, 0, None)


def test_a_stop_order_sleeps_wakes_and_trades() -> None:
    market = Market()
    stop = market.order(3, BUY, 5, order_type=OrderType.STOP, stop_price=103)
    assert market.now(stop, "status", "stop_price", "triggered_ns") == (OrderStatus.OPEN, 103, None)
    market.order(1, SELL, 1, 103)
    market.order(1, SELL, 9, 104)
    market.order(2, BUY, 1, 103)
    assert market.now(stop, *LIFE) == (OrderStatus.FILLED, 5, 0, None)
    assert market.now(stop, "worth", "triggered_ns", "first_status") == (520, 5 * SECOND_NS, OrderStatus.OPEN)


def test_an_iceberg_order_is_one_order_however_many_slices_it_shows() -> None:
    market = Market()
    iceberg = market.order(1, SELL, 10, 100, display=3)
    for _ in range(2):
        market.order(2, BUY, 4, 100)
    assert market.now(iceberg, *LIFE, "display") == (OrderStatus.PARTIAL, 8, 2, None, 3)


def test_a_replace_that_keeps_its_place_changes_what_is_open_and_what_it_is_in_all() -> None:
    market = Market()
    order = market.order(1, SELL, 10, 100)
    market.order(2, BUY, 4, 100)
    market.do("replace", 1, order, quantity=7)
    assert market.now(order, *LIFE, "quantity") == (OrderStatus.PARTIAL, 4, 3, None, 7)
    assert market.now(order, "first_quantity", "first_price", "first_filled") == (10, 100, 0)


def test_a_replace_that_trades_keeps_its_number_and_its_first_answer() -> None:
    market = Market()
    order = market.order(1, SELL, 10, 110)
    market.order(2, BUY, 4, 101)
    market.do("replace", 1, order, price=100)
    assert market.now(order, *LIFE, "price", "worth") == (OrderStatus.PARTIAL, 4, 6, None, 100, 404)
    assert market.now(order, "first_price", "first_status") == (110, OrderStatus.OPEN)


def test_a_replaced_stop_order_has_its_new_stop_price() -> None:
    market = Market()
    order = market.order(1, BUY, 5, 110, order_type=OrderType.STOP_LIMIT, stop_price=105)
    market.do("replace", 1, order, stop_price=107)
    assert market.now(order, "price", "stop_price") == (110, 107)


def test_lots_that_self_trade_prevention_took_are_neither_filled_nor_open() -> None:
    market = Market()
    resting = market.order(1, SELL, 10, 100)
    newer = market.order(1, BUY, 4, 100, self_trade=SelfTrade.DECREMENT)
    assert market.now(resting, *LIFE, "quantity") == (OrderStatus.OPEN, 0, 6, EndReason.SELF_TRADE, 10)
    assert market.now(newer, *LIFE) == (OrderStatus.CANCELLED, 0, 0, EndReason.SELF_TRADE)
    market.order(2, BUY, 6, 100)
    # All that was left has traded, and yet not all of it: so it is not filled.
    assert market.now(resting, *LIFE) == (OrderStatus.CANCELLED, 6, 0, EndReason.SELF_TRADE)


def test_an_order_past_its_date_is_expired() -> None:
    market = Market()
    end_ns = 100 * SECOND_NS
    dated = market.order(1, BUY, 5, 90, time_in_force=TimeInForce.GOOD_TILL_DATE, expiry_ns=end_ns)
    assert market.now(dated, "expires_ns") == (end_ns,)
    market.do("advance_clock", end_ns)
    assert market.now(dated, *LIFE) == (OrderStatus.EXPIRED, 0, 0, EndReason.EXPIRY_PASSED)


def test_a_day_order_is_expired_at_the_close() -> None:
    market = Market()
    day = market.order(1, BUY, 5, 90, time_in_force=TimeInForce.DAY)
    market.phase(Phase.CLOSE)
    assert market.now(day, *LIFE) == (OrderStatus.EXPIRED, 0, 0, EndReason.DAY_OVER)


def test_a_cancelled_order_says_why() -> None:
    market = Market()
    own, mass = market.order(1, BUY, 5, 90), market.order(1, BUY, 6, 90)
    market.do("cancel", 1, own)
    market.do("mass_cancel", account=1)
    assert market.now(own, *LIFE) == (OrderStatus.CANCELLED, 0, 0, EndReason.BY_OWNER)
    assert market.now(mass, *LIFE) == (OrderStatus.CANCELLED, 0, 0, EndReason.MASS_CANCEL)


def test_in_an_auction_nobody_takes() -> None:
    market = Market(taker_fee_ppm=20_000, maker_fee_ppm=10_000)
    market.phase(Phase.AUCTION)
    sell = market.order(1, SELL, 10, 95)
    buy = market.order(2, BUY, 4, 105)
    market.do("uncross", 1)
    (trade,) = market.trades
    price = trade["price"]
    assert (trade["side"], trade["taker_order"], trade["maker_order"]) == (AUCTION_SIDE, buy, sell)
    assert trade["taker_fee"] == trade["maker_fee"] > 0
    assert market.now(buy, *LIFE, "worth") == (OrderStatus.FILLED, 4, 0, None, 4 * price)
    assert market.now(sell, *LIFE) == (OrderStatus.PARTIAL, 4, 6, None)


def test_a_refused_order_leaves_nothing() -> None:
    market = Market()
    assert market.exchange.try_new_order(1, 1, BUY, 0, 100) < 0
    market._read()
    assert market.rows == {}


def test_orders_that_close_a_position_by_force_are_orders_of_that_account() -> None:
    market = Market(model=AccountModel.MARGIN, accounts=3)
    market.do("withdraw", 1, 999_000)
    market.order(2, SELL, 40, 100)
    market.order(1, BUY, 40, 100)
    market.order(3, BUY, 100, 80)
    market.do("set_mark", 1, 80)
    forced = [row for row in market.rows.values() if row["flags"] & 8]
    assert forced
    assert {(row["account"], row["order_type"]) for row in forced} == {(1, OrderType.MARKET)}
    assert all(row["open"] == 0 for row in forced)
    assert sum(row["filled"] for row in forced) > 0


def test_nothing_is_open_in_the_reducer_that_has_ended() -> None:
    market = Market()
    orders = [market.order(1, SELL, 5, 100) for _ in range(3)]
    market.order(2, BUY, 7, 100)
    market.do("cancel", 1, orders[2])
    assert market.reducer.open_count == market.exchange.order_count == 1


def test_a_reducer_that_begins_with_open_orders_goes_on_with_them() -> None:
    market = Market()
    order = market.order(1, SELL, 10, 100)
    market.reducer = Reducer([tuple(market.rows[order].values())], [])
    market.order(2, BUY, 4, 100)
    assert market.now(order, *LIFE) == (OrderStatus.PARTIAL, 4, 6, None)
    assert market.reducer.traded == {1, 2}


def test_a_note_that_comes_a_step_before_its_command_is_not_lost() -> None:
    market = Market()
    market.reducer.take_notes(
        [(market.exchange.commands + 1, b"cmine"), (market.exchange.commands + 2, b"cnext")]
    )
    first = market.order(1, BUY, 5, 90)
    market.reducer.take_notes([])
    second = market.order(1, BUY, 5, 90)
    third = market.order(1, BUY, 5, 90)
    assert [market.now(order, "client_order_id") for order in (first, second, third)] == [
        ("mine",), ("next",), (None,),
    ]  # fmt: skip


@pytest.mark.parametrize("payload", [b"nnot json", b"n{}"])
def test_news_that_cannot_be_read_are_told_in_one_line(payload: bytes) -> None:
    with pytest.raises(UsageError, match="no news"):
        Reducer().take_notes([(1, payload)])


def test_a_step_without_events_moves_nothing() -> None:
    reducer = Reducer()
    reducer.take_notes([])
    reducer.reduce(Exchange().events())
    step = reducer.finish().step(Progress())
    assert not any(
        len(rows) for rows in (step.orders, step.changes, step.trades, step.candles, step.accounts)
    )


def test_rows_have_the_columns_of_their_tables_in_their_order() -> None:
    for row, table in (
        (OrderRow, ORDERS), (OrderState, ORDERS), (row_types.TradeRow, TRADES), (row_types.CandleRow, CANDLES),
        (row_types.EquityRow, EQUITY), (row_types.NewsRow, NEWS), (row_types.InstrumentRow, INSTRUMENTS),
        (row_types.AccountRow, METADATA.tables["accounts"]), (row_types.KeyRow, METADATA.tables["api_keys"]),
    ):  # fmt: skip
        assert list(row.__dataclass_fields__) == list(table.columns.keys())


def test_events_of_other_kinds_are_passed_over() -> None:
    market = Market()
    market.do("set_band", 1, 50, 150, 100)
    market.do("set_limits", 1, order_lots=5)
    assert market.rows == {}
    assert np.sum(market.exchange.events()["kind"] == 33) == 1
