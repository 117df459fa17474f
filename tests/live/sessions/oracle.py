"""What a venue must do, told by a core of its own that is driven with the same commands.

The core is held against a plain reference book and ledger in the tests of its crate. Here it is the plain one: no wire,
no desk, no batches, no journal, no feeds and no database, only what was asked, in order, one by one.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crossbook.core import (
    AccountModel,
    EventKind,
    Exchange,
    OrderType,
    Phase,
    Reject,
    SelfTrade,
    TimeInForce,
)
from crossbook.core.reasons import REJECT_NAMES

TICKERS = {"FUN": 10_000, "PUMP": 2_500}
"""What is traded, with the first price in cents."""
TYPES = {
    "limit": OrderType.LIMIT,
    "market": OrderType.MARKET,
    "stop": OrderType.STOP,
    "stop_limit": OrderType.STOP_LIMIT,
}
LIVES = {
    "GTC": TimeInForce.GOOD_TILL_CANCEL,
    "DAY": TimeInForce.DAY,
    "IOC": TimeInForce.IMMEDIATE_OR_CANCEL,
    "FOK": TimeInForce.FILL_OR_KILL,
    "GTD": TimeInForce.GOOD_TILL_DATE,
}
SELF_TRADES = {one.name.lower(): one for one in SelfTrade}
ORDER_WORDS = ("price", "stop_price")


@dataclass
class Oracle:
    """A plain venue: accounts by user, orders by the venue's numbers, trades in their order."""

    exchange: Exchange = field(default_factory=lambda: Exchange(AccountModel.CASH))
    instruments: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """The oracle's number of each order, by the venue's."""
    trades: list[tuple[str, int, int]] = field(default_factory=list)
    """Ticker, price in cents, quantity."""

    filled: dict[int, int] = field(default_factory=dict)
    """Lots that traded of each order, by the oracle's number. Lots that self-trade prevention took off it are not there."""

    def __post_init__(self) -> None:
        for ticker, cents in TICKERS.items():
            number = self.exchange.list_instrument(initial_price=cents)
            self.exchange.set_phase(number, Phase.CONTINUOUS)
            self.instruments[ticker] = number

    def open(self, user: str, cash_cents: int, lots: int = 0) -> None:
        """Open an account."""
        account = self.accounts[user] = self.exchange.open_account()
        self.exchange.deposit(account, cash_cents)
        for number in self.instruments.values() if lots else ():
            self.exchange.deposit(account, lots, instrument=number)

    def place(self, user: str, asked: dict[str, Any]) -> dict[str, Any] | str:
        """Place an order; return what became of it at once, or the name of the refusal."""
        number = self.instruments[asked["ticker"]]
        try:
            order_id = self.exchange.new_order(
                self.accounts[user],
                number,
                0 if asked["side"] == "buy" else 1,
                asked["quantity"],
                cents(asked.get("price")),
                order_type=TYPES[asked.get("type", "limit")],
                time_in_force=LIVES[asked.get("time_in_force", "GTC")],
                stop_price=cents(asked.get("stop_price")),
                display=asked.get("display_quantity"),
                expiry_ns=asked["expires_at"] * 1_000_000 if "expires_at" in asked else None,
                self_trade=SELF_TRADES[asked.get("self_trade_prevention", "cancel_newest")],
                post_only=asked.get("post_only", False),
            )
        except Reject as reject:
            return REJECT_NAMES[reject.code]
        fills = self._take_trades()
        mine = [fill for fill in fills if order_id in fill[3:]]
        return {
            "number": order_id,
            "open": self.exchange.order(order_id) is not None,
            "filled_quantity": sum(fill[2] for fill in mine),
            "trades": [fill[1:3] for fill in mine],
        }

    def replace(self, user: str, order_id: str, asked: dict[str, Any]) -> str | None:
        """Change an order; return the name of the refusal, or none."""
        words = {name: cents(asked.get(name)) for name in ORDER_WORDS}
        try:
            self.exchange.replace(
                self.accounts[user],
                self.numbers.get(order_id, 1 << 40),
                quantity=asked.get("quantity"),
                **words,
            )
        except Reject as reject:
            return REJECT_NAMES[reject.code]
        self._take_trades()
        return None

    def cancel(self, user: str, order_id: str) -> str | None:
        """Cancel an order; return the name of the refusal, or none."""
        try:
            self.exchange.cancel(self.accounts[user], self.numbers.get(order_id, 1 << 40))
        except Reject as reject:
            return REJECT_NAMES[reject.code]
        return None

    def cancel_all(self, user: str, ticker: str | None) -> int:
        """Cancel all orders of a user; return how many."""
        instrument = None if ticker is None else self.instruments[ticker]
        return self.exchange.mass_cancel(account=self.accounts[user], instrument=instrument)

    def _take_trades(self) -> list[tuple[str, int, int, int, int]]:
        names = {number: ticker for ticker, number in self.instruments.items()}
        rows = self.exchange.events()
        fills = [
            (
                names[int(row["instrument"])],
                int(row["price"]),
                int(row["quantity"]),
                int(row["order_id"]),
                int(row["counter_id"]),
            )
            for row in rows[rows["kind"] == EventKind.TRADE]
        ]
        self.trades += [fill[:3] for fill in fills]
        for _, _, quantity, *both in fills:
            for order_id in both:
                self.filled[order_id] = self.filled.get(order_id, 0) + quantity
        return fills

    # Looks

    def open_orders(self, user: str) -> set[tuple[int, str, int, int]]:
        """Return number, side, quantity and what is filled of each open order of a user."""
        return {
            (order.id, order.side.name.lower(), order.quantity, self.filled.get(order.id, 0))
            for order in self.exchange.open_orders(self.accounts[user])
        }

    def balance(self, user: str) -> tuple[int, int, dict[str, tuple[int, int]]]:
        """Return free cash, cash in escrow, and lots with those that are locked, by ticker."""
        account = self.exchange.account(self.accounts[user])
        held = {}
        for ticker, number in self.instruments.items():
            position = self.exchange.position(self.accounts[user], number)
            if position.lots:
                held[ticker] = (position.lots, position.locked)
        return account.cash, account.escrow, held

    def book(self, ticker: str) -> list[list[tuple[int, int]]]:
        """Return the levels of both sides, best first."""
        return [
            [(int(row["price"]), int(row["quantity"])) for row in self.exchange.depth(number, side, 1_000)]
            for number in (self.instruments[ticker],)
            for side in (0, 1)
        ]


def cents(price: str | None) -> int | None:
    """Return a price in cents."""
    return None if price is None else int(Decimal(price) * 100)


def cents_of(number: float) -> int:
    """Return an amount that the venue told in cents."""
    return round(number * 100)
