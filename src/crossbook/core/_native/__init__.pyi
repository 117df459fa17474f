"""The native half of `crossbook.core`: a deterministic exchange, a bare order book, exact decimals.

Prices are whole ticks, quantities whole lots, cash whole units of the quote currency, times whole nanoseconds.
Integers may be Python's or NumPy's; anything else, or one that does not fit, raises `UsageError` with name and range.
"""

from decimal import Decimal
from typing import Final, Self, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from crossbook.core._native import journal as journal
from crossbook.core._native import kernel as kernel
from crossbook.core._native import venue as venue
from crossbook.core.feeds import FeedReader
from crossbook.core.words import (
    AccountModel,
    AccountStatus,
    InstrumentKind,
    OrderType,
    Phase,
    SelfTrade,
    Side,
    TimeInForce,
)

__all__ = [
    "Account",
    "Exchange",
    "Instrument",
    "Order",
    "OrderBook",
    "Position",
    "Step",
    "feed_reader",
    "journal",
    "kernel",
    "layouts",
    "names",
    "rejects",
    "venue",
    "version",
]

_Rows: TypeAlias = NDArray[np.void]

def version() -> str:
    """Return the version of the native core, such as `0.1.0`."""

def names() -> list[tuple[str, list[tuple[str, int]]]]:
    """Return every enumeration of the core: its name, and its members with their numbers."""

def rejects() -> list[tuple[int, str, str]]:
    """Return every reason for a refusal: its number, its name and its text."""

def layouts() -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Return the layout of every record: its name, its size in bytes, and where each field begins."""

def feed_reader(
    price_step: str, quantity_step: str, *, repair: bool = False, symbol: str | None = None
) -> FeedReader:
    """Return a reader at the beginning of a recording; what it reads and refuses stands with `FeedReader`."""

@final
class Step:
    """The size of one tick, lot or cash unit as a decimal, and exact conversions from and to text.

    Args:
        size: Such as `"0.01"`; above zero, with at most 18 decimal places.

    Raises:
        UsageError: Where it is no such decimal.
    """

    def __new__(cls, size: str | int | Decimal, /) -> Self: ...
    @property
    def decimals(self) -> int:
        """Decimal places of the step."""

    def parse(self, value: str | int | Decimal, /) -> int:
        """Return how many steps a decimal is worth, exactly; nothing is ever rounded.

        Raises:
            UsageError: For a float, whose digits are gone; for text that is no plain decimal, is no whole
                number of steps, or does not fit 64 bits.
        """

    def format(self, steps: int, /) -> str:
        """Write a number of steps as a decimal with all places of the step."""

    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...

@final
class Account:
    """An account as it stood when it was asked for.

    Units: cash units.
    """

    cash: Final[int]
    escrow: Final[int]
    """Cash set aside for open buy orders; cash model only."""
    equity: Final[int]
    """Cash, in escrow or not, plus positions at their marks."""
    deposited: Final[int]
    """Net worth put in from outside."""
    initial_margin: Final[int]
    """Initial margin of positions and open orders; zero outside the margin model, as the next."""
    maintenance_margin: Final[int]
    open_orders: Final[int]
    status: Final[AccountStatus]

@final
class Position:
    """What an account holds of an instrument. Lots in lots, everything else in cash units."""

    lots: Final[int]
    """Lots owned; below zero is short."""
    locked: Final[int]
    """Lots locked in open sell orders; cash model only."""
    open_buy: Final[int]
    """Lots in open buy orders."""
    open_sell: Final[int]
    """Lots in open sell orders."""
    cost: Final[int]
    """What the open lots cost."""
    realised: Final[int]
    """Profit of what was closed, fees not counted."""
    unrealised: Final[int]
    """Worth at the mark less cost."""
    fees: Final[int]

@final
class Order:
    """An open order as it stood when it was asked for."""

    id: Final[int]
    """The exchange's number."""
    client_order_id: Final[int]
    """The owner's number, zero for none."""
    account: Final[int]
    instrument: Final[int]
    side: Final[Side]
    order_type: Final[OrderType]
    """What it did when it arrived."""
    time_in_force: Final[TimeInForce]
    price: Final[int]
    """Limit or protection price, in ticks."""
    quantity: Final[int]
    """All of it, in lots."""
    open: Final[int]
    """What is open of it, in lots."""
    resting: Final[bool]
    """Whether it stands in the book; a stop order that sleeps does not."""

