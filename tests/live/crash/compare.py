"""What the traders wrote down, against what the venue says."""

import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final, TypeAlias

import httpx

from crossbook.client.models import CandleView, FillView, OrderView, PortfolioView
from tests.live.crash.killed import ADMIN, CASH, LOTS, PASSWORD, TICKERS, Killed, command_line
from tests.live.crash.trader import Trader

Candles: TypeAlias = dict[str, list[CandleView]]

SAME: Final = ("commands", "state_hash", "event_hash")
"""What a replay must have in common with the state that lived."""
PAGE: Final = 1_000
_CASH: Final = Decimal(CASH) / 100
_OVER: Final = frozenset({"filled", "cancelled", "expired"})


async def all_orders(trader: Trader) -> list[OrderView]:
    """Return every order of an account, newest first."""
    found: list[OrderView] = []
    while True:
        page = await trader.client.orders(limit=PAGE, offset=len(found))
        found += page
        if len(page) < PAGE:
            return found


async def all_trades(trader: Trader) -> list[FillView]:
    """Return every trade of an account, newest first."""
    found: list[FillView] = []
    while True:
        page = await trader.client.trades(limit=PAGE, offset=len(found))
        found += page
        if len(page) < PAGE:
            return found


async def check_all(traders: list[Trader], *, alone: bool = True) -> int:
    """Compare every account wholly while everybody rests; return how many orders were compared.

    Args:
        traders: Whose accounts are compared.
        alone: Whether nobody else trades, so that both sides of every trade are theirs.
    """
    compared = 0
    tape: dict[str, list[tuple[Trader, FillView]]] = defaultdict(list)
    for trader in traders:
        orders, trades = await all_orders(trader), await all_trades(trader)
        check_orders(trader, orders, trades)
        check_worth(trader, orders, trades, await trader.client.portfolio())
        for trade in trades:
            tape[trade.trade_id].append((trader, trade))
        compared += len(orders)
    if not alone:
        return compared
    for trade_id, sides in tape.items():
        assert sorted(fill.side for _, fill in sides) == ["buy", "sell"], f"trade {trade_id} lacks a side"
        assert len({(fill.price, fill.quantity, fill.timestamp) for _, fill in sides}) == 1
    await _check_candles(traders[0], tape)
    return compared


def check_orders(trader: Trader, orders: list[OrderView], trades: list[FillView]) -> None:
    """See that no acknowledged order is lost, none is doubled, and none is there that nobody knows."""
    names = Counter(order.client_order_id for order in orders)
    taken = {name for name, order in trader.orders.items() if order.answer is not None}
    open_questions = {
        name for name, order in trader.orders.items() if order.answer is None and order.refused is None
    }
    assert not open_questions, "compared before every order was answered"
    assert not [name for name, times in names.items() if times > 1], f"{trader.name}: doubled"
    assert taken - names.keys() == set(), f"{trader.name}: acknowledged and lost"
    assert names.keys() - taken == set(), f"{trader.name}: never acknowledged, and there all the same"
    assert len({order.order_id for order in orders}) == len(orders)
    filled: Counter[str] = Counter()
    told = {(trade.trade_id, trade.order_id): trade for trade in trades}
    for trade in trades:
        filled[trade.order_id] += int(trade.quantity)
    for order in orders:
        assert order.client_order_id is not None
        _check_order(trader, order, order.client_order_id, told)
        assert filled[order.order_id] == order.filled_quantity, f"{order}: its trades do not add up"
    for key, fills in trader.fills.items():
        for fill in fills:
            assert told.get(key) == fill, f"{trader.name} was told of {fill}, which is not there"


def _check_order(trader: Trader, order: OrderView, name: str, told: dict[tuple[str, str], FillView]) -> None:
    written = trader.orders[name]
    first = written.answer
    assert first is not None
    assert (order.order_id, order.ticker, order.side) == (first.order_id, first.ticker, first.side)
    assert order.filled_quantity >= first.filled_quantity
    for trade in first.trades:
        kept = told[trade.trade_id, order.order_id]
        assert (kept.price, kept.quantity) == (trade.price, trade.quantity)
    if first.status in _OVER:
        assert (order.status, order.filled_quantity) == (first.status, first.filled_quantity)
    if written.cancelled:
        assert order.status in _OVER, f"{order}: its cancel was acknowledged"
    if written.unsure:
        return
    terms = written.changed or first
    if order.status not in {"cancelled", "expired"}:
        assert (order.price, order.quantity) == (terms.price, terms.quantity)


