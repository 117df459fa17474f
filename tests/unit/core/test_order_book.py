"""The bare order book from Python: single calls, arrays, and views that stay true."""

import numpy as np
import pytest

from crossbook.core import (
    MESSAGE,
    REPORT,
    BookReason,
    MessageKind,
    OrderBook,
    ReportKind,
    Side,
    UsageError,
)


def test_a_marketable_order_trades_and_the_rest_stands() -> None:
    book = OrderBook()
    assert book.new_order(1, Side.SELL, 101, 5) == 0
    assert book.new_order(2, Side.BUY, 101, 7) == 5

    assert [ReportKind(kind) for kind in book.reports()["kind"]] == [ReportKind.ACCEPTED, ReportKind.TRADE]
    assert (book.best(Side.BUY), book.best(Side.SELL)) == (101, None)
    assert book.depth_at(Side.BUY, 101) == 2
    assert book.depth(Side.BUY).tolist() == [(101, 2)]
    assert len(book) == 1


def test_an_immediate_order_does_not_rest() -> None:
    book = OrderBook()
    book.new_order(1, Side.SELL, 101, 5)

    assert book.new_order(2, Side.BUY, 101, 7, True) == 5
    assert len(book) == 0


def test_modify_goes_to_the_back_and_cancel_gives_the_lots_back() -> None:
    book = OrderBook()
    book.new_order(1, Side.SELL, 101, 5)
    book.new_order(2, Side.SELL, 101, 5)
    assert book.modify(1, 101, 4) == 0
    book.new_order(3, Side.BUY, 101, 1)

    assert book.reports()["maker_id"][1] == 2
    assert book.cancel(1) == 4


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda book: book.new_order(1, 0, 99, 1), BookReason.DUPLICATE_ID),
        (lambda book: book.new_order(2, 2, 99, 1), BookReason.UNKNOWN_SIDE),
        (lambda book: book.new_order(2, 0, 99, 0), BookReason.ZERO_QUANTITY),
        (lambda book: book.new_order(2, 0, 2**41, 1), BookReason.PRICE_OUT_OF_RANGE),
        (lambda book: book.cancel(9), BookReason.UNKNOWN_ORDER),
        (lambda book: book.modify(9, 99, 1), BookReason.UNKNOWN_ORDER),
    ],
)
def test_a_refusal_is_a_negative_number_and_changes_nothing(call, reason) -> None:  # type: ignore[no-untyped-def]
    book = OrderBook()
    book.new_order(1, Side.BUY, 98, 1)
    before = book.state_hash()

    assert call(book) == -reason
    assert book.state_hash() == before


@pytest.mark.parametrize(
    "call",
    [
        lambda book: book.new_order(-1, 0, 1, 1),
        lambda book: book.new_order(2**64, 0, 1, 1),
        lambda book: book.new_order(1, 0, 1.0, 1),
        lambda book: book.new_order(1, 0, 2**63, 1),
        lambda book: book.new_order(1, 0, 1, 2**32),
        lambda book: book.new_order(1, "buy", 1, 1),
        lambda book: book.new_order(1, True, 1, 1),
        lambda book: book.cancel(None),
        lambda book: book.best(2),
        lambda book: book.depth(0, -1),
        lambda book: book.depth(0, 2**17),
        lambda _: OrderBook(max_orders=2**23),
    ],
)
def test_an_argument_that_does_not_fit_is_named(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match="must be"):
        call(OrderBook())


def random_messages(count: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    messages = np.zeros(count, MESSAGE)
    messages["kind"] = random.choice(3, count, p=[0.6, 0.3, 0.1])
    messages["order_id"] = random.integers(1, count // 4, count)
    messages["sequence"] = np.arange(count)
    messages["price_ticks"] = random.integers(90, 111, count)
    messages["quantity_lots"] = random.integers(0, 20, count)
    messages["side"] = random.integers(0, 2, count)
    messages["immediate_or_cancel"] = random.integers(0, 10, count) == 0
    return messages


def test_an_array_does_what_single_calls_do() -> None:
    messages = random_messages(5_000, 1)
    by_array, by_call = OrderBook(), OrderBook()
    reports = by_array.apply(messages)
    singly = []
    for message in messages:
        order_id, price, quantity = (
            int(message[name]) for name in ("order_id", "price_ticks", "quantity_lots")
        )
        match int(message["kind"]):
            case MessageKind.NEW:
                immediate = bool(message["immediate_or_cancel"])
                by_call.new_order(order_id, int(message["side"]), price, quantity, immediate)
            case MessageKind.CANCEL:
                by_call.cancel(order_id)
            case _:
                by_call.modify(order_id, price, quantity)
        singly.append(by_call.reports().copy())

    assert by_array.state_hash() == by_call.state_hash()
    for name in ("kind", "order_id", "price_ticks", "quantity_lots", "maker_id", "taker_id"):
        np.testing.assert_array_equal(reports[name], np.concatenate(singly)[name])


def test_reports_that_are_kept_stay_as_they_are() -> None:
    messages = random_messages(20_000, 2)
    book = OrderBook()
    kept, copies = [], []
    for start in range(0, len(messages), 500):
        reports = book.apply(messages[start : start + 500])
        kept.append(reports)
        copies.append(reports.copy())

    for view, copy in zip(kept, copies, strict=True):
        assert not view.flags.writeable
        np.testing.assert_array_equal(view, copy)


def test_reports_that_are_let_go_give_their_memory_back() -> None:
    messages = random_messages(1_000, 3)
    book = OrderBook()
    places = {book.apply(messages).__array_interface__["data"][0] for _ in range(50)}

    assert len(places) <= 4


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (np.zeros(4, REPORT), "another dtype"),
        (np.zeros(4), "another dtype"),
        ([], "another dtype"),
        (None, "another dtype"),
        (np.zeros(8, MESSAGE)[::2], "not contiguous"),
        (np.zeros((2, 2), MESSAGE), "one dimension"),
        (np.frombuffer(bytes(81), np.uint8)[1:].view(MESSAGE), "not aligned"),
        (np.zeros(2**20 + 1, MESSAGE), "at most 1048576 rows"),
    ],
)
def test_rows_of_another_form_are_refused(rows: np.ndarray, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        OrderBook().apply(rows)


def test_no_rows_give_no_reports() -> None:
    assert len(OrderBook().apply(np.zeros(0, MESSAGE))) == 0


def test_any_bytes_are_answered_and_never_break_the_book() -> None:
    random = np.random.default_rng(4)
    book = OrderBook()
    for _ in range(50):
        rows = np.frombuffer(random.bytes(40 * 200), MESSAGE)
        assert len(book.apply(rows)) >= len(rows)
