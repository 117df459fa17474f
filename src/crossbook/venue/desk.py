"""The order desk: from what somebody asks to a command for the sequencer.

Every door brings its requests here, so the rules are the same everywhere: is the instrument known, is the price on its
grid, is the account within its rate, was this order sent before. What is wrong with an order is answered at once; the
core judges the rest.
"""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Final, TypeAlias

import msgspec

from crossbook.core import (
    NO_PRICE,
    CommandKind,
    OrderFlag,
    SelfTrade,
    Teller,
    UsageError,
)
from crossbook.venue.instruments import Instruments, Listed, Scale
from crossbook.venue.orders import LIFE_NAMES, NS_PER_MS, SIDE_NAMES, TYPE_NAMES, NamedOrders, order_number
from crossbook.venue.principal import Principal
from crossbook.venue.rates import Rates
from crossbook.venue.refusals import NOT_FOUND, RATE_LIMITED, Refused, no_such_order
from crossbook.venue.requests import PlaceOrder, ReplaceOrder
from crossbook.venue.sequencer import Outcome, Reply, Sequencer, record

_SIDES: Final = {name: side for side, name in enumerate(SIDE_NAMES)}
_TYPES: Final = {name: int(number) for number, name in TYPE_NAMES.items()}
_LIVES: Final = {name: int(number) for number, name in LIFE_NAMES.items()}
_SELF_TRADES: Final = {
    "cancel_newest": int(SelfTrade.CANCEL_NEWEST),
    "cancel_oldest": int(SelfTrade.CANCEL_OLDEST),
    "cancel_both": int(SelfTrade.CANCEL_BOTH),
    "decrement": int(SelfTrade.DECREMENT),
}
Read: TypeAlias = tuple[bytes, int | str, int | None, str | None, int]
"""An order or a cancel as `OrderReader` returns it."""
QUANTITY_MAX: Final = 2**63 - 1
TIME_MS_MAX: Final = 2**63 // NS_PER_MS - 1