@final
class Instrument:
    """An instrument as it stood when it was asked for: what changes, then what it was listed with."""

    kind: Final[InstrumentKind]
    phase: Final[Phase]
    last_price: Final[int | None]
    mark: Final[int]
    reference_price: Final[int]
    """What the circuit breaker measures from."""
    reference: Final[int]
    strike: Final[int]
    contract_lots: Final[int]
    multiplier: Final[int]
    min_price: Final[int]
    max_price: Final[int]
    price_step: Final[int]
    lot_step: Final[int]
    maker_fee_ppm: Final[int]
    taker_fee_ppm: Final[int]
    protection_ppm: Final[int]
    breaker_ppm: Final[int]
    initial_margin_ppm: Final[int]
    maintenance_margin_ppm: Final[int]

@final
class OrderBook:
    """The order book of one instrument: price-time priority, no accounts, orders named by the caller.

    One thread at a time may work on it; a second one gets `UsageError`.

    Args:
        max_orders: Room for so many resting orders before anything has to grow; the bound is 8,388,607.
    """

    def __new__(cls, *, max_orders: int | None = None) -> Self: ...
    def __len__(self) -> int: ...
    def new_order(
        self, order_id: int, side: Side | int, price: int, quantity: int, immediate: bool = False, /
    ) -> int:
        """Match an order and rest what is left.

        Args:
            order_id: The caller's name for it; free again once the order has ended.
            side: Buy (0) or sell (1).
            price: The limit, in ticks, at most 2**40 either way.
            quantity: In lots, from 1 to 2**32 - 1.
            immediate: Cancel what cannot trade at once rather than resting it.

        Returns:
            The lots traded at once, or minus a `BookReason`.
        """

    def cancel(self, order_id: int, /) -> int:
        """Cancel an order; return the lots cancelled, or minus a `BookReason`."""

    def modify(self, order_id: int, price: int, quantity: int, /) -> int:
        """Cancel an order and enter it again at the back, with another price and quantity; return as `new_order`."""

    def apply(self, messages: _Rows, /) -> _Rows:
        """Apply messages in order.

        Args:
            messages: A contiguous array of `MESSAGE`, at most 1,048,576 rows.

        Shape: (messages,) in, (reports,) out.

        Returns:
            The reports as an array of `REPORT` over the book's own memory, read-only and not copied. It stays
            as it is for as long as it is kept.
        """

    def reports(self) -> _Rows:
        """Return the reports of the last call that changed the book, as `apply` does."""

    def best(self, side: Side | int, /) -> int | None:
        """Return the best price of a side in ticks, or `None` where nothing stands."""

    def depth_at(self, side: Side | int, price: int, /) -> int:
        """Return the lots that stand at a price."""

    def depth(self, side: Side | int, levels: int | None = None, /) -> _Rows:
        """Return the best levels of a side, ten unless told, as an array of `LEVEL`, best first."""

    def state_hash(self) -> int:
        """Return a hash of the resting orders in priority order."""

