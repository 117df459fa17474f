"""The records of the core as NumPy dtypes: what goes in and comes out in arrays.

Each dtype has the layout of the native record, gaps included; a test compares the two. What a column means for
each kind of command and event stands on the reference page.
"""

from typing import Final

import numpy as np

NO_PRICE: Final = -(2**63)
"""The value of a price column that is not given. A fresh array holds zeros, which are prices: set it."""


def _record(size_bytes: int, **fields: tuple[str, int]) -> np.dtype[np.void]:
    """Return a structured dtype of a given size, from each field's type and offset in bytes."""
    return np.dtype(
        {
            "names": list(fields),
            "formats": [kind for kind, _ in fields.values()],
            "offsets": [offset for _, offset in fields.values()],
            "itemsize": size_bytes,
        }
    )


COMMAND: Final = _record(
    80,
    kind=("u1", 0),
    side=("u1", 1),
    order_type=("u1", 2),
    time_in_force=("u1", 3),
    flags=("u1", 4),
    self_trade=("u1", 5),
    mode=("u1", 6),
    account=("<u4", 8),
    instrument=("<u4", 12),
    time_ns=("<i8", 16),
    order_id=("<u8", 24),
    client_order_id=("<u8", 32),
    price=("<i8", 40),
    stop_price=("<i8", 48),
    quantity=("<u8", 56),
    display=("<u8", 64),
    expiry_ns=("<i8", 72),
)
"""A command of `Exchange.apply`.

`kind` is a `CommandKind`; prices are in ticks, quantities in lots, times in nanoseconds. `mode` is the `Phase` or
`AccountStatus` that is set. `quantity` is also the amount of a deposit or withdrawal, with `instrument` zero for
cash. An `order_id` of zero names the order by `client_order_id`. Listing, limits, bands and increments do not fit a
record and have methods of their own.
"""

EVENT: Final = _record(
    96,
    sequence=("<u8", 0),
    time_ns=("<i8", 8),
    command=("<u8", 16),
    order_id=("<u8", 24),
    counter_id=("<u8", 32),
    price=("<i8", 40),
    quantity=("<u8", 48),
    remaining=("<u8", 56),
    amount=("<i8", 64),
    amount_2=("<i8", 72),
    account=("<u4", 80),
    counterparty=("<u4", 84),
    instrument=("<u4", 88),
    kind=("u1", 92),
    side=("u1", 93),
    reason=("u1", 94),
    flags=("u1", 95),
)
"""An event of an `Exchange`: what happened, in one gapless sequence. `kind` is an `EventKind`."""

MESSAGE: Final = _record(
    40,
    kind=("u1", 0),
    order_id=("<u8", 8),
    sequence=("<u8", 16),
    price_ticks=("<i8", 24),
    quantity_lots=("<u4", 32),
    side=("u1", 36),
    immediate_or_cancel=("u1", 37),
)
"""A message to an `OrderBook`. `kind` is a `MessageKind`; a cancel reads `order_id` and `sequence` only."""

REPORT: Final = _record(
    64,
    kind=("u1", 0),
    side=("u1", 1),
    sequence=("<u8", 8),
    order_id=("<u8", 16),
    price_ticks=("<i8", 24),
    quantity_lots=("<u4", 32),
    maker_id=("<u8", 40),
    taker_id=("<u8", 48),
    reason=("<u8", 56),
)
"""An answer of an `OrderBook`. `kind` is a `ReportKind`; `sequence` is that of the message it answers."""

LEVEL: Final = _record(16, price=("<i8", 0), quantity=("<u8", 8))
"""A price level: price in ticks, quantity that shows there in lots."""

QUEUED: Final = _record(32, order_id=("<u8", 0), price=("<i8", 8), quantity=("<u8", 16), account=("<u4", 24))
"""An order in its queue: price in ticks, quantity that shows of it in lots, and whose it is."""

L2_ROW: Final = _record(
    40,
    exchange_ns=("<i8", 0),
    local_ns=("<i8", 8),
    price=("<i8", 16),
    quantity=("<u8", 24),
    line=("<u4", 32),
    kind=("u1", 36),
    side=("u1", 37),
    flags=("<u2", 38),
)
"""A row of recorded market data. `kind` is a `RowKind`, `flags` any `RowFlag`; side 0 is a bid or a buyer who came
second, 1 an ask or a seller who did. Times are nanoseconds since 1970, UTC; prices ticks, quantities lots."""

QUOTE: Final = _record(
    48,
    time_ns=("<i8", 0),
    bid=("<i8", 8),
    bid_quantity=("<u8", 16),
    ask=("<i8", 24),
    ask_quantity=("<u8", 32),
    market=("<u4", 40),
)
"""A change of the best prices of a simulated market: prices in ticks, quantities in lots, zero where a side is empty."""

SAMPLE: Final = _record(
    32,
    time_ns=("<i8", 0),
    value=("<i8", 8),
    quantity=("<u8", 16),
    subject=("<u4", 24),
    kind=("<u2", 28),
    level=("<u2", 30),
)
"""A sample of a simulation. `kind` 0 and 1 are a bid and an ask level: `subject` the market, `value` the price in ticks,
`level` 0 the best; 2 is the profit and loss of a group: `subject` its number, `value` in cash units."""

SCRIPT_ROW: Final = _record(
    32,
    time_ns=("<i8", 0),
    price=("<i8", 8),
    lots=("<u8", 16),
    reference=("<u4", 24),
    kind=("u1", 28),
    account=("u1", 29),
    side=("u1", 30),
)
"""A recorded order to carry out. `kind` is a `ScriptKind`; `account` 0 owns the orders that the recording names, 1
takes what traded, 2 owns what shows without a name; `reference` is the order's own number, from zero and below the
number of rows. `lots` is the new total where an order shrinks, and the number of a phase."""

TAPE_ROW: Final = _record(
    40,
    exchange_ns=("<i8", 0),
    local_ns=("<i8", 8),
    price=("<i8", 16),
    quantity=("<u8", 24),
    reference=("<u4", 32),
    kind=("u1", 36),
    side=("u1", 37),
    flags=("<u2", 38),
)
"""A row of recorded market data that may tell of single orders. `kind` is a `TapeKind`, `reference` as of
`SCRIPT_ROW`, the rest as of `L2_ROW`."""