class Desk:
    """Take orders.

    Args:
        instruments: What is listed.
        teller: What knows the open orders.
        sequencer: What carries commands out.
        named: The orders that have names.
        rates: How much each account may ask for.
        elapsed_ns: A clock that never goes back.
    """

    def __init__(
        self,
        instruments: Instruments,
        teller: Teller,
        sequencer: Sequencer,
        named: NamedOrders,
        rates: Rates,
        elapsed_ns: Callable[[], int],
    ) -> None:
        self._instruments = instruments
        self._read = instruments.reader.read
        self._teller = teller
        self._sequencer = sequencer
        self._named = named
        self._rates = rates
        self._elapsed_ns = elapsed_ns
        self._first_answer: Callable[[int, Reply], None] = _no_first_answer
        self._underway: dict[tuple[int, str], list[Reply]] = {}

    def attach(self, first_answer: Callable[[int, Reply], None]) -> None:
        """Take over what looks up the first answer to an order of an earlier run, by its number."""
        self._first_answer = first_answer

    def place(self, who: Principal, request: PlaceOrder, reply: Reply) -> None:
        """Place an order.

        Args:
            who: Whose it is.
            request: What is asked.
            reply: Called once: with a `PlacedOrder` as JSON, or with the `Refused` that says why not.
        """
        try:
            self._place(who, request, reply)
        except Refused as refused:
            reply(refused)

    def read(self, who: Principal, message: bytes) -> Read | None:
        """Read an ordinary order or cancel, to `enter` it; none where it is another message, or a wrong one."""
        return self._read(message, who.account)

    def enter(self, who: Principal, read: Read, reply: Reply) -> None:
        """Carry out what was read, as `place` and `cancel` do."""
        command, _, _, name, order_id = read
        try:
            if order_id:
                self._spend(who)
                self._check_own(who, order_id)
                self._sequencer.add(command, reply)
            elif name is None or not self._sent_before(who.account, name, reply):
                self._spend(who)
                self._add(who.account, command, name, reply)
        except Refused as refused:
            reply(refused)

    def _place(self, who: Principal, request: PlaceOrder, reply: Reply) -> None:
        name = request.client_order_id
        if name is not None and self._sent_before(who.account, name, reply):
            return
        self._spend(who)
        listed = self._instruments.listed(request.ticker)
        self._add(who.account, _new_order(who.account, listed, request), name, reply)

    def _add(self, account: int, command: bytes, name: str | None, reply: Reply) -> None:
        if name is None:
            self._sequencer.add(command, reply)
            return
        key = (account, name)
        self._sequencer.add(command, partial(self._placed, key), name)
        self._underway[key] = [reply]

    def _sent_before(self, account: int, name: str, reply: Reply) -> bool:
        underway = self._underway.get((account, name))
        if underway is not None:
            underway.append(reply)
            return True
        known = self._named.find(account, name)
        if known is None:
            return False
        if isinstance(known, msgspec.Raw):
            reply(known)
        else:
            self._first_answer(known, reply)
        return True

    def _placed(self, key: tuple[int, str], outcome: Outcome) -> None:
        waiting = self._underway.pop(key)
        if isinstance(outcome, msgspec.Raw):
            self._named.keep(*key, outcome)
        for reply in waiting:
            reply(outcome)

    def replace(self, who: Principal, order_id: str, request: ReplaceOrder, reply: Reply) -> None:
        """Change an open order; the answer is the `OrderView` that the change left, as JSON."""
        try:
            self._spend(who)
            number, listed = self._own(who, order_id)
            command = record(
                CommandKind.REPLACE,
                who.account,
                order_id=number,
                price=_price(listed, request.price, "price"),
                stop_price=_price(listed, request.stop_price, "stop_price"),
                quantity=_quantity(listed, request.quantity, "quantity"),
            )
            self._sequencer.add(command, reply)
        except Refused as refused:
            reply(refused)

    def cancel(self, who: Principal, order_id: str, reply: Reply) -> None:
        """Cancel an open order; the answer is a `CancelledOrder` as JSON."""
        try:
            self._spend(who)
            number, _ = self._own(who, order_id)
            command = record(CommandKind.CANCEL, who.account, order_id=number)
            self._sequencer.add(command, reply)
        except Refused as refused:
            reply(refused)

    def cancel_all(self, who: Principal, ticker: str | None, reply: Reply) -> None:
        """Cancel all open orders of an account, in one instrument or in all; the answer is a `CancelledAll` as JSON."""
        try:
            self._spend(who)
            instrument = 0 if ticker is None else self._instruments.listed(ticker).number
            command = record(CommandKind.MASS_CANCEL, who.account, instrument=instrument)
            self._sequencer.add(command, lambda outcome: reply(_ended(outcome)))
        except Refused as refused:
            reply(refused)

    # The same for callers who can wait

    async def placed(self, who: Principal, request: PlaceOrder) -> msgspec.Raw:
        """Place an order and wait for what became of it at once: a `PlacedOrder` as JSON.

        Raises:
            Refused: It was not taken.
        """
        return await _awaited(lambda reply: self.place(who, request, reply))

    async def replaced(self, who: Principal, order_id: str, request: ReplaceOrder) -> msgspec.Raw:
        """Change an order and wait for its `OrderView` as JSON; raises as `placed`."""
        return await _awaited(lambda reply: self.replace(who, order_id, request, reply))

    async def cancelled(self, who: Principal, order_id: str) -> msgspec.Raw:
        """Cancel an order and wait for the `CancelledOrder` as JSON; raises as `placed`."""
        return await _awaited(lambda reply: self.cancel(who, order_id, reply))

    async def cancelled_all(self, who: Principal, ticker: str | None = None) -> msgspec.Raw:
        """Cancel all orders and wait for the `CancelledAll` as JSON; raises as `placed`."""
        return await _awaited(lambda reply: self.cancel_all(who, ticker, reply))

    def _spend(self, who: Principal) -> None:
        if not self._rates.spend(who.account, self._elapsed_ns()):
            raise Refused(RATE_LIMITED, "too many orders, changes and cancels a second", 429)

    def _own(self, who: Principal, order_id: str) -> tuple[int, Listed]:
        number = order_number(order_id)
        return number, self._instruments.numbered(self._check_own(who, number))

    def _check_own(self, who: Principal, number: int) -> int:
        # An order of somebody else, one that has ended and one that never was answer alike.
        found = self._teller.find(number)
        if found is None or found[0] != who.account:
            raise no_such_order()
        return found[1]