@final
class Exchange:
    """A deterministic exchange: the whole state machine of accounts, instruments, orders and books.

    Every command takes `time_ns`; where it is left out, the command happens at the time of the last one. A refused
    command raises `Reject` with its number and changes nothing but the event sequence. One thread at a time may
    work on an exchange; a second one gets `UsageError`. An exchange that broke raises `CoreFault` ever after.

    Args:
        model: How accounts are held; cash unless told.
        max_order_lots: Largest order of an account without limits of its own; zero is the core's maximum, as in
            the next two.
        max_position_lots: Largest absolute position, open orders counted in.
        max_open_orders: Most open orders.
        liquidation_slice_ppm: Part of a position that one liquidation order closes; 250,000 unless told.
        liquidation_reach_ppm: How far from the mark it may trade; 50,000 unless told.
        table_seed: Mixed into the id tables, so that nobody outside can choose ids that collide. Part of the state.

    Raises:
        UsageError: Where a setting is out of range.
    """

    def __new__(
        cls,
        model: AccountModel | int | None = None,
        *,
        max_order_lots: int | None = None,
        max_position_lots: int | None = None,
        max_open_orders: int | None = None,
        liquidation_slice_ppm: int | None = None,
        liquidation_reach_ppm: int | None = None,
        table_seed: int | None = None,
    ) -> Self: ...
    @staticmethod
    def restore(snapshot: bytes, /) -> Exchange:
        """Rebuild an exchange from the bytes of a snapshot; it continues exactly like the one that was saved.

        Raises:
            UsageError: For bytes that are no snapshot, cut off, damaged, or describe no possible state.
        """

    def snapshot(self) -> bytes:
        """Return the whole state as canonical bytes: equal states give equal bytes."""

    def new_order(
        self,
        account: int,
        instrument: int,
        side: Side | int,
        quantity: int,
        price: int | None = None,
        *,
        order_type: OrderType | int | None = None,
        time_in_force: TimeInForce | int | None = None,
        stop_price: int | None = None,
        display: int | None = None,
        expiry_ns: int | None = None,
        client_order_id: int | None = None,
        self_trade: SelfTrade | int | None = None,
        post_only: bool = False,
        reduce_only: bool = False,
        time_ns: int | None = None,
    ) -> int:
        """Place an order.

        Args:
            account: Whose it is.
            instrument: What it trades.
            side: Buy or sell.
            quantity: All of it, in lots.
            price: The limit in ticks; for market and stop orders the protection price, or the instrument's own.
            order_type: Limit unless told.
            time_in_force: Good till cancel unless told.
            stop_price: The trade price that wakes a stop order.
            display: What shows of an iceberg order; zero for all of it.
            expiry_ns: When a good-till-date order ends.
            client_order_id: The owner's number for it, unique among his open orders; zero for none.
            self_trade: What happens when it meets an order of its own account; the newest is cancelled unless told.
            post_only: Refuse it if it would trade at once.
            reduce_only: Refuse or cancel it where it would open or increase a position.
            time_ns: When.

        Returns:
            The order's number.

        Raises:
            Reject: Where the market refuses it.
            UsageError: Where an argument is no integer that fits.
        """

    def try_new_order(
        self,
        account: int,
        instrument: int,
        side: Side | int,
        quantity: int,
        price: int | None = None,
        *,
        order_type: OrderType | int | None = None,
        time_in_force: TimeInForce | int | None = None,
        stop_price: int | None = None,
        display: int | None = None,
        expiry_ns: int | None = None,
        client_order_id: int | None = None,
        self_trade: SelfTrade | int | None = None,
        post_only: bool = False,
        reduce_only: bool = False,
        time_ns: int | None = None,
    ) -> int:
        """Place an order as `new_order` does, but return a refusal as minus its `RejectCode`."""

    def cancel(
        self,
        account: int,
        order_id: int | None = None,
        *,
        client_order_id: int | None = None,
        time_ns: int | None = None,
    ) -> int:
        """Cancel an open order, named by its number or by its owner's; return its number.

        Raises:
            Reject: Where the account has no such open order.
        """

    def try_cancel(
        self,
        account: int,
        order_id: int | None = None,
        *,
        client_order_id: int | None = None,
        time_ns: int | None = None,
    ) -> int:
        """Cancel an order as `cancel` does, but return a refusal as minus its `RejectCode`."""

    def replace(
        self,
        account: int,
        order_id: int | None = None,
        *,
        price: int | None = None,
        quantity: int | None = None,
        stop_price: int | None = None,
        client_order_id: int | None = None,
        time_ns: int | None = None,
    ) -> int:
        """Change an open order; what is left out stays. Less quantity alone keeps its place in the queue.

        Args:
            account: Whose it is.
            order_id: Which, by its number.
            price: The new limit, in ticks.
            quantity: The new quantity in lots, what is filled already included.
            stop_price: The new stop price of an order that still sleeps.
            client_order_id: Which, by its owner's number, where `order_id` is left out.
            time_ns: When.

        Returns:
            The order's number, which stays.
        """

    def mass_cancel(
        self, *, account: int | None = None, instrument: int | None = None, time_ns: int | None = None
    ) -> int:
        """Cancel every open order of an account, of an instrument, or of both; return how many."""

    def open_account(self, *, time_ns: int | None = None) -> int:
        """Open the next account; return its number, from 1."""

    def deposit(
        self, account: int, amount: int, *, instrument: int | None = None, time_ns: int | None = None
    ) -> None:
        """Mint cash units, or lots of an instrument, to an account."""

    def withdraw(
        self, account: int, amount: int, *, instrument: int | None = None, time_ns: int | None = None
    ) -> None:
        """Burn cash units, or lots of an instrument, of an account."""

    def set_limits(
        self,
        account: int,
        *,
        order_lots: int | None = None,
        position_lots: int | None = None,
        open_orders: int | None = None,
        time_ns: int | None = None,
    ) -> None:
        """Set an account's limits; what is left out is the core's own maximum."""

    def set_status(self, account: int, status: AccountStatus | int, *, time_ns: int | None = None) -> None:
        """Freeze or free an account."""

    def list_instrument(
        self,
        kind: InstrumentKind | int | None = None,
        *,
        reference: int | None = None,
        strike: int | None = None,
        contract_lots: int | None = None,
        multiplier: int | None = None,
        min_price: int | None = None,
        max_price: int | None = None,
        price_step: int | None = None,
        lot_step: int | None = None,
        initial_price: int | None = None,
        maker_fee_ppm: int | None = None,
        taker_fee_ppm: int | None = None,
        protection_ppm: int | None = None,
        breaker_ppm: int | None = None,
        initial_margin_ppm: int | None = None,
        maintenance_margin_ppm: int | None = None,
        time_ns: int | None = None,
    ) -> int:
        """List the next instrument, in the phase pre-open; return its number, from 1.

        Args:
            kind: Spot unless told.
            reference: The instrument that an option is written on.
            strike: An option's strike, in ticks of the reference.
            contract_lots: Lots of the reference in one lot of an option; 1 unless told.
            multiplier: Cash units that one tick of one lot is worth; 1 unless told.
            min_price: Lowest allowed price in ticks; 1 unless told.
            max_price: Highest allowed price in ticks; 10,000,000 unless told.
            price_step: Prices are multiples of it; 1 unless told.
            lot_step: Quantities are multiples of it; 1 unless told.
            initial_price: The first mark and reference price in ticks; 100 unless told.
            maker_fee_ppm: Of the traded worth, in parts per million; below zero a rebate; 0 unless told.
            taker_fee_ppm: As that of the maker, never below zero in sum; 0 unless told.
            protection_ppm: How far from the best opposite price a market order may go; 50,000 unless told.
            breaker_ppm: How far from the reference price a trade halts the instrument; 0, never, unless told.
            initial_margin_ppm: 200,000 unless told.
            maintenance_margin_ppm: 100,000 unless told.
            time_ns: When.
        """

    def set_phase(self, instrument: int, phase: Phase | int, *, time_ns: int | None = None) -> None:
        """Move an instrument, or with zero all of them, to a phase."""

    def uncross(self, instrument: int, *, time_ns: int | None = None) -> None:
        """Cross a call auction."""

    def settle(self, instrument: int, value: int, *, time_ns: int | None = None) -> None:
        """Settle an instrument to a value in ticks, and the options on it."""

    def expire(self, instrument: int, spot: int, *, time_ns: int | None = None) -> None:
        """Expire one option at a price of its reference, in ticks."""

    def set_mark(self, instrument: int, price: int | None = None, *, time_ns: int | None = None) -> None:
        """Pin the mark price, or with `None` let it follow the trades again."""

    def set_band(
        self, instrument: int, low: int, high: int, reference: int, *, time_ns: int | None = None
    ) -> None:
        """Set the price band, and what the circuit breaker measures from, in ticks."""

    def set_increments(
        self, instrument: int, price_step: int, lot_step: int, *, time_ns: int | None = None
    ) -> None:
        """Set the price and lot step of an instrument without open orders."""

    def advance_clock(self, time_ns: int) -> None:
        """Move the clock, so that what is over expires."""

    def apply(self, commands: _Rows, /) -> _Rows:
        """Carry out commands in order; a refused one is an event, not an exception.

        From 4,096 rows on, the work is done without the interpreter's lock.

        Args:
            commands: A contiguous array of `COMMAND`, at most 1,048,576 rows.

        Shape: (commands,) in, (events,) out.

        Returns:
            What happened as an array of `EVENT` over the exchange's own memory, read-only and not copied. It stays
            as it is for as long as it is kept.
        """

    def events(self) -> _Rows:
        """Return what the last command or batch caused, as `apply` does."""

    def best(self, instrument: int, /) -> tuple[int | None, int, int | None, int]:
        """Return best bid, its lots, best ask, its lots; a price is `None` where nothing stands."""

    def depth(self, instrument: int, side: Side | int, levels: int | None = None, /) -> _Rows:
        """Return the best levels of a side, ten unless told, as an array of `LEVEL`, best first."""

    def queue(self, instrument: int, side: Side | int, limit: int | None = None, /) -> _Rows:
        """Return the orders of a side in priority order, up to a limit price or all, as an array of `QUEUED`."""

    def indicative(self, instrument: int, /) -> tuple[int, int, int] | None:
        """Return price, lots and imbalance (buyers' above zero) of an uncross now, or `None`."""

    def account(self, account: int, /) -> Account:
        """Return an account as it stands.

        Raises:
            Reject: Where there is none, as in the looks below.
        """

    def position(self, account: int, instrument: int, /) -> Position:
        """Return what an account holds of an instrument; nothing held is all zeros."""

    def order(self, order_id: int, /) -> Order | None:
        """Return an open order, or `None` where it is not open."""

    def open_orders(self, account: int, /) -> list[Order]:
        """Return an account's open orders by rising number."""

    def instrument(self, instrument: int, /) -> Instrument:
        """Return an instrument as it stands."""

    @property
    def clock_ns(self) -> int:
        """Time of the last command, in nanoseconds; zero before the first."""

    @property
    def sequence(self) -> int:
        """Sequence number of the last event."""

    @property
    def commands(self) -> int:
        """How many commands were given, refused ones counted."""

    @property
    def order_count(self) -> int:
        """How many orders are open."""

    @property
    def account_count(self) -> int:
        """How many accounts were opened."""

    @property
    def fees_collected(self) -> int:
        """Fees collected less rebates paid, in cash units."""

    @property
    def insurance_fund(self) -> int:
        """What the insurance fund holds, in cash units."""

    def state_hash(self) -> int:
        """Return the canonical hash of the state; it does not see the sequence and the event hash."""

    def event_hash(self) -> int:
        """Return the running hash over every event so far."""

    def check(self) -> None:
        """Audit every balance and every book, computing each sum anew.

        Raises:
            CoreFault: With the first claim that does not hold.
        """

    def _trip_guard(self) -> None:
        """Break the core on purpose, to see that it then refuses to work."""
