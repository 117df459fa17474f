"""Markets at random, written to a journal: every kind of order, change and end that an exchange knows."""

import random

import msgspec

from crossbook.core import AccountModel, OrderType, Phase, SelfTrade, Side, TimeInForce
from crossbook.venue.notes import (
    ACCOUNT,
    CLIENT_ORDER,
    INSTRUMENT,
    NEWS,
    AccountNote,
    InstrumentNote,
    NewsNote,
)
from tests.unit.venue.keeper.recorded import RecordedJournal

START_NS = 1_700_000_000_000_000_000
SECOND_NS = 1_000_000_000
ACCOUNTS = 5
INSTRUMENTS = 2


class Flow:
    """Gives a journal random commands, in time that goes on by random steps."""

    def __init__(self, journal: RecordedJournal, seed: int) -> None:
        self.journal = journal
        self.random = random.Random(seed)
        self.now_ns = START_NS
        self._names = 0
        self._model = AccountModel.CASH

    def open_market(self) -> None:
        """Open accounts and list instruments, with their notes."""
        for number in range(1, INSTRUMENTS + 1):
            note = InstrumentNote(
                ticker=f"T{number}",
                name=f"Thing {number}",
                price_step="0.01",
                quantity_step="1",
                cash_step="0.01",
            )
            self.journal.note(INSTRUMENT + msgspec.json.encode(note))
            fees = {"maker_fee_ppm": -1_000, "taker_fee_ppm": 2_500} if number == 2 else {}
            self._do("list_instrument", initial_price=100, protection_ppm=100_000, **fees)
            self._do("set_phase", instrument=number, phase=Phase.CONTINUOUS)
        for number in range(1, ACCOUNTS + 1):
            note_of_account = AccountNote(user_id=f"u{number}", username=f"user {number}", role="trader")
            self.journal.note(ACCOUNT + msgspec.json.encode(note_of_account))
            self._do("open_account")
            self._do("deposit", account=number, amount=10_000_000)
            for instrument in range(1, INSTRUMENTS + 1):
                self._do("deposit", account=number, amount=50_000, instrument=instrument)

    def run(self, commands: int) -> None:
        """Give so many more commands."""
        for _ in range(commands):
            draw = self.random.random()
            if draw < 0.65:
                self._place()
            elif draw < 0.80:
                self._cancel()
            elif draw < 0.93:
                self._replace()
            elif draw < 0.95:
                self._do("mass_cancel", account=self._account(), instrument=self._instrument())
            elif draw < 0.975:
                self._auction()
            elif draw < 0.98:
                news = NewsNote(time_ns=self.now_ns, text=f"news {self.now_ns}", ticker="T1", impact=0.5)
                self.journal.note(NEWS + msgspec.json.encode(news))
            else:
                self.now_ns += self.random.randrange(40 * SECOND_NS)
                self._do("advance_clock")

    def _place(self) -> None:
        pick = self.random.choice
        kind = self.random.choices(list(OrderType), [80, 8, 6, 6])[0]
        life = self.random.choices(list(TimeInForce), [60, 8, 12, 8, 12])[0]
        arguments: dict[str, int | bool] = {
            "account": self._account(),
            "instrument": self._instrument(),
            "side": pick(list(Side)),
            "quantity": self.random.randrange(1, 60),
            "order_type": kind,
            "time_in_force": life,
            "self_trade": pick(list(SelfTrade)),
            "post_only": self.random.random() < 0.05,
            "reduce_only": self.random.random() < 0.05,
        }
        if kind in (OrderType.LIMIT, OrderType.STOP_LIMIT):
            arguments["price"] = self.random.randrange(95, 106)
        if kind in (OrderType.STOP, OrderType.STOP_LIMIT):
            arguments["stop_price"] = self.random.randrange(95, 106)
        if life is TimeInForce.GOOD_TILL_DATE:
            arguments["expiry_ns"] = self.now_ns + self.random.randrange(1, 60 * SECOND_NS)
        if kind is OrderType.LIMIT and self.random.random() < 0.15:
            arguments["display"] = self.random.randrange(1, int(arguments["quantity"]) + 1)
        if self.random.random() < 0.3:
            self._names += 1
            self.journal.note(CLIENT_ORDER + f"mine-{self._names}".encode())
        self._do("new_order", **arguments)

    def _cancel(self) -> None:
        account = self._account()
        orders = self.journal.exchange.open_orders(account)
        number = self.random.choice(orders).id if orders else 1
        self._do("cancel", account=account, order_id=number)

    def _replace(self) -> None:
        account = self._account()
        orders = self.journal.exchange.open_orders(account)
        if not orders:
            return
        order = self.random.choice(orders)
        change: dict[str, int] = {}
        if self.random.random() < 0.7:
            change["quantity"] = max(1, order.quantity + self.random.randrange(-20, 10))
        if self.random.random() < 0.4:
            change["price"] = self.random.randrange(95, 106)
        if order.order_type in (OrderType.STOP, OrderType.STOP_LIMIT) and not order.resting:
            change["stop_price"] = self.random.randrange(95, 106)
        self._do("replace", account=account, order_id=order.id, **change)

    def _auction(self) -> None:
        instrument = self._instrument()
        self._do("set_phase", instrument=instrument, phase=Phase.AUCTION)
        for _ in range(self.random.randrange(6)):
            self._place()
        self._do("uncross", instrument=instrument)
        if self.random.random() < 0.3:
            self._do("set_phase", instrument=instrument, phase=Phase.CLOSE)
        self._do("set_phase", instrument=instrument, phase=Phase.CONTINUOUS)

    def _account(self) -> int:
        return self.random.randrange(1, ACCOUNTS + 1)

    def _instrument(self) -> int:
        return self.random.randrange(1, INSTRUMENTS + 1)

    def _do(self, method: str, **arguments: int | bool) -> None:
        self.now_ns += self.random.randrange(SECOND_NS // 5)
        self.journal.command(method, **arguments, time_ns=self.now_ns)