def _no_first_answer(_: int, reply: Reply) -> None:
    reply(Refused(NOT_FOUND, "the first answer is not known here", 503))


async def _awaited(ask: Callable[[Reply], None]) -> msgspec.Raw:
    done: asyncio.Future[msgspec.Raw] = asyncio.get_running_loop().create_future()

    def reply(outcome: Outcome) -> None:
        if done.done():
            return
        if isinstance(outcome, msgspec.Raw):
            done.set_result(outcome)
        elif isinstance(outcome, Refused):
            done.set_exception(outcome)

    ask(reply)
    return await done


def _ended(outcome: Outcome) -> Outcome:
    if not isinstance(outcome, int):
        return outcome
    plural = "order is" if outcome == 1 else "orders are"
    return msgspec.Raw(b'{"cancelled":%d,"message":"%d %b cancelled"}' % (outcome, outcome, plural.encode()))


def _new_order(account: int, listed: Listed, request: PlaceOrder) -> bytes:
    expires_ms = request.expires_at or 0
    if not 0 <= expires_ms <= TIME_MS_MAX:
        raise Refused("expires_at_out_of_range", "expires_at is no time in milliseconds since 1970")
    return record(
        CommandKind.NEW_ORDER,
        account,
        instrument=listed.number,
        side=_SIDES[request.side],
        order_type=_TYPES[request.type],
        time_in_force=_LIVES[request.time_in_force],
        flags=request.post_only * OrderFlag.POST_ONLY | request.reduce_only * OrderFlag.REDUCE_ONLY,
        self_trade=_SELF_TRADES[request.self_trade_prevention],
        price=_price(listed, request.price, "price"),
        stop_price=_price(listed, request.stop_price, "stop_price"),
        quantity=_quantity(listed, request.quantity, "quantity"),
        display=_quantity(listed, request.display_quantity, "display_quantity"),
        expiry_ns=expires_ms * NS_PER_MS,
    )


def _price(listed: Listed, value: Decimal | None, name: str) -> int:
    if value is None:
        return NO_PRICE
    if not value.is_finite() or value <= 0:
        raise Refused(f"{name}_out_of_range", f"{name} must be above zero")
    return _steps(listed.price, value, name, "price_off_tick")


def _quantity(listed: Listed, value: int | Decimal | None, name: str) -> int:
    if value is None:
        return 0
    # Text such as "10" is a whole number too; 10.0 is not, in quotes or out of them.
    if isinstance(value, Decimal) and listed.quantity.whole and value.as_tuple().exponent != 0:
        raise Refused(f"{name}_not_whole", f"{name} must be a whole number")
    if (isinstance(value, Decimal) and not value.is_finite()) or not 0 < value <= QUANTITY_MAX:
        raise Refused(f"{name}_out_of_range", f"{name} must be above zero and below {QUANTITY_MAX}")
    return _steps(listed.quantity, value, name, "quantity_off_lot")


def _steps(scale: Scale, value: int | Decimal, name: str, code: str) -> int:
    try:
        return scale.steps(value)
    except UsageError:
        raise Refused(code, f"{name} must be a multiple of {scale.text}") from None
