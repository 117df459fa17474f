"""The words of the core: every enumeration, by the stable numbers that commands and events carry.

A test compares each of them with the native core. A number never changes its meaning.
"""

from enum import IntEnum, IntFlag


class Side(IntEnum):
    """The side of an order."""

    BUY = 0
    SELL = 1


class OrderFlag(IntFlag):
    """Bits of the `flags` column of `COMMAND`."""

    POST_ONLY = 1
    """The order is refused if it would trade at once."""
    REDUCE_ONLY = 2
    """The order never opens or increases a position."""


class EventFlag(IntFlag):
    """Bits of the `flags` column of `EVENT`."""

    PUBLIC = 1
    """Everybody may see it."""
    AUCTION = 2
    """A trade or a price made in a call auction."""
    KEPT_PLACE = 4
    """The order kept its place in the queue."""
    FORCED = 8
    """Done to close an account's positions against its will."""
    POST_ONLY = 16
    REDUCE_ONLY = 32


class OrderType(IntEnum):
    """What an order does when it arrives."""

    LIMIT = 0
    """Trades at its price or better, then rests."""
    MARKET = 1
    """Trades at once up to a protection price; never rests."""
    STOP = 2
    """Sleeps until the last trade price reaches its stop price, then is a market order."""
    STOP_LIMIT = 3
    """Sleeps until the last trade price reaches its stop price, then is a limit order."""


class TimeInForce(IntEnum):
    """How long an order lives."""

    GOOD_TILL_CANCEL = 0
    """Until it is filled or cancelled."""
    DAY = 1
    """Until the close; also called good for day."""
    IMMEDIATE_OR_CANCEL = 2
    """Trades what it can at once; the rest is cancelled."""
    FILL_OR_KILL = 3
    """Trades whole at once or not at all."""
    GOOD_TILL_DATE = 4
    """Until its expiry time."""


class SelfTrade(IntEnum):
    """What happens when an order meets one of its own account."""

    CANCEL_NEWEST = 0
    """The arriving order is cancelled."""
    CANCEL_OLDEST = 1
    """The resting order is cancelled."""
    CANCEL_BOTH = 2
    """Both are cancelled."""
    DECREMENT = 3
    """The smaller quantity is taken off both without a trade."""


class Phase(IntEnum):
    """The trading phase of an instrument."""

    PRE_OPEN = 0
    """Orders gather, nothing trades."""
    AUCTION = 1
    """A call auction: orders gather until the uncross."""
    CONTINUOUS = 2
    """Orders trade as they arrive."""
    HALT = 3
    """Only cancels."""
    CLOSE = 4
    """Only cancels; day orders have expired."""
    SETTLED = 5
    """Settled for ever."""


class InstrumentKind(IntEnum):
    """The kind of an instrument."""

    SPOT = 0
    """A share or a coin."""
    SCALAR = 1
    """Settles to a number."""
    CALL = 2
    """The right to buy the reference at the strike."""
    PUT = 3
    """The right to sell the reference at the strike."""
    PERPETUAL = 4
    """A contract without end, margined at its mark price."""


class AccountModel(IntEnum):
    """How accounts are held, one for a whole exchange."""

    CASH = 0
    """Everything is paid for when the order is placed; no debts, no short positions."""
    MARGIN = 1
    """Initial and maintenance margin against equity at the mark price, with liquidation."""
    GAME = 2
    """Position limits only; cash may go below zero."""


class AccountStatus(IntEnum):
    """Whether an account may trade."""

    ACTIVE = 0
    """It may."""
    FROZEN = 1
    """It may only cancel."""
    BANKRUPT = 2
    """It ended owing money; it may not trade."""


class CommandKind(IntEnum):
    """What a command asks, in the `kind` column of `COMMAND`."""

    NEW_ORDER = 1
    CANCEL = 2
    REPLACE = 3
    MASS_CANCEL = 4
    OPEN_ACCOUNT = 10
    DEPOSIT = 11
    WITHDRAW = 12
    SET_LIMITS = 13
    SET_STATUS = 14
    LIST_INSTRUMENT = 20
    SET_PHASE = 21
    UNCROSS = 22
    SETTLE = 23
    EXPIRE = 24
    SET_BAND = 25
    SET_INCREMENTS = 26
    SET_MARK = 27
    ADVANCE_CLOCK = 30