def check_worth(
    trader: Trader, orders: list[OrderView], trades: list[FillView], portfolio: PortfolioView
) -> None:
    """Compute cash, escrow and lots from what was filled and what is open, and compare."""
    cash, lots = _CASH, dict.fromkeys(TICKERS, Decimal(LOTS))
    for trade in trades:
        sign = 1 if trade.side == "buy" else -1
        cash -= sign * trade.price * trade.quantity + trade.fee
        lots[trade.ticker] += sign * trade.quantity
    escrow, locked = Decimal(0), dict.fromkeys(TICKERS, Decimal(0))
    for order in orders:
        if order.status in _OVER:
            continue
        left = order.quantity - order.filled_quantity
        if order.side == "buy":
            assert order.price is not None
            escrow += order.price * left
        else:
            locked[order.ticker] += left
    assert (portfolio.cash + portfolio.escrowed_cash, portfolio.escrowed_cash) == (cash, escrow), trader.name
    held = {holding.ticker: (holding.quantity, holding.locked) for holding in portfolio.holdings}
    assert {ticker: held.get(ticker, (0, 0)) for ticker in TICKERS} == {
        ticker: (lots[ticker], locked[ticker]) for ticker in TICKERS
    }


async def check_repeats(traders: list[Trader], most: int) -> int:
    """Send orders again that were answered, and see the first answer come; return how many."""
    repeated = 0
    for trader in traders:
        names = [name for name, order in trader.orders.items() if order.answer is not None]
        for name in trader.random.sample(names, min(most, len(names))):
            assert await trader.repeat(name) == trader.orders[name].answer
            repeated += 1
    return repeated


async def closed_candles(trader: Trader) -> Candles:
    """Return the newest candles of a second of every market."""
    return {ticker: await trader.client.candles(ticker, "1s") for ticker in TICKERS}


def check_candles_agree(before: Candles, after: Candles) -> None:
    """See that candles that were over before a restart are the same after it."""
    for ticker, candles in before.items():
        now = {candle.timestamp: candle for candle in after[ticker]}
        first = min(now, default=0)
        for candle in candles[:-1]:
            assert candle.timestamp < first or now.get(candle.timestamp) == candle, ticker


async def _check_candles(trader: Trader, tape: dict[str, list[tuple[Trader, FillView]]]) -> None:
    volumes: Counter[str] = Counter()
    for sides in tape.values():
        volumes[sides[0][1].ticker] += int(sides[0][1].quantity)
    for ticker in TICKERS:
        candles = await trader.client.candles(ticker, "1d")
        assert sum(candle.volume for candle in candles) == volumes[ticker], ticker


@asynccontextmanager
async def admin(venue: Killed) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client that is signed in as the administrator."""
    async with httpx.AsyncClient(base_url=venue.url, timeout=30) as client:
        answer = await client.post("/api/login", json={"username": ADMIN, "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['jwt_token']}"
        yield client


async def check_audit(venue: Killed) -> dict[str, Any]:
    """Have the venue compute every sum anew; return which state it was."""
    async with admin(venue) as client:
        answer: dict[str, Any] = (await client.post("/api/admin/audit")).raise_for_status().json()
        return answer


async def check_replay(venue: Killed, live: dict[str, Any], **variables: str) -> dict[str, Any]:
    """Replay the journal of a venue that has stopped in the lab, and compare with what it said when it lived."""
    status, out, errors = await command_line("replay", venue.data, "--json", variables=variables)
    assert status == 0, errors
    replayed: dict[str, Any] = json.loads(out)
    assert {name: replayed[name] for name in SAME} == {name: live[name] for name in SAME}
    return replayed