class EventKind(IntEnum):
    """What an event says, in the `kind` column of `EVENT`; the reference page tells each column's meaning."""

    REJECTED = 1
    ACCEPTED = 10
    BOOKED = 11
    TRADE = 12
    CANCELLED = 13
    EXPIRED = 14
    REPLACED = 15
    REFRESHED = 16
    TRIGGERED = 17
    REDUCED = 18
    MASS_CANCELLED = 19
    ACCOUNT_OPENED = 30
    BALANCE = 31
    POSITION = 32
    LIMITS_SET = 33
    STATUS_CHANGED = 34
    LISTED = 40
    PHASE_CHANGED = 41
    UNCROSSED = 42
    BAND_SET = 43
    MARK_SET = 44
    SETTLED = 45
    INCREMENTS_SET = 46
    MARGIN_CALL = 50
    LIQUIDATION = 51
    DELEVERAGED = 52
    BANKRUPT = 53
    CLOCK_ADVANCED = 60


class EndReason(IntEnum):
    """Why an order ended or shrank, in the `reason` of cancelled, expired, replaced and reduced."""

    BY_OWNER = 1
    MASS_CANCEL = 2
    IMMEDIATE_REMAINDER = 3
    NOT_FILLED_WHOLE = 4
    SELF_TRADE = 5
    EXPIRY_PASSED = 6
    DAY_OVER = 7
    NOTHING_TO_REDUCE = 8
    ACCOUNT_LIQUIDATED = 9
    INSTRUMENT_SETTLED = 10
    CIRCUIT_BREAKER = 11
    BAND_MOVED = 12
    BOOK_FULL = 13
    POST_ONLY = 14


class PostingCause(IntEnum):
    """Why cash or lots moved, in the `reason` of balance and position events."""

    DEPOSIT = 1
    WITHDRAWAL = 2
    RESERVED = 3
    RELEASED = 4
    TRADE = 5
    SETTLEMENT = 6
    FUND_PAID = 7
    LOSS_SHARED = 8
    DELEVERAGED = 9


class RejectCode(IntEnum):
    """Why a command was refused.

    Bands by the layer that refuses: 1 to 19 form, 20 to 39 instrument and phase, 40 to 79 order, 80 to 109
    account and limits, 110 to 129 funds and margin, 130 to 159 administration.
    """

    UNKNOWN_COMMAND = 1
    """The command kind is not known."""
    BAD_SIDE = 2
    """The side is neither buy (0) nor sell (1)."""
    BAD_ORDER_TYPE = 3
    """The order type is not known."""
    BAD_TIME_IN_FORCE = 4
    """The time in force is not known."""
    BAD_FLAGS = 5
    """A flag bit is set that has no meaning here."""
    BAD_SELF_TRADE = 6
    """The self-trade mode is not known."""
    BAD_PHASE = 7
    """The phase is not known or cannot be set."""
    BAD_STATUS = 8
    """The account status is not known or cannot be set."""
    TIME_WENT_BACK = 9
    """The command's time is before the last one's."""
    UNKNOWN_INSTRUMENT = 20
    """No such instrument."""
    PHASE_FORBIDS = 21
    """The instrument's phase does not take this command."""
    INSTRUMENT_SETTLED = 22
    """The instrument is settled."""
    PRICE_MISSING = 23
    """The order type needs a price."""
    PRICE_NOT_ALLOWED = 24
    """A price field is set that the order type does not use."""
    PRICE_OUT_OF_RANGE = 25
    """The price lies outside the instrument's range."""
    PRICE_OFF_TICK = 26
    """The price is not a multiple of the price step."""
    PRICE_OUTSIDE_BAND = 27
    """The price lies outside the price band."""
    STOP_PRICE_OUT_OF_RANGE = 28
    """The stop price lies outside the instrument's range."""
    STOP_PRICE_OFF_TICK = 29
    """The stop price is not a multiple of the price step."""
    NO_LIQUIDITY = 30
    """A market order needs an opposite price to be protected by."""
    QUANTITY_ZERO = 40
    """The quantity is zero."""
    QUANTITY_TOO_LARGE = 41
    """The quantity is above the largest order."""
    QUANTITY_OFF_LOT = 42
    """The quantity is not a multiple of the lot step."""
    DISPLAY_NOT_ALLOWED = 43
    """A display quantity is for resting limit orders only."""
    DISPLAY_OUT_OF_RANGE = 44
    """The display quantity is above the quantity or off the lot step."""
    EXPIRY_MISSING = 45
    """Good till date needs an expiry after the command's time."""
    EXPIRY_NOT_ALLOWED = 46
    """An expiry is for good till date only."""
    INCOMPATIBLE = 47
    """The order's options exclude one another."""
    POST_ONLY_WOULD_TRADE = 48
    """The post-only order would trade at once."""
    WOULD_INCREASE = 49
    """The reduce-only order would open or increase a position."""
    UNKNOWN_ORDER = 50
    """No such open order of this account."""
    DUPLICATE_CLIENT_ORDER_ID = 51
    """An open order of this account has this client order id."""
    QUANTITY_BELOW_FILLED = 52
    """The new quantity is not above what is filled already."""
    NOTHING_TO_REPLACE = 53
    """The replace changes nothing."""
    BOOK_FULL = 54
    """The book holds as many orders as it can."""
    UNKNOWN_ACCOUNT = 80
    """No such account."""
    ACCOUNT_FROZEN = 81
    """The account is frozen."""
    ACCOUNT_BANKRUPT = 82
    """The account is bankrupt."""
    TOO_MANY_ACCOUNTS = 83
    """No more accounts can be opened."""
    TOO_MANY_OPEN_ORDERS = 84
    """The account has as many open orders as it may."""
    ORDER_ABOVE_LIMIT = 85
    """The quantity is above the account's order limit."""
    POSITION_ABOVE_LIMIT = 86
    """The position with open orders would pass the account's limit."""
    INSUFFICIENT_CASH = 110
    """Not enough free cash."""
    INSUFFICIENT_POSITION = 111
    """Not enough free lots to sell."""
    INSUFFICIENT_MARGIN = 112
    """Not enough equity for the initial margin."""
    NOTIONAL_TOO_LARGE = 113
    """The order's worst worth is above what the core carries."""
    CASH_OVERFLOW = 114
    """The account's cash could pass what the core carries."""
    AMOUNT_OUT_OF_RANGE = 130
    """The amount is zero or out of range."""
    BAD_INSTRUMENT_SPEC = 131
    """The instrument's description contradicts itself."""
    TOO_MANY_INSTRUMENTS = 132
    """No more instruments can be listed."""
    UNKNOWN_REFERENCE = 133
    """An option needs a listed, unsettled reference."""
    WRONG_INSTRUMENT_KIND = 134
    """The command does not fit this kind of instrument."""
    VALUE_OUT_OF_RANGE = 135
    """The value lies outside the instrument's range."""
    ORDERS_STILL_OPEN = 136
    """The instrument still has open orders."""
    BAND_REVERSED = 137
    """The band's low is above its high."""
    NOT_IN_AUCTION = 138
    """An uncross needs a call phase."""
    LIMITS_OUT_OF_RANGE = 139
    """A limit is out of range."""
    WRONG_ACCOUNT_MODEL = 140
    """The account model does not know this command."""


class ReportKind(IntEnum):
    """What a report of the bare order book says, in the `kind` column of `REPORT`."""

    ACCEPTED = 0
    TRADE = 1
    CANCELLED = 2
    MODIFIED = 3
    CANCEL_REJECTED = 4
    MODIFY_REJECTED = 5
    REJECTED = 6


class MessageKind(IntEnum):
    """What a message asks of the bare order book, in the `kind` column of `MESSAGE`."""

    NEW = 0
    CANCEL = 1
    MODIFY = 2


class BookReason(IntEnum):
    """Why the bare order book refused, as a negative answer or in the `reason` column of `REPORT`."""

    UNKNOWN_KIND = 1
    UNKNOWN_SIDE = 2
    ZERO_QUANTITY = 3
    PRICE_OUT_OF_RANGE = 4
    DUPLICATE_ID = 5
    BOOK_FULL = 6
    UNKNOWN_ORDER = 7
    """The answer of a cancel or modify that names no live order; in a report its kind says so."""
